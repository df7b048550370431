package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// lockCAPA reads a CAPA under its row's lock.
func (w *work) lockCAPA(ctx context.Context, site, id string) (mes.CAPA, time.Time, error) {
	row, err := w.LockCAPA(ctx, sqlcgen.LockCAPAParams{Site: site, ID: id})
	if err != nil {
		return mes.CAPA{}, time.Time{}, missing(err, "CAPA", id)
	}
	c, err := readCAPA(ctx, w.Queries, row)
	if err != nil {
		return c, time.Time{}, err
	}
	now, err := w.Now(ctx)
	return c, now.UTC(), err
}

// command changes a CAPA once per key, by a pure rule, and answers with it as it is then.
func (s *CAPAs) command(ctx context.Context, p mes.CAPAPlace, action string, do func(w *work, c mes.CAPA, now time.Time) (mes.CAPA, error)) (mes.CAPA, error) {
	key := "capa/" + p.Site + "/" + p.ID + "#" + p.By.ID + "#" + p.Key
	err := s.change(ctx, func(w *work) error {
		c, now, err := w.lockCAPA(ctx, p.Site, p.ID)
		if err != nil {
			return err
		}
		var done string
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if p.Version != 0 && p.Version != c.Version {
			return mes.Refuse(mes.CodeConflict, p.ID+" was changed by somebody else meanwhile.", "Your change was not stored.", "Look at it again, then change it anew.")
		}
		next, err := do(w, c, now)
		if err != nil {
			return err
		}
		if err := w.saveCAPA(ctx, p.By, action, p.Reason, key, c, next, now); err != nil {
			return err
		}
		return w.remember(ctx, key, p.ID, p.ID)
	})
	if err != nil {
		return mes.CAPA{}, err
	}
	return s.Get(ctx, p.Site, p.ID)
}

// saveCAPA writes what a change made of a CAPA, with all that follows: the round that failed is kept, reminders of what is
// over end, a signature is asked for, the workflow is told.
func (w *work) saveCAPA(ctx context.Context, by mes.Actor, action, reason, key string, before, after mes.CAPA, now time.Time) error {
	after.Version = before.Version + 1
	if err := w.saveCAPATasks(ctx, before, after); err != nil {
		return err
	}
	if after.Iteration > before.Iteration {
		last := after.Former[len(after.Former)-1]
		b, err := json.Marshal(last)
		if err != nil {
			return err
		}
		if err := w.AddCAPAIteration(ctx, sqlcgen.AddCAPAIterationParams{Site: after.Site, Capa: after.ID, N: last.N, Content: b, EndedAt: last.EndedAt}); err != nil {
			return err
		}
	}
	if err := w.saveCAPARow(ctx, after); err != nil {
		return err
	}
	if err := w.askCAPA(ctx, by, &after, before.State, reason); err != nil {
		return err
	}
	if err := w.settleCAPA(ctx, before, after); err != nil {
		return err
	}
	if err := w.tellCAPA(ctx, mes.MessageCAPAMoved, after); err != nil {
		return err
	}
	if after.State.Ended() {
		if err := w.send(ctx, mes.ToArchive, mes.MessageArchiveRun, "archive/capa/"+after.Site+"/"+after.ID, "capa/"+after.Site+"/"+after.ID,
			mes.RunEnded{Noun: mes.NounCAPA, Site: after.Site, Subject: after.ID}); err != nil {
			return err
		}
	}
	return w.auditCAPA(by, action, reason, key, before, after)
}

func (w *work) saveCAPARow(ctx context.Context, c mes.CAPA) error {
	record, err := json.Marshal(c.Record)
	if err != nil {
		return err
	}
	var checkAt *time.Time
	if e := c.Record.Effect; e != nil && c.State == mes.CAPAWatching {
		checkAt = &e.CheckAt
	}
	return w.SaveCAPA(ctx, sqlcgen.SaveCAPAParams{Site: c.Site, ID: c.ID, Title: c.Title, Severity: string(c.Severity), State: string(c.State), Product: c.Product, Codes: c.Codes,
		Owner: c.Owner, Manager: c.Manager, Iteration: c.Iteration, Version: c.Version, Record: record, Discipline: c.Discipline(), NextDue: c.NextDue(), CheckAt: checkAt,
		EndedAt: c.EndedAt, EndReason: c.EndReason})
}

// saveCAPATasks writes the tasks that are new or different.
func (w *work) saveCAPATasks(ctx context.Context, before, after mes.CAPA) error {
	for _, t := range after.Tasks {
		i := slices.IndexFunc(before.Tasks, func(o mes.CAPATask) bool { return o.ID == t.ID })
		if i >= 0 && reflect.DeepEqual(before.Tasks[i], t) {
			continue
		}
		evidence, err := json.Marshal(t.Evidence)
		if err != nil {
			return err
		}
		err = w.PutCAPATask(ctx, sqlcgen.PutCAPATaskParams{Site: after.Site, Capa: after.ID, ID: t.ID, Iteration: t.Iteration, D: int(t.D), Title: t.Title, Against: t.Against,
			Owner: t.Owner, DueAt: t.DueAt, State: string(t.State), Note: t.Note, Evidence: evidence, DoneBy: t.DoneBy, DoneAt: t.DoneAt, Verification: t.Verification,
			VerifiedBy: t.VerifiedBy, VerifiedAt: t.VerifiedAt, CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt})
		if err != nil {
			return err
		}
	}
	return nil
}

