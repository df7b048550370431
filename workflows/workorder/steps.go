package workorder

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

const (
	// recoveryPause is how long the order rests after its work failed for a profile's whole time.
	recoveryPause = 30 * time.Second
	// firstPatience and lastPatience bound the wait for a release before the ledger is asked again. Nobody releases an
	// order behind its workflow's back, but a process can be lost between the ledger's commit and the workflow's note.
	firstPatience = time.Minute
	lastPatience  = 30 * time.Minute
	// idlePause keeps an order from spinning when the ledger has room for a lot and yet makes none.
	idlePause = 10 * time.Second
)

// turn does the order's next piece of work.
func (o *order) turn(ctx workflow.Context) error {
	err := o.work(ctx)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	workflow.GetLogger(ctx).Error("The order's work is interrupted", "order", o.in.Number, "error", err)
	return workflow.Sleep(ctx, recoveryPause)
}

func (o *order) work(ctx workflow.Context) error {
	switch {
	case o.behind:
		return o.catchUp(ctx)
	case o.status.AwaitsRelease():
		return o.awaitRelease(ctx)
	}
	created, err := o.fill(ctx)
	if err != nil {
		return err
	}
	p, err := o.awaitProgress(ctx)
	switch {
	case err != nil || o.ended():
		return err
	case p.Finished():
		return o.complete(ctx)
	case p.HasRoom() && created == 0:
		return workflow.Sleep(ctx, idlePause)
	}
	return nil
}

// awaitRelease waits for a command. Most created orders wait for days, so it costs next to nothing.
func (o *order) awaitRelease(ctx workflow.Context) error {
	commanded := func() bool { return o.behind || !o.status.AwaitsRelease() || kit.Full(ctx) }
	came, err := kit.AwaitFor(ctx, o.patience, commanded)
	if came || err != nil {
		return err
	}
	o.patience = min(2*o.patience, lastPatience)
	return o.catchUp(ctx)
}

// fill has lots created and started until the window is full, and tells how many were created.
func (o *order) fill(ctx workflow.Context) (created int, err error) {
	s := o.status
	if s.Held || s.CancelRequested || !s.Ledger.NotStarted.IsPositive() {
		return 0, nil
	}
	f, err := contract.FillWindow.Run(ctx, contract.QueueCore, o.request())
	return f.Created, err
}

// awaitProgress waits until the ledger has room for lots, or every piece is accounted for. A command that changes the
// order ends the wait too, since the ledger then says something else.
func (o *order) awaitProgress(ctx workflow.Context) (p mes.OrderProgress, err error) {
	work, cancel := workflow.WithCancel(ctx)
	defer cancel()
	f := contract.AwaitProgress.Begin(work, contract.QueueCore, o.request())
	if err := workflow.Await(ctx, func() bool { return f.IsReady() || o.ended() || kit.Full(ctx) }); err != nil || !f.IsReady() {
		return p, err
	}
	if err := f.Get(ctx, &p); err != nil {
		return p, err
	}
	o.adopt(p.Status)
	return p, nil
}

// complete ends the order. The ledger refuses while a piece is in process or a hold lies on the order; the run then
// waits for a command, or looks again.
func (o *order) complete(ctx workflow.Context) error {
	if err := o.writer.Lock(ctx); err != nil {
		return err
	}
	r := o.request()
	r.Command, r.Key, r.Actor = contract.OrderComplete, o.id+"@complete", mes.Actor{ID: mes.ActorSystem}
	err := o.apply(ctx, r)
	o.writer.Unlock()
	if !contract.Settled(err) {
		return err
	}
	before := o.status.Version
	_, err = kit.AwaitFor(ctx, recoveryPause, func() bool { return o.status.Version != before || kit.Full(ctx) })
	return err
}
