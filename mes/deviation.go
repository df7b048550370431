package mes

import "time"

// Deviation is one thing that did not go as planned. Each fact appears once: a failed step is one, the rework that came
// of it another.
type Deviation struct {
	Kind     DeviationKind `json:"kind"`
	Severity Severity      `json:"severity"`
	Text     string        `json:"text"`
	At       time.Time     `json:"at"`
	By       string        `json:"by,omitempty"`
	// Open tells that somebody must still act.
	Open bool `json:"open,omitempty"`
	// Noun and Ref name the fact: step 20/1/3 is operation 20, visit 1, step 3; a hold, a verdict, a signature, a lot.
	Noun string `json:"noun"`
	Ref  string `json:"ref"`
}

// DeviationKind names what kind of thing did not go as planned.
type DeviationKind string

// The kinds.
const (
	DeviatedHold        DeviationKind = "hold"
	DeviatedDefect      DeviationKind = "defect"
	DeviatedRework      DeviationKind = "rework"
	DeviatedReview      DeviationKind = "review"
	DeviatedOverride    DeviationKind = "overridden" // quality decided otherwise than a camera or a machine
	DeviatedFail        DeviationKind = "failed_step"
	DeviatedUndecided   DeviationKind = "undecided"
	DeviatedRepeat      DeviationKind = "repeated" // failed, and then passed
	DeviatedByHand      DeviationKind = "by_hand"  // a person entered what a machine should have answered
	DeviatedSilent      DeviationKind = "silent"
	DeviatedScrap       DeviationKind = "scrap"
	DeviatedVoid        DeviationKind = "withdrawn"
	DeviatedLate        DeviationKind = "late_verdict"
	DeviatedStray       DeviationKind = "stray_verdict" // a second one, or one for a step that nothing waited at
	DeviatedComponent   DeviationKind = "component_replaced"
	DeviatedNear        DeviationKind = "near_limit"
	DeviatedUnqualified DeviationKind = "unqualified"
	DeviatedRevision    DeviationKind = "revision_changed"
	DeviatedUnsigned    DeviationKind = "signature_missing"
	DeviatedVoided      DeviationKind = "signature_voided"
	DeviatedClock       DeviationKind = "clock"
	DeviatedPause       DeviationKind = "long_pause"
	DeviatedQuantity    DeviationKind = "quantity"
	DeviatedReprint     DeviationKind = "reprinted"
	DeviatedSkipped     DeviationKind = "skipped" // a planned step without a pass
	DeviatedMessage     DeviationKind = "message_refused"
	DeviatedCancel      DeviationKind = "cancelled"
	DeviatedTerms       DeviationKind = "order_changed"
	DeviatedNC          DeviationKind = "nonconformance"
)

// DeviationKinds lists all of them.
var DeviationKinds = []DeviationKind{
	DeviatedHold, DeviatedDefect, DeviatedRework, DeviatedReview, DeviatedOverride, DeviatedFail, DeviatedUndecided, DeviatedRepeat,
	DeviatedByHand, DeviatedSilent, DeviatedScrap, DeviatedVoid, DeviatedLate, DeviatedStray, DeviatedComponent, DeviatedNear,
	DeviatedUnqualified, DeviatedRevision, DeviatedUnsigned, DeviatedVoided, DeviatedClock, DeviatedPause, DeviatedQuantity,
	DeviatedReprint, DeviatedSkipped, DeviatedMessage, DeviatedCancel, DeviatedTerms, DeviatedNC,
}

// severities says how much each kind weighs by itself.
var severities = map[DeviationKind]Severity{
	DeviatedHold: SeverityMedium, DeviatedDefect: SeverityMedium, DeviatedRework: SeverityMedium, DeviatedReview: SeverityMedium,
	DeviatedOverride: SeverityHigh, DeviatedFail: SeverityHigh, DeviatedUndecided: SeverityMedium, DeviatedRepeat: SeverityMedium,
	DeviatedByHand: SeverityMedium, DeviatedSilent: SeverityMedium, DeviatedScrap: SeverityHigh, DeviatedVoid: SeverityMedium,
	DeviatedLate: SeverityHigh, DeviatedStray: SeverityLow, DeviatedComponent: SeverityMedium, DeviatedNear: SeverityLow,
	DeviatedUnqualified: SeverityHigh, DeviatedRevision: SeverityHigh, DeviatedUnsigned: SeverityHigh, DeviatedVoided: SeverityHigh,
	DeviatedClock: SeverityMedium, DeviatedPause: SeverityLow, DeviatedQuantity: SeverityCritical, DeviatedReprint: SeverityLow,
	DeviatedSkipped: SeverityCritical, DeviatedMessage: SeverityMedium, DeviatedCancel: SeverityMedium, DeviatedTerms: SeverityLow, DeviatedNC: SeverityHigh,
}

// What counts as a deviation where the plan gives no limit of its own.
const (
	// LongPause is how long an operation may be interrupted.
	LongPause = 15 * time.Minute
	// ClockSlack is how far a device's clock may be ahead of the server's.
	ClockSlack = 5 * time.Second
)

// NearLimit is which part of the way between its limits a value must stay away from each. NearOnly is that part of the
// limit itself where there is only one: there is no way to measure by, and a tenth of a limit of 97 % would be all values.
var (
	NearLimit = MustDecimal("0.1")
	NearOnly  = MustDecimal("0.01")
)

// near names the limit that a passing value stands close to; "" when it keeps its distance.
func (v BuiltValue) near() string {
	var width Decimal
	switch {
	case v.Result != ResultPass || v.Lower == nil && v.Upper == nil:
		return ""
	case v.Lower != nil && v.Upper != nil:
		width = v.Upper.Sub(*v.Lower).Mul(NearLimit)
	case v.Lower != nil:
		width = v.Lower.Abs().Mul(NearOnly)
	default:
		width = v.Upper.Abs().Mul(NearOnly)
	}
	if v.Upper != nil && v.Upper.Sub(v.Value).LessThan(width) {
		return "upper"
	}
	if v.Lower != nil && v.Value.Sub(*v.Lower).LessThan(width) {
		return "lower"
	}
	return ""
}

// Written is a value with its unit and limits as a person reads it.
func (v BuiltValue) Written() string {
	c := Characteristic{ID: v.Characteristic, Name: v.Name, Unit: v.Unit}
	text := c.title() + " " + c.amount(v.Value)
	switch {
	case v.Lower != nil && v.Upper != nil:
		return text + " (" + v.Lower.String() + " to " + v.Upper.String() + ")"
	case v.Lower != nil:
		return text + " (at least " + v.Lower.String() + ")"
	case v.Upper != nil:
		return text + " (at most " + v.Upper.String() + ")"
	}
	return text
}
