package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Lots keeps lots: the received ones and those that are made.
type Lots struct{ db }

var (
	_ mes.Lots      = (*Lots)(nil)
	_ mes.LotLedger = (*Lots)(nil)
)

// Plan loads what a lot's workflow needs before its first move.
func (l *Lots) Plan(ctx context.Context, site, lot string) (mes.Plan, error) {
	row, err := l.q.PlanOfLot(ctx, sqlcgen.PlanOfLotParams{Site: site, Lot: lot})
	if err != nil {
		return mes.Plan{}, missing(err, "Lot", lot)
	}
	r, err := l.routings.get(ctx, l.q, row.Product, row.Revision)
	if err != nil {
		return mes.Plan{}, translate(err)
	}
	p := mes.Plan{Routing: lean(r), Order: row.Number, Product: row.Product, GTIN: row.Gtin, Tracking: mes.Tracking(row.Tracking), Quantity: row.Quantity}
	if row.Progress == nil {
		return p, nil
	}
	p.Progress = &mes.Progress{}
	if err := json.Unmarshal(row.Progress, p.Progress); err != nil {
		return mes.Plan{}, fmt.Errorf("progress of %s: %w", lot, err)
	}
	return p, nil
}
