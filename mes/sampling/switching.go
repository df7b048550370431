package sampling

// Scheme is where the inspection of one supplier's lots by one plan stands. It is a value: After answers the next one.
type Scheme struct {
	Mode Mode `json:"mode"`
	// Recent are the last lots under normal inspection, oldest first, at most five: true for accepted.
	Recent []bool `json:"recent"`
	// Score is the switching score under normal inspection.
	Score int `json:"score"`
	// Accepted counts the lots accepted one after another under tightened inspection.
	Accepted int `json:"accepted"`
	// Refused counts the lots not accepted since tightened inspection began.
	Refused int `json:"refused"`
}

// Begin is how inspection begins: normal.
func Begin() Scheme { return Scheme{Mode: Normal, Recent: []bool{}} }

// Lot is the outcome of one original inspection. Lots that are submitted again do not count.
type Lot struct {
	Accepted bool
	// Ac is of the plan that was used.
	Ac int
	// AtTighter tells that the lot would have been accepted had the AQL been one step tighter.
	AtTighter bool
}

// Terms are what a plan says of switching.
type Terms struct {
	// Reduced allows reduced inspection: production is steady, and whoever is responsible wants it.
	Reduced bool
}

// Rule names the switching rule that acted, empty when none did.
type Rule string

// The rules (ISO 2859-1, 9.3 and 9.4).
const (
	RuleTighten     Rule = "two_of_five"      // normal to tightened
	RuleNormal      Rule = "five_accepted"    // tightened to normal
	RuleDiscontinue Rule = "five_refused"     // tightened to discontinued
	RuleReduce      Rule = "score_thirty"     // normal to reduced
	RuleNotAccepted Rule = "not_accepted"     // reduced to normal
	RuleIrregular   Rule = "irregular"        // reduced to normal, by a person's word
	RuleResume      Rule = "supplier_resumed" // discontinued to tightened, by a person's word
)

const (
	span       = 5  // lots that are looked back on
	twoOf      = 2  // of them not accepted: tightened
	reduceFrom = 30 // switching score
)

// After is the scheme once a lot was decided, and the rule that switched it.
func (s Scheme) After(l Lot, t Terms) (Scheme, Rule) {
	switch s.Mode {
	case Normal:
		return s.afterNormal(l, t)
	case Tightened:
		return s.afterTightened(l)
	case Reduced:
		if !l.Accepted {
			return Begin(), RuleNotAccepted
		}
	}
	return s, ""
}

func (s Scheme) afterNormal(l Lot, t Terms) (Scheme, Rule) {
	recent := append(append([]bool{}, s.Recent...), l.Accepted)
	s.Recent = recent[max(0, len(recent)-span):]
	s.Score = s.score(l)
	refused := 0
	for _, ok := range s.Recent {
		if !ok {
			refused++
		}
	}
	switch {
	case refused >= twoOf:
		return Scheme{Mode: Tightened, Recent: []bool{}}, RuleTighten
	case s.Score >= reduceFrom && t.Reduced:
		return Scheme{Mode: Reduced, Recent: []bool{}}, RuleReduce
	}
	return s, ""
}

// score is the switching score after a lot: with Ac of 2 or more a lot that would pass one AQL step tighter adds 3, with
// 0 or 1 an accepted lot adds 2; anything else begins at 0 again.
func (s Scheme) score(l Lot) int {
	switch {
	case l.Ac >= 2 && l.Accepted && l.AtTighter:
		return s.Score + 3
	case l.Ac < 2 && l.Accepted:
		return s.Score + 2
	}
	return 0
}

func (s Scheme) afterTightened(l Lot) (Scheme, Rule) {
	if !l.Accepted {
		s.Accepted, s.Refused = 0, s.Refused+1
		if s.Refused >= span {
			s.Mode = Discontinued
			return s, RuleDiscontinue
		}
		return s, ""
	}
	if s.Accepted++; s.Accepted >= span {
		return Begin(), RuleNormal
	}
	return s, ""
}

// Irregular brings reduced inspection back to normal because production is not steady any more. ok is false when the
// inspection is not reduced.
func (s Scheme) Irregular() (Scheme, bool) { return Begin(), s.Mode == Reduced }

// Resume takes discontinued inspection up again, tightened. ok is false when it is not discontinued.
func (s Scheme) Resume() (Scheme, bool) {
	return Scheme{Mode: Tightened, Recent: []bool{}}, s.Mode == Discontinued
}
