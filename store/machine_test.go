package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// machines defines a tagged machine at ST20, which hands over to ST30, and stations that follow the work.
func (f *floor) machines() {
	f.Helper()
	for _, d := range []mes.MachineDefinition{
		{Station: "ST10", Site: site, Source: mes.MachineByWork, Next: []string{"ST20"}},
		{Station: "ST20", Site: site, Source: mes.MachineByTags, Next: []string{"ST30"}, Buffer: 2, Tags: &mes.MachineTags{Device: "TC", State: "state", PackML: true, Counters: mes.MachineCounters{Good: "good", Reject: "bad"}}},
		{Station: "ST30", Site: site, Source: mes.MachineByWork},
		{Station: "ST21", Site: site, Source: mes.MachineByHand},
	} {
		f.must(f.Machines.Define(f.ctx, planner, d, "test"))
	}
}

// batch is a batch of events of one node, whose records are numbered from first.
func batch(first int64, events ...mes.MachineEvent) mes.MachineBatch {
	b := mes.MachineBatch{Node: "n1", First: first, Alive: []string{"ST20"}}
	for _, e := range events {
		if e.Station == "" {
			e.Station = "ST20"
		}
		text, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		b.Records = append(b.Records, text)
	}
	return b
}

func state(s mes.MachineState, at time.Time) mes.MachineEvent {
	return mes.MachineEvent{Kind: mes.MachineStateEvent, State: s, Source: mes.FromTag, At: at, Continues: true}
}

func (f *floor) took(b mes.MachineBatch) mes.MachineTaken {
	f.Helper()
	out, err := f.Machines.Take(f.ctx, site, b)
	f.must(err)
	return out
}

// log reads a machine's log and makes sure that it has neither gap nor overlap.
func (f *floor) log(station string) []mes.StateStretch {
	f.Helper()
	l, err := f.Machines.Log(f.ctx, site, station, time.Now().Add(-240*time.Hour), time.Now().Add(time.Hour))
	f.must(err)
	for i, s := range l.Stretches {
		if last := i == len(l.Stretches)-1; last != (s.Until == nil) || !last && !s.Until.Equal(l.Stretches[i+1].From) {
			f.Fatalf("the log of %s is broken at %d: %+v", station, i, l.Stretches)
		}
	}
	return l.Stretches
}

func states(log []mes.StateStretch) []mes.MachineState {
	var out []mes.MachineState
	for _, s := range log {
		out = append(out, s.State)
	}
	return out
}

func TestAMachineTellsItsLogOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	at := time.Now().Add(-90 * time.Second)
	b := batch(1, state(mes.MachineRunning, at), state(mes.MachineUnplannedDown, at.Add(10*time.Second)),
		mes.MachineEvent{Kind: mes.MachineAlarmEvent, Alarm: "A17", Text: "Bit broken", At: at.Add(11 * time.Second)}, state(mes.MachineRunning, at.Add(30*time.Second)),
		mes.MachineEvent{Kind: mes.MachineAlarmEvent, At: at.Add(31 * time.Second)}, mes.MachineEvent{Kind: mes.MachineCountEvent, Produced: 12, Rejected: 2, At: at.Add(40 * time.Second)})
	taken := f.took(b)
	again := f.took(b)
	if taken.Through != 6 || again.Through != 6 || taken.Unread != 0 {
		t.Errorf("taken %+v, again %+v", taken, again)
	}
	log := f.log("ST20")
	if got := states(log); len(got) != 3 || got[0] != mes.MachineRunning || got[1] != mes.MachineUnplannedDown || got[2] != mes.MachineRunning || log[1].Alarm != "A17" {
		t.Errorf("log %+v", log)
	}
	v, err := f.Machines.Get(f.ctx, site, "ST20")
	f.must(err)
	if v.State != mes.MachineRunning || v.Produced.String() != "12" || v.Rejected.String() != "2" || v.Alarm != "" {
		t.Errorf("view %+v", v)
	}
	// A batch that overlaps with what is taken is taken from where it is new.
	more := batch(6, mes.MachineEvent{Kind: mes.MachineCountEvent, Produced: 12, Rejected: 2, At: at.Add(40 * time.Second)}, mes.MachineEvent{Kind: mes.MachineCountEvent, Produced: 15, Rejected: 2, At: at.Add(50 * time.Second)})
	f.took(more)
	if v, err = f.Machines.Get(f.ctx, site, "ST20"); err != nil || v.Produced.String() != "15" {
		t.Errorf("view %+v %v", v, err)
	}
	if one := f.took(batch(8, mes.MachineEvent{Station: "ST99", Kind: mes.MachineStateEvent, State: mes.MachineIdle, At: at}, mes.MachineEvent{})); one.Unread != 2 || one.Through != 9 {
		t.Errorf("unknown machines and empty records: %+v", one)
	}
}

