package mes

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Actor is who gives a command, and from where.
type Actor struct {
	ID string `json:"id"`
	// Station is the terminal's station; empty for a desk or a program.
	Station string `json:"station,omitempty"`
	// Source is the address that the command came from, for the audit trail.
	Source string `json:"source,omitempty"`
	// Seen is the version of the record that the command was given on; 0 when the giver does not say. A workflow that
	// knows an older version reads the record again before it judges.
	Seen int64 `json:"seen,omitempty"`
}

// From is the terminal's station, or the address where there is none.
func (a Actor) From() string {
	if a.Station != "" {
		return a.Station
	}
	return a.Source
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
func (d Defect) By() Actor { return d.Actor }

// Start moves a queued lot into work.
func (p Progress) Start(r Routing, lot string, c StartOperation, now time.Time) (Progress, error) {
	if err := p.atOperation(r, lot, Actor{}, c.Operation); err != nil {
		return p, err
	}
	_, o, _ := r.At(c.Operation)
	switch {
	case p.State == LotReview:
		return p, p.inReview(lot, "Nothing was started.")
	case p.State == LotPaused:
		return p, Refuse(CodeConflict, fmt.Sprintf("Operation %s of %s is paused at %s.", c.Operation, lot, p.Station), "What was done is kept.", "Resume it there.")
	case p.State != LotQueued:
		return p, Refuse(CodeConflict, fmt.Sprintf("Operation %s of %s is running already at %s.", c.Operation, lot, p.Station), "It goes on.", "")
	case c.Station == "":
		return p, NotFound("Station", "")
	case !slices.Contains(o.Stations, c.Station):
		return p, Refuse(CodeConflict, fmt.Sprintf("Operation %s of %s is not done at %s.", c.Operation, lot, c.Station),
			"Nothing was started here.", fmt.Sprintf("Take it to %s.", strings.Join(o.Stations, " or ")))
	case c.Actor.Station != "" && c.Actor.Station != c.Station:
		return p, Refuse(CodeConflict, fmt.Sprintf("This terminal stands at %s, not at %s.", c.Actor.Station, c.Station),
			"Nothing was started.", fmt.Sprintf("Start %s at %s.", lot, c.Station))
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
		return p, p.notRunning(lot, "Nothing was changed.")
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
		return p, Refuse(CodeConflict, fmt.Sprintf("%s %s, it is not paused.", lot, p.State.Phrase()), "Nothing was changed.", "")
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
		return p, p.notRunning(lot, "Nothing was finished.")
	}
	if s, open := p.CurrentStep(r); open {
		return p, Refuse(CodeConflict, fmt.Sprintf("Step %s is not done.", s.title()), "Nothing was finished.", "Do it first, or report a defect.")
	}
	i, _, _ := r.At(operation)
	if i+1 < len(r.Operations) {
		return p.queueAt(r.Operations[i+1], now), nil
	}
	next := p.clone()
	next.State, next.Wait, next.Operator = LotPacked, Wait{Since: now}, ""
	return next, nil
}

// notRunning refuses what only a running operation takes.
func (p Progress) notRunning(lot, kept string) error {
	do := ""
	switch p.State {
	case LotReview:
		return p.inReview(lot, kept)
	case LotQueued:
		do = "Start it first."
	case LotPaused:
		do = "Resume it first."
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s %s.", lot, p.State.Phrase()), kept, do)
}

// Scrap takes pieces out of the lot for good. A lot with nothing left is scrapped. A piece with a serial number is
// scrapped whole.
func (p Progress) Scrap(lot string, tracking Tracking, quantity Decimal, reason string, now time.Time) (Progress, error) {
	if p.State.Ended() {
		return p, Refuse(CodeConflict, fmt.Sprintf("%s %s.", lot, p.State.Phrase()), "Nothing was scrapped.", "")
	}
	var f Faults
	f.Check(quantity.IsPositive(), "quantity", "must be above 0")
	f.Check(quantity.LessThanOrEqual(p.Quantity), "quantity", "%s has only %s left", lot, p.Quantity)
	f.Check(tracking != TrackSerial || quantity.IsInteger(), "quantity", "must be a whole number, since %s carries a serial number", lot)
	f.Check(!blank(reason), "reason", "is missing")
	if err := f.Err(fmt.Sprintf("%s is as it was.", lot)); err != nil {
		return p, err
	}
	next := p.clone()
	next.Quantity, next.Scrapped = p.Quantity.Sub(quantity), p.Scrapped.Add(quantity)
	if next.Quantity.IsZero() {
		next.State, next.Wait = LotScrapped, Wait{Since: now, Reason: unstopped(reason)}
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
	code, text := strings.TrimSpace(d.Code), strings.TrimSpace(d.Text)
	if code != "" && text != "" {
		return code + ": " + text
	}
	return code + text
}

// Report takes a defect that a person found.
func (p Progress) Report(r Routing, lot string, d Defect, now time.Time) (Progress, error) {
	switch {
	case p.State.Ended():
		return p, Refuse(CodeConflict, fmt.Sprintf("%s %s.", lot, p.State.Phrase()), "No defect was noted.", "Tell quality, who can hold it.")
	case p.State == LotReview:
		return p, Refuse(CodeConflict, fmt.Sprintf("%s waits for review already: %s.", lot, clause(p.Wait.Reason)), "No defect was noted.", "Tell quality.")
	}
	var f Faults
	f.Check(d.Reason() != "", "code", "name a defect code or describe the defect")
	if err := f.Err("The defect was not reported."); err != nil {
		return p, err
	}
	on, reason := "", d.Reason()
	if p.Wait.Kind == WaitAnswer {
		// Who decides must see both, since a pass then stands for the answer that never came.
		on, reason = p.Wait.On, unstopped(reason)+"; "+clause(p.Wait.Reason)
	}
	if d.Review {
		return p.toReview(on, reason, now), nil
	}
	return p.fail(r, on, reason, now), nil
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
		next.Wait = Wait{Since: now, Reason: unstopped(reason)}
		return next
	}
	return p.toReview(on, reason, now)
}

// toReview stops the lot until quality decides. on names the machine or camera that was asked for the current step.
func (p Progress) toReview(on, reason string, now time.Time) Progress {
	next := p.clone()
	next.State = LotReview
	next.Wait = Wait{Kind: WaitReview, On: on, Since: now, Reason: unstopped(reason)}
	return next
}

func (p Progress) because(reason string) Progress {
	p.Wait.Reason = unstopped(reason)
	return p
}

// after moves on from a step that is done, once its record has the signatures that it asks for.
func (p Progress) after(o Operation, s Step, now time.Time) Progress {
	if len(s.Sign) == 0 {
		return p.past(o, s, now)
	}
	next := p.clone()
	next.Wait = Wait{Kind: WaitSigned, Since: now, Reason: s.Sign[0].Asks()}
	return next
}

// past moves on from a step that is done and signed. After the last step the operator finishes the operation.
func (p Progress) past(o Operation, s Step, now time.Time) Progress {
	i, _, _ := o.At(s.ID)
	if i+1 < len(o.Steps) {
		return p.toStep(o.Steps[i+1], now)
	}
	next := p.clone()
	next.Step, next.Attempt = "", 0
	next.Wait = Wait{Kind: WaitOperator, Since: now}
	return next
}
