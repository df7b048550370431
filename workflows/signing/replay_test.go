package signing_test

import (
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/signing"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func TestReplay(t *testing.T) {
	workflowtest.Replay(t, 3, func(r worker.WorkflowRegistry) { contract.Signing.Register(r, signing.Signing) })
}
