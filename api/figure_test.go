package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestOEECarriesItsFractions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.do(call{method: "GET", path: "~/oee?equipment=ST50&shift=early&day=2026-06-01&product=INV-200", role: mes.RoleSupervisor})
	r.wants(http.StatusOK)
	for _, part := range []string{`"value":"0.6"`, `"numerator":"17280"`, `"denominator":"28800"`, `"planned_busy"`} {
		if !strings.Contains(string(r.body), part) {
			t.Errorf("the answer lacks %s: %s", part, r.body)
		}
	}
	if f := h.figures.asked[0]; f.Site != "HAM" || f.Shift != "early" || f.Day.String() != "2026-06-01" || f.Product != "INV-200" {
		t.Errorf("asked for %+v", f)
	}
	table := h.do(call{method: "GET", path: "~/oee?equipment=ST50&format=csv", role: mes.RoleSupervisor})
	table.wants(http.StatusOK)
	if lines := strings.Split(string(table.body), "\n"); !strings.HasPrefix(lines[0], "equipment,figure,value,numerator,denominator,unit") || !strings.HasPrefix(lines[1], "ST50,oee,0.6,17280,28800,s") {
		t.Errorf("the table is\n%s", table.body)
	}
	h.do(call{method: "GET", path: "~/oee?equipment=ST99", role: mes.RoleSupervisor}).wants(http.StatusNotFound)
	h.do(call{method: "GET", path: "~/oee?equipment=ST50&shift=early", role: mes.RoleSupervisor}).wants(http.StatusUnprocessableEntity)
	h.do(call{method: "GET", path: "~/oee?equipment=ST50&shift=early&day=2026-06-01&from=2026-06-01T00:00:00Z", role: mes.RoleSupervisor}).wants(http.StatusUnprocessableEntity)
	h.do(call{method: "GET", path: "~/oee?equipment=ST50", role: mes.RoleOperator}).wants(http.StatusForbidden)
}

func TestALossLeadsToItsEvents(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.do(call{method: "GET", path: "~/oee/losses/unplanned_down/events?equipment=ST50&reason=fixture", role: mes.RoleMaintenance})
	r.wants(http.StatusOK)
	if !strings.Contains(string(r.body), `"stretch":7`) || h.figures.kinds[0] != "unplanned_down/fixture" {
		t.Errorf("asked %v: %s", h.figures.kinds, r.body)
	}
	h.do(call{method: "GET", path: "~/oee/losses/party/events?equipment=ST50", role: mes.RoleMaintenance}).wants(http.StatusUnprocessableEntity)
	h.do(call{method: "POST", path: "~/oee/targets", role: mes.RoleSupervisor, body: map[string]any{"equipment": "L1", "target": "0.82", "reason": "agreed"}}).wants(http.StatusOK)
	if h.figures.target.String() != "0.82" {
		t.Errorf("aimed at %s", h.figures.target)
	}
}

func TestTheCalendarOfAWeek(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.do(call{method: "GET", path: "~/calendar?from=2026-06-01", role: mes.RolePlanner})
	r.wants(http.StatusOK)
	var week CalendarWeek
	r.into(&week)
	// Five shifts of three pieces each, and what lies before, between and after them.
	if len(week.Spans) != 5*3+6 || len(week.Shifts) != 1 || week.Spans[1].Shift != "early" || week.Spans[2].Kind != mes.PlannedBreak {
		t.Errorf("%d spans of %d shifts: %+v", len(week.Spans), len(week.Shifts), week.Spans[:3])
	}
	h.do(call{method: "GET", path: "~/calendar?equipment=nowhere", role: mes.RolePlanner}).wants(http.StatusNotFound)
	stop := map[string]any{"kind": "planned_down", "name": "Cleaning", "day": "2026-06-01", "weekdays": []int{1}, "start": "13:30", "minutes": 30, "reason": "agreed"}
	h.do(call{method: "POST", path: "~/calendar/entries", role: mes.RolePlanner, body: stop}).wants(http.StatusForbidden)
	h.do(call{method: "POST", path: "~/calendar/entries", role: mes.RoleSupervisor, body: stop}).wants(http.StatusOK)
	stop["minutes"] = 0
	h.do(call{method: "POST", path: "~/calendar/entries", role: mes.RoleSupervisor, body: stop}).wants(http.StatusUnprocessableEntity)
	h.do(call{method: "POST", path: "~/calendar/entries/1/strike", role: mes.RoleSupervisor, body: map[string]any{"reason": "not needed"}}).wants(http.StatusOK)
	h.do(call{method: "POST", path: "~/calendar/entries/9/strike", role: mes.RoleSupervisor, body: map[string]any{"reason": "not needed"}}).wants(http.StatusNotFound)
}
