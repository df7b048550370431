package mes

import (
	"fmt"
	"strings"
	"time"
)

// Reading is one value as entered or measured.
type Reading struct {
	Characteristic string  `json:"characteristic"`
	Value          Decimal `json:"value"`
	// Sample numbers the measured piece of the lot from 1; it may be 0 where only one piece, or the lot itself, is measured.
	Sample int `json:"sample,omitempty"`
	// At is when the value was measured, by the device's clock where it has one.
	At time.Time `json:"at,omitzero"`
}

// ComponentUse is a scanned component. Quantity nil means what the step still needs.
type ComponentUse struct {
	Scan     string   `json:"scan"`
	Quantity *Decimal `json:"quantity,omitempty"`
}

// CompleteStep is an operator's word that the current step is done.
type CompleteStep struct {
	Actor      Actor          `json:"actor"`
	Operation  string         `json:"operation"`
	Step       string         `json:"step"`
	Values     []Reading      `json:"values,omitempty"`
	Components []ComponentUse `json:"components,omitempty"`
	Scan       string         `json:"scan,omitempty"`
	// Gauge is what the values were measured with, where the step asks for one.
	Gauge string `json:"gauge,omitempty"`
}

// By is who gives the command.
func (c CompleteStep) By() Actor { return c.Actor }

// StepResult is a value's or a step's judgement.
type StepResult string

// The results.
const (
	ResultPass StepResult = "pass"
	ResultFail StepResult = "fail"
	// ResultUndecided is a verdict that may not count as either, for example under the confidence threshold.
	ResultUndecided StepResult = "undecided"
	ResultSilent    StepResult = "silent" // no answer came
)

// Judged is a reading with the limits that it was judged by.
type Judged struct {
	Reading
	Name   string     `json:"name"`
	Unit   string     `json:"unit,omitempty"`
	Lower  *Decimal   `json:"lower,omitempty"`
	Upper  *Decimal   `json:"upper,omitempty"`
	Result StepResult `json:"result"`
}

// Judge holds readings against a step's characteristics. Every characteristic, for every sampled piece, must have
// exactly one value; anything missing, doubled or unknown is refused by name. The result is fail when any value is
// out of limits, and over then says of the first one so, in the operator's words and without a full stop. pieces is
// what is left of the lot.
func Judge(s Step, pieces Decimal, readings []Reading) (judged []Judged, result StepResult, over string, err error) {
	samples := s.Samples(pieces)
	byID := map[string]Characteristic{}
	for _, c := range s.Characteristics {
		byID[c.ID] = c
	}
	var f Faults
	seen := map[string]bool{}
	result = ResultPass
	for i, v := range readings {
		c, known := byID[v.Characteristic]
		at := fmt.Sprintf("values[%d]", i)
		if !known {
			f.Add(at+".characteristic", "%q is not measured in this step", v.Characteristic)
			continue
		}
		if v.Sample == 0 && samples == 1 {
			v.Sample = 1
		}
		key := fmt.Sprintf("%s/%d", v.Characteristic, v.Sample)
		f.Check(v.Sample >= 1 && v.Sample <= samples, at+".sample", "must be from 1 to %d, the number of measured pieces", samples)
		f.Check(!seen[key], at, "%s%s is given twice", c.title(), ofPiece(v.Sample, samples))
		seen[key] = true
		v.Sample = readings[i].Sample
		j := Judged{Reading: v, Name: c.Name, Unit: c.Unit, Lower: c.Lower, Upper: c.Upper, Result: ResultPass}
		if !c.Within(v.Value) {
			j.Result, result = ResultFail, ResultFail
			if over == "" {
				over = c.outOfLimits(v.Value)
			}
		}
		judged = append(judged, j)
	}
	for _, c := range s.Characteristics {
		for n := 1; n <= samples; n++ {
			f.Check(seen[fmt.Sprintf("%s/%d", c.ID, n)], "values", "%s%s is missing", c.title(), ofPiece(n, samples))
		}
	}
	if err := f.Err(fmt.Sprintf("Step %s is not complete.", s.title())); err != nil {
		return nil, "", "", err // half a set of values is no result
	}
	return judged, result, over, nil
}

func ofPiece(n, of int) string {
	if of == 1 {
		return ""
	}
	return fmt.Sprintf(", piece %d", n)
}

func (c Characteristic) outOfLimits(v Decimal) string {
	if c.Upper != nil && v.GreaterThan(*c.Upper) {
		return fmt.Sprintf("%s: %s is over the limit of %s", c.title(), c.amount(v), c.amount(*c.Upper))
	}
	return fmt.Sprintf("%s: %s is under the limit of %s", c.title(), c.amount(v), c.amount(*c.Lower))
}

// amount is a value with its unit. Degrees of an angle stand close to their number.
func (c Characteristic) amount(v Decimal) string {
	if c.Unit == "" || c.Unit == "°" {
		return v.String() + c.Unit
	}
	return v.String() + " " + c.Unit
}

