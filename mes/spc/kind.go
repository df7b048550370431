package spc

// Kind is a type of control chart.
type Kind string

// The kinds.
const (
	XbarR Kind = "xbar_r" // mean and range of subgroups
	XbarS Kind = "xbar_s" // mean and standard deviation of subgroups
	IMR   Kind = "i_mr"   // single values and the range between neighbours
	P     Kind = "p"      // fraction nonconforming
	NP    Kind = "np"     // number nonconforming
	C     Kind = "c"      // defects in an area of constant size
	U     Kind = "u"      // defects per unit
	EWMA  Kind = "ewma"   // exponentially weighted moving average
	CUSUM Kind = "cusum"  // tabular cumulative sum, upper and lower
)

// Kinds lists all of them.
var Kinds = []Kind{XbarR, XbarS, IMR, P, NP, C, U, EWMA, CUSUM}

// Known tells whether k is one of them.
func (k Kind) Known() bool {
	for _, other := range Kinds {
		if k == other {
			return true
		}
	}
	return false
}

// Counts tells that the chart counts what was found instead of measuring.
func (k Kind) Counts() bool { return k == P || k == NP || k == C || k == U }

// Weighted tells that each plotted point carries the ones before it, so that zone rules mean nothing on it.
func (k Kind) Weighted() bool { return k == EWMA || k == CUSUM }

// Defects tells that a unit may have several defects.
func (k Kind) Defects() bool { return k == C || k == U }
