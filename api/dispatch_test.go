package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestDispatching(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	why := mes.DispatchReason{Code: mes.ReasonDown, Effect: mes.JobBarred, Text: "ST50 is down since 11:36, Fixture O-ring worn"}
	card := mes.LotCard{Lot: "U-1", Order: "WO-1", Dispatch: &mes.Dispatched{Position: 1, State: mes.JobBarred, Reasons: []mes.DispatchReason{why}}}
	h.dispatching.line = mes.LineDispatch{Line: "L1", Stations: []mes.StationQueue{{Station: "ST50", Next: []mes.LotCard{card}}}}
	h.dispatching.log = []mes.DispatchChange{{ID: 1, Station: "ST50", Kind: mes.DispatchState, State: mes.JobBarred, Reason: why, Lots: []string{"U-1"}, Count: 1}}

	var line mes.LineDispatch
	h.get(mes.RoleSupervisor, "~/lines/L1/dispatch").wants(http.StatusOK).into(&line)
	if d := line.Stations[0].Next[0].Dispatch; d == nil || d.State != mes.JobBarred || d.Reasons[0].Text != why.Text {
		t.Errorf("the line says %+v", d)
	}
	h.get(mes.RoleSupervisor, "~/lines/L9/dispatch").refused(http.StatusNotFound, mes.CodeNotFound)
	h.get(mes.RoleOperator, "~/lines/L1/dispatch").refused(http.StatusForbidden, mes.CodeForbidden)
	table := string(h.get(mes.RolePlanner, "~/lines/L1/queue?format=csv").wants(http.StatusOK).body)
	if !strings.HasPrefix(table, "station,position,state,lot,order,") || !strings.Contains(table, "ST50,1,barred,U-1,WO-1,") || !strings.Contains(table, "O-ring worn") {
		t.Errorf("the table is %s", table)
	}
	log := string(h.get(mes.RoleOperator, "~/stations/ST50/dispatch-log").wants(http.StatusOK).body)
	if !strings.Contains(log, `"kind":"state"`) || !strings.Contains(log, why.Text) {
		t.Errorf("the log is %s", log)
	}

	move := map[string]string{"before": "U-2", "reason": "the customer waits"}
	h.post(mes.RoleOperator, "~/stations/ST50/queue/U-1/move", move).refused(http.StatusForbidden, mes.CodeForbidden)
	h.post(mes.RoleSupervisor, "~/stations/ST50/queue/U-1/move", map[string]string{"before": "U-2"}).refused(http.StatusUnprocessableEntity, mes.CodeUnprocessable, "body.reason")
	h.post(mes.RoleSupervisor, "~/stations/ST50/queue/U-1/move", move).wants(http.StatusOK)
	if len(h.dispatching.moves) != 1 || h.dispatching.moves[0] != (mes.DispatchMove{Station: "ST50", Lot: "U-1", Before: "U-2", Reason: "the customer waits"}) {
		t.Errorf("moved %+v", h.dispatching.moves)
	}
	h.post(mes.RoleSupervisor, "~/stations/ST50/queue/U-1/undo-move", nil).wants(http.StatusOK)
	h.post(mes.RoleSupervisor, "~/stations/ST50/queue/U-1/release-place", map[string]string{"reason": "he came himself"}).wants(http.StatusOK)
	if got := strings.Join(h.dispatching.ended, "; "); got != "undo ST50 U-1 supervisor; release ST50 U-1 he came himself" {
		t.Errorf("ended %s", got)
	}
	var set mes.DispatchSetting
	h.post(mes.RolePlanner, "~/lines/L1/dispatch-rule", map[string]any{"rule": "fifo", "lead_min": 60, "version": 0, "reason": "no hurry"}).wants(http.StatusOK).into(&set)
	if set.Rule != mes.DispatchFIFO || set.ChangedBy != "planner" {
		t.Errorf("set %+v", set)
	}
	h.post(mes.RolePlanner, "~/lines/L1/dispatch-rule", map[string]any{"rule": "lifo", "lead_min": -1, "version": 0, "reason": "x"}).refused(http.StatusUnprocessableEntity, mes.CodeUnprocessable, "body.rule", "body.lead_min")
	h.post(mes.RoleOperator, "~/lines/L1/dispatch-rule", map[string]any{"rule": "fifo", "lead_min": 60, "version": 0, "reason": "x"}).refused(http.StatusForbidden, mes.CodeForbidden)
}
