package andon_test

import (
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/workflows/andon"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func TestReplay(t *testing.T) {
	workflowtest.Replay(t, 1, func(r worker.WorkflowRegistry) { contract.Andon.Register(r, andon.Andon) })
}