// settleCAPA ends the reminders of what is done, dropped or due another day.
func (w *work) settleCAPA(ctx context.Context, before, after mes.CAPA) error {
	kinds := []mes.AlertKind{mes.AlertCAPADue, mes.AlertCAPAOverdue, mes.AlertCAPAFewPieces}
	still := map[string]bool{}
	for _, r := range after.Reminders() {
		still[r.Key] = true
	}
	ended := map[string]bool{}
	for _, r := range before.Reminders() {
		if !still[r.Key] && !ended[r.Thing] {
			ended[r.Thing] = true
			if err := w.settle(ctx, after.Site, mes.NounCAPA, after.AlertOn(r.Thing), "done or moved", kinds...); err != nil {
				return err
			}
		}
	}
	if before.Owner != after.Owner || after.State.Ended() {
		return w.settle(ctx, after.Site, mes.NounCAPA, after.ID, "taken", mes.AlertCAPARaised, mes.AlertCAPAReopened, mes.AlertCAPAExtended)
	}
	return nil
}

// auditCAPA writes what changed, field by field.
func (w *work) auditCAPA(by mes.Actor, action, reason, key string, before, after mes.CAPA) error {
	changes, err := capaChanges(before, after)
	if err != nil {
		return err
	}
	return w.audit(by, action, mes.NounCAPA, after.ID, reason, key, map[string]any{"state": before.State, "iteration": before.Iteration},
		map[string]any{"state": after.State, "iteration": after.Iteration, "version": after.Version, "changes": changes})
}

func capaChanges(before, after mes.CAPA) ([]mes.Difference, error) {
	before.Former, after.Former, before.Links, after.Links, before.Version, after.Version = nil, nil, nil, nil, 0, 0
	a, err := json.Marshal(before)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(after)
	if err != nil {
		return nil, err
	}
	return mes.Compare(a, b)
}

// Rewrite changes the head.
func (s *CAPAs) Rewrite(ctx context.Context, p mes.CAPAPlace, h mes.CAPAHead) (mes.CAPA, error) {
	return s.command(ctx, p, "rewritten", func(w *work, c mes.CAPA, _ time.Time) (mes.CAPA, error) {
		if err := w.capaPeople(ctx, h.Owner, h.Manager); err != nil {
			return c, err
		}
		return c.Rewrite(h)
	})
}

// Write changes the content of a discipline. The baseline of a criterion is always read here, from the data.
func (s *CAPAs) Write(ctx context.Context, p mes.CAPAPlace, d mes.Discipline, n mes.CAPAContent) (mes.CAPA, error) {
	return s.command(ctx, p, "written", func(w *work, c mes.CAPA, _ time.Time) (mes.CAPA, error) {
		for _, m := range n.Team {
			if err := w.capaPeople(ctx, m.Account); err != nil {
				return c, err
			}
		}
		next, err := c.Write(d, n)
		if err != nil || d != mes.D5 || next.Record.Plan.Criterion == nil {
			return next, err
		}
		k := *next.Record.Plan.Criterion
		from, until := k.Before(c.RaisedAt)
		base, err := readEffect(ctx, w.Queries, c.Site, k, from, until)
		if err != nil {
			return c, err
		}
		base.Last = nil
		k.Baseline = &base
		next.Record.Plan.Criterion = &k
		return next, nil
	})
}

// Complete marks a discipline as done.
func (s *CAPAs) Complete(ctx context.Context, p mes.CAPAPlace, d mes.Discipline) (mes.CAPA, error) {
	return s.command(ctx, p, "completed", func(_ *work, c mes.CAPA, now time.Time) (mes.CAPA, error) { return c.Complete(d, p.By, now) })
}

// Reopen takes a completed discipline back.
func (s *CAPAs) Reopen(ctx context.Context, p mes.CAPAPlace, d mes.Discipline) (mes.CAPA, error) {
	return s.command(ctx, p, "reopened", func(_ *work, c mes.CAPA, _ time.Time) (mes.CAPA, error) { return c.Reopen(d, p.Reason) })
}

// MoveDue gives a discipline another date.
func (s *CAPAs) MoveDue(ctx context.Context, p mes.CAPAPlace, d mes.Discipline, due time.Time) (mes.CAPA, error) {
	return s.command(ctx, p, "due_moved", func(_ *work, c mes.CAPA, now time.Time) (mes.CAPA, error) {
		return c.MoveDue(d, *micro(&due), p.Reason, now)
	})
}

// Cancel ends a CAPA that should not be.
func (s *CAPAs) Cancel(ctx context.Context, p mes.CAPAPlace) (mes.CAPA, error) {
	return s.command(ctx, p, "cancelled", func(_ *work, c mes.CAPA, now time.Time) (mes.CAPA, error) { return c.Cancel(p.Reason, now) })
}

// Link adds records that the CAPA is about.
func (s *CAPAs) Link(ctx context.Context, p mes.CAPAPlace, links []mes.CAPALink) (mes.CAPA, error) {
	return s.command(ctx, p, "linked", func(w *work, c mes.CAPA, now time.Time) (mes.CAPA, error) {
		if c.State.Ended() {
			return c, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", c.ID, c.State), "Nothing was linked.", "Open a new one that links to it.")
		}
		if len(c.Links)+len(links) > mes.MaxCAPAList {
			return c, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has as many links as it can have.", c.ID), "Nothing was linked.", "")
		}
		if err := w.linkable(ctx, c.Site, links); err != nil {
			return c, err
		}
		for _, l := range links {
			if err := w.linkCAPA(ctx, p.By, c.Site, c.ID, l, now); err != nil {
				return c, err
			}
			if err := w.audit(p.By, "linked", mes.NounCAPA, c.ID, p.Reason, "", nil, l); err != nil {
				return c, err
			}
		}
		return c, nil
	})
}
