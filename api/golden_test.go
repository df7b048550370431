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
	for _, k := range sortedRoutes(s) {
		r := s.routes[k]
		who := "everyone, signed in or not"
		if !r.Public {
			var roles []string
			for _, role := range mes.Roles {
				if s.Policy.Allows([]mes.Role{role}, r.Right) {
					roles = append(roles, string(role))
				}
			}
			who = string(r.Right) + ": " + strings.Join(roles, " ")
		}
		fmt.Fprintf(&b, "%-6s %-70s %s\n", k.method, k.path, who)
	}
	return b.String()
}

// TestNobodyGetsIn asks every route without credentials.
func TestNobodyGetsIn(t *testing.T) {
	h := newHouse(t)
	for _, k := range sortedRoutes(h.Server) {
		r := h.do(call{method: k.method, path: address(k.path)})
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
			if h.routes[k].Public || h.Policy.Allows([]mes.Role{role}, right) {
				continue // what they then get is for the tests of each noun
			}
			if r := h.do(call{method: k.method, path: address(k.path), role: role}); r.status != 403 {
				t.Errorf("%s %s answers %d to %s", k.method, k.path, r.status, role)
			}
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
