package lothold_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lothold"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// run is one containment under skipped time.
type run struct {
	*testing.T
	env   *testsuite.TestWorkflowEnvironment
	holds *workflowtest.Holds
}

func newRun(t *testing.T, s mes.Severity, toFind int) *run {
	var suite testsuite.WorkflowTestSuite
	r := &run{T: t, env: suite.NewTestWorkflowEnvironment(), holds: workflowtest.NewHolds(s, toFind)}
	r.holds.Now = r.env.Now
	r.holds.Begin()
	r.holds.Register(r.env)
	r.env.SetTestTimeout(30 * time.Second)
	return r
}

// at does something after a time and tells the workflow, or not.
func (r *run) at(after time.Duration, told bool, do func()) {
	r.env.RegisterDelayedCallback(func() {
		do()
		if told {
			r.env.SignalWorkflow(contract.ContainmentMoved.Name, mes.ContainmentMoved{Site: workflowtest.Site, Containment: "H-0001"})
		}
	}, after)
}

// stands checks the state after a time.
func (r *run) stands(after time.Duration, want mes.ContainmentState) {
	r.env.RegisterDelayedCallback(func() {
		if got := r.holds.State(); got != want {
			r.Errorf("after %s it is %s, want %s: %+v", after, got, want, r.holds.Tally())
		}
	}, after)
}

func (r *run) execute() {
	r.Helper()
	r.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.LotHoldID(workflowtest.Site, "H-0001"), TaskQueue: contract.QueueCore})
	r.env.ExecuteWorkflow(lothold.LotHold, contract.LotHoldInput{Site: workflowtest.Site, Containment: "H-0001"})
}

// closed ends every lot.
func closed(t *mes.ContainmentTally) { t.Open, t.Undecided, t.Proposed, t.Held = 0, 0, 0, 0 }

func decided(t *mes.ContainmentTally) { t.Proposed, t.Undecided = t.Undecided, 0 }

func (r *run) ended() contract.LotHoldResult {
	r.Helper()
	var out contract.LotHoldResult
	if !r.env.IsWorkflowCompleted() || r.env.GetWorkflowError() != nil {
		r.Fatalf("not ended: %v; %+v", r.env.GetWorkflowError(), r.holds.Tally())
	}
	if err := r.env.GetWorkflowResult(&out); err != nil {
		r.Fatal(err)
	}
	return out
}

func TestAContainmentGoesFromPlacedToClosed(t *testing.T) {
	r := newRun(t, mes.SeverityHigh, 5)
	r.holds.Run("U-1")
	r.stands(time.Second, mes.ContainmentFinding)
	r.at(2*time.Second, true, func() { _ = r.holds.Stopped(t.Context(), "", "H-0001", "U-1", "20/press") })
	r.stands(3*time.Second, mes.ContainmentContained)
	r.at(time.Hour, true, func() { r.holds.Change(decided) })
	r.stands(time.Hour+time.Second, mes.ContainmentDispositioned)
	r.at(2*time.Hour, true, func() { r.holds.Change(closed) })
	r.execute()
	if out := r.ended(); out.Found != 6 {
		t.Errorf("%+v", out)
	}
	if calls := r.holds.Calls(); len(calls) != 0 {
		t.Errorf("somebody was called in time: %v", calls)
	}
}

func TestNobodyDecidesAndSomebodyIsCalled(t *testing.T) {
	r := newRun(t, mes.SeverityCritical, 0)
	r.holds.Run("U-1")
	called := func(after time.Duration, want ...string) {
		r.env.RegisterDelayedCallback(func() {
			if got := r.holds.Calls(); !slices.Equal(got, want) {
				t.Errorf("after %s: %v, want %v", after, got, want)
			}
		}, after)
	}
	called(9 * time.Minute)
	called(11*time.Minute, "contain/1")
	called(21*time.Minute, "contain/1", "contain/2")
	r.at(22*time.Minute, true, func() { _ = r.holds.Stopped(t.Context(), "", "H-0001", "U-1", "20/press") })
	called(3*time.Hour, "contain/1", "contain/2")
	called(4*time.Hour+time.Minute, "contain/1", "contain/2", "decide/1")
	called(8*time.Hour+time.Minute, "contain/1", "contain/2", "decide/1", "decide/2")
	r.at(9*time.Hour, true, func() { r.holds.Change(closed) })
	r.execute()
	r.ended()
}

func TestALotThatJoinsTakesTheContainmentBack(t *testing.T) {
	r := newRun(t, mes.SeverityLow, 0)
	r.at(time.Minute, true, func() { r.holds.Change(func(t *mes.ContainmentTally) { decided(t); t.Watching = true }) })
	r.stands(2*time.Minute, mes.ContainmentDispositioned)
	// Nobody tells of it: the message was lost, and the look of every hour finds it.
	r.at(3*time.Minute, false, func() {
		r.holds.Change(func(t *mes.ContainmentTally) { t.Found++; t.Open++; t.Undecided++; t.Joined++ })
	})
	r.stands(time.Hour+5*time.Minute, mes.ContainmentContained)
	r.at(2*time.Hour, true, func() { r.holds.Change(closed) })
	r.stands(2*time.Hour+time.Minute, mes.ContainmentDispositioned) // it still watches
	r.at(3*time.Hour, true, func() { r.holds.Change(func(t *mes.ContainmentTally) { t.Watching = false }) })
	r.execute()
	if out := r.ended(); out.Joined != 1 {
		t.Errorf("%+v", out)
	}
}

func TestRecordsThatAreAwayAreAskedAgain(t *testing.T) {
	r := newRun(t, mes.SeverityLow, 3)
	r.holds.Fail(40)
	r.stands(30*time.Minute, mes.ContainmentContained)
	r.at(time.Hour, true, func() { r.holds.Change(closed) })
	r.execute()
	r.ended()
}

func TestALongContainmentContinuesAsNew(t *testing.T) {
	r := newRun(t, mes.SeverityLow, 0)
	for n := range 300 {
		r.at(time.Duration(n+1)*time.Minute, true, func() {})
	}
	r.execute()
	if err := r.env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "continue as new") {
		t.Errorf("after 300 words it ended with %v", err)
	}
	if n := r.holds.Looks(); n != 200 {
		t.Errorf("%d looks", n)
	}
}

func TestAContainmentThatTheRecordsDoNotKnowEnds(t *testing.T) {
	r := newRun(t, mes.SeverityLow, 0)
	gone := mes.NotFound("Hold", "H-0001")
	r.env.OnActivity(contract.FindContained.Name, mock.Anything, mock.Anything).Return(mes.Found{}, contract.Carry(gone))
	r.execute()
	if e := contract.Refusal(r.env.GetWorkflowError()); e == nil || e.Code != mes.CodeNotFound {
		t.Errorf("%v", r.env.GetWorkflowError())
	}
}
