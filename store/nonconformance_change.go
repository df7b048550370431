package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// ncCommand runs a command on a locked nonconformance, once per key. do checks the rule and writes.
func (n *Nonconformances) ncCommand(ctx context.Context, command, key, site, id string, do func(w *work, was mes.Nonconformance, key string) error) (mes.Nonconformance, error) {
	key = command + "/" + site + "/" + id + "#" + key
	err := n.change(ctx, func(w *work) error {
		var done bool
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		was, err := w.lockNonconformance(ctx, site, id)
		if err != nil {
			return err
		}
		if found, err := w.answered(ctx, key, &done); found || err != nil { // while the lock was waited for
			return err
		}
		if err := do(w, was, key); err != nil {
			return err
		}
		w.tell(site, mes.EventNonconformance, id)
		return w.remember(ctx, key, id, true)
	})
	if err != nil {
		return mes.Nonconformance{}, err
	}
	return n.Get(ctx, site, id)
}

func (w *work) lockNonconformance(ctx context.Context, site, id string) (mes.Nonconformance, error) {
	if _, err := w.LockNonconformance(ctx, sqlcgen.LockNonconformanceParams{Site: site, ID: id}); err != nil {
		return mes.Nonconformance{}, missing(err, "Nonconformance", id)
	}
	return readNonconformance(ctx, w.Queries, site, id)
}

// standing refuses a command that the nonconformance's state rules out.
func standing(n mes.Nonconformance, in ...mes.NCState) error {
	for _, s := range in {
		if n.State == s {
			return nil
		}
	}
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", n.ID, n.State.Phrase()), "Nothing was changed.", "")
}

func required(field, text, kept string) error {
	var f mes.Faults
	f.Check(text != "", field, "is missing")
	return f.Err(kept)
}

// Change changes the fields that are given.
func (n *Nonconformances) Change(ctx context.Context, key, site, id string, by mes.Actor, c mes.NCChange) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-change", key, site, id, func(w *work, was mes.Nonconformance, key string) error {
		if err := required("reason", c.Reason, id+" was not changed."); err != nil {
			return err
		}
		if err := standing(was, mes.NCOpen, mes.NCInReview, mes.NCDispositioned); err != nil {
			return err
		}
		if c.Version != was.Version {
			return mes.Refuse(mes.CodeConflict, id+" was changed by somebody else.", "Your change was not stored.", "Look at it again, and change it anew.")
		}
		after, err := w.changed(ctx, was, c)
		if err != nil {
			return err
		}
		err = w.ChangeNonconformance(ctx, sqlcgen.ChangeNonconformanceParams{Site: site, ID: id, Code: after.Code, Description: after.Description, Severity: string(after.Severity),
			Owner: after.Owner, DueAt: after.DueAt, Containment: after.Containment, Capa: after.CAPA})
		if err != nil {
			return err
		}
		if err := w.story(ctx, site, id, "changed", by.ID, c.Reason, key); err != nil {
			return err
		}
		return w.audit(by, "changed", "nonconformance", id, c.Reason, key, ncHead(was), ncHead(after))
	})
}

// changed applies a change. What a board is asked about does not change under it.
func (w *work) changed(ctx context.Context, was mes.Nonconformance, c mes.NCChange) (mes.Nonconformance, error) {
	tree, err := defectTree(ctx, w.Queries, was.Site)
	if err != nil {
		return was, err
	}
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	after := was
	set(&after.Owner, c.Owner)
	set(&after.Code, c.Code)
	set(&after.Description, c.Description)
	set(&after.CAPA, c.CAPA)
	set(&after.Containment, c.Containment)
	if c.DueAt != nil {
		after.DueAt = *c.DueAt
	}
	if c.Severity != nil {
		after.Severity = *c.Severity
	}
	var f mes.Faults
	f.Check(after.Code == was.Code || after.Code == "" || tree.Reportable(after.Code), "code", "%q is not among the site's defect codes in use", after.Code)
	f.Check(after.Description != "", "description", "is missing")
	f.Check(mes.Worse(after.Severity, "") != "", "severity", "must be critical, high, medium or low")
	asked := was.State == mes.NCInReview || slices.ContainsFunc(was.Proposals, func(p mes.Proposal) bool { return p.State == mes.ProposalDone })
	same := after.Code == was.Code && after.Description == was.Description && after.Severity == was.Severity
	f.Check(!asked || same, "code", "the board is asked about it, or has decided on it, as it stands")
	return after, f.Err(was.ID + " was not changed.")
}

