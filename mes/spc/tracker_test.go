package spc

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// process draws subgroups for a kind of chart.
func process(rnd *rand.Rand, k Kind, n int) []Stat {
	out := make([]Stat, 0, n)
	before := math.NaN()
	for range n {
		g := Subgroup{Inspected: float64(40 + rnd.IntN(60))}
		if k == C {
			g.Inspected = 1
		}
		size := 1
		if k == XbarR || k == XbarS || k.Weighted() {
			size = 4
		}
		for range size {
			g.Values = append(g.Values, 10+rnd.NormFloat64())
		}
		for range 60 {
			if rnd.Float64() < 0.1 && g.Found < g.Inspected {
				g.Found++
			}
		}
		s, err := k.Stat(g, before)
		if err != nil {
			panic(err)
		}
		before = s.Value
		out = append(out, s)
	}
	return out
}

func same(a, b Point) bool {
	eq := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return a.I == b.I && eq(a.Plot, b.Plot) && eq(a.Second, b.Second) && a.Line == b.Line && slices.Equal(a.Flags, b.Flags) && slices.Equal(a.SecondFlags, b.SecondFlags)
}

// A chart that is taken up again behind its last 14 points goes on as if it had never stopped.
func TestResumingAChartChangesNothing(t *testing.T) {
	for _, k := range Kinds {
		rnd := rand.New(rand.NewPCG(7, 7))
		stats := process(rnd, k, 200)
		m, err := Fit(k, stats[:40], Options{})
		if err != nil {
			t.Fatal(k, err)
		}
		m.Mean *= 1.02 // so that patterns come up
		for _, rules := range [][]Rule{WesternElectric, Nelson} {
			all := Batch(m, rules, stats)
			for i := range stats {
				got := Resume(m, rules, all[max(0, i-Memory):i]).Add(stats[i])
				if !same(got, all[i]) {
					t.Fatalf("%s, point %d: resumed %+v, in one go %+v", k, i+1, got, all[i])
				}
			}
		}
	}
}

func TestLimitsDoNotDependOnTheOrderOfSubgroups(t *testing.T) {
	for _, k := range []Kind{XbarR, XbarS, P, NP, C, U} {
		rnd := rand.New(rand.NewPCG(1, 9))
		stats := process(rnd, k, 60)
		a, err := Fit(k, stats, Options{})
		if err != nil {
			t.Fatal(k, err)
		}
		rnd.Shuffle(len(stats), func(i, j int) { stats[i], stats[j] = stats[j], stats[i] })
		b, err := Fit(k, stats, Options{})
		if err != nil {
			t.Fatal(k, err)
		}
		if math.Abs(a.Mean-b.Mean) > 1e-12*math.Abs(a.Mean) || math.Abs(a.Sigma-b.Sigma) > 1e-12 {
			t.Errorf("%s: %+v, shuffled %+v", k, a, b)
		}
	}
}

func TestValuesWithinASubgroupHaveNoOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 1))
	for _, k := range []Kind{XbarR, XbarS} {
		v := []float64{1.5, 2.25, 0.125, 9, 4}
		a, _ := k.Stat(Subgroup{Values: v}, math.NaN())
		rnd.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		b, _ := k.Stat(Subgroup{Values: v}, math.NaN())
		if math.Abs(a.Value-b.Value) > 1e-12 || math.Abs(a.Spread-b.Spread) > 1e-12 {
			t.Errorf("%s: %+v, shuffled %+v", k, a, b)
		}
	}
}

