package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

const stepDone = "~/lots/L1/operations/20/steps/20-1/complete"

func answering(v any, err error) func(client.UpdateWorkflowOptions) (any, error) {
	return func(client.UpdateWorkflowOptions) (any, error) { return v, err }
}

// TestCompleteStep follows a command into the update: its workflow, its ID, its actor, its exact values.
func TestCompleteStep(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{Progress: mes.Progress{State: mes.LotRunning, Step: "20-2", Version: 7}}, nil)
	var out LotProgress
	body := `{"values":[{"characteristic":"torque","value":4.50,"sample":1}],"components":[{"scan":"(10)PM-1","quantity":"2.5"}],"scan":"X","seen":6}`
	h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: body, header: map[string]string{headerKey: "k1"}}).wants(200).into(&out)
	if out.Progress.Step != "20-2" || out.Progress.Version != 7 {
		t.Errorf("answered %+v", out)
	}
	u := h.temporal.seen()[0]
	c := u.Args[0].(mes.CompleteStep)
	if u.WorkflowID != "lot/HAM/L1" || u.UpdateID != "operator/k1" || u.UpdateName != "CompleteStep" {
		t.Errorf("the update is %+v", u)
	}
	if c.Actor != (mes.Actor{ID: "operator", Station: "ST20", Source: "192.0.2.1", Seen: 6}) || c.Operation != "20" || c.Step != "20-1" || c.Scan != "X" {
		t.Errorf("the command is %+v", c)
	}
	if c.Values[0].Value.String() != "4.5" || c.Values[0].Sample != 1 || c.Components[0].Quantity.String() != "2.5" {
		t.Errorf("the values are %+v", c)
	}
}

func TestFieldsOfAStep(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	body := `{"values":[{"characteristic":"a","value":"1"},{"characteristic":"b","value":"1,5"},{"value":2}],"components":[{"scan":"","quantity":"x"}]}`
	h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: body}).refused(422, mes.CodeUnprocessable,
		"body.values[1].value", "body.values[2].characteristic", "body.components[0].scan", "body.components[0].quantity")
	if len(h.temporal.seen()) != 0 {
		t.Error("a command that can't be read was sent")
	}
	h.postAt("ST20", mes.RoleOperator, stepDone, nil).wants(200) // a confirmation needs no content
}

// TestEngineAnswers is the table of what may come back from the workflow engine.
func TestEngineAnswers(t *testing.T) {
	refusal := contract.Carry(mes.Refuse(mes.CodeConflict, "L1 is at step 20-2.", "Nothing was stored.", "Do that step first."))
	for _, c := range []struct {
		name   string
		err    error
		status int
		code   mes.Code
	}{
		{"refused by a rule", refusal, 409, mes.CodeConflict},
		{"refused by a hold", contract.Carry(mes.Hold{Scope: mes.HoldLot, Subject: "L1", Reason: "x"}.Refusal()), 409, mes.CodeHeld},
		{"fields", contract.Carry(&mes.Error{Code: mes.CodeUnprocessable, What: "no", Fields: []mes.FieldError{{Field: "values[0]", Message: "is missing"}}}), 422, mes.CodeUnprocessable},
		{"too many updates", serviceerror.NewResourceExhausted(0, "limit"), 429, mes.CodeTooMany},
		{"engine away", serviceerror.NewUnavailable("no connection"), 503, mes.CodeUnavailable},
		{"engine away until our patience ended", client.NewWorkflowUpdateServiceTimeoutOrCanceledError(serviceerror.NewUnavailable("no connection")), 503, mes.CodeUnavailable},
		{"defect", fmt.Errorf("boom: secret detail"), 500, mes.CodeInternal},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.temporal.update = answering(nil, c.err)
			r := h.postAt("ST20", mes.RoleOperator, stepDone, nil)
			p := r.refused(c.status, c.code)
			if c.name == "fields" && p.Errors[0].Location != "body.values[0]" {
				t.Errorf("the field is at %q", p.Errors[0].Location)
			}
			if c.status == 500 && (p.Detail == "" || strings.Contains(string(r.body), "secret")) {
				t.Errorf("a defect tells its inside: %s", r.body)
			}
			if audited := len(h.audits.actions("refused")) == 1; audited != (c.status == 409 || c.status == 422) {
				t.Errorf("in the audit trail: %v", audited)
			}
		})
	}
}

