// Package maintenance raises, reads and opens what the workflows of maintenance need of the records.
package maintenance

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Remind raises what is due. Safe to run twice: each alert is raised once per thing, date and stage.
type Remind struct{ Ledger mes.MaintenanceLedger }

// Execute raises the alerts and answers what the job waits for.
func (r Remind) Execute(ctx context.Context, in contract.MaintenanceInput) (mes.MaintenanceWait, error) {
	w, err := r.Ledger.RemindMaintenance(ctx, in.Site, in.Job)
	return w, contract.Carry(err)
}
