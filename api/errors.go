package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// kind is one row of the error table: what a code is called and answered with over HTTP.
type kind struct {
	status int
	title  string
}

// table is the one place where a refusal becomes a status. Codes below the line exist only over HTTP.
var table = map[mes.Code]kind{
	mes.CodeNotFound:      {http.StatusNotFound, "Not known here"},
	mes.CodeConflict:      {http.StatusConflict, "Refused in this state"},
	mes.CodeHeld:          {http.StatusConflict, "On hold"},
	mes.CodeUnprocessable: {http.StatusUnprocessableEntity, "Fields refused"},
	mes.CodeForbidden:     {http.StatusForbidden, "Not allowed"},
	mes.CodeUnauthorized:  {http.StatusUnauthorized, "Nobody is signed in"},
	mes.CodeTooMany:       {http.StatusTooManyRequests, "Too many at once"},
	mes.CodeUnavailable:   {http.StatusServiceUnavailable, "A part of the system does not answer"},
	mes.CodeInternal:      {http.StatusInternalServerError, "A defect in the system"},

	codeMalformed:   {http.StatusBadRequest, "Request not readable"},
	codeMethod:      {http.StatusMethodNotAllowed, "Not done this way"},
	codeTooLarge:    {http.StatusRequestEntityTooLarge, "Request too large"},
	codeMedia:       {http.StatusUnsupportedMediaType, "Kind of content not taken"},
	codeTimeout:     {http.StatusRequestTimeout, "Request too slow"},
	codeCrossOrigin: {http.StatusForbidden, "From another site"},
	codeSecretEnded: {http.StatusForbidden, "A new password or PIN is needed"},
	codeKeyReused:   {http.StatusUnprocessableEntity, "Key used before"},
}

// Codes that only exist over HTTP.
const (
	codeMalformed   mes.Code = "malformed"
	codeMethod      mes.Code = "method_not_allowed"
	codeTooLarge    mes.Code = "too_large"
	codeMedia       mes.Code = "unsupported_media_type"
	codeTimeout     mes.Code = "request_timeout"
	codeCrossOrigin mes.Code = "cross_origin"
	codeKeyReused   mes.Code = "key_reused"
	codeSecretEnded mes.Code = "secret_ended"
)

const problemBase = "https://steelthread.dev/problems/"

// Problem is the answer to every request that is not carried out (RFC 9457), with members of our own: what happened,
// what was kept and what to do.
type Problem struct {
	Type      string         `json:"type" format:"uri" doc:"Identifies the kind of problem; ends in its code."`
	Title     string         `json:"title" doc:"The kind of problem in words; the same for every occurrence."`
	Status    int            `json:"status" doc:"The HTTP status, repeated."`
	Detail    string         `json:"detail" doc:"what, kept and do in one text."`
	Code      mes.Code       `json:"code" doc:"Stable, for programs."`
	What      string         `json:"what" doc:"What happened."`
	Kept      string         `json:"kept,omitempty" doc:"What was kept, where there is something to say."`
	Do        string         `json:"do,omitempty" doc:"What to do now."`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"Each refused field."`
	RequestID string         `json:"request_id,omitempty" doc:"Tell it to whoever looks after the system."`
}

// FieldProblem names one refused field.
type FieldProblem struct {
	Location string `json:"location" doc:"Where the field is, for example body.quantity, query.limit, row 3.quantity."`
	Message  string `json:"message" doc:"Why it is refused."`
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is RFC 9457's, whatever the client accepts.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders says when to come back, and how to sign in.
func (p *Problem) GetHeaders() http.Header {
	switch p.Status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests, statusOverloaded:
		return http.Header{"Retry-After": {strconv.Itoa(retryAfter)}}
	case http.StatusUnauthorized:
		return http.Header{"Www-Authenticate": {`Bearer realm="steelthread"`}}
	}
	return nil
}

// retryAfter is in seconds.
const retryAfter = 2

// problemOf turns any error into a Problem. What is no refusal is a defect of ours: it is logged whole and told short.
func problemOf(ctx context.Context, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p.of(ctx)
	}
	if e := contract.Refusal(err); e != nil && e.Code != mes.CodeInternal {
		return newProblem(ctx, e)
	}
	if ctx.Err() != nil {
		return newProblem(ctx, mes.Refuse(mes.CodeUnavailable, "The connection was closed before the answer.", "", "Send it again."))
	}
	slog.ErrorContext(ctx, "request failed", "request_id", requestOf(ctx).id, "err", err)
	return newProblem(ctx, mes.Refuse(mes.CodeInternal, "The system failed at this.", "What was confirmed before is kept.",
		"Try again; if it stays, call whoever looks after the system."))
}

// newProblem looks a refusal up in the table.
func newProblem(ctx context.Context, e *mes.Error) *Problem {
	k, ok := table[e.Code]
	if !ok {
		k = table[mes.CodeInternal]
	}
	p := &Problem{Type: problemBase + string(e.Code), Title: k.title, Status: k.status, Code: e.Code, What: e.What, Kept: e.Kept, Do: e.Do}
	p.Detail = sentence(e.What, e.Kept, e.Do)
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldProblem{Location: location(f.Field), Message: f.Message})
	}
	return p.of(ctx)
}

// location places a rule's field within the request. Rows of a file name themselves.
func location(field string) string {
	if strings.HasPrefix(field, "row ") || strings.HasPrefix(field, "query.") {
		return field
	}
	return "body." + field
}

// of notes the problem in its request, for the log, the metrics and the audit trail.
func (p *Problem) of(ctx context.Context) *Problem {
	r := requestOf(ctx)
	p.RequestID = r.id
	r.problem = p
	return p
}

func sentence(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}

// The interfaces by which huma knows a Problem.
var (
	_ huma.StatusError       = (*Problem)(nil)
	_ huma.HeadersError      = (*Problem)(nil)
	_ huma.ContentTypeFilter = (*Problem)(nil)
)
