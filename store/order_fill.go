package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Progress reads what an order waits on.
func (o *Orders) Progress(ctx context.Context, site, number string) (mes.OrderProgress, error) {
	status, err := o.Status(ctx, site, number)
	if err != nil {
		return mes.OrderProgress{}, err
	}
	open, err := o.q.CountOpenLots(ctx, &number)
	if err != nil {
		return mes.OrderProgress{}, translate(err)
	}
	window, err := o.q.OrderWindow(ctx, number)
	return mes.OrderProgress{Status: status, Open: open, Window: window}, translate(err)
}

// newLot is one lot as AddLots takes it.
type newLot struct {
	ID       string       `json:"id"`
	Quantity mes.Decimal  `json:"quantity"`
	Number   int          `json:"number"`
	Progress mes.Progress `json:"progress"`
}

// Fill creates lots until the order's window is full. The order's row lock lets one call do it; a second one finds the
// window full. The lots are born before their first operation, at version 1, so their workflows need not open them.
func (o *Orders) Fill(ctx context.Context, r mes.FillRequest) (mes.Fill, error) {
	var out mes.Fill
	err := o.change(ctx, func(w *work) error {
		t := &order{work: w, db: o.db, by: mes.Actor{ID: "system"}}
		if err := t.lock(ctx, r.Site, r.Order); err != nil {
			return err
		}
		open, err := t.OpenLots(ctx, &r.Order)
		if err != nil {
			return err
		}
		made, err := t.fill(ctx, r, len(open))
		if err != nil {
			return err
		}
		s := statusOf(t.row)
		left := s.Ledger.NotStarted
		for _, l := range made {
			open, left = append(open, l.ID), left.Sub(l.Quantity)
		}
		out = mes.Fill{Open: open, Created: len(made), Remaining: left.IsPositive() && !s.CancelRequested && !s.State.Ended()}
		return nil
	})
	return out, err
}

// fill makes the lots that fit beside those that are open.
func (t *order) fill(ctx context.Context, r mes.FillRequest, open int) ([]newLot, error) {
	s := statusOf(t.row)
	if s.CancelRequested || s.Held || s.State != mes.OrderReleased && s.State != mes.OrderRunning || !s.Ledger.NotStarted.IsPositive() {
		return nil, nil
	}
	routing, err := t.db.routings.get(ctx, t.Queries, t.row.Product, s.Revision)
	if err != nil {
		return nil, err
	}
	lots := t.cut(routing, s.Ledger.NotStarted, routing.Window-open)
	if len(lots) == 0 {
		return nil, nil
	}
	if err := t.number(ctx, r.Order, routing, lots); err != nil {
		return nil, err
	}
	return lots, t.create(ctx, r, routing, lots)
}

// cut divides what is not started into lots, at most room of them.
func (t *order) cut(routing mes.Routing, left mes.Decimal, room int) []newLot {
	var lots []newLot
	for len(lots) < room && left.IsPositive() {
		q := routing.NextLot(left)
		p := mes.Enter(routing, q, t.at)
		p.Version = 1
		lots = append(lots, newLot{Quantity: q, Progress: p})
		left = left.Sub(q)
	}
	return lots
}

// number gives the lots their numbers: the product's, and the order's.
func (t *order) number(ctx context.Context, number string, routing mes.Routing, lots []newLot) error {
	last, err := t.TakeLotNumbers(ctx, sqlcgen.TakeLotNumbersParams{Product: routing.Product, N: int64(len(lots))})
	if err != nil {
		return err
	}
	nth, err := t.LastLotOfOrder(ctx, &number)
	if err != nil {
		return err
	}
	for i := range lots {
		lots[i].ID = routing.LotID(last - int64(len(lots)) + int64(i) + 1)
		lots[i].Number = nth + i + 1
	}
	return nil
}

// create writes the lots with their first visits and events, and moves their pieces into process.
func (t *order) create(ctx context.Context, r mes.FillRequest, routing mes.Routing, lots []newLot) error {
	doc, err := json.Marshal(lots)
	if err != nil {
		return err
	}
	first, pieces, ids := routing.Operations[0], mes.Zero, make([]string, len(lots))
	for i, l := range lots {
		pieces, ids[i] = pieces.Add(l.Quantity), l.ID
	}
	station, by := first.Stations[0], t.by.ID
	q := t.later
	steps := []error{
		q.AddLots(ctx, sqlcgen.AddLotsParams{Site: r.Site, Material: routing.Product, WorkOrder: &r.Order, Operation: first.ID, Station: station, Stations: first.Stations, At: &t.at, Revision: routing.Revision, CreatedBy: by, Lots: doc}),
		q.AddFirstVisits(ctx, sqlcgen.AddFirstVisitsParams{Lots: ids, Operation: first.ID, Name: first.Name, Station: station, At: t.at}),
		q.AddOpenedEvents(ctx, sqlcgen.AddOpenedEventsParams{Lots: ids, WorkOrder: r.Order, Actor: by, Station: station, Operation: first.ID, At: t.at}),
		q.StartPieces(ctx, sqlcgen.StartPiecesParams{Number: r.Order, Pieces: pieces}),
		t.audit(t.by, "lots_created", "order", r.Order, "", fmt.Sprintf("%s@%d", r.Order, lots[0].Number), nil, map[string]any{"lots": ids, "pieces": pieces}),
	}
	for _, err := range steps {
		if err != nil {
			return err
		}
	}
	t.tell(r.Site, mes.EventOrder, r.Order)
	for _, s := range first.Stations {
		t.tell(r.Site, mes.EventStation, s)
	}
	return t.openFirstInspections(ctx, r, routing, lots)
}

// openFirstInspections opens what plans ask for before the first operation.
func (t *order) openFirstInspections(ctx context.Context, r mes.FillRequest, routing mes.Routing, lots []newLot) error {
	at := inspected{site: r.Site, order: r.Order, material: routing.Product, point: mes.PlanOperation, operation: routing.Operations[0].ID, visit: 1}
	plans, err := t.plansFor(ctx, at)
	if err != nil {
		return err
	}
	for _, l := range lots {
		at.lot, at.quantity = l.ID, l.Quantity
		if err := t.openPlanned(ctx, "created/"+l.ID, at, plans); err != nil {
			return err
		}
	}
	return nil
}
