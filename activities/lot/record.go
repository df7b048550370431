package lot

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Record stores one entry of a lot. Safe to run twice: the entry's key is stored in the same transaction, and a key that
// is stored already gets its first answer.
type Record struct{ Ledger mes.LotLedger }

// Execute stores the entry with everything that follows from it, or nothing.
func (a Record) Execute(ctx context.Context, e mes.Entry) (mes.Recorded, error) {
	rec, err := a.Ledger.Record(ctx, e)
	return rec, contract.Carry(err)
}
