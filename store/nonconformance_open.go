package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func init() { reactions[mes.ReactNonconforming] = reactByNonconformance }

// raiseNonconformance opens a nonconformance in a transaction that already runs, once per key, and names it. It locks the
// lots, so call it before anything that locks orders.
func (w *work) raiseNonconformance(ctx context.Context, by mes.Actor, n mes.NewNonconformance) (string, error) {
	if err := w.flush(ctx); err != nil { // what this transaction did to the lots counts
		return "", err
	}
	if id, err := w.NonconformanceByKey(ctx, n.Key); !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	r := &raising{work: w, by: by, n: n}
	if err := r.complete(ctx); err != nil {
		return "", err
	}
	no, err := w.NextNonconformance(ctx, n.Site)
	if err != nil {
		return "", err
	}
	r.id = fmt.Sprintf("NC-%d", no)
	p := r.n
	err = w.AddNonconformance(ctx, sqlcgen.AddNonconformanceParams{Site: p.Site, ID: r.id, N: no, Key: p.Key, Source: string(p.Source), Noun: p.Noun, Subject: p.Subject, Code: p.Code,
		Description: p.Description, Severity: string(p.Severity), Product: p.Product, Operation: p.Operation, Customer: p.Customer, Reference: p.Reference, Supplier: p.Supplier,
		Containment: p.Containment, Owner: p.Owner, DueAt: *p.DueAt, OpenedBy: by.ID, OpenedAt: r.now})
	if err != nil {
		return "", err
	}
	for _, part := range []func(context.Context) error{r.lots, r.pictures, r.announce} {
		if err := part(ctx); err != nil {
			return "", err
		}
	}
	return r.id, nil
}

// raising is a nonconformance on its way into the records, or lots on their way into it.
type raising struct {
	*work
	by  mes.Actor
	id  string
	n   mes.NewNonconformance
	at  map[string]sqlcgen.AffectedLotsRow
	now time.Time
}

// complete fills what may be left out, and refuses what can't be.
func (r *raising) complete(ctx context.Context) error {
	tree, err := defectTree(ctx, r.Queries, r.n.Site)
	if err != nil {
		return err
	}
	if r.now, err = r.Now(ctx); err != nil {
		return err
	}
	if err := r.n.Validate(tree, r.now); err != nil {
		return err
	}
	if err := r.find(ctx); err != nil {
		return err
	}
	if code, ok := tree.At(r.n.Code); ok {
		r.n.Severity = cmp.Or(r.n.Severity, code.Severity)
	}
	r.n.Severity = cmp.Or(r.n.Severity, mes.SeverityMedium)
	if r.n.DueAt == nil {
		due := r.now.Add(mes.NCDue)
		r.n.DueAt = &due
	}
	for _, l := range r.n.Lots {
		r.n.Product = cmp.Or(r.n.Product, r.at[l.Lot].Material)
	}
	return nil
}

// find locks the lots, and says how much of each is affected.
func (r *raising) find(ctx context.Context) error {
	ids := make([]string, len(r.n.Lots))
	for i, l := range r.n.Lots {
		ids[i] = l.Lot
	}
	rows, err := r.AffectedLots(ctx, sqlcgen.AffectedLotsParams{Site: r.n.Site, Lots: ids})
	if err != nil {
		return err
	}
	r.at = map[string]sqlcgen.AffectedLotsRow{}
	for _, row := range rows {
		r.at[row.ID] = row
	}
	r.n.Lots = slices.Clone(r.n.Lots)
	var f mes.Faults
	for i, l := range r.n.Lots {
		row, ok := r.at[l.Lot]
		if !ok {
			return mes.NotFound("Lot", l.Lot)
		}
		all := row.Remaining
		if all.IsZero() { // built in: what was made of it
			all = row.Quantity
		}
		if l.Quantity == nil {
			r.n.Lots[i].Quantity = &all
		}
		f.Check(r.n.Lots[i].Quantity.LessThanOrEqual(all), fmt.Sprintf("lots[%d].quantity", i), "%s has only %s", l.Lot, all)
		gone := mes.LotState(row.State) == mes.LotScrapped || mes.LotState(row.State) == mes.LotReturned || mes.LotState(row.State) == mes.LotVoid
		f.Check(!gone, fmt.Sprintf("lots[%d].lot", i), "%s is %s, nothing is left to decide on", l.Lot, row.State)
	}
	return f.Err("The nonconformance was not opened.")
}

