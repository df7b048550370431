package mes_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

var tuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) // 11:00 in Hamburg

// plantZone is one hour ahead of UTC in November.
var plantZone = time.FixedZone("CET", 3600)

// waiting is a lot that waits at stations, due in some hours.
func waiting(lot string, priority int, dueIn time.Duration, stations ...string) mes.QueuedJob {
	k := mes.DispatchKey{Lot: lot, Order: "WO-" + lot, Product: "P", Priority: priority, Due: tuesday.Add(dueIn), Created: tuesday, Queued: tuesday, Left: time.Hour}
	return mes.QueuedJob{Card: mes.LotCard{Lot: lot}, DispatchKey: k, Stations: stations, Work: 10 * time.Minute}
}

func queueOf(f mes.DispatchFacts, station string) (string, map[string]*mes.Dispatched) {
	var order []string
	by := map[string]*mes.Dispatched{}
	for _, c := range f.Queues()[station] {
		order = append(order, c.Lot)
		by[c.Lot] = c.Dispatch
	}
	return strings.Join(order, " "), by
}

func texts(d *mes.Dispatched) string {
	var out []string
	for _, r := range d.Reasons {
		out = append(out, r.Text)
	}
	return strings.Join(out, "; ")
}

func floorOf(jobs ...mes.QueuedJob) mes.DispatchFacts {
	return mes.DispatchFacts{Now: tuesday, Zone: plantZone, Jobs: jobs, Stations: []mes.StationFacts{{ID: "ST50", Line: "L1", Capacity: 1, Rule: mes.DispatchPriority}}}
}

