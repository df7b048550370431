// Package gauge raises what the reminders of calibrations need of the records.
package gauge

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Remind raises the alerts that are due. Safe to run twice: each is raised once per calibration and day.
type Remind struct{ Ledger mes.GaugeLedger }

// Execute raises them and answers when the next falls due.
func (r Remind) Execute(ctx context.Context, in contract.GaugeWatchInput) (mes.Reminded, error) {
	out, err := r.Ledger.RemindGauges(ctx, in.Site)
	return out, contract.Carry(err)
}
