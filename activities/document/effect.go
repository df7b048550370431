// Package document holds the activities of controlled documents.
package document

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// TakeEffect brings an approved revision into force. Safe to run twice: a revision that is in force stays so.
type TakeEffect struct{ Ledger mes.DocumentLedger }

// Execute asks the ledger, which decides by its own clock.
func (a TakeEffect) Execute(ctx context.Context, in contract.DocumentRevisionInput) (contract.EffectAnswer, error) {
	next, err := a.Ledger.TakeEffect(ctx, in.Site, in.Revision)
	return contract.EffectAnswer{Again: next}, contract.Carry(err)
}
