package spc

import (
	"errors"
	"math"
)

// Spec is what the customer allows. A nil side is open; with one side only, the two-sided indices mean nothing.
type Spec struct {
	Lower, Upper, Target *float64
}

// Capability compares what a process does with what is allowed. Indices that mean nothing here are nil: Cp and Pp of a
// one-sided specification, Cpl without a lower limit, Cpu without an upper one.
type Capability struct {
	N       int     `json:"n"`
	Mean    float64 `json:"mean"`
	Within  float64 `json:"sigma_within"`  // of single values within subgroups
	Overall float64 `json:"sigma_overall"` // of all values together

	Cp  *CapabilityIndex `json:"cp,omitempty"`
	Cpl *CapabilityIndex `json:"cpl,omitempty"`
	Cpu *CapabilityIndex `json:"cpu,omitempty"`
	Cpk *CapabilityIndex `json:"cpk,omitempty"`
	Pp  *CapabilityIndex `json:"pp,omitempty"`
	Ppl *CapabilityIndex `json:"ppl,omitempty"`
	Ppu *CapabilityIndex `json:"ppu,omitempty"`
	Ppk *CapabilityIndex `json:"ppk,omitempty"`

	// Below and Above count the values outside the specification; nobody estimates what can be counted.
	Below int `json:"below"`
	Above int `json:"above"`
}

// CapabilityIndex is a capability index with its 95 % confidence interval.
type CapabilityIndex struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// ErrNoSpec says that there is nothing to compare with.
var ErrNoSpec = errors.New("there is no specification limit")

// ErrSpec says that the limits can't be.
var ErrSpec = errors.New("the lower specification limit must be below the upper one")

// Capable compares values with a specification. within is the sigma within subgroups, as a Baseline has it; NaN leaves out the
// C indices, since only values in their order know it.
//
// Of a two-sided specification all indices are given. Of a one-sided one: Cpu and Ppu, or Cpl and Ppl.
func Capable(values []float64, within float64, s Spec) (Capability, error) {
	if s.Lower == nil && s.Upper == nil {
		return Capability{}, ErrNoSpec
	}
	if s.Lower != nil && !finite(*s.Lower) || s.Upper != nil && !finite(*s.Upper) {
		return Capability{}, ErrNotNumber
	}
	if s.Lower != nil && s.Upper != nil && *s.Lower >= *s.Upper {
		return Capability{}, ErrSpec
	}
	c, err := gather(values, s)
	if err != nil {
		return c, err
	}
	c.Within = within
	if within > 0 {
		c.Cp, c.Cpl, c.Cpu, c.Cpk = indices(c.N, c.Mean, within, s)
	}
	if c.Overall > 0 {
		c.Pp, c.Ppl, c.Ppu, c.Ppk = indices(c.N, c.Mean, c.Overall, s)
	}
	if !(c.Overall > 0) && !(within > 0) {
		return c, ErrNoSpread
	}
	return c, nil
}

func gather(values []float64, s Spec) (Capability, error) {
	var m Moments
	var c Capability
	for _, v := range values {
		if !finite(v) {
			return Capability{}, ErrNotNumber
		}
		m.Add(v)
		if s.Lower != nil && v < *s.Lower {
			c.Below++
		}
		if s.Upper != nil && v > *s.Upper {
			c.Above++
		}
	}
	if m.Count() < 2 {
		return Capability{}, ErrFew
	}
	c.N, c.Mean, c.Overall = m.Count(), m.Mean(), m.Deviation()
	return c, nil
}

// indices gives p, l, u and k. k is the smaller side of a two-sided specification.
func indices(n int, mean, sigma float64, s Spec) (p, l, u, k *CapabilityIndex) {
	if s.Lower != nil {
		l = oneSided(n, (mean-*s.Lower)/(3*sigma))
	}
	if s.Upper != nil {
		u = oneSided(n, (*s.Upper-mean)/(3*sigma))
	}
	if l == nil || u == nil {
		return nil, l, u, nil
	}
	p = twoSided(n, (*s.Upper-*s.Lower)/(6*sigma))
	if k = l; u.Value < l.Value {
		k = u
	}
	return p, l, u, k
}

// z975 is the point that 97.5 % of a standard normal process are below.
const z975 = 1.959963984540054

// oneSided has Bissell's approximate interval.
func oneSided(n int, c float64) *CapabilityIndex {
	half := z975 * math.Sqrt(1/(9*float64(n))+c*c/(2*float64(n-1)))
	return &CapabilityIndex{Value: c, Low: c - half, High: c + half}
}

// twoSided has the interval of a ratio of variances: C √(χ²/(n−1)).
func twoSided(n int, c float64) *CapabilityIndex {
	df := float64(n - 1)
	return &CapabilityIndex{Value: c, Low: c * math.Sqrt(chiSquare(-z975, df)/df), High: c * math.Sqrt(chiSquare(z975, df)/df)}
}

// chiSquare is the quantile of a chi-square distribution at the normal quantile z (Wilson and Hilferty). It is within 1 % for
// 10 degrees of freedom and more.
func chiSquare(z, df float64) float64 {
	a := 2 / (9 * df)
	return df * math.Pow(math.Max(1-a+z*math.Sqrt(a), 0), 3)
}

// Histogram counts values in bins of equal width that cover all of them.
type Histogram struct {
	From  float64 `json:"from"`
	Width float64 `json:"width"`
	Bins  []int   `json:"bins"`
}

// Bin makes a histogram of about √n bins, 5 at least and 40 at most; one bin where the values do not differ.
func Bin(values []float64) Histogram {
	h := Histogram{Bins: []int{}}
	if len(values) == 0 {
		return h
	}
	low := values[0]
	for _, v := range values {
		low = math.Min(low, v)
	}
	spread := Range(values)
	if !(spread > 0) || !finite(spread) {
		return Histogram{From: low, Width: 0, Bins: []int{len(values)}}
	}
	n := int(math.Min(math.Max(math.Ceil(math.Sqrt(float64(len(values)))), 5), 40))
	h = Histogram{From: low, Width: spread / float64(n), Bins: make([]int, n)}
	for _, v := range values {
		h.Bins[min(int((v-low)/h.Width), n-1)]++ // the largest value belongs to the last bin
	}
	return h
}
