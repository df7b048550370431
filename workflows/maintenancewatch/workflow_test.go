package maintenancewatch_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/maintenancewatch"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// TestAWatchLooksWhenTheRecordsSaySo: every five minutes while plans have conditions, once a day while none has, at once when plans change, and
// again after the records were away.
func TestAWatchLooksWhenTheRecordsSaySo(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env, ledger := suite.NewTestWorkflowEnvironment(), workflowtest.NewMaintenances()
	ledger.Now = env.Now
	ledger.Register(env)
	env.SetTestTimeout(30 * time.Second)
	looks := func(after time.Duration, low, high int) {
		env.RegisterDelayedCallback(func() {
			if n := ledger.Looks(); n < low || n > high {
				t.Errorf("%d looks after %s, want %d to %d", n, after, low, high)
			}
		}, after)
	}
	looks(23*time.Hour, 1, 1) // no plan has a condition
	env.RegisterDelayedCallback(func() {
		ledger.Condition = func() mes.Reminded {
			next := env.Now().Add(5 * time.Minute)
			return mes.Reminded{Now: env.Now(), Next: &next}
		}
		env.SignalWorkflow(contract.MaintenancePlansChanged.Name, mes.SiteChanged{Site: workflowtest.Site})
	}, 23*time.Hour)
	looks(23*time.Hour+time.Minute, 2, 2)
	looks(24*time.Hour, 13, 15)
	env.RegisterDelayedCallback(func() { ledger.Fail(200) }, 24*time.Hour)
	looks(30*time.Hour, 20, 90)
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.MaintenanceWatchID(workflowtest.Site), TaskQueue: contract.QueueCore})
	env.ExecuteWorkflow(maintenancewatch.MaintenanceWatch, contract.MaintenanceWatchInput{Site: workflowtest.Site})
	if err := env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "continue as new") {
		t.Errorf("ended with %v; a watch never ends", err)
	}
}
