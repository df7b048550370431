package api

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func TestAnEdgeTellsWhatMachinesDid(t *testing.T) {
	h := newHouse(t)
	var got mes.MachineTaken
	batch := map[string]any{"node": "n1", "first": 7, "records": []any{map[string]any{"station": "ST10"}, map[string]any{"station": "ST10"}}, "alive": []string{"ST10"}}
	h.post(mes.RoleEdge, "~/edge/machine-events", batch).wants(200).into(&got)
	if got.Through != 8 || len(h.machines.taken) != 1 || h.machines.taken[0].First != 7 || h.machines.taken[0].Node != "n1" {
		t.Errorf("%+v, %+v", got, h.machines.taken)
	}
	batch["first"] = 0
	h.post(mes.RoleEdge, "~/edge/machine-events", batch).refused(422, mes.CodeUnprocessable, "body.first")
	delete(batch, "node")
	h.post(mes.RoleEdge, "~/edge/machine-events", batch).refused(422, mes.CodeUnprocessable, "body.node", "body.first")
	batch["node"], batch["first"] = "n1", 9
	h.post(mes.RoleAdmin, "~/edge/machine-events", batch).wants(403) // a person is no machine
	if len(h.machines.taken) != 1 {
		t.Error("a refused batch was taken")
	}
}

func TestStopsAreAListWithATable(t *testing.T) {
	h := newHouse(t)
	h.get(mes.RoleSupervisor, "~/stops?station=ST50&unexplained=true&from=2026-11-23T06:00:00Z&until=2026-11-24T06:00:00Z").wants(200)
	f := h.downtime.filters[0]
	if f.Site != "HAM" || !slices.Equal(f.Stations, []string{"ST50"}) || !f.Unexplained || f.Micro || f.Until.Sub(f.From).Hours() != 24 {
		t.Errorf("asked for %+v", f)
	}
	rows, err := csv.NewReader(strings.NewReader(string(h.get(mes.RoleSupervisor, "~/stops?format=csv").wants(200).body))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v, %v", rows, err)
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = rows[1][i]
	}
	for name, want := range map[string]string{"station": "ST50", "state": "unplanned_down", "alarm": "E150", "seconds": "300", "name": "Leak"} {
		if got[name] != want {
			t.Errorf("column %s is %q in %v", name, got[name], rows)
		}
	}
	h.get(mes.RoleSupervisor, "~/stops?from=2026-11-24T06:00:00Z&until=2026-11-23T06:00:00Z").refused(422, mes.CodeUnprocessable, "query.until")
	h.get(mes.RoleSupervisor, "~/downtime/pareto?from=2020-11-24T06:00:00Z").refused(422, mes.CodeUnprocessable, "query.from")
	h.get(mes.RoleSupervisor, "~/downtime/pareto?by=moon").wants(422)
}

func TestAMachinesLogHasBounds(t *testing.T) {
	h := newHouse(t)
	var log mes.MachineLog
	h.get(mes.RoleMaintenance, "~/machines/ST10/log").wants(200).into(&log)
	if log.Station != "ST10" || len(log.Stretches) != 1 {
		t.Errorf("%+v", log)
	}
	h.get(mes.RoleMaintenance, "~/machines/NONE/log").refused(404, mes.CodeNotFound)
	h.get(mes.RoleMaintenance, "~/machines/ST10/log?from=2026-01-01T00:00:00Z&until=2026-11-24T06:00:00Z").refused(422, mes.CodeUnprocessable, "query.from")
}
