package spc

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// flagged gives the places, from 0, at which a rule flags points that are given as distances from the centre.
func flagged(rule Rule, z ...float64) []int {
	r := NewRuns([]Rule{rule})
	out := []int{}
	for i, v := range z {
		if len(r.Add(v, v)) > 0 {
			out = append(out, i)
		}
	}
	return out
}

func times(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

func TestEachRuleFlagsThePointThatCompletesIt(t *testing.T) {
	up := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}
	zigzag := make([]float64, 16)
	for i := range zigzag {
		zigzag[i] = 0.1 * float64(1-2*(i%2))
	}
	mixed := []float64{1.5, -1.5, 1.2, -1.2, 1.1, -1.7, 1.5, -2, 2}
	for _, c := range []struct {
		rule string
		why  string
		z    []float64
		want []int
	}{
		{"WE1 N1", "exactly 3 is not beyond", []float64{3, -3, 0}, []int{}},
		{"WE1 N1", "either side", []float64{0, 3.01, -3.01, 0}, []int{1, 2}},
		{"WE2 N5", "2 of 3", []float64{2.1, 0, 2.1}, []int{2}},
		{"WE2 N5", "the first two are enough", []float64{2.1, 2.1}, []int{1}},
		{"WE2 N5", "a third that is not beyond completes nothing", []float64{2.1, 2.1, 0}, []int{1}},
		{"WE2 N5", "each later one that still completes it", []float64{2.1, 2.1, 2.1, 0, 2.1}, []int{1, 2, 4}},
		{"WE2 N5", "same side only", []float64{2.1, -2.1, 0}, []int{}},
		{"WE2 N5", "exactly 2 is not beyond", []float64{2, 2, 2}, []int{}},
		{"WE2 N5", "too far apart", []float64{2.1, 0, 0, 2.1}, []int{}},
		{"WE3 N6", "4 of 5", []float64{1.1, 1.1, 0, 1.1, 1.1}, []int{4}},
		{"WE3 N6", "goes on", []float64{-1.1, -1.1, -1.1, -1.1, -1.1}, []int{3, 4}},
		{"WE3 N6", "same side only", []float64{1.1, 1.1, -1.1, -1.1, 1.1}, []int{}},
		{"WE3 N6", "exactly 1 is not beyond", []float64{1, 1, 1, 1, 1}, []int{}},
		{"WE4", "8 on one side", times(9, 0.1), []int{7, 8}},
		{"WE4", "the centre is no side", append(times(7, 0.1), 0, 0.1, 0.1), []int{}},
		{"N2", "9 on one side", times(10, -0.1), []int{8, 9}},
		{"N2", "8 are not enough", append(times(8, -0.1), 0.1), []int{}},
		{"N3", "6 rising", up, []int{5, 6}},
		{"N3", "6 falling", []float64{.6, .5, .4, .3, .2, .1}, []int{5}},
		{"N3", "equal neighbours are not steady", []float64{.1, .2, .3, .3, .4, .5, .6}, []int{}},
		{"N3", "5 are not enough", []float64{.1, .2, .3, .4, .5, .4}, []int{}},
		{"N4", "14 alternating", zigzag, []int{13, 14, 15}},
		{"N4", "equal neighbours do not alternate", append(slices.Clone(zigzag[:13]), zigzag[12]), []int{}},
		{"N7", "15 within 1", times(16, 0.5), []int{14, 15}},
		{"N7", "on the line is within", times(15, 1), []int{14}},
		{"N7", "beyond the line is not", append(times(14, 0.5), 1.1), []int{}},
		{"N8", "8 beyond 1 on both sides", mixed, []int{7, 8}},
		{"N8", "one side alone is another rule's", times(9, 1.5), []int{}},
		{"N8", "one side joins late", append(times(8, 1.5), -1.5), []int{8}},
		{"N8", "one within breaks it", append(slices.Clone(mixed[:7]), 0.9, 2), []int{}},
	} {
		for _, rule := range strings.Fields(c.rule) {
			if got := flagged(Rule(rule), c.z...); !slices.Equal(got, c.want) {
				t.Errorf("%s, %s: flagged at %v, want %v", rule, c.why, got, c.want)
			}
		}
	}
}

