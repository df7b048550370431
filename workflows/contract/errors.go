package contract

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
)

// Carry turns a refusal into an error that crosses Temporal whole and is not retried. Errors that are no refusal, and
// refusals that may pass by themselves, stay as they are, so that the profile's retries apply.
func Carry(err error) error {
	var e *mes.Error
	if !errors.As(err, &e) || e.Retry || e.Code == mes.CodeUnavailable || e.Code == mes.CodeInternal {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(e.Error(), string(e.Code), temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{*e}})
}

// Refusal finds the refusal in an error that came back through Temporal; nil when there is none.
func Refusal(err error) *mes.Error {
	var e *mes.Error
	if errors.As(err, &e) {
		return e
	}
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || !app.HasDetails() || !mes.Code(app.Type()).Known() {
		return nil
	}
	e = &mes.Error{}
	if app.Details(e) != nil || e.Code == "" {
		return nil
	}
	return e
}
