package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/sampling"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// inspected is a lot at a point of its life at which plans may ask for inspection.
type inspected struct {
	site, lot, order   string
	material, supplier string
	quantity           mes.Decimal
	point              mes.PlanPoint
	operation          string
	visit              int
}

// openInspections opens what the plans in force ask for, in the transaction that brought the lot there, and holds the lot
// where a plan says so. The lot's row is locked, or is new.
func (w *work) openInspections(ctx context.Context, key string, at inspected) error {
	plans, err := w.plansFor(ctx, at)
	if err != nil {
		return err
	}
	return w.openPlanned(ctx, key, at, plans)
}

// plansFor are the plans in force that ask for inspection there.
func (w *work) plansFor(ctx context.Context, at inspected) ([]sqlcgen.PlansInForceRow, error) {
	return w.PlansInForce(ctx, sqlcgen.PlansInForceParams{Point: string(at.point), Material: at.material, Operation: at.operation, Supplier: at.supplier})
}

func (w *work) openPlanned(ctx context.Context, key string, at inspected, plans []sqlcgen.PlansInForceRow) error {
	for _, p := range plans {
		before, err := w.InspectedBefore(ctx, sqlcgen.InspectedBeforeParams{Plan: p.ID, Lot: at.lot})
		if err != nil {
			return err
		}
		if before.Open { // it came by another way than back: the open one stands for this visit too
			continue
		}
		if _, err := w.openInspection(ctx, fmt.Sprintf("%s/%s", key, p.ID), mes.Actor{ID: mes.ActorSystem}, at, p.ID, p.Revision, p.Content, !before.Seen, true); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) openInspection(ctx context.Context, key string, by mes.Actor, at inspected, plan, revision string, content json.RawMessage, original, asked bool) (string, error) {
	var p mes.InspectionPlan
	if err := json.Unmarshal(content, &p); err != nil {
		return "", fmt.Errorf("inspection plan %s rev %s: %w", plan, revision, err)
	}
	s, err := schemeOf(ctx, w.Queries, at.site, p.Sampling, plan, at.supplier)
	if err != nil {
		return "", err
	}
	sample, err := p.Sampling.Sample(at.quantity, s.Mode)
	if err != nil {
		return "", err
	}
	id, err := w.NextInspection(ctx)
	if err != nil {
		return "", err
	}
	row := sqlcgen.AddInspectionParams{ID: id, Key: key, Site: at.site, Plan: plan, Revision: revision, Lot: at.lot, Material: at.material, Supplier: at.supplier, Quantity: at.quantity,
		Operation: at.operation, Visit: at.visit, Original: original, Asked: asked, Blocks: p.Blocks, Mode: string(s.Mode), Letter: sample.Letter, Size: sample.Size, Ac: sample.Ac,
		Re: sample.Re, Needed: p.Needs(sample), OpenedBy: by.ID}
	if p.Blocks {
		h, err := w.holdForInspection(ctx, at, key, fmt.Sprintf("%s (%s) is not decided yet", id, p.Title))
		if err != nil {
			return "", err
		}
		row.Hold = &h
	}
	if err := w.later.AddInspection(ctx, row); err != nil {
		return "", err
	}
	w.tell(at.site, mes.EventInspection, id)
	return id, w.audit(by, "inspection_opened", "inspection", id, "", key, nil, map[string]any{"plan": plan, "revision": revision, "lot": at.lot, "mode": s.Mode, "sample": sample, "original": original})
}

// holdForInspection lays a hold that only the inspection's decision ends.
func (w *work) holdForInspection(ctx context.Context, at inspected, key, reason string) (string, error) {
	now, err := w.Now(ctx)
	if err != nil {
		return "", err
	}
	h := mes.Hold{ID: uuid.NewString(), Site: at.site, Scope: mes.HoldLot, Subject: at.lot, Reason: reason, PlacedBy: mes.ActorSystem, PlacedAt: now}
	return h.ID, w.hold(ctx, h, key, at.order)
}

// Open asks for an inspection by hand.
func (x *Inspections) Open(ctx context.Context, key, site string, by mes.Actor, plan, lot string) (mes.InspectionView, error) {
	var id string
	err := x.change(ctx, func(w *work) error {
		row, err := w.LockLot(ctx, sqlcgen.LockLotParams{Site: site, Lot: lot})
		if err != nil {
			return missing(err, "Lot", lot)
		}
		if found, err := w.answered(ctx, "inspect/"+key, &id); found || err != nil {
			return err
		}
		if id, err = w.openByHand(ctx, key, site, by, plan, row); err != nil {
			return err
		}
		return w.remember(ctx, "inspect/"+key, id, id)
	})
	if err != nil {
		return mes.InspectionView{}, err
	}
	return x.Get(ctx, site, id)
}

func (w *work) openByHand(ctx context.Context, key, site string, by mes.Actor, plan string, row sqlcgen.LockLotRow) (string, error) {
	p, err := w.PlanInForce(ctx, plan)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", mes.Refuse(mes.CodeNotFound, fmt.Sprintf("No inspection plan %s is in force.", plan), "", "Look it up among the documents.")
	}
	if err != nil {
		return "", err
	}
	var content mes.InspectionPlan
	if err := json.Unmarshal(p.Content, &content); err != nil {
		return "", fmt.Errorf("inspection plan %s rev %s: %w", p.ID, p.Revision, err)
	}
	lot, err := w.ReceivedLotForInspection(ctx, sqlcgen.ReceivedLotForInspectionParams{Site: site, Lot: row.ID})
	if err != nil {
		return "", err
	}
	var f mes.Faults
	f.Check(content.Material == lot.Material, "lot", "%s is %s, the plan is for %s", lot.ID, lot.Material, content.Material)
	if err := f.Err("No inspection was opened."); err != nil {
		return "", err
	}
	switch s := mes.LotState(lot.State); s {
	case mes.LotShipped, mes.LotScrapped, mes.LotVoid, mes.LotConsumed:
		return "", mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s %s.", lot.ID, s.Phrase()), "No inspection was opened.", "")
	}
	before, err := w.InspectedBefore(ctx, sqlcgen.InspectedBeforeParams{Plan: plan, Lot: lot.ID})
	if err != nil {
		return "", err
	}
	if before.Open {
		return "", mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is being inspected by %s already.", lot.ID, plan), "Nothing was opened.", "Decide that inspection first.")
	}
	at := inspected{site: site, lot: lot.ID, order: lot.WorkOrder, material: lot.Material, supplier: lot.Supplier, quantity: lot.Remaining, point: content.Point, operation: lot.Operation, visit: lot.Visit}
	return w.openInspection(ctx, key, by, at, p.ID, p.Revision, p.Content, !before.Seen, false)
}