// placeOf is where a lot is, for people.
func placeOf(state mes.LotState, station, customer string) string {
	if state == mes.LotShipped {
		return customer
	}
	if state.Ended() || state == mes.LotAvailable {
		return ""
	}
	return station
}

// lots writes the affected lots, holds them where that is asked, and voids what was released of them.
func (r *raising) lots(ctx context.Context) error {
	for _, l := range r.n.Lots {
		row := r.at[l.Lot]
		state, hold := mes.LotState(row.State), ""
		if r.n.Hold && (!state.Ended() || state == mes.LotPacked) {
			h := mes.Hold{ID: uuid.NewString(), Site: r.n.Site, Scope: mes.HoldLot, Subject: l.Lot, Reason: r.id + ": " + r.n.Description, From: r.by.From(), PlacedBy: r.by.ID, PlacedAt: r.now}
			hold = h.ID
			r.tell(r.n.Site, mes.EventStation, row.Station)
			if err := r.hold(ctx, h, "nonconformance/"+r.n.Key+"/"+l.Lot, row.WorkOrder); err != nil {
				return err
			}
		} else if err := r.lotChanged(ctx, r.n.Site, l.Lot, row.WorkOrder, r.by.ID, r.id+" was opened"); err != nil {
			return err
		}
		err := r.AddNonconformingLot(ctx, sqlcgen.AddNonconformingLotParams{Site: r.n.Site, Nc: r.id, Lot: l.Lot, Quantity: *l.Quantity, State: row.State,
			Place: placeOf(state, row.Station, row.Customer), Hold: hold, AddedBy: r.by.ID, AddedAt: r.now})
		if err != nil {
			return err
		}
		r.tell(r.n.Site, mes.EventLot, l.Lot)
	}
	return nil
}

func (r *raising) pictures(ctx context.Context) error {
	for i, p := range r.n.Pictures {
		if err := r.addPicture(ctx, r.n.Site, r.id, r.by, p, fmt.Sprintf("pictures[%d].hash", i)); err != nil {
			return err
		}
	}
	return nil
}

// announce writes the beginning of the story, and tells who must know.
func (r *raising) announce(ctx context.Context) error {
	n := r.n
	if err := r.story(ctx, n.Site, r.id, "opened", r.by.ID, n.Description, "opened"); err != nil {
		return err
	}
	r.tell(n.Site, mes.EventNonconformance, r.id)
	if err := r.audit(r.by, "opened", "nonconformance", r.id, n.Description, n.Key, nil, n); err != nil {
		return err
	}
	if mes.Worse(n.Severity, mes.SeverityHigh) == n.Severity {
		err := r.alert(ctx, "nonconformance/"+n.Site+"/"+r.id, mes.Alert{Site: n.Site, Kind: mes.AlertNonconformance, Severity: n.Severity, Noun: "nonconformance", Subject: r.id,
			Text: r.id + ": " + n.Description, Role: mes.RoleQuality})
		if err != nil {
			return err
		}
	}
	e := mes.QualityEvent{Key: "nonconformance/" + n.Site + "/" + r.id, Site: n.Site, Kind: mes.QualityNonconforming, Code: n.Code, Noun: "nonconformance", Subject: r.id,
		Product: n.Product, Operation: n.Operation, Text: r.id + ": " + n.Description, At: r.now}
	if n.Source == mes.NCCustomer {
		e.Kind = mes.QualityComplaint
	}
	if len(n.Lots) == 1 {
		e.Lot, e.Station = n.Lots[0].Lot, r.at[n.Lots[0].Lot].Station
	}
	return r.quality(ctx, e)
}

