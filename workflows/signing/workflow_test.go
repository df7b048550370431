package signing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/signing"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

var (
	performed = mes.SignatureNeed{Meaning: mes.MeaningPerformed, Role: mes.RoleOperator}
	verified  = mes.SignatureNeed{Meaning: mes.MeaningVerified, Role: mes.RoleQuality}
)

// run is one wait for signatures under skipped time.
type run struct {
	*testing.T
	env    *testsuite.TestWorkflowEnvironment
	ledger *workflowtest.Signings
}

func newRun(t *testing.T) *run {
	var suite testsuite.WorkflowTestSuite
	r := &run{T: t, env: suite.NewTestWorkflowEnvironment(), ledger: workflowtest.NewSignings()}
	r.ledger.Now = r.env.Now
	r.ledger.Register(r.env)
	r.env.SetTestTimeout(20 * time.Second)
	return r
}

// at does something after the start, and tells the workflow of it.
func (r *run) at(after time.Duration, do func()) {
	r.env.RegisterDelayedCallback(func() {
		do()
		r.env.SignalWorkflow(contract.SignatureMoved.Name, mes.SignatureAsked{Site: workflowtest.Site, Request: "r"})
	}, after)
}

// raised checks the alerts that were raised up to a time.
func (r *run) raised(after time.Duration, want ...string) {
	r.env.RegisterDelayedCallback(func() {
		if got := r.ledger.Alerts(); !slices.Equal(got, want) {
			r.Errorf("after %s: %v were raised, want %v", after, got, want)
		}
	}, after)
}

func (r *run) execute() (contract.SigningResult, error) {
	r.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.SigningID(workflowtest.Site, "r"), TaskQueue: contract.QueueCore})
	r.env.ExecuteWorkflow(signing.Signing, contract.SigningInput{Site: workflowtest.Site, Request: "r"})
	if !r.env.IsWorkflowCompleted() {
		r.Fatal("the workflow waits")
	}
	var out contract.SigningResult
	_ = r.env.GetWorkflowResult(&out)
	return out, r.env.GetWorkflowError()
}

func (r *run) ends(want mes.RequestState) {
	r.Helper()
	if out, err := r.execute(); err != nil || out.State != want {
		r.Errorf("ended %q, %v; want %q", out.State, err, want)
	}
}

func TestASignatureInTimeRemindsNobody(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, performed)
	r.at(59*time.Minute, func() { r.ledger.Sign("r") })
	r.ends(mes.RequestSigned)
	if got := r.ledger.Alerts(); got != nil {
		t.Errorf("%v were raised", got)
	}
}

func TestALateSignatureIsRemindedThenEscalated(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, verified)
	r.raised(59 * time.Minute)
	r.raised(61*time.Minute, "signature_due quality")
	r.raised(119*time.Minute, "signature_due quality")
	r.raised(121*time.Minute, "signature_due quality", "signature_overdue supervisor", "signature_overdue admin")
	r.raised(30*24*time.Hour, "signature_due quality", "signature_overdue supervisor", "signature_overdue admin")
	r.at(31*24*time.Hour, func() { r.ledger.Sign("r") })
	r.ends(mes.RequestSigned)
}

func TestTheSecondSignatureHasItsOwnTime(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, performed, verified)
	r.at(50*time.Minute, func() { r.ledger.Sign("r") })
	r.raised(109 * time.Minute)
	r.raised(111*time.Minute, "signature_due quality")
	r.raised(171*time.Minute, "signature_due quality", "signature_overdue supervisor", "signature_overdue admin")
	r.at(180*time.Minute, func() { r.ledger.Sign("r") })
	r.ends(mes.RequestSigned)
}

func TestEachSignatureIsRemindedOfByItself(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, performed, verified)
	r.at(90*time.Minute, func() { r.ledger.Sign("r") })
	r.raised(149*time.Minute, "signature_due operator")
	r.raised(151*time.Minute, "signature_due operator", "signature_due quality")
	r.at(152*time.Minute, func() { r.ledger.Sign("r") })
	r.ends(mes.RequestSigned)
}

func TestARejectionEndsTheWait(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, verified)
	r.at(time.Minute, func() { r.ledger.Reject("r") })
	r.ends(mes.RequestRejected)
}

func TestARequestThatEndedBeforeTheStart(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, verified)
	r.ledger.Sign("r")
	r.ends(mes.RequestSigned)
}

func TestWithoutADueTimeNobodyIsReminded(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", 0, verified)
	r.raised(99 * 24 * time.Hour)
	r.at(100*24*time.Hour, func() { r.ledger.Sign("r") })
	r.ends(mes.RequestSigned)
}

func TestALostMessageIsFoundWithinADay(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, verified)
	r.env.RegisterDelayedCallback(func() { r.ledger.Sign("r") }, 5*time.Hour) // and nobody tells
	began := r.env.Now()
	r.ends(mes.RequestSigned)
	if took := r.env.Now().Sub(began); took > 27*time.Hour {
		t.Errorf("it was found after %s", took)
	}
}

func TestRecordsThatAreAwayAreAskedAgain(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, verified)
	r.env.RegisterDelayedCallback(func() { r.ledger.Fail(500) }, 59*time.Minute) // longer than a profile's whole time
	r.raised(3*time.Hour, "signature_due quality", "signature_overdue supervisor", "signature_overdue admin")
	r.at(4*time.Hour, func() { r.ledger.Sign("r") })
	r.ends(mes.RequestSigned)
}

func TestARequestThatDoesNotExistEndsTheRun(t *testing.T) {
	_, err := newRun(t).execute()
	if e := contract.Refusal(err); e == nil || e.Code != mes.CodeNotFound || !strings.Contains(e.What, "r") {
		t.Errorf("%v", err)
	}
}

func TestALongHistoryContinuesAsNew(t *testing.T) {
	r := newRun(t)
	r.ledger.Ask("r", time.Hour, verified)
	r.env.RegisterDelayedCallback(func() {
		r.env.SetContinueAsNewSuggested(true)
		r.env.SignalWorkflow(contract.SignatureMoved.Name, mes.SignatureAsked{})
	}, 3*time.Hour)
	_, err := r.execute()
	if err == nil || !strings.Contains(err.Error(), "continue as new") {
		t.Errorf("ended with %v", err)
	}
}
