package store

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// VisionEvents keeps the uses of vision beside inspection.
type VisionEvents struct{ db }

var _ mes.VisionEvents = (*VisionEvents)(nil)

const answerColumn = `CASE WHEN a.id IS NULL THEN NULL ELSE jsonb_build_object('id', a.id, 'event', a.event, 'answer', a.answer, 'reason', a.reason,
	'counted', a.counted::text, 'ledger', a.ledger::text, 'by', a.by_account, 'at', a.at) END`

func (v *VisionEvents) listing(kind mes.VisionKind, f mes.VisionEventFilter) *listing {
	l := newListing("vision_result v LEFT JOIN vision_answer a ON a.event = v.id", f.Paging, sorts{"": {{"v.received_at", "timestamptz", true}}}, column{"v.id", "text", true})
	l.where("v.site = ?", f.Site).where("v.kind = ?", string(kind)).where("v.camera = ?", f.Camera).where("v.station = ?", f.Station).where("lower(v.code) = lower(?)", f.Code)
	l.between("v.received_at", f.From, f.To).when(f.Open, "a.id IS NULL")
	l.search(f.Text, "v.code", "v.camera", "v.station", "v.lot")
	return l
}

// severityOf reads a sender's word; one that is none of ours counts as high, since a danger is not to be belittled.
func severityOf(said string) mes.Severity {
	switch s := mes.Severity(strings.ToLower(said)); s {
	case mes.SeverityCritical, mes.SeverityMedium, mes.SeverityLow:
		return s
	}
	return mes.SeverityHigh
}

// Safety reads a page of safety events.
func (v *VisionEvents) Safety(ctx context.Context, f mes.VisionEventFilter) (mes.Page[mes.SafetyEvent], error) {
	l := v.listing(mes.VisionSafety, f)
	out, err := page(ctx, v.db, l, `v.id, v.camera, v.station, v.code, v.severity, v.lot, v.model, v.image, v.picture_width, v.picture_height, v.boxes, v.captured_at, v.received_at, `+
		answerColumn+`, EXISTS (SELECT FROM station_stop t WHERE t.station = v.station AND t.lifted_at IS NULL)`, func(e *mes.SafetyEvent) []any {
		return []any{&e.ID, &e.Camera, &e.Station, &e.Code, &e.Severity, &e.Lot, &e.Model, &e.Image, &e.Picture.Width, &e.Picture.Height, &e.Predictions, &e.CapturedAt, &e.ReceivedAt, &e.Answer, &e.Stopped}
	})
	for i := range out.Items {
		e := &out.Items[i]
		e.Severity = severityOf(string(e.Severity))
		if e.Code == "" && len(e.Predictions) > 0 {
			e.Code = e.Predictions[0].Class
		}
	}
	return out, err
}

// countRow is a count with what the sender said of it.
type countRow struct {
	mes.StockCount
	station  string
	measured json.RawMessage
	found    []mes.Prediction
}

// Counts reads a page of counts, each beside what the ledger says now; an answered one keeps what it said then.
func (v *VisionEvents) Counts(ctx context.Context, f mes.VisionEventFilter) (mes.Page[mes.StockCount], error) {
	l := v.listing(mes.VisionCount, f)
	rows, err := page(ctx, v.db, l, `v.id, v.camera, v.code, v.station, v.measured, v.boxes, v.image, v.captured_at, v.received_at, `+answerColumn, func(c *countRow) []any {
		return []any{&c.ID, &c.Camera, &c.Material, &c.station, &c.measured, &c.found, &c.Image, &c.CapturedAt, &c.ReceivedAt, &c.Answer}
	})
	out := mes.Page[mes.StockCount]{Items: []mes.StockCount{}, Total: rows.Total, Next: rows.Next}
	if err != nil {
		return out, err
	}
	for i := range rows.Items {
		rows.Items[i].read()
	}
	stock, err := stockOf(ctx, v.q, f.Site, rows.Items)
	if err != nil {
		return out, translate(err)
	}
	for _, c := range rows.Items {
		c.reconcile(stock[strings.ToLower(c.Material)])
		out.Items = append(out.Items, c.StockCount)
	}
	return out, nil
}

// read takes what was counted, where, and of what: the sender's word, else the class of everything that was found.
func (c *countRow) read() {
	c.Counted, c.Place = mes.CountedIn(c.measured, c.found)
	if c.Place == "" {
		c.Place = c.station
	}
	if c.Material == "" && len(c.found) > 0 {
		c.Material = c.found[0].Class
	}
}

func stockOf(ctx context.Context, q *sqlcgen.Queries, site string, rows []countRow) (map[string]*sqlcgen.StockOfRow, error) {
	names := make([]string, len(rows))
	for i, c := range rows {
		names[i] = strings.ToLower(c.Material)
	}
	found, err := q.StockOf(ctx, sqlcgen.StockOfParams{Site: site, Materials: names})
	out := map[string]*sqlcgen.StockOfRow{}
	for i := range found {
		out[strings.ToLower(found[i].ID)] = &found[i]
	}
	return out, err
}

