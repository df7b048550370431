package api

import (
	"context"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) callRoutes() {
	get := func(path, id, short string, table bool) route {
		return route{Method: "GET", Path: path, ID: id, Group: "calls", Right: policies.CallRead, Short: short, Table: table}
	}
	list := get("/calls", "listCalls", "Calls for help: open ones first, then newest first", true)
	list.Long = "Sorts: open_at, station, kind, response, state."
	handle(s, list, s.listCalls)
	handle(s, get("/call-times", "getCallTimes", "How long people took to come, and to mend it: median and 90th percentile (nearest rank)", true), s.getCallTimes)
	handle(s, get("/calls/{call}", "getCall", "A call with its story, and what happens next if nobody does anything", false),
		func(ctx context.Context, in *CallPath) (*one[mes.CallView], error) {
			return answer(s.Calls.Get(ctx, requestOf(ctx).who.Site, in.Call))
		})
	handle(s, route{Method: "POST", Path: "/calls", ID: "raiseCall", Group: "calls", Right: policies.CallRaise, Command: true, Noun: mes.NounCall, Status: http.StatusCreated,
		Short: "Call for help at a station", Long: "From a registered terminal the station is the terminal's when it is left out."}, s.raiseCall)
	command := func(verb, id, short string) route {
		return route{Method: "POST", Path: "/calls/{call}/" + verb, ID: id, Group: "calls", Right: policies.CallAnswer, Command: true, Noun: mes.NounCall, Short: short}
	}
	handle(s, command("acknowledge", "acknowledgeCall", "Say that one is coming. Who is called may, or whoever stands above"), s.acknowledgeCall)
	handle(s, command("resolve", "resolveCall", "End a call because its cause is gone"), s.resolveCall)
	handle(s, command("cancel", "cancelCall", "Take back a call that was a mistake"), s.cancelCall)
	s.andonRoutes()
}

func (s *Server) andonRoutes() {
	handle(s, route{Method: "GET", Path: "/andon/plan", ID: "getAndonPlan", Group: "calls", Right: policies.CallRead, Short: "Kinds of call, escalation, what machines call for, boards"},
		func(ctx context.Context, _ *struct{}) (*one[mes.AndonPlan], error) {
			return answer(s.Calls.Plan(ctx, requestOf(ctx).who.Site))
		})
	handle(s, route{Method: "PUT", Path: "/andon/plan", ID: "putAndonPlan", Group: "calls", Right: policies.AndonPlan, Command: true, Noun: "site",
		Short: "Change the plan of calls. Calls that are open keep theirs"}, s.putAndonPlan)
	handle(s, route{Method: "GET", Path: "/safety", ID: "getSafety", Group: "calls", Right: policies.CallRead, Short: "When the last accident was, as somebody said"}, s.getSafety)
	handle(s, route{Method: "POST", Path: "/safety", ID: "recordSafety", Group: "calls", Right: policies.SafetyRecord, Command: true, Noun: "site",
		Short: "Say when the last accident was"}, s.recordSafety)
}

// CallPath names a call in an address.
type CallPath struct {
	Call string `path:"call" maxLength:"32"`
}

type callListInput struct {
	ListInput
	Line    string          `query:"line" maxLength:"64"`
	Station string          `query:"station" maxLength:"64"`
	Kind    mes.CallKind    `query:"kind" maxLength:"64"`
	State   []mes.CallState `query:"state" doc:"Any of these states, separated by commas."`
	Open    bool            `query:"open" doc:"Only those that have not ended."`
	From    time.Time       `query:"from"`
	Until   time.Time       `query:"until"`
}

func (s *Server) listCalls(ctx context.Context, in *callListInput) (*one[mes.Page[mes.Call]], error) {
	f := mes.CallFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Line: in.Line, Station: in.Station, Kind: in.Kind, States: in.State, Open: in.Open, From: in.From, Until: in.Until}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Call], error) { return s.Calls.List(ctx, f) })
}

type callTimesInput struct {
	By     mes.CallBy `query:"by" enum:"kind,station,shift" default:"kind"`
	From   string     `query:"from" format:"date" doc:"First day, in the site's zone. Left out, 30 days ago."`
	To     string     `query:"to" format:"date" doc:"Last day, included. Left out, today."`
	Format string     `query:"format" enum:"json,csv"`
}

// CallReport tells how calls were answered.
type CallReport struct {
	By    mes.CallBy      `json:"by"`
	From  time.Time       `json:"from"`
	Until time.Time       `json:"until"`
	Rows  []mes.CallTally `json:"rows"`
}

// callDays is how far back a report reaches by itself.
const callDays = 30

