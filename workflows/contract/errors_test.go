package contract_test

import (
	"errors"
	"fmt"
	"testing"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// TestARefusalCrossesTheEngineWhole sends a refusal through the converter that carries errors from worker to client.
func TestARefusalCrossesTheEngineWhole(t *testing.T) {
	in := &mes.Error{Code: mes.CodeUnprocessable, What: "Step 20-3 is not complete.", Kept: "Nothing was stored.", Do: "Correct it.",
		Fields: []mes.FieldError{{Field: "values", Message: "Torque is missing"}}}
	fc := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: converter.GetDefaultDataConverter()})
	for name, err := range map[string]error{
		"carried":          contract.Carry(in),
		"wrapped, carried": contract.Carry(fmt.Errorf("record: %w", in)),
		"carried twice":    contract.Carry(contract.Carry(in)),
	} {
		for where, err := range map[string]error{"in process": err, "crossed": fc.FailureToError(fc.ErrorToFailure(err))} {
			out := contract.Refusal(err)
			if out == nil || out.Error() != in.Error() || out.Code != in.Code || len(out.Fields) != 1 {
				t.Errorf("%s, %s: %#v", name, where, out)
			}
			var app *temporal.ApplicationError
			if !errors.As(err, &app) || !app.NonRetryable() || app.Type() != string(in.Code) {
				t.Errorf("%s, %s: %v is retried", name, where, err)
			}
		}
	}
}

func TestWhatPassesByItselfIsNotMadeFinal(t *testing.T) {
	again := mes.Refuse(mes.CodeConflict, "Busy.", "", "")
	again.Retry = true
	for _, err := range []error{nil, errors.New("connection refused"), mes.Refuse(mes.CodeUnavailable, "Away.", "", ""), again} {
		if got := contract.Carry(err); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
	if contract.Refusal(nil) != nil || contract.Refusal(temporal.NewApplicationError("other", "other", 7)) != nil {
		t.Error("something else was taken for a refusal")
	}
}
