package mes

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Judgement is what an inspection rule says of one picture.
type Judgement struct {
	Verdict StepResult `json:"verdict"` // pass, fail or undecided; never silent, since somebody looked
	// Confidence is that of the weakest finding that the verdict rests on, 1 where it rests on finding nothing.
	Confidence Decimal       `json:"confidence"`
	Checks     []CheckResult `json:"checks"`
}

// CheckResult is what one check of the rule says.
type CheckResult struct {
	ID    string `json:"id"`
	Class string `json:"class"`
	// Found counts what fits for sure. Doubtful counts what may fit: under the confidence asked for, or of a place or size
	// that can't be told.
	Found    int        `json:"found"`
	Doubtful int        `json:"doubtful,omitempty"`
	Result   StepResult `json:"result"`
	Why      string     `json:"why"`
	// Counted and Doubted say which predictions these are, by their place in the list.
	Counted []int `json:"counted,omitempty"`
	Doubted []int `json:"doubted,omitempty"`

	confidence float64
}

// Judge applies the rule to what a model found in one picture. The number of things that fit lies between those found for
// sure and those with the doubtful ones: a check passes when every number of that span is allowed, fails when none is, and
// is undecided otherwise. So an unsure finding never makes a pass, and a verdict that it can't change needs no person.
func (i InspectionRule) Judge(found []Prediction, pic Picture) Judgement {
	out := Judgement{Verdict: ResultUndecided, Checks: []CheckResult{}}
	if len(i.Checks) == 0 {
		return out // a rule that asks for nothing has nothing to say
	}
	out.Verdict = ResultPass
	for _, c := range i.Checks {
		r := c.judge(found, pic, i.PixelsPerMM)
		out.Checks = append(out.Checks, r)
		if worse(r.Result, out.Verdict) {
			out.Verdict = r.Result
		}
	}
	sure := 1.0
	for _, r := range out.Checks {
		if r.Result == out.Verdict {
			sure = min(sure, r.confidence)
		}
	}
	out.Confidence = FromFloat(sure)
	return out
}

// Samples tells whether a person is asked about a picture that passed: the rule's share of them, drawn by the verdict's own
// ID, so that asking again draws the same ones.
func (i InspectionRule) Samples(id string) bool {
	if i.ReviewShare == nil || !i.ReviewShare.IsPositive() {
		return false
	}
	sum := sha256.Sum256([]byte(id))
	return float64(binary.BigEndian.Uint32(sum[:4]))/(1<<32) < i.ReviewShare.InexactFloat64()
}

// Why says in one line what kept the picture from passing; it is empty for a pass.
func (j Judgement) Why() string {
	var out []string
	for _, c := range j.Checks {
		if c.Result != ResultPass {
			out = append(out, c.Why)
		}
	}
	return strings.Join(out, "; ")
}

// worse tells whether a verdict weighs more than another: a failed check fails the picture, an undecided one leaves it open.
func worse(a, b StepResult) bool {
	rank := map[StepResult]int{ResultPass: 0, ResultUndecided: 1, ResultFail: 2}
	return rank[a] > rank[b]
}

func (c InspectionCheck) judge(found []Prediction, pic Picture, perMM *Decimal) CheckResult {
	out := CheckResult{ID: c.ID, Class: c.Class}
	weakest, doubt := 1.0, 0.0
	for n, p := range found {
		switch c.fits(p, pic, perMM) {
		case fitsSure:
			out.Found++
			out.Counted = append(out.Counted, n)
			weakest = min(weakest, p.Confidence)
		case fitsPerhaps:
			out.Doubtful++
			out.Doubted = append(out.Doubted, n)
			doubt = max(doubt, share(p.Confidence))
		}
	}
	least, most := c.bounds()
	allowed := func(n int) bool { return n >= least && (most < 0 || n <= most) }
	switch {
	case allowed(out.Found) && allowed(out.Found+out.Doubtful):
		out.Result = ResultPass
	case out.Found+out.Doubtful < least || most >= 0 && out.Found > most:
		out.Result = ResultFail
	default:
		out.Result = ResultUndecided
		weakest = doubt
	}
	out.confidence = weakest
	out.Why = c.why(out, least, most)
	return out
}

// bounds are the fewest and the most that may be found; a most below 0 is open. A check that gives neither asks for one.
func (c InspectionCheck) bounds() (least, most int) {
	most = -1
	if c.CountMin == nil && c.CountMax == nil {
		return 1, most
	}
	if c.CountMin != nil {
		least = *c.CountMin
	}
	if c.CountMax != nil {
		most = *c.CountMax
	}
	return least, most
}

type fit int

const (
	fitsNot fit = iota
	fitsPerhaps
	fitsSure
)

// fits tells whether a prediction counts for the check: class, place and size first, and then how sure the model is.
func (c InspectionCheck) fits(p Prediction, pic Picture, perMM *Decimal) fit {
	if p.Class != c.Class {
		return fitsNot
	}
	at := min(c.Zone.holds(p, pic), c.sized(p, pic, perMM))
	if at == fitsNot {
		return fitsNot
	}
	if math.IsNaN(p.Confidence) || p.Confidence < 0 || p.Confidence > 1 {
		return fitsPerhaps // a percentage or a mistake; it says nothing
	}
	sure := FromFloat(p.Confidence)
	switch {
	case sure.GreaterThanOrEqual(c.MinConfidence):
		return at
	case c.IgnoreBelow != nil && sure.LessThan(*c.IgnoreBelow):
		return fitsNot
	}
	return fitsPerhaps
}

