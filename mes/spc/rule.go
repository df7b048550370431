package spc

import "math"

// Rule names one pattern that says that a process has left control.
type Rule string

// The rules: Western Electric's four, and Nelson's eight. Distances are in standard deviations of the plotted point from
// its centre. A point on a line is not beyond it, and a point on the centre is on neither side.
const (
	WE1 Rule = "WE1" // one beyond 3
	WE2 Rule = "WE2" // 2 of 3 beyond 2, on the same side
	WE3 Rule = "WE3" // 4 of 5 beyond 1, on the same side
	WE4 Rule = "WE4" // 8 in a row on one side

	N1 Rule = "N1" // one beyond 3
	N2 Rule = "N2" // 9 in a row on one side
	N3 Rule = "N3" // 6 in a row steadily rising or falling
	N4 Rule = "N4" // 14 in a row alternating up and down
	N5 Rule = "N5" // 2 of 3 beyond 2, on the same side
	N6 Rule = "N6" // 4 of 5 beyond 1, on the same side
	N7 Rule = "N7" // 15 in a row within 1, on either side
	N8 Rule = "N8" // 8 in a row beyond 1, with both sides among them

	// Limit is a point of a weighted chart beyond its limits.
	Limit Rule = "LIMIT"
)

// WesternElectric and Nelson are the two sets.
var (
	WesternElectric = []Rule{WE1, WE2, WE3, WE4}
	Nelson          = []Rule{N1, N2, N3, N4, N5, N6, N7, N8}
)

// Side is where a pattern lies, or which way it goes.
type Side string

// The sides. A pattern on both sides has none.
const (
	Above Side = "above"
	Below Side = "below"
	Both  Side = ""
)

// Flag says that a point completes a pattern.
type Flag struct {
	Rule Rule `json:"rule"`
	Side Side `json:"side"`
}

// slack is how far beyond a line, in standard deviations, a point still counts as on it: binary floats can't hold most
// decimals, and exactly 3 sigma is not beyond.
const slack = 1e-9

// pattern is how a rule looks at the newest points.
type pattern struct {
	kind   patternKind
	hits   int     // so many
	of     int     // among so many, the newest being one of them
	beyond float64 // sigmas
}

type patternKind int

const (
	oneSide   patternKind = iota // beyond a line on one side
	trend                        // steadily rising or falling
	alternate                    // up and down in turn
	inside                       // within a line
	bothSides                    // beyond a line, with both sides among them
)

var patterns = map[Rule]pattern{
	WE1: {oneSide, 1, 1, 3}, WE2: {oneSide, 2, 3, 2}, WE3: {oneSide, 4, 5, 1}, WE4: {oneSide, 8, 8, 0},
	N1: {oneSide, 1, 1, 3}, N2: {oneSide, 9, 9, 0}, N3: {trend, 6, 6, 0}, N4: {alternate, 14, 14, 0},
	N5: {oneSide, 2, 3, 2}, N6: {oneSide, 4, 5, 1}, N7: {inside, 15, 15, 1}, N8: {bothSides, 8, 8, 1},
}

// Known tells whether r is a rule of one of the two sets.
func (r Rule) Known() bool { _, ok := patterns[r]; return ok }

// Reach is over how many points a rule looks, the newest included.
func (r Rule) Reach() int {
	if p, ok := patterns[r]; ok {
		return p.of
	}
	return 1
}

// Hits is how many of them make the pattern.
func (r Rule) Hits() int {
	if p, ok := patterns[r]; ok {
		return p.hits
	}
	return 1
}

// Memory is how many points before the newest one any rule looks back.
const Memory = 14

// Distance is how far a point is from its centre, in its standard deviations. Without a standard deviation every point off
// the centre is infinitely far.
func (l Line) Distance(v float64) float64 {
	d := v - l.Centre
	if l.Sigma > 0 {
		return d / l.Sigma
	}
	switch {
	case d > 0:
		return math.Inf(1)
	case d < 0:
		return math.Inf(-1)
	}
	return 0
}

// side is +1 beyond the line at the top, −1 beyond the one at the bottom, 0 between.
func side(z, line float64) int {
	switch {
	case z > line+slack:
		return 1
	case z < -line-slack:
		return -1
	}
	return 0
}

func named(s int) Side {
	switch {
	case s > 0:
		return Above
	case s < 0:
		return Below
	}
	return Both
}