// Whoever measures in another unit, or from another zero, sees the same patterns and the same capability.
func TestShiftAndScaleChangeNoFlag(t *testing.T) {
	for _, k := range []Kind{XbarR, XbarS, IMR, EWMA, CUSUM} {
		rnd := rand.New(rand.NewPCG(5, 5))
		stats := process(rnd, k, 150)
		m, err := Fit(k, stats[:30], Options{})
		if err != nil {
			t.Fatal(k, err)
		}
		const shift, scale = -30.0, 25.4
		other := make([]Stat, len(stats))
		for i, s := range stats {
			other[i] = Stat{N: s.N, Value: s.Value*scale + shift, Spread: s.Spread * scale}
		}
		mo, err := Fit(k, other[:30], Options{})
		if err != nil {
			t.Fatal(k, err)
		}
		a, b := Batch(m, Nelson, stats), Batch(mo, Nelson, other)
		flags := 0
		for i := range a {
			flags += len(a[i].Flags)
			if !slices.Equal(a[i].Flags, b[i].Flags) || !slices.Equal(a[i].SecondFlags, b[i].SecondFlags) {
				t.Fatalf("%s, point %d: %v, in the other unit %v", k, i+1, a[i].Flags, b[i].Flags)
			}
		}
		if k == XbarR && flags == 0 {
			t.Error("no pattern came up, so nothing was compared")
		}
	}
}

func TestLimitsStepWithTheSizeOfTheSubgroup(t *testing.T) {
	p := Baseline{Kind: P, Mean: 0.1}
	for _, c := range []struct{ n, low, high float64 }{{100, 0.01, 0.19}, {25, 0, 0.28}, {900, 0.07, 0.13}} {
		l := p.Location(c.n, 1)
		if math.Abs(l.Lower-c.low) > 1e-12 || math.Abs(l.Upper-c.high) > 1e-12 {
			t.Errorf("p of %v inspected: %v to %v, want %v to %v", c.n, l.Lower, l.Upper, c.low, c.high)
		}
	}
	if l := (Baseline{Kind: P, Mean: 0.5}).Location(4, 1); l.Lower != 0 || l.Upper != 1 {
		t.Errorf("a fraction lies between 0 and 1: %+v", l)
	}
	if l := (Baseline{Kind: NP, Mean: 0.1}).Location(100, 1); math.Abs(l.Centre-10) > 1e-12 || math.Abs(l.Upper-19) > 1e-12 {
		t.Errorf("np: %+v", l)
	}
	if l := (Baseline{Kind: C, Mean: 16}).Location(1, 1); l.Lower != 4 || l.Upper != 28 {
		t.Errorf("c: %+v", l)
	}
	if l := (Baseline{Kind: U, Mean: 1}).Location(9, 1); l.Lower != 0 || l.Upper != 2 {
		t.Errorf("u: %+v", l)
	}
	x := Baseline{Kind: XbarS, Mean: 10, Sigma: 2}
	if l := x.Location(4, 1); l.Lower != 7 || l.Upper != 13 {
		t.Errorf("means of four: %+v", l)
	}
	if s, ok := x.Spread(5); !ok || math.Abs(s.Upper/s.Centre-2.089) > 0.001 {
		t.Errorf("S of five: %+v", s)
	}
}

func TestEWMAAndCUSUMByHand(t *testing.T) {
	stat := func(v float64) Stat { return Stat{N: 1, Value: v, Spread: math.NaN()} }
	e := NewTracker(Baseline{Kind: EWMA, Mean: 10, Sigma: 1, Options: Options{Lambda: 0.1, Width: 2.7}}, nil)
	// Montgomery's example of an EWMA: z1 = 0.1·9.45 + 0.9·10, limits 10 ± 2.7·0.1 after the first point.
	first := e.Add(stat(9.45))
	second := e.Add(stat(7.99))
	near(t, "z1", first.Plot, 9.945, 1e-9)
	near(t, "z2", second.Plot, 9.7495, 1e-9)
	near(t, "UCL1", first.Line.Upper, 10.27, 1e-9)
	near(t, "UCL2", second.Line.Upper, 10.3632, 5e-5)

	c := NewTracker(Baseline{Kind: CUSUM, Mean: 10, Sigma: 1, Options: Options{K: 0.5, H: 5}}, nil)
	var last Point
	for _, v := range []float64{9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34} {
		last = c.Add(stat(v))
		if len(last.Flags)+len(last.SecondFlags) > 0 {
			t.Errorf("nothing is wrong at %v: %+v", v, last)
		}
	}
	for range 8 {
		last = c.Add(stat(12))
	}
	if len(last.Flags) != 1 || last.Flags[0] != (Flag{Limit, Above}) {
		t.Errorf("a shift of two sigma is found: %+v", last)
	}
}

