package order

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/steelthread/steelthread/activities"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// StartLot starts a lot's workflow, or finds it running.
type StartLot func(ctx context.Context, in contract.LotRouteInput, order, line string) error

// Fill creates lots until the order's window is full and starts a workflow for each. Safe to run twice: the ledger
// creates nothing beyond the window, and a workflow is known by its lot.
type Fill struct {
	Ledger mes.OrderLedger
	Start  StartLot
}

// Execute starts the workflows of the lots that it created. When it runs again after a failure it can't know how far
// it came, and starts those of all open lots.
func (a Fill) Execute(ctx context.Context, in contract.OrderRequest) (mes.Fill, error) {
	f, err := a.Ledger.Fill(ctx, mes.FillRequest{Site: in.Site, Order: in.Number})
	if err != nil {
		return f, activities.Outcome(err)
	}
	lots := f.Open
	if activity.GetInfo(ctx).Attempt == 1 {
		lots = f.Open[max(len(f.Open)-f.Created, 0):] // the ledger names the new ones last
	}
	for _, lot := range lots {
		activity.RecordHeartbeat(ctx, lot)
		if err := a.Start(ctx, contract.LotRouteInput{Site: in.Site, Lot: lot}, in.Number, in.Line); err != nil {
			return f, err
		}
	}
	f.Open = nil // the order needs their number only, and its history should stay small
	return f, nil
}
