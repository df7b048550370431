package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/policies"
)

// Base is the prefix of the API.
const Base = "/api/v1"

// route is one address with what it asks for and does.
type route struct {
	Method string
	Path   string // with {braces}; below Base for an operation of the API
	ID     string // operation ID: the web app's function names come from it
	Group  string
	Short  string // summary
	Long   string // description
	// Right is what the account must have. It is empty on public routes only.
	Right  policies.Right
	Public bool
	// Proves is the right of a route on which somebody other than who is signed in proves in the request that they may.
	Proves policies.Right
	// Wall lets a registered terminal ask without anybody signed in: a display on a wall has no person, and no session that
	// could end at night. Such a route only reads.
	Wall bool
	// Judged says that the handler asks the policy with the facts of the case, which a right with conditions needs.
	Judged bool
	// Command changes state: it takes an Idempotency-Key, its answer is kept, and its refusal is audited as one of Noun.
	Command bool
	// Unkept marks a command whose answer holds a secret, or which makes one: it takes no key, and nothing of it is kept.
	Unkept bool
	// Limited routes are open to a person who has to change a secret before anything else.
	Limited bool
	Noun    string // of the audit row; the subject is the first path parameter
	Secret  bool   // its body holds a password or PIN, which must leave no trace
	// Pictures marks a body with pictures: it counts against the intake's bound, and its pictures are taken out first.
	Pictures bool
	// Foreign marks a body whose form is another vendor's: the handler reads it, leniently.
	Foreign bool
	// APIKey lets a program show its token as X-API-Key.
	APIKey  bool
	Table   bool  // has a CSV form
	Body    int64 // limit of the body; 0 means the usual one
	Status  int   // of success; 0 means 200
	Later   bool  // may answer 202
	Answers map[string]*huma.Response
}

type routeKey struct{ method, path string }

// add enters a route into the table under its path as echo spells it.
func (s *Server) add(r *route, path string) {
	switch {
	case count(r.Public, r.Right != "", r.Proves != "") != 1:
		s.wrong = fmt.Errorf("api: route %s %s must be public, or have a right, or have one proven in the request", r.Method, path)
	case s.Policy != nil && s.Policy.Bound(r.Right) != r.Judged:
		s.wrong = fmt.Errorf("api: route %s %s: %s has conditions in the policy and the route does not judge them, or the other way round", r.Method, path, r.Right)
	case r.Wall && (r.Command || r.Judged || r.Method != http.MethodGet):
		s.wrong = fmt.Errorf("api: route %s %s is open to displays and does more than read", r.Method, path)
	case r.Command && r.Noun == "":
		s.wrong = fmt.Errorf("api: command %s %s names no noun for the audit trail", r.Method, path)
	}
	if r.Body == 0 {
		r.Body = s.Limits.Body
	}
	s.routes[routeKey{r.Method, path}] = r
}

func count(facts ...bool) (n int) {
	for _, f := range facts {
		if f {
			n++
		}
	}
	return n
}

// raw serves a route that is no part of the OpenAPI document.
func (s *Server) raw(r route, h echo.HandlerFunc) {
	s.add(&r, r.Path)
	s.echo.Add(r.Method, r.Path, h)
}

// handle serves an operation of the API with a typed handler.
func handle[I, O any](s *Server, r route, h func(context.Context, *I) (*O, error)) {
	if r.Status == 0 {
		r.Status = http.StatusOK
	}
	full := Base + r.Path
	s.add(&r, echoPath(full))
	huma.Register(s.huma, s.operation(&r, full), func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if later := (*Pending)(nil); errors.As(err, &later) {
			return nil, later
		}
		if err == nil && r.Judged && !requestOf(ctx).decided {
			err = fmt.Errorf("api: %s did not ask the policy with the facts of the case", r.ID)
		}
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
	if r.Table {
		s.documentTable(r.Method, full)
	}
}

// documentTable adds the CSV form to a list's answer, which huma has described by then.
func (s *Server) documentTable(method, path string) {
	item := s.huma.OpenAPI().Paths[path]
	if item == nil || method != http.MethodGet {
		s.wrong = fmt.Errorf("api: %s %s has a table form and is no list", method, path)
		return
	}
	item.Get.Responses["200"].Content[csvType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
}

// operation is the route as the OpenAPI document tells it.
func (s *Server) operation(r *route, full string) huma.Operation {
	op := huma.Operation{
		OperationID: r.ID, Method: r.Method, Path: full, Summary: r.Short, Description: r.Long, Tags: []string{r.Group},
		DefaultStatus: r.Status, MaxBodyBytes: r.Body, BodyReadTimeout: s.Limits.Read, Errors: []int{http.StatusBadRequest}, Responses: map[string]*huma.Response{},
	}
	for status, answer := range r.Answers {
		op.Responses[status] = answer
	}
	switch {
	case r.Public:
		op.Security = []map[string][]string{}
	case r.Proves != "":
		op.Security = []map[string][]string{}
		op.Extensions = map[string]any{"x-right": string(r.Proves)}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	default:
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		op.Extensions = map[string]any{"x-right": string(r.Right)}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(r.Path, "{") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	if r.Command {
		op.Errors = append(op.Errors, http.StatusConflict, http.StatusServiceUnavailable)
	}
	if r.Command && !r.Unkept {
		op.Parameters = append(op.Parameters, &huma.Param{Name: headerKey, In: "header",
			Description: "Identifies the command: the same key with the same request gets the first answer. The server makes one when it is missing.",
			Schema:      &huma.Schema{Type: huma.TypeString, MaxLength: new(maxKey)}})
	}
	if r.Later {
		pending := s.huma.OpenAPI().Components.Schemas.Schema(typeOf[Pending](), true, "")
		op.Responses[strconv.Itoa(http.StatusAccepted)] = &huma.Response{Description: "Taken, not confirmed yet. Send it again with the same Idempotency-Key to get the answer.",
			Content: map[string]*huma.MediaType{"application/json": {Schema: pending}},
			Headers: map[string]*huma.Param{"Location": {Description: "Where to see how it went.", Schema: &huma.Schema{Type: huma.TypeString}}}}
	}
	if r.Foreign {
		op.RequestBody = &huma.RequestBody{Required: true, Description: "As the inference server gives it.", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{}}}}
	}
	if r.Table {
		op.Metadata = map[string]any{metaTable: true}
	}
	return op
}

// echoPath spells {name} as :name.
func echoPath(p string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(p)
}
