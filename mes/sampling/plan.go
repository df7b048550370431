package sampling

import (
	"fmt"
	"slices"
)

// Level is an inspection level: how fast the sample grows with the lot.
type Level string

// The levels. II is the usual one; S-1 to S-4 are for small samples at large risks.
const (
	LevelS1  Level = "S-1"
	LevelS2  Level = "S-2"
	LevelS3  Level = "S-3"
	LevelS4  Level = "S-4"
	LevelI   Level = "I"
	LevelII  Level = "II"
	LevelIII Level = "III"
)

// Levels lists all of them, in the order of the table's columns.
var Levels = []Level{LevelS1, LevelS2, LevelS3, LevelS4, LevelI, LevelII, LevelIII}

// Mode is how severe the inspection is now.
type Mode string

// The modes.
const (
	Normal       Mode = "normal"
	Tightened    Mode = "tightened"
	Reduced      Mode = "reduced"
	Discontinued Mode = "discontinued" // nothing is accepted until the supplier has improved and somebody says so
)

// Modes lists all of them.
var Modes = []Mode{Normal, Tightened, Reduced, Discontinued}

// AQLs are the limits in percent nonconforming, as the standard writes them.
var AQLs = []string{"0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10"}

// Plan is one sampling plan: look at Size pieces; accept with up to Ac bad ones, do not accept with Re or more.
type Plan struct {
	Letter string `json:"letter,omitempty"` // the code letter of the plan that is used, after the arrows
	Size   int    `json:"size"`
	Ac     int    `json:"ac"`
	Re     int    `json:"re"`
}

// For finds the plan for a lot. Where the table has an arrow, the first plan below or above it is used, with its own
// sample size. A sample as large as the lot or larger is the whole lot. A lot of one piece is looked at whole, by letter A.
func For(lot int, level Level, aql string, m Mode) (Plan, error) {
	col := slices.Index(AQLs, aql)
	if lot < 1 || col < 0 || !slices.Contains(Levels, level) {
		return Plan{}, fmt.Errorf("no sampling plan for a lot of %d at level %q and AQL %q", lot, level, aql)
	}
	t, ok := masters[m]
	if !ok {
		return Plan{}, fmt.Errorf("no sampling plan while inspection is %q", m)
	}
	row, ac := t.find(letterFor(lot, level), col)
	return Plan{Letter: string(letters[row]), Size: min(t.sizes[row], lot), Ac: ac, Re: ac + 1}, nil
}

// Letter is the sample size code letter of a lot (table 1), before any arrow.
func Letter(lot int, level Level) string { return string(letters[letterFor(lot, level)]) }

// Tighter is the plan that would have been used had the AQL been one step tighter; ok is false where there is no such AQL.
func Tighter(lot int, level Level, aql string, m Mode) (p Plan, ok bool) {
	col := slices.Index(AQLs, aql)
	if col < 1 {
		return Plan{}, false
	}
	p, err := For(lot, level, AQLs[col-1], m)
	return p, err == nil
}
