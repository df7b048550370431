package order

import (
	"context"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// Changes shares one listener to the plant's events among all orders that wait.
type Changes struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]bool
}

var _ Watcher = (*Changes)(nil)

// Follow listens until ctx ends, and hands on what concerns orders.
func (c *Changes) Follow(ctx context.Context, events mes.Events) error {
	ch, err := events.Listen(ctx)
	if err != nil {
		return err
	}
	c.wakeAll() // what happened while nobody listened is not told
	for e := range ch {
		switch e.Kind {
		case mes.EventOrder:
			c.wake(e.ID)
		case mes.EventLost:
			c.wakeAll()
		}
	}
	return ctx.Err()
}

// Watch returns a channel that receives after changes of the order, until stop is called.
func (c *Changes) Watch(number string) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting == nil {
		c.waiting = map[string]map[chan struct{}]bool{}
	}
	if c.waiting[number] == nil {
		c.waiting[number] = map[chan struct{}]bool{}
	}
	c.waiting[number][ch] = true
	return ch, func() { c.forget(number, ch) }
}

func (c *Changes) forget(number string, ch chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting[number], ch)
	if len(c.waiting[number]) == 0 {
		delete(c.waiting, number)
	}
}

func (c *Changes) wake(number string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ch := range c.waiting[number] {
		ring(ch)
	}
}

func (c *Changes) wakeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, orders := range c.waiting {
		for ch := range orders {
			ring(ch)
		}
	}
}

// ring leaves a signal that is not yet taken where it is: one is enough.
func ring(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
