package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// lockMaintenance reads a job under its row's lock.
func (w *work) lockMaintenance(ctx context.Context, site, id string) (mes.MaintenanceJob, time.Time, error) {
	row, err := w.LockMaintenance(ctx, sqlcgen.LockMaintenanceParams{Site: site, ID: id})
	if err != nil {
		return mes.MaintenanceJob{}, time.Time{}, missing(err, "Maintenance job", id)
	}
	j, err := maintenanceOf(row)
	if err != nil {
		return j, time.Time{}, err
	}
	now, err := w.Now(ctx)
	return j, now.UTC(), err
}

// command changes a job once per key, by a pure rule, and answers with it as it is then.
func (s *Maintenances) command(ctx context.Context, p mes.MaintenancePlace, action string, do func(w *work, j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error)) (mes.MaintenanceJob, error) {
	key := "maint/" + p.Site + "/" + p.ID + "#" + p.By.ID + "#" + p.Key
	err := s.change(ctx, func(w *work) error {
		j, now, err := w.lockMaintenance(ctx, p.Site, p.ID)
		if err != nil {
			return err
		}
		var done string
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if p.Version != 0 && p.Version != j.Version {
			return mes.Refuse(mes.CodeConflict, p.ID+" was changed by somebody else meanwhile.", "Your change was not stored.", "Look at it again, then change it anew.")
		}
		next, err := do(w, j, now)
		if err != nil {
			return err
		}
		if err := w.saveMaintenance(ctx, p.By, action, p.Reason, key, j, next, now); err != nil {
			return err
		}
		return w.remember(ctx, key, p.ID, p.ID)
	})
	if err != nil {
		return mes.MaintenanceJob{}, err
	}
	return s.Get(ctx, p.Site, p.ID)
}

// saveMaintenance writes what a change made of a job, with all that follows: a machine that is taken out is barred under its station's lock,
// reminders of what is over end, a signature is asked for, plan, workflow and CMMS are told.
func (w *work) saveMaintenance(ctx context.Context, by mes.Actor, action, reason, key string, before, after mes.MaintenanceJob, now time.Time) error {
	after.Version = before.Version + 1
	if after.Station != "" && before.Bars(now) != after.Bars(now) {
		// Every start there holds this row: none slips between what it saw and what stands now.
		if _, err := w.LockStation(ctx, after.Station); err != nil {
			return missing(err, "Station", after.Station)
		}
	}
	if err := w.askMaintenance(ctx, by, &after, before.State, reason); err != nil {
		return err
	}
	if err := w.saveMaintenanceRow(ctx, after); err != nil {
		return err
	}
	if err := w.machineFollows(ctx, by, before, after, now); err != nil {
		return err
	}
	if err := w.settleMaintenance(ctx, before, after); err != nil {
		return err
	}
	if err := w.tellMaintenance(ctx, mes.MessageMaintenanceMoved, after, before.State != after.State, now); err != nil {
		return err
	}
	if after.State.Ended() {
		subject := "maint/" + after.Site + "/" + after.ID
		if err := w.send(ctx, mes.ToArchive, mes.MessageArchiveRun, "archive/"+subject, subject, mes.RunEnded{Noun: mes.NounMaintenance, Site: after.Site, Subject: after.ID}); err != nil {
			return err
		}
	}
	if after.Plan != "" && (before.BackAt == nil && after.BackAt != nil || !before.State.Ended() && after.State.Ended() && after.BackAt == nil) {
		if err := w.planDone(ctx, after, now); err != nil {
			return err
		}
	}
	return w.auditMaintenance(by, action, reason, key, before, after)
}

// planDone begins the plan's condition anew. A tag must come back within its limits before a further crossing counts.
func (w *work) planDone(ctx context.Context, j mes.MaintenanceJob, now time.Time) error {
	if err := w.PlanDoneSince(ctx, sqlcgen.PlanDoneSinceParams{Site: j.Site, ID: j.Plan, Since: now, Back: false}); err != nil {
		return err
	}
	return w.watchAnew(ctx, j.Site, "maint/"+j.ID)
}

