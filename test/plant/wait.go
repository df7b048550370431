package plant

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// poll is the pause between two looks at a condition.
const poll = 50 * time.Millisecond

// Until looks at a condition until it holds or ctx ends. The condition returns what it still misses, "" when nothing.
func Until(ctx context.Context, missing func() string) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		m := missing()
		if m == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; still missing: %s", ctx.Err(), m)
		case <-tick.C:
		}
	}
}

// Eventually fails the test when the condition does not hold within the time.
func Eventually(t testing.TB, within time.Duration, missing func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	if err := Until(ctx, missing); err != nil {
		t.Fatal(err)
	}
}
