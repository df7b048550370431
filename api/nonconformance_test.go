package api

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestWhoOpensANonconformance(t *testing.T) {
	h := newHouse(t)
	body := map[string]any{"source": "operator", "description": "Bead broken", "lots": []map[string]any{{"lot": "L1", "quantity": "2.5"}}}
	h.post(mes.RoleAuditor, "~/nonconformances", body).refused(403, mes.CodeForbidden)
	var made mes.Nonconformance
	h.post(mes.RoleOperator, "~/nonconformances", body).wants(201).into(&made)
	if n := h.ncs.news[0]; made.ID != "NC-1" || made.OpenedBy != "operator" || n.Key == "" || n.Lots[0].Quantity == nil || !n.Lots[0].Quantity.Equal(mes.MustDecimal("2.5")) {
		t.Errorf("made %+v of %+v", made, n)
	}
	// An operator may say what is wrong, and may not hold.
	body["hold"] = true
	h.post(mes.RoleOperator, "~/nonconformances", body).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/nonconformances", body).wants(201)
	h.post(mes.RoleQuality, "~/nonconformances", map[string]any{"source": "customer", "description": " "}).refused(422, mes.CodeUnprocessable, "body.customer", "body.description")
	// The ERP passes a complaint on, and nothing else.
	h.post(mes.RoleERP, "~/nonconformances", body).refused(403, mes.CodeForbidden)
	h.post(mes.RoleERP, "~/complaints", map[string]any{"customer": "C-2041", "reference": "R-9", "description": "Too hot"}).wants(201).into(&made)
	if made.Source != mes.NCCustomer || made.Customer != "C-2041" {
		t.Errorf("complaint %+v", made)
	}
	var list mes.Page[mes.Nonconformance]
	h.get(mes.RoleSupervisor, "~/nonconformances?source=customer&state=open&state=in_review").wants(200).into(&list)
	if len(list.Items) != 1 {
		t.Errorf("list %+v", list)
	}
	h.get(mes.RoleSupervisor, "~/nonconformances/NC-99").refused(404, mes.CodeNotFound)
}

func TestOnlyQualityAsksTheBoard(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleQuality, "~/nonconformances", map[string]any{"source": "audit", "description": "x"}).wants(201)
	p := map[string]any{"reason": "Counted", "dispositions": []map[string]any{{"lot": "L1", "kind": "sort", "quantity": 10, "bad": "3"}, {"lot": "L2", "kind": "rework", "quantity": 1, "routing": "RW"}}}
	h.post(mes.RoleSupervisor, "~/nonconformances/NC-1/proposals", p).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/nonconformances/NC-1/proposals", p).wants(200)
	if d := h.ncs.last.Dispositions; len(d) != 2 || !d[0].Bad.Equal(mes.Count(3)) || d[1].Routing != "RW" || h.ncs.last.Reason != "Counted" {
		t.Errorf("proposed %+v", h.ncs.last)
	}
	h.post(mes.RoleQuality, "~/nonconformances/NC-1/close", map[string]any{"reason": "Done"}).wants(200)
	h.post(mes.RoleQuality, "~/nonconformances/NC-1/change", map[string]any{"version": 1, "owner": "qe-02", "reason": "Hers"}).wants(200)
	if got := strings.Join(h.ncs.told, "; "); got != "NC-1 proposed: Counted; NC-1 closed: Done; NC-1 changed: Hers" {
		t.Errorf("told %s", got)
	}
}

func TestDefectCodesAreWrittenByQuality(t *testing.T) {
	h := newHouse(t)
	top := map[string]any{"name": "Bead", "severity": "medium", "active": true, "piece_cost": "1.20", "version": 0}
	h.post(mes.RoleSupervisor, "~/defect-codes/BEAD", top).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/defect-codes/BEAD", top).wants(200)
	top["parent"], top["severity"] = "NONE", "awful"
	h.post(mes.RoleQuality, "~/defect-codes/GAP", top).refused(422, mes.CodeUnprocessable, "body.parent", "body.severity")
	if csv := string(h.get(mes.RoleOperator, "~/defect-codes?format=csv").wants(200).body); !strings.HasPrefix(csv, "code,parent,name,severity,piece_cost,active") || !strings.Contains(csv, "BEAD,,Bead,medium,1.2,true") {
		t.Errorf("table %s", csv)
	}
}

func TestAPermitHasABoundAndAnEnd(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleQuality, "~/permits", map[string]any{"product": "INV-200", "allows": "", "reason": "x", "valid_until": monday.Add(-time.Hour)}).
		refused(422, mes.CodeUnprocessable, "body.allows", "body.quantity", "body.valid_until")
	var made mes.Permit
	h.post(mes.RolePlanner, "~/permits", map[string]any{"product": "INV-200", "allows": "Bead 2.6 mm", "reason": "x", "quantity": 25, "valid_until": monday.Add(time.Hour)}).wants(201).into(&made)
	if made.ID != "DP-1" || made.State != mes.PermitRequested || made.RequestedBy != "planner" {
		t.Errorf("made %+v", made)
	}
	h.get(mes.RoleOperator, "~/permits").refused(403, mes.CodeForbidden)
	h.get(mes.RoleAuditor, "~/permits").wants(200)
}

func TestTheCostReportCountsDaysInTheSitesZone(t *testing.T) {
	h := newHouse(t)
	var r mes.CostReport
	h.get(mes.RoleQuality, "~/quality-cost?by=product&from=2026-05-01&to=2026-05-31").wants(200).into(&r)
	if q := h.costs.asked; q.By != mes.CostByProduct || q.From.UTC().Format(time.RFC3339) != "2026-04-30T22:00:00Z" || q.To.UTC().Format(time.RFC3339) != "2026-05-31T22:00:00Z" {
		t.Errorf("asked %+v", q)
	}
	if r.Sum.Complete || !r.Sum.ScrapUnpriced.Equal(mes.One) || !r.Sum.Total.Equal(mes.Count(20)) {
		t.Errorf("sum %+v", r.Sum)
	}
	h.get(mes.RoleQuality, "~/quality-cost?from=2026-06-02&to=2026-06-01").refused(422, mes.CodeUnprocessable, "query.from")
	if csv := string(h.get(mes.RoleAuditor, "~/quality-cost?format=csv").wants(200).body); !strings.Contains(csv, "scrap_unpriced") || !strings.Contains(csv, "BEAD,Bead,3") {
		t.Errorf("table %s", csv)
	}
	h.post(mes.RoleSupervisor, "~/quality-cost/rate", map[string]any{"per_hour": 48, "currency": "EUR", "reason": "x"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/quality-cost/rate", map[string]any{"per_hour": 48, "currency": "eur", "reason": "x"}).wants(200)
}