// story adds a line to a nonconformance's timeline, once per key.
func (w *work) story(ctx context.Context, site, id, kind, actor, text, key string) error {
	return w.later.AddNonconformanceEvent(ctx, sqlcgen.AddNonconformanceEventParams{Key: site + "/" + id + "/" + key, Site: site, Nc: id, Kind: kind, Actor: actor, Text: text})
}

// addPicture ties a stored picture to a nonconformance.
func (w *work) addPicture(ctx context.Context, site, id string, by mes.Actor, p mes.NewPicture, at string) error {
	found, err := w.HasBlob(ctx, p.Hash)
	if err != nil {
		return err
	}
	if !found {
		var f mes.Faults
		f.Add(at, "%q is no stored picture", p.Hash)
		return f.Err("The picture was not added.")
	}
	return w.AddNonconformancePicture(ctx, sqlcgen.AddNonconformancePictureParams{Site: site, Nc: id, Hash: p.Hash, Caption: p.Caption, AddedBy: by.ID})
}

// sourceOf says where a nonconformance comes from that a rule opens.
var sourceOf = map[mes.QualityKind]mes.NCSource{mes.QualityVerdict: mes.NCVerdict, mes.QualityDefect: mes.NCOperator, mes.QualityAlarm: mes.NCSPC,
	mes.QualityInspection: mes.NCInspection, mes.QualitySafety: mes.NCVerdict}

// reactByNonconformance opens one nonconformance for all the events that made a rule act, with the lots that they tell of
// and, where the rule groups by a component, that component's lot.
func reactByNonconformance(ctx context.Context, w *work, f mes.Firing) (string, error) {
	last := f.Last()
	source, ok := sourceOf[last.Kind]
	if !ok {
		return "", mes.Refuse(mes.CodeUnprocessable, "What the rule counts is a nonconformance already.", "None was opened.", "Let the rule do something else.")
	}
	n := mes.NewNonconformance{Key: "reaction/" + f.ID, Site: f.Rule.Site, Source: source, Noun: "reaction_firing", Subject: f.ID, Code: last.Code, Description: f.Why(),
		Severity: f.Rule.Severity, Product: last.Product, Operation: last.Operation}
	tree, err := defectTree(ctx, w.Queries, n.Site)
	if err != nil {
		return "", err
	}
	if !tree.Reportable(n.Code) { // a class that a model named, or a chart's rule
		n.Code = ""
	}
	for _, d := range f.Done {
		if d.Kind == mes.ReactHold && d.Refused == "" {
			n.Containment = d.Subject
		}
	}
	if n.Lots, err = w.firingLots(ctx, f); err != nil {
		return "", err
	}
	return w.raiseNonconformance(ctx, mes.Actor{ID: mes.ActorSystem}, n)
}

// firingLots are the lots that a firing tells of and of which something is left.
func (w *work) firingLots(ctx context.Context, f mes.Firing) ([]mes.AffectedLot, error) {
	var ids []string
	if f.Rule.Group == mes.GroupComponent {
		ids = append(ids, f.Group)
	}
	for _, e := range f.Events {
		if e.Lot != "" && !slices.Contains(ids, e.Lot) {
			ids = append(ids, e.Lot)
		}
	}
	if err := w.flush(ctx); err != nil {
		return nil, err
	}
	rows, err := w.AffectedLots(ctx, sqlcgen.AffectedLotsParams{Site: f.Rule.Site, Lots: ids})
	var out []mes.AffectedLot
	for _, r := range rows {
		if s := mes.LotState(r.State); s != mes.LotScrapped && s != mes.LotVoid && s != mes.LotReturned {
			out = append(out, mes.AffectedLot{Lot: r.ID})
		}
	}
	return out, err
}
