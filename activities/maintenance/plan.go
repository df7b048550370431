package maintenance

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// OpenPlanned makes the job of a plan's occurrence. Safe to run twice: an occurrence has one row, and a job one key.
type OpenPlanned struct{ Ledger mes.MaintenanceLedger }

// Execute makes the job, or names the one that is open.
func (o OpenPlanned) Execute(ctx context.Context, in contract.MaintenanceDueInput) (contract.MaintenanceDueResult, error) {
	job, err := o.Ledger.OpenPlanned(ctx, in.Site, in.Plan, *in.At)
	return contract.MaintenanceDueResult{Job: job}, contract.Carry(err)
}

// Watch makes the jobs of conditions that are met. Safe to run twice: a crossing has one key.
type Watch struct{ Ledger mes.MaintenanceLedger }

// Execute looks at every condition of the site and answers when to look again.
func (w Watch) Execute(ctx context.Context, in contract.MaintenanceWatchInput) (mes.Reminded, error) {
	out, err := w.Ledger.WatchConditions(ctx, in.Site)
	return out, contract.Carry(err)
}