// TestPending answers 202 with a link when the workflow takes its time, and asks again under the same key.
func TestPending(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(nil, errSilent)
	send := func() *reply {
		return h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: "{}", header: map[string]string{headerKey: "k1"}})
	}
	r := send().wants(202)
	var p Pending
	if r.into(&p); r.header.Get("Location") != "/api/v1/lots/L1" || p.Link != "/api/v1/lots/L1" || p.Do == "" {
		t.Errorf("answered %s to %q", r.body, r.header.Get("Location"))
	}
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	send().wants(200)
	if ids := h.temporal.seen(); len(ids) != 2 || ids[0].UpdateID != ids[1].UpdateID {
		t.Errorf("the second try was another update: %+v", ids)
	}
}

// TestNoWorkflow says what is true of a lot or order that no workflow answers for, and starts one that should run.
func TestNoWorkflow(t *testing.T) {
	t.Run("packed lot", func(t *testing.T) {
		h := newHouse(t)
		h.lots.rows["L1"] = mes.LotView{Lot: "L1", Order: "4711", State: mes.LotPacked}
		p := h.postAt("ST20", mes.RoleOperator, stepDone, nil).refused(409, mes.CodeConflict)
		if p.What != "L1 is packed." {
			t.Errorf("told %q", p.What)
		}
	})
	t.Run("received lot", func(t *testing.T) {
		h := newHouse(t)
		h.lots.rows["L1"] = mes.LotView{Lot: "L1", State: mes.LotAvailable, Origin: "received"}
		h.postAt("ST20", mes.RoleOperator, stepDone, nil).refused(409, mes.CodeConflict)
	})
	t.Run("unknown lot", func(t *testing.T) {
		newHouse(t).postAt("ST20", mes.RoleOperator, stepDone, nil).refused(404, mes.CodeNotFound)
	})
	t.Run("answer of a closed run", func(t *testing.T) {
		h := newHouse(t)
		h.lots.rows["L1"] = mes.LotView{Lot: "L1", Order: "4711", State: mes.LotPacked}
		h.temporal.earlier = map[string]any{"operator/k1": contract.LotAnswer{Progress: mes.Progress{State: mes.LotPacked}}}
		r := h.do(call{method: "POST", path: stepDone, at: "ST20", role: mes.RoleOperator, body: "{}", header: map[string]string{headerKey: "k1"}}).wants(200)
		var out LotProgress
		if r.into(&out); out.Progress.State != mes.LotPacked {
			t.Errorf("answered %s", r.body)
		}
	})
	t.Run("answer that only the ledger has", func(t *testing.T) {
		// The run carried the scrap out and closed before it could answer, since a signature had moved the lot meanwhile.
		h := newHouse(t)
		h.lots.rows["L1"] = mes.LotView{Lot: "L1", Order: "4711", State: mes.LotScrapped}
		h.lots.stored = map[string]mes.Recorded{"lot/HAM/L1#supervisor/k1": {After: mes.Progress{State: mes.LotScrapped}}}
		h.temporal.update = func(client.UpdateWorkflowOptions) (any, error) {
			return nil, serviceerror.NewNotFound("workflow execution already completed")
		}
		body := map[string]any{"quantity": "1", "reason": "dropped"}
		r := h.do(call{method: "POST", path: "~/lots/L1/scrap", at: "ST20", role: mes.RoleSupervisor, body: body, header: map[string]string{headerKey: "k1"}}).wants(200)
		var out LotProgress
		if r.into(&out); out.Progress.State != mes.LotScrapped {
			t.Errorf("answered %s", r.body)
		}
		h.do(call{method: "POST", path: "~/lots/L1/scrap", at: "ST20", role: mes.RoleSupervisor, body: body, header: map[string]string{headerKey: "k2"}}).refused(409, mes.CodeConflict)
	})
	t.Run("order that is not started yet", func(t *testing.T) {
		h := newHouse(t)
		h.orders.rows["4711"] = mes.Order{Number: "4711", State: mes.OrderCreated, Line: "L1"}
		h.temporal.update = func(client.UpdateWorkflowOptions) (any, error) {
			if len(h.temporal.started) == 0 {
				return nil, serviceerror.NewNotFound("not started")
			}
			return contract.OrderAnswer{}, nil
		}
		h.post(mes.RolePlanner, "~/work-orders/4711/release", nil).wants(200)
		if len(h.temporal.started) != 1 || h.temporal.started[0] != "wo/HAM/4711" {
			t.Errorf("started %v", h.temporal.started)
		}
	})
	t.Run("closed order", func(t *testing.T) {
		h := newHouse(t)
		h.orders.rows["4711"] = mes.Order{Number: "4711", State: mes.OrderClosed}
		h.post(mes.RolePlanner, "~/work-orders/4711/cancel", map[string]string{"reason": "x"}).refused(409, mes.CodeConflict)
		if len(h.temporal.started) != 0 {
			t.Error("a closed order was started again")
		}
	})
}

