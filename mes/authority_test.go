package mes

import (
	"strings"
	"testing"
	"time"
)

func TestConditions(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	ended := now.Add(-time.Hour)
	torque := &QualificationNeed{ID: "Torque", Level: 2}
	early := ShiftFacts{Assigned: []AssignedShift{{Shift: Shift{ID: "E", Name: "Early", Days: []int{1, 2, 3, 4, 5}, Start: 6 * 60, End: 14 * 60}, From: Day{2026, 1, 1}}}}
	late := ShiftFacts{Assigned: []AssignedShift{{Shift: Shift{ID: "L", Name: "Late", Days: []int{1, 2, 3, 4, 5}, Start: 14 * 60, End: 22 * 60}, From: Day{2026, 1, 1}}}}
	edge := Principal{ID: "edge", Service: true, Roles: []Role{RoleEdge}, Site: "HAM"}
	cam := DeviceOwner{ID: "CAM-30", Site: "HAM", Station: "ST30", Senders: []string{"vision"}}
	for _, c := range []struct {
		name string
		cond Condition
		k    Case
		want string // part of the refusal; empty means met
	}{
		{"no terminal", CondAtStation, Case{}, "not a registered terminal"},
		{"its terminal", CondAtStation, Case{Station: "ST10", At: "ST10"}, ""},
		{"a terminal, the lot's place unknown here", CondAtStation, Case{Station: "ST10"}, ""},
		{"another station's terminal", CondAtStation, Case{Station: "ST10", At: "ST20"}, "stands at ST10, not at ST20"},
		{"on shift", CondOnShift, Case{Shifts: early}, ""},
		{"never assigned", CondOnShift, Case{}, ""},
		{"off shift", CondOnShift, Case{Shifts: late}, "Late, begins on Tue 24 Nov at 14:00 UTC"},
		{"no certificate asked", CondQualified, Case{}, ""},
		{"held", CondQualified, Case{Need: torque, Held: []Qualification{{ID: "Torque", Level: 2}}}, ""},
		{"too low", CondQualified, Case{Need: torque, Held: []Qualification{{ID: "Torque", Level: 1}}, Kept: "The step is as it was."}, "you have level 1. The step is as it was."},
		{"ended", CondQualified, Case{Need: torque, Held: []Qualification{{ID: "Torque", Level: 2, ExpiresAt: &ended}}}, "yours ended on 24 Nov 2026"},
		{"a person as a program", CondProgram, Case{}, "a person does not"},
		{"a program", CondProgram, Case{Who: edge}, ""},
		{"the edge of its site", CondFromDevice, Case{Who: edge, Device: cam}, ""},
		{"the edge of another site", CondFromDevice, Case{Who: Principal{ID: "edge", Service: true, Roles: []Role{RoleEdge}, Site: "LYO"}, Device: cam}, "edge does not speak for CAM-30"},
		{"the bound program", CondFromDevice, Case{Who: Principal{ID: "vision", Service: true, Roles: []Role{RoleVision}, Site: "HAM"}, Device: cam}, ""},
		{"another program", CondFromDevice, Case{Who: Principal{ID: "vision2", Service: true, Roles: []Role{RoleVision}, Site: "HAM"}, Device: cam}, "vision2 does not speak for CAM-30"},
		{"a person with a device's name", CondFromDevice, Case{Who: Principal{ID: "vision", Site: "HAM"}, Device: cam}, "does not speak for"},
		{"an unknown device", CondFromDevice, Case{Who: edge}, "not registered here"},
		{"who did it verifies", CondNotPerformer, Case{Performed: []string{"op-1", "me"}}, "Ada Lovelace did this work"},
		{"another verifies", CondNotPerformer, Case{Performed: []string{"op-1"}}, ""},
		{"who raised it approves", CondNotRequester, Case{Requested: "me"}, "raised this"},
		{"another approves", CondNotRequester, Case{Requested: "op-1"}, ""},
		{"nobody raised it", CondNotRequester, Case{Who: Principal{}}, ""},
		{"signs twice", CondNotFirstSigner, Case{Signed: []string{"me"}}, "has signed this already"},
		{"second signer", CondNotFirstSigner, Case{Signed: []string{"op-1"}}, ""},
		{"unknown condition", "at_home", Case{}, "at_home"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.k.Now = now
			if c.k.Who.ID == "" && c.name != "nobody raised it" {
				c.k.Who = Principal{ID: "me", Name: "Ada Lovelace"}
			}
			err := c.cond.Judge(c.k)
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || CodeOf(err) != CodeForbidden) {
				t.Errorf("%s is judged %v, want %q", c.cond, err, c.want)
			}
		})
	}
}

func TestTheFirstConditionThatFailsIsTold(t *testing.T) {
	cs, _, ok := ParseConditions(" not_performer &on_shift & at_station")
	if !ok || len(cs) != 3 || cs[0] != CondAtStation || cs[2] != CondNotPerformer {
		t.Fatalf("parsed %v, %t", cs, ok)
	}
	err := Case{Who: Principal{ID: "me"}, Performed: []string{"me"}}.JudgeAll(cs)
	if err == nil || !strings.Contains(err.Error(), "registered terminal") {
		t.Errorf("told %v", err)
	}
	if _, word, ok := ParseConditions("on_shift & on_shfit"); ok || word != "on_shfit" {
		t.Errorf("took a condition that does not exist: %q, %t", word, ok)
	}
	if cs, _, ok := ParseConditions("  "); !ok || len(cs) != 0 {
		t.Error("no condition is not taken for none")
	}
}
