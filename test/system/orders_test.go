package system

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

func (s *suite) orders(t *testing.T) {
	t.Run("TheSameOrderAgain", s.sameOrderAgain)
	t.Run("DecimalsAreExact", s.decimalsAreExact)
	t.Run("EveryBadFieldIsNamed", s.everyBadFieldIsNamed)
	t.Run("ReleaseFreezesTheRouting", s.releaseFreezes)
	t.Run("ChangesHaveRules", s.changesHaveRules)
	t.Run("HoldAndResume", s.holdAndResumeOrder)
	t.Run("Cancel", s.cancelOrder)
	t.Run("AKeyIsForOneCommand", s.aKeyIsForOneCommand)
	t.Run("ListsPageAndFilter", s.listsPageAndFilter)
}

func (s *suite) sameOrderAgain(t *testing.T) {
	n := s.number(t)
	body := request(n, "HK-20", 100)
	first := s.ok(t, s.post(t, s.erp, "/work-orders", body))
	again := s.ok(t, s.post(t, s.erp, "/work-orders", body))
	if first.Status != http.StatusCreated {
		t.Errorf("a new order answers %d", first.Status)
	}
	var a, b mes.Order
	plant.OK(t, first.Into(&a))
	plant.OK(t, again.Into(&b))
	if a.Number != n || b.Number != n || !a.CreatedAt.Equal(b.CreatedAt) || a.State != mes.OrderCreated {
		t.Errorf("the same order again answers another one: %s and %s", first.Body, again.Body)
	}
	body["quantity"] = 150
	s.refused(t, s.post(t, s.erp, "/work-orders", body), http.StatusConflict, n)
	if o := s.readOrder(t, n); !o.Quantity.Equal(mes.Count(100)) {
		t.Errorf("the conflict changed the quantity to %s", o.Quantity)
	}
}

func (s *suite) decimalsAreExact(t *testing.T) {
	for _, in := range []any{json.Number("50.10"), "50.10"} {
		n := s.number(t)
		r := s.ok(t, s.post(t, s.erp, "/work-orders", request(n, "HK-20", in)))
		var raw map[string]any
		plant.OK(t, json.Unmarshal(r.Body, &raw))
		text, isText := raw["quantity"].(string)
		if !isText || !mes.MustDecimal(text).Equal(mes.MustDecimal("50.10")) {
			t.Errorf("quantity %v comes back as %#v", in, raw["quantity"])
		}
	}
}

func (s *suite) everyBadFieldIsNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(map[string]any)
		fields []string
	}{
		{"unknown product", func(m map[string]any) { m["product"] = "INV-999" }, []string{"product"}},
		{"no approved routing", func(m map[string]any) { m["product"] = "HSG" }, []string{"product"}},
		{"nothing ordered", func(m map[string]any) { m["quantity"] = 0 }, []string{"quantity"}},
		{"less than nothing", func(m map[string]any) { m["quantity"] = "-1" }, []string{"quantity"}},
		{"half an inverter", func(m map[string]any) { m["quantity"] = "1.5" }, []string{"quantity"}},
		{"due yesterday", func(m map[string]any) { m["due"] = in(-1) }, []string{"due"}},
		{"unknown line", func(m map[string]any) { m["line"] = "L9" }, []string{"line"}},
		{"priority out of range", func(m map[string]any) { m["priority"] = 101 }, []string{"priority"}},
		{"four at once", func(m map[string]any) {
			m["product"], m["quantity"], m["due"], m["line"] = "INV-999", 0, in(-1), "L9"
		}, []string{"product", "quantity", "due", "line"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := s.number(t)
			body := request(n, "INV-200", 3)
			c.spoil(body)
			p := s.refused(t, s.post(t, s.erp, "/work-orders", body), http.StatusUnprocessableEntity)
			for _, f := range c.fields {
				if !strings.Contains(fields(p), f) {
					t.Errorf("%s is not named in %+v", f, p.Errors)
				}
			}
			r, err := s.planner.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/work-orders/" + n})
			plant.OK(t, err)
			s.refused(t, r, http.StatusNotFound)
			for table, query := range map[string]string{"work_order": `SELECT count(*) FROM work_order WHERE number = $1`, "outbox": `SELECT count(*) FROM outbox WHERE subject LIKE '%' || $1`} {
				if n, err := s.rec.Count(t.Context(), query, n); err != nil || n != 0 {
					t.Errorf("%d rows in %s after a refusal (%v)", n, table, err)
				}
			}
		})
	}
}