func (w *work) saveMaintenanceRow(ctx context.Context, j mes.MaintenanceJob) error {
	record, err := json.Marshal(j.Record)
	if err != nil {
		return err
	}
	return w.SaveMaintenance(ctx, sqlcgen.SaveMaintenanceParams{Site: j.Site, ID: j.ID, State: string(j.State), Severity: string(j.Severity), Owner: j.Owner, Outside: j.Outside, DueAt: j.DueAt,
		TakesOut: j.TakesOut, OutFrom: j.OutFrom, Minutes: j.Minutes, DownFrom: j.DownFrom, OutSince: j.OutSince(), PlannedAt: j.PlannedAt, LockedAt: j.LockedAt, StartedAt: j.StartedAt,
		TestedAt: j.TestedAt, BackAt: j.BackAt, EndedAt: j.EndedAt, EndReason: j.EndReason, Version: j.Version, Record: record})
}

// settleMaintenance ends the reminders of what is done or due another day.
func (w *work) settleMaintenance(ctx context.Context, before, after mes.MaintenanceJob) error {
	still, ended := map[string]bool{}, map[string]bool{}
	for _, r := range after.Reminders() {
		still[r.Key] = true
	}
	for _, r := range before.Reminders() {
		if !still[r.Key] && !ended[r.Thing] {
			ended[r.Thing] = true
			if err := w.settle(ctx, after.Site, mes.NounMaintenance, after.AlertOn(r.Thing), "done or moved", mes.AlertMaintenanceDue, mes.AlertMaintenanceOverdue, mes.AlertMaintenanceOut); err != nil {
				return err
			}
		}
	}
	if before.State == mes.MaintenanceRequested && after.State != mes.MaintenanceRequested {
		return w.settle(ctx, after.Site, mes.NounMaintenance, after.ID, "taken up", mes.AlertMaintenanceRaised)
	}
	return nil
}

// auditMaintenance writes what changed, field by field.
func (w *work) auditMaintenance(by mes.Actor, action, reason, key string, before, after mes.MaintenanceJob) error {
	was, is := before.State, after.State
	version := after.Version
	before.Version, after.Version = 0, 0
	a, err := json.Marshal(before)
	if err != nil {
		return err
	}
	b, err := json.Marshal(after)
	if err != nil {
		return err
	}
	changes, err := mes.Compare(a, b)
	if err != nil {
		return err
	}
	return w.audit(by, action, mes.NounMaintenance, after.ID, reason, key, map[string]any{"state": was}, map[string]any{"state": is, "version": version, "changes": changes})
}

// rule is a command that needs nothing but the job.
func (s *Maintenances) rule(ctx context.Context, p mes.MaintenancePlace, action string, do func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error)) (mes.MaintenanceJob, error) {
	return s.command(ctx, p, action, func(_ *work, j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) { return do(j, now) })
}

// Schedule plans a job.
func (s *Maintenances) Schedule(ctx context.Context, p mes.MaintenancePlace, n mes.MaintenancePlanning) (mes.MaintenanceJob, error) {
	n.DueAt, n.OutFrom = micro(n.DueAt), micro(n.OutFrom)
	return s.command(ctx, p, "planned", func(w *work, j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) {
		if err := w.capaPeople(ctx, n.Owner); err != nil {
			return j, err
		}
		return j.Schedule(n, now)
	})
}

// Lock sets a lock at an isolation point.
func (s *Maintenances) Lock(ctx context.Context, p mes.MaintenancePlace, point, lock string) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "point_locked", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) {
		return j.Lock(point, lock, p.By, now)
	})
}

