package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Dispose decides on contained lots. A newer decision takes back one that waits for its signatures.
func (c *Containments) Dispose(ctx context.Context, key string, by mes.Actor, d mes.HoldDisposition) (mes.Disposed, error) {
	var out mes.Disposed
	d.Lots = slices.Compact(slices.Sorted(slices.Values(d.Lots)))
	if err := d.Validate(); err != nil {
		return out, err
	}
	key = "hold-dispose/" + d.Site + "/" + d.Containment + "#" + key
	err := c.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		rows, err := w.decidable(ctx, d)
		if err != nil {
			return err
		}
		if out, err = w.decideOn(ctx, key, by, d, rows); err != nil {
			return err
		}
		return w.remember(ctx, key, d.Containment, out)
	})
	return out, err
}

// decidable locks the lots and names each that can't be decided on like this.
func (w *work) decidable(ctx context.Context, d mes.HoldDisposition) ([]sqlcgen.LockContainedRow, error) {
	rows, err := w.LockContained(ctx, sqlcgen.LockContainedParams{Site: d.Site, Containment: d.Containment, Lots: d.Lots})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		if _, err := w.ContainmentByID(ctx, sqlcgen.ContainmentByIDParams{Site: d.Site, ID: d.Containment}); err != nil {
			return nil, missing(err, "Hold", d.Containment)
		}
	}
	for _, lot := range d.Lots {
		if !slices.ContainsFunc(rows, func(r sqlcgen.LockContainedRow) bool { return r.Lot == lot }) {
			return nil, mes.NotFound("Lot", lot+" of "+d.Containment)
		}
	}
	for _, r := range rows {
		if r.EndedAt != nil {
			return nil, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has ended, %s.", r.Lot, r.Outcome), "Nothing was decided.", "Look at the hold again.")
		}
		if err := d.Fits(r.Lot, mes.Place(r.Place)); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (w *work) decideOn(ctx context.Context, key string, by mes.Actor, d mes.HoldDisposition, rows []sqlcgen.LockContainedRow) (mes.Disposed, error) {
	out := mes.Disposed{Lots: len(rows)}
	now, err := w.Now(ctx)
	if err != nil {
		return out, err
	}
	if err := w.takeBack(ctx, d, now); err != nil {
		return out, err
	}
	id := uuid.NewString()
	err = w.later.AddHoldDisposition(ctx, sqlcgen.AddHoldDispositionParams{ID: id, Site: d.Site, Containment: d.Containment, Lots: d.Lots, Decision: string(d.Decision),
		ReworkTo: d.ReworkTo, Routing: d.Routing, Permit: d.Permit, Bad: d.Bad, Reason: d.Reason, DecidedBy: by.ID, DecidedAt: now})
	if err != nil {
		return out, err
	}
	if err := w.later.ProposeDisposition(ctx, sqlcgen.ProposeDispositionParams{Disposition: id, Decision: string(d.Decision), Site: d.Site, Containment: d.Containment, Lots: d.Lots}); err != nil {
		return out, err
	}
	if err := w.audit(by, "disposition_proposed", mes.NounContainment, d.Containment, d.Reason, key, nil, d); err != nil {
		return out, err
	}
	if err := w.containmentMoved(ctx, d.Site, d.Containment, "decided/"+id); err != nil {
		return out, err
	}
	rule, err := ruleOf(ctx, w.Queries, d.Site, mes.SignedHoldDisposition)
	if err != nil {
		return out, err
	}
	if len(rule.Needs) == 0 {
		return out, w.carryOut(ctx, id, d, by, rows)
	}
	what := fmt.Sprintf("%d lots", len(rows))
	if len(rows) == 1 {
		what = rows[0].Lot
	}
	title := fmt.Sprintf("%s: %s, %s", d.Containment, strings.ReplaceAll(string(d.Decision), "_", " "), what)
	req, err := w.ask(ctx, mes.SignatureRequest{Site: d.Site, Record: mes.SignedRecord{Noun: mes.SignedHoldDisposition, ID: id}, Title: title, RequestedBy: requester(rule, by), Reason: d.Reason})
	out.Request = &req
	return out, err
}

// takeBack voids decisions on these lots that wait for signatures. Lots that only the older one covers are undecided again.
func (w *work) takeBack(ctx context.Context, d mes.HoldDisposition, now time.Time) error {
	old, err := w.DispositionsOfLots(ctx, sqlcgen.DispositionsOfLotsParams{Site: d.Site, Containment: d.Containment, Lots: d.Lots})
	if err != nil {
		return err
	}
	for _, id := range old {
		r := mes.SignatureRequest{Site: d.Site, Record: mes.SignedRecord{Noun: mes.SignedHoldDisposition, ID: id}}
		if err := w.voidOpen(ctx, r, now, "Decided anew"); err != nil {
			return err
		}
		if err := w.later.DropDisposition(ctx, sqlcgen.DropDispositionParams{Site: d.Site, Containment: d.Containment, Disposition: id}); err != nil {
			return err
		}
	}
	return nil
}

// holdDispositionToSign is a decision as it is signed.
func holdDispositionToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	d, err := q.HoldDispositionByID(ctx, sqlcgen.HoldDispositionByIDParams{Site: site, ID: id})
	if err != nil {
		return nil, missing(err, "Decision", id)
	}
	c, err := q.ContainmentByID(ctx, sqlcgen.ContainmentByIDParams{Site: site, ID: d.Containment})
	if err != nil {
		return nil, missing(err, "Hold", d.Containment)
	}
	return map[string]any{"hold": d.Containment, "held": c.Title, "because": c.Reason, "decision": d.Decision, "rework_to": d.ReworkTo, "routing": d.Routing, "permit": d.Permit, "bad": d.Bad, "lots": d.Lots, "reason": d.Reason,
		"decided_by": d.DecidedBy, "decided_at": d.DecidedAt.UTC()}, nil
}