func TestAnEdgeNodeThatWasSilentFillsTheLog(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	at := time.Now().Add(-10 * time.Minute).Round(time.Millisecond)
	f.took(batch(1, state(mes.MachineRunning, at)))
	// Nobody has heard of it for five minutes.
	owner := connect(t, f.db.Owner)
	_, err := owner.Exec(f.ctx, "UPDATE machine_signal SET heard_at = now() - interval '5 minutes' WHERE station = 'ST20'")
	f.must(err)
	v, err := f.Machines.Get(f.ctx, site, "ST20")
	f.must(err)
	if v.State != mes.MachineUnknown || v.HeardAt == nil || v.Detail != "the edge node is silent" {
		t.Errorf("before the watch has seen it: %+v", v)
	}
	f.must(f.Machines.Watch(f.ctx))
	f.must(f.Machines.Watch(f.ctx)) // a second process
	if got := states(f.log("ST20")); len(got) != 2 || got[0] != mes.MachineRunning || got[1] != mes.MachineUnknown {
		t.Fatalf("log %v", got)
	}
	// It lives again and has nothing to tell: it is asked to say again what is.
	taken := f.took(batch(2))
	if len(taken.Again) != 1 || taken.Again[0] != "ST20" {
		t.Errorf("asked %v", taken.Again)
	}
	// What it kept comes first, in order, and then what is.
	again := state(mes.MachineRunning, at.Add(7*time.Minute))
	again.Again = true
	taken = f.took(batch(2, state(mes.MachineUnplannedDown, at.Add(6*time.Minute)), state(mes.MachineRunning, at.Add(7*time.Minute)), again))
	if len(taken.Again) != 0 {
		t.Errorf("asked once more for %v", taken.Again)
	}
	log := f.log("ST20")
	if got := states(log); len(got) != 3 || got[0] != mes.MachineRunning || got[1] != mes.MachineUnplannedDown || got[2] != mes.MachineRunning || !log[1].From.Equal(at.Add(6*time.Minute).UTC()) {
		t.Errorf("log %+v", log)
	}
	var asked int
	f.must(owner.QueryRow(f.ctx, "SELECT count(*) FROM restatement WHERE station = 'ST20'").Scan(&asked))
	if asked == 0 {
		t.Error("nobody was asked to compute figures again")
	}
}

func TestTheWorkSaysWhatMachinesDo(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	settle := func() {
		t.Helper()
		for range 5 {
			n, err := f.Machines.Settle(f.ctx)
			f.must(err)
			if n == 0 {
				return
			}
		}
		t.Fatal("the conclusions do not come to an end")
	}
	is := func(station string, want mes.MachineState) {
		t.Helper()
		settle()
		v, err := f.Machines.Get(f.ctx, site, station)
		f.must(err)
		if v.State != want {
			t.Errorf("%s is %s (%s), wanted %s", station, v.State, v.Detail, want)
		}
		f.log(station)
	}
	f.took(batch(1, state(mes.MachineIdle, time.Now())))
	is("ST10", mes.MachineStarved)
	is("ST20", mes.MachineStarved)
	p := f.lots("WO-1", "UNIT", 2)
	is("ST10", mes.MachineIdle)
	// Everything that takes the work of ST10 is down.
	f.took(batch(2, state(mes.MachineUnplannedDown, time.Now())))
	is("ST20", mes.MachineUnplannedDown)
	is("ST10", mes.MachineBlocked)
	f.must(p[0].start("ST10"))
	is("ST10", mes.MachineRunning)
	f.took(batch(3, state(mes.MachineIdle, time.Now())))
	is("ST20", mes.MachineStarved)
	_, err := f.StationStops.Stop(f.ctx, f.key(), site, "ST10", planner, "oil on the floor")
	f.must(err)
	is("ST10", mes.MachineUnplannedDown)
	_, err = f.StationStops.Lift(f.ctx, f.key(), site, "ST10", planner, "cleaned")
	f.must(err)
	is("ST10", mes.MachineRunning)
}

