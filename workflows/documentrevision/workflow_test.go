package documentrevision_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/documentrevision"
)

var revision = mes.RevisionKey{Kind: mes.DocRouting, ID: "INV-200", Revision: "B"}

// waits runs the timer with a ledger that answers by the table, and tells when it was asked.
func waits(t *testing.T, on time.Duration, answers ...time.Duration) []time.Duration {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	began := env.Now()
	var asked []time.Duration
	env.RegisterActivityWithOptions(func(_ context.Context, in contract.DocumentRevisionInput) (contract.EffectAnswer, error) {
		if in.Revision != revision || in.Site != "HAM" {
			t.Errorf("asked for %+v", in)
		}
		n := len(asked)
		asked = append(asked, env.Now().Sub(began).Round(time.Second))
		if n >= len(answers) {
			return contract.EffectAnswer{}, nil
		}
		next := began.Add(answers[n])
		return contract.EffectAnswer{Again: &next}, nil
	}, activity.RegisterOptions{Name: contract.TakeEffect.Name})
	env.ExecuteWorkflow(documentrevision.DocumentRevision, contract.DocumentRevisionInput{Site: "HAM", Revision: revision, EffectiveOn: began.Add(on)})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	return asked
}

func TestARevisionWaitsForItsDate(t *testing.T) {
	const month = 30 * 24 * time.Hour
	if got := waits(t, month); len(got) != 1 || got[0] != month {
		t.Errorf("asked after %v", got)
	}
	if got := waits(t, -time.Hour); len(got) != 1 || got[0] != 0 {
		t.Errorf("a date that has passed is asked for after %v", got)
	}
}

// TestTheLedgersClockDecides: a worker whose clock runs ahead asks again, and not in a hurry.
func TestTheLedgersClockDecides(t *testing.T) {
	got := waits(t, time.Hour, time.Hour+5*time.Second, time.Hour)
	if len(got) != 3 || got[1] != time.Hour+5*time.Second || got[2]-got[1] != time.Second {
		t.Errorf("asked after %v", got)
	}
}
