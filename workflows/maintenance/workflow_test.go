package maintenance_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/maintenance"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

const (
	id  = "MJ-0001"
	day = 24 * time.Hour
)

// run is one job under skipped time.
type run struct {
	*testing.T
	env    *testsuite.TestWorkflowEnvironment
	ledger *workflowtest.Maintenances
	work   workflowtest.MaintenanceWork
}

func newRun(t *testing.T, severity mes.Severity) *run {
	var suite testsuite.WorkflowTestSuite
	r := &run{T: t, env: suite.NewTestWorkflowEnvironment(), ledger: workflowtest.NewMaintenances()}
	r.ledger.Now = r.env.Now
	r.ledger.Register(r.env)
	r.env.SetTestTimeout(30 * time.Second)
	r.work = workflowtest.MaintenanceWork{Maintenances: r.ledger, ID: id}
	if severity != "" {
		r.ledger.Put(workflowtest.BrokenMachine(id, severity, r.env.Now()))
	}
	return r
}

// at does something after a time and tells the workflow of it, or not.
func (r *run) at(after time.Duration, told bool, do func() error) {
	r.env.RegisterDelayedCallback(func() {
		if err := do(); err != nil {
			r.Errorf("after %s: %v", after, err)
		}
		if told {
			r.env.SignalWorkflow(contract.MaintenanceMoved.Name, mes.MaintenanceChanged{Site: workflowtest.Site, Job: id})
		}
	}, after)
}

// out checks what was raised up to a time.
func (r *run) out(after time.Duration, want ...string) {
	r.env.RegisterDelayedCallback(func() {
		if got := r.ledger.Alerts(); !slices.Equal(got, want) {
			r.Errorf("after %s: %q, want %q", after, got, want)
		}
	}, after)
}

func (r *run) execute() (contract.MaintenanceResult, error) {
	r.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.MaintenanceFlowID(workflowtest.Site, id), TaskQueue: contract.QueueCore})
	r.env.ExecuteWorkflow(maintenance.Maintenance, contract.MaintenanceInput{Site: workflowtest.Site, Job: id})
	if !r.env.IsWorkflowCompleted() {
		r.Fatal("the workflow waits")
	}
	var out contract.MaintenanceResult
	_ = r.env.GetWorkflowResult(&out)
	return out, r.env.GetWorkflowError()
}

func (r *run) ends(want mes.MaintenanceState) {
	r.Helper()
	if out, err := r.execute(); err != nil || out.State != want {
		r.Errorf("ended %q, %v", out.State, err)
	}
}

// TestALateJobEscalatesAtEachOfItsDates: nobody plans it, it is planned, it falls due, its machine is out for too long, its record stays open.
func TestALateJobEscalatesAtEachOfItsDates(t *testing.T) {
	r := newRun(t, mes.SeverityHigh)
	r.out(4*time.Hour - time.Minute)
	unanswered := "maintenance_overdue answer supervisor"
	r.out(4*time.Hour+time.Minute, unanswered)
	r.at(5*time.Hour, true, func() error { return r.work.Plan(2 * day) })
	r.at(5*time.Hour+day, true, func() error { return nil })
	soon := "maintenance_due due ole"
	r.out(29*time.Hour+time.Minute, unanswered, soon)
	r.out(53*time.Hour+time.Minute, unanswered, soon, soon)
	r.out(61*time.Hour+time.Minute, unanswered, soon, soon, "maintenance_overdue due supervisor")
	r.at(62*time.Hour, true, r.work.Begin)
	r.out(63*time.Hour+time.Minute, unanswered, soon, soon, "maintenance_overdue due supervisor", "maintenance_out out supervisor")
	r.at(64*time.Hour, true, r.work.HandBack)
	r.out(64*time.Hour+day+time.Minute, unanswered, soon, soon, "maintenance_overdue due supervisor", "maintenance_out out supervisor", "maintenance_due close ole")
	r.at(64*time.Hour+2*day, true, r.work.Close)
	r.ends(mes.MaintenanceClosed)
}

func TestAJobThatIsInTimeRaisesNothing(t *testing.T) {
	r := newRun(t, mes.SeverityCritical)
	r.at(10*time.Minute, true, func() error { return r.work.Plan(4 * time.Hour) })
	r.at(20*time.Minute, true, r.work.Begin)
	r.at(70*time.Minute, true, r.work.HandBack)
	r.at(80*time.Minute, true, r.work.Close)
	r.ends(mes.MaintenanceClosed)
	if got := r.ledger.Alerts(); len(got) != 0 {
		t.Errorf("raised %q", got)
	}
}

func TestALostMessageIsFoundAndOutagesAreOutlived(t *testing.T) {
	r := newRun(t, mes.SeverityLow)
	r.env.RegisterDelayedCallback(func() { r.ledger.Fail(1000) }, day-time.Hour)
	r.at(2*day, false, func() error { // and nobody tells
		return r.ledger.Do(id, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Reject("a double", r.env.Now()) })
	})
	began := r.env.Now()
	r.ends(mes.MaintenanceRejected)
	if took := r.env.Now().Sub(began); took > 3*day+time.Hour {
		t.Errorf("it noticed after %s", took)
	}
}

func TestAJobThatDoesNotExistEndsTheRun(t *testing.T) {
	r := newRun(t, "")
	_, err := r.execute()
	if e := contract.Refusal(err); e == nil || e.Code != mes.CodeNotFound {
		t.Errorf("%v", err)
	}
}

func TestALongRunContinuesAsNew(t *testing.T) {
	r := newRun(t, mes.SeverityMedium)
	_, err := r.execute()
	if err == nil || !strings.Contains(err.Error(), "continue as new") {
		t.Errorf("ended with %v", err)
	}
	if n := r.ledger.Looks(); n > 260 {
		t.Errorf("it looked %d times", n)
	}
}

// TestAnOccurrenceMakesOneJobHoweverOftenItFires waits out a database that is away for hours.
func TestAnOccurrenceMakesOneJobHoweverOftenItFires(t *testing.T) {
	ledger := workflowtest.NewMaintenances()
	at := time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	for n := range 2 {
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestWorkflowEnvironment()
		ledger.Now = env.Now
		ledger.Register(env)
		if n == 0 {
			ledger.Fail(1000)
		}
		env.SetTestTimeout(30 * time.Second)
		env.ExecuteWorkflow(maintenance.Due, contract.MaintenanceDueInput{Site: workflowtest.Site, Plan: "GREASE", At: &at})
		var out contract.MaintenanceDueResult
		if err := env.GetWorkflowResult(&out); err != nil || out.Job != "MJ-0001" {
			t.Errorf("%+v %v", out, err)
		}
	}
	if n := ledger.Occurrences(); n != 1 {
		t.Errorf("%d jobs", n)
	}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	ledger.Register(env)
	env.ExecuteWorkflow(maintenance.Due, contract.MaintenanceDueInput{Site: workflowtest.Site, Plan: "NONE", At: &at})
	if e := contract.Refusal(env.GetWorkflowError()); e == nil || e.Code != mes.CodeNotFound {
		t.Errorf("a plan that is gone: %v", env.GetWorkflowError())
	}
}
