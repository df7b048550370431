package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/sampling"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Inspections keeps inspections and what they found.
type Inspections struct{ db }

var _ mes.Inspections = (*Inspections)(nil)

func inspectionOf(i sqlcgen.Inspection, unit string) mes.Inspection {
	return mes.Inspection{ID: i.ID, Site: i.Site, Plan: i.Plan, Revision: i.Revision, Lot: i.Lot, Material: i.Material, Supplier: i.Supplier, Quantity: i.Quantity, Unit: unit,
		Operation: i.Operation, Visit: i.Visit, Original: i.Original, Asked: i.Asked, Blocks: i.Blocks, Mode: sampling.Mode(i.Mode),
		Sample: sampling.Plan{Letter: i.Letter, Size: i.Size, Ac: i.Ac, Re: i.Re}, State: mes.InspectionState(i.State), Done: i.Done, Needed: i.Needed, Nonconforming: i.Nonconforming,
		OpenedAt: i.OpenedAt, OpenedBy: i.OpenedBy, StartedAt: i.StartedAt, StartedBy: i.StartedBy, DecidedAt: i.DecidedAt, DecidedBy: i.DecidedBy, Comment: i.Comment}
}

const inspectionColumns = `i.id, i.site, i.plan, i.revision, coalesce(r.content ->> 'title', i.plan), coalesce(r.content ->> 'point', ''), i.lot, i.material, i.supplier, i.quantity, m.unit,
	i.operation, i.visit, i.original, i.asked, i.blocks, i.mode, i.letter, i.size, i.ac, i.re, i.state, i.done, i.needed, i.nonconforming, i.opened_at, i.opened_by, i.started_at, i.started_by,
	i.decided_at, i.decided_by, i.comment`

func inspectionFields(i *mes.Inspection) []any {
	return []any{&i.ID, &i.Site, &i.Plan, &i.Revision, &i.Title, &i.Point, &i.Lot, &i.Material, &i.Supplier, &i.Quantity, &i.Unit, &i.Operation, &i.Visit, &i.Original, &i.Asked, &i.Blocks,
		&i.Mode, &i.Sample.Letter, &i.Sample.Size, &i.Sample.Ac, &i.Sample.Re, &i.State, &i.Done, &i.Needed, &i.Nonconforming, &i.OpenedAt, &i.OpenedBy, &i.StartedAt, &i.StartedBy,
		&i.DecidedAt, &i.DecidedBy, &i.Comment}
}

var inspectionSorts = sorts{"": {{"i.opened_at", "timestamptz", true}}, "opened_at": {{"i.opened_at", "timestamptz", false}}, "plan": {{"i.plan", "text", false}},
	"lot": {{"i.lot", "text", false}}, "state": {{"i.state", "text", false}}}

// List reads a page of inspections.
func (x *Inspections) List(ctx context.Context, f mes.InspectionFilter) (mes.Page[mes.Inspection], error) {
	const from = `inspection i JOIN material m ON m.id = i.material JOIN document_revision r ON r.kind = i.kind AND r.id = i.plan AND r.revision = i.revision`
	l := newListing(from, f.Paging, inspectionSorts, column{"i.id", "text", true})
	l.where("i.site = ?", f.Site).where("i.state = ANY (?)", texts(f.States)).where("i.plan = ?", f.Plan).where("i.lot = ?", f.Lot)
	l.where("i.material = ?", f.Material).where("i.supplier = ?", f.Supplier)
	l.search(f.Text, "i.id", "i.lot", "i.plan", "i.material", "i.supplier")
	return page(ctx, x.db, l, inspectionColumns, inspectionFields)
}

// Get reads one inspection whole.
func (x *Inspections) Get(ctx context.Context, site, id string) (mes.InspectionView, error) {
	row, err := x.q.InspectionByID(ctx, sqlcgen.InspectionByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.InspectionView{}, missing(err, "Inspection", id)
	}
	v, err := viewOf(ctx, x.q, row.Inspection, row.Unit)
	return v, translate(err)
}

