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
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func planOf(r sqlcgen.MaintenancePlan) (mes.MaintenancePlan, error) {
	var p mes.MaintenancePlan
	if err := json.Unmarshal(r.Definition, &p); err != nil {
		return p, fmt.Errorf("maintenance plan %s: %w", r.ID, err)
	}
	p.Site, p.ID, p.Station, p.Gauge, p.Active, p.Version, p.ChangedBy, p.ChangedAt = r.Site, r.ID, textOf(r.Station), textOf(r.Gauge), r.Active, r.Version, r.ChangedBy, r.ChangedAt.UTC()
	return p, nil
}

// Plans lists the site's plans with how far each is.
func (s *Maintenances) Plans(ctx context.Context, site string) ([]mes.MaintenancePlan, error) {
	rows, err := s.q.MaintenancePlansOf(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	now, err := s.q.Now(ctx)
	if err != nil {
		return nil, translate(err)
	}
	zone, err := (&work{Queries: s.q}).zone(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.MaintenancePlan, len(rows))
	for i, r := range rows {
		p, err := planOf(r.MaintenancePlan)
		if err != nil {
			return nil, err
		}
		p.Open, p.Since = r.Open, micro(&r.MaintenancePlan.Since)
		if p.Active && p.Trigger.On == mes.TriggerCalendar {
			p.NextAt = micro(p.Trigger.Next(now, zone))
		}
		if p.Trigger.Condition() {
			g, err := planProgress(ctx, s.q, p, r.MaintenancePlan, now)
			if err != nil {
				return nil, translate(err)
			}
			p.Progress = g.Value
		}
		out[i] = p
	}
	return out, nil
}

// planProgress reads how far a condition is.
func planProgress(ctx context.Context, q *sqlcgen.Queries, p mes.MaintenancePlan, row sqlcgen.MaintenancePlan, now time.Time) (mes.PlanProgress, error) {
	g := mes.PlanProgress{Since: row.Since, Back: row.Back}
	set := func(v mes.Decimal, err error) (mes.PlanProgress, error) {
		g.Value = &v
		return g, err
	}
	switch p.Trigger.On {
	case mes.TriggerDays:
		return set(mes.Count(int64(now.Sub(row.Since).Hours())).DivRound(mes.Count(24), 2), nil)
	case mes.TriggerRunHours:
		r, err := q.RunSecondsSince(ctx, sqlcgen.RunSecondsSinceParams{Station: p.Station, Since: row.Since})
		return set(mes.Count(r.Seconds).DivRound(mes.Count(3600), 2), err)
	case mes.TriggerCycles:
		return set(q.PiecesSince(ctx, sqlcgen.PiecesSinceParams{Station: p.Station, Since: row.Since}))
	case mes.TriggerTag:
		v, err := newestTag(ctx, q, p.Site, p.Trigger.Device, p.Trigger.Tag)
		g.Value = v
		return g, err
	}
	return g, nil
}

// newestTag reads the newest good value of a tag; nil where none is known, or where it is too old to act on.
func newestTag(ctx context.Context, q *sqlcgen.Queries, site, device, tag string) (*mes.Decimal, error) {
	rows, err := q.NewestTagValue(ctx, sqlcgen.NewestTagValueParams{Site: site, Device: device, Name: tag})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	v, err := mes.ParseDecimal(rows[0])
	return &v, err
}

// PutPlan makes or changes a plan.
func (s *Maintenances) PutPlan(ctx context.Context, key, site string, by mes.Actor, p mes.MaintenancePlan, reason string) (mes.MaintenancePlan, error) {
	p.Site, key = site, "maint-plan/"+site+"#"+by.ID+"#"+key
	if err := p.Validate(); err != nil {
		return p, err
	}
	err := s.change(ctx, func(w *work) error {
		var done string
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if err := w.planPlaces(ctx, p); err != nil {
			return err
		}
		if err := w.putPlan(ctx, by, &p, key, reason); err != nil {
			return err
		}
		return w.remember(ctx, key, p.ID, p.ID)
	})
	if err != nil {
		return p, err
	}
	return s.plan(ctx, site, p.ID)
}

func (s *Maintenances) plan(ctx context.Context, site, id string) (mes.MaintenancePlan, error) {
	all, err := s.Plans(ctx, site)
	for _, p := range all {
		if p.ID == id {
			return p, err
		}
	}
	return mes.MaintenancePlan{}, errors.Join(err, mes.NotFound("Maintenance plan", id))
}

// planPlaces names what the plant does not have.
func (w *work) planPlaces(ctx context.Context, p mes.MaintenancePlan) error {
	if err := w.capaPeople(ctx, p.Owner); err != nil {
		return err
	}
	if p.Station != "" {
		if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: p.Site, Station: p.Station}); err != nil {
			return missing(err, "Station", p.Station)
		}
	}
	if p.Gauge == "" {
		return nil
	}
	_, err := w.GaugeByID(ctx, sqlcgen.GaugeByIDParams{Site: p.Site, ID: p.Gauge})
	if err != nil {
		return missing(err, "Gauge", p.Gauge)
	}
	return nil
}

