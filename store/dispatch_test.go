package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

var supervisor = mes.Actor{ID: "sven"}

// next reads a station's queue: the lots in their order, and what is said of the first lot that is named.
func (f *floor) next(station, lot string) (string, string, mes.JobState) {
	f.Helper()
	q, err := f.Stations.Queue(f.ctx, site, station)
	f.must(err)
	for _, c := range q.Next {
		if c.Lot == lot {
			var words []string
			for _, r := range c.Dispatch.Reasons {
				words = append(words, r.Text)
			}
			return lotsOf(q.Next), strings.Join(words, "; "), c.Dispatch.State
		}
	}
	return lotsOf(q.Next), "", ""
}

func (f *floor) queued(station, lot, order string, state mes.JobState, words string) {
	f.Helper()
	lots, said, is := f.next(station, lot)
	if lots != order || is != state || !strings.Contains(said, words) {
		f.Fatalf("%s: %s, %s is %q: %s; want %s, %q, %q", station, lots, lot, is, said, order, state, words)
	}
}

func TestTheQueueReactsToEachCauseAndSaysWhy(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 3)
	a, b, c := p[0].id, p[1].id, p[2].id
	usual := a + " " + b + " " + c + " "
	f.queued("ST10", a, usual, mes.JobReady, "priority 50, then by due date; due ")

	// A hold.
	h, err := f.Lots.Hold(f.ctx, "h", site, a, planner, "bent")
	f.must(err)
	f.queued("ST10", a, b+" "+c+" "+a+" ", mes.JobBarred, "on hold: bent")
	_ = h
	_, err = f.Lots.Release(f.ctx, "r", site, a, planner, "straight")
	f.must(err)
	f.queued("ST10", a, usual, mes.JobReady, "priority 50")

	// A machine that is down, and one that is stopped.
	f.exec(`INSERT INTO machine (station, site, definition) VALUES ('ST10', $1, '{}')`, site)
	f.exec(`INSERT INTO machine_state (site, station, from_at, observed, state, source, detail) VALUES ($1, 'ST10', now() - interval '5 min', 'unplanned_down', 'unplanned_down', 'tag', 'Fixture O-ring worn')`, site)
	f.queued("ST10", a, usual, mes.JobBarred, ", Fixture O-ring worn")
	f.exec(`UPDATE machine_state SET observed = 'idle', state = 'idle' WHERE station = 'ST10'`)
	_, err = f.StationStops.Stop(f.ctx, f.key(), site, "ST10", planner, "oil on the floor")
	f.must(err)
	f.queued("ST10", a, usual, mes.JobBarred, ": oil on the floor")
	_, err = f.StationStops.Lift(f.ctx, f.key(), site, "ST10", planner, "cleaned")
	f.must(err)

	// Material: all boards but one are held.
	for i := range 19 {
		_, err = f.Lots.Hold(f.ctx, f.key(), site, board(i+1), planner, "wet")
		f.must(err)
	}
	f.queued("ST10", a, usual, mes.JobReady, "priority")
	f.queued("ST10", b, usual, mes.JobWaits, "the free Control board goes to the jobs before it")
	_, err = f.Lots.Hold(f.ctx, f.key(), site, board(20), planner, "wet")
	f.must(err)
	f.queued("ST10", a, usual, mes.JobWaits, "no Control board is free, 1 pcs needed; BOARD-1 of Control board is on hold")
	for i := range 20 {
		_, err = f.Lots.Release(f.ctx, f.key(), site, board(i+1), planner, "dry")
		f.must(err)
	}
	f.queued("ST10", a, usual, mes.JobReady, "priority 50")

	// A priority.
	f.order("WO-2", "UNIT", 1)
	d := f.fill("WO-2")[0]
	f.queued("ST10", d, usual+d+" ", mes.JobReady, "priority 50")
	_, err = f.Orders.Change(f.ctx, f.key(), site, "WO-2", planner, mes.OrderChange{Priority: new(90), Reason: "the customer waits"})
	f.must(err)
	f.queued("ST10", d, d+" "+usual, mes.JobReady, "priority 90")
}

