package order

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

const (
	// pollEvery is how soon a change is seen when nobody tells of changes.
	pollEvery = 250 * time.Millisecond
	// lookEvery is how soon it is seen when the telling is lost. Thousands of orders may wait at the same time.
	lookEvery = 10 * time.Second
	// beatEvery keeps the engine sure that this worker lives.
	beatEvery = time.Second
	// spare is how long before its time-out an attempt ends by itself.
	spare = time.Minute
)

// Watcher tells when something of an order has changed.
type Watcher interface {
	// Watch returns a channel that receives after changes of the order, until stop is called.
	Watch(number string) (changed <-chan struct{}, stop func())
}

// Await waits until the order's window has room or every piece is accounted for. Safe to run twice: it only reads.
type Await struct {
	Ledger mes.OrderLedger
	// Changes spares the database most of the polling; nil polls.
	Changes Watcher
}

// Execute reads the order's progress whenever it may have changed. An attempt that ends before the order has moved, for
// a time-out or because the worker stops, asks to be taken up again at once.
func (a Await) Execute(ctx context.Context, in contract.OrderRequest) (mes.OrderProgress, error) {
	w := a.watch(in.Number)
	defer w.stop()
	end := time.NewTimer(time.Until(activity.GetInfo(ctx).Deadline.Add(-spare)))
	defer end.Stop()
	for {
		p, err := a.Ledger.Progress(ctx, in.Site, in.Number)
		if err != nil || p.HasRoom() || p.Finished() {
			return p, contract.Carry(err)
		}
		if err := w.next(ctx, end.C); err != nil {
			return p, err
		}
	}
}

// again ends an attempt whose work goes on in the next one.
func again(why string) error {
	return temporal.NewApplicationErrorWithOptions(why, "again", temporal.ApplicationErrorOptions{NextRetryDelay: 20 * time.Millisecond})
}

// watch is what one wait listens to.
type watch struct {
	changed <-chan struct{}
	release func()
	look    *time.Ticker
	beat    *time.Ticker
}

func (a Await) watch(number string) watch {
	w := watch{release: func() {}, beat: time.NewTicker(beatEvery)}
	if a.Changes == nil {
		w.look = time.NewTicker(pollEvery)
		return w
	}
	w.changed, w.release = a.Changes.Watch(number)
	w.look = time.NewTicker(lookEvery)
	return w
}

func (w watch) stop() {
	w.look.Stop()
	w.beat.Stop()
	w.release()
}

// next waits until the order may have changed. Its error ends the attempt.
func (w watch) next(ctx context.Context, end <-chan time.Time) error {
	activity.RecordHeartbeat(ctx)
	for {
		select {
		case <-w.changed:
			return nil
		case <-w.look.C:
			return nil
		case <-w.beat.C:
			activity.RecordHeartbeat(ctx)
		case <-ctx.Done():
			return ctx.Err()
		case <-activity.GetWorkerStopChannel(ctx):
			return again("the worker stops")
		case <-end:
			return again("the attempt has lasted long enough")
		}
	}
}