func TestAPersonSaysWhatAMachineDoes(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	_, err := f.Machines.Declare(f.ctx, f.key(), site, "ST99", planner, mes.Declaration{State: mes.MachineIdle})
	f.refused(err, mes.CodeNotFound, "")
	_, err = f.Machines.Declare(f.ctx, f.key(), site, "ST20", planner, mes.Declaration{State: mes.MachineRunning, Reason: "none"})
	f.refused(err, mes.CodeUnprocessable, "reason")
	f.refused(err, mes.CodeUnprocessable, "state")
	s, err := f.Machines.Declare(f.ctx, "k1", site, "ST21", planner, mes.Declaration{State: mes.MachineRunning, Note: "by hand"})
	f.must(err)
	again, err := f.Machines.Declare(f.ctx, "k1", site, "ST21", planner, mes.Declaration{State: mes.MachineRunning, Note: "by hand"})
	f.must(err)
	if s.State != mes.MachineRunning || s.Source != mes.FromPerson || again.ID != s.ID || len(f.log("ST21")) != 2 {
		t.Errorf("%+v, %+v", s, f.log("ST21"))
	}
	f.took(batch(1, state(mes.MachineIdle, time.Now())))
	_, err = f.Machines.Declare(f.ctx, f.key(), site, "ST20", planner, mes.Declaration{State: mes.MachineSetup, Note: "other product"})
	f.must(err)
	f.took(batch(2, state(mes.MachineUnplannedDown, time.Now())))
	if got := states(f.log("ST20")); got[len(got)-1] != mes.MachineSetup {
		t.Errorf("a stop in set-up: %v", got)
	}
	f.took(batch(3, state(mes.MachineRunning, time.Now())))
	f.took(batch(4, state(mes.MachineUnplannedDown, time.Now())))
	if got := states(f.log("ST20")); got[len(got)-1] != mes.MachineUnplannedDown || got[len(got)-2] != mes.MachineRunning {
		t.Errorf("when it ran, the word was over: %v", got)
	}
	var rows int
	f.must(connect(t, f.db.Owner).QueryRow(f.ctx, "SELECT count(*) FROM audit WHERE action = 'machine_declared' AND actor = $1 AND before IS NOT NULL AND after IS NOT NULL", planner.ID).Scan(&rows))
	if rows != 2 {
		t.Errorf("%d audit rows", rows)
	}
}

// reasons stores a small tree of reasons.
func (f *floor) reasons() {
	f.Helper()
	names := map[string]string{"en": "x", "de": "y"}
	for _, r := range []mes.StopReason{{Code: "machine", Names: names, Category: mes.StopUnplanned, Active: true}, {Code: "bit", Parent: "machine", Names: names, Category: mes.StopUnplanned, Alarms: []string{"E120"}, Active: true},
		{Code: "planned", Names: names, Category: mes.StopPlanned, Active: true}, {Code: "clean", Parent: "planned", Names: names, Category: mes.StopPlanned, Active: true}} {
		_, err := f.Machines.PutReason(f.ctx, planner, site, r, "test")
		f.must(err)
	}
}

func TestTheTreeOfReasonsIsKept(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	f.reasons()
	tree, err := f.Machines.Reasons(f.ctx, site)
	f.must(err)
	r, known := tree.Get("bit")
	if len(tree) != 4 || !known || r.Version != 1 || r.Alarms[0] != "E120" {
		t.Errorf("tree %+v", tree)
	}
	r.Version = 0
	_, err = f.Machines.PutReason(f.ctx, planner, site, r, "again")
	f.refused(err, mes.CodeConflict, "bit")
	r.Version, r.Active = 1, false
	_, err = f.Machines.PutReason(f.ctx, planner, site, r, "not used")
	f.must(err)
	_, err = f.Machines.PutReason(f.ctx, planner, site, mes.StopReason{Code: "tip", Parent: "bit", Names: r.Names, Category: mes.StopUnplanned, Active: true}, "x")
	f.refused(err, mes.CodeUnprocessable, "parent")
	var rows int
	f.must(connect(t, f.db.Owner).QueryRow(f.ctx, "SELECT count(*) FROM audit WHERE action = 'stop_reason_written'").Scan(&rows))
	if rows != 5 {
		t.Errorf("%d audit rows", rows)
	}
}

// stopped gives a machine a stop of ten minutes that began so long ago.
func (f *floor) stopped(first int64, ago time.Duration) mes.StateStretch {
	f.Helper()
	at := time.Now().Add(-ago)
	f.took(batch(first, state(mes.MachineRunning, at.Add(-time.Minute)), state(mes.MachineUnplannedDown, at), mes.MachineEvent{Kind: mes.MachineAlarmEvent, Alarm: "E120", Text: "Bit broken", At: at},
		mes.MachineEvent{Kind: mes.MachineAlarmEvent, At: at.Add(9 * time.Minute)}, state(mes.MachineRunning, at.Add(10*time.Minute))))
	for _, s := range f.log("ST20") {
		if s.State == mes.MachineUnplannedDown && s.Reason == "" {
			return s
		}
	}
	f.Fatal("there is no stop")
	return mes.StateStretch{}
}

