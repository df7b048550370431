package qualificationwatch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/qualificationwatch"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

const day = 24 * time.Hour

// run is one site's reminders under skipped time.
type run struct {
	*testing.T
	env    *testsuite.TestWorkflowEnvironment
	ledger *workflowtest.Certificates
}

func newRun(t *testing.T) *run {
	var suite testsuite.WorkflowTestSuite
	r := &run{T: t, env: suite.NewTestWorkflowEnvironment(), ledger: workflowtest.NewCertificates()}
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
			r.env.SignalWorkflow(contract.QualificationsChanged.Name, mes.SiteChanged{Site: workflowtest.Site})
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
	r.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.QualificationWatchID(workflowtest.Site), TaskQueue: contract.QueueCore})
	r.env.ExecuteWorkflow(qualificationwatch.QualificationWatch, contract.QualificationWatchInput{Site: workflowtest.Site})
	if err := r.env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "continue as new") {
		r.Errorf("ended with %v; reminders never end", err)
	}
}

func key(id, days int) string { return fmt.Sprintf("qualification/%d/%d", id, days) }

func TestRemindersGoOutBeforeTheEndAndAtIt(t *testing.T) {
	r := newRun(t)
	r.ledger.Give(1, "olga", 40*day)
	r.out(10*day - time.Minute)
	r.out(10*day+time.Minute, key(1, 30))
	r.out(33*day-time.Minute, key(1, 30))
	r.out(33*day+time.Minute, key(1, 30), key(1, 7))
	r.out(40*day-time.Minute, key(1, 30), key(1, 7))
	r.out(40*day+time.Minute, key(1, 30), key(1, 7), key(1, 0))
	r.execute()
	if got := r.ledger.Out(); len(got) != 3 {
		t.Errorf("%v went out in all", got)
	}
}

func TestANewCertificateWakesTheReminders(t *testing.T) {
	r := newRun(t)
	r.at(time.Hour, true, func() { r.ledger.Give(1, "olga", 2*time.Hour) })
	r.out(time.Hour+time.Minute, key(1, 7)) // only the latest of what it missed
	r.out(3*time.Hour+time.Minute, key(1, 7), key(1, 0))
	r.execute()
}

func TestARenewedCertificateIsNotRemindedOf(t *testing.T) {
	r := newRun(t)
	r.ledger.Give(1, "olga", 31*day)
	r.at(12*time.Hour, true, func() {
		r.ledger.Take(1)
		r.ledger.Give(2, "olga", 900*day)
	})
	r.out(60 * day)
	r.execute()
}

func TestALostMessageIsFoundWithinADay(t *testing.T) {
	r := newRun(t)
	r.at(time.Hour, false, func() { r.ledger.Give(1, "olga", 2*day) })
	r.out(25*time.Hour, key(1, 7))
	r.execute()
}

func TestRecordsThatAreAwayAreAskedAgain(t *testing.T) {
	r := newRun(t)
	r.ledger.Give(1, "olga", 8*day)
	r.env.RegisterDelayedCallback(func() { r.ledger.Fail(500) }, 23*time.Hour)
	r.out(2*day, key(1, 30), key(1, 7))
	r.execute()
}

func TestASleepCostsOneLookADay(t *testing.T) {
	r := newRun(t)
	r.env.RegisterDelayedCallback(func() {
		if n := r.ledger.Looks(); n > 101 {
			t.Errorf("%d looks in 100 days", n)
		}
	}, 100*day)
	r.execute()
}
