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

func init() {
	reactions[mes.ReactMaintenance] = reactByMaintenance
	machineHooks = append(machineHooks, maintainOnAlarm)
}

// reactByMaintenance asks for a job at the station that the rule's last event names. The rule has one open job in one group.
func reactByMaintenance(ctx context.Context, w *work, f mes.Firing) (string, error) {
	last := f.Last()
	station := last.Station
	if f.Rule.Group == mes.GroupStation {
		station = f.Group
	}
	if station == "" && f.Rule.Group == mes.GroupDevice {
		var err error
		if station, err = w.StationOfDevice(ctx, f.Group); err != nil {
			return "", err
		}
	}
	title := []rune(f.Rule.Name + ": " + last.Text)
	return w.openMaintenance(ctx, mes.Actor{ID: mes.ActorSystem}, mes.MaintenanceRequest{Site: f.Rule.Site, Key: "firing/" + f.ID, Kind: mes.MaintainCorrective, Station: station,
		Severity: f.Rule.Severity, Source: mes.MaintainByRule, Title: string(title[:min(len(title), 100)]), Why: f.Why(), Rule: f.Rule.ID, Group: f.Group})
}

// maintainOnAlarm opens the jobs of plans that an alarm fits, once while one of the plan is open. It refuses nothing: an alarm is stored even
// where its job can't be.
func maintainOnAlarm(ctx context.Context, w *work, c mes.MachineChange) error {
	if c.Alarm == "" {
		return nil
	}
	rows, err := w.AlarmPlans(ctx, c.Station)
	if err != nil {
		return err
	}
	for _, row := range rows {
		p, err := planOf(row)
		if err != nil {
			return err
		}
		if !p.Trigger.Fits(c.Alarm) {
			continue
		}
		why := fmt.Sprintf("Alarm %s of %s. %s", c.Alarm, c.Station, p.Why)
		if c.Text != "" {
			why = fmt.Sprintf("Alarm %s of %s: %s. %s", c.Alarm, c.Station, strings.TrimRight(c.Text, ". "), p.Why)
		}
		r := p.Request("alarm/"+c.Alarm+"/"+c.At.UTC().Format(time.RFC3339Nano), why, mes.MaintainByAlarm, c.At)
		r.Alarm = c.Alarm
		if p.Down && c.After == mes.MachineUnplannedDown {
			r.Down, r.DownFrom = true, &c.At
		}
		if _, err := w.openOfPlan(ctx, p, r); err != nil {
			var refused *mes.Error
			if !errors.As(err, &refused) || refused.Retry || refused.Code == mes.CodeInternal || refused.Code == mes.CodeUnavailable {
				return err
			}
		}
	}
	return nil
}

// openOfPlan opens a plan's job unless one of it is open, which it then names. The plan's row lock keeps two from opening two.
func (w *work) openOfPlan(ctx context.Context, p mes.MaintenancePlan, r mes.MaintenanceRequest) (id string, err error) {
	if _, err := w.LockMaintenancePlan(ctx, sqlcgen.LockMaintenancePlanParams{Site: p.Site, ID: p.ID}); err != nil {
		return "", missing(err, "Maintenance plan", p.ID)
	}
	id, err = w.OpenMaintenanceOfPlan(ctx, sqlcgen.OpenMaintenanceOfPlanParams{Site: p.Site, Plan: p.ID})
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	return w.openMaintenance(ctx, mes.Actor{ID: mes.ActorSystem}, r)
}

// openMaintenance opens a job in the transaction that makes it necessary, once per key, and names it.
func (w *work) openMaintenance(ctx context.Context, by mes.Actor, r mes.MaintenanceRequest) (string, error) {
	now, err := w.Now(ctx)
	if err != nil {
		return "", err
	}
	if err := r.Validate(now); err != nil {
		return "", err
	}
	if id, err := w.maintenanceKnown(ctx, r); id != "" || err != nil {
		return id, err
	}
	points, err := w.maintenancePlace(ctx, r)
	if err != nil {
		return "", err
	}
	n, err := w.NextMaintenance(ctx, r.Site)
	if err != nil {
		return "", err
	}
	j := r.Open(mes.MaintenanceID(n), by, now.UTC(), points)
	return j.ID, w.addMaintenance(ctx, by, j, r)
}

// maintenanceKnown finds the job that the same request opened, or that the same rule has open.
func (w *work) maintenanceKnown(ctx context.Context, r mes.MaintenanceRequest) (string, error) {
	lock := r.Key
	if r.Outside != "" {
		lock = "outside/" + r.Outside
	} else if r.Rule != "" {
		lock = "rule/" + r.Rule + "/" + r.Group
	}
	if err := w.LockMaintenanceKey(ctx, sqlcgen.LockMaintenanceKeyParams{Site: r.Site, Key: lock}); err != nil {
		return "", err
	}
	id, err := w.MaintenanceByKey(ctx, r.Key)
	if errors.Is(err, pgx.ErrNoRows) && r.Outside != "" {
		id, err = w.MaintenanceByOutside(ctx, sqlcgen.MaintenanceByOutsideParams{Site: r.Site, Outside: r.Outside})
	}
	if errors.Is(err, pgx.ErrNoRows) && r.Rule != "" {
		id, err = w.OpenMaintenanceOfRule(ctx, sqlcgen.OpenMaintenanceOfRuleParams{Site: r.Site, Rule: r.Rule, RuleGroup: r.Group})
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// maintenancePlace refuses what the plant does not have, and reads the station's isolation points. A machine that is down is barred under
// its station's lock, so that no start slips past.
func (w *work) maintenancePlace(ctx context.Context, r mes.MaintenanceRequest) ([]mes.IsolationPoint, error) {
	if err := w.capaPeople(ctx, r.Owner); err != nil {
		return nil, err
	}
	if r.Gauge != "" {
		if _, err := w.GaugeByID(ctx, sqlcgen.GaugeByIDParams{Site: r.Site, ID: r.Gauge}); err != nil {
			return nil, missing(err, "Gauge", r.Gauge)
		}
	}
	if r.Station == "" {
		return nil, nil
	}
	if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: r.Site, Station: r.Station}); err != nil {
		return nil, missing(err, "Station", r.Station)
	}
	if r.Down {
		if _, err := w.LockStation(ctx, r.Station); err != nil {
			return nil, missing(err, "Station", r.Station)
		}
	}
	return w.pointsOf(ctx, r.Site, r.Station)
}

