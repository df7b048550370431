package activities

import (
	"errors"
	"fmt"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

func TestOutcomeIsFinalForRefusalsOnly(t *testing.T) {
	for code, retried := range passes {
		err := Outcome(fmt.Errorf("record: %w", mes.Refuse(code, "What happened.", "What was kept.", "What to do.")))
		var app *temporal.ApplicationError
		final := errors.As(err, &app) && app.NonRetryable()
		if final == retried {
			t.Errorf("%s: final %v, want %v", code, final, !retried)
		}
		if e := contract.Refusal(err); e == nil || e.What != "What happened." {
			t.Errorf("%s: the refusal is lost: %v", code, err)
		}
	}
	again := mes.Refuse(mes.CodeConflict, "Busy.", "", "")
	again.Retry = true
	if err := Outcome(again); !errors.Is(err, again) {
		t.Errorf("a refusal that passes by itself became final: %v", err)
	}
	if err := Outcome(errors.New("connection refused")); err == nil || contract.Refusal(err) != nil {
		t.Errorf("a broken connection became a refusal: %v", err)
	}
	if Outcome(nil) != nil {
		t.Error("no error became one")
	}
}