func TestAnAbsentQualificationMakesAJobWait(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := storetest.Unit()
	r.Revision = "B"
	r.Operations[0].Qualification = &mes.QualificationNeed{ID: "Dispensing", Level: 2}
	_, err := f.Plant.Import(f.ctx, planner, mes.PlantImport{Routings: []mes.Routing{r}, ApprovedBy: "engineer"})
	f.must(err)
	lot := f.lots("WO-1", "UNIT", 1)[0].id
	f.queued("ST10", lot, lot+" ", mes.JobReady, "due") // nobody is known to be at work
	f.exec(`INSERT INTO session (token, data, expiry, account, method, source, station) VALUES ('t', '', now() + interval '1 hour', 'olga', 'badge', '', 'ST20')`)
	f.queued("ST10", lot, lot+" ", mes.JobWaits, "nobody here has Dispensing level 2")
	_, err = f.Qualifications.PutSkill(f.ctx, f.key(), site, planner, mes.Skill{ID: "Dispensing", Name: "Dispensing", RemindDays: []int{7}})
	f.must(err)
	_, err = f.Qualifications.Grant(f.ctx, f.key(), site, planner, mes.Grant{Account: "olga", Skill: "Dispensing", Level: 2, Issuer: "school", IssuedAt: now().Add(-time.Hour), Reason: "passed"})
	f.must(err)
	f.queued("ST10", lot, lot+" ", mes.JobReady, "due")
	line, err := f.Dispatching.Line(f.ctx, site, storetest.Line)
	f.must(err)
	if s := line.Stations[1]; s.Station != "ST20" || len(s.People) != 1 || s.People[0].Name != "Olga Operator" || len(s.People[0].Held) != 1 {
		t.Errorf("at ST20 are %+v", s.People)
	}
}

func TestAJobIsMovedUndoneAndReleased(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 3)
	a, b, c := p[0].id, p[1].id, p[2].id
	move := func(lot, before, reason string) error {
		_, err := f.Dispatching.Move(f.ctx, f.key(), site, supervisor, mes.DispatchMove{Station: "ST10", Lot: lot, Before: before, Reason: reason})
		return err
	}
	f.refused(move(c, "", " "), mes.CodeUnprocessable, "")
	f.refused(move("U-99999", "", "x"), mes.CodeNotFound, "U-99999 does not wait at ST10")
	f.refused(move(c, "U-99999", "x"), mes.CodeNotFound, "U-99999")
	f.must(move(c, "", "the customer waits"))
	f.queued("ST10", c, c+" "+a+" "+b+" ", mes.JobReady, "moved to the top by sven: the customer waits")
	f.must(move(c, b, "not so soon"))
	f.queued("ST10", c, a+" "+c+" "+b+" ", mes.JobReady, "moved before "+b+" by sven: not so soon")
	f.refused(f.Dispatching.Undo(f.ctx, f.key(), site, "ST10", c, planner), mes.CodeConflict, "sven")
	f.must(f.Dispatching.Undo(f.ctx, "u", site, "ST10", c, supervisor))
	f.must(f.Dispatching.Undo(f.ctx, "u", site, "ST10", c, supervisor)) // the same key again does nothing
	f.queued("ST10", c, c+" "+a+" "+b+" ", mes.JobReady, "moved to the top")
	f.refused(f.Dispatching.Release(f.ctx, f.key(), site, "ST10", a, supervisor, "x"), mes.CodeConflict, "no place by hand")
	f.must(f.Dispatching.Release(f.ctx, f.key(), site, "ST10", c, supervisor, "he has come himself"))
	f.queued("ST10", c, a+" "+b+" "+c+" ", mes.JobReady, "priority")
	// The start ends a place.
	f.must(move(c, "", "again"))
	f.must(p[2].start("ST10"))
	f.refused(f.Dispatching.Undo(f.ctx, f.key(), site, "ST10", c, supervisor), mes.CodeConflict, "no place by hand")
	rows := f.audited("job_moved", "job_move_undone", "job_place_released")
	if strings.Join(rows, " ") != "job_moved job_moved job_move_undone job_place_released job_moved" {
		t.Errorf("the trail has %v", rows)
	}
}

func TestALinesRuleIsSetOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 2)
	f.exec(`UPDATE lot_operation SET queued_at = queued_at - interval '1 hour' WHERE lot = $1`, p[1].id)
	s := mes.DispatchSetting{Line: storetest.Line, Rule: mes.DispatchFIFO, LeadMin: 60}
	_, err := f.Dispatching.Set(f.ctx, "k", site, supervisor, s, " ")
	f.refused(err, mes.CodeUnprocessable, "")
	_, err = f.Dispatching.Set(f.ctx, "k", site, supervisor, mes.DispatchSetting{Line: storetest.Line, Rule: "lifo", LeadMin: -1}, "x")
	f.refused(err, mes.CodeUnprocessable, "")
	out, err := f.Dispatching.Set(f.ctx, "k", site, supervisor, s, "no hurry")
	f.must(err)
	again, err := f.Dispatching.Set(f.ctx, "k", site, supervisor, s, "no hurry")
	f.must(err)
	if out.Version != 1 || again.Version != 1 || out.ChangedBy != "sven" {
		t.Errorf("set as %+v, then %+v", out, again)
	}
	_, err = f.Dispatching.Set(f.ctx, f.key(), site, supervisor, s, "late")
	f.refused(err, mes.CodeConflict, "sven changed the rule")
	f.queued("ST10", p[1].id, p[1].id+" "+p[0].id+" ", mes.JobReady, "first come, first served")
}

