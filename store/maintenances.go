package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Maintenances keeps maintenance jobs and the plans that make them.
type Maintenances struct{ db }

var (
	_ mes.Maintenances      = (*Maintenances)(nil)
	_ mes.MaintenanceLedger = (*Maintenances)(nil)
)

// Get reads one whole.
func (s *Maintenances) Get(ctx context.Context, site, id string) (mes.MaintenanceJob, error) {
	row, err := s.q.MaintenanceByID(ctx, sqlcgen.MaintenanceByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.MaintenanceJob{}, missing(err, "Maintenance job", id)
	}
	j, err := maintenanceOf(row)
	return j, translate(err)
}

func maintenanceOf(r sqlcgen.MaintenanceJob) (mes.MaintenanceJob, error) {
	j := mes.MaintenanceJob{Site: r.Site, ID: r.ID, Kind: mes.MaintenanceKind(r.Kind), State: mes.MaintenanceState(r.State), Station: textOf(r.Station), Gauge: textOf(r.Gauge),
		Severity: mes.Severity(r.Severity), Source: mes.MaintenanceSource(r.Source), Title: r.Title, Why: r.Why, Plan: r.Plan, Rule: r.Rule, Group: r.RuleGroup, Alarm: r.Alarm,
		Outside: r.Outside, RaisedBy: r.RaisedBy, RaisedAt: r.RaisedAt.UTC(), Owner: r.Owner, DueAt: micro(r.DueAt), TakesOut: r.TakesOut, OutFrom: micro(r.OutFrom), Minutes: r.Minutes,
		DownFrom: micro(r.DownFrom), PlannedAt: micro(r.PlannedAt), LockedAt: micro(r.LockedAt), StartedAt: micro(r.StartedAt), TestedAt: micro(r.TestedAt), BackAt: micro(r.BackAt),
		EndedAt: micro(r.EndedAt), EndReason: r.EndReason, Version: r.Version}
	if err := json.Unmarshal(r.Record, &j.Record); err != nil {
		return j, fmt.Errorf("record of %s: %w", r.ID, err)
	}
	return j, nil
}

var maintenanceSorts = sorts{
	"":          {{"coalesce(j.due_at, 'infinity')", "timestamptz", false}},
	"id":        {{"j.id", "text", false}},
	"title":     {{"j.title", "text", false}},
	"severity":  {{"array_position(ARRAY['critical', 'high', 'medium', 'low'], j.severity)", "int", false}},
	"state":     {{"j.state", "text", false}},
	"station":   {{"coalesce(j.station, j.gauge)", "text", false}},
	"raised_at": {{"j.raised_at", "timestamptz", false}},
	"due_at":    {{"coalesce(j.due_at, 'infinity')", "timestamptz", false}},
}

const maintenanceColumns = `j.id, j.kind, j.state, j.severity, j.source, coalesce(j.station, ''), coalesce(j.gauge, ''), j.title, j.plan, j.outside, j.owner, j.raised_by, j.raised_at, j.due_at,
	(j.out_since IS NOT NULL AND j.back_at IS NULL AND j.ended_at IS NULL), j.back_at, j.ended_at`

// List reads a page.
func (s *Maintenances) List(ctx context.Context, f mes.MaintenanceFilter) (mes.Page[mes.MaintenanceRow], error) {
	l := newListing("maintenance_job j", f.Paging, maintenanceSorts, column{"j.id", "text", false})
	l.where("j.site = ?", f.Site).where("j.state = ANY (?)", texts(f.States)).where("j.severity = ?", string(f.Severity)).where("j.kind = ?", string(f.Kind))
	l.where("j.station = ?", f.Station).where("j.gauge = ?", f.Gauge).where("j.owner = ?", f.Owner).where("j.plan = ?", f.Plan)
	l.when(f.Open, "j.ended_at IS NULL").when(f.Overdue, "j.ended_at IS NULL AND j.back_at IS NULL AND j.due_at < now()")
	l.search(f.Text, "j.id", "j.title", "coalesce(j.station, '')", "coalesce(j.gauge, '')", "j.owner", "j.outside")
	return page(ctx, s.db, l, maintenanceColumns, func(r *mes.MaintenanceRow) []any {
		return []any{&r.ID, &r.Kind, &r.State, &r.Severity, &r.Source, &r.Station, &r.Gauge, &r.Title, &r.Plan, &r.Outside, &r.Owner, &r.RaisedBy, &r.RaisedAt, &r.DueAt, &r.Out, &r.BackAt, &r.EndedAt}
	})
}

