package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

const leakTester = `{"kind":"corrective","station":"ST50","severity":"high","title":"Leak tester does not seal","why":"Three false leaks in a row","down":true}`

func TestMaintenanceIsAskedForAndWorkedByWhoMay(t *testing.T) {
	h := newHouse(t)
	r := h.post(mes.RoleOperator, "/api/v1/maintenance/jobs", leakTester)
	if r.status != http.StatusCreated || !strings.Contains(r.text(), `"state":"requested"`) || !strings.Contains(r.text(), `"bars":"down"`) || !strings.Contains(r.text(), `"timers":[`) {
		t.Fatalf("%d %s", r.status, r.text())
	}
	if r := h.post(mes.RoleOperator, "/api/v1/maintenance/jobs", `{"kind":"moon","severity":"","title":"","why":""}`); r.status != http.StatusUnprocessableEntity || strings.Count(r.text(), `"location"`) != 5 {
		t.Errorf("five faults: %d %s", r.status, r.text())
	}
	at := "/api/v1/maintenance/jobs/MJ-0001"
	for _, c := range []struct {
		role   mes.Role
		path   string
		body   string
		status int
		want   string
	}{
		{mes.RoleOperator, "/plan", `{"severity":"high","due_at":"2030-01-01T00:00:00Z"}`, http.StatusForbidden, ""},
		{mes.RoleSupervisor, "/points/E1/lock", `{"lock":"7"}`, http.StatusForbidden, ""},
		{mes.RoleMaintenance, "/begin", `{}`, http.StatusConflict, "MJ-0001 is requested"},
		{mes.RoleSupervisor, "/plan", `{"severity":"high","due_at":"2030-01-01T00:00:00Z"}`, http.StatusOK, `"state":"planned"`},
		{mes.RoleMaintenance, "/begin", `{}`, http.StatusConflict, "is not locked out"},
		{mes.RoleMaintenance, "/lockout", `{}`, http.StatusConflict, "E1 is not locked and verified"},
		{mes.RoleMaintenance, "/points/E1/lock", `{"lock":""}`, http.StatusUnprocessableEntity, "lock"},
		{mes.RoleMaintenance, "/points/E1/lock", `{"lock":"7"}`, http.StatusOK, `"bars":"locked"`},
		{mes.RoleMaintenance, "/points/E9/lock", `{"lock":"7"}`, http.StatusNotFound, ""},
		{mes.RoleMaintenance, "/cancel", `{"reason":"a double"}`, http.StatusConflict, "locks on"},
		{mes.RoleMaintenance, "/points/E1/verify", `{}`, http.StatusOK, `"verified_by":"maintenance"`},
		{mes.RoleMaintenance, "/lockout", `{}`, http.StatusOK, `"state":"lockout_signing"`},
	} {
		if r := h.post(c.role, at+c.path, c.body); r.status != c.status || !strings.Contains(r.text(), c.want) {
			t.Errorf("%s %s: %d %s, want %d with %q", c.role, c.path, r.status, r.text(), c.status, c.want)
		}
	}
}

func TestAnOutsideNumberNamesOneJob(t *testing.T) {
	h := newHouse(t)
	body := `{"kind":"preventive","station":"ST10","severity":"low","title":"Grease","why":"Every year","number":"WO-77"}`
	for range 2 { // another key each time, as a CMMS that lost its answer sends it
		if r := h.post(mes.RoleCMMS, "/api/v1/maintenance/requests", body); r.status != http.StatusCreated || !strings.Contains(r.text(), `"id":"MJ-0001"`) || !strings.Contains(r.text(), `"outside":"WO-77"`) {
			t.Errorf("%d %s", r.status, r.text())
		}
	}
	if r := h.post(mes.RoleCMMS, "/api/v1/maintenance/requests", strings.Replace(body, "WO-77", "", 1)); r.status != http.StatusUnprocessableEntity {
		t.Errorf("without a number: %d %s", r.status, r.text())
	}
	if r := h.post(mes.RoleOperator, "/api/v1/maintenance/requests", body); r.status != http.StatusForbidden {
		t.Errorf("an operator: %d", r.status)
	}
	if r := h.post(mes.RoleCMMS, "/api/v1/maintenance/jobs/MJ-0001/plan", `{"severity":"high","due_at":"2030-01-01T00:00:00Z"}`); r.status != http.StatusForbidden {
		t.Errorf("the CMMS plans: %d", r.status)
	}
}

func TestFiguresShowWhatTheyAreDividedBy(t *testing.T) {
	h := newHouse(t)
	r := h.get(mes.RoleMaintenance, "/api/v1/maintenance/figures")
	for _, want := range []string{`"mtbf":{"numerator":72000,"denominator":3,"unit":"s","value":"24000"}`, `"corrective":{"numerator":2400,"denominator":7200,"unit":"1","value":"0.333333"}`,
		`"compliance":{"numerator":0,"denominator":0,"unit":"1"}`} {
		if !strings.Contains(r.text(), want) {
			t.Errorf("%s is not in %s", want, r.text())
		}
	}
	if r := h.get(mes.RoleMaintenance, "/api/v1/maintenance/figures?from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("backwards: %d", r.status)
	}
}

func TestAPlanNamesEveryFault(t *testing.T) {
	h := newHouse(t)
	bad := `{"id":"x y","title":"","why":"Grease","kind":"preventive","station":"ST10","severity":"low","due_hours":24,"active":true,"trigger":{"on":"calendar","at":"25:00","weekdays":[9]}}`
	if r := h.post(mes.RoleMaintenance, "/api/v1/maintenance/plans", bad); r.status != http.StatusUnprocessableEntity || strings.Count(r.text(), `"location"`) != 4 {
		t.Errorf("four faults: %d %s", r.status, r.text())
	}
	good := `{"id":"GREASE","title":"Grease","why":"Grease","kind":"preventive","station":"ST10","severity":"low","due_hours":24,"active":true,"trigger":{"on":"run_hours","every":500}}`
	if r := h.post(mes.RoleSupervisor, "/api/v1/maintenance/plans", good); r.status != http.StatusForbidden {
		t.Errorf("a supervisor defines: %d", r.status)
	}
	if r := h.post(mes.RoleMaintenance, "/api/v1/maintenance/plans", good); r.status != http.StatusOK || !strings.Contains(r.text(), `"version":1`) {
		t.Errorf("%d %s", r.status, r.text())
	}
}
