package api

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func thinBead() map[string]any {
	return map[string]any{"name": "Three thin beads on one lot of paste", "active": true, "kind": "verdict", "code": "thin", "group": "component", "component": "TP-7", "count": 3,
		"window_min": 480, "severity": "high", "then": []string{"hold", "capa"}, "version": 0, "reason": "Complaint 12"}
}

func TestQualityWritesRulesThatAct(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleOperator, "~/reaction-rules/BEAD", thinBead()).refused(403, mes.CodeForbidden)
	var made mes.ReactionRule
	h.post(mes.RoleQuality, "~/reaction-rules/BEAD", thinBead()).wants(200).into(&made)
	if made.Version != 1 || made.Site != "HAM" || made.ChangedBy != "quality" || h.reactions.why[0] != "Complaint 12" {
		t.Errorf("made %+v because %v", made, h.reactions.why)
	}
	var rules ReactionRules
	h.get(mes.RoleSupervisor, "~/reaction-rules").wants(200).into(&rules)
	var acted mes.Page[FiringRow]
	h.get(mes.RoleSupervisor, "~/reaction-firings?rule=BEAD").wants(200).into(&acted)
	if len(rules.Items) != 1 || len(acted.Items) != 1 || acted.Items[0].Why != "Three thin beads on one lot of paste: bead too thin" || acted.Items[0].Done[0].Subject != "H-1" {
		t.Errorf("rules %+v, acted %+v", rules, acted)
	}
}

func TestARuleThatCannotWorkIsRefusedFieldByField(t *testing.T) {
	h := newHouse(t)
	body := thinBead()
	body["component"], body["count"], body["then"], body["severity"] = "", 0, []string{"hold", "pray"}, "awful"
	h.post(mes.RoleQuality, "~/reaction-rules/BEAD", body).refused(422, mes.CodeUnprocessable, "body.component", "body.count", "body.then[1]", "body.severity")
	if len(h.reactions.rules) != 0 {
		t.Errorf("stored %+v", h.reactions.rules)
	}
}
