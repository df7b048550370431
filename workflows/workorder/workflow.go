// Package workorder is one order from its creation to its final confirmation, as a durable workflow. It keeps a bounded
// window of lots in work; each lot is a workflow of its own, and the order learns of their progress from the ledger.
package workorder

import (
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// WorkOrder waits for the release, starts lots as the window has room, and ends when every piece is accounted for.
func WorkOrder(ctx workflow.Context, in contract.WorkOrderInput) (contract.WorkOrderResult, error) {
	o := newOrder(ctx, in)
	if err := o.listen(ctx); err != nil {
		return contract.WorkOrderResult{}, err
	}
	if err := o.catchUp(ctx); err != nil {
		return contract.WorkOrderResult{}, err
	}
	for !o.ended() && !kit.Full(ctx) {
		if err := o.turn(ctx); err != nil {
			return contract.WorkOrderResult{}, err
		}
	}
	if err := kit.Settle(ctx, func(workflow.Context) {}); err != nil { // an order takes no signals
		return contract.WorkOrderResult{}, err
	}
	if o.ended() {
		return o.result(), nil
	}
	return contract.WorkOrderResult{}, contract.WorkOrder.ContinueAsNew(ctx, o.next())
}
