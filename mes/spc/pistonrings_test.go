package spc

import (
	"math"
	"testing"
)

// pistonRings are the inside diameters of 40 samples of five forged piston rings in mm (Montgomery, Introduction to
// Statistical Quality Control). The published results below hold to eight digits only with every one of them.
var pistonRings = [][]float64{
	{74.030, 74.002, 74.019, 73.992, 74.008}, {73.995, 73.992, 74.001, 74.011, 74.004}, {73.988, 74.024, 74.021, 74.005, 74.002},
	{74.002, 73.996, 73.993, 74.015, 74.009}, {73.992, 74.007, 74.015, 73.989, 74.014}, {74.009, 73.994, 73.997, 73.985, 73.993},
	{73.995, 74.006, 73.994, 74.000, 74.005}, {73.985, 74.003, 73.993, 74.015, 73.988}, {74.008, 73.995, 74.009, 74.005, 74.004},
	{73.998, 74.000, 73.990, 74.007, 73.995}, {73.994, 73.998, 73.994, 73.995, 73.990}, {74.004, 74.000, 74.007, 74.000, 73.996},
	{73.983, 74.002, 73.998, 73.997, 74.012}, {74.006, 73.967, 73.994, 74.000, 73.984}, {74.012, 74.014, 73.998, 73.999, 74.007},
	{74.000, 73.984, 74.005, 73.998, 73.996}, {73.994, 74.012, 73.986, 74.005, 74.007}, {74.006, 74.010, 74.018, 74.003, 74.000},
	{73.984, 74.002, 74.003, 74.005, 73.997}, {74.000, 74.010, 74.013, 74.020, 74.003}, {73.988, 74.001, 74.009, 74.005, 73.996},
	{74.004, 73.999, 73.990, 74.006, 74.009}, {74.010, 73.989, 73.990, 74.009, 74.014}, {74.015, 74.008, 73.993, 74.000, 74.010},
	{73.982, 73.984, 73.995, 74.017, 74.013},
	{74.012, 74.015, 74.030, 73.986, 74.000}, {73.995, 74.010, 73.990, 74.015, 74.001}, {73.987, 73.999, 73.985, 74.000, 73.990},
	{74.008, 74.010, 74.003, 73.991, 74.006}, {74.003, 74.000, 74.001, 73.986, 73.997}, {73.994, 74.003, 74.015, 74.020, 74.004},
	{74.008, 74.002, 74.018, 73.995, 74.005}, {74.001, 74.004, 73.990, 73.996, 73.998}, {74.015, 74.000, 74.016, 74.025, 74.000},
	{74.030, 74.005, 74.000, 74.016, 74.012}, {74.001, 73.990, 73.995, 74.010, 74.024}, {74.015, 74.020, 74.024, 74.005, 74.019},
	{74.035, 74.010, 74.012, 74.015, 74.026}, {74.017, 74.013, 74.036, 74.025, 74.026}, {74.010, 74.005, 74.029, 74.000, 74.020},
}

func ringStats(t *testing.T, k Kind) []Stat {
	t.Helper()
	out := make([]Stat, len(pistonRings))
	for i, v := range pistonRings {
		s, err := k.Stat(Subgroup{Values: v}, math.NaN())
		if err != nil {
			t.Fatal(err)
		}
		out[i] = s
	}
	return out
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.9f, published is %.9f", what, got, want)
	}
}

func TestPistonRingsPhaseOne(t *testing.T) {
	stats := ringStats(t, XbarR)
	m, err := Fit(XbarR, stats[:25], Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := m.Location(5, 1)
	near(t, "centre", l.Centre, 74.001176, 5e-7)
	near(t, "lower limit", l.Lower, 73.988048, 5e-7)
	near(t, "upper limit", l.Upper, 74.014304, 5e-7)
	for i, p := range Batch(m, []Rule{WE1}, stats[:25]) {
		if len(p.Flags)+len(p.SecondFlags) > 0 {
			t.Errorf("sample %d is flagged in phase I: %v %v", i+1, p.Flags, p.SecondFlags)
		}
	}
}

func TestPistonRingsPhaseTwo(t *testing.T) {
	stats := ringStats(t, XbarR)
	m, err := Fit(XbarR, stats[:25], Options{})
	if err != nil {
		t.Fatal(err)
	}
	var beyond []int
	for i, p := range Batch(m, []Rule{N1}, stats) {
		if len(p.Flags) > 0 {
			beyond = append(beyond, i+1)
		}
	}
	if len(beyond) != 3 || beyond[0] != 37 || beyond[1] != 38 || beyond[2] != 39 {
		t.Errorf("beyond the limits at %v, published are 37, 38 and 39", beyond)
	}
}

func TestPistonRingsCapability(t *testing.T) {
	m, err := Fit(XbarR, ringStats(t, XbarR)[:25], Options{})
	if err != nil {
		t.Fatal(err)
	}
	var values []float64
	for _, v := range pistonRings[:25] {
		values = append(values, v...)
	}
	low, high := 73.95, 74.05
	c, err := Capable(values, m.Sigma, Spec{Lower: &low, Upper: &high})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Cp", c.Cp.Value, 1.7032806, 5e-8)
	near(t, "Cpk", c.Cpk.Value, 1.6632194, 5e-8)
	if c.Cpk.Value != c.Cpu.Value || c.Pp.Value == c.Cp.Value || c.Ppk.Value >= c.Pp.Value {
		t.Errorf("Cpk is the smaller side, and Pp is of another sigma than Cp: %+v", c)
	}
	// The interval of Cp is that of the chi-square distribution; printed quantiles of 120 and 130 degrees of freedom enclose it.
	if c.Cp.Low < c.Cp.Value*math.Sqrt(91.573/120) || c.Cp.Low > c.Cp.Value*math.Sqrt(100.331/130) || c.Cp.High > c.Cp.Value*math.Sqrt(152.211/120) || c.Cp.High < c.Cp.Value*math.Sqrt(163.453/130) {
		t.Errorf("the interval of Cp is %v to %v", c.Cp.Low, c.Cp.High)
	}
}
