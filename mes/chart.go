package mes

import (
	"fmt"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes/spc"
)

// Grouping says which values make one point of a control chart.
type Grouping string

// The groupings.
const (
	SubgroupRecord Grouping = "record" // the values of one record: the measured pieces of one lot
	SubgroupRun    Grouping = "run"    // so many values in the order in which they came
	SubgroupDay    Grouping = "day"    // a day of the site; its point comes with the first value of a later day
)

// MaxRun is the largest subgroup that a chart of counts gathers.
const MaxRun = 10_000

// Chart is a control chart: what it watches, how its points are made, and which rules tell that it left control.
type Chart struct {
	ID   string   `json:"id"`
	Site string   `json:"site"`
	Name string   `json:"name"`
	Kind spc.Kind `json:"kind"`

	// A chart watches a characteristic of a step of a product's operation, or of an inspection plan. Without a
	// characteristic, a chart of nonconforming units counts the step's own result.
	Product        string `json:"product,omitempty"`
	Operation      string `json:"operation,omitempty"`
	Step           string `json:"step,omitempty"`
	Plan           string `json:"plan,omitempty"`
	Characteristic string `json:"characteristic,omitempty"`
	// Station narrows it to one station; empty takes all.
	Station string `json:"station,omitempty"`

	Grouping Grouping `json:"grouping"`
	// Size of a subgroup of the grouping run: values, or inspected units.
	Size  int        `json:"size,omitempty"`
	Rules []spc.Rule `json:"rules"`
	spc.Options

	Active    bool      `json:"active"`
	Version   int       `json:"version"`
	ChangedBy string    `json:"changed_by,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
}

// Validate names every field with which the chart can't work.
func (c Chart) Validate() error {
	var f Faults
	f.Check(routingID.MatchString(c.ID), "id", idForm)
	f.Check(!blank(c.Name) && len(c.Name) <= 200, "name", "must be 1 to 200 characters")
	f.Check(c.Kind.Known(), "kind", "must be one of %v", spc.Kinds)
	c.validateSubject(&f)
	c.validateGrouping(&f)
	c.validateRules(&f)
	if err := c.Options.Validate(); err != nil {
		f.Add("lambda", "%s", err)
	}
	return f.Err("The chart was not stored.")
}

func (c Chart) validateSubject(f *Faults) {
	if c.Plan != "" {
		f.Check(c.Product == "" && c.Operation == "" && c.Step == "", "plan", "a plan knows its product, operation and step; leave them out")
		f.Check(c.Characteristic != "", "characteristic", "is missing")
		return
	}
	f.Check(c.Product != "", "product", "is missing; a chart watches a step of a product, or a plan")
	f.Check(c.Operation != "", "operation", "is missing")
	f.Check(c.Step != "", "step", "is missing")
	whole := c.Kind == spc.P || c.Kind == spc.NP
	f.Check(c.Characteristic != "" || whole, "characteristic", "is missing; only charts p and np count whole steps")
}

func (c Chart) validateGrouping(f *Faults) {
	ok := slices.Contains([]Grouping{SubgroupRecord, SubgroupRun, SubgroupDay}, c.Grouping)
	f.Check(ok, "grouping", "must be record, run or day")
	if !ok || !c.Kind.Known() {
		return
	}
	f.Check(c.Grouping != SubgroupDay || c.Kind.Counts(), "grouping", "a day's values are one point of charts that count only")
	f.Check(c.Kind != spc.IMR || c.Grouping == SubgroupRun, "grouping", "a chart of single values takes run, with the size 1")
	if c.Grouping != SubgroupRun {
		f.Check(c.Size == 0, "size", "goes with the grouping run only")
		return
	}
	low, high := 1, spc.MaxSize
	switch {
	case c.Kind == spc.IMR:
		high = 1
	case c.Kind == spc.XbarR || c.Kind == spc.XbarS:
		low = 2
	case c.Kind.Counts():
		high = MaxRun
	}
	f.Check(c.Size >= low && c.Size <= high, "size", "must be from %d to %d for a chart %s", low, high, c.Kind)
}

// validateRules: the two sets have rules in common, so a chart takes one of them.
func (c Chart) validateRules(f *Faults) {
	if c.Kind.Weighted() {
		f.Check(len(c.Rules) == 0, "rules", "a weighted chart signals at its limits; zone rules mean nothing on it")
		return
	}
	f.Check(len(c.Rules) > 0, "rules", "at least one is needed")
	sets := map[bool]bool{}
	for i, r := range c.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		f.Check(r.Known(), at, "must be one of %v or %v", spc.WesternElectric, spc.Nelson)
		f.Check(slices.Index(c.Rules, r) == i, at, "is given twice")
		sets[slices.Contains(spc.Nelson, r)] = true
	}
	f.Check(len(sets) < 2, "rules", "must be of one set, Western Electric's or Nelson's: the sets have rules in common")
}

// SameSubject tells that two definitions make the same points, so that one may take the other's place on its data.
func (c Chart) SameSubject(o Chart) bool {
	a, b := c, o
	for _, x := range []*Chart{&a, &b} {
		x.Name, x.Rules, x.Active, x.Version, x.ChangedBy, x.ChangedAt, x.Options = "", nil, false, 0, "", time.Time{}, spc.Options{}
	}
	return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
}

// Takes gives the places of those values of an observation that are the chart's. A value of bad quality is no one's.
func (c Chart) Takes(o Observation) []int {
	if !c.Active || c.Site != o.Site || c.Plan != o.Plan || c.Station != "" && c.Station != o.Station {
		return nil
	}
	if c.Plan == "" && (c.Product != o.Product || c.Operation != o.Operation || c.Step != o.Step) {
		return nil
	}
	var out []int
	for i, v := range o.Values {
		if v.Characteristic == c.Characteristic && !v.Bad {
			out = append(out, i)
		}
	}
	return out
}

// Exclusion takes a point out of phase I, because its cause is known and removed.
type Exclusion struct {
	Seq    int64  `json:"seq"`
	Reason string `json:"reason"`
}

// StudyWindow is what a person chooses for phase I: points by their numbers, both ends included. 0 is open.
type StudyWindow struct {
	From     int64       `json:"from"`
	To       int64       `json:"to"`
	Excluded []Exclusion `json:"excluded,omitempty"`
}

// MaxStudy is how many points phase I may have.
const MaxStudy = 2000

// Validate names what is wrong with the window.
func (w StudyWindow) Validate() error {
	var f Faults
	f.Check(w.From >= 0, "from", "must be 0 or a point's number")
	f.Check(w.To == 0 || w.To >= w.From, "to", "must not be before from")
	seen := map[int64]bool{}
	for i, e := range w.Excluded {
		at := fmt.Sprintf("excluded[%d]", i)
		f.Check(!blank(e.Reason), at+".reason", "is missing")
		f.Check(e.Seq >= w.From && (w.To == 0 || e.Seq <= w.To), at+".seq", "point %d is not in the window", e.Seq)
		f.Check(!seen[e.Seq], at+".seq", "point %d is given twice", e.Seq)
		seen[e.Seq] = true
	}
	return f.Err("The limits were not computed.")
}

// ChartLimits are frozen limits: what phase I found, from which points, and who stands for it. They never change. The newest
// approval says which version is in force.
type ChartLimits struct {
	Chart      string       `json:"chart"`
	Version    int          `json:"version"`
	Baseline   spc.Baseline `json:"baseline"`
	Window     StudyWindow  `json:"window"`
	Reason     string       `json:"reason"`
	ProposedBy string       `json:"proposed_by"`
	ProposedAt time.Time    `json:"proposed_at"`
	// Approvals are empty until quality approves; a version may come into force again.
	Approvals []ChartApproval `json:"approvals"`
	InForce   bool            `json:"in_force"`
}

// ChartApproval puts a version of limits into force.
type ChartApproval struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	// From is the number of the first point that is held against the limits.
	From int64 `json:"from"`
}

// ChartPoint is one point of a chart. It never changes: later limits leave it as it was judged.
type ChartPoint struct {
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	// N is the number of values, or of inspected units.
	N      float64  `json:"n"`
	Value  float64  `json:"value"`
	Spread *float64 `json:"spread"`
	// Plot and Second are what the two plots show; they differ from value and spread on weighted charts.
	Plot   float64  `json:"plot"`
	Second *float64 `json:"second"`

	Centre       *float64 `json:"centre"`
	Sigma        *float64 `json:"sigma"`
	Lower        *float64 `json:"lower"`
	Upper        *float64 `json:"upper"`
	SecondCentre *float64 `json:"second_centre"`
	SecondLower  *float64 `json:"second_lower"`
	SecondUpper  *float64 `json:"second_upper"`

	// Limits is the version that the point was judged by, 0 before there were any.
	Limits      int        `json:"limits"`
	Flags       []spc.Flag `json:"flags"`
	SecondFlags []spc.Flag `json:"second_flags"`
	// Rules names the flags' rules once more, for tables.
	Rules    []string  `json:"rules"`
	Values   []Decimal `json:"values"`
	Lots     []string  `json:"lots"`
	Stations []string  `json:"stations"`
	Excluded string    `json:"excluded,omitempty"` // why phase I left it out

	// The specification that the subgroup's last value was judged by.
	SpecLower *Decimal `json:"spec_lower,omitempty"`
	SpecUpper *Decimal `json:"spec_upper,omitempty"`
	Unit      string   `json:"unit,omitempty"`
}

// ruleNames lists the rules of a point's flags, once each.
func ruleNames(flags ...[]spc.Flag) []string {
	out := []string{}
	for _, list := range flags {
		for _, f := range list {
			if !slices.Contains(out, string(f.Rule)) {
				out = append(out, string(f.Rule))
			}
		}
	}
	return out
}

// Judged sets what a tracker found out about the point.
func (p *ChartPoint) Judged(t spc.Point) {
	p.Plot, p.Second = t.Plot, number(t.Second)
	p.Centre, p.Sigma, p.Lower, p.Upper = number(t.Line.Centre), number(t.Line.Sigma), number(t.Line.Lower), number(t.Line.Upper)
	p.SecondCentre, p.SecondLower, p.SecondUpper = number(t.SecondLine.Centre), number(t.SecondLine.Lower), number(t.SecondLine.Upper)
	p.Flags, p.SecondFlags = flagsOf(t.Flags), flagsOf(t.SecondFlags)
	p.Rules = ruleNames(p.Flags, p.SecondFlags)
}

func flagsOf(f []spc.Flag) []spc.Flag {
	if f == nil {
		return []spc.Flag{}
	}
	return f
}

// number is nil for what is no number: JSON knows none of those.
func number(v float64) *float64 {
	if v != v || v > maxFloat || v < -maxFloat {
		return nil
	}
	return &v
}

const maxFloat = 1.7976931348623157e308
