package mqtt

import (
	"context"
	"fmt"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

const (
	// inboxSize bounds the results that wait in memory; what comes beyond it stays unacknowledged with the broker.
	inboxSize = 256
	// remembered is how many results are known again when they come twice.
	remembered = 4096
	// The pause before a consumer that failed is asked again.
	retryMin = 200 * time.Millisecond
	retryMax = 5 * time.Second
)

// inbox keeps what has arrived, in order, until its consumer has kept it.
type inbox struct {
	queue chan paho.Message
	mu    sync.Mutex
	over  bool
	seen  map[string]bool
	order []string
}

func newInbox() *inbox {
	return &inbox{queue: make(chan paho.Message, inboxSize), seen: map[string]bool{}}
}

// receive takes a message from the library. It must not block, since the library's own keep-alive waits behind it.
func (d *Camera) receive(_ paho.Client, m paho.Message) {
	d.inbox.mu.Lock()
	defer d.inbox.mu.Unlock()
	select {
	case d.inbox.queue <- m:
	default:
		d.inbox.over = true
	}
}

// Results hands each result to fn, once, and acknowledges it to the broker when fn has kept it. See [devices.Camera]. A
// camera has one consumer at a time.
func (d *Camera) Results(ctx context.Context, fn func(context.Context, devices.CameraResult) error) error {
	if d.cfg.Tags[TagResult] == "" {
		return fmt.Errorf("%s has no tag %q: %w", d.cfg.ID, TagResult, devices.ErrUnknownTag)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.ctx.Err() != nil:
		return fmt.Errorf("%s: %w", d.cfg.ID, devices.ErrClosed)
	case d.taken:
		return fmt.Errorf("%s: its results have a consumer already: %w", d.cfg.ID, devices.ErrUnsupported)
	}
	d.taken = true
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(d.ctx, cancel)
	d.wg.Go(func() {
		defer stop()
		defer cancel()
		d.consume(ctx, fn)
		d.mu.Lock()
		d.taken = false
		d.mu.Unlock()
	})
	return nil
}

// consume gives results to their consumer one at a time. One that is not kept goes to the end of the queue, so that a
// single result which the consumer cannot take does not hold up all that come after it.
func (d *Camera) consume(ctx context.Context, fn func(context.Context, devices.CameraResult) error) {
	pause := retryMin
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-d.inbox.queue:
			err := d.keep(ctx, m, fn)
			if err == nil {
				pause = retryMin
				d.fetchLeftovers()
				continue
			}
			d.receive(nil, m)
			if ctx.Err() == nil {
				d.log.Warn("a result is not kept yet", "error", err, "retry_in", pause)
			}
			wait(ctx, pause)
			pause = min(2*pause, retryMax)
		}
	}
}

// keep gives one result to its consumer and acknowledges it when it is kept, was kept before, or can never be.
func (d *Camera) keep(ctx context.Context, m paho.Message, fn func(context.Context, devices.CameraResult) error) error {
	r, err := d.decode(m.Topic(), m.Payload())
	if err != nil {
		// Nobody can ever use it, and unacknowledged it would come back for ever.
		d.log.Error("a result that cannot be read is dropped", "error", err, "bytes", len(m.Payload()))
		m.Ack()
		return nil
	}
	d.mu.Lock()
	d.health.LastData = time.Now()
	d.mu.Unlock()
	if !d.inbox.known(r.Key()) {
		if err := fn(ctx, r); err != nil {
			return fmt.Errorf("shot %s: %w", r.Shot, err)
		}
		d.inbox.remember(r.Key())
	}
	m.Ack()
	return nil
}

func wait(ctx context.Context, pause time.Duration) bool {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// fetchLeftovers asks the broker again for what found no room, once there is room: it sends unacknowledged messages only
// on a new connection.
func (d *Camera) fetchLeftovers() {
	d.inbox.mu.Lock()
	again := d.inbox.over && len(d.inbox.queue) == 0
	if again {
		d.inbox.over = false
	}
	d.inbox.mu.Unlock()
	if !again {
		return
	}
	select {
	case d.renew <- struct{}{}:
	default:
	}
}

func (i *inbox) known(key string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.seen[key]
}

// remember notes a result, and forgets the oldest when there are too many.
func (i *inbox) remember(key string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.seen[key] = true
	i.order = append(i.order, key)
	if len(i.order) > remembered {
		delete(i.seen, i.order[0])
		i.order = i.order[1:]
	}
}