// viewOf adds an inspection's plan and entries.
func viewOf(ctx context.Context, q *sqlcgen.Queries, row sqlcgen.Inspection, unit string) (mes.InspectionView, error) {
	v := mes.InspectionView{Inspection: inspectionOf(row, unit), Entries: []mes.InspectionEntry{}}
	content, err := q.PlanRevision(ctx, sqlcgen.PlanRevisionParams{ID: row.Plan, Revision: row.Revision})
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(content, &v.Content); err != nil {
		return v, fmt.Errorf("inspection plan %s rev %s: %w", row.Plan, row.Revision, err)
	}
	v.Title, v.Point = v.Content.Title, v.Content.Point
	rows, err := q.EntriesOf(ctx, row.ID)
	for _, e := range rows {
		v.Entries = append(v.Entries, mes.InspectionEntry{N: e.N, Piece: e.Piece, Characteristic: e.Characteristic, Value: e.Value, Result: mes.StepResult(e.Result), Code: e.Code,
			Gauge: textOf(e.Gauge), Note: e.Note, Reason: e.Reason, By: e.EnteredBy, Station: e.Station, At: e.At})
	}
	return v, err
}

// on runs a command on a locked inspection, once per key, and answers what it has become.
func (x *Inspections) on(ctx context.Context, command, key, site, id string, lot bool, do func(w *work, v mes.InspectionView, hold string) error) (mes.InspectionView, error) {
	key = command + "/" + site + "/" + id + "#" + key
	err := x.change(ctx, func(w *work) error {
		var done string
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if lot { // its lock comes first
			of, err := w.InspectionLot(ctx, sqlcgen.InspectionLotParams{Site: site, ID: id})
			if err != nil {
				return missing(err, "Inspection", id)
			}
			if _, err := w.LockLot(ctx, sqlcgen.LockLotParams{Site: site, Lot: of}); err != nil {
				return missing(err, "Lot", of)
			}
		}
		row, err := w.LockInspection(ctx, sqlcgen.LockInspectionParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Inspection", id)
		}
		v, err := viewOf(ctx, w.Queries, row.Inspection, row.Unit)
		if err != nil {
			return err
		}
		if err := do(w, v, textOf(row.Inspection.Hold)); err != nil {
			return err
		}
		w.tell(site, mes.EventInspection, id)
		return w.remember(ctx, key, id, id)
	})
	if err != nil {
		return mes.InspectionView{}, err
	}
	return x.Get(ctx, site, id)
}

// Start fixes the sample by how inspection stands now.
func (x *Inspections) Start(ctx context.Context, key, site string, by mes.Actor, id string) (mes.InspectionView, error) {
	return x.on(ctx, "start", key, site, id, false, func(w *work, v mes.InspectionView, _ string) error {
		s, err := schemeOf(ctx, w.Queries, site, v.Content.Sampling, v.Inspection.Plan, v.Supplier)
		if err != nil {
			return err
		}
		if err := v.CanStart(s.Mode); err != nil {
			return err
		}
		sample, err := v.Content.Sampling.Sample(v.Quantity, s.Mode)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		needed := v.Content.Needs(sample)
		err = w.later.StartInspection(ctx, sqlcgen.StartInspectionParams{ID: id, Mode: string(s.Mode), Letter: sample.Letter, Size: sample.Size, Ac: sample.Ac, Re: sample.Re, Needed: needed,
			StartedBy: by.ID, StartedAt: &now})
		if err != nil {
			return err
		}
		return w.audit(by, "inspection_started", "inspection", id, "", key, nil, map[string]any{"mode": s.Mode, "sample": sample})
	})
}

