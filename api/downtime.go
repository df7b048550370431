package api

import (
	"context"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) downtimeRoutes() {
	handle(s, route{Method: "GET", Path: "/stops", ID: "listStops", Group: "machines", Right: policies.MachineRead, Table: true,
		Short: "Stops of machines, newest first", Long: "Without a window it is the last 24 hours. Micro-stops are left out unless asked for."}, s.listStops)
	handle(s, route{Method: "GET", Path: "/downtime/pareto", ID: "getDowntimePareto", Group: "machines", Right: policies.MachineRead,
		Short: "Where the time went: stops added up by reason, machine, product or shift", Long: "Stops are cut to the window. Micro-stops are counted apart."}, s.getPareto)
	handle(s, route{Method: "GET", Path: "/stop-reasons", ID: "listStopReasons", Group: "machines", Right: policies.MachineRead,
		Short: "The tree of reasons why machines stop"}, s.listStopReasons)
	handle(s, route{Method: "POST", Path: "/stop-reasons/{code}", ID: "putStopReason", Group: "machines", Right: policies.StopReasonWrite, Command: true, Noun: "stop_reason",
		Short: "Make or change an entry of the tree"}, s.putStopReason)
	handle(s, route{Method: "POST", Path: "/machines/{station}/stops/{stop}/reason", ID: "explainStop", Group: "machines", Right: policies.StopExplain, Command: true, Judged: true, Noun: mes.NounStop,
		Short: "Say why a machine stopped", Long: "What the time counts as follows from the reason's category."}, s.explainStop)
	handle(s, route{Method: "POST", Path: "/machines/{station}/stops/{stop}/correct", ID: "correctStop", Group: "machines", Right: policies.StopCorrect, Command: true, Noun: mes.NounStop,
		Short: "Correct what a stretch of the log counts as", Long: "What the machine was seen to do stays beside it."}, s.correctStop)
	handle(s, route{Method: "POST", Path: "/machines/{station}/stops/{stop}/split", ID: "splitStop", Group: "machines", Right: policies.StopCorrect, Command: true, Noun: mes.NounStop,
		Short: "Make two stretches of one"}, s.splitStop)
	handle(s, route{Method: "POST", Path: "/machines/{station}/stops/{stop}/merge", ID: "mergeStops", Group: "machines", Right: policies.StopCorrect, Command: true, Noun: mes.NounStop,
		Short: "Make one stretch of a run of them"}, s.mergeStops)
}

// maxDowntimeDays bounds the window of a list of stops or a Pareto.
const maxDowntimeDays = 366

// DowntimeInput narrows stops.
type DowntimeInput struct {
	From        time.Time          `query:"from" doc:"Left out, it is 24 hours before the end."`
	Until       time.Time          `query:"until" doc:"Left out, it is now."`
	Station     []string           `query:"station" maxItems:"50"`
	Line        string             `query:"line" maxLength:"64"`
	Product     string             `query:"product" maxLength:"64" doc:"What was made before the machine stopped."`
	Shift       string             `query:"shift" maxLength:"64"`
	State       []mes.MachineState `query:"state" maxItems:"8" enum:"running,idle,blocked,starved,setup,planned_down,unplanned_down,unknown" doc:"Left out, all that are stops."`
	Reason      string             `query:"reason" maxLength:"64"`
	Unexplained bool               `query:"unexplained" doc:"Only those that ask for their reason."`
}

func (s *Server) downtimeFilter(ctx context.Context, in DowntimeInput) (mes.DowntimeFilter, error) {
	from, until, err := s.window(in.From, in.Until, 24*time.Hour, maxDowntimeDays)
	return mes.DowntimeFilter{Site: requestOf(ctx).who.Site, From: from, Until: until, Stations: in.Station, Line: in.Line, Product: in.Product, Shift: in.Shift, States: in.State, Reason: in.Reason,
		Unexplained: in.Unexplained}, err
}

type stopsInput struct {
	ListInput
	DowntimeInput
	Micro bool `query:"micro" doc:"Micro-stops, too."`
}

func (s *Server) listStops(ctx context.Context, in *stopsInput) (*one[mes.Page[mes.Stop]], error) {
	f, err := s.downtimeFilter(ctx, in.DowntimeInput)
	if err != nil {
		return nil, err
	}
	f.Paging, f.Micro = in.paging(), in.Micro
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Stop], error) { return s.Stops.Stops(ctx, f) })
}

type paretoInput struct {
	DowntimeInput
	By mes.ParetoBy `query:"by" enum:"reason,station,product,shift" default:"reason"`
}

func (s *Server) getPareto(ctx context.Context, in *paretoInput) (*one[mes.Pareto], error) {
	f, err := s.downtimeFilter(ctx, in.DowntimeInput)
	if err != nil {
		return nil, err
	}
	return answer(s.Stops.Pareto(ctx, f, in.By))
}

func (s *Server) listStopReasons(ctx context.Context, _ *struct{}) (*one[mes.Page[mes.StopReason]], error) {
	return whole(s.Stops.Reasons(ctx, requestOf(ctx).who.Site))
}

