package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
)

// orderFrom joins an order with its oldest open hold and with the lot that has waited longest for a person.
const orderFrom = `work_order o JOIN material m ON m.id = o.product
	LEFT JOIN LATERAL (SELECT h.id, h.reason, h.placed_by, h.placed_at FROM hold h
		WHERE h.scope = 'order' AND h.subject = o.number AND h.released_at IS NULL ORDER BY h.placed_at, h.id LIMIT 1) h ON true
	LEFT JOIN LATERAL (SELECT l.id, l.wait_kind, l.wait_on, l.wait_reason, l.station FROM lot l
		WHERE l.work_order = o.number AND l.state IN ('running', 'paused', 'review') AND l.wait_kind IN ('review', 'answer')
		ORDER BY l.wait_since, l.id LIMIT 1) x ON true`

const orderShown = `CASE WHEN h.id IS NOT NULL AND o.state IN ('created', 'released', 'running') THEN 'held' ELSE o.state END`

const orderColumns = `o.number, o.site, o.product, m.name, o.line, ` + orderShown + `, o.revision, o.quantity, o.good, o.scrap, o.in_process, o.not_started,
	o.due, o.priority, o.created_by, o.created_at, o.released_at, o.started_at, o.ended_at, o.cancel_requested,
	CASE WHEN h.id IS NOT NULL THEN jsonb_build_object('id', h.id, 'scope', 'order', 'reason', h.reason, 'by', h.placed_by, 'at', h.placed_at) END,
	CASE WHEN x.id IS NOT NULL THEN jsonb_build_object('kind', x.wait_kind, 'on', x.wait_on, 'reason', x.wait_reason, 'lot', x.id, 'station', x.station) END, now()`

// orderRow is an order with what its computed fields are made of.
type orderRow struct {
	mes.Order
	waiting *waitingLot
	now     time.Time
}

// waitingLot is the lot that keeps its order waiting for a person.
type waitingLot struct {
	Kind    mes.WaitKind `json:"kind"`
	On      string       `json:"on"`
	Reason  string       `json:"reason"`
	Lot     string       `json:"lot"`
	Station string       `json:"station"`
}

func orderFields(o *orderRow) []any {
	return []any{&o.Number, &o.Site, &o.Product, &o.ProductName, &o.Line, &o.State, &o.Revision, &o.Quantity, &o.Good, &o.Scrap, &o.InProcess, &o.NotStarted,
		&o.Due, &o.Priority, &o.CreatedBy, &o.CreatedAt, &o.ReleasedAt, &o.StartedAt, &o.EndedAt, &o.CancelRequested, &o.Hold, &o.waiting, &o.now}
}

// Get reads one order.
func (o *Orders) Get(ctx context.Context, site, number string) (mes.Order, error) {
	var row orderRow
	err := o.pool.QueryRow(ctx, "SELECT "+orderColumns+" FROM "+orderFrom+" WHERE o.site = $1 AND o.number = $2", site, number).Scan(orderFields(&row)...)
	return row.order(), missing(err, "Order", number)
}

var orderSorts = sorts{
	"":           {{"o.priority", "int", true}, {"o.due", "timestamptz", false}},
	"due":        {{"o.due", "timestamptz", false}},
	"number":     nil,
	"priority":   {{"o.priority", "int", false}},
	"created_at": {{"o.created_at", "timestamptz", false}},
	"state":      {{orderShown, "text", false}},
}

// List reads a page of orders.
func (o *Orders) List(ctx context.Context, f mes.OrderFilter) (mes.Page[mes.Order], error) {
	l := newListing(orderFrom, f.Paging, orderSorts, column{"o.number", "text", false})
	l.where("o.site = ?", f.Site).where(orderShown+" = ANY (?)", texts(f.States)).where("o.product = ?", f.Product).where("o.line = ?", f.Line)
	l.search(f.Text, "o.number", "o.product", "m.name")
	rows, err := page(ctx, o.db, l, orderColumns, orderFields)
	out := mes.Page[mes.Order]{Items: make([]mes.Order, len(rows.Items)), Total: rows.Total, Next: rows.Next}
	for i, r := range rows.Items {
		out.Items[i] = r.order()
	}
	return out, err
}

func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

// order completes the row with what is computed from it.
func (r orderRow) order() mes.Order {
	o := r.Order
	o.WaitsFor, o.Expected = r.waitsFor(), r.expected()
	return o
}

// waitsFor names the one thing that a person must do next; nil when the order runs by itself or has ended.
func (r orderRow) waitsFor() *mes.WaitsFor {
	switch {
	case r.State == mes.OrderHeld:
		return &mes.WaitsFor{Kind: "hold", Text: "On hold: " + r.Hold.Reason, Subject: r.Number}
	case r.State == mes.OrderCreated:
		return &mes.WaitsFor{Kind: "release", Text: "Release by a planner", Subject: r.Number}
	case r.State == mes.OrderCompleted:
		return &mes.WaitsFor{Kind: "erp", Text: "The ERP has not confirmed yet", Subject: r.Number}
	case r.waiting == nil || r.Order.State.Ended():
		return nil
	case r.waiting.Kind == mes.WaitReview:
		return &mes.WaitsFor{Kind: "review", Text: fmt.Sprintf("%s at %s waits for review: %s", r.waiting.Lot, r.waiting.Station, r.waiting.Reason), Subject: r.waiting.Lot}
	}
	return &mes.WaitsFor{Kind: "answer", Text: fmt.Sprintf("%s gave no answer for %s at %s: %s", r.waiting.On, r.waiting.Lot, r.waiting.Station, r.waiting.Reason), Subject: r.waiting.Lot}
}

// expected extends the pace so far to what is left; nil before the first piece and after the last.
func (r orderRow) expected() *time.Time {
	done := r.Good.Add(r.Scrap)
	left := r.InProcess.Add(r.NotStarted)
	if r.StartedAt == nil || r.Order.State.Ended() || !done.IsPositive() || !left.IsPositive() {
		return nil
	}
	perPiece := r.now.Sub(*r.StartedAt).Seconds() / done.InexactFloat64()
	at := r.now.Add(time.Duration(perPiece * left.InexactFloat64() * float64(time.Second))).Truncate(time.Second)
	return &at
}

// Timeline tells what the records know of an order and its lots, oldest first.
func (o *Orders) Timeline(ctx context.Context, site, number string) ([]mes.TimelineRow, error) {
	if _, err := o.Status(ctx, site, number); err != nil {
		return nil, err
	}
	rows, err := o.pool.Query(ctx, timeline, number)
	if err != nil {
		return nil, translate(err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (mes.TimelineRow, error) {
		var t mes.TimelineRow
		err := row.Scan(&t.At, &t.Source, &t.Kind, &t.Actor, &t.Lot, &t.Operation, &t.Visit, &t.Step, &t.Station, &t.Device, &t.Result, &t.Text,
			&t.WaitKind, &t.WaitOn, &t.Reason, &t.Seconds)
		return t, err
	})
	return out, translate(err)
}