func (w *work) pointsOf(ctx context.Context, site, station string) ([]mes.IsolationPoint, error) {
	row, err := w.MaintenancePointsOf(ctx, sqlcgen.MaintenancePointsOfParams{Site: site, Station: station})
	if errors.Is(err, pgx.ErrNoRows) {
		return []mes.IsolationPoint{}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []mes.IsolationPoint
	return out, json.Unmarshal(row.Points, &out)
}

// addMaintenance writes a new job, tells who must act, the outside CMMS, and starts its workflow.
func (w *work) addMaintenance(ctx context.Context, by mes.Actor, j mes.MaintenanceJob, r mes.MaintenanceRequest) error {
	record, err := json.Marshal(j.Record)
	if err != nil {
		return err
	}
	err = w.AddMaintenance(ctx, sqlcgen.AddMaintenanceParams{Site: j.Site, ID: j.ID, Key: r.Key, Kind: string(j.Kind), State: string(j.State), Station: orNull(j.Station), Gauge: orNull(j.Gauge),
		Severity: string(j.Severity), Source: string(j.Source), Title: j.Title, Why: j.Why, Plan: j.Plan, Rule: j.Rule, RuleGroup: j.Group, Alarm: j.Alarm, Outside: j.Outside, Owner: j.Owner,
		RaisedBy: j.RaisedBy, RaisedAt: j.RaisedAt, DueAt: j.DueAt, TakesOut: j.TakesOut, OutFrom: j.OutFrom, Minutes: j.Minutes, DownFrom: j.DownFrom, OutSince: j.DownFrom, Record: record})
	if err != nil {
		return err
	}
	if err := w.maintenanceRaised(ctx, j); err != nil {
		return err
	}
	if err := w.tellMaintenance(ctx, mes.MessageMaintenanceOpened, j, true, j.RaisedAt); err != nil {
		return err
	}
	return w.audit(by, "requested", mes.NounMaintenance, j.ID, j.Why, r.Key, nil, map[string]any{"title": j.Title, "kind": j.Kind, "station": j.Station, "gauge": j.Gauge, "severity": j.Severity,
		"source": j.Source, "plan": j.Plan, "alarm": j.Alarm, "outside": j.Outside, "due_at": j.DueAt, "down_from": j.DownFrom})
}

func (w *work) maintenanceRaised(ctx context.Context, j mes.MaintenanceJob) error {
	at := j.Station
	if at == "" {
		at = j.Gauge
	}
	a := mes.Alert{Site: j.Site, Kind: mes.AlertMaintenanceRaised, Severity: j.Severity, Noun: mes.NounMaintenance, Subject: j.ID, Account: j.Owner,
		Text: fmt.Sprintf("%s at %s is asked for: %s", j.ID, at, j.Title)}
	if j.Owner == "" {
		a.Role = mes.RoleMaintenance
	}
	return w.alert(ctx, "maint/"+j.Site+"/"+j.ID+"/raised", a)
}

// tellMaintenance tells the workflow, in the order of the commits, and the screens; and the outside CMMS where its state is another.
func (w *work) tellMaintenance(ctx context.Context, kind string, j mes.MaintenanceJob, outside bool, now time.Time) error {
	w.tell(j.Site, mes.EventMaintenance, j.ID)
	if j.Station != "" {
		w.tell(j.Site, mes.EventStation, j.Station)
	}
	subject := "maint/" + j.Site + "/" + j.ID
	key := fmt.Sprintf("%s/%d", subject, j.Version)
	if err := w.send(ctx, mes.ToWorkflow, kind, key, subject, mes.MaintenanceChanged{Site: j.Site, Job: j.ID}); err != nil || !outside {
		return err
	}
	return w.send(ctx, mes.ToCMMS, mes.MessageMaintenanceTold, key, subject, j.Told(now))
}

// Request opens a job on a person's or a program's word.
func (s *Maintenances) Request(ctx context.Context, by mes.Actor, r mes.MaintenanceRequest) (mes.MaintenanceJob, error) {
	r.Key = "maint/" + r.Site + "/request#" + by.ID + "#" + r.Key
	var id string
	err := s.change(ctx, func(w *work) error {
		var err error
		id, err = w.openMaintenance(ctx, by, r)
		return err
	})
	if err != nil {
		return mes.MaintenanceJob{}, err
	}
	return s.Get(ctx, r.Site, id)
}
