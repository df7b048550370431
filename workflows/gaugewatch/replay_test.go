package gaugewatch_test

import (
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/gaugewatch"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func TestReplay(t *testing.T) {
	workflowtest.Replay(t, 1, func(r worker.WorkflowRegistry) {
		contract.GaugeWatch.Register(r, gaugewatch.GaugeWatch)
	})
}
