package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/steelthread/steelthread/mes"
)

var configureOnce sync.Once

// configureHuma makes huma speak our words and answer our form. Huma keeps these in package variables, so that they
// are set once per process, before the first route.
func configureHuma() {
	configureOnce.Do(func() {
		huma.DefaultArrayNullable = false
		huma.ValidateStrictCasing = true
		huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
			return refusedByHuma(c.Context(), status, msg, errs)
		}
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			return refusedByHuma(context.Background(), status, msg, errs)
		}
		setMessages()
	})
}

func setMessages() {
	validation.MsgUnexpectedProperty = "is not a field of this request"
	validation.MsgExpectedRFC3339DateTime = "must be a date and time with zone, like 2026-07-01T14:00:00Z"
	validation.MsgExpectedBoolean = "must be true or false"
	validation.MsgExpectedNumber = "must be a number"
	validation.MsgExpectedInteger = "must be a whole number"
	validation.MsgExpectedString = "must be a text"
	validation.MsgExpectedArray = "must be a list"
	validation.MsgExpectedObject = "must be an object"
	validation.MsgExpectedOneOf = "must be one of %s"
	validation.MsgExpectedMinimumNumber = "must be at least %v"
	validation.MsgExpectedMaximumNumber = "must be at most %v"
	validation.MsgExpectedMinLength = "must have at least %d characters"
	validation.MsgExpectedMaxLength = "must have at most %d characters"
	validation.MsgExpectedBePattern = "must be %s"
	validation.MsgExpectedMinItems = "must have at least %d entries"
	validation.MsgExpectedMaxItems = "must have at most %d entries"
	validation.MsgExpectedRequiredProperty = missing + "%s"
}

// missing marks huma's message for an absent field, which it reports at the object that should hold it.
const missing = "is missing: "

// refusedByHuma turns huma's own errors into our form. A 500 from here is a handler's unmapped error or a defect.
func refusedByHuma(ctx context.Context, status int, msg string, errs []error) huma.StatusError {
	switch status {
	case 0:
		return &Problem{} // huma asks for the type only
	case http.StatusUnprocessableEntity:
		e := mes.Refuse(mes.CodeUnprocessable, "The request has fields that can't be taken.", "Nothing was stored.", "Correct the named fields and send it again.")
		return withFields(newProblem(ctx, e), errs)
	case http.StatusBadRequest:
		e := mes.Refuse(codeMalformed, "The request's body can't be read as JSON.", "Nothing was stored.", "Correct it and send it again.")
		if strings.Contains(msg, "required") {
			e.What = "The request has no body."
		}
		return withFields(newProblem(ctx, e), errs)
	case http.StatusRequestEntityTooLarge:
		return newProblem(ctx, mes.Refuse(codeTooLarge, "The request is too large: "+msg+".", "Nothing was stored.", "Send less at once."))
	case http.StatusUnsupportedMediaType:
		return newProblem(ctx, mes.Refuse(codeMedia, "This kind of content is not taken here.", "Nothing was stored.", "Send application/json."))
	case http.StatusRequestTimeout:
		return newProblem(ctx, mes.Refuse(codeTimeout, "The request came too slowly.", "Nothing was stored.", "Send it again."))
	}
	var tooLarge *http.MaxBytesError
	if err := errors.Join(errs...); errors.As(err, &tooLarge) {
		return newProblem(ctx, tooLargeError(tooLarge.Limit))
	}
	return problemOf(ctx, fmt.Errorf("%s: %w", msg, errors.Join(errs...)))
}

func tooLargeError(limit int64) *mes.Error {
	return mes.Refuse(codeTooLarge, fmt.Sprintf("The request is larger than %d KiB.", limit/1024), "Nothing was stored.", "Send less at once.")
}

// withFields adds each field that huma refused.
func withFields(p *Problem, errs []error) *Problem {
	for _, err := range errs {
		var d *huma.ErrorDetail
		if !errors.As(err, &d) {
			p.Errors = append(p.Errors, FieldProblem{Location: "body", Message: err.Error()})
			continue
		}
		f := FieldProblem{Location: d.Location, Message: d.Message}
		if name, ok := strings.CutPrefix(d.Message, missing); ok {
			f.Location, f.Message = strings.TrimPrefix(d.Location+"."+name, "."), "is missing"
		}
		p.Errors = append(p.Errors, f)
	}
	return p
}
