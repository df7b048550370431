package mes_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{-1: time.Second, 0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second,
		9: 256 * time.Second, 10: 5 * time.Minute, 45: 5 * time.Minute, 1 << 40: 5 * time.Minute} {
		if got := mes.Backoff(failures); got != want {
			t.Errorf("after %d failures %s, want %s", failures, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntMin(-1000).Draw(t, "failures")
		if d := mes.Backoff(n); d < time.Second || d > 5*time.Minute || n < 1<<40 && mes.Backoff(n+1) < d {
			t.Fatalf("after %d failures %s", n, d)
		}
	})
}

// The patience with a receiver that is down, as operators are told it: about three hours.
func TestMaxAttemptsLastThreeHours(t *testing.T) {
	var all time.Duration
	for failures := 1; failures < mes.MaxAttempts; failures++ {
		all += mes.Backoff(failures)
	}
	if all < 170*time.Minute || all > 190*time.Minute {
		t.Errorf("a message is dead after %s", all)
	}
}