func (s *Server) getCallTimes(ctx context.Context, in *callTimesInput) (*one[CallReport], error) {
	name := requestOf(ctx).who.Site
	site, err := s.plants.site(ctx, name)
	if err != nil {
		return nil, err
	}
	today := mes.DayOf(s.Now(), site.zone)
	from, to := today.Add(-callDays), today
	var f mes.Faults
	for _, day := range []struct {
		name, text string
		out        *mes.Day
	}{{"from", in.From, &from}, {"to", in.To, &to}} {
		if day.text != "" {
			err := day.out.UnmarshalText([]byte(day.text))
			f.Check(err == nil, "query."+day.name, "%q is no date", day.text)
		}
	}
	f.Check(!to.Before(from), "query.to", "must not be before from")
	if err := f.Err("The report can't be made like this."); err != nil {
		return nil, err
	}
	span := mes.Span{From: from.At(0, site.zone), Until: to.Add(1).At(0, site.zone)}
	calls, err := s.Calls.Times(ctx, name, span)
	if err != nil {
		return nil, err
	}
	shifts, err := s.Shifts.Plan(ctx, name)
	return answer(CallReport{By: in.By, From: span.From, Until: span.Until, Rows: mes.TallyCalls(calls, in.By, shifts.Shifts, site.zone)}, err)
}

func (s *Server) raiseCall(ctx context.Context, in *struct{ Body mes.CallRequest }) (*one[mes.Call], error) {
	r := requestOf(ctx)
	c := in.Body
	if c.Station == "" {
		c.Station = r.station
	}
	c.Site, c.Key = r.who.Site, r.scopedKey()
	return answer(s.Calls.Raise(ctx, r.actor(), c))
}

func (s *Server) acknowledgeCall(ctx context.Context, in *CallPath) (*one[mes.Call], error) {
	r := requestOf(ctx)
	return answer(s.Calls.Acknowledge(ctx, r.scopedKey(), r.who.Site, in.Call, r.actor(), r.who.Roles))
}

type resolveCallInput struct {
	CallPath
	Body struct {
		Note string `json:"note,omitempty" maxLength:"300" doc:"What was done."`
	}
}

func (s *Server) resolveCall(ctx context.Context, in *resolveCallInput) (*one[mes.Call], error) {
	r := requestOf(ctx)
	return answer(s.Calls.Resolve(ctx, r.scopedKey(), r.who.Site, in.Call, r.actor(), r.who.Roles, in.Body.Note))
}

type cancelCallInput struct {
	CallPath
	Body struct {
		Reason string `json:"reason" maxLength:"300"`
	}
}

func (s *Server) cancelCall(ctx context.Context, in *cancelCallInput) (*one[mes.Call], error) {
	r := requestOf(ctx)
	return answer(s.Calls.Cancel(ctx, r.scopedKey(), r.who.Site, in.Call, r.actor(), r.who.Roles, in.Body.Reason))
}

type putAndonPlanInput struct {
	Body struct {
		Plan   mes.AndonPlan `json:"plan"`
		Reason string        `json:"reason" maxLength:"300"`
	}
}

func (s *Server) putAndonPlan(ctx context.Context, in *putAndonPlanInput) (*one[mes.AndonPlan], error) {
	r := requestOf(ctx)
	return answer(s.Calls.PutPlan(ctx, r.actor(), r.who.Site, in.Body.Plan, in.Body.Reason))
}

// SafetyView is when the last accident was, with the days since.
type SafetyView struct {
	Known bool              `json:"known" doc:"False before anybody has said it."`
	Last  *mes.SafetyRecord `json:"last,omitempty"`
	Days  int               `json:"days"`
}

func (s *Server) getSafety(ctx context.Context, _ *struct{}) (*one[SafetyView], error) {
	name := requestOf(ctx).who.Site
	site, err := s.plants.site(ctx, name)
	if err != nil {
		return nil, err
	}
	last, known, err := s.Calls.Safety(ctx, name)
	if err != nil || !known {
		return answer(SafetyView{}, err)
	}
	return answer(SafetyView{Known: true, Last: &last, Days: last.DaysWithout(s.Now(), site.zone)}, nil)
}

type recordSafetyInput struct {
	Body struct {
		LastAccident mes.Day `json:"last_accident" doc:"Date of the last accident with lost time, or of the day that one counts from."`
		Reason       string  `json:"reason" maxLength:"300"`
	}
}

func (s *Server) recordSafety(ctx context.Context, in *recordSafetyInput) (*one[mes.SafetyRecord], error) {
	r := requestOf(ctx)
	return answer(s.Calls.RecordSafety(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Body.LastAccident, in.Body.Reason))
}
