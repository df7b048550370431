package mes_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func rung(min int, role string) mes.EscalationStep {
	return mes.EscalationStep{AfterMin: min, Role: role, By: []mes.Channel{mes.ByMail}, Mail: []string{role + "@plant.example"}}
}

func maintenancePlan() mes.AndonPlan {
	return mes.AndonPlan{Kinds: []mes.CallKindPlan{
		{Kind: mes.CallMaintenance, Name: "Maintenance", Role: mes.RoleMaintenance, Severity: mes.SeverityHigh, CallLadder: mes.CallLadder{
			Respond: []mes.EscalationStep{rung(5, "supervisor"), rung(15, "manager")}, Resolve: []mes.EscalationStep{rung(10, "quality"), rung(30, "manager")}}},
		{Kind: mes.CallMaintenance, Line: "L2", Name: "Maintenance of L2", Role: mes.RoleQuality, Severity: mes.SeverityLow},
	}}
}

var raisedAt = time.Date(2026, 11, 24, 10, 35, 0, 0, time.UTC)

func raised() mes.Call {
	return mes.CallRequest{Site: "HAM", Station: "ST50", Kind: mes.CallMaintenance}.Open("CALL-0001", "L1", maintenancePlan(), mes.Actor{ID: "op-109"}, raisedAt)
}

func keys(c mes.Call) []string {
	var out []string
	for _, r := range c.Rungs() {
		out = append(out, r.Key+" "+r.At.Sub(raisedAt).String())
	}
	return out
}

func TestTheLadders(t *testing.T) {
	c := raised()
	if got := keys(c); !slices.Equal(got, []string{"respond/1 5m0s", "resolve/1 10m0s", "respond/2 15m0s", "resolve/2 30m0s"}) {
		t.Errorf("nobody comes: %v", got)
	}
	if next, ok := c.Next(raisedAt.Add(6 * time.Minute)); !ok || next.Key != "resolve/1" {
		t.Errorf("after 6 min comes %+v", next)
	}
	c, err := c.Acknowledge(mes.Actor{ID: "mt-03"}, []mes.Role{mes.RoleMaintenance}, raisedAt.Add(3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if got := keys(c); !slices.Equal(got, []string{"resolve/1 10m0s", "resolve/2 30m0s"}) {
		t.Errorf("somebody comes: %v", got)
	}
	c, err = c.Resolve(mes.Actor{ID: "mt-03"}, []mes.Role{mes.RoleMaintenance}, "new seal", raisedAt.Add(20*time.Minute))
	if err != nil || len(c.Rungs()) != 0 {
		t.Errorf("resolved: %v, %v", err, keys(c))
	}
}

func TestWhoMayAnswerACall(t *testing.T) {
	for role, may := range map[mes.Role]bool{mes.RoleMaintenance: true, mes.RoleSupervisor: true, mes.RoleAdmin: true, mes.RoleQuality: true, mes.RoleOperator: false, mes.RolePlanner: false} {
		_, err := raised().Acknowledge(mes.Actor{ID: "x"}, []mes.Role{role}, raisedAt)
		if (err == nil) != may || err != nil && mes.CodeOf(err) != mes.CodeForbidden {
			t.Errorf("%s: %v", role, err)
		}
		_, err = raised().Resolve(mes.Actor{ID: "op-109"}, []mes.Role{role}, "", raisedAt)
		if err != nil {
			t.Errorf("who called may end it, as %s too: %v", role, err)
		}
	}
	c, err := raised().Resolve(mes.Actor{ID: "op-109"}, nil, "", raisedAt.Add(time.Minute))
	if err != nil || c.AcknowledgedAt == nil || !c.AcknowledgedAt.Equal(*c.EndedAt) {
		t.Errorf("a call that nobody acknowledged was answered at its end: %+v, %v", c, err)
	}
}

func TestTheLinesOwnPlanHoldsThere(t *testing.T) {
	p := maintenancePlan()
	if k, ok := p.Kind(mes.CallMaintenance, "L2"); !ok || k.Role != mes.RoleQuality {
		t.Errorf("at L2: %+v", k)
	}
	if k, ok := p.Kind(mes.CallMaintenance, "L1"); !ok || k.Role != mes.RoleMaintenance {
		t.Errorf("at L1: %+v", k)
	}
	if got := p.KindsAt("L2"); len(got) != 1 {
		t.Errorf("kinds at L2: %v", got)
	}
}

func TestWhatAMachineCallsFor(t *testing.T) {
	change := func(after mes.MachineState, alarm string) mes.MachineChange {
		return mes.MachineChange{Station: "ST50", After: after, Alarm: alarm}
	}
	for _, c := range []struct {
		watch mes.MachineWatch
		is    mes.MachineChange
		want  bool
	}{
		{mes.MachineWatch{States: []mes.MachineState{mes.MachineUnplannedDown}}, change(mes.MachineUnplannedDown, ""), true},
		{mes.MachineWatch{States: []mes.MachineState{mes.MachineUnplannedDown}}, change(mes.MachineRunning, "E1"), false},
		{mes.MachineWatch{Stations: []string{"ST40"}, Alarm: "*"}, change(mes.MachineRunning, "E1"), false},
		{mes.MachineWatch{Alarm: "*"}, change(mes.MachineRunning, "E1"), true},
		{mes.MachineWatch{Alarm: "*"}, change(mes.MachineRunning, ""), false},
		{mes.MachineWatch{Alarm: "E2"}, change(mes.MachineRunning, "E1"), false},
		{mes.MachineWatch{States: []mes.MachineState{mes.MachineIdle}, Alarm: "E1"}, change(mes.MachineIdle, "E1"), true},
	} {
		if got := c.watch.Watches(c.is); got != c.want {
			t.Errorf("%+v of %+v: %v", c.watch, c.is, got)
		}
	}
}

func TestAPlanNamesEveryFault(t *testing.T) {
	if err := mes.DefaultAndonPlan().Validate(); err != nil {
		t.Fatal(err)
	}
	p := maintenancePlan()
	p.Kinds = append(p.Kinds, p.Kinds[0])
	p.Kinds[0].Respond = []mes.EscalationStep{{AfterMin: -1, Role: "manager", By: []mes.Channel{mes.ByAlert, "pigeon"}, Mail: []string{"a@b.example\r\nBcc: c@d.example"}}}
	p.Watches = []mes.MachineWatch{{ID: "x", Kind: "coffee"}}
	err := p.Validate()
	for _, field := range []string{"kinds[0].respond[0].after_min", "kinds[0].respond[0].by[1]", "kinds[0].respond[0].role", "kinds[0].respond[0].mail", "kinds[0].respond[0].mail[0]", "kinds[2].kind",
		"watches[0].states", "watches[0].kind"} {
		if !slices.ContainsFunc(callFaults(err), func(f string) bool { return f == field }) {
			t.Errorf("%s is not named: %v", field, callFaults(err))
		}
	}
}

func callFaults(err error) []string {
	var out []string
	if e := (*mes.Error)(nil); errors.As(err, &e) {
		for _, f := range e.Fields {
			out = append(out, f.Field)
		}
	}
	return out
}

func TestPercentiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 1e6), 1, 200).Draw(t, "values")
		for _, p := range []float64{0.5, 0.9} {
			got := mes.Percentile(values, p)
			below := 0
			for _, v := range values {
				if v <= *got {
					below++
				}
			}
			if !slices.Contains(values, *got) || float64(below) < p*float64(len(values)) {
				t.Fatalf("%v of %v is %v", p, values, *got)
			}
		}
	})
	if mes.Percentile(nil, 0.5) != nil {
		t.Error("no values have a median")
	}
}

