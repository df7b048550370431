package capa

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Check reads the defect data against the criterion. Safe to run twice: once a verdict stands, it only reads.
type Check struct{ Ledger mes.CAPALedger }

// Execute reads the data, proposes the verdict or makes the period longer, and answers what the CAPA waits for.
func (c Check) Execute(ctx context.Context, in contract.CAPAInput) (mes.CAPAWait, error) {
	w, err := c.Ledger.Check(ctx, in.Site, in.CAPA)
	return w, contract.Carry(err)
}
