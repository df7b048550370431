package mes_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// chronicle takes one lot through a routing and writes its record as the ledger does, so that what a record says can be
// held against what was done.
type chronicle struct {
	*rapid.T
	r   mes.Routing
	p   mes.Progress
	now time.Time
	rec mes.LotRecord
	rev string // by which the steps are done
}

func newChronicle(t *rapid.T, r mes.Routing) *chronicle {
	c := &chronicle{T: t, r: r, now: monday, rev: r.Revision, p: mes.Enter(r, r.LotSize, monday)}
	c.rec.Content = mes.LotHistory{Lot: lot1, Revision: r.Revision, Unit: "pcs", Quantity: r.LotSize, Good: mes.Zero, Scrapped: mes.Zero, CreatedAt: monday, Route: mes.Planned(r)}
	c.visit(c.p)
	c.event(mes.EntryOpened, mes.Progress{}, c.p, mes.LotEvent{Actor: "system"})
	return c
}

func (c *chronicle) visit(p mes.Progress) {
	_, o, _ := c.r.At(p.Operation)
	c.rec.Content.Operations = append(c.rec.Content.Operations, mes.BuiltOperation{Operation: o.ID, Name: o.Name, Visit: p.Visit, State: "queued", Station: p.Station, QueuedAt: c.now})
}

func (c *chronicle) here() *mes.BuiltOperation {
	return &c.rec.Content.Operations[len(c.rec.Content.Operations)-1]
}

func (c *chronicle) event(kind mes.EntryKind, before, after mes.Progress, e mes.LotEvent) {
	e.Kind, e.At, e.Operation, e.Visit, e.Step = kind, c.now, before.Operation, before.Visit, before.Step
	e.Quantity = after.Scrapped.Sub(before.Scrapped)
	c.rec.Content.Events = append(c.rec.Content.Events, e)
}

// record writes one entry and moves the lot on.
func (c *chronicle) record(kind mes.EntryKind, after mes.Progress, step *mes.StepRecord, e mes.LotEvent) {
	before := c.p
	c.now = c.now.Add(time.Second)
	c.event(kind, before, after, e)
	v := c.here()
	if step != nil {
		b := mes.BuiltStep{Step: step.Step, Kind: step.Kind, Name: step.Name, Attempt: step.Attempt, Result: step.Result, Operator: step.Operator, Device: step.Device,
			ByHand: step.ByHand, Revision: c.rev, StartedAt: step.StartedAt, At: c.now}
		for _, j := range step.Values {
			b.Values = append(b.Values, mes.BuiltValue{Characteristic: j.Characteristic, Value: j.Value, Lower: j.Lower, Upper: j.Upper, Result: j.Result})
		}
		v.Steps = append(v.Steps, b)
	}
	if kind == mes.EntryStarted {
		v.Operator, v.StartedAt = after.Operator, new(c.now)
	}
	c.p = after
	h := &c.rec.Content
	h.Scrapped = after.Scrapped
	left := before.Operation != after.Operation || before.Visit != after.Visit
	if left || after.State.Ended() {
		v.EndedAt = new(c.now)
		switch {
		case kind == mes.EntryCompleted:
			v.State = "completed"
		case left:
			v.State = "reworked"
		default:
			v.State = "scrapped"
		}
	}
	if left {
		c.visit(after)
	}
	if after.State.Ended() {
		h.EndedAt = new(c.now)
		h.Outcome = after.State
		if after.State == mes.LotPacked {
			h.Good = after.Quantity
		}
	}
}

func (c *chronicle) must(err error) {
	if err != nil {
		c.Fatalf("refused: %v", err)
	}
}

func (c *chronicle) built(done mes.StepDone, by mes.Actor) *mes.StepRecord {
	return c.p.Built(c.r, done, by, c.now)
}

var quinn = mes.Actor{ID: "quinn"}

// advance does the next thing by the plan.
func (c *chronicle) advance() {
	if c.p.State == mes.LotQueued {
		next, err := c.p.Start(c.r, lot1, mes.StartOperation{Actor: olga, Operation: c.p.Operation, Station: c.p.Station}, c.now)
		c.must(err)
		c.record(mes.EntryStarted, next, nil, mes.LotEvent{Actor: "olga"})
		return
	}
	s, open := c.p.CurrentStep(c.r)
	if !open {
		next, err := c.p.Finish(c.r, lot1, olga, c.p.Operation, c.now)
		c.must(err)
		c.record(mes.EntryCompleted, next, nil, mes.LotEvent{Actor: "olga"})
		return
	}
	switch s.Kind {
	case mes.StepDevice:
		c.machine("10")
	case mes.StepVision:
		c.verdict(mes.ResultPass)
	case mes.StepLabel:
		c.print()
		c.complete("")
	default:
		c.complete("10")
	}
}

