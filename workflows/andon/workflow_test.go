package andon_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/andon"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

const call = "CALL-0001"

var (
	fitter     = mes.Actor{ID: "mick"}
	fitterRole = []mes.Role{mes.RoleMaintenance}
)

// run is one call under skipped time.
type run struct {
	*testing.T
	env   *testsuite.TestWorkflowEnvironment
	calls *workflowtest.Calls
}

func newRun(t *testing.T, afterS int) *run {
	var suite testsuite.WorkflowTestSuite
	r := &run{T: t, env: suite.NewTestWorkflowEnvironment(), calls: workflowtest.NewCalls()}
	r.calls.Now = r.env.Now
	r.calls.Raise(call, afterS)
	r.calls.Register(r.env)
	r.env.SetTestTimeout(30 * time.Second)
	return r
}

// at does something after a time and tells the workflow, or not.
func (r *run) at(after time.Duration, told bool, rule func(mes.Call, time.Time) (mes.Call, error)) {
	r.env.RegisterDelayedCallback(func() {
		if err := r.calls.Do(rule); err != nil {
			r.Error(err)
		}
		if told {
			r.env.SignalWorkflow(contract.CallMoved.Name, mes.CallRef{Site: workflowtest.Site, Call: call})
		}
	}, after)
}

// done checks which steps were done by then.
func (r *run) done(after time.Duration, want ...string) {
	r.env.RegisterDelayedCallback(func() {
		if got := r.calls.Done(); !slices.Equal(got, want) {
			r.Errorf("after %s: %v, want %v", after, got, want)
		}
	}, after)
}

func (r *run) execute() {
	r.Helper()
	r.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.AndonID(workflowtest.Site, call), TaskQueue: contract.QueueCore})
	r.env.ExecuteWorkflow(andon.Andon, contract.AndonInput{Site: workflowtest.Site, Call: call})
}

func (r *run) ended(want mes.CallState) {
	r.Helper()
	var out contract.AndonResult
	if !r.env.IsWorkflowCompleted() || r.env.GetWorkflowError() != nil {
		r.Fatalf("not ended: %v; %+v", r.env.GetWorkflowError(), r.calls.Call())
	}
	if err := r.env.GetWorkflowResult(&out); err != nil {
		r.Fatal(err)
	}
	if out.State != want {
		r.Errorf("it ended as %s, want %s", out.State, want)
	}
}

func acknowledge(c mes.Call, now time.Time) (mes.Call, error) {
	return c.Acknowledge(fitter, fitterRole, now)
}

func resolve(c mes.Call, now time.Time) (mes.Call, error) {
	return c.Resolve(fitter, fitterRole, "a new seal", now)
}

func TestNobodyComesAndTheLadderIsClimbed(t *testing.T) {
	r := newRun(t, 0)
	r.done(5 * time.Minute)
	r.done(5*time.Minute+time.Second, "respond/1")
	r.done(16*time.Minute, "respond/1", "respond/2")
	r.done(31*time.Minute, "respond/1", "respond/2", "resolve/1")
	r.at(40*time.Minute, true, resolve)
	r.execute()
	r.ended(mes.CallResolved)
	if got := r.calls.Done(); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestWhoeverComesStopsTheFirstLadderAndNotTheSecond(t *testing.T) {
	r := newRun(t, 0)
	r.at(6*time.Minute, true, acknowledge)
	r.done(29*time.Minute, "respond/1")
	r.done(31*time.Minute, "respond/1", "resolve/1")
	r.at(35*time.Minute, true, resolve)
	r.execute()
	r.ended(mes.CallResolved)
}

func TestACallThatIsAnsweredInTimeTellsNobody(t *testing.T) {
	r := newRun(t, 0)
	r.at(time.Minute, true, acknowledge)
	r.at(4*time.Minute, true, resolve)
	r.execute()
	r.ended(mes.CallResolved)
	if got := r.calls.Done(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestAMachinesCallIsRaisedWhenItsTimeHasCome(t *testing.T) {
	r := newRun(t, 120)
	r.done(6*time.Minute + 30*time.Second) // measured from its raising, not from the stop
	r.done(7*time.Minute+time.Second, "respond/1")
	r.at(8*time.Minute, true, resolve)
	r.execute()
	r.ended(mes.CallResolved)
}

func TestAMachineThatRecoversCallsNobody(t *testing.T) {
	r := newRun(t, 120)
	r.at(time.Minute, true, func(c mes.Call, now time.Time) (mes.Call, error) {
		c, waited := c.Withdraw(now)
		if !waited {
			t.Errorf("it was %s already", c.State)
		}
		return c, nil
	})
	r.execute()
	r.ended(mes.CallCancelled)
	if got := r.calls.Done(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestALostWordIsNoticed gives no signal: the timers of the ladder find out that the call has ended.
func TestALostWordIsNoticed(t *testing.T) {
	r := newRun(t, 0)
	r.at(time.Minute, false, resolve)
	r.execute()
	r.ended(mes.CallResolved)
	if got := r.calls.Done(); len(got) != 0 {
		t.Errorf("a call that had ended was escalated: %v", got)
	}
}

func TestRecordsThatAreAwayAreAskedAgain(t *testing.T) {
	r := newRun(t, 0)
	r.calls.Fail(20)
	r.done(6*time.Minute, "respond/1")
	r.at(7*time.Minute, true, resolve)
	r.execute()
	r.ended(mes.CallResolved)
}

func TestACallThatLastsForWeeksContinuesAsNew(t *testing.T) {
	r := newRun(t, 0)
	for n := range 250 {
		r.at(time.Hour+time.Duration(n)*time.Minute, true, func(c mes.Call, _ time.Time) (mes.Call, error) { return c, nil })
	}
	r.execute()
	if err := r.env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "continue as new") {
		t.Errorf("it ended with %v", err)
	}
	if n := r.calls.Looks(); n != 200 {
		t.Errorf("%d looks", n)
	}
}

func TestACallThatTheRecordsDoNotKnowEnds(t *testing.T) {
	r := newRun(t, 0)
	r.calls.Change(func(c *mes.Call) { c.ID = "CALL-0002" })
	r.execute()
	if e := contract.Refusal(r.env.GetWorkflowError()); e == nil || e.Code != mes.CodeNotFound {
		t.Errorf("%v", r.env.GetWorkflowError())
	}
}