func TestJobsGoToAnotherStationWhileTheirsIsStopped(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	f.queued("ST20", p.id, p.id+" ", mes.JobReady, "also in the queue of ST21")
	_, err := f.Dispatching.Notice(f.ctx, site)
	f.must(err)
	events, err := f.Events.Listen(f.ctx)
	f.must(err)
	_, err = f.StationStops.Stop(f.ctx, f.key(), site, "ST20", planner, "spindle hot")
	f.must(err)
	f.queued("ST20", p.id, p.id+" ", mes.JobBarred, "goes to ST21 instead")
	f.queued("ST21", p.id, p.id+" ", mes.JobReady, "from ST20, where nothing may start: it is stopped")
	_, err = f.Dispatching.Notice(f.ctx, site, "ST20")
	f.must(err)
	told := map[string]bool{}
	for deadline := time.After(time.Minute); !told["ST20"] || !told["ST21"]; {
		select {
		case e := <-events:
			told[e.ID] = told[e.ID] || e.Kind == mes.EventStation
		case <-deadline:
			t.Fatalf("of the stations were told %v", told)
		}
	}
}

func TestTheLogSaysWhatChangedAndOnlyOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 2)
	a, b := p[0].id, p[1].id
	look := func(want int) {
		t.Helper()
		n, err := f.Dispatching.Notice(f.ctx, site, "ST10")
		f.must(err)
		if n != want {
			t.Fatalf("%d changes were noticed, want %d", n, want)
		}
	}
	look(0)
	_, err := f.StationStops.Stop(f.ctx, f.key(), site, "ST10", planner, "oil")
	f.must(err)
	look(2) // both are barred, and none is first
	look(0)
	_, err = f.StationStops.Lift(f.ctx, f.key(), site, "ST10", planner, "cleaned")
	f.must(err)
	look(1)
	_, err = f.Lots.Hold(f.ctx, f.key(), site, a, planner, "bent")
	f.must(err)
	look(2)
	page, err := f.Dispatching.Log(f.ctx, mes.DispatchLogFilter{Site: site, Station: "ST10"})
	f.must(err)
	var got []string
	for _, c := range page.Items {
		got = append(got, c.Kind+" "+string(c.State)+" "+c.Lot+" "+c.Before+" "+strings.Join(c.Lots, ",")+" "+string(c.Reason.Code))
	}
	want := []string{"first  " + b + " " + a + "  lot_hold", "state barred   " + a + " lot_hold", "state ready   " + a + "," + b + " station_stopped", "first   " + a + "  station_stopped", "state barred   " + a + "," + b + " station_stopped"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	f.must(f.Dispatching.Sweep(f.ctx, now().Add(time.Hour)))
	if page, err = f.Dispatching.Log(f.ctx, mes.DispatchLogFilter{Site: site, Station: "ST10"}); err != nil || page.Total != 0 {
		t.Errorf("%d lines are left, %v", page.Total, err)
	}
}

func TestLateMaterialIsToldOnceAndSettled(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.lots("WO-1", "UNIT", 1)
	for i := range 20 {
		_, err := f.Lots.Hold(f.ctx, f.key(), site, board(i+1), planner, "wet")
		f.must(err)
	}
	open := func() mes.Page[mes.Alert] {
		t.Helper()
		p, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertMaterialLate, Open: true})
		f.must(err)
		return p
	}
	for range 2 {
		_, err := f.Dispatching.Notice(f.ctx, site)
		f.must(err)
	}
	if p := open(); p.Total != 1 || p.Items[0].Subject != "WO-1" || !strings.HasPrefix(p.Items[0].Text, "Material is late for WO-1 at ST10: no Control board is free, 1 pcs needed.") {
		t.Fatalf("alerts %+v", p.Items)
	}
	_, err := f.Lots.Release(f.ctx, f.key(), site, board(1), planner, "dry")
	f.must(err)
	_, err = f.Dispatching.Notice(f.ctx, site)
	f.must(err)
	if p := open(); p.Total != 0 {
		t.Errorf("still open: %+v", p.Items)
	}
}

// exec changes the database as its owner does.
func (f *floor) exec(sql string, args ...any) {
	f.Helper()
	_, err := connect(f.TB, f.db.Owner).Exec(f.ctx, sql, args...)
	f.must(err)
}

// audited lists the rows of the trail with one of some actions, in their order.
func (f *floor) audited(actions ...string) []string {
	f.Helper()
	rows, err := connect(f.TB, f.db.Owner).Query(f.ctx, "SELECT action FROM audit WHERE action = ANY ($1) ORDER BY id", actions)
	f.must(err)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	f.must(err)
	return out
}

func TestAStationInMaintenanceBarsItsQueue(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	j := f.broken(true)
	f.queued("ST20", p.id, p.id+" ", mes.JobBarred, "ST20 is in maintenance since ")
	f.queued("ST20", p.id, p.id+" ", mes.JobBarred, j.ID)
	f.queued("ST21", p.id, p.id+" ", mes.JobReady, "from ST20, where nothing may start: it is in maintenance")
}
