package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) figureRoutes() {
	handle(s, route{Method: "GET", Path: "/oee", ID: "getOEE", Group: "oee", Right: policies.FigureRead, Table: true,
		Short: "OEE and the key figures of ISO 22400-2 of a station or a line, with what they are made of",
		Long: "Times are in seconds. A ratio of 0 to 1 is `value`; null is not defined, and `why` says why. Without a shift and a window it is the shift that runs, or the last one that ran. " +
			"As a table: all figures of the equipment and of the stations of its line."}, s.getOEE)
	handle(s, route{Method: "GET", Path: "/oee/losses/{kind}/events", ID: "listLossEvents", Group: "oee", Right: policies.FigureRead, Table: true,
		Short: "The events that a loss is made of, in order of time"}, s.listLossEvents)
	handle(s, route{Method: "POST", Path: "/oee/targets", ID: "setOEETarget", Group: "oee", Right: policies.FigureAim, Command: true, Noun: "equipment",
		Short: "Set what the OEE of a station or a line is aimed at"}, s.aimOEE)
}

// WindowOfFigures names equipment and a window.
type WindowOfFigures struct {
	Equipment string    `query:"equipment" required:"true" minLength:"1" maxLength:"64" doc:"Station or line."`
	Shift     string    `query:"shift" maxLength:"64" doc:"A shift of the calendar, with day."`
	Day       string    `query:"day" format:"date" doc:"The day on which the shift begins."`
	From      time.Time `query:"from" doc:"Any window instead of a shift, of 35 days at most."`
	Until     time.Time `query:"until" doc:"Left out, until now."`
	Product   string    `query:"product" maxLength:"64"`
	Order     string    `query:"order" maxLength:"64" doc:"Without a window, from the order's first start to its last end."`
	Format    string    `query:"format" enum:"json,csv"`
}

func (in WindowOfFigures) filter(ctx context.Context) (mes.FigureFilter, error) {
	out := mes.FigureFilter{Site: requestOf(ctx).who.Site, Equipment: in.Equipment, Shift: in.Shift, From: in.From, Until: in.Until, Product: in.Product, Order: in.Order}
	var f mes.Faults
	f.Check((in.Shift == "") == (in.Day == ""), "query.day", "goes with a shift")
	f.Check(in.Shift == "" || in.From.IsZero() && in.Until.IsZero(), "query.from", "is another window than the shift")
	f.Check(out.Day.UnmarshalText([]byte(in.Day)) == nil, "query.day", "is no day such as 2026-11-24")
	return out, f.Err("There are no figures of this window.")
}

func (s *Server) getOEE(ctx context.Context, in *WindowOfFigures) (*one[mes.FigureReport], error) {
	f, err := in.filter(ctx)
	if err != nil {
		return nil, err
	}
	return answer(s.Figures.Report(ctx, f))
}

type lossInput struct {
	WindowOfFigures
	Kind   string `path:"kind" enum:"unplanned_down,setup,blocked,starved,idle,unknown,short_stop,slow_cycle,reject,running,break,planned_down"`
	Reason string `query:"reason" maxLength:"64" doc:"Code of a stop reason; - asks for what nobody has explained. Left out, all."`
}

func (s *Server) listLossEvents(ctx context.Context, in *lossInput) (*one[mes.Page[mes.LossEvent]], error) {
	f, err := in.filter(ctx)
	if err != nil {
		return nil, err
	}
	return whole(s.Figures.Events(ctx, f, in.Kind, in.Reason))
}

// NewOEETarget is what OEE is aimed at, and why.
type NewOEETarget struct {
	Equipment string `json:"equipment" minLength:"1" maxLength:"64"`
	Target    Amount `json:"target" doc:"Above 0 and at most 1."`
	Reason    string `json:"reason" minLength:"1" maxLength:"500"`
}

func (s *Server) aimOEE(ctx context.Context, in *struct{ Body NewOEETarget }) (*nothing, error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Equipment
	return &nothing{}, s.Figures.Aim(ctx, r.actor(), r.who.Site, b.Equipment, b.Target.Decimal, b.Reason)
}
