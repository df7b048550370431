package mes

import (
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/mes/sampling"
)

// PlanPoint says when an inspection falls due.
type PlanPoint string

// The points.
const (
	PlanIncoming  PlanPoint = "incoming"  // when a lot of the material is received
	PlanOperation PlanPoint = "operation" // when a lot of the product reaches the operation
	PlanFinal     PlanPoint = "final"     // when a lot of the product is packed
)

// PlanPoints lists all of them.
var PlanPoints = []PlanPoint{PlanIncoming, PlanOperation, PlanFinal}

// SamplingMethod says how the sample's size is found.
type SamplingMethod string

// The methods.
const (
	SampleFixed   SamplingMethod = "fixed"
	SamplePercent SamplingMethod = "percent"
	SampleAQL     SamplingMethod = "aql" // ISO 2859-1, single sampling, with switching
)

// SamplingMethods lists all of them.
var SamplingMethods = []SamplingMethod{SampleFixed, SamplePercent, SampleAQL}

// Sampling is how many pieces of a lot are looked at, and how many of them may be nonconforming.
type Sampling struct {
	Method  SamplingMethod `json:"method"`
	Size    int            `json:"size,omitempty"`    // for fixed
	Percent *Decimal       `json:"percent,omitempty"` // of the lot, for percent; rounded up to whole pieces
	Ac      int            `json:"ac,omitempty"`      // for fixed and percent: so many nonconforming pieces are accepted
	AQL     string         `json:"aql,omitempty"`     // in percent nonconforming, as the standard writes it
	Level   sampling.Level `json:"level,omitempty"`
	// Reduced allows reduced inspection once the switching score is high enough.
	Reduced bool `json:"reduced,omitempty"`
}

// PlanCharacteristicKind says how a characteristic is judged.
type PlanCharacteristicKind string

// The kinds.
const (
	Attribute PlanCharacteristicKind = "attribute" // a person says good or not
	Variable  PlanCharacteristicKind = "variable"  // a value is held against limits
)

// PlanCharacteristic is one thing that is looked at on each piece of a sample.
type PlanCharacteristic struct {
	ID   string                 `json:"id"`
	Name string                 `json:"name"`
	Kind PlanCharacteristicKind `json:"kind"`
	How  string                 `json:"how,omitempty"` // what to do, in a sentence
	// Code is the defect code of a piece that does not conform.
	Code   string   `json:"code,omitempty"`
	Unit   string   `json:"unit,omitempty"`
	Target *Decimal `json:"target,omitempty"`
	Lower  *Decimal `json:"lower,omitempty"`
	Upper  *Decimal `json:"upper,omitempty"`
	// Gauge is the kind of gauge that it is measured with.
	Gauge string `json:"gauge,omitempty"`
	// Samples is on how many pieces of the sample it is looked at, from the first; 0 means on all.
	Samples int `json:"samples,omitempty"`
}

// InspectionPlan says what is inspected, when, on how many pieces, and what follows.
type InspectionPlan struct {
	Title string    `json:"title"`
	Point PlanPoint `json:"point"`
	// Material is what is received, or the product that is made.
	Material  string `json:"material"`
	Operation string `json:"operation,omitempty"`
	// Supplier narrows an incoming inspection to one supplier; empty means all.
	Supplier string `json:"supplier,omitempty"`
	// Blocks holds the lot until it is accepted.
	Blocks          bool                 `json:"blocks,omitempty"`
	Sampling        Sampling             `json:"sampling"`
	Characteristics []PlanCharacteristic `json:"characteristics"`
}

// Validate names every field that cannot work.
func (p InspectionPlan) Validate() error {
	var f Faults
	f.Check(!blank(p.Title), "title", "is missing")
	f.Check(slices.Contains(PlanPoints, p.Point), "point", "must be one of %v", PlanPoints)
	f.Check(!blank(p.Material), "material", "is missing")
	f.Check((p.Point == PlanOperation) == (p.Operation != ""), "operation", "goes with the point operation, and only with it")
	f.Check(p.Supplier == "" || p.Point == PlanIncoming, "supplier", "goes with the point incoming only")
	p.Sampling.validate(&f)
	f.Check(len(p.Characteristics) > 0, "characteristics", "at least one is needed")
	f.Check(len(p.Characteristics) <= 100, "characteristics", "at most 100")
	ids := idsOf{}
	whole := len(p.Characteristics) == 0
	for n, c := range p.Characteristics {
		at := fmt.Sprintf("characteristics[%d]", n)
		ids.check(&f, at, c.ID)
		c.validate(&f, at)
		whole = whole || c.Samples == 0
	}
	f.Check(whole, "characteristics", "at least one must be looked at on every piece of the sample")
	return f.Err("The inspection plan is refused.")
}

