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

func TestWhatPassesByItselfIsTriedAgain(t *testing.T) {
	retry := mes.Refuse(mes.CodeConflict, "Busy.", "", "")
	retry.Retry = true
	for _, c := range []struct {
		err   *mes.Error
		again bool
	}{
		{mes.Refuse(mes.CodeNotFound, "a", "", ""), false}, {mes.Refuse(mes.CodeConflict, "a", "", ""), false},
		{mes.Refuse(mes.CodeUnprocessable, "a", "", ""), false}, {mes.Refuse(mes.CodeForbidden, "a", "", ""), false},
		{mes.Refuse(mes.CodeUnauthorized, "a", "", ""), false}, {mes.Refuse(mes.CodeHeld, "a", "", ""), false},
		{mes.Refuse(mes.CodeUnavailable, "a", "", ""), true}, {mes.Refuse(mes.CodeTooMany, "a", "", ""), true},
		{mes.Refuse(mes.CodeInternal, "a", "", ""), true}, {retry, true},
	} {
		err := contract.Carry(c.err)
		var app *temporal.ApplicationError
		if !errors.As(err, &app) || app.NonRetryable() == c.again || contract.Settled(err) == c.again {
			t.Errorf("%s, retry %v: %v", c.err.Code, c.err.Retry, err)
		}
		if e := contract.Refusal(err); e == nil || e.Code != c.err.Code {
			t.Errorf("%s is lost: %v", c.err.Code, err)
		}
	}
}

func TestOtherErrorsStayWhatTheyAre(t *testing.T) {
	for _, err := range []error{nil, errors.New("connection refused"), temporal.NewApplicationError("other", "other", 7)} {
		if got := contract.Carry(err); !errors.Is(got, err) || contract.Refusal(err) != nil || contract.Settled(err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}
