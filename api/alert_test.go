package api

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func withAlerts(t *testing.T) *house {
	h := newHouse(t)
	h.alerts.rows = []mes.Alert{
		{ID: 1, Site: "HAM", Kind: mes.AlertQualificationEnds, Severity: mes.SeverityMedium, Text: "for the operator", Account: "operator"},
		{ID: 2, Site: "HAM", Kind: mes.AlertQualificationEnds, Severity: mes.SeverityMedium, Text: "for supervisors", Role: mes.RoleSupervisor},
		{ID: 3, Site: "HAM", Kind: mes.AlertAuditBroken, Severity: mes.SeverityCritical, Text: "for everyone"},
		{ID: 4, Site: "MUC", Kind: mes.AlertAuditBroken, Severity: mes.SeverityCritical, Text: "elsewhere"},
		{ID: 5, Site: "HAM", Kind: mes.AlertAuditBroken, Severity: mes.SeverityCritical, Text: "seen to", ClosedAt: &monday},
	}
	return h
}

func TestAlertsAreReadByWhomTheyAreMeantFor(t *testing.T) {
	h := withAlerts(t)
	for path, want := range map[string]string{
		"~/alerts":                                   "1 2 3 5",
		"~/alerts?open=true":                         "1 2 3",
		"~/alerts?open=true&mine=true":               "1 3",
		"~/alerts?kind=qualification_ends&mine=true": "1",
	} {
		var got mes.Page[mes.Alert]
		h.get(mes.RoleOperator, path).wants(200).into(&got)
		ids := make([]string, len(got.Items))
		for i, a := range got.Items {
			ids[i] = mes.Count(a.ID).String()
		}
		if s := strings.Join(ids, " "); s != want {
			t.Errorf("%s gives %s, want %s", path, s, want)
		}
	}
	table := string(h.get(mes.RoleSupervisor, "~/alerts?mine=true&open=true&format=csv").wants(200).body)
	if !strings.HasPrefix(table, "id,site,kind,severity,noun,subject,text,") || !strings.Contains(table, "for supervisors") || strings.Contains(table, "for the operator") {
		t.Errorf("the table is %q", table)
	}
}

func TestOnlyWhomItIsMeantForClosesAnAlert(t *testing.T) {
	h := withAlerts(t)
	said := map[string]any{"comment": "Training is booked."}
	h.post(mes.RoleOperator, "~/alerts/2/close", said).refused(403, mes.CodeForbidden)
	h.post(mes.RoleSupervisor, "~/alerts/1/close", said).refused(403, mes.CodeForbidden)
	h.post(mes.RoleSupervisor, "~/alerts/4/close", said).refused(404, mes.CodeNotFound)
	h.post(mes.RoleSupervisor, "~/alerts/2/close", map[string]any{}).refused(422, mes.CodeUnprocessable, "body.comment")
	h.post(mes.RoleSupervisor, "~/alerts/2/close", map[string]any{"comment": "  "}).refused(422, mes.CodeUnprocessable, "body.comment")
	var a mes.Alert
	h.post(mes.RoleSupervisor, "~/alerts/2/close", said).wants(200).into(&a)
	if a.ClosedBy != "supervisor" || a.Comment != "Training is booked." || a.ClosedAt == nil {
		t.Errorf("closed as %+v", a)
	}
}