// refuseInMaintenance refuses a start of a lot at a station that maintenance has, or that critical work is overdue at. The caller holds the
// station's row, as whoever takes a machine out does. It names where else the lot's operation can be done.
func (w *work) refuseInMaintenance(ctx context.Context, site, station, lot string) error {
	rows, err := w.MaintenanceAt(ctx, station)
	if err != nil || len(rows) == 0 {
		return err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	for _, why := range mes.Barrings {
		for _, row := range rows {
			j, err := maintenanceOf(row)
			if err != nil {
				return err
			}
			if j.Bars(now) == why {
				return w.barredBy(ctx, j, why, site, lot, now)
			}
		}
	}
	return nil
}

func (w *work) barredBy(ctx context.Context, j mes.MaintenanceJob, why mes.Barring, site, lot string, now time.Time) error {
	zone, err := w.zone(ctx, site)
	if err != nil {
		return err
	}
	others, err := w.StationsOfLot(ctx, lot)
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(s string) bool { return s == j.Station })
	return j.Refusal(why, others, now, zone)
}

// Figures reads what happened to each machine in a window.
func (s *Maintenances) Figures(ctx context.Context, site, station string, from, until time.Time) ([]mes.MaintenanceWindow, error) {
	rows, err := s.q.MaintenanceWindows(ctx, sqlcgen.MaintenanceWindowsParams{Site: site, Station: station, Since: from, Until: until})
	if err != nil {
		return nil, translate(err)
	}
	end := until
	if now := time.Now(); now.Before(end) {
		end = now.UTC()
	}
	out := make([]mes.MaintenanceWindow, len(rows))
	for i, r := range rows {
		w := mes.MaintenanceWindow{Station: r.Station, From: from, Until: end, OperatingS: r.Running, Logged: r.Logged, Failures: int(r.Failures), RepairS: r.Repair, CorrectiveS: r.Corrective,
			PreventiveS: r.Preventive, Due: int(r.Due), InTime: int(r.InTime)}
		if !w.Logged {
			w.OperatingS = max(int64(end.Sub(from).Seconds())-r.Out, 0)
		}
		out[i] = w
	}
	return out, nil
}

// OpenMaintenance lists all jobs that have not ended.
func (s *Maintenances) OpenMaintenance(ctx context.Context) ([]mes.MaintenanceChanged, error) {
	rows, err := s.q.OpenMaintenance(ctx)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.MaintenanceChanged, len(rows))
	for i, r := range rows {
		out[i] = mes.MaintenanceChanged{Site: r.Site, Job: r.ID}
	}
	return out, nil
}

// RemindMaintenance raises the reminders that are due, once each.
func (s *Maintenances) RemindMaintenance(ctx context.Context, site, id string) (mes.MaintenanceWait, error) {
	var out mes.MaintenanceWait
	err := s.change(ctx, func(w *work) error {
		j, now, err := w.lockMaintenance(ctx, site, id)
		if err != nil {
			return err
		}
		out = j.Waits(now)
		due, _ := j.DueReminders(now)
		for _, r := range due {
			if err := w.alert(ctx, r.Key, r.Alert); err != nil {
				return err
			}
		}
		if bars := j.Bars(now); bars != "" {
			w.tell(site, mes.EventStation, j.Station) // time alone may have barred it
		}
		return nil
	})
	return out, err
}
