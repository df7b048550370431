package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) shiftRoutes() {
	post := func(path, id string, right policies.Right, short string) route {
		return route{Method: "POST", Path: "/shifts" + path, ID: id, Group: "shifts", Right: right, Command: true, Noun: "shift", Short: short}
	}
	handle(s, route{Method: "GET", Path: "/shifts", ID: "getShifts", Group: "shifts", Right: policies.ShiftRead,
		Short: "Shifts, who works when, and who is let in outside their shift"}, s.shiftPlan)
	handle(s, post("", "putShift", policies.ShiftManage, "Store or change a shift"), s.putShift)
	handle(s, post("/tolerance", "setShiftTolerance", policies.ShiftManage, "Set how long before and after a shift its people may work"), s.tolerateShift)
	handle(s, post("/assignments", "assignShift", policies.ShiftManage, "Put a person on a shift"), s.assignShift)
	handle(s, post("/assignments/{id}/end", "endShiftAssignment", policies.ShiftManage, "Take a person off a shift"), s.unassignShift)
	handle(s, post("/overrides", "overrideShift", policies.ShiftOverride, "Let a person work outside their shifts for some hours"), s.overrideShift)
}

// Shifts are a site's shifts with the people who can be put on them.
type Shifts struct {
	mes.ShiftPlan
	People []ShiftPerson `json:"people" doc:"Active people of the site."`
}

// ShiftPerson is somebody who can be put on a shift.
type ShiftPerson struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (s *Server) shiftPlan(ctx context.Context, _ *struct{}) (*one[Shifts], error) {
	site := requestOf(ctx).who.Site
	plan, err := s.Shifts.Plan(ctx, site)
	if err != nil {
		return nil, err
	}
	accounts, err := s.Accounts.List(ctx, site)
	out := Shifts{ShiftPlan: plan, People: []ShiftPerson{}}
	for _, a := range accounts {
		if a.Active && a.Kind == mes.AccountPerson {
			out.People = append(out.People, ShiftPerson{a.ID, a.Name})
		}
	}
	return answer(out, err)
}

// ShiftChange is a shift as it is to be, and why.
type ShiftChange struct {
	mes.Shift
	Because
}

func (s *Server) putShift(ctx context.Context, in *struct{ Body ShiftChange }) (*one[mes.Shift], error) {
	r, n := requestOf(ctx), in.Body.Shift
	r.subject = n.ID
	return answer(n, s.Shifts.Put(ctx, r.actor(), r.who.Site, n, in.Body.Reason))
}

// ShiftTolerance is how long before and after a shift its people may work.
type ShiftTolerance struct {
	Minutes int    `json:"minutes" minimum:"0" maximum:"240"`
	Reason  string `json:"reason" minLength:"1" maxLength:"500"`
}

func (s *Server) tolerateShift(ctx context.Context, in *struct{ Body ShiftTolerance }) (*one[ShiftTolerance], error) {
	r := requestOf(ctx)
	return answer(in.Body, s.Shifts.Tolerate(ctx, r.actor(), r.who.Site, in.Body.Minutes, in.Body.Reason))
}

// NewAssignment puts a person on a shift.
type NewAssignment struct {
	Account string  `json:"account" minLength:"1" maxLength:"100"`
	Shift   string  `json:"shift" minLength:"1" maxLength:"64"`
	From    mes.Day `json:"from" doc:"First day, by the day on which the shift begins."`
	Until   mes.Day `json:"until,omitzero" doc:"Last day; left out, for good."`
	Because
}

func (s *Server) assignShift(ctx context.Context, in *struct{ Body NewAssignment }) (*one[mes.ShiftAssignment], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Account
	return answer(s.Shifts.Assign(ctx, r.actor(), r.who.Site, mes.ShiftAssignment{Account: b.Account, Shift: b.Shift, From: b.From, Until: b.Until}, b.Reason))
}

type unassignInput struct {
	ID   string `path:"id" maxLength:"20"`
	Body HoldReason
}

func (s *Server) unassignShift(ctx context.Context, in *unassignInput) (*nothing, error) {
	r := requestOf(ctx)
	return &nothing{}, s.Shifts.Unassign(ctx, r.actor(), r.who.Site, in.ID, in.Body.Reason)
}

// NewOverride lets a person in.
type NewOverride struct {
	Account string  `json:"account" minLength:"1" maxLength:"100"`
	Hours   float64 `json:"hours" exclusiveMinimum:"0" maximum:"12"`
	Reason  string  `json:"reason" minLength:"1" maxLength:"500"`
}

func (s *Server) overrideShift(ctx context.Context, in *struct{ Body NewOverride }) (*one[mes.ShiftOverride], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Account
	return answer(s.Shifts.Override(ctx, r.actor(), r.who.Site, b.Account, b.Hours, b.Reason))
}
