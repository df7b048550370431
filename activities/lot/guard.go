package lot

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Guard asks whether a lot is on hold. Safe to run twice: it reads.
type Guard struct{ Ledger mes.LotLedger }

// Execute asks.
func (g Guard) Execute(ctx context.Context, in contract.GuardRequest) (contract.Guarded, error) {
	h, err := g.Ledger.Held(ctx, in.Site, in.Lot)
	if err != nil || h == nil {
		return contract.Guarded{}, contract.Carry(err)
	}
	return contract.Guarded{Held: h.Refusal().What}, nil
}