func TestWhatMakesNoPoint(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		k    Kind
		g    Subgroup
		want error
	}{
		{XbarR, Subgroup{}, ErrEmpty}, {XbarR, Subgroup{Values: []float64{1, nan}}, ErrNotNumber}, {IMR, Subgroup{Values: []float64{inf}}, ErrNotNumber},
		{IMR, Subgroup{Values: []float64{1, 2}}, ErrSize}, {XbarR, Subgroup{Values: make([]float64, 26)}, ErrSize},
		{P, Subgroup{Found: 1}, ErrEmpty}, {P, Subgroup{Found: 3, Inspected: 2}, ErrCount}, {C, Subgroup{Found: -1, Inspected: 1}, ErrCount},
		{U, Subgroup{Found: nan, Inspected: 2}, ErrNotNumber}, {XbarS, Subgroup{Values: []float64{math.MaxFloat64, -math.MaxFloat64}}, ErrNotNumber},
	} {
		if _, err := c.k.Stat(c.g, nan); !errors.Is(err, c.want) {
			t.Errorf("%s of %+v: %v, want %v", c.k, c.g, err, c.want)
		}
	}
	one, err := XbarR.Stat(Subgroup{Values: []float64{5}}, nan)
	if err != nil || one.Value != 5 || !math.IsNaN(one.Spread) {
		t.Errorf("one value has a mean and no range: %+v, %v", one, err)
	}
	if more, err := U.Stat(Subgroup{Found: 7, Inspected: 2}, nan); err != nil || more.Value != 3.5 {
		t.Errorf("a unit may have several defects: %+v, %v", more, err)
	}
}

func TestWhatMakesNoLimits(t *testing.T) {
	s := func(v, spread, n float64) Stat { return Stat{N: n, Value: v, Spread: spread} }
	nan := math.NaN()
	for name, c := range map[string]struct {
		k     Kind
		stats []Stat
		want  error
	}{
		"nothing":                   {XbarR, nil, ErrFew},
		"one subgroup":              {XbarR, []Stat{s(1, 1, 5)}, ErrFew},
		"equal values, sigma 0":     {XbarR, []Stat{s(1, 0, 5), s(1, 0, 5)}, ErrNoSpread},
		"no spread known":           {XbarS, []Stat{s(1, nan, 1), s(2, nan, 1)}, ErrSize},
		"nothing nonconforming":     {P, []Stat{s(0, nan, 50), s(0, nan, 50)}, ErrNoSpread},
		"everything nonconforming":  {NP, []Stat{s(50, nan, 50), s(50, nan, 50)}, ErrNoSpread},
		"no defects":                {U, []Stat{s(0, nan, 5), s(0, nan, 5)}, ErrNoSpread},
		"areas of different size":   {C, []Stat{s(3, nan, 1), s(4, nan, 2)}, ErrVaries},
		"a value that is no number": {IMR, []Stat{s(nan, nan, 1), s(1, nan, 1)}, ErrNotNumber},
	} {
		if _, err := Fit(c.k, c.stats, Options{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := Fit("x", []Stat{s(1, 1, 2), s(2, 1, 2)}, Options{}); err == nil {
		t.Error("an unknown kind has limits")
	}
	if _, err := Fit(EWMA, []Stat{s(1, 1, 2), s(2, 1, 2)}, Options{Lambda: 1.5}); err == nil {
		t.Error("a lambda over 1 is taken")
	}
}

func TestDistanceWithoutSpread(t *testing.T) {
	l := Line{Centre: 5}
	if l.Distance(5) != 0 || !math.IsInf(l.Distance(5.1), 1) || !math.IsInf(l.Distance(4.9), -1) {
		t.Error("without sigma every point off the centre is infinitely far, and the centre is not")
	}
}
