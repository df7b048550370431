package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/sampling"
)

// inspected is a running inspection of three pieces, by eye and by caliper.
func inspected() mes.InspectionView {
	lower, upper := mes.MustDecimal("9.8"), mes.MustDecimal("10.2")
	return mes.InspectionView{Inspection: mes.Inspection{ID: "IN-1", Site: "HAM", Plan: "IP-1", Lot: "L-1", State: mes.InspectionRunning, Sample: sampling.Plan{Size: 3, Ac: 0, Re: 1}},
		Content: mes.InspectionPlan{Title: "Screws", Characteristics: []mes.PlanCharacteristic{{ID: "head", Name: "Head", Kind: mes.Attribute, Code: "HEAD"},
			{ID: "length", Name: "Length", Kind: mes.Variable, Unit: "mm", Lower: &lower, Upper: &upper, Gauge: "caliper", Samples: 1}}}}
}

func TestAnInspectionIsEnteredAndDecided(t *testing.T) {
	h := newHouse(t)
	h.inspections.view = inspected()
	h.get(mes.RoleOperator, "~/inspections?state=due,running&plan=IP-1").wants(200)
	if f := h.inspections.filter; len(f.States) != 2 || f.Plan != "IP-1" || f.Site != "HAM" {
		t.Errorf("asked with %+v", f)
	}
	h.get(mes.RoleOperator, "~/inspections/IN-9").refused(404, mes.CodeNotFound)
	h.post(mes.RolePlanner, "~/inspections/IN-1/entries", map[string]any{"entries": []any{}}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleOperator, "~/inspections/IN-1/entries", map[string]any{"entries": []any{
		map[string]any{"piece": 1, "characteristic": "length", "value": "10.1"}, map[string]any{"piece": 4, "characteristic": "head", "good": true},
	}}).refused(422, mes.CodeUnprocessable, "body.entries[0].gauge", "body.entries[1].piece")
	h.post(mes.RoleOperator, "~/inspections/IN-1/decide", nil).refused(409, mes.CodeConflict)
	entries := []any{map[string]any{"piece": 1, "characteristic": "length", "value": 10.1, "gauge": "CAL-1"}}
	for piece := 1; piece <= 3; piece++ {
		entries = append(entries, map[string]any{"piece": piece, "characteristic": "head", "good": true})
	}
	var v mes.InspectionView
	h.post(mes.RoleOperator, "~/inspections/IN-1/entries", map[string]any{"entries": entries}).wants(200).into(&v)
	if v.Done != 4 || v.Needed != 4 || v.Entries[0].By != "operator" {
		t.Errorf("entered %d of %d: %+v", v.Done, v.Needed, v.Entries)
	}
	h.post(mes.RoleOperator, "~/inspections/IN-1/decide", map[string]string{"comment": "fine"}).wants(200).into(&v)
	if v.State != mes.InspectionAccepted || v.Comment != "fine" {
		t.Errorf("decided %s, %q", v.State, v.Comment)
	}
}

func TestWhoOpensInspectionsAndSwitchesThem(t *testing.T) {
	h := newHouse(t)
	h.inspections.view = inspected()
	open := map[string]string{"plan": "IP-1", "lot": "L-1"}
	h.post(mes.RoleOperator, "~/inspections", open).refused(403, mes.CodeForbidden)
	h.post(mes.RoleSupervisor, "~/inspections", open).wants(http.StatusCreated)
	resume := map[string]string{"supplier": "Bolt AG", "rule": "supplier_resumed", "reason": "new tool"}
	h.post(mes.RoleSupervisor, "~/inspection-schemes/IP-1/switch", resume).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/inspection-schemes/IP-1/switch", resume).wants(200)
	if s := h.inspections.word; s.Plan != "IP-1" || s.Supplier != "Bolt AG" || s.Rule != sampling.RuleResume || s.Reason != "new tool" {
		t.Errorf("switched %+v", s)
	}
	h.post(mes.RoleQuality, "~/inspection-schemes/IP-1/switch", map[string]string{"rule": "because", "reason": "x"}).refused(422, mes.CodeUnprocessable, "body.rule")
}

