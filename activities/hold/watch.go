package hold

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Watch looks where a containment stands. Safe to run twice: a state is moved once, and an alert is raised once per key.
type Watch struct{ Ledger mes.ContainmentLedger }

// Execute looks.
func (w Watch) Execute(ctx context.Context, in contract.LotHoldInput) (mes.ContainmentStanding, error) {
	out, err := w.Ledger.Watch(ctx, in.Site, in.Containment)
	return out, contract.Carry(err)
}

// Stopped says that a running lot stands still. Safe to run twice: the first time counts.
type Stopped struct{ Ledger mes.ContainmentLedger }

// Execute says it.
func (s Stopped) Execute(ctx context.Context, in contract.StoppedLot) (struct{}, error) {
	return struct{}{}, contract.Carry(s.Ledger.Stopped(ctx, in.Site, in.Containment, in.Lot, in.At))
}
