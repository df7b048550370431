package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) labourRoutes() {
	handle(s, route{Method: "GET", Path: "/labour/codes", ID: "listLabourCodes", Group: "labour", Right: policies.LabourClock, Short: "Kinds of time that belong to no order"},
		func(ctx context.Context, _ *struct{}) (*one[mes.Page[mes.LabourCode]], error) {
			return whole(s.Labour.Codes(ctx))
		})
	handle(s, route{Method: "GET", Path: "/labour/running", ID: "getRunningLabour", Group: "labour", Right: policies.LabourClock,
		Short: "What the clock runs on now", Long: "With a station: everyone who works there. Without: the one who asks."}, s.runningLabour)
	post := func(path, id, short string, right policies.Right) route {
		return route{Method: "POST", Path: "/labour/" + path, ID: id, Group: "labour", Right: right, Command: true, Noun: "labour", Short: short}
	}
	handle(s, post("clock-on", "clockOn", "Begin on a running lot, or on indirect time", policies.LabourClock), s.clocking(mes.Labour.ClockOn))
	handle(s, post("clock-off", "clockOff", "End on a lot, indirect time, or everything", policies.LabourClock), s.clocking(mes.Labour.ClockOff))
	handle(s, post("corrections", "correctLabour", "Say what somebody worked in a span of time", policies.LabourCorrect), s.correctLabour)
	handle(s, route{Method: "GET", Path: "/labour/days", ID: "getLabourDays", Group: "labour", Right: policies.LabourRead, Table: true,
		Short: "Time by day, person and kind", Long: "Days by the site's calendar, at most 31. The JSON form has every entry besides."}, s.labourDays)
	handle(s, route{Method: "GET", Path: "/work-orders/{number}/labour", ID: "getOrderLabour", Group: "labour", Right: policies.LabourRead, Table: true,
		Short: "Labour of an order, by operation and person"}, s.orderLabour)
}

// Clocking is whom and what to clock on or off.
type Clocking struct {
	Badge string `json:"badge,omitempty" maxLength:"100" doc:"Whose badge was scanned at the station; left out, it is the one who is signed in."`
	Lot   string `json:"lot,omitempty" maxLength:"64"`
	Code  string `json:"code,omitempty" maxLength:"64" doc:"Of indirect time."`
}

type clockingInput struct {
	Body Clocking
}

type runningInput struct {
	Station string `query:"station" maxLength:"64"`
}

func (s *Server) runningLabour(ctx context.Context, in *runningInput) (*one[mes.Page[mes.LabourEntry]], error) {
	who := requestOf(ctx).who
	if in.Station != "" {
		return whole(s.Labour.Running(ctx, who.Site, "", in.Station))
	}
	return whole(s.Labour.Running(ctx, who.Site, who.ID, ""))
}

type clockWith func(l mes.Labour, ctx context.Context, key, site string, by mes.Actor, c mes.Clocking) ([]mes.LabourEntry, error)

// clocking clocks the signed-in person, or at a station whoever's badge was scanned: time, not authority, hangs on it,
// so the badge alone is enough, and the entry names both.
func (s *Server) clocking(do clockWith) func(context.Context, *clockingInput) (*one[mes.Page[mes.LabourEntry]], error) {
	return func(ctx context.Context, in *clockingInput) (*one[mes.Page[mes.LabourEntry]], error) {
		r, b := requestOf(ctx), in.Body
		c := mes.Clocking{Account: r.who.ID, Lot: b.Lot, Code: b.Code}
		var f mes.Faults
		f.Check(b.Lot == "" || b.Code == "", "code", "give a lot or a code, not both")
		f.Check(b.Badge == "" || r.station != "", "badge", "badges of others are taken at a registered terminal only")
		f.Check(b.Lot != "" || b.Code != "" || r.route.ID != "clockOn", "lot", "give a lot or a code")
		if err := f.Err("Nobody was clocked."); err != nil {
			return nil, err
		}
		if b.Badge != "" {
			a, err := s.Accounts.ByBadge(ctx, b.Badge)
			if err != nil {
				return nil, err
			}
			c.Account = a.ID
		}
		r.subject = c.Account
		return whole(do(s.Labour, ctx, r.scopedKey(), r.who.Site, r.actor(), c))
	}
}

type correctionInput struct {
	Body mes.LabourCorrection
}

func (s *Server) correctLabour(ctx context.Context, in *correctionInput) (*one[mes.Page[mes.LabourEntry]], error) {
	r := requestOf(ctx)
	r.subject = in.Body.Account
	return whole(s.Labour.Correct(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Body))
}

type labourDaysInput struct {
	From    string `query:"from" format:"date" doc:"First day; left out, it is today."`
	Days    int    `query:"days" minimum:"1" maximum:"31" default:"1"`
	Account string `query:"account" maxLength:"100"`
	Format  string `query:"format" enum:"json,csv"`
}

func (s *Server) labourDays(ctx context.Context, in *labourDaysInput) (*one[mes.LabourDays], error) {
	who := requestOf(ctx).who
	site, err := s.plants.site(ctx, who.Site)
	if err != nil {
		return nil, err
	}
	day := s.Now().In(site.zone).Format(time.DateOnly)
	if in.From != "" {
		day = in.From
	}
	from, err := time.ParseInLocation(time.DateOnly, day, site.zone)
	if err != nil {
		var f mes.Faults
		f.Add("query.from", "%q is not a day such as 2026-06-01", day)
		return nil, f.Err("The report was not made.")
	}
	return answer(s.Labour.Days(ctx, who.Site, in.Account, from, in.Days))
}

type orderLabourInput struct {
	Number string `path:"number" maxLength:"40"`
	Format string `query:"format" enum:"json,csv"`
}

func (s *Server) orderLabour(ctx context.Context, in *orderLabourInput) (*one[mes.OrderLabour], error) {
	return answer(s.Labour.Order(ctx, requestOf(ctx).who.Site, in.Number))
}
