// Package lot holds the activities of a lot's workflow that need only the ledger.
package lot

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// LoadPlan reads what a lot's workflow needs before its first move. Safe to run twice: it only reads.
type LoadPlan struct{ Ledger mes.LotLedger }

// Execute loads the frozen routing and the stored progress.
func (a LoadPlan) Execute(ctx context.Context, in contract.LotRouteInput) (mes.Plan, error) {
	plan, err := a.Ledger.Plan(ctx, in.Site, in.Lot)
	return plan, contract.Carry(err)
}
