// Package order holds the activities of an order's workflow.
package order

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Load reads how an order stands. Safe to run twice: it only reads.
type Load struct{ Ledger mes.OrderLedger }

// Execute reads the order's status.
func (a Load) Execute(ctx context.Context, in contract.OrderRequest) (mes.OrderStatus, error) {
	s, err := a.Ledger.Status(ctx, in.Site, in.Number)
	return s, contract.Carry(err)
}
