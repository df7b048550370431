package spc

import (
	"errors"
	"fmt"
	"math"
)

// Options are what a chart of weighted points is set to. Zero fields take the value in brackets.
type Options struct {
	Lambda float64 `json:"lambda,omitempty"` // weight of the newest value of an EWMA, from over 0 to 1 (0.2)
	Width  float64 `json:"width,omitempty"`  // limits of an EWMA in its standard deviations (2.86, which goes with 0.2)
	K      float64 `json:"k,omitempty"`      // what a CUSUM lets pass, in standard deviations of a point (0.5)
	H      float64 `json:"h,omitempty"`      // where a CUSUM signals, in standard deviations of a point (5)
}

func (o Options) orDefault() Options {
	for _, v := range []struct {
		at *float64
		to float64
	}{{&o.Lambda, 0.2}, {&o.Width, 2.86}, {&o.K, 0.5}, {&o.H, 5}} {
		if *v.at == 0 {
			*v.at = v.to
		}
	}
	return o
}

// Validate refuses settings with which no chart can be drawn.
func (o Options) Validate() error {
	o = o.orDefault()
	if !(o.Lambda > 0 && o.Lambda <= 1) || !(o.Width > 0 && o.Width <= 10) || !(o.K >= 0 && o.K <= 10) || !(o.H > 0 && o.H <= 100) {
		return errors.New("lambda must be over 0 and at most 1, the width over 0 and at most 10, k from 0 to 10, h over 0 and at most 100")
	}
	return nil
}

// Baseline is what phase I found out about a process: the two numbers that all limits follow from, whatever the size of a
// later subgroup. It is frozen; no later point changes it.
type Baseline struct {
	Kind Kind `json:"kind"`
	// Mean is the grand mean, the mean count of an inspected unit, or the mean fraction.
	Mean float64 `json:"mean"`
	// Sigma is the standard deviation of single values within subgroups; 0 where the chart counts, since counts have their
	// own: binomial or Poisson.
	Sigma float64 `json:"sigma"`
	// Points is how many subgroups it was made from, Values how many values or inspected units.
	Points int     `json:"points"`
	Values float64 `json:"values"`
	Options
}

// The reasons why no baseline can be made.
var (
	ErrFew      = errors.New("at least two subgroups are needed")
	ErrNoSpread = errors.New("the values do not differ, so there are no limits: sigma is 0")
	ErrVaries   = errors.New("the chart needs subgroups of one size")
)

// Fit makes a baseline of the subgroups of phase I.
//
// Sigma is the mean of R/d2(n), or of S/c4(n), over the subgroups that have a spread; for single values the mean moving range
// over d2(2).
func Fit(k Kind, stats []Stat, o Options) (Baseline, error) {
	m := Baseline{Kind: k, Points: len(stats), Options: o.orDefault()}
	if err := o.Validate(); err != nil {
		return Baseline{}, err
	}
	if !k.Known() {
		return Baseline{}, fmt.Errorf("%q is no kind of chart", k)
	}
	if len(stats) < 2 {
		return Baseline{}, ErrFew
	}
	var total, n float64
	for _, s := range stats {
		if !finite(s.Value) || !(s.N > 0) {
			return Baseline{}, ErrNotNumber
		}
		n += s.N
		if k == NP || k == C {
			total += s.Value
		} else {
			total += s.Value * s.N
		}
	}
	m.Mean, m.Values = total/n, n
	if k.Counts() {
		return m.counting(stats)
	}
	m.Sigma = sigmaWithin(k, stats)
	if math.IsNaN(m.Sigma) {
		return Baseline{}, ErrSize
	}
	if !(m.Sigma > 0) {
		return Baseline{}, ErrNoSpread
	}
	return m, nil
}

// counting finishes a baseline of counts. A process in which nothing, or everything, is found has no limits yet.
func (m Baseline) counting(stats []Stat) (Baseline, error) {
	if m.Kind == C {
		for _, s := range stats {
			if s.N != stats[0].N {
				return Baseline{}, ErrVaries
			}
		}
	}
	if m.Mean <= 0 || !m.Kind.Defects() && m.Mean >= 1 {
		return Baseline{}, ErrNoSpread
	}
	return m, nil
}

// sigmaWithin is the mean of the subgroups' own estimates; NaN when none has a spread.
func sigmaWithin(k Kind, stats []Stat) float64 {
	var m Moments
	for _, s := range stats {
		if finite(s.Spread) {
			m.Add(s.Spread / perSigma(k, s.N))
		}
	}
	return m.Mean()
}

// perSigma is the expected spread of a subgroup of n values in units of sigma.
func perSigma(k Kind, n float64) float64 {
	if k == XbarS {
		return C4(int(n))
	}
	return D2(max(int(n), 2)) // a moving range spans two values
}

// Line is the centre and the limits that one point is held against. Lower and Upper are NaN where there is none. Sigma is
// one standard deviation of the plotted point, so that the zones are at Centre ± Sigma and ± 2 Sigma.
type Line struct {
	Centre, Sigma, Lower, Upper float64
}

// Location is the line of the chart's main plot for a subgroup of n, the i-th since the limits were frozen, counted from 1.
// For CUSUM, it is the upper sum's; the lower sum's is its mirror.
func (m Baseline) Location(n float64, i int) Line {
	switch m.Kind {
	case P, NP, U, C:
		return m.countLine(n)
	case EWMA:
		spread := m.Sigma / math.Sqrt(n) * math.Sqrt(m.Lambda/(2-m.Lambda)*(1-math.Pow(1-m.Lambda, float64(2*i))))
		return around(m.Mean, spread, m.Width)
	case CUSUM:
		one := m.Sigma / math.Sqrt(n)
		return Line{Centre: 0, Sigma: one, Lower: -m.H * one, Upper: m.H * one}
	}
	return around(m.Mean, m.Sigma/math.Sqrt(n), 3)
}

func around(centre, sigma, width float64) Line {
	return Line{Centre: centre, Sigma: sigma, Lower: centre - width*sigma, Upper: centre + width*sigma}
}

// countLine: no count is below 0, and no fraction above 1.
func (m Baseline) countLine(n float64) Line {
	var l Line
	switch m.Kind {
	case P:
		l = around(m.Mean, math.Sqrt(m.Mean*(1-m.Mean)/n), 3)
		l.Upper = math.Min(l.Upper, 1)
	case NP:
		l = around(n*m.Mean, math.Sqrt(n*m.Mean*(1-m.Mean)), 3)
		l.Upper = math.Min(l.Upper, n)
	case C:
		l = around(n*m.Mean, math.Sqrt(n*m.Mean), 3)
	case U:
		l = around(m.Mean, math.Sqrt(m.Mean/n), 3)
	}
	l.Lower = math.Max(l.Lower, 0)
	return l
}

// Spread is the line of the second plot for a subgroup of n; ok is false where the chart has none.
func (m Baseline) Spread(n float64) (l Line, ok bool) {
	size := int(n)
	switch {
	case m.Kind == XbarS && size >= 2:
		l = around(C4(size)*m.Sigma, spreadOfS(size)*m.Sigma, 3)
	case m.Kind == XbarR && size >= 2 && size <= MaxSize:
		l = around(D2(size)*m.Sigma, D3(size)*m.Sigma, 3)
	case m.Kind == IMR:
		l = around(D2(2)*m.Sigma, D3(2)*m.Sigma, 3)
	default:
		return Line{}, false
	}
	l.Lower = math.Max(l.Lower, 0)
	return l, true
}
