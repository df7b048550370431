package api

import (
	"context"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) chartRoutes() {
	handle(s, route{Method: "GET", Path: "/spc/charts", ID: "listCharts", Group: "spc", Right: policies.ChartRead, Table: true, Short: "Control charts, by name"}, s.listCharts)
	handle(s, route{Method: "GET", Path: "/spc/charts/{chart}", ID: "getChart", Group: "spc", Right: policies.ChartRead, Short: "A chart, and where it stands"}, s.getChart)
	handle(s, route{Method: "POST", Path: "/spc/charts/{chart}", ID: "putChart", Group: "spc", Right: policies.ChartDefine, Command: true, Noun: "chart",
		Short: "Make a chart, or change its name, rules and settings",
		Long:  "What a chart watches and how its points are made stays: make another chart for that."}, s.putChart)
	handle(s, route{Method: "GET", Path: "/spc/charts/{chart}/points", ID: "listChartPoints", Group: "spc", Right: policies.ChartRead, Table: true,
		Short: "A chart's points, oldest first, as they were judged when they came"}, s.listPoints)
	handle(s, route{Method: "GET", Path: "/spc/charts/{chart}/study", ID: "studyChart", Group: "spc", Right: policies.ChartRead,
		Short: "Phase I: what limits a window of points would give. Nothing is stored"}, s.studyChart)
	handle(s, route{Method: "GET", Path: "/spc/charts/{chart}/limits", ID: "listChartLimits", Group: "spc", Right: policies.ChartRead,
		Short: "Every version of a chart's limits, newest first"}, s.listLimits)
	handle(s, route{Method: "POST", Path: "/spc/charts/{chart}/limits", ID: "proposeChartLimits", Group: "spc", Right: policies.ChartDefine, Command: true, Noun: "chart",
		Short: "Freeze the limits of a window as a new version", Long: "The version comes into force once quality approves it."}, s.proposeLimits)
	handle(s, route{Method: "POST", Path: "/spc/charts/{chart}/limits/{version}/approve", ID: "approveChartLimits", Group: "spc", Right: policies.ChartApprove, Command: true, Noun: "chart",
		Short: "Put a version of limits into force for the points that come from now on"}, s.approveLimits)
	handle(s, route{Method: "GET", Path: "/spc/charts/{chart}/capability", ID: "getCapability", Group: "spc", Right: policies.ChartRead,
		Short: "Compare the values of a window of points with the specification",
		Long:  "Cp and Cpk are of the standard deviation within subgroups, Pp and Ppk of the overall one. A one-sided specification has Cpu and Ppu, or Cpl and Ppl, only."}, s.capability)
	handle(s, route{Method: "GET", Path: "/spc/alarms", ID: "listChartAlarms", Group: "spc", Right: policies.ChartRead, Table: true,
		Short: "Alarms of control charts, newest first"}, s.listAlarms)
	handle(s, route{Method: "POST", Path: "/spc/alarms/{alarm}/acknowledge", ID: "acknowledgeChartAlarm", Group: "spc", Right: policies.AlarmAcknowledge, Command: true, Noun: "chart_alarm",
		Short: "Say what an alarm was about, and what was done"}, s.acknowledgeAlarm)
}

type chartListInput struct {
	ListInput
	State   mes.ChartState `query:"state" enum:"no_limits,in_control,alarm,paused"`
	Product string         `query:"product" maxLength:"64"`
	Station string         `query:"station" maxLength:"64"`
}

func (s *Server) listCharts(ctx context.Context, in *chartListInput) (*one[mes.Page[mes.ChartStatus]], error) {
	f := mes.ChartFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, State: in.State, Product: in.Product, Station: in.Station}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.ChartStatus], error) { return s.Charts.List(ctx, f) })
}

// ChartPath names a chart in an address.
type ChartPath struct {
	Chart string `path:"chart" maxLength:"64"`
}