// Enter stores entries, all or none.
func (x *Inspections) Enter(ctx context.Context, key, site string, by mes.Actor, id string, es []mes.NewEntry) (mes.InspectionView, error) {
	return x.on(ctx, "enter", key, site, id, true, func(w *work, v mes.InspectionView, _ string) error {
		if err := v.CanEnter(); err != nil {
			return err
		}
		judged, err := v.Judge(es)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.enter(ctx, site, by, v, judged, now); err != nil {
			return err
		}
		was := v.Tally()
		v.Entries = append(v.Entries, judged...)
		is := v.Tally()
		if err := w.later.TallyInspection(ctx, sqlcgen.TallyInspectionParams{ID: id, Done: is.Done, Nonconforming: is.Nonconforming}); err != nil {
			return err
		}
		if err := w.observeSample(ctx, by, v, judged, now); err != nil {
			return err
		}
		return w.audit(by, "inspected", "inspection", id, reasonsOf(judged), key, map[string]any{"done": was.Done, "nonconforming": was.Nonconforming},
			map[string]any{"done": is.Done, "nonconforming": is.Nonconforming, "entries": judged})
	})
}

// reasonsOf joins the reasons of corrections.
func reasonsOf(es []mes.InspectionEntry) string {
	var out []string
	for _, e := range es {
		if e.Reason != "" {
			out = append(out, e.Reason)
		}
	}
	return strings.Join(out, "; ")
}

// enter writes judged entries, each with a gauge that may be used at this moment.
func (w *work) enter(ctx context.Context, site string, by mes.Actor, v mes.InspectionView, judged []mes.InspectionEntry, now time.Time) error {
	for i := range judged {
		e := &judged[i]
		e.By, e.Station, e.At = by.ID, by.Station, now
		c, _ := v.Content.At(e.Characteristic)
		if e.Gauge != "" {
			if err := w.measureWith(ctx, site, e.Gauge, c.Gauge, fmt.Sprintf("entries[%d].gauge", i), now, e.Value); err != nil {
				return err
			}
		}
		err := w.later.AddInspectionEntry(ctx, sqlcgen.AddInspectionEntryParams{Inspection: v.ID, N: e.N, Piece: e.Piece, Characteristic: e.Characteristic, Value: e.Value,
			Result: string(e.Result), Code: e.Code, Gauge: orNull(e.Gauge), Note: e.Note, Reason: e.Reason, EnteredBy: by.ID, Station: by.Station, At: now})
		if err != nil {
			return err
		}
	}
	return nil
}

// schemeOf reads how inspection of a supplier's lots stands. Only sampling by AQL is switched.
func schemeOf(ctx context.Context, q *sqlcgen.Queries, site string, s mes.Sampling, plan, supplier string) (sampling.Scheme, error) {
	out := sampling.Begin()
	if s.Method != mes.SampleAQL {
		return out, nil
	}
	row, err := q.SchemeOf(ctx, sqlcgen.SchemeOfParams{Site: site, Plan: plan, Supplier: supplier})
	if errors.Is(err, pgx.ErrNoRows) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(row.Scheme, &out)
}

// observeSample puts measured values on the charts that watch the plan.
func (w *work) observeSample(ctx context.Context, by mes.Actor, v mes.InspectionView, judged []mes.InspectionEntry, now time.Time) error {
	o := mes.Observation{Key: fmt.Sprintf("inspection/%s/%d", v.ID, judged[0].N), Site: v.Site, Product: v.Material, Operation: v.Operation, Plan: v.Inspection.Plan, Lot: v.Lot, Station: by.Station, At: now}
	for _, e := range judged {
		if c, _ := v.Content.At(e.Characteristic); e.Value != nil {
			o.Values = append(o.Values, mes.ObservedValue{Characteristic: e.Characteristic, Value: *e.Value, Unit: c.Unit, Lower: c.Lower, Upper: c.Upper, Failed: e.Result == mes.ResultFail, At: now})
		}
	}
	if len(o.Values) == 0 {
		return nil
	}
	return w.observe(ctx, o)
}
