package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestAHoldIsPlacedByItsCriterion(t *testing.T) {
	h := newHouse(t)
	body := map[string]any{"criterion": map[string]any{"kind": "component", "lots": []string{"TP-1"}}, "reason": "voids", "severity": "high"}
	if r := h.do(call{method: "POST", path: "~/holds/preview", role: mes.RoleQuality, body: body}); r.status != http.StatusOK || !strings.Contains(string(r.body), `"lots":3`) || len(h.holds.placed) != 0 {
		t.Errorf("preview: %d %s", r.status, string(r.body))
	}
	r := h.do(call{method: "POST", path: "~/holds", role: mes.RoleQuality, body: body})
	if r.status != http.StatusOK || !strings.Contains(string(r.body), `"H-0001"`) {
		t.Fatalf("%d %s", r.status, string(r.body))
	}
	if p := h.holds.placed[0]; p.Site != "HAM" || p.Criterion.Kind != mes.ByComponent || !strings.HasPrefix(p.Key, "api/quality/") {
		t.Errorf("%+v", p)
	}
	if r := h.do(call{method: "POST", path: "~/holds", role: mes.RoleOperator, body: body}); r.status != http.StatusForbidden {
		t.Errorf("an operator placed one: %d", r.status)
	}
	body["criterion"] = map[string]any{"kind": "machine"}
	r = h.do(call{method: "POST", path: "~/holds", role: mes.RoleQuality, body: body})
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), "criterion.since") || !strings.Contains(string(r.body), "criterion.station") {
		t.Errorf("%d %s", r.status, string(r.body))
	}
}

func TestAPlaceIsDecidedOnAsAWhole(t *testing.T) {
	h := newHouse(t)
	h.holds.lots = []mes.ContainedLot{{Lot: "U-1", Place: mes.PlaceProcess}, {Lot: "U-2", Place: mes.PlaceProcess}, {Lot: "TP-1", Place: mes.PlaceStock}}
	r := h.do(call{method: "POST", path: "~/holds/H-0001/dispose", role: mes.RoleQuality, body: map[string]any{"place": "process", "decision": "use_as_is", "reason": "measured"}})
	if r.status != http.StatusOK || !slices.Equal(h.holds.disposed[0].Lots, []string{"U-1", "U-2"}) {
		t.Fatalf("%d %s %+v", r.status, string(r.body), h.holds.disposed)
	}
	r = h.do(call{method: "POST", path: "~/holds/H-0001/lots/TP-1/dispose", role: mes.RoleQuality, body: map[string]any{"decision": "return", "reason": "to the supplier"}})
	if r.status != http.StatusOK || !slices.Equal(h.holds.disposed[1].Lots, []string{"TP-1"}) {
		t.Errorf("%d %s", r.status, string(r.body))
	}
	if r := h.do(call{method: "POST", path: "~/holds/H-0001/dispose", role: mes.RoleQuality, body: map[string]any{"decision": "burn", "reason": "r"}}); r.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", r.status, string(r.body))
	}
	if r := h.do(call{method: "POST", path: "~/holds/H-0001/lots/U-1/set-aside", role: mes.RoleOperator, body: map[string]any{"place": "HR-3"}}); r.status != http.StatusOK {
		t.Errorf("set aside: %d %s", r.status, string(r.body))
	}
	if r := h.do(call{method: "GET", path: "~/holds?format=csv", role: mes.RoleAuditor}); r.status != http.StatusOK || !strings.Contains(string(r.body), "H-0001") {
		t.Errorf("list: %d %s", r.status, string(r.body))
	}
	if r := h.do(call{method: "GET", path: "~/holds/H-9", role: mes.RoleAuditor}); r.status != http.StatusNotFound {
		t.Errorf("%d", r.status)
	}
}