func (s Sampling) validate(f *Faults) {
	const at = "sampling."
	f.Check(slices.Contains(SamplingMethods, s.Method), at+"method", "must be one of %v", SamplingMethods)
	f.Check((s.Method == SampleFixed) == (s.Size != 0), at+"size", "goes with the method fixed, and only with it")
	f.Check(s.Size >= 0 && s.Size <= 10_000, at+"size", "must be from 1 to 10,000")
	f.Check((s.Method == SamplePercent) == (s.Percent != nil), at+"percent", "goes with the method percent, and only with it")
	f.Check(s.Percent == nil || s.Percent.IsPositive() && s.Percent.LessThanOrEqual(Count(100)), at+"percent", "must be above 0 and at most 100")
	f.Check(s.Ac >= 0 && (s.Ac == 0 || s.Method != SampleAQL), at+"ac", "must not be below 0, and follows from the AQL where there is one")
	f.Check(s.Method != SampleFixed || s.Size == 0 || s.Ac < s.Size, at+"ac", "must be less than the sample")
	f.Check(s.Method != SampleAQL || slices.Contains(sampling.AQLs, s.AQL), at+"aql", "must be one of %v", sampling.AQLs)
	f.Check(s.Method != SampleAQL || slices.Contains(sampling.Levels, s.Level), at+"level", "must be one of %v", sampling.Levels)
	f.Check(s.Method == SampleAQL || s.AQL == "" && s.Level == "" && !s.Reduced, at+"aql", "goes with the method aql only")
}

func (c PlanCharacteristic) validate(f *Faults, at string) {
	f.Check(!blank(c.Name), at+".name", "is missing")
	f.Check(c.Kind == Attribute || c.Kind == Variable, at+".kind", "must be %q or %q", Attribute, Variable)
	f.Check(c.Samples >= 0, at+".samples", "must not be below 0")
	f.Check(c.Kind != Attribute || c.Unit == "" && c.Lower == nil && c.Upper == nil && c.Target == nil, at+".unit", "an attribute has no unit and no limits")
	f.Check(c.Kind != Variable || c.Lower != nil || c.Upper != nil, at+".lower", "a variable needs a limit")
	f.Check(c.Lower == nil || c.Upper == nil || c.Lower.LessThanOrEqual(*c.Upper), at+".lower", "lower limit is above the upper one")
	f.Check(c.Target == nil || c.limits().Within(*c.Target), at+".target", "lies outside the limits")
}

// limits is the characteristic as steps know them.
func (c PlanCharacteristic) limits() Characteristic {
	return Characteristic{ID: c.ID, Name: c.Name, Unit: c.Unit, Target: c.Target, Lower: c.Lower, Upper: c.Upper}
}

// on tells whether the characteristic is looked at on the piece.
func (c PlanCharacteristic) on(piece int) bool { return c.Samples == 0 || piece <= c.Samples }

func (p InspectionPlan) refers() DocumentRefs { return DocumentRefs{Materials: named(p.Material)} }

// At finds a characteristic by ID.
func (p InspectionPlan) At(id string) (PlanCharacteristic, bool) {
	i := slices.IndexFunc(p.Characteristics, func(c PlanCharacteristic) bool { return c.ID == id })
	if i < 0 {
		return PlanCharacteristic{}, false
	}
	return p.Characteristics[i], true
}

// Sample says how many pieces of a lot are looked at. quantity is the lot's; what is not counted in pieces counts by its
// whole units. While inspection is discontinued there is no sample: Size is 0.
func (s Sampling) Sample(quantity Decimal, m sampling.Mode) (sampling.Plan, error) {
	lot := int(max(quantity.Ceil().IntPart(), 1))
	if m == sampling.Discontinued {
		return sampling.Plan{}, nil
	}
	size := s.Size
	switch s.Method {
	case SampleAQL:
		return sampling.For(lot, s.Level, s.AQL, m)
	case SamplePercent:
		size = int(Count(int64(lot)).Mul(*s.Percent).DivRound(Count(100), 6).Ceil().IntPart())
	}
	return sampling.Plan{Size: max(min(size, lot), 1), Ac: s.Ac, Re: s.Ac + 1}, nil
}

// Outcome is what a decided lot means to the switching rules.
func (s Sampling) Outcome(quantity Decimal, m sampling.Mode, p sampling.Plan, nonconforming int) sampling.Lot {
	out := sampling.Lot{Accepted: nonconforming <= p.Ac, Ac: p.Ac}
	t, ok := sampling.Tighter(int(max(quantity.Ceil().IntPart(), 1)), s.Level, s.AQL, m)
	out.AtTighter = ok && nonconforming <= t.Ac
	return out
}
