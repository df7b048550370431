package store_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func grease(on mes.MaintenanceTrigger) mes.MaintenancePlan {
	return mes.MaintenancePlan{ID: "GREASE", Title: "Grease the spindle", Why: "Two strokes", Kind: mes.MaintainPreventive, Station: "ST20", Severity: mes.SeverityMedium, Minutes: 30, DueHours: 24, Trigger: on, Active: true}
}

func (f *floor) plan(p mes.MaintenancePlan) mes.MaintenancePlan {
	f.Helper()
	out, err := f.Maintenances.PutPlan(f.ctx, f.key(), site, fitter, p, "for the test")
	f.must(err)
	return out
}

func (f *floor) jobs(plan string) []mes.MaintenanceRow {
	f.Helper()
	page, err := f.Maintenances.List(f.ctx, mes.MaintenanceFilter{Site: site, Plan: plan, Paging: mes.Paging{Sort: "id"}})
	f.must(err)
	return page.Items
}

func TestPlansPointsAndCodesAreKeptWithTheirReasons(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	p := f.plan(grease(mes.MaintenanceTrigger{On: mes.TriggerCalendar, At: "06:00", Weekdays: []int{1}}))
	if p.Version != 1 || p.NextAt == nil || p.NextAt.In(berlin(t)).Weekday() != time.Monday {
		t.Errorf("plan %+v", p)
	}
	p.Active = false
	_, err := f.Maintenances.PutPlan(f.ctx, f.key(), site, fitter, p, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	if p = f.plan(p); p.Version != 2 || p.NextAt != nil {
		t.Errorf("changed %+v", p)
	}
	p.Version = 1
	_, err = f.Maintenances.PutPlan(f.ctx, f.key(), site, fitter, p, "late")
	f.refused(err, mes.CodeConflict, "changed plan GREASE meanwhile")
	_, err = f.Maintenances.PutPoints(f.ctx, f.key(), site, fitter, mes.MaintenanceSite{Station: "ST20", Points: screwPoints[:1], Version: 1}, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	_, err = f.Maintenances.PutPoints(f.ctx, f.key(), site, fitter, mes.MaintenanceSite{Station: "ST20", Points: screwPoints[:1], Version: 1}, "no air any more")
	f.must(err)
	_, err = f.Maintenances.PutPoints(f.ctx, f.key(), site, fitter, mes.MaintenanceSite{Station: "ST20", Points: screwPoints, Version: 1}, "late")
	f.refused(err, mes.CodeConflict, "meanwhile")
	_, err = f.Maintenances.PutCode(f.ctx, f.key(), site, fitter, mes.MaintenanceCode{Tree: mes.TreeCause, ID: "BEARING", Parent: "NONE", Name: "Bearing"}, "")
	f.refused(err, mes.CodeUnprocessable, "parent")
	_, err = f.Maintenances.PutCode(f.ctx, f.key(), site, fitter, mes.MaintenanceCode{Tree: mes.TreeCause, ID: "BEARING", Parent: "WEAR", Name: "Bearing"}, "")
	f.must(err)
	_, err = f.Maintenances.PutCode(f.ctx, f.key(), site, fitter, mes.MaintenanceCode{Tree: mes.TreeCause, ID: "WEAR", Parent: "BEARING", Name: "Wear"}, "a circle")
	f.refused(err, mes.CodeUnprocessable, "parent")
	for action, n := range map[string]int{"plan_stored": 2, "isolation_points_stored": 2, "code_stored": 3} {
		trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: action})
		f.must(err)
		if len(trail.Items) != n {
			t.Errorf("%d audit rows %s, want %d", len(trail.Items), action, n)
		}
	}
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestACalendarMakesOneJobForEachOccurrence: a schedule that fires twice for one time makes one job, and one that fires while the last job is open
// makes none, which counts against the compliance.
func TestACalendarMakesOneJobForEachOccurrence(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	f.plan(grease(mes.MaintenanceTrigger{On: mes.TriggerCalendar, At: "06:00"}))
	at := now().Add(-30 * time.Hour).Truncate(time.Minute)
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			if _, err := f.Maintenances.OpenPlanned(f.ctx, site, "GREASE", at); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if jobs := f.jobs("GREASE"); len(jobs) != 1 || jobs[0].Source != mes.MaintainByCalendar {
		t.Fatalf("jobs %+v", jobs)
	}
	id, err := f.Maintenances.OpenPlanned(f.ctx, site, "GREASE", at.Add(24*time.Hour))
	f.must(err)
	if id != "" || len(f.jobs("GREASE")) != 1 {
		t.Errorf("while one was open another was made: %q", id)
	}
	w, err := f.Maintenances.Figures(f.ctx, site, "ST20", at.Add(-time.Hour), now().Add(time.Hour))
	f.must(err)
	if w[0].Due != 2 || w[0].InTime != 0 {
		t.Errorf("schedule compliance %+v", w[0])
	}
	f.job(f.Maintenances.Cancel(f.ctx, f.at("MJ-0001", foreman)))
	f.jobTrail("MJ-0001", "requested cancelled")
	if id, err = f.Maintenances.OpenPlanned(f.ctx, site, "GREASE", at.Add(48*time.Hour)); err != nil || id != "MJ-0002" {
		t.Errorf("the next one: %q, %v", id, err)
	}
	_, err = f.Maintenances.OpenPlanned(f.ctx, site, "NONE", at)
	f.refused(err, mes.CodeNotFound, "")
}

func (f *floor) looked(want int) {
	f.Helper()
	out, err := f.Maintenances.WatchConditions(f.ctx, site)
	f.must(err)
	if out.Raised != want || out.Next == nil {
		f.Fatalf("a look opened %d jobs, want %d: %+v", out.Raised, want, out)
	}
}

// ran writes hours of running into the log of ST20's machine, ending now.
func (f *floor) ran(hours int) {
	f.Helper()
	f.must(f.Maintenances.Exec(f.ctx, `INSERT INTO machine (station, site, definition) VALUES ('ST20', $1, '{}') ON CONFLICT DO NOTHING`, site))
	f.must(f.Maintenances.Exec(f.ctx, `INSERT INTO machine_state (site, station, from_at, until_at, observed, state, source) SELECT $1, 'ST20', now() - interval '1 minute', NULL, 'running', 'running', 'tag'
		WHERE NOT EXISTS (SELECT FROM machine_state WHERE station = 'ST20')`, site))
	f.must(f.Maintenances.Exec(f.ctx, `UPDATE machine_state SET from_at = now() - make_interval(hours => $1) WHERE station = 'ST20'`, hours))
}

func TestRunHoursMakeOneJobPerCrossing(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	f.plan(grease(mes.MaintenanceTrigger{On: mes.TriggerRunHours, Every: 100}))
	f.must(f.Maintenances.Exec(f.ctx, `UPDATE maintenance_plan SET since = now() - interval '400 hours'`))
	f.ran(99)
	f.looked(0)
	f.ran(101)
	f.looked(1)
	f.looked(0)
	j := f.job(f.Maintenances.Get(f.ctx, site, "MJ-0001"))
	if j.Source != mes.MaintainByCondition || j.Why != "101 hours of running since the last time, every 100. Two strokes" {
		t.Errorf("%+v", j)
	}
	plans, err := f.Maintenances.Plans(f.ctx, site)
	f.must(err)
	if plans[0].Open != "MJ-0001" || plans[0].Progress == nil || plans[0].Progress.IntPart() != 101 {
		t.Errorf("plan %+v", plans[0])
	}
	f.job(f.Maintenances.Cancel(f.ctx, f.at("MJ-0001", foreman)))
	f.looked(0) // the count begins anew
	f.must(f.Maintenances.Exec(f.ctx, `UPDATE maintenance_plan SET since = now() - interval '400 hours'`))
	f.looked(1)
	f.looked(0)
	if n := len(f.jobs("GREASE")); n != 2 {
		t.Errorf("%d jobs", n)
	}
}

func TestAnAlarmMakesOneJobWhileOneIsOpen(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	p := grease(mes.MaintenanceTrigger{On: mes.TriggerAlarm, Alarm: "TC-1*"})
	p.Kind, p.Down = mes.MaintainCorrective, true
	f.plan(p)
	lot := f.at20(f.lots("WO-1", "UNIT", 1)[0], 1)
	at := now()
	told := func(alarm string, after mes.MachineState) {
		at = at.Add(time.Second)
		f.must(f.Maintenances.MachineChanged(f.ctx, mes.MachineChange{Site: site, Station: "ST20", At: at.Add(-time.Hour), After: after, Alarm: alarm, Text: "Spindle too hot."}))
	}
	told("TC-2", mes.MachineRunning)
	told("", mes.MachineRunning)
	for range 3 {
		told("TC-17", mes.MachineUnplannedDown)
	}
	jobs := f.jobs("GREASE")
	if len(jobs) != 1 || jobs[0].Source != mes.MaintainByAlarm || jobs[0].Kind != mes.MaintainCorrective {
		t.Fatalf("jobs %+v", jobs)
	}
	f.refused(lot.start("ST20"), mes.CodeHeld, "ST20 is down since")
	f.job(f.Maintenances.Reject(f.ctx, f.at("MJ-0001", foreman)))
	told("TC-18", mes.MachineRunning)
	if jobs = f.jobs("GREASE"); len(jobs) != 2 {
		t.Errorf("jobs %+v", jobs)
	}
	f.must(lot.start("ST20")) // an alarm of a machine that runs bars nothing
}

func TestARuleAsksForOneJobInItsGroup(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	rule := mes.ReactionRule{ID: "hot", Site: site, Name: "Too hot", Active: true, Kind: mes.QualitySafety, Group: mes.GroupStation, Count: 1, WindowMin: 60, Severity: mes.SeverityHigh, Then: []mes.ReactionKind{mes.ReactMaintenance}}
	_, err := f.Reactions.Put(f.ctx, planner, rule, "for the test")
	f.must(err)
	for _, k := range []string{"e1", "e2"} {
		f.must(f.Reactions.Tell(f.ctx, mes.QualityEvent{Key: k, Site: site, Kind: mes.QualitySafety, Code: "heat", Noun: "station", Subject: "ST20", Station: "ST20", Text: "Smoke.", At: now()}))
	}
	page, err := f.Maintenances.List(f.ctx, mes.MaintenanceFilter{Site: site})
	f.must(err)
	if page.Total != 1 || page.Items[0].Source != mes.MaintainByRule || page.Items[0].Station != "ST20" {
		t.Errorf("%+v", page.Items)
	}
}

func TestACalibrationThatEndsMakesItsJobAndCompletesIt(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	f.caliper("CAL-1", now().Add(20*24*time.Hour))
	for range 2 {
		_, err := f.Gauges.RemindGauges(f.ctx, site)
		f.must(err)
	}
	page, err := f.Maintenances.List(f.ctx, mes.MaintenanceFilter{Site: site, Gauge: "CAL-1"})
	f.must(err)
	if page.Total != 1 || page.Items[0].Kind != mes.MaintainCalibration || page.Items[0].DueAt == nil {
		t.Fatalf("%+v", page.Items)
	}
	id := page.Items[0].ID
	_, err = f.Maintenances.Test(f.ctx, f.at(id, fitter), mes.MaintenanceTest{Passed: true, Note: "fine"})
	f.refused(err, mes.CodeConflict, "Record the calibration of CAL-1")
	_, err = f.Gauges.Calibrate(f.ctx, f.key(), site, fitter, "CAL-1", mes.NewCalibration{PerformedAt: now(), PerformedBy: "Lab", AsFound: mes.OutOfTolerance, AsLeft: mes.OutOfTolerance})
	f.must(err)
	if j := f.job(f.Maintenances.Get(f.ctx, site, id)); j.State != mes.MaintenanceInWork || len(j.Record.Tests) != 1 {
		t.Fatalf("after a failed one %+v", j)
	}
	_, err = f.Gauges.Calibrate(f.ctx, f.key(), site, fitter, "CAL-1", mes.NewCalibration{PerformedAt: now().Add(time.Second), PerformedBy: "Lab", AsFound: mes.OutOfTolerance, AsLeft: mes.InTolerance})
	f.must(err)
	j := f.job(f.Maintenances.Get(f.ctx, site, id))
	if j.State != mes.MaintenanceTested || j.Record.Tests[1].Calibration == 0 {
		b, _ := json.Marshal(j)
		t.Fatalf("calibrated %s", b)
	}
	f.job(f.Maintenances.AskHandback(f.ctx, f.at(id, fitter)))
	r, err := f.sign(f.openRequest(mes.SignedHandback), signer("ole", mes.RoleMaintenance), mes.MeaningPerformed)
	f.must(err)
	_, err = f.sign(r, signer("sam", mes.RoleSupervisor), mes.MeaningVerified)
	f.must(err)
	if j = f.job(f.Maintenances.Close(f.ctx, f.at(id, fitter))); j.State != mes.MaintenanceClosed {
		t.Errorf("%+v", j)
	}
}

// TestFiguresAreRatiosOfSums repairs for half an hour in a window of ten hours, of which the machine's log knows eight hours of running.
func TestFiguresAreRatiosOfSums(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	j := f.broken(true)
	f.ran(8)
	f.must(f.Maintenances.Exec(f.ctx, `UPDATE maintenance_job SET down_from = now() - interval '90 minutes', out_since = now() - interval '90 minutes', started_at = now() - interval '75 minutes',
		back_at = now() - interval '1 hour', state = 'handed_back' WHERE id = $1`, j.ID))
	w, err := f.Maintenances.Figures(f.ctx, site, "ST20", now().Add(-10*time.Hour), now().Add(time.Second))
	f.must(err)
	g := w[0].Figures()
	near := func(a, b int64) bool { return a-b < 3 && b-a < 3 }
	if !g.Logged || g.Failures != 1 || !near(g.RepairS, 1800) || !near(g.OperatingS, 8*3600) || !near(g.CorrectiveS, 900) || g.PreventiveS != 0 {
		t.Errorf("%+v", g)
	}
	if w, err = f.Maintenances.Figures(f.ctx, site, "ST21", now().Add(-10*time.Hour), now()); err != nil || w[0].Logged || w[0].Figures().MTBF.Value != nil {
		t.Errorf("a machine without a log and a failure: %+v %v", w, err)
	}
}

func TestATagBeyondItsLimitsMakesOneJobUntilItComesBack(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	upper := mes.Count(80)
	f.plan(grease(mes.MaintenanceTrigger{On: mes.TriggerTag, Device: "TC", Tag: "temperature", Upper: &upper}))
	f.must(f.Maintenances.Exec(f.ctx, `SELECT telemetry_make('tag_value', current_date)`))
	reads := func(value float64, quality, ageMin int) {
		f.must(f.Maintenances.Exec(f.ctx, `INSERT INTO tag (site, device, name, kind) VALUES ($1, 'TC', 'temperature', 'number') ON CONFLICT DO NOTHING`, site))
		f.must(f.Maintenances.Exec(f.ctx, `INSERT INTO tag_value (at, received, value, tag, quality) SELECT clock_timestamp() - make_interval(mins => $3), now(), $1, id, $2 FROM tag WHERE name = 'temperature'`, value, quality, ageMin))
	}
	f.looked(0) // no value is no alarm
	reads(90, 0, 0)
	f.looked(0) // nor is a bad one
	reads(20, 2, 0)
	f.looked(0)
	reads(91.5, 2, 0)
	f.looked(1)
	f.looked(0)
	f.job(f.Maintenances.Cancel(f.ctx, f.at("MJ-0001", foreman)))
	f.looked(0) // it is hot all the time
	reads(20, 2, 0)
	f.looked(0)
	reads(95, 2, 0)
	f.looked(1)
	if j := f.job(f.Maintenances.Get(f.ctx, site, "MJ-0002")); j.Why != "temperature of TC is 95, beyond its limits. Two strokes" {
		t.Errorf("%+v", j)
	}
}

// TestTheMachinesLogFollowsItsJob: down from the first lock until the hand-back, by the job's name.
func TestTheMachinesLogFollowsItsJob(t *testing.T) {
	t.Parallel()
	f := maintained(t)
	f.must(f.Machines.Define(f.ctx, planner, mes.MachineDefinition{Site: site, Station: "ST20", Source: mes.MachineByWork}, "for the test"))
	state := func() (state, note string) {
		t.Helper()
		f.must(f.Maintenances.Row(f.ctx, `SELECT state, note FROM machine_state WHERE station = 'ST20' AND until_at IS NULL`, &state, &note))
		return state, note
	}
	j := f.broken(false)
	f.scheduled(j.ID, mes.MaintenancePlanning{})
	if s, _ := state(); s == string(mes.MachineUnplannedDown) {
		t.Fatal("planning alone stops the machine")
	}
	f.lockedOut(j.ID)
	if s, note := state(); s != string(mes.MachineUnplannedDown) || note != "MJ-0001: Bit slips" {
		t.Errorf("locked out: %s %q", s, note)
	}
	f.job(f.Maintenances.Begin(f.ctx, f.at(j.ID, fitter)))
	f.handedBack(j.ID)
	if s, note := state(); s == string(mes.MachineUnplannedDown) || note != "" {
		t.Errorf("handed back: %s %q", s, note)
	}
}