// holdDispositionSigned carries the decision out.
func holdDispositionSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	row, err := w.HoldDispositionByID(ctx, sqlcgen.HoldDispositionByIDParams{Site: r.Site, ID: r.Record.ID})
	if err != nil {
		return missing(err, "Decision", r.Record.ID)
	}
	d := mes.HoldDisposition{Site: r.Site, Containment: row.Containment, Lots: row.Lots, Decision: mes.HoldDecision(row.Decision), ReworkTo: row.ReworkTo, Routing: row.Routing,
		Permit: row.Permit, Bad: row.Bad, Reason: row.Reason}
	rows, err := w.LockContained(ctx, sqlcgen.LockContainedParams{Site: r.Site, Containment: row.Containment, Lots: row.Lots})
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(c sqlcgen.LockContainedRow) bool { return c.EndedAt != nil || c.Disposition != row.ID })
	if len(rows) == 0 {
		return mes.Refuse(mes.CodeConflict, "None of these lots waits for this decision any more.", "Nothing was signed.", "Look at the hold again.")
	}
	return w.carryOut(ctx, row.ID, d, signerOf(r), rows)
}

// holdDispositionRejected leaves the lots undecided.
func holdDispositionRejected(ctx context.Context, w *work, r mes.SignatureRequest, _ mes.Actor, _ string) error {
	row, err := w.HoldDispositionByID(ctx, sqlcgen.HoldDispositionByIDParams{Site: r.Site, ID: r.Record.ID})
	if err != nil {
		return missing(err, "Decision", r.Record.ID)
	}
	if err := w.later.DropDisposition(ctx, sqlcgen.DropDispositionParams{Site: r.Site, Containment: row.Containment, Disposition: row.ID}); err != nil {
		return err
	}
	return w.containmentMoved(ctx, r.Site, row.Containment, "rejected/"+r.ID)
}

