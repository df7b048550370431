package workorder

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// listen registers everything that the run can be told and asked.
func (o *order) listen(ctx workflow.Context) error {
	return errors.Join(
		contract.OrderStatus.Handle(ctx, func() (mes.OrderStatus, error) { return o.status, nil }),
		handle(ctx, o, contract.ReleaseOrder, contract.OrderRelease, release),
		handle(ctx, o, contract.HoldOrder, contract.OrderHold, hold),
		handle(ctx, o, contract.ResumeOrder, contract.OrderResume, resume),
		handle(ctx, o, contract.CancelOrder, contract.OrderCancel, cancel),
		handle(ctx, o, contract.ChangeOrder, contract.OrderChange, change),
	)
}

// command is the input of an update: it says who gives it.
type command interface{ By() mes.Actor }

// rule tells whether the order may be commanded so now, and adds the command's own content to the request. The ledger
// asks the same rule again under the order's row lock.
type rule[In command] func(s mes.OrderStatus, in In, now time.Time, r *contract.OrderRequest) error

// handle registers one update. The validator refuses without a trace in history; the handler asks again when its turn
// has come.
func handle[In command](ctx workflow.Context, o *order, u kit.Update[In, contract.OrderAnswer], name contract.OrderCommandName, rule rule[In]) error {
	validate := func(ctx workflow.Context, in In) error {
		if o.unsure(in.By()) || o.in.Answered.Has(workflow.GetCurrentUpdateInfo(ctx).ID) {
			return nil
		}
		return contract.Carry(rule(o.status, in, workflow.Now(ctx), &contract.OrderRequest{}))
	}
	return u.Handle(ctx, validate, func(ctx workflow.Context, in In) (contract.OrderAnswer, error) {
		r := o.request()
		r.Command, r.Actor = name, in.By()
		return o.carryOut(ctx, &r, func() error { return rule(o.status, in, workflow.Now(ctx), &r) })
	})
}

// unsure tells that the giver may know more of the order than this run.
func (o *order) unsure(by mes.Actor) bool { return !o.loaded || o.behind || by.Seen > o.status.Version }

// carryOut is a command's turn: one writer at a time, the rule on the order as it now stands, one transaction. A key that
// was carried out before goes to the ledger unjudged, which then answers as it did the first time.
func (o *order) carryOut(ctx workflow.Context, r *contract.OrderRequest, rule func() error) (contract.OrderAnswer, error) {
	if err := o.writer.Lock(ctx); err != nil {
		return contract.OrderAnswer{}, err
	}
	defer o.writer.Unlock()
	id := workflow.GetCurrentUpdateInfo(ctx).ID
	if o.unsure(r.Actor) {
		if err := o.reload(ctx); err != nil {
			return contract.OrderAnswer{}, err
		}
	}
	if err := rule(); err != nil && !o.in.Answered.Has(id) {
		return contract.OrderAnswer{}, contract.Carry(err)
	}
	r.Key = o.id + "#" + id
	if err := o.apply(ctx, *r); err != nil {
		return contract.OrderAnswer{}, err
	}
	o.in.Answered.Take(id)
	return contract.OrderAnswer{Status: o.status}, nil
}

func release(s mes.OrderStatus, _ contract.OrderCommand, _ time.Time, _ *contract.OrderRequest) error {
	return s.CanRelease()
}

func hold(s mes.OrderStatus, in contract.OrderCommand, _ time.Time, r *contract.OrderRequest) error {
	r.Reason = in.Reason
	return s.CanHold()
}

func resume(s mes.OrderStatus, in contract.OrderCommand, _ time.Time, r *contract.OrderRequest) error {
	r.Reason = in.Reason
	return s.CanResume()
}

func cancel(s mes.OrderStatus, in contract.OrderCommand, _ time.Time, r *contract.OrderRequest) error {
	r.Reason = in.Reason
	return s.CanCancel()
}

func change(s mes.OrderStatus, in contract.ChangeCommand, now time.Time, r *contract.OrderRequest) error {
	r.Change, r.Reason = &in.Change, in.Change.Reason
	return s.CanChange(in.Change, now)
}
