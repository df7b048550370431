package spc

import (
	"math"
	"testing"
)

// published are the constants as printed (Montgomery, appendix VI), from n = 2 to 25.
var published = map[string][]float64{
	"A2": {1.880, 1.023, .729, .577, .483, .419, .373, .337, .308, .285, .266, .249, .235, .223, .212, .203, .194, .187, .180, .173, .167, .162, .157, .153},
	"d2": {1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258, 3.336, 3.407, 3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931},
	"d3": {.853, .888, .880, .864, .848, .833, .820, .808, .797, .787, .778, .770, .763, .756, .750, .744, .739, .734, .729, .724, .720, .716, .712, .708},
	"D3": {0, 0, 0, 0, 0, .076, .136, .184, .223, .256, .283, .307, .328, .347, .363, .378, .391, .403, .415, .425, .434, .443, .451, .459},
	"D4": {3.267, 2.574, 2.282, 2.114, 2.004, 1.924, 1.864, 1.816, 1.777, 1.744, 1.717, 1.693, 1.672, 1.653, 1.637, 1.622, 1.608, 1.597, 1.585, 1.575, 1.566, 1.557, 1.548, 1.541},
	"c4": {.7979, .8862, .9213, .9400, .9515, .9594, .9650, .9693, .9727, .9754, .9776, .9794, .9810, .9823, .9835, .9845, .9854, .9862, .9869, .9876, .9882, .9887, .9892, .9896},
	"A3": {2.659, 1.954, 1.628, 1.427, 1.287, 1.182, 1.099, 1.032, .975, .927, .886, .850, .817, .789, .763, .739, .718, .698, .680, .663, .647, .633, .619, .606},
	"B3": {0, 0, 0, 0, .030, .118, .185, .239, .284, .321, .354, .382, .406, .428, .448, .466, .482, .497, .510, .523, .534, .545, .555, .565},
	"B4": {3.267, 2.568, 2.266, 2.089, 1.970, 1.882, 1.815, 1.761, 1.716, 1.679, 1.646, 1.618, 1.594, 1.572, 1.552, 1.534, 1.518, 1.503, 1.490, 1.477, 1.466, 1.455, 1.445, 1.435},
}

var ours = map[string]func(int) float64{"A2": A2, "d2": D2, "d3": D3, "D3": LowerR, "D4": UpperR, "c4": C4, "A3": A3, "B3": LowerS, "B4": UpperS}

// The printed tables were themselves made from rounded values, so their last digit may be off by one or two.
func TestConstantsAreThePublishedOnes(t *testing.T) {
	for name, table := range published {
		within := 0.0021
		if name == "c4" {
			within = 0.00006
		}
		for i, want := range table {
			if got := ours[name](i + 2); math.Abs(got-want) > within {
				t.Errorf("%s of %d is %.5f, printed is %.4f", name, i+2, got, want)
			}
		}
	}
}

func TestConstantsOfFive(t *testing.T) {
	for name, want := range map[string]float64{"d2": 2.326, "A2": 0.577, "D4": 2.114, "c4": 0.9400, "A3": 1.427, "B4": 2.089} {
		if got := ours[name](5); math.Abs(got-want) > 0.0006 {
			t.Errorf("%s of 5 is %.5f, the facts say %.4f", name, got, want)
		}
	}
}

// d2 and d3 are integrals over the distribution of the range: E R = ∫ 1 − Φⁿ − (1−Φ)ⁿ, and E R² the double integral below.
func TestRangeConstantsAreTheirIntegrals(t *testing.T) {
	for _, n := range []int{2, 3, 5, 10, 25} {
		d2, d3 := integrate(float64(n), 1000)
		finer2, finer3 := integrate(float64(n), 2000)
		d2, d3 = finer2+(finer2-d2)/3, finer3+(finer3-d3)/3
		if math.Abs(d2-D2(n)) > 6e-4 || math.Abs(d3-D3(n)) > 6e-4 {
			t.Errorf("n = %d: integrated %.6f and %.6f, the table has %.6f and %.6f", n, d2, d3, D2(n), D3(n))
		}
	}
}

func integrate(n float64, cells int) (d2, d3 float64) {
	const low, high = -8.5, 8.5
	h := (high - low) / float64(cells)
	below := make([]float64, cells+1)
	for i := range below {
		below[i] = 0.5 * math.Erfc(-(low+h*float64(i))/math.Sqrt2)
	}
	var square float64
	for i, p := range below {
		d2 += h * (1 - math.Pow(p, n) - math.Pow(1-p, n))
		for j := i; j <= cells; j++ {
			w := 1.0
			if j == i {
				w = 0.5
			}
			square += 2 * w * h * h * (1 - math.Pow(below[j], n) - math.Pow(1-p, n) + math.Pow(below[j]-p, n))
		}
	}
	return d2, math.Sqrt(square - d2*d2)
}

func TestConstantsOutsideTheirTable(t *testing.T) {
	for name, f := range ours {
		for _, n := range []int{-1, 0, 1} {
			if got := f(n); !math.IsNaN(got) {
				t.Errorf("%s of %d is %v", name, n, got)
			}
		}
	}
	if !math.IsNaN(D2(26)) || !math.IsNaN(UpperR(26)) || math.Abs(C4(100)-0.99748) > 0.00001 {
		t.Error("ranges end at 25 values; c4 does not")
	}
}
