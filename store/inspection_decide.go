package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/sampling"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Decide computes the decision and does what follows from it.
func (x *Inspections) Decide(ctx context.Context, key, site string, by mes.Actor, id, comment string) (mes.InspectionView, error) {
	return x.on(ctx, "decide", key, site, id, true, func(w *work, v mes.InspectionView, hold string) error {
		to, err := v.Decide()
		if err != nil {
			return err
		}
		v = v.Tally()
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.later.EndInspection(ctx, sqlcgen.EndInspectionParams{ID: id, State: string(to), DecidedBy: by.ID, DecidedAt: &now, Comment: comment}); err != nil {
			return err
		}
		err = w.audit(by, "inspection_decided", "inspection", id, comment, key, map[string]any{"state": v.State}, map[string]any{"state": to, "nonconforming": v.Nonconforming, "sample": v.Sample})
		if err != nil {
			return err
		}
		v.State = to
		if err := w.holdDecided(ctx, key, by, v, hold); err != nil {
			return err
		}
		if err := w.moveScheme(ctx, by, v); err != nil {
			return err
		}
		if to == mes.InspectionNotAccepted {
			return w.notAccepted(ctx, by, v)
		}
		return nil
	})
}

// holdDecided ends the hold that waited for the decision.
func (w *work) holdDecided(ctx context.Context, key string, by mes.Actor, v mes.InspectionView, hold string) error {
	row, err := w.ReceivedLotForInspection(ctx, sqlcgen.ReceivedLotForInspectionParams{Site: v.Site, Lot: v.Lot})
	if err != nil {
		return err
	}
	w.tell(v.Site, mes.EventMaterial, v.Lot)
	w.tell(v.Site, mes.EventStation, row.Station)
	if hold == "" {
		return nil
	}
	open, err := w.openHolds(ctx, mes.HoldLot, v.Lot)
	if err != nil {
		return err
	}
	open = slices.DeleteFunc(open, func(h mes.Hold) bool { return h.ID != hold })
	if len(open) == 0 {
		return nil
	}
	word := "accepted"
	if v.State == mes.InspectionNotAccepted {
		word = "not accepted"
	}
	if v.State == mes.InspectionCancelled {
		word = "cancelled"
	}
	return w.release(ctx, open, by, fmt.Sprintf("%s was %s", v.ID, word), key, row.WorkOrder)
}

// moveScheme counts an original inspection by AQL for switching.
func (w *work) moveScheme(ctx context.Context, by mes.Actor, v mes.InspectionView) error {
	s := v.Content.Sampling
	if !v.Original || s.Method != mes.SampleAQL {
		return nil
	}
	was, last, err := w.lockScheme(ctx, v.Site, v.Inspection.Plan, v.Supplier)
	if err != nil {
		return err
	}
	lot := s.Outcome(v.Quantity, v.Mode, v.Sample, v.Nonconforming)
	is, rule := was.After(lot, sampling.Terms{Reduced: s.Reduced})
	if rule == sampling.RuleDiscontinue {
		text := fmt.Sprintf("Inspection of %s %s by %s is discontinued: 5 lots were not accepted under tightened inspection.", v.Material, fromSupplier(v.Supplier), v.Inspection.Plan)
		err := w.alert(ctx, "inspection/"+v.ID+"/discontinued", mes.Alert{Site: v.Site, Kind: mes.AlertInspectionStopped, Severity: mes.SeverityHigh, Noun: "inspection", Subject: v.ID, Text: text, Role: mes.RoleQuality})
		if err != nil {
			return err
		}
	}
	return w.putScheme(ctx, v.Site, v.Inspection.Plan, v.Supplier, by, was, is, sqlcgen.AddSchemeEventParams{N: last + 1, Inspection: &v.ID, Accepted: &lot.Accepted, Rule: string(rule)})
}

func fromSupplier(s string) string {
	if s == "" {
		return "made here"
	}
	return "from " + s
}

// lockScheme locks where a supplier's inspection stands. The first lot begins it.
func (w *work) lockScheme(ctx context.Context, site, plan, supplier string) (s sampling.Scheme, last int, err error) {
	begin, err := json.Marshal(sampling.Begin())
	if err != nil {
		return s, 0, err
	}
	if err := w.BeginScheme(ctx, sqlcgen.BeginSchemeParams{Site: site, Plan: plan, Supplier: supplier, Mode: string(sampling.Normal), Scheme: begin}); err != nil {
		return s, 0, err
	}
	row, err := w.LockScheme(ctx, sqlcgen.LockSchemeParams{Site: site, Plan: plan, Supplier: supplier})
	if err != nil {
		return s, 0, err
	}
	return s, row.Last, json.Unmarshal(row.Scheme, &s)
}

func (w *work) putScheme(ctx context.Context, site, plan, supplier string, by mes.Actor, was, is sampling.Scheme, e sqlcgen.AddSchemeEventParams) error {
	b, err := json.Marshal(is)
	if err != nil {
		return err
	}
	if err := w.later.MoveScheme(ctx, sqlcgen.MoveSchemeParams{Site: site, Plan: plan, Supplier: supplier, Mode: string(is.Mode), Scheme: b}); err != nil {
		return err
	}
	e.Site, e.Plan, e.Supplier, e.Before, e.Scheme, e.Actor = site, plan, supplier, string(was.Mode), b, by.ID
	if err := w.later.AddSchemeEvent(ctx, e); err != nil {
		return err
	}
	if was.Mode == is.Mode {
		return nil
	}
	return w.audit(by, "inspection_switched", "inspection_scheme", plan+"/"+supplier, e.Reason, textOf(e.Inspection), was, is)
}

