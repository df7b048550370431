package contract

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
)

// passes says of each code whether the same call may succeed later without anyone changing anything. It is the one place
// that decides on repetition; how often and how fast is the activity's profile.
var passes = map[mes.Code]bool{
	mes.CodeNotFound:      false,
	mes.CodeConflict:      false,
	mes.CodeUnprocessable: false,
	mes.CodeForbidden:     false,
	mes.CodeUnauthorized:  false,
	mes.CodeHeld:          false,
	mes.CodeUnavailable:   true,
	mes.CodeTooMany:       true,
	mes.CodeInternal:      true,
}

// Carry makes an error that crosses Temporal whole: a refusal is final, and what may pass by itself is tried again by the
// activity's profile. Errors that say nothing to people stay as they are.
func Carry(err error) error {
	var e *mes.Error
	if !errors.As(err, &e) {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(e.Error(), string(e.Code), temporal.ApplicationErrorOptions{
		NonRetryable: final(e), Details: []any{*e}})
}

func final(e *mes.Error) bool { return !e.Retry && !passes[e.Code] }

// Refusal finds what people are told in an error that came back through Temporal; nil when there is nothing.
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

// Settled tells that the error is a decision: nothing was changed. After any other error the change may have been made
// all the same, and its answer lost.
func Settled(err error) bool {
	e := Refusal(err)
	return e != nil && final(e)
}

// Ends tells whether a long-lived run must end because of an error: its record does not exist, or it was cancelled. Anything else
// passes, and the run rests and tries again.
func Ends(cancelled, err error) error {
	if cancelled != nil {
		return cancelled
	}
	if refused := Refusal(err); refused != nil && refused.Code == mes.CodeNotFound {
		return Carry(refused)
	}
	return nil
}