func (w *work) putPlan(ctx context.Context, by mes.Actor, p *mes.MaintenancePlan, key, reason string) error {
	p.ChangedBy, p.NextAt, p.Progress, p.Since, p.Open, p.ChangedAt = by.ID, nil, nil, nil, "", time.Time{}
	seen := p.Version
	p.Version = 0
	definition, err := json.Marshal(p)
	if err != nil {
		return err
	}
	var before any
	if seen == 0 {
		n, err := w.AddMaintenancePlan(ctx, sqlcgen.AddMaintenancePlanParams{Site: p.Site, ID: p.ID, Station: orNull(p.Station), Gauge: orNull(p.Gauge), TriggerOn: string(p.Trigger.On), Active: p.Active,
			Definition: definition, ChangedBy: by.ID})
		if err != nil {
			return err
		}
		if n == 0 {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Plan %s exists already.", p.ID), "Nothing was stored.", "Give the new one another ID.")
		}
	} else {
		row, err := w.LockMaintenancePlan(ctx, sqlcgen.LockMaintenancePlanParams{Site: p.Site, ID: p.ID})
		if err != nil {
			return missing(err, "Maintenance plan", p.ID)
		}
		if row.Version != seen {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s changed plan %s meanwhile.", row.ChangedBy, p.ID), "Your change was not stored, it is still in the form.", "Compare and save again.")
		}
		if err := changeReason(reason, "The plan was not changed."); err != nil {
			return err
		}
		if before, err = planOf(row); err != nil {
			return err
		}
		if err := w.ChangeMaintenancePlan(ctx, sqlcgen.ChangeMaintenancePlanParams{Site: p.Site, ID: p.ID, Station: orNull(p.Station), Gauge: orNull(p.Gauge), TriggerOn: string(p.Trigger.On),
			Active: p.Active, Definition: definition, ChangedBy: by.ID}); err != nil {
			return err
		}
	}
	p.Version = seen + 1
	if err := w.tellPlan(ctx, *p); err != nil {
		return err
	}
	return w.audit(by, "plan_stored", "maintenance_plan", p.ID, reason, key, before, p)
}

// changeReason refuses a change without a reason.
func changeReason(reason, kept string) error {
	var f mes.Faults
	f.Check(strings.TrimSpace(reason) != "", "reason", "is missing")
	return f.Err(kept)
}

// tellPlan has the calendar's schedule changed, and the conditions looked at.
func (w *work) tellPlan(ctx context.Context, p mes.MaintenancePlan) error {
	w.tell(p.Site, mes.EventMaintenancePlan, p.ID)
	zone, err := w.zone(ctx, p.Site)
	if err != nil {
		return err
	}
	subject := "maint-plan/" + p.Site + "/" + p.ID
	return w.send(ctx, mes.ToWorkflow, mes.MessagePlanChanged, fmt.Sprintf("%s/%d", subject, p.Version), subject,
		mes.MaintenancePlanChanged{Site: p.Site, Plan: p.ID, Zone: zone.String(), Active: p.Active, Trigger: p.Trigger, Version: p.Version})
}

// watchAnew has the site's conditions looked at.
func (w *work) watchAnew(ctx context.Context, site, key string) error {
	subject := "maint-watch/" + site
	return w.send(ctx, mes.ToWorkflow, mes.MessagePlanChanged, subject+"/"+key, subject, mes.MaintenancePlanChanged{Site: site})
}