// notAccepted opens a nonconformance, which holds the lot from here on, also where the plan had let it go on; and tells
// quality and what counts facts about quality.
func (w *work) notAccepted(ctx context.Context, by mes.Actor, v mes.InspectionView) error {
	text := v.Sentence() + "."
	err := w.alert(ctx, "inspection/"+v.ID, mes.Alert{Site: v.Site, Kind: mes.AlertInspectionNotAccepted, Severity: mes.SeverityHigh, Noun: "inspection", Subject: v.ID, Text: text, Role: mes.RoleQuality})
	if err != nil {
		return err
	}
	tree, err := defectTree(ctx, w.Queries, v.Site)
	if err != nil {
		return err
	}
	codes := slices.DeleteFunc(v.Codes(), func(c string) bool { return !tree.Reportable(c) })
	if err := w.raiseFor(ctx, by, v, codes); err != nil {
		return err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	e := mes.QualityEvent{Key: "inspection/" + v.ID, Site: v.Site, Kind: mes.QualityInspection, Code: v.Inspection.Plan, Noun: "inspection", Subject: v.ID, Lot: v.Lot, Product: v.Material,
		Operation: v.Operation, Text: text, At: now}
	if len(codes) > 0 {
		e.Code = codes[0]
	}
	return w.quality(ctx, e)
}

// raiseFor opens the nonconformance of a lot that was not accepted. Of a lot that is gone nothing is left to decide on.
func (w *work) raiseFor(ctx context.Context, by mes.Actor, v mes.InspectionView, codes []string) error {
	n := mes.NewNonconformance{Key: "inspection/" + v.ID, Site: v.Site, Source: mes.NCInspection, Noun: "inspection", Subject: v.ID, Product: v.Material, Operation: v.Operation, Supplier: v.Supplier,
		Description: fmt.Sprintf("%s was not accepted: %d of %d pieces do not conform, %d may", v.ID, v.Nonconforming, v.Sample.Size, v.Sample.Ac), Lots: []mes.AffectedLot{{Lot: v.Lot}}, Hold: true}
	if v.Point == mes.PlanIncoming {
		n.Source = mes.NCIncoming
	}
	if len(codes) > 0 {
		n.Code = codes[0]
	}
	_, err := w.raiseNonconformance(ctx, by, n)
	var refused *mes.Error
	if errors.As(err, &refused) && refused.Code == mes.CodeUnprocessable {
		return nil // the lot was scrapped or returned meanwhile
	}
	return err
}

// Cancel gives up an inspection that was opened by hand.
func (x *Inspections) Cancel(ctx context.Context, key, site string, by mes.Actor, id, reason string) (mes.InspectionView, error) {
	var f mes.Faults
	f.Check(strings.TrimSpace(reason) != "", "reason", "is missing")
	if err := f.Err("The inspection stays open."); err != nil {
		return mes.InspectionView{}, err
	}
	return x.on(ctx, "cancel", key, site, id, true, func(w *work, v mes.InspectionView, hold string) error {
		if err := v.CanCancel(); err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.later.EndInspection(ctx, sqlcgen.EndInspectionParams{ID: id, State: string(mes.InspectionCancelled), DecidedBy: by.ID, DecidedAt: &now, Comment: reason}); err != nil {
			return err
		}
		if err := w.audit(by, "inspection_cancelled", "inspection", id, reason, key, map[string]any{"state": v.State}, map[string]any{"state": mes.InspectionCancelled}); err != nil {
			return err
		}
		v.State = mes.InspectionCancelled
		return w.holdDecided(ctx, key, by, v, hold)
	})
}

// Switch takes a person's word on a scheme.
func (x *Inspections) Switch(ctx context.Context, key, site string, by mes.Actor, s mes.Switch) (mes.SchemeView, error) {
	var f mes.Faults
	f.Check(s.Rule == sampling.RuleIrregular || s.Rule == sampling.RuleResume, "rule", "must be %q or %q", sampling.RuleIrregular, sampling.RuleResume)
	f.Check(strings.TrimSpace(s.Reason) != "", "reason", "is missing")
	out := mes.SchemeView{Plan: s.Plan, Supplier: s.Supplier}
	if err := f.Err("Inspection goes on as it was."); err != nil {
		return out, err
	}
	err := x.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, "switch/"+key, &out); found || err != nil {
			return err
		}
		if _, err := w.SchemeOf(ctx, sqlcgen.SchemeOfParams{Site: site, Plan: s.Plan, Supplier: s.Supplier}); err != nil {
			return missing(err, "Switching of", s.Plan)
		}
		was, last, err := w.lockScheme(ctx, site, s.Plan, s.Supplier)
		if err != nil {
			return err
		}
		is, ok := was.Irregular()
		if s.Rule == sampling.RuleResume {
			is, ok = was.Resume()
		}
		if !ok {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Inspection by %s is %s.", s.Plan, was.Mode), "Nothing was changed.", "Look at it again.")
		}
		if out.ChangedAt, err = w.Now(ctx); err != nil {
			return err
		}
		out.Scheme = is
		w.tell(site, mes.EventInspection, s.Plan)
		if err := w.putScheme(ctx, site, s.Plan, s.Supplier, by, was, is, sqlcgen.AddSchemeEventParams{N: last + 1, Rule: string(s.Rule), Reason: s.Reason}); err != nil {
			return err
		}
		return w.remember(ctx, "switch/"+key, s.Plan, out)
	})
	return out, err
}
