package api

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

var update = flag.Bool("update", false, "write testdata/routes.golden and openapi.json anew")

// TestEveryRoute compares who may use each route with the reviewed table. The routes are those that are served, so none
// can be forgotten.
func TestEveryRoute(t *testing.T) {
	h := newHouse(t)
	golden(t, "testdata/routes.golden", routeTable(h.Server))
}

// TestOpenAPIHasNotDrifted compares the served description with the committed one.
func TestOpenAPIHasNotDrifted(t *testing.T) {
	doc, err := Describe()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "openapi.json", string(doc))
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	is, was := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range is {
		if i >= len(was) || is[i] != was[i] {
			t.Fatalf("%s is not what the code says, from line %d: %q. Run with -update and review the difference.", path, i+1, is[i])
		}
	}
	t.Fatalf("%s has more lines than the code says. Run with -update and review the difference.", path)
}

func sortedRoutes(s *Server) []routeKey {
	keys := make([]routeKey, 0, len(s.routes))
	for k := range s.routes {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b routeKey) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	return keys
}

func routeTable(s *Server) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-6s %-66s %-20s", "", "route", "right")
	for _, role := range mes.Roles {
		fmt.Fprintf(&b, " %-11s", role)
	}
	b.WriteString(" if\n")
	for _, k := range sortedRoutes(s) {
		r := s.routes[k]
		right, words, asked := string(cmp.Or(r.Right, r.Proves, "public")), []string{}, []string{}
		for _, role := range mes.Roles {
			word, conditions := wordOf(s, r, role)
			words = append(words, fmt.Sprintf("%-11s", word))
			if text := strings.Join(conditions, " & "); text != "" && !slices.Contains(asked, text) {
				asked = append(asked, text)
			}
		}
		if r.Proves != "" {
			asked = append(asked, "proven in the request, whoever is signed in")
		}
		line := fmt.Sprintf("%-6s %-66s %-20s %s %s", k.method, k.path, right, strings.Join(words, " "), strings.Join(asked, " or "))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// wordOf is what a role gets at a route: allow, if with the conditions that must hold, or nothing.
func wordOf(s *Server, r *route, role mes.Role) (word string, conditions []string) {
	right := cmp.Or(r.Right, r.Proves)
	for _, c := range s.Policy.Conditions(role, right) {
		conditions = append(conditions, string(c))
	}
	switch {
	case r.Public:
		return "allow", nil
	case !s.Policy.Allows([]mes.Role{role}, right):
		return "-", nil
	case len(conditions) > 0 || r.Proves != "":
		return "if", conditions
	}
	return "allow", nil
}

// TestEveryDoorIsInTheTable names what is served beside the API, so that the table can't lose it without anyone noticing.
func TestEveryDoorIsInTheTable(t *testing.T) {
	h := newHouse(t)
	for _, k := range []struct {
		method, path string
		right        policies.Right
	}{
		{"GET", "/temporal", policies.EngineUse}, {"GET", "/temporal/*", policies.EngineUse}, {"POST", "/temporal/*", policies.EngineUse}, {"DELETE", "/temporal/*", policies.EngineUse},
		{"GET", Base + "/events", policies.EventRead}, {"GET", "/docs", policies.DocsRead}, {"GET", "/docs/docs.js", policies.DocsRead},
		{"GET", "/openapi.json", policies.DocsRead}, {"GET", "/metrics", policies.MetricsRead}, {"GET", "/healthz", ""}, {"GET", "/readyz", ""}, {"GET", "/*", ""}, {"HEAD", "/*", ""},
	} {
		r := h.routes[routeKey{k.method, k.path}]
		if r == nil || r.Right != k.right || r.Public != (k.right == "") {
			t.Errorf("%s %s is %+v in the table, want the right %q", k.method, k.path, r, k.right)
		}
	}
	served := map[routeKey]bool{}
	for _, r := range h.echo.Routes() {
		if !strings.HasPrefix(r.Method, "echo_") {
			served[routeKey{r.Method, r.Path}] = true
		}
	}
	for k := range h.routes {
		if !served[k] {
			t.Errorf("%s %s is in the table and not served", k.method, k.path)
		}
	}
	if len(served) != len(h.routes) {
		t.Errorf("%d routes are served, %d are in the table", len(served), len(h.routes))
	}
}

// TestNobodyGetsIn asks every route without credentials.
func TestNobodyGetsIn(t *testing.T) {
	h := newHouse(t)
	for _, k := range sortedRoutes(h.Server) {
		var body any
		if h.routes[k].Proves != "" {
			body = NewTerminal{Station: "ST10", Name: "x", User: "nobody", Password: "wrong", Because: Because{"new screen"}}
		}
		r := h.do(call{method: k.method, path: address(k.path), body: body})
		if h.routes[k].Proves != "" {
			r.refused(403, mes.CodeForbidden)
			continue
		}
		if public := h.routes[k].Public; public == (r.status == 401) && k.path != Base+"/login" {
			t.Errorf("%s %s answers %d to nobody", k.method, k.path, r.status)
		}
	}
}

// TestRolesStayOut asks every route as every role that may not use it: what is decided is what is served.
func TestRolesStayOut(t *testing.T) {
	for _, role := range mes.Roles {
		h := newHouse(t)
		for _, k := range sortedRoutes(h.Server) {
			right := h.routes[k].Right
			if h.routes[k].Public || h.routes[k].Proves != "" || h.Policy.Allows([]mes.Role{role}, right) {
				continue // what they then get is for the tests of each noun
			}
			if r := h.do(call{method: k.method, path: address(k.path), role: role}); r.status != 403 {
				t.Errorf("%s %s answers %d to %s", k.method, k.path, r.status, role)
			}
		}
	}
}

// TestRolesStayOutOfProvenRoutes lets every role prove who it is, whoever is signed in.
func TestRolesStayOutOfProvenRoutes(t *testing.T) {
	for _, role := range mes.Roles {
		h := newHouse(t).withPasswords(role)
		body := NewTerminal{Station: "ST10", Name: "x", User: string(role), Password: "password-" + string(role), Because: Because{"new screen"}}
		r := h.do(call{method: "POST", path: "~/terminals", body: body, role: mes.RoleAdmin})
		want := 403 // a program has no password, whatever its roles
		if h.Policy.Allows([]mes.Role{role}, policies.TerminalRegister) && h.accounts.byID[string(role)].Kind == mes.AccountPerson {
			want = 201
		}
		if r.status != want {
			t.Errorf("%s, whom an administrator's session lends nothing, gets %d, want %d: %s", role, r.status, want, r.body)
		}
	}
}

// address fills a route's parameters in.
func address(path string) string {
	parts := strings.Split(strings.ReplaceAll(path, "*", "x"), "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "X1"
		}
	}
	return strings.Join(parts, "/")
}

// TestOpenAPIIsWhole checks what generated clients rely on.
func TestOpenAPIIsWhole(t *testing.T) {
	h := newHouse(t)
	ids := map[string]bool{}
	for path, item := range h.huma.OpenAPI().Paths {
		for _, op := range operations(item) {
			if ids[op.OperationID] || op.OperationID == "" || op.Summary == "" {
				t.Errorf("%s %s: ID %q is there twice, or ID or summary is empty", op.Method, path, op.OperationID)
			}
			ids[op.OperationID] = true
			in := 0
			for _, p := range op.Parameters {
				if p.In == "path" {
					in++
				}
			}
			if want := strings.Count(path, "{"); in != want {
				t.Errorf("%s %s documents %d of %d path parameters", op.Method, path, in, want)
			}
		}
	}
	if len(ids) < 50 {
		t.Errorf("only %d operations are documented", len(ids))
	}
}

func operations(item *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}, func(op *huma.Operation) bool { return op == nil })
}
