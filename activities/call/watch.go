// Package call does what a call's workflow needs of the records.
package call

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Watch does the steps of a call that are due. Safe to run twice: each step is noted once, in the transaction that sends its
// messages.
type Watch struct{ Ledger mes.CallLedger }

// Execute does them and answers what comes next.
func (w Watch) Execute(ctx context.Context, in contract.AndonInput) (mes.CallStanding, error) {
	out, err := w.Ledger.Watch(ctx, in.Site, in.Call)
	return out, contract.Carry(err)
}