// ncHead is a nonconformance for the audit trail, without its lists.
func ncHead(n mes.Nonconformance) mes.Nonconformance {
	n.Lots, n.Pictures, n.Proposals, n.Disposals, n.Costs, n.Events = nil, nil, nil, nil, nil, nil
	return n
}

// AddLots adds affected lots.
func (n *Nonconformances) AddLots(ctx context.Context, key, site, id string, by mes.Actor, lots []mes.AffectedLot, hold bool, reason string) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-lots", key, site, id, func(w *work, was mes.Nonconformance, key string) error {
		var f mes.Faults
		f.Check(reason != "", "reason", "is missing")
		f.Check(len(lots) > 0, "lots", "name at least one")
		f.Check(len(lots)+len(was.Lots) <= mes.MaxNCLots, "lots", "at most %d", mes.MaxNCLots)
		mes.ValidateAffected(&f, lots)
		for i, l := range lots {
			for _, known := range was.Lots {
				f.Check(known.Lot != l.Lot, fmt.Sprintf("lots[%d].lot", i), "%s is among them already", l.Lot)
			}
		}
		if err := f.Err("No lot was added."); err != nil {
			return err
		}
		if err := standing(was, mes.NCOpen, mes.NCDispositioned); err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		r := &raising{work: w, by: by, id: id, now: now, n: mes.NewNonconformance{Key: key, Site: site, Description: was.Description, Lots: lots, Hold: hold}}
		if err := r.find(ctx); err != nil {
			return err
		}
		if err := r.lots(ctx); err != nil {
			return err
		}
		if was.State == mes.NCDispositioned {
			if err := w.moveNC(ctx, was, mes.NCOpen, by, ""); err != nil {
				return err
			}
		}
		if err := w.story(ctx, site, id, "lots_added", by.ID, reason, key); err != nil {
			return err
		}
		return w.audit(by, "lots_added", "nonconformance", id, reason, key, nil, r.n.Lots)
	})
}

// moveNC moves a nonconformance to another state.
func (w *work) moveNC(ctx context.Context, n mes.Nonconformance, to mes.NCState, by mes.Actor, reason string) error {
	p := sqlcgen.MoveNonconformanceParams{Site: n.Site, ID: n.ID, State: string(to)}
	if to.Ended() {
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		p.EndedBy, p.EndedAt, p.EndReason = by.ID, &now, reason
	}
	w.tell(n.Site, mes.EventNonconformance, n.ID)
	for _, l := range n.Lots {
		w.tell(n.Site, mes.EventLot, l.Lot)
	}
	return w.later.MoveNonconformance(ctx, p)
}

// AddPicture adds a stored picture.
func (n *Nonconformances) AddPicture(ctx context.Context, key, site, id string, by mes.Actor, p mes.NewPicture) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-picture", key, site, id, func(w *work, was mes.Nonconformance, key string) error {
		if err := standing(was, mes.NCOpen, mes.NCInReview, mes.NCDispositioned); err != nil {
			return err
		}
		if err := w.addPicture(ctx, site, id, by, p, "hash"); err != nil {
			return err
		}
		if err := w.story(ctx, site, id, "picture", by.ID, p.Caption, key); err != nil {
			return err
		}
		return w.audit(by, "picture_added", "nonconformance", id, "", key, nil, p)
	})
}

// Note adds a line to the timeline.
func (n *Nonconformances) Note(ctx context.Context, key, site, id string, by mes.Actor, text string) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-note", key, site, id, func(w *work, _ mes.Nonconformance, key string) error {
		if err := required("text", text, "Nothing was noted."); err != nil {
			return err
		}
		if err := w.story(ctx, site, id, "note", by.ID, text, key); err != nil {
			return err
		}
		return w.audit(by, "noted", "nonconformance", id, "", key, nil, map[string]string{"text": text})
	})
}

