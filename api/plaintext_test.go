package api

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestDocumentsAreReadStrictly(t *testing.T) {
	for _, c := range []struct{ name, body, says string }{
		{"plain", `{"a":"line 1\nline 2\ttab","b":["x",{"c":1.50}],"d":null}`, ""},
		{"accents and emoji", `{"a":"Größe Ω 漢字 🙂 \ud83d\ude42"}`, ""},
		{"zero", `{"a":{"b":["x","\u0000"]}}`, "body.a.b[1] holds the character U+0000"},
		{"in a name", `{"a\u202e":1}`, "holds the character U+202E"},
		{"doubled", `{"a":{"b":1,"c":2,"b":3}}`, "body.a.b is given twice"},
		{"the same name elsewhere", `{"a":{"b":1},"c":{"b":1}}`, ""},
		{"broken UTF-8", "{\"a\":\"\xff\"}", "not whole UTF-8"},
		{"deep", strings.Repeat("[", 40) + strings.Repeat("]", 40), "is too deep"},
	} {
		var v any
		err := readJSON([]byte(c.body), &v)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

// TestADeepDocumentCostsNoMoreThanItsLength refuses the deepest that fits a body in no time.
func TestADeepDocumentCostsNoMoreThanItsLength(t *testing.T) {
	began := time.Now()
	for _, s := range []string{"[", `{"a":`, `[{"a":`} {
		var v any
		if err := readJSON([]byte(strings.Repeat(s, (1<<20)/len(s))), &v); err == nil {
			t.Errorf("a document of %q is read", s)
		}
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("three deep documents took %s", took)
	}
}

func TestUnfitTextIsRefusedWithItsPlace(t *testing.T) {
	h := newHouse(t)
	p := h.do(call{method: "POST", path: "~/work-orders/4711/hold", role: mes.RoleSupervisor, body: `{"reason":"a\u0000b"}`}).refused(400, codeMalformed)
	if len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Message, "body.reason holds the character U+0000") {
		t.Errorf("the refusal names %+v", p.Errors)
	}
	for _, path := range []string{"~/work-orders/%00", "~/work-orders?q=%ff", "~/work-orders?q=a%1bb", "~/lots?%00=1"} {
		h.do(call{method: "GET", path: path, role: mes.RoleAdmin}).refused(400, codeMalformed)
	}
}

// TestForgedCredentialsAreInTheTrail keeps the first of them and not the flood.
func TestForgedCredentialsAreInTheTrail(t *testing.T) {
	h := newHouse(t)
	for range 20 {
		h.do(call{method: "GET", path: "~/work-orders", header: map[string]string{"Authorization": "Bearer " + strings.Repeat("x", 52)}}).refused(401, mes.CodeUnauthorized)
	}
	h.do(call{method: "GET", path: "~/work-orders"}).refused(401, mes.CodeUnauthorized) // not signed in is no forgery
	rows := h.audits.actions(mes.AuditRefused)
	if len(rows) != mes.MaxLoginFailures {
		t.Fatalf("%d rows", len(rows))
	}
	if r := rows[0]; r.Noun != "session" || r.Source == "" || r.Reason == "" || strings.Contains(r.Reason+r.Subject, "xxxx") {
		t.Errorf("the row is %+v", r)
	}
}
