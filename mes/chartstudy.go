package mes

import (
	"errors"
	"math"
	"slices"

	"github.com/steelthread/steelthread/mes/spc"
)

// ChartStudy is phase I as a person looks at it: the points of a window, held against the limits that would follow from them.
type ChartStudy struct {
	Chart    Chart        `json:"chart"`
	Baseline spc.Baseline `json:"baseline"`
	Window   StudyWindow  `json:"window"`
	Points   []ChartPoint `json:"points"`
	// Flagged counts the kept points that break a rule: limits should come from a process in control.
	Flagged int `json:"flagged"`
}

// stat is a point's subgroup as the mathematics take it.
func (p ChartPoint) stat() spc.Stat {
	s := spc.Stat{N: p.N, Value: p.Value, Spread: math.NaN()}
	if p.Spread != nil {
		s.Spread = *p.Spread
	}
	return s
}

// StudyPoints makes the limits that the points of the window would have, and holds the points against them. Excluded points
// are shown and count for nothing; the moving range goes from one kept point to the next.
func StudyPoints(c Chart, w StudyWindow, points []ChartPoint) (ChartStudy, error) {
	if err := w.Validate(); err != nil {
		return ChartStudy{}, err
	}
	out := ChartStudy{Chart: c, Window: w, Points: slices.Clone(points)}
	why := map[int64]string{}
	for _, e := range w.Excluded {
		why[e.Seq] = e.Reason
	}
	var stats []spc.Stat
	before := math.NaN()
	for i := range out.Points {
		p := &out.Points[i]
		if p.Excluded = why[p.Seq]; p.Excluded != "" {
			continue
		}
		s := p.stat()
		if c.moving(s) {
			s.Spread = math.Abs(s.Value - before)
			before = s.Value
		}
		stats = append(stats, s)
	}
	var err error
	if out.Baseline, err = spc.Fit(c.Kind, stats, c.Options); err != nil {
		return out, unfit(err)
	}
	out.judge(stats)
	return out, nil
}

// moving tells that a subgroup's spread is the distance to the one before it.
func (c Chart) moving(s spc.Stat) bool {
	return c.Kind == spc.IMR || c.Kind.Weighted() && s.N == 1
}

func (s *ChartStudy) judge(stats []spc.Stat) {
	judged := spc.Batch(s.Baseline, s.Chart.Rules, stats)
	next := 0
	for i := range s.Points {
		p := &s.Points[i]
		p.Limits, p.Flags, p.SecondFlags, p.Rules = 0, []spc.Flag{}, []spc.Flag{}, []string{}
		if p.Excluded != "" {
			none := math.NaN()
			l := s.Baseline.Location(p.N, max(next, 1))
			p.Judged(spc.Point{Stat: p.stat(), Plot: p.Value, Second: none, Line: l, SecondLine: spc.Line{Centre: none, Sigma: none, Lower: none, Upper: none}})
			continue
		}
		p.Judged(judged[next])
		if next++; len(p.Rules) > 0 {
			s.Flagged++
		}
	}
}

// unfit says in a person's words why points make no limits.
func unfit(err error) error {
	do := "Wait for more points, or choose a longer window."
	switch {
	case errors.Is(err, spc.ErrNoSpread):
		do = "Look whether the gauge resolves the differences, or wait until something was found."
	case errors.Is(err, spc.ErrVaries):
		do = "Use a chart u for areas of different size."
	}
	return Refuse(CodeUnprocessable, "No limits follow from these points: "+err.Error()+".", "Nothing was stored.", do)
}

// CapabilityReport compares the values of a window with the specification.
type CapabilityReport struct {
	Chart string `json:"chart"`
	spc.Capability
	Unit      string        `json:"unit"`
	SpecLower *Decimal      `json:"spec_lower,omitempty"`
	SpecUpper *Decimal      `json:"spec_upper,omitempty"`
	Histogram spc.Histogram `json:"histogram"`
	From      int64         `json:"from"`
	To        int64         `json:"to"`
	// SpecChanged says that the specification changed within the window; the newest is used.
	SpecChanged bool `json:"spec_changed"`
	// Unstable says that points of the window broke a rule: the indices say little about a process out of control.
	Unstable bool `json:"unstable"`
}

// CapabilityOf computes the report from the points of a window with their values.
func CapabilityOf(c Chart, points []ChartPoint) (CapabilityReport, error) {
	out := CapabilityReport{Chart: c.ID}
	if c.Kind.Counts() {
		return out, Refuse(CodeUnprocessable, "A chart that counts has no capability index.", "", "Look at its centre: the mean fraction or rate.")
	}
	var stats []spc.Stat
	var values []float64
	for i, p := range points {
		if i > 0 && !(sameLimit(p.SpecLower, out.SpecLower) && sameLimit(p.SpecUpper, out.SpecUpper)) {
			out.SpecChanged = true
		}
		out.SpecLower, out.SpecUpper, out.Unit = p.SpecLower, p.SpecUpper, p.Unit
		out.Unstable = out.Unstable || len(p.Flags)+len(p.SecondFlags) > 0
		s := p.stat()
		if i == 0 && c.moving(s) {
			s.Spread = math.NaN() // its neighbour is outside the window
		}
		stats = append(stats, s)
		for _, v := range p.Values {
			values = append(values, v.InexactFloat64())
		}
	}
	if len(points) > 0 {
		out.From, out.To = points[0].Seq, points[len(points)-1].Seq
	}
	within := math.NaN()
	switch m, err := spc.Fit(c.Kind, stats, c.Options); {
	case err == nil:
		within = m.Sigma
	case errors.Is(err, spc.ErrNoSpread):
		within = 0
	}
	spec := spc.Spec{Lower: floatOf(out.SpecLower), Upper: floatOf(out.SpecUpper)}
	var err error
	if out.Capability, err = spc.Capable(values, within, spec); err != nil {
		return out, Refuse(CodeUnprocessable, "There is no capability: "+err.Error()+".", "", "Choose another window, or look at the specification in the routing.")
	}
	if math.IsNaN(within) {
		out.Within = 0
	}
	out.Histogram = spc.Bin(values)
	return out, nil
}

func sameLimit(a, b *Decimal) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(*b))
}

func floatOf(d *Decimal) *float64 {
	if d == nil {
		return nil
	}
	return new(d.InexactFloat64())
}
