package order

import (
	"context"

	"go.temporal.io/sdk/activity"

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

// Execute creates what fits and starts a workflow for it.
func (a Fill) Execute(ctx context.Context, in contract.OrderRequest) (mes.Fill, error) {
	f, err := a.Ledger.Fill(ctx, mes.FillRequest{Site: in.Site, Order: in.Number})
	if err != nil {
		return f, contract.Carry(err)
	}
	for _, lot := range toStart(f, activity.GetInfo(ctx).Attempt) {
		activity.RecordHeartbeat(ctx, lot)
		if err := a.Start(ctx, contract.LotRouteInput{Site: in.Site, Lot: lot}, in.Number, in.Line); err != nil {
			return f, err
		}
	}
	f.Open = nil // the order needs their number only, and its history should stay small
	return f, nil
}

// toStart are the lots that were made just now, which the ledger names last. A second attempt can't know how far the
// first one came, and starts all open lots.
func toStart(f mes.Fill, attempt int32) []string {
	if attempt > 1 {
		return f.Open
	}
	return f.Open[max(len(f.Open)-f.Created, 0):]
}