// carryOut brings lots to their end: what the decision does to each, the end of this containment's hold on it, and its place
// in the lot's story. Other holds on the lot stay.
func (w *work) carryOut(ctx context.Context, id string, d mes.HoldDisposition, by mes.Actor, rows []sqlcgen.LockContainedRow) error {
	var lots []string
	for _, r := range rows {
		lots = append(lots, r.Lot)
		if err := w.carryOutOn(ctx, id, d, by, r); err != nil {
			return err
		}
		w.tell(d.Site, mes.EventStation, r.Stands)
	}
	end := string(d.Decision.End())
	for _, err := range []error{
		w.later.ReleaseContained(ctx, sqlcgen.ReleaseContainedParams{By: by.ID, Reason: d.Reason, Site: d.Site, Containment: d.Containment, Lots: lots}),
		w.later.EndContained(ctx, sqlcgen.EndContainedParams{Outcome: end, Decision: string(d.Decision), Site: d.Site, Containment: d.Containment, Lots: lots}),
		w.later.NoteContainedEnd(ctx, sqlcgen.NoteContainedEndParams{Site: d.Site, Containment: d.Containment, By: by.ID, Outcome: end, Reason: d.Reason, Lots: lots}),
		w.later.Unnote(ctx, sqlcgen.UnnoteParams{Site: d.Site, Containment: d.Containment, Lots: lots}),
		w.audit(by, "disposed", mes.NounContainment, d.Containment, d.Reason, id, nil, map[string]any{"decision": d.Decision, "end": end, "lots": lots}),
	} {
		if err != nil {
			return err
		}
	}
	w.tellLots(d.Site, lots)
	return w.containmentMoved(ctx, d.Site, d.Containment, "disposed/"+id)
}

// carryOutOn does to one lot what the decision says: by the dispositions of material, as a nonconformance does. Freeing it,
// and what a customer does with it, changes nothing of the lot here.
func (w *work) carryOutOn(ctx context.Context, id string, d mes.HoldDisposition, by mes.Actor, r sqlcgen.LockContainedRow) error {
	kind, disposes := d.Decision.Disposes()
	if !disposes || mes.LotState(r.State) == mes.LotShipped {
		return nil
	}
	key := "hold/" + id + "/" + r.Lot
	if d.Decision == mes.HoldRework && d.Routing == "" {
		return w.reworkHeld(ctx, ledgerMove{site: d.Site, lot: r.Lot, key: key, by: by, reason: d.Reason}, d, by)
	}
	return w.dispose(ctx, mes.Disposal{Key: key, Site: d.Site, Lot: r.Lot, Kind: kind, Bad: d.Bad, Routing: d.Routing, Permit: d.Permit, Noun: mes.NounContainment,
		Subject: d.Containment, By: by, Reason: d.Reason})
}

// reworkHeld sends a lot back to an operation. One that is not with quality yet goes there first, by the same entry as a
// defect that a person reports.
func (w *work) reworkHeld(ctx context.Context, m ledgerMove, d mes.HoldDisposition, by mes.Actor) error {
	_, at, err := w.standing(ctx, m.site, m.lot)
	if err != nil {
		return err
	}
	if at.State != mes.LotReview {
		seen := m
		seen.key, seen.kind = m.key+"/review", mes.EntryDefect
		seen.rule = func(p mes.Progress, r mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error) {
			after, err := p.Report(r, m.lot, mes.Defect{Actor: by, Text: d.Containment + ": " + d.Reason, Review: true}, now)
			return after, nil, err
		}
		if err := w.moveLotBy(ctx, seen); err != nil {
			return err
		}
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	m.kind = mes.EntryReviewed
	m.rule = func(p mes.Progress, r mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error) {
		return p.Reviewed(r, m.lot, mes.Review{Actor: by, Decision: mes.DecideRework, ReworkTo: d.ReworkTo, Reason: d.Reason}, now)
	}
	return w.moveLotBy(ctx, m)
}
