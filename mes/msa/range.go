package msa

import "math"

// d2 of many subgroups, by their size: the mean range of so many normal values in sigma.
var d2 = []float64{2: 1.12838, 3: 1.69257, 4: 2.05875, 5: 2.32593}

// d2star of a single subgroup, by its size (d2* with g = 1).
var d2star = []float64{2: 1.41421, 3: 1.91155, 4: 2.23887, 5: 2.48124, 6: 2.67253, 7: 2.82981, 8: 2.96288, 9: 3.07794, 10: 3.17905}

// AverageRange judges a study by averages and ranges. tolerance is the width of the tolerance, 0 when there is none.
func AverageRange(d Data, tolerance float64) (Result, error) {
	operators, parts, trials, err := d.shape()
	if err != nil {
		return Result{}, err
	}
	var ranges, opMeans []float64
	partMeans := make([]float64, parts)
	for _, o := range d {
		sum := 0.0
		for p, values := range o {
			lo, hi := values[0], values[0]
			for _, v := range values {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
				sum += v
				partMeans[p] += v / float64(operators*trials)
			}
			ranges = append(ranges, hi-lo)
		}
		opMeans = append(opMeans, sum/float64(parts*trials))
	}
	ev := mean(ranges) / d2[trials]
	xDiff := spread(opMeans) / d2star[operators]
	// What repeatability alone makes the operators' averages differ by is taken off.
	av := math.Max(0, xDiff*xDiff-ev*ev/float64(parts*trials))
	pv := spread(partMeans) / d2star[parts]
	return of(ev*ev, av, 0, pv*pv, tolerance), nil
}

func mean(vs []float64) float64 {
	sum := 0.0
	for _, v := range vs {
		sum += v
	}
	return sum / float64(len(vs))
}

func spread(vs []float64) float64 {
	lo, hi := vs[0], vs[0]
	for _, v := range vs {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	return hi - lo
}
