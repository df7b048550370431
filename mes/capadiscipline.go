package mes

import (
	"fmt"
	"slices"
	"time"
)

// Discipline is one of the eight.
type Discipline int

// The disciplines.
const (
	D1 Discipline = iota + 1 // team
	D2                       // problem
	D3                       // containment
	D4                       // root causes, of occurrence and of escape
	D5                       // actions chosen
	D6                       // actions implemented and verified
	D7                       // prevention
	D8                       // closure
)

func (d Discipline) String() string { return fmt.Sprintf("D%d", int(d)) }

// capaDays is in how many days each discipline is due at severity high; D8 is due after the effectiveness check.
var capaDays = map[Discipline]int{D1: 1, D2: 2, D3: 2, D4: 14, D5: 21, D6: 42, D7: 56}

// capaPace scales a number of days by severity.
func capaPace(s Severity, days int) time.Duration {
	d := time.Duration(days) * 24 * time.Hour
	switch s {
	case SeverityCritical:
		return d / 2
	case SeverityMedium:
		return d * 3 / 2
	case SeverityLow:
		return d * 2
	}
	return d
}

// Done tells that a discipline is completed.
func (c CAPA) Done(d Discipline) bool {
	_, ok := c.Record.Done[d]
	return ok
}

// Signed tells that a part has its signatures, in this iteration.
func (c CAPA) Signed(s CAPASigning) bool {
	_, ok := c.Record.Signed[s]
	return ok
}

// Complete marks a discipline as done. D5 asks for the plan's signature, D6 begins the effectiveness check, D8 asks for the
// closure's signature.
func (c CAPA) Complete(d Discipline, by Actor, now time.Time) (CAPA, error) {
	if err := c.writable(d); err != nil {
		return c, err
	}
	if d < D1 || d > D8 {
		return c, NotFound("Discipline", d.String())
	}
	if f := Faults(c.Missing(d)); len(f) > 0 {
		return c, f.Err(fmt.Sprintf("%s is not complete.", d))
	}
	c = c.clone()
	c.Record.Done[d] = CAPADone{By: by.ID, At: now}
	switch d {
	case D5:
		c.State = CAPAPlanSigning
	case D6:
		c = c.watch(now)
	case D8:
		c.State = CAPAClosureSigning
	}
	return c, nil
}

// Reopen takes a completed discipline back, and all that were built on it. What is running or proven on signed ground
// stays: then only D7 can be opened again.
func (c CAPA) Reopen(d Discipline, reason string) (CAPA, error) {
	var f Faults
	f.Check(!blank(reason), "reason", "is missing")
	if err := f.Err("Nothing was opened again."); err != nil {
		return c, err
	}
	if err := c.working(); err != nil {
		return c, err
	}
	if !c.Done(d) {
		return c, c.refuse(fmt.Sprintf("has not completed %s.", d), "")
	}
	if c.State == CAPAClosureSigning || d != D7 && c.State != CAPAOpen && c.State != CAPAImplementing {
		return c, c.refuse(fmt.Sprintf("is past %s: it stands on signatures, or its effect is being checked.", d), "Let the check end: if it fails, causes and actions are opened again.")
	}
	c = c.clone()
	c.undo(d)
	if d <= D5 {
		c.State = CAPAOpen
		delete(c.Record.Signed, CAPASignPlan)
		delete(c.Record.Requests, CAPASignPlan)
	}
	return c, nil
}

// undo takes back a discipline and those that need it.
func (c *CAPA) undo(d Discipline) {
	delete(c.Record.Done, d)
	for later, needs := range capaNeeds {
		if slices.Contains(needs, d) && c.Done(later) {
			c.undo(later)
		}
	}
}

// MoveDue gives a discipline another due date.
func (c CAPA) MoveDue(d Discipline, due time.Time, reason string, now time.Time) (CAPA, error) {
	var f Faults
	f.Check(!blank(reason), "reason", "is missing")
	f.Check(due.After(now), "due_at", "must lie ahead")
	f.Check(d >= D1 && d <= D8, "discipline", "must be from 1 to 8")
	if err := f.Err("The due date was not moved."); err != nil {
		return c, err
	}
	if err := c.working(); err != nil {
		return c, err
	}
	if c.Done(d) {
		return c, c.refuse(fmt.Sprintf("has completed %s.", d), "")
	}
	c = c.clone()
	c.Record.Due[d] = due.UTC()
	return c, nil
}
