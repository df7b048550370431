package mes

import (
	"errors"
	"fmt"
	"strings"
)

// Code classifies a refusal. One table in package api maps codes to HTTP statuses; one table in package contract maps
// them to retry behaviour. A code is part of the public contract: it is never renamed.
type Code string

// The codes. Each says who can mend the situation.
const (
	CodeNotFound      Code = "not_found"     // the caller named something that does not exist
	CodeConflict      Code = "conflict"      // the record has another state or content than the caller assumes
	CodeUnprocessable Code = "unprocessable" // fields have values that the rules refuse
	CodeForbidden     Code = "forbidden"     // the person may not do this
	CodeUnauthorized  Code = "unauthorized"  // nobody is signed in
	CodeHeld          Code = "held"          // a hold forbids the movement
	CodeUnavailable   Code = "unavailable"   // a part of the system does not answer; try again
	CodeTooMany       Code = "too_many"      // back-pressure; try again later
	CodeInternal      Code = "internal"      // a defect of ours
)

// Known tells whether c is one of the codes.
func (c Code) Known() bool {
	switch c {
	case CodeNotFound, CodeConflict, CodeUnprocessable, CodeForbidden, CodeUnauthorized, CodeHeld, CodeUnavailable, CodeTooMany, CodeInternal:
		return true
	}
	return false
}

// FieldError names one field of the input and why it is refused.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error is a refusal that a person can act on: what happened, what was kept, what to do.
type Error struct {
	Code   Code         `json:"code"`
	What   string       `json:"what"`
	Kept   string       `json:"kept,omitempty"`
	Do     string       `json:"do,omitempty"`
	Fields []FieldError `json:"fields,omitempty"`
	// Retry tells that the same call may succeed later without anyone changing anything.
	Retry bool `json:"retry,omitempty"`
}

// Error joins the three parts into one line, and the fields after them.
func (e *Error) Error() string {
	parts := []string{e.What}
	if e.Kept != "" {
		parts = append(parts, e.Kept)
	}
	if e.Do != "" {
		parts = append(parts, e.Do)
	}
	fields := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		fields[i] = f.Field + ": " + f.Message
	}
	if len(fields) > 0 {
		parts = append(parts, strings.Join(fields, "; "))
	}
	return strings.Join(parts, " ")
}

// clause makes a reason fit into a sentence, whether or not its writer ended it with a full stop.
func clause(reason string) string {
	if c := unstopped(reason); c != "" {
		return c
	}
	return "no reason is given"
}

// unstopped is a reason as it stands by itself, without a full stop.
func unstopped(reason string) string { return strings.TrimRight(strings.TrimSpace(reason), ". ") }

// blank tells that a person gave nothing but spaces.
func blank(s string) bool { return strings.TrimSpace(s) == "" }

// Refuse makes an Error. kept and do may be empty where there is nothing to say.
func Refuse(code Code, what, kept, do string) *Error {
	return &Error{Code: code, What: what, Kept: kept, Do: do}
}

// NotFound says that a named thing does not exist.
func NotFound(noun, id string) *Error {
	if id == "" {
		return Refuse(CodeNotFound, fmt.Sprintf("No %s is named.", strings.ToLower(noun)), "", "Give its number, or scan it.")
	}
	return Refuse(CodeNotFound, fmt.Sprintf("%s %s is not known here.", noun, id), "", "Check the number, or scan it again.")
}

// CodeOf returns the code of err, CodeInternal when it carries none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Faults collects field errors so that bad input is refused with every offending field named.
type Faults []FieldError

// Add records that field is refused because of message.
func (f *Faults) Add(field, format string, args ...any) {
	*f = append(*f, FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// Check records the message when ok is false.
func (f *Faults) Check(ok bool, field, format string, args ...any) {
	if !ok {
		f.Add(field, format, args...)
	}
}

// Err returns nil when nothing was recorded, else an unprocessable Error that carries all fields.
func (f Faults) Err(what string) error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: CodeUnprocessable, What: what, Kept: "Nothing was stored.", Do: "Correct the named fields and send it again.", Fields: f}
}
