package lotroute_test

import (
	"testing"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
)

// decode reads the input of the next run.
func decode[In any](t *testing.T, e *workflow.ContinueAsNewError) In {
	t.Helper()
	var in In
	if err := converter.GetDefaultDataConverter().FromPayloads(e.Input, &in); err != nil {
		t.Fatal(err)
	}
	return in
}
