// Package capa raises and reads what a CAPA's workflow needs of the records.
package capa

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Remind raises what is due. Safe to run twice: each alert is raised once per thing, date and stage.
type Remind struct{ Ledger mes.CAPALedger }

// Execute raises the alerts and answers what the CAPA waits for.
func (r Remind) Execute(ctx context.Context, in contract.CAPAInput) (mes.CAPAWait, error) {
	w, err := r.Ledger.Remind(ctx, in.Site, in.CAPA)
	return w, contract.Carry(err)
}
