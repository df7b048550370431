// Package activities is where the workflows' decisions meet the world: one handler per file, in a package per area. Each
// handler says in one line why it is safe to run twice, since the engine runs it at least once.
package activities

import (
	"errors"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
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

// Outcome is what an activity returns for err: a refusal travels whole and is final, anything else is tried again by the
// activity's profile.
func Outcome(err error) error {
	var e *mes.Error
	if !errors.As(err, &e) || e.Retry || passes[e.Code] {
		return err
	}
	return contract.Carry(e)
}