// TestTheQueueSaysWhatBarsAPerson shows the waiting lots to who may start the second and not the first.
func TestTheQueueSaysWhatBarsAPerson(t *testing.T) {
	h := newHouse(t)
	for _, lot := range []string{"L1", "L2"} {
		h.lots.rows[lot] = mes.LotView{Lot: lot, Material: "INV-200", Revision: "A"}
	}
	h.plant.routings["INV-200/A"] = mes.Routing{Operations: []mes.Operation{{ID: "30", Qualification: &mes.QualificationNeed{ID: "Dispensing", Level: 2}}, {ID: "40"}}}
	h.queue = mes.Queue{Station: "ST30", Next: []mes.LotCard{{Lot: "L1", Operation: "30"}, {Lot: "L2", Operation: "40"}}}
	barred := func() []string {
		t.Helper()
		var q mes.Queue
		h.get(mes.RoleOperator, "~/stations/ST30/queue").wants(200).into(&q)
		return []string{q.Next[0].Barred, q.Next[1].Barred}
	}
	if b := barred(); b[0] != "This operation needs Dispensing level 2." || b[1] != "" {
		t.Errorf("without a certificate: %q", b)
	}
	ended := monday.Add(-time.Hour)
	h.accounts.held["operator"] = []mes.Qualification{{ID: "Dispensing", Level: 2, ExpiresAt: &ended}}
	if b := barred(); !strings.Contains(b[0], "ended on 1 Jun 2026") {
		t.Errorf("with one that has ended: %q", b)
	}
	h.accounts.held["operator"] = []mes.Qualification{{ID: "Dispensing", Level: 2}}
	if b := barred(); b[0] != "" || b[1] != "" {
		t.Errorf("with the certificate: %q", b)
	}
}

