package gaugewatch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/gaugewatch"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

const day = 24 * time.Hour

// run is one site's reminders under skipped time.
type run struct {
	*testing.T
	env    *testsuite.TestWorkflowEnvironment
	ledger *workflowtest.Gauges
}

func newRun(t *testing.T) *run {
	var suite testsuite.WorkflowTestSuite
	r := &run{T: t, env: suite.NewTestWorkflowEnvironment(), ledger: workflowtest.NewGauges()}
	r.ledger.Now = r.env.Now
	r.ledger.Register(r.env)
	r.env.SetTestTimeout(30 * time.Second)
	return r
}

// at changes something after a time and tells the workflow, or not.
func (r *run) at(after time.Duration, told bool, do func()) {
	r.env.RegisterDelayedCallback(func() {
		do()
		if told {
			r.env.SignalWorkflow(contract.GaugesChanged.Name, mes.SiteChanged{Site: workflowtest.Site})
		}
	}, after)
}

// out checks which reminders have gone out up to a time.
func (r *run) out(after time.Duration, want ...string) {
	r.env.RegisterDelayedCallback(func() {
		if got := r.ledger.Out(); strings.Join(got, " ") != strings.Join(want, " ") {
			r.Errorf("after %s: %v went out, want %v", after, got, want)
		}
	}, after)
}

// execute runs until the run continues as new, which it does after a while, whatever happens.
func (r *run) execute() {
	r.Helper()
	r.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.GaugeWatchID(workflowtest.Site), TaskQueue: contract.QueueCore})
	r.env.ExecuteWorkflow(gaugewatch.GaugeWatch, contract.GaugeWatchInput{Site: workflowtest.Site})
	if err := r.env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "continue as new") {
		r.Errorf("ended with %v; reminders never end", err)
	}
}

func key(gauge string, n, days int) string { return fmt.Sprintf("gauge/%s/%d/%d", gauge, n, days) }

func TestRemindersGoOutBeforeACalibrationEndsAndAtIt(t *testing.T) {
	r := newRun(t)
	r.ledger.Calibrate("CAL-1", 1, 40*day)
	r.out(10*day - time.Minute)
	r.out(10*day+time.Minute, key("CAL-1", 1, 30))
	r.out(33*day+time.Minute, key("CAL-1", 1, 30), key("CAL-1", 1, 7))
	r.out(40*day-time.Minute, key("CAL-1", 1, 30), key("CAL-1", 1, 7))
	r.out(40*day+time.Minute, key("CAL-1", 1, 30), key("CAL-1", 1, 7), key("CAL-1", 1, 0))
	r.execute()
}

func TestANewCalibrationWakesTheReminders(t *testing.T) {
	r := newRun(t)
	r.ledger.Calibrate("CAL-1", 1, 31*day)
	r.at(12*time.Hour, true, func() { r.ledger.Calibrate("CAL-1", 2, 900*day) })
	r.at(13*time.Hour, true, func() { r.ledger.Calibrate("CAL-2", 1, 2*time.Hour) })
	r.out(13*time.Hour+time.Minute, key("CAL-2", 1, 7)) // only the latest of what it missed
	r.out(60*day, key("CAL-2", 1, 7), key("CAL-2", 1, 0))
	r.execute()
}

func TestALostMessageIsFoundWithinADayAndOutagesAreOutlived(t *testing.T) {
	r := newRun(t)
	r.at(time.Hour, false, func() { r.ledger.Calibrate("CAL-1", 1, 2*day) })
	r.env.RegisterDelayedCallback(func() { r.ledger.Fail(500) }, 30*time.Hour)
	r.out(25*time.Hour, key("CAL-1", 1, 7))
	r.out(4*day, key("CAL-1", 1, 7), key("CAL-1", 1, 0))
	r.env.RegisterDelayedCallback(func() {
		if n := r.ledger.Looks(); n > 110 {
			t.Errorf("%d looks in 100 days", n)
		}
	}, 100*day)
	r.execute()
}