func (s *Server) getChart(ctx context.Context, in *ChartPath) (*one[mes.ChartStatus], error) {
	return answer(s.Charts.Get(ctx, requestOf(ctx).who.Site, in.Chart))
}

// PutChart is a chart as it shall be.
type PutChart struct {
	Name           string       `json:"name" maxLength:"200"`
	Kind           spc.Kind     `json:"kind"`
	Product        string       `json:"product,omitempty" maxLength:"64"`
	Operation      string       `json:"operation,omitempty" maxLength:"64"`
	Step           string       `json:"step,omitempty" maxLength:"64"`
	Plan           string       `json:"plan,omitempty" maxLength:"64" doc:"An inspection plan, in the place of product, operation and step."`
	Characteristic string       `json:"characteristic,omitempty" maxLength:"64" doc:"Left out, charts p and np count the step's own result."`
	Station        string       `json:"station,omitempty" maxLength:"64"`
	Grouping       mes.Grouping `json:"grouping"`
	Size           int          `json:"size,omitempty" doc:"Values, or inspected units, of a subgroup of the grouping run."`
	Rules          []spc.Rule   `json:"rules" maxItems:"8"`
	Lambda         float64      `json:"lambda,omitempty" doc:"Weight of the newest value of an EWMA; 0.2 when left out."`
	Width          float64      `json:"width,omitempty" doc:"Limits of an EWMA in its standard deviations; 2.86 when left out."`
	K              float64      `json:"k,omitempty" doc:"What a CUSUM lets pass, in standard deviations; 0.5 when left out."`
	H              float64      `json:"h,omitempty" doc:"Where a CUSUM signals, in standard deviations; 5 when left out."`
	Active         bool         `json:"active"`
	Version        int          `json:"version" doc:"The version that was read; 0 for a new chart."`
	Reason         string       `json:"reason,omitempty" maxLength:"500" doc:"Needed for a change."`
}

type putChartInput struct {
	ChartPath
	Body PutChart
}

func (s *Server) putChart(ctx context.Context, in *putChartInput) (*one[mes.Chart], error) {
	r, b := requestOf(ctx), in.Body
	reason := strings.TrimSpace(b.Reason)
	if b.Version > 0 && reason == "" {
		return nil, unreasoned("The chart was not changed.")
	}
	c := mes.Chart{ID: in.Chart, Site: r.who.Site, Name: strings.TrimSpace(b.Name), Kind: b.Kind, Product: b.Product, Operation: b.Operation, Step: b.Step, Plan: b.Plan,
		Characteristic: b.Characteristic, Station: b.Station, Grouping: b.Grouping, Size: b.Size, Rules: b.Rules, Active: b.Active, Version: b.Version,
		Options: spc.Options{Lambda: b.Lambda, Width: b.Width, K: b.K, H: b.H}}
	return answer(s.Charts.Put(ctx, r.actor(), c, reason))
}

func unreasoned(what string) error {
	var f mes.Faults
	f.Add("reason", "is missing")
	return f.Err(what)
}

// WindowInput names points by their numbers, both ends included.
type WindowInput struct {
	From int64 `query:"from" minimum:"0" doc:"Number of the first point; 0 takes the first there is."`
	To   int64 `query:"to" minimum:"0" doc:"Number of the last point; 0 takes the newest."`
}

type pointListInput struct {
	ChartPath
	ListInput
	WindowInput
	Last int `query:"last" minimum:"0" maximum:"10000" doc:"Only the newest so many."`
}

func (s *Server) listPoints(ctx context.Context, in *pointListInput) (*one[mes.Page[mes.ChartPoint]], error) {
	f := mes.PointFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Chart: in.Chart, From: in.From, To: in.To, Last: in.Last}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.ChartPoint], error) { return s.Charts.Points(ctx, f) })
}