// Verify says that no energy is left.
func (s *Maintenances) Verify(ctx context.Context, p mes.MaintenancePlace, point string) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "point_verified", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) {
		return j.Verify(point, p.By, now)
	})
}

// Remove takes a lock off.
func (s *Maintenances) Remove(ctx context.Context, p mes.MaintenancePlace, point string) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "point_unlocked", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) {
		return j.Remove(point, p.Reason, p.By, now)
	})
}

// AskLockout asks for the signature of the lock-out.
func (s *Maintenances) AskLockout(ctx context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "lockout_asked", func(j mes.MaintenanceJob, _ time.Time) (mes.MaintenanceJob, error) { return j.AskLockout() })
}

// Begin starts the work.
func (s *Maintenances) Begin(ctx context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "begun", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) { return j.Begin(now) })
}

// Find writes what was found. A code that the trees do not have, or that has ended, is named.
func (s *Maintenances) Find(ctx context.Context, p mes.MaintenancePlace, n mes.Findings) (mes.MaintenanceJob, error) {
	return s.command(ctx, p, "described", func(w *work, j mes.MaintenanceJob, _ time.Time) (mes.MaintenanceJob, error) {
		var f mes.Faults
		for _, c := range []struct{ tree, id, was string }{{mes.TreeCause, n.Cause, j.Record.Cause}, {mes.TreeRemedy, n.Remedy, j.Record.Remedy}} {
			if c.id == "" || c.id == c.was {
				continue
			}
			row, err := w.MaintenanceCodeOf(ctx, sqlcgen.MaintenanceCodeOfParams{Site: j.Site, Tree: c.tree, ID: c.id})
			if err != nil && !errors.Is(err, pgx.ErrNoRows) {
				return j, err
			}
			f.Check(err == nil && !row.Ended, c.tree, "%q is no code that can be given", c.id)
		}
		if err := f.Err("Nothing was written."); err != nil {
			return j, err
		}
		return j.Find(n)
	})
}

// Work adds time that somebody worked.
func (s *Maintenances) Work(ctx context.Context, p mes.MaintenancePlace, l mes.MaintenanceLabour) (mes.MaintenanceJob, error) {
	return s.command(ctx, p, "time_written", func(w *work, j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) {
		if err := w.capaPeople(ctx, l.Person); err != nil {
			return j, err
		}
		l.By, l.At = p.By.ID, now
		return j.Work(l)
	})
}

// Test tells how the machine did after the work.
func (s *Maintenances) Test(ctx context.Context, p mes.MaintenancePlace, t mes.MaintenanceTest) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "tested", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) {
		t.By, t.At, t.Calibration = p.By.ID, now, 0
		return j.Test(t)
	})
}

// AskHandback asks for the signatures of the hand-back.
func (s *Maintenances) AskHandback(ctx context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "handback_asked", func(j mes.MaintenanceJob, _ time.Time) (mes.MaintenanceJob, error) { return j.AskHandback() })
}

// Close ends a job that was handed back.
func (s *Maintenances) Close(ctx context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "closed", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) { return j.Close(now) })
}

// Reject ends a request that is not taken up.
func (s *Maintenances) Reject(ctx context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "rejected", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) { return j.Reject(p.Reason, now) })
}

// Cancel ends a job that is not needed any more.
func (s *Maintenances) Cancel(ctx context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return s.rule(ctx, p, "cancelled", func(j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) { return j.Cancel(p.Reason, now) })
}

// Numbered keeps the number that an outside CMMS gave a job.
func (s *Maintenances) Numbered(ctx context.Context, site, id, outside string) error {
	return s.change(ctx, func(w *work) error {
		j, now, err := w.lockMaintenance(ctx, site, id)
		if err != nil || j.Outside != "" || outside == "" {
			return err
		}
		after := j
		after.Outside = outside
		return w.saveMaintenance(ctx, mes.Actor{ID: mes.ActorSystem}, "numbered", "", "", j, after, now)
	})
}
