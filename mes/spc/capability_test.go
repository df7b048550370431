package spc

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

func limits(low, high float64) Spec { return Spec{Lower: &low, Upper: &high} }

func TestOneSidedSpecificationsGiveOneSideOnly(t *testing.T) {
	values := []float64{1, 2, 3, 4, 5}
	low, high := 0.0, 9.0
	up, err := Capable(values, 1, Spec{Upper: &high})
	if err != nil || up.Cpu == nil || up.Ppu == nil || up.Cp != nil || up.Cpk != nil || up.Cpl != nil || up.Pp != nil || up.Ppk != nil || up.Ppl != nil {
		t.Errorf("upper only: %+v, %v", up, err)
	}
	if up.Cpu.Value != 2 {
		t.Errorf("Cpu is (9−3)/3 = 2, got %v", up.Cpu.Value)
	}
	down, err := Capable(values, 1, Spec{Lower: &low})
	if err != nil || down.Cpl == nil || down.Ppl == nil || down.Cp != nil || down.Cpk != nil || down.Cpu != nil || down.Ppk != nil {
		t.Errorf("lower only: %+v, %v", down, err)
	}
}

func TestCapabilityWithoutSpread(t *testing.T) {
	if _, err := Capable([]float64{5, 5, 5}, 0, limits(0, 10)); !errors.Is(err, ErrNoSpread) {
		t.Errorf("sigma 0 has no capability: %v", err)
	}
	c, err := Capable([]float64{5, 5, 6, 6}, 0, limits(0, 10))
	if err != nil || c.Cp != nil || c.Pp == nil {
		t.Errorf("sigma 0 within subgroups leaves the overall ones: %+v, %v", c, err)
	}
	if c, err = Capable([]float64{4, 5, 6}, math.NaN(), limits(0, 10)); err != nil || c.Cpk != nil || c.Ppk == nil {
		t.Errorf("without subgroups only the overall ones: %+v, %v", c, err)
	}
}

func TestWhatHasNoCapability(t *testing.T) {
	for _, c := range []struct {
		values []float64
		spec   Spec
		want   error
	}{
		{[]float64{1, 2}, Spec{}, ErrNoSpec}, {[]float64{1}, limits(0, 2), ErrFew}, {nil, limits(0, 2), ErrFew},
		{[]float64{1, math.NaN()}, limits(0, 2), ErrNotNumber}, {[]float64{1, 2}, limits(2, 2), ErrSpec}, {[]float64{1, 2}, limits(0, math.Inf(1)), ErrNotNumber},
	} {
		if _, err := Capable(c.values, 1, c.spec); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.values, err, c.want)
		}
	}
}

func TestCapabilityDoesNotDependOnTheUnit(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 6))
	var mm, inch []float64
	for range 100 {
		v := 18 + 0.04*rnd.NormFloat64()
		mm, inch = append(mm, v), append(inch, v/25.4)
	}
	a, err := Capable(mm, 0.04, limits(17.8, 18.2))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Capable(inch, 0.04/25.4, limits(17.8/25.4, 18.2/25.4))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Cpk in inches", b.Cpk.Value, a.Cpk.Value, 1e-9)
	near(t, "Ppk in inches", b.Ppk.Value, a.Ppk.Value, 1e-9)
	if a.Cpk.Low >= a.Cpk.Value || a.Cpk.High <= a.Cpk.Value || a.Cp.Low >= a.Cp.Value || a.Cp.High <= a.Cp.Value {
		t.Errorf("an interval holds its index: %+v %+v", a.Cp, a.Cpk)
	}
}

func TestValuesOutsideAreCounted(t *testing.T) {
	c, err := Capable([]float64{-1, 0, 5, 10, 10.1, 11}, 1, limits(0, 10))
	if err != nil || c.Below != 1 || c.Above != 2 {
		t.Errorf("limits are inside: %d below, %d above, %v", c.Below, c.Above, err)
	}
}

// The quantiles are those of the printed tables: within a few thousandths from 10 degrees of freedom on.
func TestChiSquareQuantiles(t *testing.T) {
	for _, c := range []struct{ df, low, high float64 }{{10, 3.247, 20.483}, {29, 16.047, 45.722}, {99, 73.361, 128.422}} {
		if math.Abs(chiSquare(-z975, c.df)/c.low-1) > 0.01 || math.Abs(chiSquare(z975, c.df)/c.high-1) > 0.01 {
			t.Errorf("%v degrees of freedom: %v to %v, printed %v to %v", c.df, chiSquare(-z975, c.df), chiSquare(z975, c.df), c.low, c.high)
		}
	}
}

func TestAHistogramHoldsEveryValue(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	for _, n := range []int{0, 1, 2, 10, 500, 5000} {
		values := make([]float64, n)
		for i := range values {
			values[i] = rnd.NormFloat64()
		}
		total := 0
		for _, c := range Bin(values).Bins {
			total += c
		}
		if total != n {
			t.Errorf("%d values, %d in bins", n, total)
		}
	}
	if h := Bin([]float64{3, 3, 3}); len(h.Bins) != 1 || h.Bins[0] != 3 {
		t.Errorf("equal values fill one bin: %+v", h)
	}
}
