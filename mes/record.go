package mes

import "time"

// Built is the as-built record of one attempt at the current step, as p stood before it. by is empty for what a machine
// or camera did by itself; the record then names the operator who started the operation.
func (p Progress) Built(r Routing, done StepDone, by Actor, now time.Time) *StepRecord {
	_, s, ok := p.current(r)
	if !ok {
		return nil
	}
	operator := by.ID
	if operator == "" {
		operator = p.Operator
	}
	return &StepRecord{
		Operation: p.Operation, Visit: p.Visit, Step: s.ID, Kind: s.Kind, Name: s.Name, Attempt: max(p.Attempt, 1),
		Station: p.Station, Operator: operator, Device: s.Device, Program: s.Program,
		Gauge: done.Gauge, Result: done.Result, ByHand: by.ID != "" && s.Kind == StepDevice && len(done.Judged) > 0, Values: done.Judged,
		StartedAt: p.Wait.Since, EndedAt: now,
	}
}

// Same tells that nothing has happened to the lot between p and q that makes an answer asked for at p worthless at q:
// it is at the same attempt at the same step and waits for the same thing. A pause does not matter.
func (p Progress) Same(q Progress) bool {
	return p.Operation == q.Operation && p.Visit == q.Visit && p.Step == q.Step && p.Attempt == q.Attempt &&
		p.Wait.Kind == q.Wait.Kind && p.Wait.Seq == q.Wait.Seq && p.Wait.Shot == q.Wait.Shot && !q.State.Ended() && q.State != LotReview
}
