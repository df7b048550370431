package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// TestTheClockFollowsTheMovements clocks the starter on with the start and off with the pause, in the same transaction.
func TestTheClockFollowsTheMovements(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	running := func(account string) int {
		t.Helper()
		got, err := f.Labour.Running(f.ctx, site, account, "")
		f.must(err)
		return len(got)
	}
	_, err := f.Labour.ClockOn(f.ctx, f.key(), site, operator, mes.Clocking{Account: "olga", Lot: p.id})
	f.refused(err, mes.CodeConflict, "not started")
	f.must(p.start("ST10"))
	at, err := f.Labour.Running(f.ctx, site, "", "ST10")
	f.must(err)
	if len(at) != 1 || at[0].Lot != p.id || at[0].Order != "WO-1" || at[0].OperationName != "Kit" {
		t.Fatalf("at the station: %+v", at)
	}
	f.must(f.Accounts.Upsert(f.ctx, planner, mes.Account{ID: "hans", Name: "Hans Helper", Kind: mes.AccountPerson, Site: site, Roles: []mes.Role{mes.RoleOperator}, Active: true}))
	for range 2 {
		_, err = f.Labour.ClockOn(f.ctx, "on", site, operator, mes.Clocking{Account: "hans", Lot: p.id})
		f.must(err)
	}
	if n := running("hans"); n != 1 {
		t.Errorf("hans has %d clocks running", n)
	}
	f.must(p.scan(board(1)))
	f.must(p.scan("SCREW-1"))
	f.must(p.finish())
	if running("olga") != 0 || running("hans") != 0 {
		t.Error("the clock runs on after the operation was completed")
	}
	o, err := f.Labour.Order(f.ctx, site, "WO-1")
	f.must(err)
	if len(o.Rows) != 2 || o.Millis <= 0 || o.Rows[0].Operation != "10" {
		t.Errorf("labour of the order: %+v", o)
	}
	_, err = f.Labour.Order(f.ctx, site, "WO-99")
	f.refused(err, mes.CodeNotFound, "WO-99")
}

func TestIndirectTimeAndCorrections(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Plant.Import(f.ctx, planner, mes.PlantImport{LabourCodes: []mes.LabourCode{{ID: "CLEAN", Name: "Cleaning"}}})
	f.must(err)
	_, err = f.Labour.ClockOn(f.ctx, f.key(), site, operator, mes.Clocking{Account: "olga", Code: "NOPE"})
	f.refused(err, mes.CodeNotFound, "NOPE")
	got, err := f.Labour.ClockOn(f.ctx, f.key(), site, operator, mes.Clocking{Account: "olga", Code: "CLEAN"})
	f.must(err)
	if len(got) != 1 || got[0].Code != "CLEAN" || !got[0].Open {
		t.Errorf("running %+v", got)
	}
	_, err = f.Labour.ClockOff(f.ctx, f.key(), site, operator, mes.Clocking{Account: "olga"})
	f.must(err)
	c := mes.LabourCorrection{Account: "olga", From: now().Add(-3 * time.Hour), To: now().Add(-time.Hour), Code: "CLEAN", Reason: "forgot to clock on"}
	_, err = f.Labour.Correct(f.ctx, f.key(), site, operator, c)
	f.refused(err, mes.CodeForbidden, "")
	fixed, err := f.Labour.Correct(f.ctx, f.key(), site, planner, c)
	f.must(err)
	if len(fixed) != 1 || fixed[0].Millis != (2*time.Hour).Milliseconds() || fixed[0].Corrected != c.Reason {
		t.Errorf("corrected %+v", fixed)
	}
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "labour_corrected"})
	f.must(err)
	if len(trail.Items) != 1 || trail.Items[0].Reason != c.Reason {
		t.Errorf("audit trail %+v", trail.Items)
	}
	day := now().Add(-24 * time.Hour)
	days, err := f.Labour.Days(f.ctx, site, "", day, 2)
	f.must(err)
	var sum int64
	for _, d := range days.Rows {
		if d.Account == "olga" && d.Code == "CLEAN" {
			sum += d.Millis
		}
	}
	if sum < (2*time.Hour).Milliseconds() || sum > (2*time.Hour).Milliseconds()+60_000 {
		t.Errorf("days %+v", days.Rows)
	}
}
