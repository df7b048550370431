// Package qualification raises what the reminders of certificates need of the records.
package qualification

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Remind raises the alerts that are due. Safe to run twice: each is raised once per certificate and day.
type Remind struct{ Ledger mes.QualificationLedger }

// Execute raises them and answers when the next falls due.
func (r Remind) Execute(ctx context.Context, in contract.QualificationWatchInput) (mes.Reminded, error) {
	out, err := r.Ledger.Remind(ctx, in.Site)
	return out, contract.Carry(err)
}
