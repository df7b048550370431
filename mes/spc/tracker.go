package spc

import (
	"math"
	"slices"
)

// Point is a subgroup as it stands on its chart.
type Point struct {
	Stat
	// I numbers the points under one baseline from 1.
	I int
	// Plot is what the main plot shows: the value, the moving average, or the upper sum. Second is the second plot's: the
	// spread, or the lower sum, which is not above 0; NaN where there is none.
	Plot, Second float64
	// Line and SecondLine are what they are held against; SecondLine is of NaN where there is none.
	Line, SecondLine Line
	// Flags are the patterns of the main plot that the point completes, SecondFlags those of the second.
	Flags, SecondFlags []Flag
}

// Tracker puts points on a chart under one baseline, one at a time.
type Tracker struct {
	baseline Baseline
	runs     *Runs
	i        int
	smooth   float64
	up       float64
	down     float64
}

// NewTracker starts a chart. Weighted charts have one rule of their own, so the zone rules are left out there.
func NewTracker(m Baseline, rules []Rule) *Tracker {
	if m.Kind.Weighted() {
		rules = nil
	}
	return &Tracker{baseline: m, runs: NewRuns(rules), smooth: m.Mean}
}

// Resume goes on behind points that were put on the chart before, oldest first: the last Memory of them are enough.
func Resume(m Baseline, rules []Rule, before []Point) *Tracker {
	t := NewTracker(m, rules)
	for _, p := range before {
		t.i = p.I
		if m.Kind.Weighted() {
			t.smooth, t.up, t.down = p.Plot, p.Plot, p.Second
			continue
		}
		t.runs.Add(m.Location(p.N, p.I).Distance(p.Plot), p.Plot)
	}
	return t
}

// Add puts the next subgroup on the chart.
func (t *Tracker) Add(s Stat) Point {
	t.i++
	none := math.NaN()
	p := Point{Stat: s, I: t.i, Plot: s.Value, Second: s.Spread, Line: t.baseline.Location(s.N, t.i), SecondLine: Line{none, none, none, none}}
	switch t.baseline.Kind {
	case EWMA:
		t.smooth = t.baseline.Lambda*s.Value + (1-t.baseline.Lambda)*t.smooth
		p.Plot, p.Second = t.smooth, none
		p.Flags = beyond(p.Line, p.Plot)
	case CUSUM:
		t.sum(&p)
	default:
		p.Flags = t.runs.Add(p.Line.Distance(p.Plot), p.Plot)
		t.second(&p)
	}
	return p
}

// Members are the points that make the pattern of a flag of the main plot that the newest point has, by their number I.
func (t *Tracker) Members(f Flag) []int {
	out := []int{}
	if f.Rule == Limit {
		return append(out, t.i)
	}
	for _, back := range t.runs.Members(f) {
		out = append(out, t.i-back)
	}
	slices.Reverse(out)
	return out
}

// sum carries the two sums on.
func (t *Tracker) sum(p *Point) {
	let := t.baseline.K * p.Line.Sigma
	t.up = math.Max(0, t.up+p.Value-t.baseline.Mean-let)
	t.down = math.Min(0, t.down+p.Value-t.baseline.Mean+let)
	p.Plot, p.Second, p.SecondLine = t.up, t.down, p.Line
	p.Flags, p.SecondFlags = beyond(p.Line, p.Plot), beyond(p.SecondLine, p.Second)
}

// second holds the spread against its limits. Ranges and deviations are not spread evenly about their centre, so no zone
// rule is asked there, only the limits.
func (t *Tracker) second(p *Point) {
	l, ok := t.baseline.Spread(p.N)
	if !ok || math.IsNaN(p.Spread) {
		p.Second = math.NaN()
		return
	}
	p.SecondLine = l
	p.SecondFlags = beyond(l, p.Second)
}

// beyond flags a point outside its limits. A point on a limit is not outside.
func beyond(l Line, v float64) []Flag {
	room := slack * l.Sigma
	switch {
	case v > l.Upper+room:
		return []Flag{{Limit, Above}}
	case v < l.Lower-room:
		return []Flag{{Limit, Below}}
	}
	return nil
}

// Batch puts all subgroups on a chart.
func Batch(m Baseline, rules []Rule, stats []Stat) []Point {
	t := NewTracker(m, rules)
	out := make([]Point, len(stats))
	for i, s := range stats {
		out[i] = t.Add(s)
	}
	return out
}
