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
	// lookEvery is how soon it is seen when the telling is lost.
	lookEvery = 2 * time.Second
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
	info := activity.GetInfo(ctx)
	w := a.watch(in.Number)
	defer w.stop()
	end := time.NewTimer(time.Until(info.Deadline.Add(-spare)))
	defer end.Stop()
	for {
		p, err := a.Ledger.Progress(ctx, in.Site, in.Number)
		if err != nil || p.HasRoom() || p.Finished() {
			return p, contract.Carry(err)
		}
		activity.RecordHeartbeat(ctx)
		select {
		case <-ctx.Done():
			return p, ctx.Err()
		case <-activity.GetWorkerStopChannel(ctx):
			return p, again("the worker stops")
		case <-end.C:
			return p, again("the attempt has lasted long enough")
		case <-w.changed:
		case <-w.tick.C:
		}
	}
}

// again ends an attempt whose work goes on in the next one.
func again(why string) error {
	return temporal.NewApplicationErrorWithOptions(why, "again", temporal.ApplicationErrorOptions{NextRetryDelay: 20 * time.Millisecond})
}

type watch struct {
	changed <-chan struct{}
	tick    *time.Ticker
	release func()
}

func (a Await) watch(number string) watch {
	if a.Changes == nil {
		return watch{tick: time.NewTicker(pollEvery), release: func() {}}
	}
	changed, stop := a.Changes.Watch(number)
	return watch{changed: changed, tick: time.NewTicker(min(lookEvery, beatEvery)), release: stop}
}

func (w watch) stop() {
	w.tick.Stop()
	w.release()
}
