package mes

import (
	"fmt"
	"slices"
	"time"
)

// Actor is who gives a command, and from where.
type Actor struct {
	ID string `json:"id"`
	// Station is the terminal's station; empty for a desk or a program.
	Station string `json:"station,omitempty"`
	// Seen is the version of the record that the command was given on; 0 when the giver does not say. A workflow that
	// knows an older version reads the record again before it judges.
	Seen int64 `json:"seen,omitempty"`
}

// ActorSystem stands for this system itself, where nobody gave a command.
const ActorSystem = "system"

// StartOperation begins the lot's operation at a station.
type StartOperation struct {
	Actor     Actor  `json:"actor"`
	Operation string `json:"operation"`
	Station   string `json:"station"`
}

// By is who gives the command.
func (c StartOperation) By() Actor { return c.Actor }

// By is who gives the command.
func (c Review) By() Actor { return c.Actor }

// By is who gives the command.
func (d Defect) By() Actor { return d.Actor }

// Start moves a queued lot into work.
func (p Progress) Start(r Routing, lot string, c StartOperation, now time.Time) (Progress, error) {
	if err := p.atOperation(r, lot, Actor{}, c.Operation); err != nil {
		return p, err
	}
	_, o, _ := r.At(c.Operation)
	switch {
	case p.State == LotReview:
		return p, Refuse(CodeConflict, fmt.Sprintf("%s waits for review: %s.", lot, p.Wait.Reason), "Nothing was started.", "Leave it for quality.")
	case p.State != LotQueued:
		return p, Refuse(CodeConflict, fmt.Sprintf("Operation %s of %s is running already at %s.", c.Operation, lot, p.Station), "It goes on.", "")
	case !slices.Contains(o.Stations, c.Station):
		return p, Refuse(CodeConflict, fmt.Sprintf("Operation %s of %s is not done at %s.", c.Operation, lot, c.Station),
			"Nothing was started here.", fmt.Sprintf("Take it to %s.", p.Station))
	}
	next := p.clone()
	next.State, next.Station, next.Operator = LotRunning, c.Station, c.Actor.ID
	return next.toStep(o.Steps[0], now), nil
}

// Pause interrupts the operation; what a machine or camera answers meanwhile is still recorded.
func (p Progress) Pause(r Routing, lot string, by Actor, operation string) (Progress, error) {
	if err := p.atOperation(r, lot, by, operation); err != nil {
		return p, err
	}
	if p.State != LotRunning {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s is %s, not running.", lot, p.State), "Nothing was changed.", "")
	}
	next := p.clone()
	next.State = LotPaused
	return next, nil
}

// Resume goes on after a pause.
func (p Progress) Resume(r Routing, lot string, by Actor, operation string) (Progress, error) {
	if err := p.atOperation(r, lot, by, operation); err != nil {
		return p, err
	}
	if p.State != LotPaused {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s is %s, not paused.", lot, p.State), "Nothing was changed.", "")
	}
	next := p.clone()
	next.State = LotRunning
	return next, nil
}

// Finish completes the operation once all its steps are done, and lines the lot up for the next one; after the last
// operation the lot is packed.
func (p Progress) Finish(r Routing, lot string, by Actor, operation string, now time.Time) (Progress, error) {
	if err := p.atOperation(r, lot, by, operation); err != nil {
		return p, err
	}
	if p.State != LotRunning {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s is %s, not running.", lot, p.State), "Nothing was finished.", "")
	}
	if s, open := p.CurrentStep(r); open {
		return p, Refuse(CodeConflict, fmt.Sprintf("Step %s, %s, is not done.", s.ID, s.Name), "Nothing was finished.", "Do it first, or report a defect.")
	}
	i, _, _ := r.At(operation)
	if i+1 < len(r.Operations) {
		return p.queueAt(r.Operations[i+1], now), nil
	}
	next := p.clone()
	next.State, next.Wait, next.Operator = LotPacked, Wait{Since: now}, ""
	return next, nil
}

// Scrap takes pieces out of the lot for good. A lot with nothing left is scrapped.
func (p Progress) Scrap(lot string, quantity Decimal, reason string, now time.Time) (Progress, error) {
	var f Faults
	f.Check(quantity.IsPositive(), "quantity", "must be above 0")
	f.Check(quantity.LessThanOrEqual(p.Quantity), "quantity", "%s has only %s", lot, p.Quantity)
	f.Check(reason != "", "reason", "is missing")
	if p.State.Ended() {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s is %s.", lot, p.State), "Nothing was scrapped.", "")
	}
	if err := f.Err("Nothing was scrapped."); err != nil {
		return p, err
	}
	next := p.clone()
	next.Quantity, next.Scrapped = p.Quantity.Sub(quantity), p.Scrapped.Add(quantity)
	if next.Quantity.IsZero() {
		next.State, next.Wait = LotScrapped, Wait{Since: now}
	}
	return next, nil
}

