// Package signing reads and raises what the wait for signatures needs of the records.
package signing

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Load reads what a request waits for. Safe to run twice: it only reads.
type Load struct{ Ledger mes.SigningLedger }

// Execute reads the request.
func (l Load) Execute(ctx context.Context, in contract.SigningInput) (mes.SignatureWait, error) {
	w, err := l.Ledger.Awaited(ctx, in.Site, in.Request)
	return w, contract.Carry(err)
}
