package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

const leaks = `{"title":"Leaks","why":"14 of 3,040","severity":"high","product":"INV-200","codes":["SEAL-02"],"links":[{"noun":"lot","subject":"L-1"}]}`

func TestACAPAIsRaisedByAPersonOrAProgram(t *testing.T) {
	h := newHouse(t)
	for role, source := range map[mes.Role]mes.CAPASource{mes.RoleQuality: mes.CAPAByPerson, mes.RoleERP: mes.CAPAByProgram} {
		r := h.post(role, "/api/v1/capas", leaks)
		if r.status != http.StatusCreated || !strings.Contains(r.text(), `"source":"`+string(source)+`"`) || !strings.Contains(r.text(), `"missing":{"1":`) {
			t.Errorf("%s: %d %s", role, r.status, r.text())
		}
	}
	if r := h.post(mes.RoleQuality, "/api/v1/capas", `{"title":"","why":"","severity":"moon"}`); r.status != http.StatusUnprocessableEntity || strings.Count(r.text(), `"location"`) != 3 {
		t.Errorf("three faults: %d %s", r.status, r.text())
	}
	if r := h.post(mes.RoleOperator, "/api/v1/capas", leaks); r.status != http.StatusForbidden {
		t.Errorf("an operator: %d", r.status)
	}
}

func TestADisciplineIsWrittenThenCompleted(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleQuality, "/api/v1/capas", leaks)
	at := "/api/v1/capas/CAPA-0001"
	if r := h.post(mes.RoleQuality, at+"/disciplines/1/complete", `{}`); r.status != http.StatusUnprocessableEntity || !strings.Contains(r.text(), "owner") {
		t.Errorf("completed too early: %d %s", r.status, r.text())
	}
	for path, body := range map[string]string{"/change": `{"title":"Leaks","severity":"high","owner":"quality"}`, "/disciplines/1/write": `{"team":[{"account":"quality","part":"leads"},{"account":"planner","part":""}]}`} {
		if r := h.post(mes.RoleQuality, at+path, body); r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, r.status, r.text())
		}
	}
	if r := h.post(mes.RoleQuality, at+"/disciplines/1/complete", `{"seen":1}`); r.status != http.StatusConflict {
		t.Errorf("on an old version: %d %s", r.status, r.text())
	}
	if r := h.post(mes.RoleQuality, at+"/disciplines/1/complete", `{}`); r.status != http.StatusOK || !strings.Contains(r.text(), `"done":{"1":{"by":"quality"`) {
		t.Errorf("completed: %d %s", r.status, r.text())
	}
	if r := h.post(mes.RoleQuality, at+"/disciplines/9/complete", `{}`); r.status != http.StatusUnprocessableEntity {
		t.Errorf("D9: %d", r.status)
	}
}

func TestOnesOwnTaskIsReportedWithEvidence(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleQuality, "/api/v1/capas", leaks)
	at := "/api/v1/capas/CAPA-0001/tasks"
	if r := h.post(mes.RoleQuality, at, `{"d":3,"title":"Sort","owner":"operator","due_at":"2026-06-03T08:00:00Z"}`); r.status != http.StatusOK {
		t.Fatalf("given: %d %s", r.status, r.text())
	}
	report := `{"note":"212 sorted","files":[{"name":"list.pdf","content":"JVBERi0xLjcK"}]}`
	if r := h.post(mes.RoleMaintenance, at+"/T1/done", report); r.status != http.StatusForbidden {
		t.Errorf("another's task: %d %s", r.status, r.text())
	}
	if r := h.post(mes.RoleOperator, at+"/T1/done", report); r.status != http.StatusOK || !strings.Contains(r.text(), `"type":"application/pdf"`) {
		t.Errorf("one's own: %d %s", r.status, r.text())
	}
	if r := h.post(mes.RoleOperator, at+"/T1/verify", report); r.status != http.StatusForbidden {
		t.Errorf("an operator verifies: %d", r.status)
	}
	file := h.get(mes.RoleQuality, "/api/v1/capas/CAPA-0001/evidence/hash0")
	if file.status != http.StatusOK || file.header.Get("Content-Type") != "application/pdf" || !strings.Contains(file.header.Get("Content-Security-Policy"), "sandbox") || file.text() != "%PDF-1.7\n" {
		t.Errorf("the file: %d %v %q", file.status, file.header, file.text())
	}
	if r := h.get(mes.RoleQuality, "/api/v1/capas/CAPA-0001/evidence/other"); r.status != http.StatusNotFound {
		t.Errorf("another file: %d", r.status)
	}
	mine := h.get(mes.RoleOperator, "/api/v1/capa-tasks?owner=me&format=csv")
	if mine.status != http.StatusOK || !strings.Contains(mine.text(), "Sort") {
		t.Errorf("my tasks: %d %s", mine.status, mine.text())
	}
}

