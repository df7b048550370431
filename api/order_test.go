package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func newOrder(change ...func(map[string]any)) map[string]any {
	m := map[string]any{"number": "4711", "product": "INV-200", "quantity": 3, "due": "2026-07-01T14:00:00+02:00", "priority": 50, "line": "L1"}
	for _, f := range change {
		f(m)
	}
	return m
}

func TestCreateOrder(t *testing.T) {
	h := newHouse(t)
	var o mes.Order
	h.post(mes.RoleERP, "~/work-orders", newOrder()).wants(201).into(&o)
	if o.Number != "4711" || o.CreatedBy != "erp" || !o.Due.Equal(o.Due.UTC()) || o.Due.Hour() != 12 {
		t.Errorf("the order is %+v", o)
	}
	h.post(mes.RoleERP, "~/work-orders", newOrder()).wants(200)
	h.post(mes.RoleERP, "~/work-orders", newOrder(func(m map[string]any) { m["quantity"] = 4 })).refused(409, mes.CodeConflict)
	if len(h.orders.requests) != 1 {
		t.Errorf("%d orders were stored", len(h.orders.requests))
	}
}

// TestFieldsOfAnOrder refuses each bad field by name, and stores nothing.
func TestFieldsOfAnOrder(t *testing.T) {
	set := func(k string, v any) func(map[string]any) { return func(m map[string]any) { m[k] = v } }
	for _, c := range []struct {
		name   string
		body   any
		fields []string
	}{
		{"unknown product", newOrder(set("product", "INV-999")), []string{"body.product"}},
		{"nothing ordered", newOrder(set("quantity", 0)), []string{"body.quantity"}},
		{"less than nothing", newOrder(set("quantity", "-2.5")), []string{"body.quantity"}},
		{"half a serial", newOrder(set("quantity", "1.5")), []string{"body.quantity"}},
		{"due yesterday", newOrder(set("due", "2026-05-31T00:00:00Z")), []string{"body.due"}},
		{"due without zone", newOrder(set("due", "2026-07-01 14:00")), []string{"body.due"}},
		{"unknown line", newOrder(set("line", "L9")), []string{"body.line"}},
		{"priority of 101", newOrder(set("priority", 101)), []string{"body.priority"}},
		{"priority of a half", newOrder(set("priority", 1.5)), []string{"body.priority"}},
		{"several rules at once", newOrder(set("quantity", 0), set("product", "?"), set("due", "2020-01-01T00:00:00Z"), set("line", "")),
			[]string{"body.quantity", "body.product", "body.due", "body.line"}},
		{"several forms at once", map[string]any{"number": 4711, "quantity": "many", "colour": "red"},
			[]string{"body.number", "body.quantity", "body.colour", "body.product", "body.due", "body.line"}},
		{"quantity as a list", newOrder(set("quantity", []int{1})), []string{"body.quantity"}},
		{"quantity as true", newOrder(set("quantity", true)), []string{"body.quantity"}},
		{"quantity as null", newOrder(set("quantity", nil)), []string{"body.quantity"}},
		{"quantity with a huge exponent", newOrder(set("quantity", "1e999999999")), []string{"body.quantity"}},
		{"quantity of a thousand digits", newOrder(set("quantity", strings.Repeat("9", 1000))), []string{"body.quantity"}},
		{"field in another case", newOrder(func(m map[string]any) { delete(m, "line"); m["Line"] = "L1" }), []string{"body.line", "body.Line"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.post(mes.RoleERP, "~/work-orders", c.body).refused(422, mes.CodeUnprocessable, c.fields...)
			if len(h.orders.rows) != 0 {
				t.Errorf("something was stored: %v", h.orders.rows)
			}
			if rows := h.audits.actions("refused"); len(rows) != 1 || rows[0].Actor != "erp" || rows[0].Noun != "order" {
				t.Errorf("the audit trail says %+v", rows)
			}
		})
	}
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		code       mes.Code
	}{
		{"no body", "", 400, codeMalformed},
		{"half a body", `{"number":`, 400, codeMalformed},
		{"two bodies", `{}{}`, 400, codeMalformed},
		{"not an object", `[]`, 422, mes.CodeUnprocessable},
		{"too large", `{"number":"` + strings.Repeat("x", 1<<20) + `"}`, 413, codeTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.do(call{method: "POST", path: "~/work-orders", role: mes.RoleERP, body: c.body}).refused(c.status, c.code)
		})
	}
	h := newHouse(t)
	h.do(call{method: "POST", path: "~/work-orders", role: mes.RoleERP, body: "number=1", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}).refused(415, codeMedia)
	h.get(mes.RoleERP, "~/work-orders?colour=red").refused(422, mes.CodeUnprocessable, "query.colour")
	h.get(mes.RoleERP, "~/work-orders?limit=501").refused(422, mes.CodeUnprocessable, "query.limit")
	h.get(mes.RoleERP, "~/work-orders?state=running,melted").refused(422, mes.CodeUnprocessable)
}

// TestDecimalsAreExact sends a number that no float can hold, in both forms.
func TestDecimalsAreExact(t *testing.T) {
	h := newHouse(t)
	h.orders.context.ProductTracking = mes.TrackLot
	for i, form := range []string{`0.10000000000000000001`, `"0.10000000000000000001"`} {
		r := h.do(call{method: "POST", path: "~/work-orders", role: mes.RoleERP,
			body: `{"number":"` + string(rune('A'+i)) + `","product":"INV-200","quantity":` + form + `,"due":"2026-07-01T14:00:00Z","line":"L1"}`}).wants(201)
		var out struct{ Quantity json.RawMessage }
		r.into(&out)
		if string(out.Quantity) != `"0.10000000000000000001"` {
			t.Errorf("%s came back as %s", form, out.Quantity)
		}
	}
}

// TestScriptStaysText sends markup where text is asked for. It comes back as it was, as JSON, and under a policy that
// runs nothing.
func TestScriptStaysText(t *testing.T) {
	h := newHouse(t)
	const script = `<script>alert("1")</script>`
	h.lots.rows["L1"] = mes.LotView{Lot: "L1"}
	r := h.post(mes.RoleQuality, "~/lots/L1/hold", map[string]string{"reason": script}).wants(200)
	var hold mes.Hold
	r.into(&hold)
	if hold.Reason != script {
		t.Errorf("the reason came back as %q", hold.Reason)
	}
	if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") || r.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("answered as %q", kind)
	}
	if csp := r.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("under the policy %q", csp)
	}
}

func TestLists(t *testing.T) {
	h := newHouse(t)
	h.orders.pages = [][]mes.Order{{{Number: "1"}, {Number: "2"}}, {{Number: "3"}}}
	var p mes.Page[mes.Order]
	h.get(mes.RoleOperator, "~/work-orders").wants(200).into(&p)
	if len(p.Items) != 2 || p.Next != "1" || p.Total != 3 {
		t.Errorf("the first page is %+v", p)
	}
	csv := h.get(mes.RoleOperator, "~/work-orders?format=csv").wants(200)
	if lines := strings.Split(strings.TrimSpace(string(csv.body)), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[0], "number,") {
		t.Errorf("the table is\n%s", csv.body)
	}
	h.orders.pages = nil
	if r := h.get(mes.RoleOperator, "~/work-orders").wants(200); !strings.Contains(string(r.body), `"items":[]`) {
		t.Errorf("an empty list is %s", r.body)
	}
	h.get(mes.RoleOperator, "~/work-orders/none/lots").refused(404, mes.CodeNotFound)
}
