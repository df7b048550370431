package signing

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Remind tells people that a signature is missing. Safe to run twice: an alert is raised once per signature and stage.
type Remind struct{ Ledger mes.SigningLedger }

// Execute raises the alerts, unless the signature came meanwhile.
func (r Remind) Execute(ctx context.Context, in contract.SigningReminder) (mes.SignatureWait, error) {
	w, err := r.Ledger.Remind(ctx, in.Site, in.Request, in.N, in.Overdue)
	return w, contract.Carry(err)
}