func TestTheEffectIsReadFromTheDataAndIsNoVerdict(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleQuality, "/api/v1/capas", leaks)
	if r := h.get(mes.RoleQuality, "/api/v1/capas/CAPA-0001/effect"); r.status != http.StatusOK || strings.TrimSpace(r.text()) != `{"weeks":[]}` {
		t.Errorf("without a criterion: %d %s", r.status, r.text())
	}
	c := h.capas.rows["CAPA-0001"]
	c.Record.Plan.Criterion = &mes.CAPACriterion{Codes: []string{"SEAL-02"}, Measure: mes.MeasureRate, Target: mes.One, Days: 90, MinPieces: mes.One}
	c.Record.Effect = &mes.CAPAEffect{Since: monday, CheckAt: monday.AddDate(0, 0, 90), Extended: []mes.CAPAExtension{}}
	h.capas.rows["CAPA-0001"] = c
	r := h.get(mes.RoleQuality, "/api/v1/capas/CAPA-0001/effect")
	if !strings.Contains(r.text(), `"events":2,"pieces":"3912"`) || strings.Contains(r.text(), "outcome") {
		t.Errorf("read: %d %s", r.status, r.text())
	}
}

func TestTheEightDReportIsJSONAndPaper(t *testing.T) {
	h := newHouse(t)
	h.post(mes.RoleQuality, "/api/v1/capas", leaks)
	if r := h.get(mes.RoleAuditor, "/api/v1/capas/CAPA-0001/report"); r.status != http.StatusOK || !strings.Contains(r.text(), `"hash":"abc"`) {
		t.Errorf("JSON: %d %s", r.status, r.text())
	}
	r := h.get(mes.RoleAuditor, "/api/v1/capas/CAPA-0001/report.pdf")
	if r.status != http.StatusOK || !strings.HasPrefix(r.text(), "%PDF") || !strings.Contains(r.header.Get("Content-Disposition"), "CAPA-0001.pdf") {
		t.Errorf("paper: %d %v", r.status, r.header)
	}
	if r := h.get(mes.RoleAuditor, "/api/v1/capas/CAPA-0404/report.pdf"); r.status != http.StatusNotFound {
		t.Errorf("an unknown one: %d", r.status)
	}
}

func TestTheListOfCAPAsIsATableToo(t *testing.T) {
	h := newHouse(t)
	for n := range 3 {
		h.post(mes.RoleQuality, "/api/v1/capas", strings.Replace(leaks, "Leaks", fmt.Sprint("Leaks ", n), 1))
	}
	r := h.get(mes.RoleAuditor, "/api/v1/capas?format=csv")
	if r.status != http.StatusOK || strings.Count(r.text(), "CAPA-000") != 3 || !strings.HasPrefix(r.text(), "id,title,severity,state") {
		t.Errorf("%d %s", r.status, r.text())
	}
}

func (r *reply) text() string { return string(r.body) }
