package msa

import (
	"errors"
	"fmt"
	"math"
)

// Bounds of a crossed study. The factors of the range method are tabled no further.
const (
	MinParts, MaxParts         = 2, 10
	MinOperators, MaxOperators = 2, 10
	MinTrials, MaxTrials       = 2, 5
)

// Data is a crossed study: Data[operator][part][trial], all of the same shape.
type Data [][][]float64

// Variation is one part of the variation. Sigma is a standard deviation in the unit of the values.
type Variation struct {
	Sigma float64 `json:"sigma"`
	// OfTotal is its share of the total variation in percent, OfTolerance six sigma over the tolerance in percent. Shares
	// of sigma don't add up to 100. OfTolerance is 0 when the study has no tolerance.
	OfTotal     float64 `json:"of_total"`
	OfTolerance float64 `json:"of_tolerance"`
}

// Result is what a study says.
type Result struct {
	EV Variation `json:"ev"` // equipment variation, repeatability
	AV Variation `json:"av"` // appraiser variation, reproducibility
	// Interaction of operators with parts; only the analysis of variance can tell it, and it is 0 when it was pooled.
	Interaction Variation `json:"interaction"`
	GRR         Variation `json:"grr"`
	PV          Variation `json:"pv"` // the parts' own
	TV          Variation `json:"tv"`
	// NDC is the number of distinct categories that the system can tell apart, at least 1; 5 or more is wanted.
	NDC int `json:"ndc"`
	// ANOVA is the table of the analysis of variance, nil for the range method.
	ANOVA *Table `json:"anova,omitempty"`
}

// Table is an analysis of variance with both factors crossed.
type Table struct {
	Parts       Row `json:"parts"`
	Operators   Row `json:"operators"`
	Interaction Row `json:"interaction"`
	Equipment   Row `json:"equipment"`
	Total       Row `json:"total"`
	// Pooled tells that the interaction was not significant and is counted with the equipment.
	Pooled bool `json:"pooled"`
}

// Row is one source of variation.
type Row struct {
	DF int     `json:"df"`
	SS float64 `json:"ss"`
	MS float64 `json:"ms"`
	// F is 0 where there is none.
	F float64 `json:"f"`
	P float64 `json:"p"`
}

// shape checks that every operator measured every part equally often, and says how many there are.
func (d Data) shape() (operators, parts, trials int, err error) {
	operators = len(d)
	if operators > 0 {
		parts = len(d[0])
	}
	if parts > 0 {
		trials = len(d[0][0])
	}
	if operators < MinOperators || operators > MaxOperators || parts < MinParts || parts > MaxParts || trials < MinTrials || trials > MaxTrials {
		return 0, 0, 0, fmt.Errorf("a study needs %d to %d operators, %d to %d parts and %d to %d trials", MinOperators, MaxOperators, MinParts, MaxParts, MinTrials, MaxTrials)
	}
	for _, o := range d {
		if len(o) != parts {
			return 0, 0, 0, errors.New("not every operator measured every part")
		}
		for _, p := range o {
			if len(p) != trials {
				return 0, 0, 0, errors.New("not every part was measured equally often")
			}
			for _, v := range p {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return 0, 0, 0, errors.New("a value is no number")
				}
			}
		}
	}
	return operators, parts, trials, nil
}

// of makes the result from variances. tolerance is the width of the tolerance, 0 when there is none.
func of(ev, av, inter, pv, tolerance float64) Result {
	grr := ev + av + inter
	total := grr + pv
	part := func(variance float64) Variation {
		v := Variation{Sigma: math.Sqrt(variance)}
		if total > 0 {
			v.OfTotal = 100 * math.Sqrt(variance/total)
		}
		if tolerance > 0 {
			v.OfTolerance = 100 * 6 * v.Sigma / tolerance
		}
		return v
	}
	r := Result{EV: part(ev), AV: part(av), Interaction: part(inter), GRR: part(grr), PV: part(pv), TV: part(total)}
	r.NDC = categories(r.PV.Sigma, r.GRR.Sigma)
	return r
}

// MaxCategories stands for a system that shows no variation of its own at all.
const MaxCategories = 1000

// categories is 1.41 PV/GRR, cut to a whole number, at least 1.
func categories(pv, grr float64) int {
	if grr == 0 {
		if pv == 0 {
			return 1
		}
		return MaxCategories
	}
	return max(1, min(MaxCategories, int(1.41*pv/grr)))
}

// Verdict is how a measuring system stands by the usual limits of %GRR: below 10 it is fit, up to 30 it may do, above it
// is not fit.
type Verdict string

// The verdicts.
const (
	Fit    Verdict = "fit"
	Limits Verdict = "conditional"
	Unfit  Verdict = "unfit"
)

// Judge takes the larger of %GRR of total variation and of tolerance.
func (r Result) Judge() Verdict {
	switch worst := math.Max(r.GRR.OfTotal, r.GRR.OfTolerance); {
	case worst < 10:
		return Fit
	case worst <= 30:
		return Limits
	}
	return Unfit
}
