package api

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestEvidenceIsJudgedByItsContent(t *testing.T) {
	h := newHouse(t)
	h.skills.skills = []mes.Skill{{ID: "ESD", ValidityMonths: 12}}
	give := func(change map[string]any) *reply {
		body := map[string]any{"account": "operator", "skill": "ESD", "level": 2, "issuer": "academy"}
		for k, v := range change {
			body[k] = v
		}
		return h.post(mes.RoleQuality, "~/certificates", body)
	}
	var c mes.Certificate
	give(map[string]any{"evidence": []byte("%PDF-1.7\nproof"), "evidence_name": "a.exe"}).wants(201).into(&c)
	if g := h.skills.granted[0]; g.Evidence == nil || g.Evidence.ContentType != "application/pdf" || g.ExpiresAt == nil || g.ExpiresAt.Format(time.DateOnly) != "2027-06-01" {
		t.Errorf("granted %+v", g)
	}
	give(map[string]any{"never": true}).wants(201)
	if g := h.skills.granted[1]; g.ExpiresAt != nil || g.Evidence != nil {
		t.Errorf("granted %+v", g)
	}
	give(map[string]any{"evidence": []byte("<html><script>"), "evidence_name": "a.pdf"}).refused(422, mes.CodeUnprocessable, "body.evidence")
	give(map[string]any{"evidence": append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{1}, mes.MaxEvidence)...)}).refused(422, mes.CodeUnprocessable, "body.evidence")
	give(map[string]any{"level": 0, "issuer": " "}).refused(422, mes.CodeUnprocessable, "body.level", "body.issuer")
	give(map[string]any{"account": "quality"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleOperator, "~/certificates", map[string]any{"account": "quality", "skill": "ESD", "level": 1, "issuer": "x"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/certificates/1/withdraw", map[string]any{"reason": " "}).refused(422, mes.CodeUnprocessable, "body.reason")
}

func TestEvidenceLeavesAsAFile(t *testing.T) {
	h := newHouse(t)
	h.skills.blob = mes.Blob{ContentType: "application/pdf", Content: []byte("%PDF-1.7")}
	r := h.get(mes.RoleAuditor, "~/certificates/7/evidence").wants(200)
	if got := r.header.Get("Content-Disposition"); got != `attachment; filename="certificate-7.pdf"` || r.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%s as %s", r.header.Get("Content-Type"), got)
	}
	h.get(mes.RoleOperator, "~/certificates/7/evidence").refused(403, mes.CodeForbidden)
}

func TestTheMatrixSaysWhoMayWorkAtAStation(t *testing.T) {
	h := newHouse(t)
	h.plant.products = []mes.Product{{Material: mes.Material{ID: "INV"}, Revision: "A"}}
	h.plant.routings["INV/A"] = mes.Routing{Product: "INV", Operations: []mes.Operation{{ID: "30", Name: "Paste", Stations: []string{"ST30"}, Qualification: &mes.QualificationNeed{ID: "Dispensing", Level: 2}}}}
	ended := monday
	h.skills.matrix = mes.Matrix{People: []mes.MatrixRow{
		{Account: "a", Held: []mes.MatrixCell{{Skill: "Dispensing", Level: 3}}}, {Account: "b", Held: []mes.MatrixCell{{Skill: "Dispensing", Level: 2, ExpiresAt: &ended}}}}}
	var m mes.Matrix
	h.get(mes.RoleSupervisor, "~/qualifications?station=ST30").wants(200).into(&m)
	if len(m.Needs) != 1 || !m.People[0].May || m.People[1].May || strings.Join(m.People[1].Lacks, "") != "Dispensing 2" {
		t.Errorf("matrix %+v", m)
	}
}

func TestTimeIsClockedByOneselfOrByBadgeAtATerminal(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleOperator, "~/labour/clock-on", map[string]any{"code": "CLEAN"}).wants(200)
	if c := h.labour.clocked[0]; c.Account != "operator" || c.Code != "CLEAN" {
		t.Errorf("clocked %+v", c)
	}
	h.post(mes.RoleOperator, "~/labour/clock-on", map[string]any{}).refused(422, mes.CodeUnprocessable, "body.lot")
	h.post(mes.RoleOperator, "~/labour/clock-on", map[string]any{"lot": "L", "code": "CLEAN"}).refused(422, mes.CodeUnprocessable, "body.code")
	h.post(mes.RoleOperator, "~/labour/clock-on", map[string]any{"lot": "L", "badge": "B-quality"}).refused(422, mes.CodeUnprocessable, "body.badge")
	h.postAt("ST10", mes.RoleOperator, "~/labour/clock-on", map[string]any{"lot": "L", "badge": "B-nobody"}).refused(404, mes.CodeNotFound)
	helper := h.accounts.byID["quality"]
	helper.Badge = "B-quality"
	h.accounts.byID["quality"] = helper
	h.postAt("ST10", mes.RoleOperator, "~/labour/clock-on", map[string]any{"lot": "L", "badge": "B-quality"}).wants(200)
	if c, by := h.labour.clocked[1], h.labour.by[1]; c.Account != "quality" || c.Lot != "L" || by.ID != "operator" || by.Station != "ST10" {
		t.Errorf("by badge: clocked %+v by %+v", c, by)
	}
	h.post(mes.RoleOperator, "~/labour/clock-off", map[string]any{}).wants(200)
	h.post(mes.RoleOperator, "~/labour/corrections", map[string]any{"account": "x", "from": monday, "to": monday, "reason": "r"}).refused(403, mes.CodeForbidden)
}

func TestLabourReportsCountDaysByTheSitesCalendar(t *testing.T) {
	h := newHouse(t)
	table := string(h.get(mes.RoleSupervisor, "~/labour/days?from=2026-06-01&days=2&format=csv").wants(200).body)
	if h.labour.from.UTC().Format(time.RFC3339) != "2026-05-31T22:00:00Z" || !strings.HasPrefix(table, "day,account,name,code,ms,hours,open,cut\n2026-06-01,op,,CLEAN,3600000,1,") {
		t.Errorf("from %v: %q", h.labour.from, table)
	}
	h.get(mes.RoleSupervisor, "~/labour/days?from=2026-02-30").refused(422, mes.CodeUnprocessable)
	var o mes.OrderLabour
	h.get(mes.RolePlanner, "~/work-orders/4711/labour").wants(200).into(&o)
	if o.Hours.String() != "0.5" || o.Piece.String() != "0.25" || len(o.Rows) != 1 {
		t.Errorf("labour %+v", o)
	}
}
