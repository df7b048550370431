package opcua

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// watchQueue bounds what one slow watcher may leave waiting; beyond it the oldest values are dropped.
const watchQueue = 10_000

// watch is one caller's subscription. It outlives connections.
type watch struct {
	tags map[string]bool
	fn   func(devices.Value)
	wake chan struct{}

	mu     sync.Mutex
	queue  []devices.Value
	gap    bool // the watcher has been told of the present gap
	losing bool
}

// Subscribe watches tags. See [devices.Subscriber].
func (d *Device) Subscribe(ctx context.Context, tags []string, fn func(devices.Value)) error {
	if err := d.known(tags); err != nil {
		return err
	}
	w := &watch{tags: map[string]bool{}, fn: fn, wake: make(chan struct{}, 1)}
	for _, t := range tags {
		w.tags[t] = true
	}
	d.mu.Lock()
	if d.ctx.Err() != nil {
		d.mu.Unlock()
		return fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed)
	}
	d.watches[w] = struct{}{}
	d.mu.Unlock()
	go d.runWatch(ctx, w)
	select {
	case d.poke <- struct{}{}:
	default: // the supervisor has a look ahead of it anyway
	}
	return nil
}

func (d *Device) runWatch(ctx context.Context, w *watch) {
	defer func() {
		d.mu.Lock()
		delete(d.watches, w)
		d.mu.Unlock()
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.done:
			w.drain(ctx)
			return
		case <-w.wake:
			w.drain(ctx)
		}
	}
}

func (w *watch) drain(ctx context.Context) {
	for ctx.Err() == nil {
		w.mu.Lock()
		batch := w.queue
		w.queue = nil
		w.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		for _, v := range batch {
			if ctx.Err() != nil {
				return
			}
			w.fn(v)
		}
	}
}

// push queues a value. It reports false when it had to drop one, the first time in a row.
func (w *watch) push(v devices.Value, gap bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gap = gap
	w.queue = append(w.queue, v)
	over := len(w.queue) > watchQueue
	first := over && !w.losing
	w.losing = over
	if over {
		w.queue = w.queue[1:]
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
	return !first
}

func (d *Device) snapshot() []*watch {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]*watch, 0, len(d.watches))
	for w := range d.watches {
		out = append(out, w)
	}
	return out
}

// tellGap tells each watcher once that its tags have no good value any more.
func (d *Device) tellGap() {
	now := time.Now()
	for _, w := range d.snapshot() {
		w.mu.Lock()
		told := w.gap
		w.mu.Unlock()
		if told {
			continue
		}
		for t := range w.tags {
			w.push(devices.Value{Tag: t, Quality: devices.Bad, Detail: "connection lost", ReceivedTime: now}, true)
		}
	}
}

// endWatches is the last word before the device is gone.
func (d *Device) endWatches() { d.tellGap() }