func TestEachCauseMovesAJobAndSaysWhy(t *testing.T) {
	t.Parallel()
	since := tuesday.Add(-24 * time.Minute)
	dispensing := mes.QualificationNeed{ID: "Dispensing", Level: 2}
	for name, c := range map[string]struct {
		change func(*mes.DispatchFacts)
		order  string
		state  mes.JobState // of A
		words  string
	}{
		"nothing":       {func(*mes.DispatchFacts) {}, "A B", mes.JobReady, "priority 80, then by due date; due Tue 24 Nov 15:00, 3 h slack"},
		"priority of B": {func(f *mes.DispatchFacts) { f.Jobs[1].Priority = 90 }, "B A", mes.JobReady, "priority 80"},
		"late":          {func(f *mes.DispatchFacts) { f.Jobs[0].Left = 5*time.Hour + 30*time.Minute }, "A B", mes.JobReady, "due Tue 24 Nov 15:00, 1 h 30 min late by planned times"},
		"hold on the lot": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Holds = []mes.HoldNote{{Scope: mes.HoldLot, Reason: "thin bead", Containment: "H-0031", At: since}}
		}, "B A", mes.JobBarred, "on hold H-0031: thin bead"},
		"hold on the order": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Holds = []mes.HoldNote{{Scope: mes.HoldOrder, Reason: "wrong drawing.", At: since}}
		}, "B A", mes.JobBarred, "order WO-A is on hold: wrong drawing"},
		"machine down": {func(f *mes.DispatchFacts) {
			b, _ := mes.MachineBar("ST50", mes.MachineNow{State: mes.MachineUnplannedDown, Since: since, Detail: "Fixture O-ring worn"})
			f.Stations[0].Bars = []mes.StationBar{b}
		}, "A B", mes.JobBarred, "ST50 is down since 10:36, Fixture O-ring worn"},
		"stopped": {func(f *mes.DispatchFacts) {
			f.Stations[0].Bars = []mes.StationBar{{Station: "ST50", Code: mes.ReasonStopped, Text: "oil on the floor", Since: &since}}
		}, "A B", mes.JobBarred, "ST50 is stopped since 10:36: oil on the floor"},
		"material held": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Components = []mes.ComponentNeed{{Material: "PASTE", Quantity: dec("2.5")}}
			f.Stock = map[string]mes.MaterialStock{"PASTE": {Name: "Thermal paste", Unit: "ml", Held: "TP-2611-07", Hold: "H-0031"}}
		}, "B A", mes.JobWaits, "no Thermal paste is free, 2.5 ml needed; TP-2611-07 of Thermal paste is on hold H-0031"},
		"material short": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Components = []mes.ComponentNeed{{Material: "SCREW", Quantity: mes.Count(4)}}
			f.Stock = map[string]mes.MaterialStock{"SCREW": {Name: "Screw M4", Unit: "pcs", Free: mes.Count(3)}}
		}, "B A", mes.JobWaits, "3 pcs of Screw M4 free, 4 pcs needed"},
		"the one before takes it": {func(f *mes.DispatchFacts) {
			f.Jobs[1].Priority = 90
			for i := range f.Jobs {
				f.Jobs[i].Components = []mes.ComponentNeed{{Material: "SCREW", Quantity: mes.Count(4)}}
			}
			f.Stock = map[string]mes.MaterialStock{"SCREW": {Name: "Screw M4", Unit: "pcs", Free: mes.Count(7)}}
		}, "B A", mes.JobWaits, "the free Screw M4 goes to the jobs before it"},
		"nobody is qualified": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Needs = []mes.QualificationNeed{dispensing}
			f.People = []mes.PersonHere{{Account: "op", Station: "ST50", Held: []mes.Qualification{{ID: "Dispensing", Level: 1}}}}
		}, "B A", mes.JobWaits, "nobody here has Dispensing level 2"},
		"somebody elsewhere is": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Needs = []mes.QualificationNeed{dispensing}
			f.People = []mes.PersonHere{{Account: "op", Station: "ST50"}, {Account: "lena", Name: "Lena Vogt", Station: "ST10", Held: []mes.Qualification{{ID: "Dispensing", Level: 2}}}}
		}, "A B", mes.JobReady, "Lena Vogt, at ST10, has Dispensing level 2"},
		"nobody is known to be there": {func(f *mes.DispatchFacts) { f.Jobs[0].Needs = []mes.QualificationNeed{dispensing} }, "A B", mes.JobReady, "due"},
		"machine silent": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Devices, f.Silent = []string{"LT-50"}, map[string]time.Time{"LT-50": since}
		}, "B A", mes.JobWaits, "LT-50 does not answer since 10:36"},
		"gauge overdue": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Gauges = []string{"caliper"}
			f.Gauges = []mes.Gauge{{ID: "G1", Kind: "caliper", Last: &mes.Calibration{DueAt: since}}}
		}, "B A", mes.JobWaits, "no gauge of the kind caliper may be used"},
		"gauge of the machine blocked": {func(f *mes.DispatchFacts) {
			f.Jobs[0].Devices = []string{"LT-50"}
			f.Gauges = []mes.Gauge{{ID: "G2", Kind: "leak", Device: "LT-50", Blocked: true}}
		}, "B A", mes.JobWaits, "gauge G2, which is LT-50, may not be used"},
		"by hand": {func(f *mes.DispatchFacts) {
			f.Jobs[1].Places = map[string]*mes.HandPlace{"ST50": {By: "sv-05", At: tuesday, Reason: "the customer waits"}}
		}, "B A", mes.JobReady, "priority 80"},
		"in work": {func(f *mes.DispatchFacts) { f.Stations[0].Running = []mes.RunningJob{{Lot: "Z"}} }, "A B", mes.JobReady, "after Z, which is in work"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := floorOf(waiting("A", 80, 4*time.Hour, "ST50"), waiting("B", 50, 2*time.Hour, "ST50"))
			c.change(&f)
			order, by := queueOf(f, "ST50")
			if a := by["A"]; order != c.order || a.State != c.state || !strings.Contains(texts(a), c.words) {
				t.Errorf("queue %s, A %s: %s; want %s, %s, %q", order, a.State, texts(a), c.order, c.state, c.words)
			}
		})
	}
}

func TestARuleOrdersReadyJobs(t *testing.T) {
	t.Parallel()
	jobs := []mes.QueuedJob{waiting("A", 50, 9*time.Hour, "ST50"), waiting("B", 80, 8*time.Hour, "ST50"), waiting("C", 50, 2*time.Hour, "ST50"), waiting("D", 50, 10*time.Hour, "ST50")}
	jobs[0].Queued = tuesday.Add(-time.Hour)
	jobs[1].Product, jobs[2].Product = "Q", "Q"
	jobs[3].Left = 9 * time.Hour // ratio 1.1
	for rule, want := range map[mes.DispatchRule]string{mes.DispatchPriority: "B C A D", mes.DispatchFIFO: "A B C D", mes.DispatchCritical: "D C B A", mes.DispatchSetup: "A D B C"} {
		f := floorOf(jobs...)
		f.Stations[0].Rule, f.Stations[0].SetUp = rule, "P"
		order, by := queueOf(f, "ST50")
		if order != want {
			t.Errorf("by %s: %s, want %s", rule, order, want)
		}
		if rule == mes.DispatchSetup && !strings.Contains(texts(by["A"]), "set up for P") || rule == mes.DispatchCritical && !strings.Contains(texts(by["D"]), "critical ratio 1.1") {
			t.Errorf("%s does not say so: %s, %s", rule, texts(by["A"]), texts(by["D"]))
		}
	}
}

