package mes

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes/spc"
)

// ChartState is where a chart stands. It is also the word on the screen.
type ChartState string

// The states.
const (
	ChartNoLimits  ChartState = "no_limits" // nobody froze limits yet: points are drawn and not judged
	ChartInControl ChartState = "in_control"
	ChartAlarmed   ChartState = "alarm" // an alarm is open, or the last point broke a rule
	ChartPaused    ChartState = "paused"
)

// ChartStatus is a chart with where it stands.
type ChartStatus struct {
	Chart
	State ChartState `json:"state"`
	// Points made so far, and readings that wait for the rest of their subgroup.
	Points  int64 `json:"points"`
	Pending int64 `json:"pending"`
	// Limits is the version in force, 0 for none.
	Limits int        `json:"limits"`
	Alarms int64      `json:"alarms"` // open ones
	LastAt *time.Time `json:"last_at,omitempty"`
	Last   *float64   `json:"last,omitempty"` // what the last point shows
	Unit   string     `json:"unit,omitempty"`
}

// ChartFilter narrows the list of charts, by name. Zero fields do not narrow.
type ChartFilter struct {
	Paging
	Site    string
	State   ChartState
	Product string
	Station string
}

// PointFilter reads points, oldest first. Last, when over 0, takes the newest so many only.
type PointFilter struct {
	Paging
	Site     string
	Chart    string
	From, To int64 // by number, both included; 0 is open
	Last     int
}

// Plot names one of a chart's two plots.
type Plot string

// The plots.
const (
	PlotMain   Plot = "main"
	PlotSecond Plot = "second" // ranges, deviations, the lower sum
)

// MaxAlarmPoints is how many points an alarm names; a run that goes on for days is told by its first and last.
const MaxAlarmPoints = 100

// ChartAlarm tells that a chart left control: one rule, one run of points. A run that goes on makes the alarm's list of points
// longer and opens no second one.
type ChartAlarm struct {
	ID      string   `json:"id"`
	Site    string   `json:"site"`
	Chart   string   `json:"chart"`
	Name    string   `json:"name"` // the chart's
	Plot    Plot     `json:"plot"`
	Rule    spc.Rule `json:"rule"`
	Side    spc.Side `json:"side"`
	Limits  int      `json:"limits"` // the version that was broken
	First   int64    `json:"first"`  // the point that completed the pattern
	Last    int64    `json:"last"`   // the newest that still completes it
	Points  []int64  `json:"points"` // those that take part, the first MaxAlarmPoints of a long run
	Lot     string   `json:"lot,omitempty"`
	Station string   `json:"station,omitempty"`
	Text    string   `json:"text"`

	OpenedAt       time.Time  `json:"opened_at"`
	AcknowledgedAt *time.Time `json:"acknowledged_at,omitempty"`
	AcknowledgedBy string     `json:"acknowledged_by,omitempty"`
	Reason         string     `json:"reason,omitempty"`
}

// AlarmFilter narrows the list of alarms, newest first. Zero fields do not narrow.
type AlarmFilter struct {
	Paging
	Site  string
	Chart string
	Open  bool
}

// AlarmText says what a chart's alarm is about.
func AlarmText(c Chart, plot Plot, f spc.Flag, seq int64) string {
	what := ruleText[f.Rule]
	switch f.Side {
	case spc.Above:
		what += ", above the centre"
	case spc.Below:
		what += ", below the centre"
	}
	if f.Rule == spc.N3 {
		what = map[spc.Side]string{spc.Above: "six points in a row rise", spc.Below: "six points in a row fall"}[f.Side]
	}
	if plot == PlotSecond && !c.Kind.Weighted() {
		what = "the spread is " + map[spc.Side]string{spc.Above: "over its upper limit", spc.Below: "under its lower limit"}[f.Side]
	}
	return fmt.Sprintf("%s, point %d: %s (%s)", c.Name, seq, what, f.Rule)
}

var ruleText = map[spc.Rule]string{
	spc.WE1: "one point is beyond 3 sigma", spc.WE2: "2 of 3 points are beyond 2 sigma", spc.WE3: "4 of 5 points are beyond 1 sigma", spc.WE4: "8 points in a row are on one side",
	spc.N1: "one point is beyond 3 sigma", spc.N2: "9 points in a row are on one side", spc.N4: "14 points in a row go up and down", spc.N5: "2 of 3 points are beyond 2 sigma",
	spc.N6: "4 of 5 points are beyond 1 sigma", spc.N7: "15 points in a row are within 1 sigma", spc.N8: "8 points in a row are beyond 1 sigma on both sides",
	spc.Limit: "the point is beyond its limit",
}

// Charts keeps control charts, their points, limits and alarms.
type Charts interface {
	// List reads a page. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f ChartFilter) (Page[ChartStatus], error)
	// Get reads one chart. Codes: not_found.
	Get(ctx context.Context, site, id string) (ChartStatus, error)
	// Put makes a chart, or changes one's name, rules, settings and whether it is active. Version must be the one that was
	// read, 0 for a new one. What it watches and how its points are made stays. Codes: unprocessable, conflict.
	Put(ctx context.Context, by Actor, c Chart, reason string) (Chart, error)
	// Points reads a page of points. Codes: not_found, unprocessable (cursor).
	Points(ctx context.Context, f PointFilter) (Page[ChartPoint], error)
	// Study computes what limits a window would give and stores nothing. Codes: not_found, unprocessable.
	Study(ctx context.Context, site, id string, w StudyWindow) (ChartStudy, error)
	// Limits lists a chart's versions, newest first. Codes: not_found.
	Limits(ctx context.Context, site, id string) ([]ChartLimits, error)
	// Propose freezes the limits of a window as a new version, which is not in force yet. Once per key.
	// Codes: not_found, unprocessable.
	Propose(ctx context.Context, key string, by Actor, site, id string, w StudyWindow, reason string) (ChartLimits, error)
	// Approve puts a version into force: points that come from now on are held against it. Codes: not_found, conflict (in
	// force already).
	Approve(ctx context.Context, by Actor, site, id string, version int, reason string) (ChartLimits, error)
	// Capability compares the values of a window of points with the specification. Codes: not_found, unprocessable.
	Capability(ctx context.Context, site, id string, from, to int64) (CapabilityReport, error)
	// Alarms reads a page. Codes: unprocessable (cursor).
	Alarms(ctx context.Context, f AlarmFilter) (Page[ChartAlarm], error)
	// Acknowledge closes an alarm on a person's word. Codes: not_found, conflict (acknowledged already).
	Acknowledge(ctx context.Context, by Actor, site, id, reason string) (ChartAlarm, error)
	// Observe takes an observation that has no transaction of its own, once per key.
	Observe(ctx context.Context, o Observation) error
}
