package capa_test

import (
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/workflows/capa"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func TestReplay(t *testing.T) {
	workflowtest.Replay(t, 3, func(r worker.WorkflowRegistry) { contract.CAPA.Register(r, capa.CAPA) })
}
