package mes

import (
	"fmt"
	"slices"
	"time"
)

// Decision is quality's answer to a review.
type Decision string

// The decisions.
const (
	DecidePass   Decision = "pass"   // a judged step counts as passed, and both verdicts are kept; else the work goes on
	DecideRework Decision = "rework" // back to an operation, whatever the rule's bound says
	DecideScrap  Decision = "scrap"
)

// Review is a decision with its reason.
type Review struct {
	Actor    Actor    `json:"actor"`
	Decision Decision `json:"decision"`
	// ReworkTo names the operation for a rework; empty means the lot's own operation.
	ReworkTo string `json:"rework_to,omitempty"`
	Reason   string `json:"reason"`
}

// By is who gives the command.
func (c Review) By() Actor { return c.Actor }

// Decide ends a review.
func (p Progress) Decide(r Routing, lot string, c Review, now time.Time) (Progress, error) {
	if p.State != LotReview {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s does not wait for a review.", lot), "Nothing was changed.", "")
	}
	var f Faults
	f.Check(!blank(c.Reason), "reason", "is missing")
	f.Check(slices.Contains([]Decision{DecidePass, DecideRework, DecideScrap}, c.Decision), "decision", "must be pass, rework or scrap")
	to := c.ReworkTo
	if to == "" {
		to = p.Operation
	}
	target, back, known := r.At(to)
	here, _, _ := r.At(p.Operation)
	f.Check(c.Decision != DecideRework || known && target <= here, "rework_to", "%q is neither this operation nor an earlier one", to)
	if err := f.Err("The review is still open."); err != nil {
		return p, err
	}
	switch c.Decision {
	case DecideRework:
		return p.queueAt(back, now).because(c.Reason), nil
	case DecideScrap:
		return p.reopened().Scrap(lot, TrackLot, p.Quantity, c.Reason, now) // all of it, however it is tracked
	}
	return p.accepted(r, now), nil
}

// accepted is a review that ends with "pass". A step that was judged, or whose machine or camera was asked in vain,
// counts as passed on quality's word; any other step is still to be done, so that no component and no label is ever
// skipped.
func (p Progress) accepted(r Routing, now time.Time) Progress {
	o, s, atStep := p.current(r)
	judged := p.Wait.On != "" && p.Wait.On != OnSignature && (s.Kind == StepDevice || s.Kind == StepVision)
	switch {
	case p.Operator == "": // the operation had not begun
		next := p.clone()
		next.State, next.Wait = LotQueued, Wait{Kind: WaitStation, On: p.Station, Since: now}
		return next
	case !atStep:
		next := p.reopened()
		next.Wait = Wait{Kind: WaitOperator, Since: now}
		return next
	case judged || p.Wait.On == OnSignature || s.Kind == StepMeasure && p.Attempt > 1:
		return p.reopened().after(o, s, now)
	}
	next := p.reopened()
	next.Wait = waitFor(s, now)
	return next
}

// reopened returns the lot from review into work.
func (p Progress) reopened() Progress {
	p = p.clone()
	p.State = LotRunning
	return p
}

// inReview is what a command meets on a lot that quality has to decide on.
func (p Progress) inReview(lot, kept string) error {
	return Refuse(CodeConflict, fmt.Sprintf("%s waits for review: %s.", lot, clause(p.Wait.Reason)), kept, "Leave it for quality.")
}

// Reviewed is a review's decision with the step record that a pass leaves: the step that was judged counts as passed on
// quality's word.
func (p Progress) Reviewed(r Routing, lot string, c Review, now time.Time) (Progress, *StepRecord, error) {
	after, err := p.Decide(r, lot, c, now)
	stays := after.Step == p.Step && after.Wait.Kind != WaitSigned
	if err != nil || c.Decision != DecidePass || stays || p.Wait.On == OnSignature {
		return after, nil, err
	}
	step := p.Built(r, StepDone{Result: ResultPass}, c.Actor, now)
	if step != nil {
		step.Note = PassedInReview + c.Reason
	}
	return after, step, nil
}