type studyInput struct {
	ChartPath
	WindowInput
	Excluded []int64 `query:"excluded" maxItems:"500" doc:"Numbers of points to leave out. Their causes are named when the limits are proposed."`
}

func (s *Server) studyChart(ctx context.Context, in *studyInput) (*one[mes.ChartStudy], error) {
	w := mes.StudyWindow{From: in.From, To: in.To}
	for _, seq := range in.Excluded {
		w.Excluded = append(w.Excluded, mes.Exclusion{Seq: seq, Reason: "left out"})
	}
	return answer(s.Charts.Study(ctx, requestOf(ctx).who.Site, in.Chart, w))
}

// LimitVersions are a chart's limits.
type LimitVersions struct {
	Items []mes.ChartLimits `json:"items"`
}

func (s *Server) listLimits(ctx context.Context, in *ChartPath) (*one[LimitVersions], error) {
	v, err := s.Charts.Limits(ctx, requestOf(ctx).who.Site, in.Chart)
	return answer(LimitVersions{Items: v}, err)
}

// ProposeLimits is the window of phase I.
type ProposeLimits struct {
	From     int64           `json:"from" minimum:"0"`
	To       int64           `json:"to" minimum:"0"`
	Excluded []mes.Exclusion `json:"excluded,omitempty" maxItems:"500" doc:"Points that are left out, each with its cause."`
	Reason   string          `json:"reason" minLength:"1" maxLength:"500"`
}

type proposeLimitsInput struct {
	ChartPath
	Body ProposeLimits
}

func (s *Server) proposeLimits(ctx context.Context, in *proposeLimitsInput) (*one[mes.ChartLimits], error) {
	r, b := requestOf(ctx), in.Body
	reason := strings.TrimSpace(b.Reason)
	if reason == "" {
		return nil, unreasoned("No limits were proposed.")
	}
	w := mes.StudyWindow{From: b.From, To: b.To, Excluded: b.Excluded}
	return answer(s.Charts.Propose(ctx, r.scopedKey(), r.actor(), r.who.Site, in.Chart, w, reason))
}

type approveLimitsInput struct {
	ChartPath
	Version int `path:"version" minimum:"1"`
	Body    Because
}

func (s *Server) approveLimits(ctx context.Context, in *approveLimitsInput) (*one[mes.ChartLimits], error) {
	r, reason := requestOf(ctx), strings.TrimSpace(in.Body.Reason)
	if reason == "" {
		return nil, unreasoned("The limits were not approved.")
	}
	return answer(s.Charts.Approve(ctx, r.actor(), r.who.Site, in.Chart, in.Version, reason))
}

type capabilityInput struct {
	ChartPath
	WindowInput
}

func (s *Server) capability(ctx context.Context, in *capabilityInput) (*one[mes.CapabilityReport], error) {
	return answer(s.Charts.Capability(ctx, requestOf(ctx).who.Site, in.Chart, in.From, in.To))
}

type alarmListInput struct {
	ListInput
	Chart string `query:"chart" maxLength:"64"`
	Open  bool   `query:"open" doc:"Only those that nobody has acknowledged yet."`
}

func (s *Server) listAlarms(ctx context.Context, in *alarmListInput) (*one[mes.Page[mes.ChartAlarm]], error) {
	f := mes.AlarmFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Chart: in.Chart, Open: in.Open}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.ChartAlarm], error) { return s.Charts.Alarms(ctx, f) })
}

type acknowledgeInput struct {
	Alarm string `path:"alarm" maxLength:"64"`
	Body  Because
}

func (s *Server) acknowledgeAlarm(ctx context.Context, in *acknowledgeInput) (*one[mes.ChartAlarm], error) {
	r, reason := requestOf(ctx), strings.TrimSpace(in.Body.Reason)
	if reason == "" {
		return nil, unreasoned("The alarm was not acknowledged.")
	}
	return answer(s.Charts.Acknowledge(ctx, r.actor(), r.who.Site, in.Alarm, reason))
}
