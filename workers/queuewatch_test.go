package workers

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// looks is a ledger that says what it was asked to look at.
type looks struct {
	mes.Plant
	asked chan string
	feed  chan mes.Event
}

func (l *looks) Notice(_ context.Context, site string, stations ...string) (int, error) {
	slices.Sort(stations)
	l.asked <- site + ":" + strings.Join(stations, ",")
	return 0, nil
}
func (l *looks) Sweep(context.Context, time.Time) error           { return nil }
func (l *looks) Sites(context.Context) ([]string, error)          { return []string{"HAM"}, nil }
func (l *looks) Listen(context.Context) (<-chan mes.Event, error) { return l.feed, nil }
func (l *looks) wants(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-l.asked:
		if got != want {
			t.Fatalf("it looked at %s, want %s", got, want)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("it never looked at %s", want)
	}
}

func TestTheQueuesAreLookedAtWhenSomethingHappened(t *testing.T) {
	t.Parallel()
	l := &looks{asked: make(chan string), feed: make(chan mes.Event, 16)}
	q := queueWatch{ledger: l, sites: l, events: l, log: slog.New(slog.DiscardHandler), gather: 20 * time.Millisecond, every: time.Hour}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); q.Run(ctx) }()
	l.wants(t, "HAM:") // once at the beginning
	l.feed <- mes.Event{Kind: mes.EventVision, ID: "v", Site: "HAM"}
	l.feed <- mes.Event{Kind: mes.EventStation, ID: "ST20", Site: "HAM"}
	l.wants(t, "HAM:ST20")
	l.feed <- mes.Event{Kind: mes.EventMaterial, ID: "TP-1", Site: "HAM"}
	l.wants(t, "HAM:")
	l.feed <- mes.Event{Kind: mes.EventLost}
	l.wants(t, "HAM:")
	cancel()
	<-done
}