func TestCallsByShift(t *testing.T) {
	zone, _ := time.LoadLocation("Europe/Berlin")
	shifts := []mes.Shift{{ID: "early", Name: "Early", Days: []int{1, 2, 3, 4, 5}, Start: 360, End: 840}, {ID: "night", Name: "Night", Days: []int{1, 2, 3, 4, 5}, Start: 1320, End: 360}}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, zone) }
	calls := []mes.CallTimes{{Opened: at(24, 7)}, {Opened: at(24, 3)}, {Opened: at(24, 15)}, {Opened: at(28, 3)}} // the last is Saturday, in Friday's night
	got := map[string]int{}
	for _, row := range mes.TallyCalls(calls, mes.CallsByShift, shifts, zone) {
		got[row.Group] = row.Calls
	}
	if got["Early"] != 1 || got["Night"] != 2 || got[""] != 1 {
		t.Errorf("%v", got)
	}
}

func TestDaysWithoutAccident(t *testing.T) {
	zone, _ := time.LoadLocation("Europe/Berlin")
	s := mes.SafetyRecord{LastAccident: mes.Day{Year: 2026, Month: 3, Day: 28}} // the clocks change the day after
	for at, want := range map[time.Time]int{
		time.Date(2026, 3, 28, 23, 59, 0, 0, zone): 0, time.Date(2026, 3, 29, 0, 1, 0, 0, zone): 1, time.Date(2026, 10, 26, 0, 1, 0, 0, zone): 212,
	} {
		if got := s.DaysWithout(at, zone); got != want {
			t.Errorf("on %s it is %d days, want %d", at, got, want)
		}
	}
}