func TestGaugesAreRegisteredAndCalibrated(t *testing.T) {
	h := newHouse(t)
	body := map[string]any{"id": "CAL-1", "name": "Caliper", "kind": "caliper", "lower": "0", "upper": 150, "interval_days": 365}
	h.post(mes.RoleOperator, "~/gauges", body).refused(403, mes.CodeForbidden)
	h.post(mes.RoleMaintenance, "~/gauges", body).wants(200)
	if g := h.gauges.put[0]; g.Upper.String() != "150" || g.Version != 0 {
		t.Errorf("registered %+v", g)
	}
	body["kind"], body["interval_days"] = "no spaces", 0
	h.post(mes.RoleMaintenance, "~/gauges", body).refused(422, mes.CodeUnprocessable, "body.kind", "body.interval_days")
	point := map[string]any{"nominal": 10, "tolerance": "0.02", "found": "10.05", "left": "10.01"}
	var g mes.Gauge
	h.post(mes.RoleMaintenance, "~/gauges/CAL-1/calibrations", map[string]any{"performed_by": "Lab", "points": []any{point}, "evidence": []byte("%PDF-1.7 proof"), "evidence_name": "k.pdf"}).
		wants(http.StatusCreated).into(&g)
	if c := h.gauges.cal[0]; g.Last.AsFound != mes.OutOfTolerance || g.Last.AsLeft != mes.InTolerance || c.Evidence.ContentType != "application/pdf" {
		t.Errorf("calibrated %+v by %+v", g.Last, c.Evidence)
	}
	h.post(mes.RoleMaintenance, "~/gauges/CAL-1/calibrations", map[string]any{"performed_by": "", "as_found": "fine"}).refused(422, mes.CodeUnprocessable)
	h.gauges.blob = mes.Blob{ContentType: "application/pdf", Content: []byte("%PDF-1.7 proof")}
	r := h.get(mes.RoleAuditor, "~/gauges/CAL-1/calibrations/1/evidence").wants(200)
	if got := r.header.Get("Content-Disposition"); !strings.Contains(got, `attachment; filename="calibration-CAL-1-1.pdf"`) {
		t.Errorf("evidence comes as %q", got)
	}
	h.get(mes.RoleQuality, "~/gauges/CAL-1/measured?calibration=2").wants(200)
	if h.gauges.reach != 2 {
		t.Errorf("asked back from calibration %d", h.gauges.reach)
	}
	h.get(mes.RoleQuality, "~/gauges?days=30").wants(200)
	if f := h.gauges.filter; f.DueBefore == nil || !f.DueBefore.Equal(monday.AddDate(0, 0, 30)) {
		t.Errorf("asked with %+v", f)
	}
}

func TestAStudyOverTheAPI(t *testing.T) {
	h := newHouse(t)
	body := map[string]any{"gauge": "CAL-1", "characteristic": "Length", "operators": []string{"a", "b "}, "parts": []string{"1", "2"}, "trials": 2, "lower": 0, "upper": 8}
	h.post(mes.RoleAuditor, "~/gauge-studies", body).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/gauge-studies", body).wants(http.StatusCreated)
	var rs []any
	for o := range 2 {
		for p := range 2 {
			for n := range 2 {
				rs = append(rs, map[string]any{"operator": o, "part": p, "trial": n + 1, "value": float64(p*2 + 1 + o)})
			}
		}
	}
	h.post(mes.RoleOperator, "~/gauge-studies/RR-1/readings", map[string]any{"readings": []any{map[string]any{"operator": 7, "part": 0, "trial": 1, "value": 1}}}).
		refused(422, mes.CodeUnprocessable, "body.readings[0].operator")
	var v mes.GaugeStudyView
	h.post(mes.RoleOperator, "~/gauge-studies/RR-1/readings", map[string]any{"readings": rs}).wants(200).into(&v)
	if v.ANOVA == nil || v.Range == nil || v.ANOVA.NDC != 2 || v.Operators[1] != "b" {
		t.Errorf("measured %+v of %v", v.ANOVA, v.Operators)
	}
}