// Decimals that lie exactly on a limit must not be pushed over it by their binary form.
func TestExactlyThreeSigmaIsNotBeyondInBinaryEither(t *testing.T) {
	for i := range 2000 {
		mean, sigma := 0.1*float64(i), 0.07+0.01*float64(i%90)
		m := Baseline{Kind: IMR, Mean: mean, Sigma: sigma}
		p := Batch(m, []Rule{WE1}, []Stat{{N: 1, Value: mean + 3*sigma}, {N: 1, Value: mean - 3*sigma}, {N: 1, Value: mean + 3.0001*sigma}})
		if len(p[0].Flags)+len(p[1].Flags) > 0 || len(p[2].Flags) != 1 {
			t.Fatalf("mean %v, sigma %v: %v %v %v", mean, sigma, p[0].Flags, p[1].Flags, p[2].Flags)
		}
	}
}

// literal reads each rule as its sentence says, over the whole series and without memory.
func literal(rule Rule, z []float64, i int) bool {
	tail := func(n int) []float64 {
		if i+1 < n {
			return nil
		}
		return z[i+1-n : i+1]
	}
	count := func(w []float64, ok func(float64) bool) (n int) {
		for _, v := range w {
			if ok(v) {
				n++
			}
		}
		return n
	}
	kOf := func(k, of int, line float64) bool {
		w := z[max(0, i+1-of) : i+1]
		high := count(w, func(v float64) bool { return v > line }) >= k && z[i] > line
		low := count(w, func(v float64) bool { return v < -line }) >= k && z[i] < -line
		return high || low
	}
	row := func(n int, line float64) bool { return i+1 >= n && kOf(n, n, line) }
	switch rule {
	case WE1, N1:
		return z[i] > 3 || z[i] < -3
	case WE2, N5:
		return kOf(2, 3, 2)
	case WE3, N6:
		return kOf(4, 5, 1)
	case WE4:
		return row(8, 0)
	case N2:
		return row(9, 0)
	case N3:
		w := tail(6)
		up, down := w != nil, w != nil
		for j := 1; j < len(w); j++ {
			up, down = up && w[j] > w[j-1], down && w[j] < w[j-1]
		}
		return up || down
	case N4:
		w := tail(14)
		ok := w != nil
		for j := 2; j < len(w); j++ {
			ok = ok && (w[j]-w[j-1])*(w[j-1]-w[j-2]) < 0
		}
		return ok
	case N7:
		w := tail(15)
		return w != nil && count(w, func(v float64) bool { return v >= -1 && v <= 1 }) == 15
	case N8:
		w := tail(8)
		high, low := count(w, func(v float64) bool { return v > 1 }), count(w, func(v float64) bool { return v < -1 })
		return w != nil && high+low == 8 && high > 0 && low > 0
	}
	panic(rule)
}

func TestTheMemoryOfFifteenPointsSeesWhatTheWholeSeriesShows(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 2))
	all := append(slices.Clone(WesternElectric), Nelson...)
	hits := map[Rule]int{}
	for series := range 300 {
		z := make([]float64, 120)
		for i := range z {
			// A mixture of shifts, drifts and quantised values, so that every rule is met and ties come up.
			switch series % 4 {
			case 0:
				z[i] = rnd.NormFloat64() * 1.5
			case 1:
				z[i] = rnd.NormFloat64()*0.4 + 0.5
			case 2:
				z[i] = float64(rnd.IntN(9)-4) / 2
			case 3:
				z[i] = float64(1-2*(i%2))*rnd.Float64()*2.5 + 0.01*float64(i%40)
			}
		}
		r := NewRuns(all)
		for i := range z {
			flags := r.Add(z[i], z[i])
			for _, rule := range all {
				got := slices.ContainsFunc(flags, func(f Flag) bool { return f.Rule == rule })
				if got != literal(rule, z, i) {
					t.Fatalf("series %d, point %d: %s says %v, the sentence says %v: %v", series, i, rule, got, !got, z[max(0, i-14):i+1])
				}
				if got {
					hits[rule]++
				}
			}
		}
	}
	for _, rule := range all {
		if hits[rule] == 0 {
			t.Errorf("no series completed %s, so nothing was compared", rule)
		}
	}
}

func TestRulesOfTheTwoSetsThatAreOne(t *testing.T) {
	for we, n := range map[Rule]Rule{WE1: N1, WE2: N5, WE3: N6} {
		if patterns[we] != patterns[n] {
			t.Errorf("%s and %s are the same rule", we, n)
		}
	}
	if patterns[WE4].hits != 8 || patterns[N2].hits != 9 {
		t.Error(fmt.Sprint("Western Electric asks for 8 on one side, Nelson for 9: ", patterns[WE4], patterns[N2]))
	}
}