func (c *chronicle) complete(value string) {
	s, _ := c.p.CurrentStep(c.r)
	in := mes.CompleteStep{Actor: olga, Operation: c.p.Operation, Step: c.p.Step}
	switch s.Kind {
	case mes.StepScan:
		in.Scan = "SC-1"
	case mes.StepMeasure, mes.StepDevice:
		in.Values = readings(s, c.p.Quantity, dec(value))
	case mes.StepLabel:
		in.Scan = lot1
	}
	next, done, err := c.p.Complete(c.r, lot1, in, c.now)
	c.must(err)
	kind := mes.EntryStep
	if done.Refusal != nil {
		kind = mes.EntryAttempt
	}
	step := c.built(done, olga)
	c.record(kind, next, step, mes.LotEvent{Actor: "olga"})
	if s.Kind == mes.StepScan {
		for i := range c.rec.Content.Operations {
			for j := range c.rec.Content.Operations[i].Steps {
				if b := &c.rec.Content.Operations[i].Steps[j]; b.Kind == mes.StepScan && b.Components == nil {
					b.Components = []mes.BuiltComponent{{Lot: "SC-1", Quantity: mes.One}}
				}
			}
		}
	}
}

func (c *chronicle) machine(value string) {
	s, _ := c.p.CurrentStep(c.r)
	next, done, err := c.p.Measured(c.r, lot1, readings(s, c.p.Quantity, dec(value)), false, c.now)
	c.must(err)
	c.record(mes.EntryMachine, next, c.built(done, mes.Actor{}), mes.LotEvent{Actor: s.Device})
}

func (c *chronicle) verdict(result mes.StepResult) {
	s, _ := c.p.CurrentStep(c.r)
	v := mes.VisionView{ID: fmt.Sprintf("V%d", len(c.rec.Content.Verdicts)), Camera: s.Device, Step: s.ID, Verdict: result, Confidence: mes.One, Match: mes.MatchWaiting, CapturedAt: c.now, ReceivedAt: c.now}
	c.rec.Content.Verdicts = append(c.rec.Content.Verdicts, v)
	next, done, err := c.p.Seen(c.r, lot1, mes.Verdict{Result: result, Confidence: mes.One, ResultID: v.ID}, c.now)
	c.must(err)
	at := c.here()
	n := len(at.Steps)
	c.record(mes.EntryVerdict, next, c.built(done, mes.Actor{}), mes.LotEvent{Actor: s.Device})
	i := slices.IndexFunc(c.rec.Content.Operations, func(o mes.BuiltOperation) bool { return len(o.Steps) > n && o.Steps[n].At.Equal(c.now) })
	c.rec.Content.Operations[i].Steps[n].Vision = &v
}

func (c *chronicle) print() {
	s, _ := c.p.CurrentStep(c.r)
	c.record(mes.EntryPrinted, c.p.Printed(c.r, c.now), nil, mes.LotEvent{Actor: s.Device})
}

func (c *chronicle) silence() {
	s, _ := c.p.CurrentStep(c.r)
	step := c.built(mes.StepDone{Result: mes.ResultSilent}, mes.Actor{})
	c.record(mes.EntrySilent, c.p.Silent(s.Device+" does not answer", c.now), step, mes.LotEvent{Actor: s.Device, Reason: s.Device + " does not answer"})
}

func (c *chronicle) retry() {
	next, err := c.p.Retry(c.r, lot1, olga, c.p.Operation, c.p.Step, c.now)
	c.must(err)
	c.record(mes.EntryRetried, next, nil, mes.LotEvent{Actor: "olga"})
}

func (c *chronicle) report() {
	next, err := c.p.Report(c.r, lot1, mes.Defect{Actor: olga, Code: "SCRATCH", Text: "on the lid", Review: true}, c.now)
	c.must(err)
	c.record(mes.EntryDefect, next, nil, mes.LotEvent{Actor: "olga", Code: "SCRATCH", Reason: "SCRATCH: on the lid"})
}

func (c *chronicle) decide(d mes.Decision) {
	next, err := c.p.Decide(c.r, lot1, mes.Review{Actor: quinn, Decision: d, Reason: "Looked at it"}, c.now)
	c.must(err)
	var step *mes.StepRecord
	if d == mes.DecidePass && next.Step != c.p.Step {
		step = c.built(mes.StepDone{Result: mes.ResultPass}, quinn)
	}
	c.record(mes.EntryReviewed, next, step, mes.LotEvent{Actor: "quinn", Code: string(d), Reason: "Looked at it"})
}

// finish takes the lot to its end by the plan.
func (c *chronicle) finish() mes.LotRecord {
	for !c.p.State.Ended() {
		c.advance()
	}
	return c.rec
}