func TestQualification(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	h.lots.rows["L1"] = mes.LotView{Lot: "L1", Material: "INV-200", Revision: "A"}
	h.plant.routings["INV-200/A"] = mes.Routing{Operations: []mes.Operation{
		{ID: "30", Qualification: &mes.QualificationNeed{ID: "Dispensing", Level: 2}}, {ID: "40"}}}
	start := func(op string) *reply {
		return h.postAt("ST30", mes.RoleOperator, "~/lots/L1/operations/"+op+"/start", map[string]string{"station": "ST30"})
	}
	start("30").refused(403, mes.CodeForbidden)
	ended := monday.Add(-time.Hour)
	h.accounts.held["operator"] = []mes.Qualification{{ID: "Dispensing", Level: 1}, {ID: "Dispensing", Level: 2, ExpiresAt: &ended}}
	p := start("30").refused(403, mes.CodeForbidden)
	if p.What != "This operation needs Dispensing level 2; yours ended on 1 Jun 2026." {
		t.Errorf("told %q", p.What)
	}
	if len(h.temporal.seen()) != 0 {
		t.Error("an unqualified start was sent")
	}
	start("40").wants(200)
	h.accounts.held["operator"] = []mes.Qualification{{ID: "Dispensing", Level: 3}}
	start("30").wants(200)
	if h.lots.asked != 4 {
		t.Errorf("the lot's revision was looked up %d times, want once for each start: it may change between operations", h.lots.asked)
	}
	h.postAt("ST30", mes.RoleOperator, "~/lots/L1/operations/30/steps/1/complete", nil).wants(200)
	if h.lots.asked != 4 {
		t.Error("a step asked again for what its operation's start had looked up")
	}
	if rows := h.audits.actions("refused"); len(rows) != 2 || rows[0].Subject != "L1" {
		t.Errorf("the audit trail says %+v", rows)
	}
}

func TestStartNeedsAStation(t *testing.T) {
	h := newHouse(t)
	h.temporal.update = answering(contract.LotAnswer{}, nil)
	h.lots.rows["L1"] = mes.LotView{Lot: "L1"}
	const start = "~/lots/L1/operations/10/start"
	h.post(mes.RoleOperator, start, map[string]string{"station": "ST10"}).refused(403, mes.CodeForbidden)
	h.postAt("ST10", mes.RoleOperator, start, nil).wants(200)
	if c := h.temporal.seen()[0].Args[0].(mes.StartOperation); c.Station != "ST10" || c.Actor.Station != "ST10" {
		t.Errorf("started as %+v", c)
	}
}

// TestPriorityAlone lets a supervisor re-order the queue, and no more.
func TestPriorityAlone(t *testing.T) {
	h := newHouse(t)
	h.orders.rows["4711"] = mes.Order{Number: "4711"}
	h.temporal.update = answering(contract.OrderAnswer{}, nil)
	const change = "~/work-orders/4711/change"
	h.post(mes.RoleSupervisor, change, map[string]any{"priority": 90, "reason": "customer waits"}).wants(200)
	h.post(mes.RoleSupervisor, change, map[string]any{"priority": 90, "quantity": 5, "reason": "customer waits"}).refused(403, mes.CodeForbidden)
	h.post(mes.RolePlanner, change, map[string]any{"quantity": "5", "reason": "customer waits"}).wants(200)
	c := h.temporal.seen()[1].Args[0].(contract.ChangeCommand)
	if c.Change.Quantity.String() != "5" || c.Change.Priority != nil || c.Actor.ID != "planner" {
		t.Errorf("the change is %+v", c)
	}
	h.post(mes.RolePlanner, "~/work-orders/4711/hold", nil).refused(422, mes.CodeUnprocessable, "body.reason")
}

// TestDeniedCommandIsAudited shows that trying counts.
func TestDeniedCommandIsAudited(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleAuditor, "~/lots/L1/scrap", map[string]any{"quantity": 1, "reason": "x"}).refused(403, mes.CodeForbidden)
	rows := h.audits.actions("refused")
	if len(rows) != 1 || rows[0].Actor != "auditor" || rows[0].Subject != "L1" || rows[0].Noun != "lot" {
		t.Fatalf("the audit trail says %+v", rows)
	}
	var after struct{ Command, Code string }
	if err := json.Unmarshal(rows[0].After, &after); err != nil || after.Command != "scrapLot" || after.Code != "forbidden" {
		t.Errorf("after is %s", rows[0].After)
	}
	h.get(mes.RoleOperator, "~/audit").refused(403, mes.CodeForbidden)
	if n := len(h.audits.actions("refused")); n != 1 {
		t.Errorf("reading that is denied fills the trail: %d rows", n)
	}
}