func TestAStopGetsItsReason(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	f.reasons()
	s := f.stopped(1, 30*time.Minute)
	day := mes.DowntimeFilter{Site: site, From: time.Now().Add(-24 * time.Hour), Until: time.Now().Add(time.Minute), Unexplained: true}
	page, err := f.Machines.Stops(f.ctx, day)
	f.must(err)
	if page.Total != 1 || page.Items[0].Proposed != "bit" || !page.Items[0].Asks || page.Items[0].Seconds != 600 {
		t.Fatalf("stops %+v", page.Items)
	}
	// It is chased once.
	f.must(f.Machines.Watch(f.ctx))
	f.must(f.Machines.Watch(f.ctx))
	open := mes.AlertFilter{Site: site, Kind: mes.AlertStopUnexplained, Open: true}
	alerts, err := f.Alerts.List(f.ctx, open)
	f.must(err)
	if alerts.Total != 1 || alerts.Items[0].Role != mes.RoleSupervisor {
		t.Fatalf("alerts %+v", alerts.Items)
	}
	_, err = f.Machines.Explain(f.ctx, f.key(), site, "ST20", s.ID, planner, mes.Explanation{Reason: "machine", Version: s.Version})
	f.refused(err, mes.CodeUnprocessable, "reason")
	_, err = f.Machines.Explain(f.ctx, f.key(), site, "ST20", s.ID, planner, mes.Explanation{Reason: "bit", Version: s.Version + 1})
	f.refused(err, mes.CodeConflict, "meanwhile")
	said, err := f.Machines.Explain(f.ctx, "k", site, "ST20", s.ID, planner, mes.Explanation{Reason: "bit", Version: s.Version})
	f.must(err)
	again, err := f.Machines.Explain(f.ctx, "k", site, "ST20", s.ID, planner, mes.Explanation{Reason: "bit", Version: s.Version})
	f.must(err)
	if said.Reason != "bit" || said.ReasonBy != planner.ID || again.Version != said.Version {
		t.Errorf("said %+v, again %+v", said, again)
	}
	if alerts, err = f.Alerts.List(f.ctx, open); err != nil || alerts.Total != 0 {
		t.Errorf("the alert stays open: %+v %v", alerts.Items, err)
	}
	_, err = f.Machines.Explain(f.ctx, f.key(), site, "ST20", s.ID, planner, mes.Explanation{Reason: "clean", Version: said.Version})
	f.refused(err, mes.CodeUnprocessable, "why")
	said, err = f.Machines.Explain(f.ctx, f.key(), site, "ST20", s.ID, planner, mes.Explanation{Reason: "clean", Version: said.Version, Why: "it was cleaned"})
	f.must(err)
	if said.State != mes.MachinePlannedDown || said.Observed != mes.MachineUnplannedDown {
		t.Errorf("what it counts as: %+v", said)
	}
	running := f.log("ST20")[0]
	_, err = f.Machines.Explain(f.ctx, f.key(), site, "ST20", running.ID, planner, mes.Explanation{Reason: "bit", Version: running.Version})
	f.refused(err, mes.CodeConflict, "no stop")
}

