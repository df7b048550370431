package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
)

// openInspections opens what plans ask for where the lot has come to: at the operation it now waits for, or at its end.
func (r *recording) openInspections(ctx context.Context) error {
	b, a := r.e.Before, r.after
	at := inspected{site: r.e.Site, lot: r.e.Lot, order: r.order.Number, material: r.order.Product, quantity: a.Quantity, visit: a.Visit}
	switch {
	case a.State == mes.LotPacked && b.State != mes.LotPacked:
		at.point = mes.PlanFinal
	case a.State == mes.LotQueued && (b.Operation != a.Operation || b.Visit != a.Visit):
		at.point, at.operation = mes.PlanOperation, a.Operation
	default:
		return nil
	}
	return r.work.openInspections(ctx, r.e.Key, at)
}
