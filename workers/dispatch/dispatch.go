// Package dispatch empties the outbox: it tells workflows, the ERP and the archive what the ledger has queued for them.
// A message is leased, delivered and ticked off; whatever dies in between, the message comes again under its old key.
package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/steelthread/steelthread/mes"
)

// Deliver hands one message over and returns the receiver's answer. Its error is retried with back-off, unless it is
// Dead or Later.
type Deliver func(ctx context.Context, m mes.Message) (answer string, err error)

// dead is an error that no repetition mends.
type dead struct{ error }

func (d dead) Unwrap() error { return d.error }

// Dead parks the message until a person re-sends it.
func Dead(err error) error { return dead{err} }

// later is not a failure: what the message is about is not ready.
type later struct {
	error
	in time.Duration
}

func (l later) Unwrap() error { return l.error }

// Later puts the message back without counting it as a warning.
func Later(in time.Duration, why string) error { return later{errors.New(why), in} }

// Queue delivers the messages of one destination.
type Queue struct {
	To      mes.Destination
	Outbox  mes.Outbox
	Deliver Deliver
	Log     *slog.Logger
	// Lease is how long a message stays with this process; longer than Timeout, which bounds one delivery.
	Lease, Timeout time.Duration
	// Batch is how many messages are leased, and delivered side by side.
	Batch int
}

// idle is how long to wait for the outbox to say that something is due; retries fall due silently.
const idle = time.Second

// Run delivers until ctx ends.
func (q Queue) Run(ctx context.Context) error {
	var wake <-chan struct{}
	for ctx.Err() == nil {
		if wake == nil {
			var err error
			if wake, err = q.Outbox.Wake(ctx); err != nil {
				q.Log.Debug("outbox does not wake the dispatcher; it polls", "to", q.To, "error", err)
			}
		}
		n, err := q.round(ctx)
		if err != nil && ctx.Err() == nil {
			q.Log.Warn("outbox can't be read; nothing is lost, trying again", "to", q.To, "error", err)
		}
		if n == q.Batch && err == nil {
			continue
		}
		if !q.rest(ctx, wake) {
			wake = nil
		}
	}
	return ctx.Err()
}

// rest waits for a wake-up or a second; false when the waking channel was closed.
func (q Queue) rest(ctx context.Context, wake <-chan struct{}) bool {
	t := time.NewTimer(idle)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case _, ok := <-wake:
		if !ok {
			<-t.C
		}
		return ok
	}
	return true
}

// round leases a batch and delivers it side by side.
func (q Queue) round(ctx context.Context) (int, error) {
	ms, err := q.Outbox.Lease(ctx, q.To, q.Batch, q.Lease)
	if err != nil {
		return 0, err
	}
	var g errgroup.Group
	for _, m := range ms {
		g.Go(func() error { return q.one(ctx, m) })
	}
	return len(ms), g.Wait()
}

// one delivers one message and stores the outcome. The outcome is stored even while the process is stopping, so that a
// delivered message is not sent again for nothing.
func (q Queue) one(ctx context.Context, m mes.Message) error {
	try, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	answer, err := q.Deliver(try, m)
	if ctx.Err() != nil && err != nil {
		return nil // stopping: the lease brings it back
	}
	keep, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err == nil {
		return q.Outbox.Delivered(keep, m.ID, answer)
	}
	return q.failed(keep, m, err)
}

func (q Queue) failed(ctx context.Context, m mes.Message, err error) error {
	var l later
	if errors.As(err, &l) {
		return q.Outbox.Failed(ctx, m.ID, l.Error(), time.Now().Add(l.in), false)
	}
	failures := m.Attempts + 1
	var d dead
	park := errors.As(err, &d) || failures >= mes.MaxAttempts
	if park {
		q.Log.Error("message is parked until someone re-sends it", "to", q.To, "kind", m.Kind, "key", m.Key, "attempts", failures, "error", err)
	} else {
		q.Log.Warn("message not delivered, will try again", "to", q.To, "kind", m.Kind, "key", m.Key, "attempts", failures, "error", err)
	}
	return q.Outbox.Failed(ctx, m.ID, err.Error(), time.Now().Add(mes.Backoff(failures)), park)
}
