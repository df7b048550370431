package devicetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/steelthread/steelthread/devices"
)

// consumer keeps results, and fails as often as it is told to.
type consumer struct {
	mu    sync.Mutex
	kept  []devices.CameraResult
	calls map[string]int
	fail  int
}

func (c *consumer) keep(_ context.Context, r devices.CameraResult) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[r.Shot]++
	if c.fail > 0 {
		c.fail--
		return errors.New("the store is away")
	}
	c.kept = append(c.kept, r)
	return nil
}

func (c *consumer) has(shot string) (bool, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ok := slices.ContainsFunc(c.kept, func(r devices.CameraResult) bool { return r.Shot == shot })
	return ok, fmt.Sprintf("shot %s among %d results", shot, len(c.kept))
}

func (c *consumer) count(shot string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.kept {
		if r.Shot == shot {
			n++
		}
	}
	return n
}

func (c *consumer) total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.kept)
}

func (c *consumer) verdict(shot string) devices.Verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.kept {
		if r.Shot == shot {
			return r.Verdict
		}
	}
	return ""
}