func (s *suite) releaseFreezes(t *testing.T) {
	n := s.number(t)
	s.ok(t, s.post(t, s.erp, "/work-orders", request(n, "HK-20", 50)))
	if o := s.readOrder(t, n); o.State != mes.OrderCreated || o.Revision != "" {
		t.Errorf("before release the order is %s with revision %q", o.State, o.Revision)
	}
	s.ok(t, s.post(t, s.planner, "/work-orders/"+n+"/release", nil))
	if o := s.readOrder(t, n); o.State != mes.OrderReleased || o.Revision != "A" {
		t.Errorf("after release the order is %s with revision %q", o.State, o.Revision)
	}
	s.refused(t, s.post(t, s.planner, "/work-orders/"+n+"/release", nil), http.StatusConflict, n, "released")
	s.refused(t, s.post(t, s.planner, "/work-orders/NOPE-1/release", nil), http.StatusNotFound, "NOPE-1")
	s.ok(t, s.post(t, s.planner, "/work-orders/"+n+"/cancel", map[string]string{"reason": "test is over"}))
}

func (s *suite) changesHaveRules(t *testing.T) {
	n := s.order(t, "HK-20", 150)
	s.bring(t, n, "80", "80-2") // one lot of 50 is in work
	change := "/work-orders/" + n + "/change"
	o := s.readOrder(t, n)
	started := o.Quantity.Sub(o.NotStarted)
	p := s.refused(t, s.post(t, s.planner, change, map[string]any{"quantity": started.Sub(mes.One).String(), "reason": "less"}), http.StatusUnprocessableEntity, started.String())
	if !strings.Contains(fields(p), "quantity") {
		t.Errorf("quantity is not named: %+v", p.Errors)
	}
	s.refused(t, s.post(t, s.planner, change, map[string]any{"due": in(-2), "reason": "sooner"}), http.StatusUnprocessableEntity, "due")
	s.refused(t, s.post(t, s.planner, change, map[string]any{"priority": 60}), http.StatusUnprocessableEntity, "reason")
	due := in(5)
	s.ok(t, s.post(t, s.planner, change, map[string]any{"quantity": "200", "priority": 77, "due": due, "reason": "customer wants more"}))
	o = s.readOrder(t, n)
	if !o.Quantity.Equal(mes.Count(200)) || o.Priority != 77 || o.Due.UTC().Format(time.RFC3339) != due {
		t.Errorf("after the change the order is %+v", o)
	}
	if !o.Quantity.Equal(o.Good.Add(o.Scrap).Add(o.InProcess).Add(o.NotStarted)) {
		t.Errorf("quantities do not balance after a change: %+v", o)
	}
	o = s.finish(t, n)
	if !o.Good.Equal(mes.Count(200)) {
		t.Errorf("%s good of 200", o.Good)
	}
	s.refused(t, s.post(t, s.planner, change, map[string]any{"priority": 1, "reason": "too late"}), http.StatusConflict, n)
}

func (s *suite) holdAndResumeOrder(t *testing.T) {
	n := s.order(t, "HK-20", 50)
	l := s.bring(t, n, "80", "")
	base := "/work-orders/" + n
	s.refused(t, s.post(t, s.supervisor, base+"/resume", map[string]string{"reason": "nothing"}), http.StatusConflict, "not on hold")
	s.ok(t, s.post(t, s.supervisor, base+"/hold", map[string]string{"reason": "wrong drawing"}))
	if o := s.readOrder(t, n); o.State != mes.OrderHeld || o.Hold == nil || o.Hold.Reason != "wrong drawing" || o.WaitsFor == nil {
		t.Errorf("the held order reads %+v", o)
	}
	s.refused(t, s.post(t, s.supervisor, base+"/hold", map[string]string{"reason": "again"}), http.StatusConflict, "already")
	s.refused(t, s.post(t, s.operator, op(l.Lot, "80")+"/start", map[string]string{"station": "ST80"}), http.StatusConflict, "on hold", "wrong drawing")
	s.ok(t, s.post(t, s.supervisor, base+"/resume", map[string]string{"reason": "drawing is right"}))
	if o := s.readOrder(t, n); o.State != mes.OrderReleased {
		t.Errorf("the resumed order is %s", o.State)
	}
	s.finish(t, n)
}

