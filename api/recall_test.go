package api

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestQualityStartsARecallAndHandsItOver(t *testing.T) {
	h := newHouse(t)
	ask := map[string]any{"lot": "P-1", "mock": true, "reason": "Yearly drill."}
	h.post(mes.RoleOperator, "~/recalls", ask).refused(403, mes.CodeForbidden)
	var r mes.Recall
	h.post(mes.RoleQuality, "~/recalls", ask).wants(201).into(&r)
	if r.ID != "R-1" || !r.Mock || r.StartedBy != "quality" {
		t.Errorf("started %+v", r)
	}
	for rows, want := range map[string]string{"": "lot,material,name,", "&rows=sources": "lot,material,name,", "&rows=customers": "customer,delivery_notes,lots,quantity,first,last\nAlpha,D-1,U-1,1,"} {
		table := string(h.get(mes.RoleAuditor, "~/recalls/R-1?format=csv"+rows).wants(200).body)
		if !strings.HasPrefix(table, want) {
			t.Errorf("table %q is %q", rows, table)
		}
	}
	if table := string(h.get(mes.RoleAuditor, "~/recalls/R-1?format=csv").body); !strings.Contains(table, "U-1,INV-200,'=Inverter") {
		t.Errorf("a name becomes a formula: %q", table)
	}
	var report RecallReport
	h.get(mes.RoleAuditor, "~/recalls/R-1").wants(200).into(&report)
	if len(report.Found.Sheet) != 1 || report.Found.Customers[0].Customer != "Alpha" {
		t.Errorf("report %+v", report)
	}
	h.post(mes.RoleQuality, "~/recalls/R-9/complete", map[string]any{"note": "n"}).refused(404, mes.CodeNotFound)
	h.post(mes.RoleQuality, "~/recalls/R-1/complete", map[string]any{"note": "All set aside."}).wants(200)
	h.get(mes.RoleOperator, "~/recalls").refused(403, mes.CodeForbidden)
}
