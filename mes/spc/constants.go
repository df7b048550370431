package spc

import "math"

// MaxSize is the largest subgroup of charts that look at ranges: with more values a range says little.
const MaxSize = 25

// relativeRange holds d2 and d3, the mean and the standard deviation of the range of n values of a standard normal
// process, from 2 to 25. They have the three digits of the printed tables, so that limits and indices are those of the
// handbooks to their last digit; a test integrates them anew.
var relativeRange = [MaxSize + 1]struct{ d2, d3 float64 }{
	2:  {1.128, 0.853},
	3:  {1.693, 0.888},
	4:  {2.059, 0.880},
	5:  {2.326, 0.864},
	6:  {2.534, 0.848},
	7:  {2.704, 0.833},
	8:  {2.847, 0.820},
	9:  {2.970, 0.808},
	10: {3.078, 0.797},
	11: {3.173, 0.787},
	12: {3.258, 0.778},
	13: {3.336, 0.770},
	14: {3.407, 0.763},
	15: {3.472, 0.756},
	16: {3.532, 0.750},
	17: {3.588, 0.744},
	18: {3.640, 0.739},
	19: {3.689, 0.733},
	20: {3.735, 0.729},
	21: {3.778, 0.724},
	22: {3.819, 0.720},
	23: {3.858, 0.716},
	24: {3.895, 0.712},
	25: {3.931, 0.708},
}

// D2 is the mean of the range of n values in units of sigma; NaN outside 2 to 25.
func D2(n int) float64 { return rangeConstants(n).d2 }

// D3 is the standard deviation of the range of n values in units of sigma; NaN outside 2 to 25.
func D3(n int) float64 { return rangeConstants(n).d3 }

func rangeConstants(n int) struct{ d2, d3 float64 } {
	if n < 2 || n > MaxSize {
		return struct{ d2, d3 float64 }{math.NaN(), math.NaN()}
	}
	return relativeRange[n]
}

// C4 is the mean of the sample standard deviation of n values in units of sigma: √(2/(n−1)) Γ(n/2) / Γ((n−1)/2). NaN for
// fewer than two.
func C4(n int) float64 {
	if n < 2 {
		return math.NaN()
	}
	half := float64(n) / 2
	above, _ := math.Lgamma(half)
	below, _ := math.Lgamma(half - 0.5)
	return math.Sqrt(2/float64(n-1)) * math.Exp(above-below)
}

// A2 makes limits of means from the mean range: 3 / (d2 √n).
func A2(n int) float64 { return 3 / (D2(n) * math.Sqrt(float64(n))) }

// A3 makes limits of means from the mean standard deviation: 3 / (c4 √n).
func A3(n int) float64 { return 3 / (C4(n) * math.Sqrt(float64(n))) }

// LowerR is D3 of the textbooks, the lower limit of ranges as a part of the mean range: 1 − 3 d3/d2, not below 0.
func LowerR(n int) float64 { return notBelow(1 - 3*D3(n)/D2(n)) }

// UpperR is D4 of the textbooks: 1 + 3 d3/d2.
func UpperR(n int) float64 { return 1 + 3*D3(n)/D2(n) }

// LowerS is B3: 1 − 3 √(1−c4²)/c4, not below 0.
func LowerS(n int) float64 { return notBelow(1 - 3*spreadOfS(n)/C4(n)) }

// UpperS is B4: 1 + 3 √(1−c4²)/c4.
func UpperS(n int) float64 { return 1 + 3*spreadOfS(n)/C4(n) }

// spreadOfS is the standard deviation of the sample standard deviation in units of sigma.
func spreadOfS(n int) float64 { return math.Sqrt(1 - C4(n)*C4(n)) }

func notBelow(v float64) float64 {
	if v < 0 {
		return 0
	}
	return v // NaN stays
}
