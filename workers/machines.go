package workers

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
)

const (
	// settleEvery and watchEvery are how long a change that nobody told of waits, and how late a silence is seen.
	settleEvery = 2 * time.Second
	watchEvery  = 5 * time.Second
	// settlePause gathers what comes close together: a lot that moves tells of several stations.
	settlePause = 20 * time.Millisecond
)

// watchMachines draws the conclusions for machines when something around them changes, and looks for silence and for stops that
// nobody explains.
func (c *Core) watchMachines(ctx context.Context) {
	for ctx.Err() == nil {
		listen, cancel := context.WithCancel(ctx)
		events, err := c.Events.Listen(listen)
		if err == nil {
			c.settleOn(listen, events)
		}
		cancel()
		if ctx.Err() == nil {
			c.Log.Warn("listening for changes around machines failed; it begins again", "error", err)
			pause(ctx, time.Second)
		}
	}
}

// settleOn works until the channel is closed.
func (c *Core) settleOn(ctx context.Context, events <-chan mes.Event) {
	settle, watch := time.NewTicker(settleEvery), time.NewTicker(watchEvery)
	defer settle.Stop()
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-watch.C:
			if err := c.Machines.Watch(ctx); err != nil && ctx.Err() == nil {
				c.Log.Warn("machines are not watched", "error", err)
			}
			continue
		case <-settle.C:
		case e, open := <-events:
			if !open {
				return
			}
			if e.Kind != mes.EventStation && e.Kind != mes.EventMachine && e.Kind != mes.EventLost {
				continue
			}
			pause(ctx, settlePause)
			drain(events)
		}
		if _, err := c.Machines.Settle(ctx); err != nil && ctx.Err() == nil {
			c.Log.Warn("the states of machines are not concluded", "error", err)
		}
	}
}

// drain leaves out what has come already: one look settles all of it.
func drain(events <-chan mes.Event) {
	for {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		default:
			return
		}
	}
}