// holds tells whether the centre of the box lies in the zone, its edges included.
func (z *Zone) holds(p Prediction, pic Picture) fit {
	if z == nil {
		return fitsSure
	}
	if pic.Width <= 0 || pic.Height <= 0 || !p.boxed() {
		return fitsPerhaps
	}
	in := func(v float64, of int, from, size Decimal) bool {
		// Shares are exact decimals, and so is the comparison: a centre on the edge lies in the zone.
		at, full := FromFloat(v), Count(int64(of))
		return at.GreaterThanOrEqual(from.Mul(full)) && at.LessThanOrEqual(from.Add(size).Mul(full))
	}
	if in(p.X, pic.Width, z.X, z.Width) && in(p.Y, pic.Height, z.Y, z.Height) {
		return fitsSure
	}
	return fitsNot
}

// boxed tells that the prediction has a place in the picture.
func (p Prediction) boxed() bool {
	for _, v := range []float64{p.X, p.Y, p.Width, p.Height} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return p.Width > 0 && p.Height > 0
}

// sized tells whether the prediction's size lies within the check's.
func (c InspectionCheck) sized(p Prediction, pic Picture, perMM *Decimal) fit {
	if c.SizeMin == nil && c.SizeMax == nil {
		return fitsSure
	}
	size, known := p.Size(c.Unit, pic, perMM)
	if !known {
		return fitsPerhaps
	}
	if c.SizeMin != nil && size.LessThan(*c.SizeMin) || c.SizeMax != nil && size.GreaterThan(*c.SizeMax) {
		return fitsNot
	}
	return fitsSure
}

// The units of a size.
const (
	SizePixels  = "px"  // the longer side of the box
	SizeMM      = "mm"  // the longer side, by the rule's scale
	SizeArea    = "px2" // the area, of the outline where there is one
	SizePercent = "%"   // the area, of the whole picture's
)

// SizeUnits lists them.
var SizeUnits = []string{SizePixels, SizeMM, SizeArea, SizePercent}

// Size is how large the found thing is, in one of SizeUnits; no unit means pixels. It is rounded to thousandths: a model's
// boxes are not more exact. known is false where it can't be told.
func (p Prediction) Size(unit string, pic Picture, perMM *Decimal) (size Decimal, known bool) {
	if !p.boxed() {
		return Zero, false
	}
	const digits = 3
	side := FromFloat(max(p.Width, p.Height))
	switch unit {
	case "", SizePixels:
		return side.Round(digits), true
	case SizeMM:
		if perMM == nil || !perMM.IsPositive() {
			return Zero, false
		}
		return side.DivRound(*perMM, digits), true
	case SizeArea:
		return FromFloat(p.area()).Round(digits), true
	case SizePercent:
		if pic.Width <= 0 || pic.Height <= 0 {
			return Zero, false
		}
		return FromFloat(p.area()).Mul(Count(100)).DivRound(Count(int64(pic.Width)*int64(pic.Height)), digits), true
	}
	return Zero, false
}

// area is that of the mask, of the outline by the shoelace formula, or of the box.
func (p Prediction) area() float64 {
	if p.RLE != nil {
		return float64(p.RLE.Area())
	}
	if len(p.Points) < 3 {
		return p.Width * p.Height
	}
	sum := 0.0
	for n, a := range p.Points {
		b := p.Points[(n+1)%len(p.Points)]
		sum += a[0]*b[1] - b[0]*a[1]
	}
	if a := math.Abs(sum) / 2; !math.IsNaN(a) && !math.IsInf(a, 0) {
		return a
	}
	return p.Width * p.Height
}

// share keeps a confidence that a sender got wrong from leaving 0 to 1.
func share(v float64) float64 {
	if math.IsNaN(v) || v < 0 {
		return 0
	}
	return min(v, 1)
}

// why says in a person's words what the check found.
func (c InspectionCheck) why(r CheckResult, least, most int) string {
	out := fmt.Sprintf("%s: %d found", c.Class, r.Found)
	if r.Doubtful > 0 {
		out += fmt.Sprintf(", %d doubtful", r.Doubtful)
	}
	switch {
	case most < 0:
		return fmt.Sprintf("%s, at least %d wanted", out, least)
	case most == 0:
		return out + ", none allowed"
	case least == most:
		return fmt.Sprintf("%s, %d wanted", out, least)
	case least == 0:
		return fmt.Sprintf("%s, at most %d allowed", out, most)
	}
	return fmt.Sprintf("%s, %d to %d wanted", out, least, most)
}

func (i InspectionRule) validateJudging(f *Faults) {
	f.Check(i.ReviewShare == nil || !i.ReviewShare.IsNegative() && i.ReviewShare.LessThanOrEqual(One), "review_share", "must be from 0 to 1")
	f.Check(i.PixelsPerMM == nil || i.PixelsPerMM.IsPositive(), "pixels_per_mm", "must be above 0")
	for n, c := range i.Checks {
		at := fmt.Sprintf("checks[%d]", n)
		sized := c.SizeMin != nil || c.SizeMax != nil
		f.Check(c.Unit == "" || slices.Contains(SizeUnits, c.Unit), at+".unit", "must be one of %v", SizeUnits)
		f.Check(!sized || c.Unit != SizeMM || i.PixelsPerMM != nil, "pixels_per_mm", "is missing; %s asks for a size in mm", at)
		f.Check(c.IgnoreBelow == nil || !c.IgnoreBelow.IsNegative() && c.IgnoreBelow.LessThanOrEqual(c.MinConfidence), at+".ignore_below", "must be from 0 to the confidence asked for")
	}
}