// StepDone is how a completed step changes the lot, and what the ledger must record of it.
type StepDone struct {
	Judged []Judged
	Result StepResult
	// Consume lists the components with the quantity that each gives; the ledger checks and takes them.
	Consume []Consumption
	// Refusal is what the operator is told when the attempt was recorded but does not count.
	Refusal *Error
	// Gauge is what a person measured with.
	Gauge string
}

// Consumption is one component lot's part in a lot. Component is what was scanned.
type Consumption struct {
	Component Scan    `json:"component"`
	Material  string  `json:"material"`
	Quantity  Decimal `json:"quantity"`
}

// Complete takes an operator's completion of the current step. Values out of limits are recorded as a failed attempt
// and come back as a Refusal: the lot stays at the step until a good attempt or a reported defect.
func (p Progress) Complete(r Routing, lot string, c CompleteStep, now time.Time) (Progress, StepDone, error) {
	o, s, err := p.atStep(r, lot, c.Actor, c.Operation, c.Step)
	if err != nil {
		return p, StepDone{}, err
	}
	if err := p.readyForOperator(lot, s, c); err != nil {
		return p, StepDone{}, err
	}
	if err := surplus(s, c); err != nil {
		return p, StepDone{}, err
	}
	done := StepDone{Result: ResultPass}
	switch s.Kind {
	case StepScan:
		done.Consume, err = componentsFor(s, p.Quantity, c)
	case StepMeasure, StepDevice:
		next, done, err := p.measured(o, s, c.Values, now)
		done.Gauge = c.Gauge
		return next, done, err
	case StepLabel:
		err = matchLabel(lot, c.Scan)
	}
	if err != nil {
		return p, StepDone{}, err
	}
	return p.after(o, s, now), done, nil
}

// readyForOperator refuses an operator's word where a machine's or a camera's is awaited. Silence is never a pass.
func (p Progress) readyForOperator(lot string, s Step, c CompleteStep) error {
	switch p.Wait.Kind {
	case WaitSigned:
		return Refuse(CodeConflict, fmt.Sprintf("Step %s is done and waits for its signature.", s.title()), "It is kept.", "Sign it, or report a defect.")
	case WaitMachine, WaitCamera:
		return Refuse(CodeConflict, fmt.Sprintf("Step %s waits for %s.", s.title(), p.Wait.On), "What was done before is kept.", "Wait for its answer.")
	case WaitAnswer:
		if s.Kind == StepDevice && s.ByHand && len(c.Values) > 0 {
			return nil
		}
		do := "Try again, or report a defect."
		if s.Kind == StepDevice && s.ByHand {
			do = "Try again, or enter the values."
		}
		return Refuse(CodeConflict, p.unanswered(lot), "What was done before is kept.", do)
	}
	return nil
}

// unanswered says that no answer came, and why where that is not the device's own silence.
func (p Progress) unanswered(lot string) string {
	what := fmt.Sprintf("%s gave no answer for %s", p.Wait.On, lot)
	if p.Wait.Reason != "" && !strings.HasPrefix(p.Wait.Reason, p.Wait.On) {
		what += ": " + p.Wait.Reason
	}
	return what + "."
}

// surplus refuses what the step does not take, so that nothing that a person entered is dropped without a word.
func surplus(s Step, c CompleteStep) error {
	var f Faults
	f.Check(len(c.Components) == 0 || s.Kind == StepScan, "components", "nothing is built in at this step")
	f.Check(len(c.Values) == 0 || s.Kind == StepMeasure || s.Kind == StepDevice, "values", "nothing is measured at this step")
	f.Check(s.Gauge == "" || !blank(c.Gauge), "gauge", "is missing: measure with a gauge of kind %s", s.Gauge)
	f.Check(s.Gauge != "" || c.Gauge == "", "gauge", "this step asks for no gauge")
	return f.Err(fmt.Sprintf("Step %s is not complete.", s.title()))
}

// measured judges entered values; a failed attempt keeps the lot at the step.
func (p Progress) measured(o Operation, s Step, values []Reading, now time.Time) (Progress, StepDone, error) {
	judged, result, over, err := Judge(s, p.Quantity, values)
	if err != nil {
		return p, StepDone{}, err
	}
	done := StepDone{Judged: judged, Result: result}
	if result == ResultPass {
		return p.after(o, s, now), done, nil
	}
	next := p.clone()
	next.Attempt++
	done.Refusal = Refuse(CodeUnprocessable, over+".", "The values are kept.", "Measure again, or report a defect.")
	return next, done, nil
}

// matchLabel checks that the label on the piece is the lot's own.
func matchLabel(lot, code string) error {
	scan, err := ParseScan(code)
	if err != nil {
		return &Error{Code: CodeUnprocessable, What: fmt.Sprintf("The label of %s was not read.", lot), Kept: nothingStored, Do: "Scan the printed label.",
			Fields: []FieldError{{Field: "scan", Message: err.Error()}}}
	}
	if scan.Identity() != lot {
		return &Error{Code: CodeUnprocessable, What: fmt.Sprintf("The label says %s, this is %s.", scan.Identity(), lot), Kept: nothingStored,
			Do: "Take the right label off the printer and scan it.", Fields: []FieldError{{Field: "scan", Message: "is another label"}}}
	}
	return nil
}

const nothingStored = "Nothing was stored."