// CalendarPlans lists the plans that the calendar makes jobs of.
func (s *Maintenances) CalendarPlans(ctx context.Context) ([]mes.MaintenancePlanChanged, error) {
	rows, err := s.q.CalendarPlans(ctx)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.MaintenancePlanChanged, len(rows))
	for i, r := range rows {
		p, err := planOf(sqlcgen.MaintenancePlan{Site: r.Site, ID: r.ID, Station: r.Station, Gauge: r.Gauge, Active: r.Active, Definition: r.Definition, Version: r.Version})
		if err != nil {
			return nil, err
		}
		out[i] = mes.MaintenancePlanChanged{Site: p.Site, Plan: p.ID, Zone: r.TimeZone, Active: p.Active, Trigger: p.Trigger, Version: p.Version}
	}
	return out, nil
}

// OpenPlanned makes the job of a plan's occurrence, once.
func (s *Maintenances) OpenPlanned(ctx context.Context, site, plan string, at time.Time) (string, error) {
	var out string
	err := s.change(ctx, func(w *work) error {
		row, err := w.LockMaintenancePlan(ctx, sqlcgen.LockMaintenancePlanParams{Site: site, ID: plan})
		if err != nil {
			return missing(err, "Maintenance plan", plan)
		}
		out, err = w.OccurrenceKnown(ctx, sqlcgen.OccurrenceKnownParams{Site: site, Plan: plan, At: at})
		if !errors.Is(err, pgx.ErrNoRows) || !row.Active {
			return okRows(err)
		}
		p, err := planOf(row)
		if err != nil {
			return err
		}
		_, err = w.OpenMaintenanceOfPlan(ctx, sqlcgen.OpenMaintenanceOfPlanParams{Site: site, Plan: plan})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err != nil { // none is open
			zone, err := w.zone(ctx, site)
			if err != nil {
				return err
			}
			r := p.Request(at.UTC().Format(time.RFC3339), "Due by its plan, "+at.In(zone).Format("2 Jan 2006, 15:04 MST")+". "+p.Why, mes.MaintainByCalendar, at)
			if out, err = w.openMaintenance(ctx, mes.Actor{ID: mes.ActorSystem}, r); err != nil {
				return err
			}
		}
		_, err = w.AddOccurrence(ctx, sqlcgen.AddOccurrenceParams{Site: site, Plan: plan, At: at, Job: out})
		w.tell(site, mes.EventMaintenancePlan, plan)
		return err
	})
	return out, err
}

func okRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// watchEvery is how often conditions are looked at.
const watchEvery = 5 * time.Minute

// WatchConditions makes the jobs of conditions that are met, each in a transaction of its own: a plan that can't be read keeps no other back.
func (s *Maintenances) WatchConditions(ctx context.Context, site string) (mes.Reminded, error) {
	now, err := s.q.Now(ctx)
	if err != nil {
		return mes.Reminded{}, translate(err)
	}
	out := mes.Reminded{Now: now}
	plans, err := s.q.ConditionPlans(ctx, site)
	if err != nil || len(plans) == 0 {
		return out, translate(err)
	}
	next := now.Add(watchEvery)
	out.Next = &next
	var failed error
	for _, id := range plans {
		opened, err := s.watch(ctx, site, id)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("plan %s: %w", id, err))
		}
		if opened {
			out.Raised++
		}
	}
	return out, failed
}

// watch looks at one condition. Its job's key holds since when it counts, so that a crossing makes one job whoever looks.
func (s *Maintenances) watch(ctx context.Context, site, id string) (opened bool, err error) {
	err = s.change(ctx, func(w *work) error {
		opened = false
		row, err := w.LockMaintenancePlan(ctx, sqlcgen.LockMaintenancePlanParams{Site: site, ID: id})
		if err != nil || !row.Active {
			return okRows(err)
		}
		_, err = w.OpenMaintenanceOfPlan(ctx, sqlcgen.OpenMaintenanceOfPlanParams{Site: site, Plan: id})
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		p, err := planOf(row)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		g, err := planProgress(ctx, w.Queries, p, row, now)
		if err != nil {
			return err
		}
		if !g.Back && g.Value != nil && !p.Trigger.Beyond(*g.Value) {
			return w.PlanDoneSince(ctx, sqlcgen.PlanDoneSinceParams{Site: site, ID: id, Since: now, Back: true})
		}
		why, due := p.Due(g)
		if !due {
			return nil
		}
		_, err = w.openMaintenance(ctx, mes.Actor{ID: mes.ActorSystem}, p.Request("since/"+row.Since.UTC().Format(time.RFC3339Nano), why, mes.MaintainByCondition, now))
		opened = err == nil
		return err
	})
	return opened, err
}