func TestAJobGoesToAnotherStationWhileItsOwnIsDown(t *testing.T) {
	t.Parallel()
	since := tuesday.Add(-time.Minute)
	f := floorOf(waiting("A", 80, 4*time.Hour, "ST50", "ST52", "ST54"), waiting("B", 50, 4*time.Hour, "ST52"))
	f.Stations = append(f.Stations, mes.StationFacts{ID: "ST52", Capacity: 1, Running: []mes.RunningJob{{Lot: "R", Left: time.Hour}}}, mes.StationFacts{ID: "ST54", Capacity: 1, Running: []mes.RunningJob{{Lot: "S", Left: time.Minute}}})
	_, by := queueOf(f, "ST50")
	if got := texts(by["A"]); !strings.Contains(got, "also in the queue of ST52") {
		t.Errorf("while all work: %s", got)
	}
	f.Stations[0].Bars = []mes.StationBar{{Station: "ST50", Code: mes.ReasonDown, Since: &since}}
	_, by = queueOf(f, "ST50")
	if a := by["A"]; a.Instead != "ST54" || !strings.Contains(texts(a), "goes to ST54 instead") || a.Start != nil {
		t.Errorf("it goes to %q, though ST54 is free first: %s", a.Instead, texts(a))
	}
	_, by = queueOf(f, "ST52")
	if got := texts(by["A"]); !strings.Contains(got, "from ST50, where nothing may start: it is down") {
		t.Errorf("there it says %s", got)
	}
	if b := by["B"]; b.Start == nil || !b.Start.Equal(tuesday.Add(70*time.Minute)) {
		t.Errorf("B is expected at %v, after the one in work and A", b.Start)
	}
}

func TestAPlaceByHandKeepsItsRank(t *testing.T) {
	t.Parallel()
	f := floorOf(waiting("A", 90, time.Hour, "ST50"), waiting("B", 80, time.Hour, "ST50"), waiting("C", 70, time.Hour, "ST50"), waiting("D", 60, time.Hour, "ST50"))
	order := func() []mes.QueuedJob {
		var out []mes.QueuedJob
		for _, c := range f.Queues()["ST50"] {
			out = append(out, f.Jobs[slices.IndexFunc(f.Jobs, func(j mes.QueuedJob) bool { return j.Lot == c.Lot })])
		}
		return out
	}
	move := func(lot, before, want string) {
		t.Helper()
		others := slices.DeleteFunc(order(), func(j mes.QueuedJob) bool { return j.Lot == lot })
		p, found := mes.PlaceOf("ST50", others, before)
		if !found {
			t.Fatalf("%s is not found", before)
		}
		i := slices.IndexFunc(f.Jobs, func(j mes.QueuedJob) bool { return j.Lot == lot })
		f.Jobs[i].Places = map[string]*mes.HandPlace{"ST50": &p}
		if got, _ := queueOf(f, "ST50"); got != want {
			t.Fatalf("%s before %q makes %s, want %s", lot, before, got, want)
		}
	}
	move("D", "B", "A D B C")
	move("C", "B", "A D C B")
	move("C", "D", "A C D B")
	move("B", "", "B A C D")
	move("C", "", "C B A D")
	move("D", "B", "C D B A")
	move("A", "D", "C A D B")
	f.Jobs[1].Places = nil // B is released; D and A, which were put before it while it stood on top, keep their places
	if got, _ := queueOf(f, "ST50"); got != "C A D B" {
		t.Errorf("after the release: %s", got)
	}
	if _, found := mes.PlaceOf("ST50", order(), "Z"); found {
		t.Error("a place before a job that is not there")
	}
}

