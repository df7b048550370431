package store

import (
	"context"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// lotFrom joins a lot with its material, its order and the visit that it is on.
const lotFrom = `lot l JOIN material m ON m.id = l.material LEFT JOIN work_order o ON o.number = l.work_order
	LEFT JOIN lot_operation v ON v.lot = l.id AND v.operation = l.operation AND v.visit = l.visit`

const lotOpenHolds = `hold h WHERE h.released_at IS NULL AND (h.scope = 'lot' AND h.subject = l.id OR h.scope = 'order' AND h.subject = l.work_order)`

const lotHolds = `coalesce((SELECT jsonb_agg(jsonb_build_object('id', h.id, 'scope', h.scope, 'reason', h.reason, 'by', h.placed_by, 'at', h.placed_at, 'containment', h.containment) ORDER BY h.placed_at, h.id)
	FROM ` + lotOpenHolds + `), '[]')`

const lotWait = `CASE WHEN l.wait_kind <> '' THEN jsonb_build_object('kind', l.wait_kind, 'on', l.wait_on, 'since', l.wait_since, 'reason', l.wait_reason, 'shot', l.wait_shot) END`

const lotColumns = `l.id, l.site, l.material, m.name, m.unit, m.tracking, m.gtin, l.origin, l.state, l.quantity,
	CASE WHEN l.origin = 'produced' AND l.state IN ('packed', 'shipped', 'consumed') THEN l.quantity - l.split_off - l.scrapped ELSE 0 END, l.scrapped, l.remaining,
	coalesce(l.work_order, ''), coalesce(l.number, 0), l.revision, l.operation, coalesce(v.name, ''), l.visit, l.step, l.station, l.operator, ` + lotWait + `, ` +
	lotHolds + `, l.supplier, l.supplier_lot, l.expires_at, l.customer, l.delivery_note, l.created_by, l.created_at, l.started_at, l.ended_at, l.shipped_at,
	coalesce(o.product, '')`

// lotRow is a lot with what it takes to draw its thread.
type lotRow struct {
	mes.LotView
	product string
}

func lotFields(l *lotRow) []any {
	return []any{&l.Lot, &l.Site, &l.Material, &l.ProductName, &l.Unit, &l.Tracking, &l.GTIN, &l.Origin, &l.State, &l.Quantity, &l.Good, &l.Scrapped, &l.Remaining,
		&l.Order, &l.Number, &l.Revision, &l.Operation, &l.OperationName, &l.Visit, &l.Step, &l.Station, &l.Operator, &l.Wait, &l.Holds, &l.Supplier, &l.SupplierLot,
		&l.ExpiresAt, &l.Customer, &l.DeliveryNote, &l.CreatedBy, &l.CreatedAt, &l.StartedAt, &l.EndedAt, &l.ShippedAt, &l.product}
}

// Get reads one lot with its thread and its deviations.
func (l *Lots) Get(ctx context.Context, site, lot string) (mes.LotView, error) {
	var row lotRow
	err := l.pool.QueryRow(ctx, "SELECT "+lotColumns+" FROM "+lotFrom+" WHERE l.site = $1 AND l.id = $2", site, lot).Scan(lotFields(&row)...)
	if err != nil {
		return mes.LotView{}, missing(err, "Lot", lot)
	}
	view := row.LotView
	if row.Order != "" {
		if view.Thread, err = l.thread(ctx, row); err != nil {
			return view, translate(err)
		}
	}
	view.Deviations, err = l.deviations(ctx, site, view)
	return view, translate(err)
}

// byID reads several lots in the order asked.
func (l *Lots) byID(ctx context.Context, site string, ids []string) ([]mes.LotView, error) {
	rows, err := l.pool.Query(ctx, "SELECT "+lotColumns+" FROM "+lotFrom+" WHERE l.site = $1 AND l.id = ANY ($2::text[])", site, ids)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []mes.LotView
	for rows.Next() {
		var row lotRow
		if err := rows.Scan(lotFields(&row)...); err != nil {
			return nil, err
		}
		out = append(out, row.LotView)
	}
	slices.SortFunc(out, func(a, b mes.LotView) int { return slices.Index(ids, a.Lot) - slices.Index(ids, b.Lot) })
	return out, translate(rows.Err())
}

var lotSorts = sorts{
	"":           {{"l.created_at", "timestamptz", true}},
	"lot":        nil,
	"state":      {{"l.state", "text", false}},
	"created_at": {{"l.created_at", "timestamptz", false}},
	"ended_at":   {{"coalesce(l.ended_at, 'infinity')", "timestamptz", false}},
	"expires_at": {{"coalesce(l.expires_at, 'infinity')", "timestamptz", false}},
}

// List reads a page of lots.
func (l *Lots) List(ctx context.Context, f mes.LotFilter) (mes.Page[mes.LotView], error) {
	q := newListing(lotFrom, f.Paging, lotSorts, column{"l.id", "text", false})
	q.where("l.site = ?", f.Site).where("l.work_order = ?", f.Order).where("l.material = ?", f.Material).where("l.origin = ?", f.Origin)
	q.where("l.state = ANY (?)", texts(f.States)).where("l.station = ?", f.Station).when(f.Held, "EXISTS (SELECT FROM "+lotOpenHolds+")")
	q.search(f.Text, "l.id", "l.material", "m.name", "l.work_order", "l.supplier", "l.supplier_lot", "l.delivery_note")
	rows, err := page(ctx, l.db, q, lotColumns, lotFields)
	out := mes.Page[mes.LotView]{Items: make([]mes.LotView, len(rows.Items)), Total: rows.Total, Next: rows.Next}
	for i, r := range rows.Items {
		out.Items[i] = r.LotView
	}
	return out, err
}