// PutStopReason is an entry as it shall be.
type PutStopReason struct {
	Parent   string            `json:"parent,omitempty" maxLength:"40" doc:"Code of its group; empty makes it a group."`
	Names    map[string]string `json:"names" doc:"By language: en and de."`
	Category mes.StopCategory  `json:"category" enum:"unplanned,planned,setup"`
	Alarms   []string          `json:"alarms,omitempty" maxItems:"50" doc:"Codes of machine alarms that propose it."`
	Stations []string          `json:"stations,omitempty" maxItems:"200" doc:"The only ones where it can be chosen."`
	Position int               `json:"position,omitempty"`
	Active   bool              `json:"active"`
	Version  int64             `json:"version" doc:"The version that was read; 0 for a new one."`
	Why      string            `json:"why" minLength:"1" maxLength:"500"`
}

type putStopReasonInput struct {
	Code string `path:"code" maxLength:"40"`
	Body PutStopReason
}

func (s *Server) putStopReason(ctx context.Context, in *putStopReasonInput) (*one[mes.StopReason], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = in.Code
	if strings.TrimSpace(b.Why) == "" {
		var f mes.Faults
		f.Add("why", "is missing")
		return nil, f.Err("The stop reason was not changed.")
	}
	return answer(s.Stops.PutReason(ctx, r.actor(), r.who.Site, mes.StopReason{Code: in.Code, Parent: b.Parent, Names: b.Names, Category: b.Category, Alarms: b.Alarms, Stations: b.Stations,
		Position: b.Position, Active: b.Active, Version: b.Version}, strings.TrimSpace(b.Why)))
}

// StopPath names a stretch of a machine's log.
type StopPath struct {
	StationPath
	Stop int64 `path:"stop" minimum:"1"`
}

// ExplainStop names the reason of a stop.
type ExplainStop struct {
	Reason  string `json:"reason" minLength:"1" maxLength:"40" doc:"Code of a stop reason."`
	Note    string `json:"note,omitempty" maxLength:"500"`
	Version int64  `json:"version" doc:"The version that was read."`
	Why     string `json:"why,omitempty" maxLength:"500" doc:"Needed to change a reason that was given before."`
}

type explainStopInput struct {
	StopPath
	Body ExplainStop
}

func (s *Server) explainStop(ctx context.Context, in *explainStopInput) (*one[mes.StateStretch], error) {
	r, b := requestOf(ctx), in.Body
	if err := s.decide(ctx, mes.Case{At: in.Station, Kept: "The stop has no new reason."}); err != nil {
		return nil, err
	}
	return answer(s.Stops.Explain(ctx, r.scopedKey(), r.who.Site, in.Station, in.Stop, r.actor(), mes.Explanation{Reason: b.Reason, Note: strings.TrimSpace(b.Note), Version: b.Version, Why: b.Why}))
}

// CorrectStop is what a stretch counts as from now on.
type CorrectStop struct {
	State   mes.MachineState `json:"state,omitempty" enum:",running,idle,blocked,starved,setup,planned_down,unplanned_down,unknown" doc:"Empty leaves it, or takes it from a new reason's category."`
	Reason  string           `json:"reason,omitempty" maxLength:"40" doc:"Empty takes the reason away."`
	Note    string           `json:"note,omitempty" maxLength:"500"`
	Version int64            `json:"version" doc:"The version that was read."`
	Why     string           `json:"why" minLength:"1" maxLength:"500"`
}

type correctStopInput struct {
	StopPath
	Body CorrectStop
}

func (s *Server) correctStop(ctx context.Context, in *correctStopInput) (*one[mes.StateStretch], error) {
	r, b := requestOf(ctx), in.Body
	return answer(s.Stops.Correct(ctx, r.scopedKey(), r.who.Site, in.Station, in.Stop, r.actor(), mes.StopCorrection{State: b.State, Reason: b.Reason, Note: strings.TrimSpace(b.Note), Version: b.Version, Why: b.Why}))
}

// SplitStop says where a stretch is cut.
type SplitStop struct {
	At      time.Time `json:"at"`
	Version int64     `json:"version" doc:"The version that was read."`
	Why     string    `json:"why" minLength:"1" maxLength:"500"`
}

type splitStopInput struct {
	StopPath
	Body SplitStop
}

func (s *Server) splitStop(ctx context.Context, in *splitStopInput) (*one[mes.Page[mes.StateStretch]], error) {
	r, b := requestOf(ctx), in.Body
	return whole(s.Stops.Split(ctx, r.scopedKey(), r.who.Site, in.Station, in.Stop, r.actor(), b.At, b.Version, b.Why))
}

// MergeStops names the last stretch of a run that begins with the one in the address.
type MergeStops struct {
	Last    int64  `json:"last" minimum:"1"`
	Version int64  `json:"version" doc:"The version of the first one that was read."`
	Why     string `json:"why" minLength:"1" maxLength:"500"`
}

type mergeStopsInput struct {
	StopPath
	Body MergeStops
}

func (s *Server) mergeStops(ctx context.Context, in *mergeStopsInput) (*one[mes.StateStretch], error) {
	r, b := requestOf(ctx), in.Body
	return answer(s.Stops.Merge(ctx, r.scopedKey(), r.who.Site, in.Station, in.Stop, b.Last, r.actor(), b.Version, b.Why))
}
