package capa_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/capa"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

const day = 24 * time.Hour

// run is one CAPA under skipped time.
type run struct {
	*testing.T
	env    *testsuite.TestWorkflowEnvironment
	ledger *workflowtest.CAPAs
	walk   workflowtest.Walk
}

func newRun(t *testing.T) *run {
	var suite testsuite.WorkflowTestSuite
	r := &run{T: t, env: suite.NewTestWorkflowEnvironment(), ledger: workflowtest.NewCAPAs()}
	r.ledger.Now = r.env.Now
	r.ledger.Register(r.env)
	r.env.SetTestTimeout(30 * time.Second)
	r.walk = workflowtest.Walk{CAPAs: r.ledger, ID: "CAPA-0001", Due: 20 * day, Criterion: mes.CAPACriterion{Codes: []string{"SEAL-02"}, Measure: mes.MeasureRate,
		Target: mes.One, Days: 90, MinPieces: mes.Count(8000)}}
	return r
}

// raise opens the CAPA at the run's beginning.
func (r *run) raise() {
	r.ledger.Put(mes.CAPARequest{Site: workflowtest.Site, Title: "Leaks", Why: "14 of 3,040", Severity: mes.SeverityHigh, Owner: "arne"}.Open("CAPA-0001", mes.Actor{ID: "paula"}, r.env.Now()))
}

// at does something after a time and tells the workflow of it, or not.
func (r *run) at(after time.Duration, told bool, do func() error) {
	r.env.RegisterDelayedCallback(func() {
		if err := do(); err != nil {
			r.Errorf("after %s: %v", after, err)
		}
		if told {
			r.env.SignalWorkflow(contract.CAPAMoved.Name, mes.CAPAChanged{Site: workflowtest.Site, CAPA: "CAPA-0001"})
		}
	}, after)
}

// is checks the state after a time.
func (r *run) is(after time.Duration, want mes.CAPAState) {
	r.env.RegisterDelayedCallback(func() {
		if got := r.ledger.Get("CAPA-0001").State; got != want {
			r.Errorf("after %s it is %s, want %s", after, got, want)
		}
	}, after)
}

func (r *run) execute() (contract.CAPAResult, error) {
	r.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.CAPAFlowID(workflowtest.Site, "CAPA-0001"), TaskQueue: contract.QueueCore})
	r.env.ExecuteWorkflow(capa.CAPA, contract.CAPAInput{Site: workflowtest.Site, CAPA: "CAPA-0001"})
	if !r.env.IsWorkflowCompleted() {
		r.Fatal("the workflow waits")
	}
	var out contract.CAPAResult
	_ = r.env.GetWorkflowResult(&out)
	return out, r.env.GetWorkflowError()
}

func (r *run) signVerdict() error {
	return r.ledger.Do("CAPA-0001", func(c mes.CAPA) (mes.CAPA, error) { return c.VerdictSigned("quinn", r.env.Now()) })
}

// readings answers the data of one period after the other.
func (r *run) readings(rs ...mes.CAPAReading) {
	n := 0
	r.ledger.Data = func(from, until time.Time) mes.CAPAReading {
		out := rs[min(n, len(rs)-1)]
		out.From, out.Until = from, until
		n++
		return out
	}
}

func seen(events, pieces int64) mes.CAPAReading {
	return mes.CAPAReading{Events: events, Pieces: mes.Count(pieces)}
}

// TestHalfAYear is a whole CAPA: planned in 20 days, the effect checked for 90, found wanting, begun again at its causes with
// the former round kept, checked for another 90 days, and closed.
func TestHalfAYear(t *testing.T) {
	r := newRun(t)
	r.raise()
	r.readings(seen(30, 9000), seen(2, 9000))
	r.at(13*day, true, r.walk.Plan)
	r.is(13*day+time.Hour, mes.CAPAPlanSigning)
	r.at(15*day, true, r.walk.Implement)
	r.is(15*day+time.Hour, mes.CAPAWatching)
	r.is(105*day-time.Hour, mes.CAPAWatching)
	r.is(105*day+time.Hour, mes.CAPAVerdictSigning)
	r.at(106*day, true, r.signVerdict)
	r.env.RegisterDelayedCallback(func() {
		c := r.ledger.Get("CAPA-0001")
		if c.State != mes.CAPAOpen || c.Iteration != 2 || len(c.Former) != 1 || c.Former[0].Record.Effect.Outcome != mes.OutcomeNotEffective || c.Done(mes.D4) || !c.Done(mes.D3) {
			r.Errorf("after the first round it is %s, round %d, %+v", c.State, c.Iteration, c.Record.Done)
		}
	}, 107*day)
	r.at(110*day, true, r.walk.Plan)
	r.at(112*day, true, r.walk.Implement)
	r.is(202*day-time.Hour, mes.CAPAWatching)
	r.is(202*day+time.Hour, mes.CAPAVerdictSigning)
	r.at(203*day, true, r.signVerdict)
	r.is(203*day+time.Hour, mes.CAPAProven)
	r.at(204*day, true, r.walk.Close)
	if out, err := r.execute(); err != nil || out.State != mes.CAPAClosed {
		t.Errorf("ended %q, %v", out.State, err)
	}
	reads := r.ledger.Reads()
	if len(reads) != 2 || reads[0].Until.Sub(reads[0].From) != 90*day || reads[1].Until.Sub(reads[1].From) != 90*day {
		t.Errorf("the data were read %d times: %+v", len(reads), reads)
	}
}