func (s *suite) cancelOrder(t *testing.T) {
	n := s.order(t, "INV-200", 3)
	s.bring(t, n, "10", "10-2") // one unit is in work, the others wait
	s.ok(t, s.post(t, s.planner, "/work-orders/"+n+"/cancel", map[string]string{"reason": "customer went away"}))
	s.refused(t, s.post(t, s.planner, "/work-orders/"+n+"/cancel", map[string]string{"reason": "again"}), http.StatusConflict, n)
	o := s.finish(t, n) // people finish what is in work
	if o.State != mes.OrderCancelled || !o.InProcess.IsZero() {
		t.Errorf("the cancelled order reads %+v", o)
	}
	if o.Good.Add(o.Scrap).Add(o.NotStarted).Cmp(o.Quantity) != 0 || !o.NotStarted.IsPositive() {
		t.Errorf("quantities of the cancelled order: %+v", o)
	}
	plant.Eventually(t, 20*time.Second, func() string { return s.rec.Undelivered(t.Context(), n) })
}

func (s *suite) aKeyIsForOneCommand(t *testing.T) {
	n, key := s.number(t), s.key()
	a, err := s.erp.Post(t.Context(), "/work-orders", request(n, "HK-20", 50), key)
	plant.OK(t, err)
	b, err := s.erp.Post(t.Context(), "/work-orders", request(n, "HK-20", 50), key)
	plant.OK(t, err)
	if a.Status != b.Status || !bytes.Equal(a.Body, b.Body) {
		t.Errorf("a repeated key answers %d %s, first %d %s", b.Status, b.Body, a.Status, a.Body)
	}
	c, err := s.erp.Post(t.Context(), "/work-orders", request(n, "HK-20", 60), key)
	plant.OK(t, err)
	s.refused(t, c, http.StatusUnprocessableEntity, "Idempotency-Key")
	// A refusal is an answer too.
	key = s.key()
	body := request(s.number(t), "INV-999", 1)
	a, err = s.erp.Post(t.Context(), "/work-orders", body, key)
	plant.OK(t, err)
	b, err = s.erp.Post(t.Context(), "/work-orders", body, key)
	plant.OK(t, err)
	if a.Status != http.StatusUnprocessableEntity || b.Status != a.Status || !bytes.Equal(a.Body, b.Body) {
		t.Errorf("a repeated refusal answers %d %s, first %d %s", b.Status, b.Body, a.Status, a.Body)
	}
}

func (s *suite) listsPageAndFilter(t *testing.T) {
	for range 3 {
		s.ok(t, s.post(t, s.erp, "/work-orders", request(s.number(t), "HK-20", 50)))
	}
	var seen []string
	next := ""
	for {
		var page mes.Page[mes.Order]
		plant.OK(t, s.planner.Get(t.Context(), "/work-orders?limit=2&state=created&q=ListsPage&cursor="+next, &page))
		if len(page.Items) > 2 || page.Total != 3 {
			t.Fatalf("a page of 2 has %d items of %d", len(page.Items), page.Total)
		}
		for _, o := range page.Items {
			seen = append(seen, o.Number)
		}
		if next = page.Next; next == "" {
			break
		}
	}
	if len(seen) != 3 {
		t.Errorf("paging found %v", seen)
	}
	csv, err := s.planner.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/work-orders?state=created&q=ListsPage", Headers: map[string]string{"Accept": "text/csv"}})
	plant.OK(t, err)
	if !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") || strings.Count(strings.TrimSpace(string(csv.Body)), "\n") != 3 {
		t.Errorf("CSV of three orders: %s\n%s", csv.Header.Get("Content-Type"), csv.Body)
	}
}
