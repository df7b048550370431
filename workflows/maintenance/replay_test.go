package maintenance_test

import (
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/maintenance"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func TestReplay(t *testing.T) {
	workflowtest.Replay(t, 2, func(r worker.WorkflowRegistry) {
		contract.Maintenance.Register(r, maintenance.Maintenance)
		contract.MaintenanceDue.Register(r, maintenance.Due)
	})
}