// withoutInspections takes out the holds that only an inspection's decision ends, and refuses when no other is there.
func (w *work) withoutInspections(ctx context.Context, lot string, hs []mes.Hold) ([]mes.Hold, error) {
	ids := make([]string, len(hs))
	for i, h := range hs {
		ids[i] = h.ID
	}
	rows, err := w.WaitingHolds(ctx, ids)
	if err != nil || len(rows) == 0 {
		return hs, err
	}
	waits := map[string]string{}
	for _, r := range rows {
		waits[r.Hold] = r.ID
	}
	var out []mes.Hold
	for _, h := range hs {
		if waits[h.ID] == "" {
			out = append(out, h)
		}
	}
	if len(out) == 0 {
		return nil, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s waits for inspection %s.", lot, rows[0].ID), "It stays on hold.", "Decide the inspection; that ends the hold.")
	}
	return out, nil
}

// Schemes reads a page of switching schemes.
func (x *Inspections) Schemes(ctx context.Context, f mes.SchemeFilter) (mes.Page[mes.SchemeView], error) {
	l := newListing("inspection_scheme s", f.Paging, sorts{"": nil}, column{"s.plan || '/' || s.supplier", "text", false})
	l.where("s.site = ?", f.Site).where("s.plan = ?", f.Plan).where("s.mode = ?", string(f.Mode)).search(f.Text, "s.plan", "s.supplier")
	return page(ctx, x.db, l, "s.plan, s.supplier, s.scheme, s.changed_at", func(s *mes.SchemeView) []any { return []any{&s.Plan, &s.Supplier, &s.Scheme, &s.ChangedAt} })
}

// SchemeHistory reads what moved a scheme, newest first.
func (x *Inspections) SchemeHistory(ctx context.Context, site, plan, supplier string) ([]mes.SchemeEvent, error) {
	rows, err := x.q.SchemeEvents(ctx, sqlcgen.SchemeEventsParams{Site: site, Plan: plan, Supplier: supplier})
	if err != nil {
		return nil, translate(err)
	}
	if len(rows) == 0 {
		return nil, mes.NotFound("Switching of", plan)
	}
	out := make([]mes.SchemeEvent, len(rows))
	for i, r := range rows {
		e := r.InspectionSchemeEvent
		out[i] = mes.SchemeEvent{N: e.N, Inspection: textOf(e.Inspection), Lot: r.Lot, Accepted: e.Accepted, Before: sampling.Mode(e.Before), Rule: sampling.Rule(e.Rule), By: e.Actor, Reason: e.Reason, At: e.At}
		if err := json.Unmarshal(e.Scheme, &out[i].After); err != nil {
			return nil, err
		}
	}
	return out, nil
}
