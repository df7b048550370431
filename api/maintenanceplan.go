package api

import (
	"context"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) maintenancePlanRoutes() {
	get := func(path, id, short string, table bool) route {
		return route{Method: "GET", Path: "/maintenance" + path, ID: id, Group: "maintenance", Right: policies.MaintenanceRead, Table: table, Short: short}
	}
	put := func(path, id, noun, short string) route {
		return route{Method: "POST", Path: "/maintenance" + path, ID: id, Group: "maintenance", Right: policies.MaintenanceDefine, Command: true, Noun: noun, Short: short}
	}
	handle(s, get("/plans", "listMaintenancePlans", "Plans that make jobs by themselves, with how far each is", true), s.listMaintenancePlans)
	handle(s, put("/plans", "putMaintenancePlan", "maintenance_plan", "Make a plan, or change one that was read at a version"), s.putMaintenancePlan)
	handle(s, get("/points/{station}", "getIsolationPoints", "Where a station is cut off from its energies", false), s.getIsolationPoints)
	handle(s, put("/points/{station}", "putIsolationPoints", "station", "Replace a station's isolation points; planned jobs keep theirs"), s.putIsolationPoints)
	handle(s, get("/codes", "listMaintenanceCodes", "Causes and remedies", true), s.listMaintenanceCodes)
	handle(s, put("/codes", "putMaintenanceCode", "maintenance_code", "Make or change a cause or a remedy"), s.putMaintenanceCode)
}

func (s *Server) listMaintenancePlans(ctx context.Context, _ *TableInput) (*one[mes.Page[mes.MaintenancePlan]], error) {
	return whole(s.Maintenances.Plans(ctx, requestOf(ctx).who.Site))
}

// MaintenancePlanBody is a plan as people write it.
type MaintenancePlanBody struct {
	ID       string                 `json:"id" maxLength:"64"`
	Title    string                 `json:"title" maxLength:"200"`
	Why      string                 `json:"why" maxLength:"2000" doc:"What is to do."`
	Kind     mes.MaintenanceKind    `json:"kind"`
	Station  string                 `json:"station,omitempty" maxLength:"64"`
	Gauge    string                 `json:"gauge,omitempty" maxLength:"64"`
	Severity mes.Severity           `json:"severity"`
	Owner    string                 `json:"owner,omitempty" maxLength:"100"`
	Minutes  int                    `json:"minutes,omitempty" minimum:"0"`
	Running  string                 `json:"running,omitempty" maxLength:"500" doc:"Why the machine need not be locked out for it."`
	Down     bool                   `json:"down,omitempty" doc:"An alarm that stopped the machine takes it out until it is handed back."`
	DueHours int                    `json:"due_hours" minimum:"1" doc:"A job is due so many hours after it was made."`
	Trigger  MaintenanceTriggerBody `json:"trigger"`
	Active   bool                   `json:"active"`
	Version  int64                  `json:"version,omitempty" minimum:"0" doc:"The version that was read; 0 for a new plan."`
	Reason   string                 `json:"reason,omitempty" maxLength:"500" doc:"Needed for a change."`
}

// MaintenanceTriggerBody says when a plan makes a job.
type MaintenanceTriggerBody struct {
	On       mes.TriggerKind `json:"on"`
	At       string          `json:"at,omitempty" maxLength:"5" doc:"Time of day in the site's zone, as 06:00, for calendar."`
	Weekdays []int           `json:"weekdays,omitempty" maxItems:"7" doc:"0 is Sunday; left out, every day."`
	Days     []int           `json:"days,omitempty" maxItems:"31" doc:"Of the month."`
	Months   []int           `json:"months,omitempty" maxItems:"12"`
	Every    int             `json:"every,omitempty" minimum:"0" doc:"Days, hours or pieces."`
	Device   string          `json:"device,omitempty" maxLength:"64"`
	Tag      string          `json:"tag,omitempty" maxLength:"200"`
	Lower    *Amount         `json:"lower,omitempty"`
	Upper    *Amount         `json:"upper,omitempty"`
	Alarm    string          `json:"alarm,omitempty" maxLength:"100" doc:"A code in which * stands for any letters."`
}

func (s *Server) putMaintenancePlan(ctx context.Context, in *struct{ Body MaintenancePlanBody }) (*one[mes.MaintenancePlan], error) {
	r, b, t := requestOf(ctx), in.Body, in.Body.Trigger
	r.subject = b.ID
	p := mes.MaintenancePlan{ID: b.ID, Title: strings.TrimSpace(b.Title), Why: strings.TrimSpace(b.Why), Kind: b.Kind, Station: b.Station, Gauge: b.Gauge, Severity: b.Severity, Owner: b.Owner,
		Minutes: b.Minutes, Running: strings.TrimSpace(b.Running), Down: b.Down, DueHours: b.DueHours, Active: b.Active, Version: b.Version,
		Trigger: mes.MaintenanceTrigger{On: t.On, At: t.At, Weekdays: t.Weekdays, Days: t.Days, Months: t.Months, Every: t.Every, Device: t.Device, Tag: t.Tag, Lower: t.Lower.or(), Upper: t.Upper.or(), Alarm: t.Alarm}}
	return answer(s.Maintenances.PutPlan(ctx, r.key, r.who.Site, r.actor(), p, b.Reason))
}

func (s *Server) getIsolationPoints(ctx context.Context, in *StationPath) (*one[mes.MaintenanceSite], error) {
	return answer(s.Maintenances.Points(ctx, requestOf(ctx).who.Site, in.Station))
}

type putIsolationPointsInput struct {
	StationPath
	Body struct {
		Points  []mes.IsolationPoint `json:"points" maxItems:"100"`
		Version int64                `json:"version" minimum:"0" doc:"The version that was read; 0 where there are none."`
		Reason  string               `json:"reason,omitempty" maxLength:"500" doc:"Needed for a change."`
	}
}

func (s *Server) putIsolationPoints(ctx context.Context, in *putIsolationPointsInput) (*one[mes.MaintenanceSite], error) {
	r := requestOf(ctx)
	return answer(s.Maintenances.PutPoints(ctx, r.key, r.who.Site, r.actor(), mes.MaintenanceSite{Station: in.Station, Points: in.Body.Points, Version: in.Body.Version}, in.Body.Reason))
}

func (s *Server) listMaintenanceCodes(ctx context.Context, _ *TableInput) (*one[mes.Page[mes.MaintenanceCode]], error) {
	return whole(s.Maintenances.Codes(ctx, requestOf(ctx).who.Site))
}

// MaintenanceCodeBody is a code as people write it.
type MaintenanceCodeBody struct {
	Tree   string `json:"tree" enum:"cause,remedy"`
	ID     string `json:"id" maxLength:"64"`
	Parent string `json:"parent,omitempty" maxLength:"64"`
	Name   string `json:"name" maxLength:"100"`
	NameDE string `json:"name_de,omitempty" maxLength:"100"`
	Ended  bool   `json:"ended,omitempty" doc:"Not given any more; old jobs keep it."`
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Needed for a change."`
}

func (s *Server) putMaintenanceCode(ctx context.Context, in *struct{ Body MaintenanceCodeBody }) (*one[mes.MaintenanceCode], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Tree + "/" + b.ID
	return answer(s.Maintenances.PutCode(ctx, r.key, r.who.Site, r.actor(),
		mes.MaintenanceCode{Tree: b.Tree, ID: b.ID, Parent: b.Parent, Name: strings.TrimSpace(b.Name), NameDE: strings.TrimSpace(b.NameDE), Ended: b.Ended}, b.Reason))
}
