package mes

import (
	"fmt"
	"maps"
	"time"
)

// Progress is where one lot stands in its routing. It is a value: each command below returns the next Progress and
// leaves the old one alone, so a refused or failed command changes nothing. The workflow holds it, the ledger stores
// it in the same transaction as the record of what happened.
type Progress struct {
	State     LotState       `json:"state"`
	Operation string         `json:"operation"`
	Visit     int            `json:"visit"` // how often the lot has come to this operation, from 1
	Step      string         `json:"step,omitempty"`
	Attempt   int            `json:"attempt,omitempty"` // of the current step, from 1
	Station   string         `json:"station,omitempty"`
	Operator  string         `json:"operator,omitempty"`
	Wait      Wait           `json:"wait"`
	Visits    map[string]int `json:"visits,omitempty"`
	Reworks   map[string]int `json:"reworks,omitempty"` // by the operation that sent the lot back
	Quantity  Decimal        `json:"quantity"`          // pieces still in the lot
	Scrapped  Decimal        `json:"scrapped"`
	// Version counts the ledger's entries of this lot; the ledger refuses an entry that skips or repeats one.
	Version int64 `json:"version"`
}

// Enter puts a new lot of the given quantity before its first operation.
func Enter(r Routing, quantity Decimal, now time.Time) Progress {
	p := Progress{Quantity: quantity, Scrapped: Zero, Visits: map[string]int{}, Reworks: map[string]int{}}
	return p.queueAt(r.Operations[0], now)
}

// queueAt lines the lot up at the operation's first station.
func (p Progress) queueAt(o Operation, now time.Time) Progress {
	p = p.clone()
	p.Visits[o.ID]++
	p.State, p.Operation, p.Visit = LotQueued, o.ID, p.Visits[o.ID]
	p.Step, p.Attempt, p.Operator, p.Station = "", 0, "", o.Stations[0]
	p.Wait = Wait{Kind: WaitStation, On: o.Stations[0], Since: now}
	return p
}

// clone copies what a plain assignment would share.
func (p Progress) clone() Progress {
	p.Visits, p.Reworks = maps.Clone(p.Visits), maps.Clone(p.Reworks)
	if p.Visits == nil {
		p.Visits = map[string]int{}
	}
	if p.Reworks == nil {
		p.Reworks = map[string]int{}
	}
	return p
}

// toStep makes the step the current one and says whom it waits for.
func (p Progress) toStep(s Step, now time.Time) Progress {
	p = p.clone()
	p.Step, p.Attempt = s.ID, 1
	p.Wait = waitFor(s, now)
	return p
}

// waitFor is the first thing that a step waits for.
func waitFor(s Step, now time.Time) Wait {
	switch s.Kind {
	case StepDevice, StepLabel:
		return Wait{Kind: WaitMachine, On: s.Device, Since: now}
	case StepVision:
		return Wait{Kind: WaitCamera, On: s.Device, Since: now, Shot: 1}
	default:
		return Wait{Kind: WaitOperator, Since: now}
	}
}

// current returns the operation and step that the lot is at.
func (p Progress) current(r Routing) (Operation, Step, bool) {
	_, o, ok := r.At(p.Operation)
	if !ok {
		return Operation{}, Step{}, false
	}
	_, s, ok := o.At(p.Step)
	return o, s, ok
}

// CurrentStep returns the step that the lot is at; ok is false between operations and when all steps are done.
func (p Progress) CurrentStep(r Routing) (s Step, ok bool) {
	_, s, ok = p.current(r)
	return s, ok
}

// atOperation refuses a command for another operation than the lot's, or from another station's terminal, in the
// operator's words.
func (p Progress) atOperation(r Routing, lot string, by Actor, operation string) error {
	if p.State.Ended() {
		return Refuse(CodeConflict, fmt.Sprintf("%s %s.", lot, p.State.Phrase()), "Nothing was changed.", "Scan another lot.")
	}
	want, _, known := r.At(operation)
	if !known {
		return NotFound("Operation", operation)
	}
	if p.Operation == operation {
		return p.atStation(lot, by)
	}
	have, _, _ := r.At(p.Operation)
	if want > have {
		return Refuse(CodeConflict, fmt.Sprintf("%s has not finished operation %s.", lot, p.Operation),
			"Nothing was stored.", fmt.Sprintf("Send it back to %s.", p.Station))
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s has left operation %s already.", lot, operation),
		"Nothing was changed.", fmt.Sprintf("It is at operation %s, %s.", p.Operation, p.Station))
}

// atStation refuses a terminal's command on a lot that is in work at another station.
func (p Progress) atStation(lot string, by Actor) error {
	if by.Station == "" || by.Station == p.Station || p.State == LotQueued {
		return nil
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s is in work at %s, this is %s.", lot, p.Station, by.Station),
		"Nothing was stored here.", fmt.Sprintf("Take it to %s.", p.Station))
}

// atStep refuses a command that does not fit the current step.
func (p Progress) atStep(r Routing, lot string, by Actor, operation, step string) (Operation, Step, error) {
	if err := p.atOperation(r, lot, by, operation); err != nil {
		return Operation{}, Step{}, err
	}
	o, now, ok := p.current(r)
	if _, here, _ := r.At(operation); !here.has(step) {
		return Operation{}, Step{}, NotFound("Step", step)
	}
	switch {
	case p.State == LotQueued:
		return o, now, Refuse(CodeConflict, fmt.Sprintf("Operation %s of %s is not started.", operation, lot), "Nothing was stored.", "Start it first.")
	case p.State == LotPaused:
		return o, now, Refuse(CodeConflict, fmt.Sprintf("%s is paused.", lot), "Nothing was stored.", "Resume it first.")
	case p.State == LotReview:
		return o, now, p.inReview(lot, "Nothing was stored.")
	case !ok:
		return o, now, Refuse(CodeConflict, fmt.Sprintf("All steps of operation %s are done.", operation), "They are kept.", "Finish the operation.")
	case now.ID != step:
		return o, now, otherStep(lot, o, now, step)
	}
	return o, now, nil
}

// otherStep refuses a step that is done already, or whose turn has not come.
func otherStep(lot string, o Operation, now Step, step string) error {
	here, _, _ := o.At(now.ID)
	if asked, _, _ := o.At(step); asked < here {
		return Refuse(CodeConflict, fmt.Sprintf("Step %s of %s is done already.", step, lot), "It is kept.", fmt.Sprintf("Go on with step %s.", now.title()))
	}
	return Refuse(CodeConflict, fmt.Sprintf("%s is at step %s.", lot, now.title()), "Nothing was stored.", "Do that step first.")
}
