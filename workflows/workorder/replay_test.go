package workorder_test

import (
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
	"github.com/steelthread/steelthread/workflows/workorder"
)

func TestReplay(t *testing.T) {
	workflowtest.Replay(t, 5, func(r worker.WorkflowRegistry) { contract.WorkOrder.Register(r, workorder.WorkOrder) })
}