// anyFacts makes a floor of three stations with jobs of every kind.
func anyFacts(r *rand.Rand) mes.DispatchFacts {
	f := mes.DispatchFacts{Now: tuesday, Zone: plantZone, Stock: map[string]mes.MaterialStock{"M": {Name: "M", Free: mes.Count(r.Int64N(8)), Held: "H"}}, Silent: map[string]time.Time{"D": tuesday}}
	for i, id := range []string{"S1", "S2", "S3"} {
		s := mes.StationFacts{ID: id, Capacity: r.IntN(3), Rule: mes.DispatchRules[r.IntN(4)], SetUp: []string{"", "P", "Q"}[r.IntN(3)]}
		if r.IntN(3) == 0 {
			s.Bars = []mes.StationBar{{Station: id, Code: mes.ReasonDown, Since: &f.Now}}
		}
		if i > 0 && r.IntN(2) == 0 {
			f.People = append(f.People, mes.PersonHere{Account: id, Station: id, Held: []mes.Qualification{{ID: "T", Level: r.IntN(3)}}})
		}
		f.Stations = append(f.Stations, s)
	}
	for i := range r.IntN(30) {
		j := waiting(fmt.Sprintf("L%02d", i), r.IntN(3)*10, time.Duration(r.IntN(3)-1)*time.Hour, [][]string{{"S1"}, {"S1", "S2"}, {"S3", "S2"}}[r.IntN(3)]...)
		j.Product, j.Left = []string{"P", "Q", "R"}[r.IntN(3)], time.Duration(r.IntN(3))*time.Hour
		switch r.IntN(6) {
		case 0:
			j.Holds = []mes.HoldNote{{Scope: mes.HoldLot, Reason: "x"}}
		case 1:
			j.Components = []mes.ComponentNeed{{Material: "M", Quantity: mes.Count(2)}}
		case 2:
			j.Needs = []mes.QualificationNeed{{ID: "T", Level: 2}}
		case 3:
			j.Devices = []string{"D"}
		case 4:
			j.Places = map[string]*mes.HandPlace{"S1": {Nudge: mes.Count(int64(-r.IntN(3)))}}
		}
		f.Jobs = append(f.Jobs, j)
	}
	return f
}

func TestAQueueIsATotalOrderWithAReasonForEveryJob(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		f := anyFacts(r)
		first := f.Queues()
		r.Shuffle(len(f.Jobs), func(i, k int) { f.Jobs[i], f.Jobs[k] = f.Jobs[k], f.Jobs[i] })
		again := f.Queues()
		for _, s := range f.Stations {
			checkQueue(t, seed, f, s, first[s.ID], again[s.ID])
		}
	}
}

func checkQueue(t *testing.T, seed uint64, f mes.DispatchFacts, s mes.StationFacts, queue, again []mes.LotCard) {
	t.Helper()
	want := 0
	for _, j := range f.Jobs {
		if slices.Contains(j.Stations, s.ID) {
			want++
		}
	}
	if len(queue) != want || len(again) != want {
		t.Fatalf("seed %d: %s has %d and %d jobs, want %d", seed, s.ID, len(queue), len(again), want)
	}
	ranks, ready := map[int]bool{}, true
	for i, c := range queue {
		d := c.Dispatch
		if again[i].Lot != c.Lot {
			t.Fatalf("seed %d: %s has %s or %s in place %d, by the order of reading", seed, s.ID, c.Lot, again[i].Lot, i+1)
		}
		if d.Position != i+1 || d.Rank < 1 || d.Rank > want || ranks[d.Rank] || len(d.Reasons) == 0 {
			t.Fatalf("seed %d: %s at place %d: %+v", seed, c.Lot, i+1, d)
		}
		ranks[d.Rank] = true
		if d.State == mes.JobReady && !ready {
			t.Fatalf("seed %d: %s is ready behind one that is not", seed, c.Lot)
		}
		ready = d.State == mes.JobReady
		gravest := mes.JobReady
		for _, reason := range d.Reasons {
			if slices.Index(mes.JobStates, reason.Effect) > slices.Index(mes.JobStates, gravest) {
				gravest = reason.Effect
			}
			if strings.ContainsAny(reason.Text, "{}") || reason.Text == "" {
				t.Fatalf("seed %d: %s says %q", seed, reason.Code, reason.Text)
			}
		}
		if gravest != d.State || (len(s.Bars) > 0) && d.State != mes.JobBarred || d.State == mes.JobReady != (d.Start != nil) {
			t.Fatalf("seed %d: %s is %s with %s, start %v", seed, c.Lot, d.State, texts(d), d.Start)
		}
		// Among the ready, and among the others, the rule decides.
		if i > 0 && (queue[i-1].Dispatch.State == mes.JobReady) == (d.State == mes.JobReady) && queue[i-1].Dispatch.Rank > d.Rank {
			t.Fatalf("seed %d: %s stands behind %s, though its rank is better", seed, c.Lot, queue[i-1].Lot)
		}
	}
}