// Defect is a defect that a person reports on a lot.
type Defect struct {
	Actor Actor  `json:"actor"`
	Code  string `json:"code"`
	Text  string `json:"text"`
	// Review sends the lot to quality instead of where the operation's rule sends it.
	Review bool `json:"review,omitempty"`
}

// Reason is the defect in one line.
func (d Defect) Reason() string {
	if d.Code != "" && d.Text != "" {
		return d.Code + ": " + d.Text
	}
	return d.Code + d.Text
}

// Report takes a defect that a person found.
func (p Progress) Report(r Routing, lot string, d Defect, now time.Time) (Progress, error) {
	switch {
	case p.State.Ended():
		return p, Refuse(CodeConflict, fmt.Sprintf("%s is %s.", lot, p.State), "Nothing was changed.", "")
	case p.State == LotReview:
		return p, Refuse(CodeConflict, fmt.Sprintf("%s waits for review already: %s.", lot, p.Wait.Reason), "Nothing was changed.", "Leave it for quality.")
	}
	var f Faults
	f.Check(d.Reason() != "", "code", "name a defect code or describe the defect")
	if err := f.Err("The defect was not reported."); err != nil {
		return p, err
	}
	on := ""
	if p.Wait.Kind == WaitAnswer {
		on = p.Wait.On
	}
	if d.Review {
		return p.toReview(on, d.Reason(), now), nil
	}
	return p.fail(r, on, d.Reason(), now), nil
}

// fail routes the lot after a defect, by the operation's rule: back for rework while reworks are left, else to review
// or to scrap. on is the machine or camera whose answer it was.
func (p Progress) fail(r Routing, on, reason string, now time.Time) Progress {
	_, o, _ := r.At(p.Operation)
	rule := o.OnFail
	if rule.ReworkTo != "" && p.Reworks[o.ID] < rule.MaxReworks {
		next := p.clone()
		next.Reworks[o.ID]++
		_, to, _ := r.At(rule.ReworkTo)
		return next.queueAt(to, now).because(reason)
	}
	if rule.Then == FailScrap {
		next := p.clone()
		next.State, next.Scrapped, next.Quantity = LotScrapped, p.Scrapped.Add(p.Quantity), Zero
		next.Wait = Wait{Since: now, Reason: reason}
		return next
	}
	return p.toReview(on, reason, now)
}

// toReview stops the lot until quality decides. on names the machine or camera that was asked for the current step.
func (p Progress) toReview(on, reason string, now time.Time) Progress {
	next := p.clone()
	next.State = LotReview
	next.Wait = Wait{Kind: WaitReview, On: on, Since: now, Reason: reason}
	return next
}

func (p Progress) because(reason string) Progress {
	p.Wait.Reason = reason
	return p
}

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

// Decide ends a review.
func (p Progress) Decide(r Routing, lot string, c Review, now time.Time) (Progress, error) {
	if p.State != LotReview {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s does not wait for a review.", lot), "Nothing was changed.", "")
	}
	var f Faults
	f.Check(c.Reason != "", "reason", "is missing")
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
		return p.reopened().Scrap(lot, p.Quantity, c.Reason, now)
	}
	return p.accepted(r, now), nil
}

// accepted is a review that ends with "pass". A step that was judged, or whose machine or camera was asked in vain,
// counts as passed on quality's word; any other step is still to be done, so that no component is ever skipped.
func (p Progress) accepted(r Routing, now time.Time) Progress {
	judged := p.Wait.On != ""
	o, s, atStep := p.current(r)
	switch {
	case p.Operator == "": // the operation had not begun
		next := p.clone()
		next.State, next.Wait = LotQueued, Wait{Kind: WaitStation, On: p.Station, Since: now}
		return next
	case !atStep:
		next := p.reopened()
		next.Wait = Wait{Kind: WaitOperator, Since: now}
		return next
	case judged || s.Kind == StepMeasure && p.Attempt > 1:
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

// after moves on from a step that is done. After the last step the operator finishes the operation.
func (p Progress) after(o Operation, s Step, now time.Time) Progress {
	i, _, _ := o.At(s.ID)
	if i+1 < len(o.Steps) {
		return p.toStep(o.Steps[i+1], now)
	}
	next := p.clone()
	next.Step, next.Attempt = "", 0
	next.Wait = Wait{Kind: WaitOperator, Since: now}
	return next
}