func TestTheLogIsCorrectedWithATrail(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	f.reasons()
	s := f.stopped(1, 30*time.Minute)
	_, err := f.Machines.Split(f.ctx, f.key(), site, "ST20", s.ID, planner, s.From.Add(time.Hour), s.Version, "x")
	f.refused(err, mes.CodeUnprocessable, "at")
	_, err = f.Machines.Split(f.ctx, f.key(), site, "ST20", s.ID, planner, s.From.Add(time.Minute), s.Version, " ")
	f.refused(err, mes.CodeUnprocessable, "why")
	parts, err := f.Machines.Split(f.ctx, f.key(), site, "ST20", s.ID, planner, s.From.Add(4*time.Minute), s.Version, "two causes")
	f.must(err)
	if len(parts) != 2 || parts[0].ID != s.ID || !parts[1].From.Equal(*parts[0].Until) || len(f.log("ST20")) != 4 {
		t.Fatalf("parts %+v", parts)
	}
	c, err := f.Machines.Correct(f.ctx, f.key(), site, "ST20", parts[1].ID, planner, mes.StopCorrection{State: mes.MachineSetup, Note: "new bit set", Version: parts[1].Version, Why: "the fitter was there"})
	f.must(err)
	if c.State != mes.MachineSetup || c.Observed != mes.MachineUnplannedDown {
		t.Errorf("corrected %+v", c)
	}
	_, err = f.Machines.Merge(f.ctx, f.key(), site, "ST20", parts[1].ID, parts[0].ID, planner, c.Version, "wrong way round")
	f.refused(err, mes.CodeUnprocessable, "last")
	m, err := f.Machines.Merge(f.ctx, f.key(), site, "ST20", parts[0].ID, parts[1].ID, planner, parts[0].Version, "it was one cause")
	f.must(err)
	if m.ID != s.ID || !m.Until.Equal(*s.Until) || len(f.log("ST20")) != 3 {
		t.Errorf("merged %+v", m)
	}
	owner := connect(t, f.db.Owner)
	for action, reason := range map[string]string{"stop_split": "two causes", "stop_corrected": "the fitter was there", "stops_merged": "it was one cause"} {
		var rows int
		f.must(owner.QueryRow(f.ctx, "SELECT count(*) FROM audit WHERE action = $1 AND reason = $2 AND before IS NOT NULL AND after IS NOT NULL", action, reason).Scan(&rows))
		if rows != 1 {
			t.Errorf("%s: %d audit rows", action, rows)
		}
	}
}

func TestAParetoOfDowntime(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	f.reasons()
	s := f.stopped(1, 50*time.Minute)
	_, err := f.Machines.Explain(f.ctx, f.key(), site, "ST20", s.ID, planner, mes.Explanation{Reason: "bit", Version: s.Version})
	f.must(err)
	f.stopped(6, 20*time.Minute)
	at := time.Now().Add(-3 * time.Minute)
	f.took(batch(11, state(mes.MachineUnplannedDown, at), state(mes.MachineRunning, at.Add(20*time.Second))))
	q := mes.DowntimeFilter{Site: site, From: time.Now().Add(-24 * time.Hour), Until: time.Now(), Stations: []string{"ST20"}}
	p, err := f.Machines.Pareto(f.ctx, q, mes.ParetoByReason)
	f.must(err)
	if len(p.Rows) != 2 || p.Stops != 2 || p.Seconds != 1200 || p.MicroStops != 1 || p.MicroSeconds != 20 {
		t.Errorf("pareto %+v", p)
	}
	q.From = s.From.Add(5 * time.Minute) // cut in the middle of the first
	if p, err = f.Machines.Pareto(f.ctx, q, mes.ParetoByStation); err != nil || p.Seconds < 899 || p.Seconds > 900 || p.Rows[0].Key != "ST20" {
		t.Errorf("cut pareto %+v %v", p, err)
	}
	for _, by := range []mes.ParetoBy{mes.ParetoByProduct, mes.ParetoByShift} {
		if p, err = f.Machines.Pareto(f.ctx, q, by); err != nil || len(p.Rows) == 0 {
			t.Errorf("by %s: %+v %v", by, p, err)
		}
	}
	page, err := f.Machines.Stops(f.ctx, mes.DowntimeFilter{Site: site, From: q.From.Add(-time.Hour), Until: time.Now(), Micro: true, Stations: []string{"ST20"}})
	f.must(err)
	if page.Total != 3 || !page.Items[0].Micro {
		t.Errorf("stops %+v", page.Items)
	}
}

// The database itself refuses a gap and an overlap, whoever writes.
func TestTheDatabaseKeepsTheLogWhole(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.machines()
	f.stopped(1, 30*time.Minute)
	app := connect(t, f.db.App)
	for name, sql := range map[string]string{
		"machine_state_never_overlaps": "INSERT INTO machine_state (site, station, from_at, until_at, observed, state, source) SELECT site, station, from_at + interval '1 second', until_at, 'idle', 'idle', 'tag' FROM machine_state WHERE station = 'ST20' AND state = 'unplanned_down'",
		"a gap by an end":              "UPDATE machine_state SET until_at = until_at - interval '1 second' WHERE station = 'ST20' AND state = 'unplanned_down'",
		"a gap by a beginning":         "UPDATE machine_state SET from_at = from_at + interval '1 second' WHERE station = 'ST20' AND state = 'unplanned_down'",
		"a gap by a hole":              "DELETE FROM machine_state WHERE station = 'ST20' AND state = 'unplanned_down'",
		"no open end":                  "UPDATE machine_state SET until_at = from_at + interval '5 minutes' WHERE station = 'ST20' AND until_at IS NULL",
	} {
		if _, err := app.Exec(f.ctx, sql); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	f.log("ST20")
}
