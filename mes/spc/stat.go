package spc

import (
	"errors"
	"math"
)

// Subgroup is what one point is made of: measured values, or what was found in what was inspected.
type Subgroup struct {
	Values []float64
	// Found units or defects in Inspected units, for charts that count.
	Found     float64
	Inspected float64
}

// Stat is a subgroup in one or two numbers.
type Stat struct {
	// N is the number of values, or of inspected units.
	N float64
	// Value is the mean, the single value, the count or the rate.
	Value float64
	// Spread is the range or standard deviation within the subgroup, or the moving range. It is NaN where there is none:
	// in a subgroup of one, before the second single value, and where the chart counts.
	Spread float64
}

// The reasons why a subgroup makes no point.
var (
	ErrEmpty     = errors.New("the subgroup has no value")
	ErrNotNumber = errors.New("a value is not a finite number")
	ErrCount     = errors.New("a count must be at least 0 and, of nonconforming units, no more than were inspected")
	ErrSize      = errors.New("the subgroup's size does not fit the chart")
)

// Stat reduces a subgroup. before is the single value before it, NaN for the first; only I-MR charts look at it.
func (k Kind) Stat(g Subgroup, before float64) (Stat, error) {
	if k.Counts() {
		return k.count(g)
	}
	if len(g.Values) == 0 {
		return Stat{}, ErrEmpty
	}
	for _, v := range g.Values {
		if !finite(v) {
			return Stat{}, ErrNotNumber
		}
	}
	s := Stat{N: float64(len(g.Values)), Value: Mean(g.Values), Spread: math.NaN()}
	if !finite(s.Value) {
		return Stat{}, ErrNotNumber
	}
	switch k {
	case IMR:
		if len(g.Values) != 1 {
			return Stat{}, ErrSize
		}
		s.Spread = math.Abs(s.Value - before)
	case XbarS:
		s.Spread = Deviation(g.Values)
	default: // ranges serve EWMA and CUSUM charts too, whose sigma comes from within subgroups
		if len(g.Values) > MaxSize {
			return Stat{}, ErrSize
		}
		if len(g.Values) > 1 {
			s.Spread = Range(g.Values)
		} else if k.Weighted() {
			s.Spread = math.Abs(s.Value - before)
		}
	}
	if len(g.Values) > 1 && !finite(s.Spread) {
		return Stat{}, ErrNotNumber
	}
	return s, nil
}

func (k Kind) count(g Subgroup) (Stat, error) {
	switch {
	case !finite(g.Found) || !finite(g.Inspected):
		return Stat{}, ErrNotNumber
	case g.Inspected <= 0:
		return Stat{}, ErrEmpty
	case g.Found < 0 || !k.Defects() && g.Found > g.Inspected:
		return Stat{}, ErrCount
	}
	s := Stat{N: g.Inspected, Value: g.Found, Spread: math.NaN()}
	if k == P || k == U {
		s.Value = g.Found / g.Inspected
	}
	return s, nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Mean is the arithmetic mean; NaN of nothing. Of the few values of a subgroup the sum rounds less than any recurrence.
func Mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// Deviation is the sample standard deviation (n − 1); NaN of fewer than two values.
func Deviation(v []float64) float64 {
	var m Moments
	for _, x := range v {
		m.Add(x)
	}
	return m.Deviation()
}

// Range is the largest value less the smallest; NaN of nothing.
func Range(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	low, high := v[0], v[0]
	for _, x := range v[1:] {
		low, high = math.Min(low, x), math.Max(high, x)
	}
	return high - low
}

// Moments gathers mean and standard deviation one value at a time (Welford's recurrence), without losing digits to the
// size of the mean.
type Moments struct {
	n    float64
	mean float64
	m2   float64
}

// Add takes one more value.
func (m *Moments) Add(x float64) {
	m.n++
	d := x - m.mean
	m.mean += d / m.n
	m.m2 += d * (x - m.mean)
}

// Count is how many values were taken.
func (m *Moments) Count() int { return int(m.n) }

// Mean is NaN before the first value.
func (m *Moments) Mean() float64 {
	if m.n == 0 {
		return math.NaN()
	}
	return m.mean
}

// Deviation is the sample standard deviation; NaN before the second value.
func (m *Moments) Deviation() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return math.Sqrt(m.m2 / (m.n - 1))
}