// AddCost notes a cost from outside. It may come after the end: invoices do.
func (n *Nonconformances) AddCost(ctx context.Context, key, site, id string, by mes.Actor, c mes.ExtraCost) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-cost", key, site, id, func(w *work, _ mes.Nonconformance, key string) error {
		var f mes.Faults
		f.Check(!c.Amount.IsZero(), "amount", "must not be 0")
		f.Check(c.Text != "", "text", "is missing")
		if err := f.Err("No cost was noted."); err != nil {
			return err
		}
		if err := w.AddExternalCost(ctx, sqlcgen.AddExternalCostParams{Key: key, Site: site, Nc: id, Amount: c.Amount, Text: c.Text, Actor: by.ID}); err != nil {
			return err
		}
		if err := w.story(ctx, site, id, "cost", by.ID, c.Amount.String()+": "+c.Text, key); err != nil {
			return err
		}
		return w.audit(by, "cost_noted", "nonconformance", id, c.Text, key, nil, c)
	})
}

// Close ends a nonconformance whose pieces are all decided and back from rework.
func (n *Nonconformances) Close(ctx context.Context, key, site, id string, by mes.Actor, reason string) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-close", key, site, id, func(w *work, was mes.Nonconformance, key string) error {
		if err := required("reason", reason, id+" stays open."); err != nil {
			return err
		}
		if len(was.Lots) > 0 || was.State != mes.NCOpen { // a finding about no lot has nothing to dispose of
			if err := standing(was, mes.NCDispositioned); err != nil {
				return err
			}
		}
		for _, l := range was.Lots {
			if l.InRework {
				return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is in rework.", l.Lot), id+" stays open.", "Close it when the lot is back on its routing.")
			}
		}
		return w.endNC(ctx, was, mes.NCClosed, by, reason, key)
	})
}

// Cancel ends one that was none.
func (n *Nonconformances) Cancel(ctx context.Context, key, site, id string, by mes.Actor, reason string) (mes.Nonconformance, error) {
	return n.ncCommand(ctx, "nc-cancel", key, site, id, func(w *work, was mes.Nonconformance, key string) error {
		if err := required("reason", reason, id+" stays open."); err != nil {
			return err
		}
		if err := standing(was, mes.NCOpen); err != nil {
			return err
		}
		if len(was.Disposals) > 0 {
			return mes.Refuse(mes.CodeConflict, id+" has dispositions that were carried out.", "It stays open.", "Decide on what is left, and close it.")
		}
		for _, l := range was.Lots {
			open, err := w.holdsOf(ctx, l)
			if err != nil {
				return err
			}
			if len(open) > 0 {
				return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is on hold for %s.", l.Lot, id), id+" stays open.", "Release the hold first.")
			}
		}
		return w.endNC(ctx, was, mes.NCCancelled, by, reason, key)
	})
}

// holdsOf are the open holds that a nonconformance laid on a lot.
func (w *work) holdsOf(ctx context.Context, l mes.NCLot) ([]mes.Hold, error) {
	if l.Hold == "" {
		return nil, nil
	}
	open, err := w.openHolds(ctx, mes.HoldLot, l.Lot)
	var out []mes.Hold
	for _, h := range open {
		if h.ID == l.Hold {
			out = append(out, h)
		}
	}
	return out, err
}

func (w *work) endNC(ctx context.Context, was mes.Nonconformance, to mes.NCState, by mes.Actor, reason, key string) error {
	if err := w.moveNC(ctx, was, to, by, reason); err != nil {
		return err
	}
	if err := w.settle(ctx, was.Site, "nonconformance", was.ID, string(to), mes.AlertNonconformance); err != nil {
		return err
	}
	if err := w.story(ctx, was.Site, was.ID, string(to), by.ID, reason, key); err != nil {
		return err
	}
	return w.audit(by, string(to), "nonconformance", was.ID, reason, key, map[string]any{"state": was.State}, map[string]any{"state": to})
}

// openProposal is the proposal that waits for the board; found is false when there is none.
func (w *work) openProposal(ctx context.Context, site, id string) (p sqlcgen.NonconformanceProposal, found bool, err error) {
	p, err = w.OpenProposalOf(ctx, sqlcgen.OpenProposalOfParams{Site: site, Nc: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}