func TestAJobIsPlannedByItsRouting(t *testing.T) {
	t.Parallel()
	need := &mes.QualificationNeed{ID: "Dispensing", Level: 2}
	r := mes.Routing{Product: "P", Operations: []mes.Operation{
		{ID: "10", PlannedS: 100},
		{ID: "20", PlannedS: 60, Qualification: need, Steps: []mes.Step{
			{ID: "1", Kind: mes.StepScan, Component: &mes.ComponentNeed{Material: "M", Quantity: mes.Count(2)}},
			{ID: "2", Kind: mes.StepScan, Component: &mes.ComponentNeed{Material: "M", Quantity: dec("0.5")}},
			{ID: "3", Kind: mes.StepDevice, Device: "D1"}, {ID: "4", Kind: mes.StepDevice, Device: "D2", ByHand: true},
			{ID: "5", Kind: mes.StepMeasure, Gauge: "caliper"}, {ID: "6", Kind: mes.StepConfirm, Qualification: &mes.QualificationNeed{ID: "Torque", Level: 1}}}},
		{ID: "30", PlannedS: 30},
	}}
	j := mes.QueuedJob{Card: mes.LotCard{Operation: "20", Quantity: mes.Count(4)}}
	j.Plan(r)
	if j.Work != 4*time.Minute || j.Left != 6*time.Minute || len(j.Needs) != 2 || len(j.Card.Needs) != 1 || len(j.Components) != 1 || !j.Components[0].Quantity.Equal(mes.Count(10)) ||
		!slices.Equal(j.Devices, []string{"D1"}) || !slices.Equal(j.Gauges, []string{"caliper"}) {
		t.Errorf("planned as %+v", j)
	}
	gone := mes.QueuedJob{Card: mes.LotCard{Operation: "99", Quantity: mes.One}}
	if gone.Plan(r); gone.Work != 0 || gone.Needs != nil {
		t.Errorf("an operation that is not there makes %+v", gone)
	}
}

func TestMaterialIsLateWithinTheLead(t *testing.T) {
	t.Parallel()
	first, second := waiting("A", 80, 4*time.Hour, "ST50"), waiting("B", 50, 4*time.Hour, "ST50")
	first.Work = 3 * time.Hour
	second.Card.Order, second.Components = "WO-B", []mes.ComponentNeed{{Material: "M", Quantity: mes.One}}
	f := floorOf(first, second)
	f.Stock = map[string]mes.MaterialStock{"M": {Name: "Screw M4", Unit: "pcs"}}
	next := f.Queues()["ST50"]
	if w := next[1].Dispatch.Wanted; w == nil || !w.Equal(tuesday.Add(3*time.Hour)) {
		t.Fatalf("B is wanted at %v", w)
	}
	if late := mes.LateMaterials("ST50", next, tuesday, 2*time.Hour, plantZone); len(late) != 0 {
		t.Errorf("late before its lead: %+v", late)
	}
	late := mes.LateMaterials("ST50", next, tuesday, 4*time.Hour, plantZone)
	if len(late) != 1 || late[0].Key() != "WO-B/M" || late[0].Text != "Material is late for WO-B at ST50: no Screw M4 is free, 1 pcs needed. B is to start at Tue 24 Nov 14:00." {
		t.Errorf("late are %+v", late)
	}
}

func TestWhoIsExpectedAtWork(t *testing.T) {
	t.Parallel()
	early := mes.AssignedShift{Shift: mes.Shift{ID: "F", Days: []int{2}, Start: 6 * 60, End: 14 * 60}, From: mes.Day{Year: 2026, Month: 1, Day: 1}}
	until := tuesday.Add(time.Hour)
	for name, c := range map[string]struct {
		facts mes.ShiftFacts
		want  bool
	}{
		"on shift": {mes.ShiftFacts{Assigned: []mes.AssignedShift{early}}, true}, "no shifts": {mes.ShiftFacts{}, false}, "let work": {mes.ShiftFacts{Override: &until}, true},
	} {
		if got := c.facts.OnShift(tuesday, plantZone); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (mes.ShiftFacts{Assigned: []mes.AssignedShift{early}, Override: &until}).OnShift(tuesday.Add(6*time.Hour), plantZone) {
		t.Error("the shift is over, and so is the override")
	}
}

func TestASpanIsSaidInItsTwoLargestUnits(t *testing.T) {
	t.Parallel()
	for hours, want := range map[float64]string{0.5: "30 min slack", 2: "2 h slack", 2.25: "2 h 15 min slack", 48: "2 d slack", 51.2: "2 d 3 h slack"} {
		j := waiting("A", 80, time.Duration(hours*float64(time.Hour))+time.Hour, "ST50")
		if _, by := queueOf(floorOf(j), "ST50"); !strings.Contains(texts(by["A"]), ", "+want) {
			t.Errorf("%v h are said as %s", hours, texts(by["A"]))
		}
	}
}