func TestNothingMadeMakesThePeriodLonger(t *testing.T) {
	r := newRun(t)
	r.raise()
	r.readings(seen(0, 0), seen(0, 9000))
	r.at(day, true, r.walk.Plan)
	r.at(2*day, true, r.walk.Implement)
	r.is(92*day+time.Hour, mes.CAPAWatching)
	r.is(182*day+time.Hour, mes.CAPAVerdictSigning)
	r.at(183*day, true, r.signVerdict)
	r.at(184*day, true, r.walk.Close)
	if out, err := r.execute(); err != nil || out.State != mes.CAPAClosed {
		t.Errorf("ended %q, %v", out.State, err)
	}
	c := r.ledger.Get("CAPA-0001")
	reads := r.ledger.Reads()
	if len(c.Record.Effect.Extended) != 1 || len(reads) != 2 || reads[1].Until.Sub(reads[1].From) < 180*day {
		t.Errorf("extended %+v, read %+v", c.Record.Effect.Extended, reads)
	}
}

func TestADueDateIsRemindedOfAndEscalates(t *testing.T) {
	r := newRun(t)
	r.raise() // D1 is due after a day, D2 and D3 after two, D4 after 14
	var before, at, late int
	count := func(thing string) (n int) {
		for _, a := range r.ledger.Alerts() {
			if strings.Contains(a, " "+thing+" ") {
				n++
			}
		}
		return n
	}
	r.env.RegisterDelayedCallback(func() { before = count("D4") }, 12*day+time.Hour)
	r.env.RegisterDelayedCallback(func() { at = count("D4") }, 14*day+time.Hour)
	r.env.RegisterDelayedCallback(func() { late = count("D4") }, 17*day+time.Hour)
	r.at(20*day, true, func() error {
		return r.ledger.Do("CAPA-0001", func(c mes.CAPA) (mes.CAPA, error) { return c.Cancel("a double", r.env.Now()) })
	})
	if out, err := r.execute(); err != nil || out.State != mes.CAPACancelled {
		t.Errorf("ended %q, %v", out.State, err)
	}
	if before != 1 || at != 2 || late != 3 {
		t.Errorf("D4 was reminded of %d times before, %d at its date, %d after", before, at, late)
	}
	all := r.ledger.Alerts()
	if !slices.Contains(all, "capa_overdue D4 quality") || !slices.Contains(all, "capa_due D4 arne") {
		t.Errorf("raised %v", all)
	}
}

func TestAMovedDateRemindsAnew(t *testing.T) {
	r := newRun(t)
	r.raise()
	r.at(13*day, true, func() error {
		return r.ledger.Do("CAPA-0001", func(c mes.CAPA) (mes.CAPA, error) {
			return c.MoveDue(mes.D4, r.env.Now().Add(30*day), "supplier is late", r.env.Now())
		})
	})
	var quiet, again int
	count := func() (n int) {
		for _, a := range r.ledger.Alerts() {
			if strings.Contains(a, " D4 ") {
				n++
			}
		}
		return n
	}
	r.env.RegisterDelayedCallback(func() { quiet = count() }, 40*day)
	r.env.RegisterDelayedCallback(func() { again = count() }, 43*day+time.Hour)
	r.at(44*day, true, func() error {
		return r.ledger.Do("CAPA-0001", func(c mes.CAPA) (mes.CAPA, error) { return c.Cancel("a double", r.env.Now()) })
	})
	if _, err := r.execute(); err != nil {
		t.Error(err)
	}
	if quiet != 1 || again != 3 {
		t.Errorf("%d reminders before the new date, %d at it", quiet, again)
	}
}

func TestALostMessageIsFoundWithinADay(t *testing.T) {
	r := newRun(t)
	r.raise()
	r.at(3*day, false, func() error { // and nobody tells
		return r.ledger.Do("CAPA-0001", func(c mes.CAPA) (mes.CAPA, error) { return c.Cancel("a double", r.env.Now()) })
	})
	began := r.env.Now()
	if out, err := r.execute(); err != nil || out.State != mes.CAPACancelled || r.env.Now().Sub(began) > 4*day+time.Minute {
		t.Errorf("ended %q after %s, %v", out.State, r.env.Now().Sub(began), err)
	}
}

func TestRecordsThatAreAwayAreAskedAgain(t *testing.T) {
	r := newRun(t)
	r.raise()
	r.readings(seen(0, 9000))
	r.at(day, true, r.walk.Plan)
	r.at(2*day, true, r.walk.Implement)
	r.env.RegisterDelayedCallback(func() { r.ledger.Fail(1000) }, 92*day-time.Hour) // longer than the profiles' whole time
	r.is(94*day, mes.CAPAVerdictSigning)
	r.at(95*day, true, r.signVerdict)
	r.at(96*day, true, r.walk.Close)
	if out, err := r.execute(); err != nil || out.State != mes.CAPAClosed {
		t.Errorf("ended %q, %v", out.State, err)
	}
}

func TestACAPAThatDoesNotExistEndsTheRun(t *testing.T) {
	r := newRun(t)
	_, err := r.execute()
	if e := contract.Refusal(err); e == nil || e.Code != mes.CodeNotFound {
		t.Errorf("%v", err)
	}
}

func TestALongRunContinuesAsNew(t *testing.T) {
	r := newRun(t)
	r.raise()
	_, err := r.execute()
	if err == nil || !strings.Contains(err.Error(), "continue as new") {
		t.Errorf("ended with %v", err)
	}
	if n := r.ledger.Looks(); n > 260 {
		t.Errorf("it looked %d times", n)
	}
}
