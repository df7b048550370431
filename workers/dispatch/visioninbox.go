package dispatch

import (
	"context"
	"log/slog"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Inbox takes what other programs insert into the table vision_inbox: at once when the database tells of it, and with a
// look every few seconds, since a word of the database can be missed.
type Inbox struct {
	Rows   mes.VisionInbox
	Events mes.Events
	Log    *slog.Logger
	// Sweep is the time between two looks without a word; 0 means 5 s.
	Sweep time.Duration
}

const (
	inboxBatch = 32
	inboxSweep = 5 * time.Second
)

// Run takes rows until ctx ends.
func (b Inbox) Run(ctx context.Context) error {
	sweep := b.Sweep
	if sweep <= 0 {
		sweep = inboxSweep
	}
	var words <-chan mes.Event
	for ctx.Err() == nil {
		if words == nil {
			var err error
			if words, err = b.Events.Listen(ctx); err != nil {
				b.Log.Debug("the vision inbox is only swept", "error", err)
			}
		}
		n, err := b.Rows.TakeInbox(ctx, inboxBatch)
		if err != nil && ctx.Err() == nil {
			b.Log.Warn("the vision inbox can't be emptied; nothing is lost, trying again", "error", err)
		}
		if n == inboxBatch && err == nil {
			continue
		}
		if !b.rest(ctx, words, sweep) {
			words = nil
		}
	}
	return ctx.Err()
}

// rest waits for a word of the inbox or the time of a sweep; false when nobody tells any more.
func (b Inbox) rest(ctx context.Context, words <-chan mes.Event, sweep time.Duration) bool {
	t := time.NewTimer(sweep)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return true
		case <-t.C:
			return true
		case e, ok := <-words:
			if !ok || e.Kind == mes.EventVisionInbox || e.Kind == mes.EventLost {
				return ok
			}
		}
	}
}