// reconcile puts the ledger beside the count.
func (c *countRow) reconcile(stock *sqlcgen.StockOfRow) {
	if stock == nil {
		return
	}
	c.Material, c.Name, c.Unit = stock.ID, stock.Name, stock.Unit
	ledger := stock.Stock
	c.LedgerOf = "site"
	var at map[string]mes.Decimal
	if json.Unmarshal(stock.AtStations, &at) == nil {
		if n, ok := at[c.Place]; ok {
			ledger, c.LedgerOf = n, "station"
		}
	}
	if c.Answer != nil && c.Answer.Ledger != nil {
		ledger = *c.Answer.Ledger
	}
	difference := c.Counted.Sub(ledger)
	c.Ledger, c.Difference = &ledger, &difference
}

// Answer keeps a person's word on an event, once per event. Neither stock nor a stop changes by it.
func (v *VisionEvents) Answer(ctx context.Context, key, site, event string, by mes.Actor, a mes.AnswerKind, reason string) (mes.VisionAnswer, error) {
	var out mes.VisionAnswer
	key = "vision-answer/" + key
	err := v.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		row, err := w.VisionEventByID(ctx, sqlcgen.VisionEventByIDParams{Site: site, ID: event})
		if err != nil {
			return missing(err, "Vision event", event)
		}
		if err := mes.ValidateAnswer(mes.VisionKind(row.Kind), a, reason); err != nil {
			return err
		}
		if out, err = w.answer(ctx, key, site, by, row, a, strings.TrimSpace(reason)); err != nil {
			return err
		}
		w.tell(site, mes.EventVision, event)
		return w.remember(ctx, key, event, out)
	})
	return out, err
}

func (w *work) answer(ctx context.Context, key, site string, by mes.Actor, e sqlcgen.VisionEventByIDRow, a mes.AnswerKind, reason string) (mes.VisionAnswer, error) {
	now, err := w.Now(ctx)
	if err != nil {
		return mes.VisionAnswer{}, err
	}
	out := mes.VisionAnswer{ID: uuid.NewString(), Event: e.ID, Answer: a, Reason: reason, By: by.ID, At: now}
	if mes.VisionKind(e.Kind) == mes.VisionCount {
		c := countRow{StockCount: mes.StockCount{Material: e.Code}, station: e.Station, measured: e.Measured}
		if err := json.Unmarshal(e.Boxes, &c.found); err != nil {
			return out, err
		}
		c.read()
		stock, err := stockOf(ctx, w.Queries, site, []countRow{c})
		if err != nil {
			return out, err
		}
		c.reconcile(stock[strings.ToLower(c.Material)])
		out.Counted, out.Ledger = &c.Counted, c.Ledger
	}
	n, err := w.AddVisionAnswer(ctx, sqlcgen.AddVisionAnswerParams{ID: out.ID, Key: key, Site: site, Event: e.ID, Answer: string(a), Reason: reason, Counted: out.Counted, Ledger: out.Ledger,
		ByAccount: by.ID, At: now})
	if err != nil {
		return out, err
	}
	if n == 0 {
		return out, w.answeredBefore(ctx, site, e.ID)
	}
	return out, w.audit(by, "vision_event_answered", "vision_result", e.ID, reason, key, nil, out)
}

func (w *work) answeredBefore(ctx context.Context, site, event string) error {
	first, err := w.VisionAnswerOf(ctx, sqlcgen.VisionAnswerOfParams{Site: site, Event: event})
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.NotFound("Vision event", event)
	}
	if err != nil {
		return err
	}
	return mes.Refuse(mes.CodeConflict, first.ByAccount+" has answered this event: "+first.Reason, "Nothing was changed.", "")
}

// Cycles reads the cycles that cameras saw, per station and camera.
func (v *VisionEvents) Cycles(ctx context.Context, f mes.CycleFilter) ([]mes.StationCycles, error) {
	if !f.From.Before(f.To) {
		var faults mes.Faults
		faults.Add("from", "is not before the end")
		return nil, faults.Err("No cycles were read.")
	}
	rows, err := v.q.VisionCycles(ctx, sqlcgen.VisionCyclesParams{Site: f.Site, Station: f.Station, FromAt: f.From, ToAt: f.To})
	if err != nil {
		return nil, translate(err)
	}
	out := []mes.StationCycles{}
	for from := 0; from < len(rows); {
		var cycles []mes.Cycle
		to := from
		for ; to < len(rows) && rows[to].Station == rows[from].Station && rows[to].Camera == rows[from].Camera; to++ {
			cycles = append(cycles, mes.CycleIn(rows[to].Measured, rows[to].CapturedAt))
		}
		one := mes.SumCycles(cycles)
		one.Station, one.Camera = rows[from].Station, rows[from].Camera
		out = append(out, one)
		from = to
	}
	return out, nil
}
