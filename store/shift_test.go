package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestShifts(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	night := mes.Shift{ID: "N", Name: "Night", Days: []int{1, 2, 3, 4, 5}, Start: 22 * 60, End: 6 * 60}
	f.must(f.Shifts.Put(f.ctx, planner, site, night, "summer plan"))
	night.End = 5 * 60
	f.must(f.Shifts.Put(f.ctx, planner, site, night, "summer plan"))
	f.refused(f.Shifts.Put(f.ctx, planner, site, mes.Shift{ID: "X"}, "summer plan"), mes.CodeUnprocessable, "days")

	none, err := f.Shifts.Facts(f.ctx, site, "olga")
	f.must(err)
	if len(none.Assigned) != 0 || none.Tolerance != mes.DefaultShiftTolerance || none.Override != nil {
		t.Errorf("nobody has assigned her and yet %+v", none)
	}
	from := mes.Day{Year: 2026, Month: 1, Day: 1}
	a, err := f.Shifts.Assign(f.ctx, planner, site, mes.ShiftAssignment{Account: "olga", Shift: "N", From: from}, "summer plan")
	f.must(err)
	again, err := f.Shifts.Assign(f.ctx, planner, site, mes.ShiftAssignment{Account: "olga", Shift: "N", From: from, Until: mes.Day{Year: 2026, Month: 12, Day: 31}}, "summer plan")
	f.must(err)
	if again.ID != a.ID {
		t.Errorf("the same assignment again is another: %s and %s", a.ID, again.ID)
	}
	_, err = f.Shifts.Assign(f.ctx, planner, site, mes.ShiftAssignment{Account: "olga", Shift: "Z", From: from}, "summer plan")
	f.refused(err, mes.CodeNotFound, "Z")
	_, err = f.Shifts.Assign(f.ctx, planner, site, mes.ShiftAssignment{Account: "nobody", Shift: "N", From: from}, "summer plan")
	f.refused(err, mes.CodeNotFound, "nobody")
	_, err = f.Shifts.Assign(f.ctx, planner, site, mes.ShiftAssignment{Account: "olga", Shift: "N", From: from, Until: mes.Day{Year: 2025, Month: 1, Day: 1}}, "summer plan")
	f.refused(err, mes.CodeUnprocessable, "until")

	f.must(f.Shifts.Tolerate(f.ctx, planner, site, 15, "agreed with the works council"))
	f.refused(f.Shifts.Tolerate(f.ctx, planner, site, 241, "x"), mes.CodeUnprocessable, "minutes")
	o, err := f.Shifts.Override(f.ctx, planner, site, "olga", 2, "a colleague is ill")
	f.must(err)
	facts, err := f.Shifts.Facts(f.ctx, site, "olga")
	f.must(err)
	if len(facts.Assigned) != 1 || facts.Assigned[0].Shift.End != 5*60 || facts.Assigned[0].Until.String() != "2026-12-31" || facts.Tolerance != 15*time.Minute ||
		facts.Override == nil || !facts.Override.Equal(o.Until) || time.Until(o.Until) < 119*time.Minute {
		t.Errorf("facts %+v, override %+v", facts, o)
	}
	_, err = f.Shifts.Override(f.ctx, planner, site, "olga", 13, "x")
	f.refused(err, mes.CodeUnprocessable, "hours")

	plan, err := f.Shifts.Plan(f.ctx, site)
	f.must(err)
	if len(plan.Shifts) != 1 || len(plan.Assignments) != 1 || plan.Assignments[0].Name == "" || plan.Assignments[0].From != from || len(plan.Overrides) != 1 || plan.Tolerance != 15 {
		t.Errorf("plan %+v", plan)
	}
	f.must(f.Shifts.Unassign(f.ctx, planner, site, a.ID, "left the night shift"))
	f.refused(f.Shifts.Unassign(f.ctx, planner, site, a.ID, "again"), mes.CodeNotFound, a.ID)
	facts, err = f.Shifts.Facts(f.ctx, site, "olga")
	f.must(err)
	if len(facts.Assigned) != 0 {
		t.Errorf("what was taken back still holds: %+v", facts)
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "account", Subject: "olga"})
	f.must(err)
	if rows.Total < 4 {
		t.Errorf("%d audit rows tell of two assignments, one override and one withdrawal", rows.Total)
	}
}
