package workorder

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// order is what one run knows of its order. It is made anew by each run; the ledger's word always replaces it.
type order struct {
	in     contract.WorkOrderInput
	id     string
	status mes.OrderStatus
	loaded bool
	// behind asks for the ledger's word before the next command is judged.
	behind bool
	// writer lets one handler at a time change status: each of them waits for the ledger in between.
	writer workflow.Mutex
	// patience is how long the run waits for its release before it asks the ledger whether it missed it.
	patience time.Duration
}

func newOrder(ctx workflow.Context, in contract.WorkOrderInput) *order {
	return &order{in: in, id: contract.WorkOrderID(in.Site, in.Number), writer: workflow.NewMutex(ctx), patience: firstPatience}
}

func (o *order) ended() bool { return o.status.State.Ended() }

// next is the input of the run that continues this one. How the order stands is the ledger's to say.
func (o *order) next() contract.WorkOrderInput { return o.in }

func (o *order) result() contract.WorkOrderResult {
	return contract.WorkOrderResult{State: o.status.State, Ledger: o.status.Ledger}
}

func (o *order) request() contract.OrderRequest {
	return contract.OrderRequest{Site: o.in.Site, Number: o.in.Number, Line: o.in.Line}
}

// adopt takes the ledger's word, unless a later one has been heard already.
func (o *order) adopt(s mes.OrderStatus) {
	if !o.loaded || s.Version >= o.status.Version {
		o.status, o.loaded = s, true
	}
}

// catchUp asks the ledger how the order stands.
func (o *order) catchUp(ctx workflow.Context) error {
	if err := o.writer.Lock(ctx); err != nil {
		return err
	}
	defer o.writer.Unlock()
	return o.reload(ctx)
}

func (o *order) reload(ctx workflow.Context) error {
	s, err := contract.LoadOrder.RunLocal(ctx, o.request())
	if err != nil {
		return carried(err)
	}
	o.adopt(s)
	o.behind = false
	return nil
}

// apply has the ledger carry out one command, in one transaction, and adopts its answer.
func (o *order) apply(ctx workflow.Context, r contract.OrderRequest) error {
	s, err := contract.ApplyOrder.RunLocal(ctx, r)
	if err != nil {
		// A refusal says that the ledger knows more; any other error, that it may have stored it all the same.
		o.behind = true
		return carried(err)
	}
	o.adopt(s)
	return nil
}

// carried strips the engine's wrapping from a refusal, so that it travels once and whole.
func carried(err error) error {
	if e := contract.Refusal(err); e != nil {
		return contract.Carry(e)
	}
	return err
}
