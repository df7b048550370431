package mes

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var maintAt = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func newJob() MaintenanceJob {
	return MaintenanceRequest{Site: "HAM", Kind: MaintainCorrective, Station: "ST50", Severity: SeverityHigh, Source: MaintainByPerson, Title: "Leaks", Why: "three"}.
		Open("MJ-0001", Actor{ID: "anna"}, maintAt, []IsolationPoint{{ID: "E1"}, {ID: "P1"}})
}

// TestAMachineIsBarredFromTheFirstLockUntilItsHandback gives drawn commands in any order: between the first lock of a lock-out that was signed and
// the hand-back nothing starts, whatever is refused, tested or repeated; work never begins without a signed lock-out; and a hand-back is never asked
// for with a lock on or without a passed test.
func TestAMachineIsBarredFromTheFirstLockUntilItsHandback(t *testing.T) {
	by := Actor{ID: "ole"}
	rapid.Check(t, func(t *rapid.T) {
		j, now := newJob(), maintAt
		due := maintAt.Add(72 * time.Hour)
		for range rapid.IntRange(1, 60).Draw(t, "commands") {
			now = now.Add(time.Minute)
			point := rapid.SampledFrom([]string{"E1", "P1"}).Draw(t, "point")
			before := j
			var err error
			switch rapid.IntRange(0, 12).Draw(t, "command") {
			case 0:
				j, err = j.Schedule(MaintenancePlanning{Severity: SeverityHigh, DueAt: &due}, now)
			case 1, 2:
				j, err = j.Lock(point, "7", by, now)
			case 3, 4:
				j, err = j.Verify(point, by, now)
			case 5:
				j, err = j.AskLockout()
			case 6:
				j, err = j.LockoutSigned(now)
			case 7:
				j, err = j.Begin(now)
			case 8:
				j, err = j.Test(MaintenanceTest{Passed: rapid.Bool().Draw(t, "passed"), Note: "tried", By: by.ID, At: now})
			case 9:
				j, err = j.Remove(point, "", by, now)
			case 10:
				j, err = j.AskHandback()
			case 11:
				j = j.SigningRejected(rapid.SampledFrom([]MaintenanceSigning{MaintenanceSignLockout, MaintenanceSignHandback}).Draw(t, "rejected"))
			case 12:
				j, err = j.HandbackSigned(now)
			}
			if err != nil && j.State != before.State {
				t.Fatalf("a refusal moved it from %s to %s", before.State, j.State)
			}
			judgeJob(t, before, j, now)
		}
	})
}

func judgeJob(t *rapid.T, before, j MaintenanceJob, now time.Time) {
	locked := slices.ContainsFunc(j.Record.Points, func(p LockedPoint) bool { return p.on() })
	out := j.LockedAt != nil && j.BackAt == nil || locked
	if out && !j.State.back() && j.Bars(now) != BarredByLocks {
		t.Fatalf("%s, locks on %v, bars %q", j.State, locked, j.Bars(now))
	}
	if j.BackAt != nil && j.Bars(now) != "" {
		t.Fatalf("it was handed back and bars %q", j.Bars(now))
	}
	if j.State == MaintenanceInWork && j.LockedAt == nil {
		t.Fatal("work began without a signed lock-out")
	}
	if j.State == MaintenanceReturning && (locked || len(j.Record.Tests) == 0 || !j.Record.Tests[len(j.Record.Tests)-1].Passed) {
		t.Fatal("the hand-back is asked for with a lock on or without a passed test")
	}
	for round := 1; round < before.Record.Round; round++ {
		if len(j.At(round).Points) != len(before.At(round).Points) || j.At(round).Tests != before.At(round).Tests {
			t.Fatalf("round %d changed after it", round)
		}
	}
}

func faultsOf(err error) []FieldError {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	return e.Fields
}

func TestEveryRefusalNamesItsField(t *testing.T) {
	j := newJob()
	due := maintAt.Add(time.Hour)
	if _, err := j.Schedule(MaintenancePlanning{Severity: "moon", Minutes: -1, OutFrom: &due, Running: "it is outside", Points: []IsolationPoint{{ID: "a b"}}}, maintAt); err == nil {
		t.Error("planned")
	} else if len(faultsOf(err)) != 8 { // severity, due_at, minutes, out_from, and of the point id, energy, place, position
		t.Errorf("%d fields: %v", len(faultsOf(err)), err)
	}
	if err := (MaintenanceRequest{Kind: "x", Down: true, DownFrom: &due, Source: MaintainByCMMS}).Validate(maintAt); err == nil || len(faultsOf(err)) != 8 {
		t.Errorf("%v", err)
	}
}

func TestOthersLocksNeedAReason(t *testing.T) {
	j := newJob()
	due := maintAt.Add(time.Hour)
	j, _ = j.Schedule(MaintenancePlanning{Severity: SeverityHigh, DueAt: &due}, maintAt)
	j, err := j.Lock("E1", "7", Actor{ID: "ole"}, maintAt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Remove("E1", " ", Actor{ID: "sam"}, maintAt); CodeOf(err) != CodeUnprocessable {
		t.Errorf("%v", err)
	}
	if k, err := j.Remove("E1", "he is ill", Actor{ID: "sam"}, maintAt); err != nil || k.Record.Points[0].RemovedWhy != "he is ill" || j.Record.Points[0].RemovedAt != nil {
		t.Errorf("%v %+v", err, k.Record.Points)
	}
}

func TestBarring(t *testing.T) {
	past, ahead := maintAt.Add(-time.Hour), maintAt.Add(time.Hour)
	for name, c := range map[string]struct {
		change func(*MaintenanceJob)
		want   Barring
	}{
		"a request bars nothing": {func(*MaintenanceJob) {}, ""},
		"a machine that is down": {func(j *MaintenanceJob) { j.DownFrom = &past }, BarredByFault},
		"planned for later":      {func(j *MaintenanceJob) { j.State, j.OutFrom = MaintenancePlanned, &ahead }, ""},
		"planned from now on":    {func(j *MaintenanceJob) { j.State, j.OutFrom = MaintenancePlanned, &past }, BarredByPlan},
		"overdue, not critical":  {func(j *MaintenanceJob) { j.DueAt = &past }, ""},
		"overdue and critical":   {func(j *MaintenanceJob) { j.DueAt, j.Severity = &past, SeverityCritical }, BarredByOverdue},
		"overdue and in work, running": {func(j *MaintenanceJob) {
			j.DueAt, j.Severity, j.TakesOut, j.State = &past, SeverityCritical, false, MaintenanceInWork
		}, ""},
		"rejected": {func(j *MaintenanceJob) { j.State, j.DownFrom = MaintenanceRejected, &past }, ""},
	} {
		j := newJob()
		c.change(&j)
		if got := j.Bars(maintAt); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestTheCalendarFollowsTheSitesClock crosses both clock changes of 2026 in Hamburg.
func TestTheCalendarFollowsTheSitesClock(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		trigger MaintenanceTrigger
		from    string
		want    string
	}{
		{MaintenanceTrigger{At: "06:00"}, "2026-03-28T06:00:00+01:00", "2026-03-29T06:00:00+02:00"},
		{MaintenanceTrigger{At: "02:30"}, "2026-03-28T03:00:00+01:00", "2026-03-30T02:30:00+02:00"}, // there is no 02:30 on the 29th
		{MaintenanceTrigger{At: "06:00", Weekdays: []int{1}}, "2026-10-24T12:00:00+02:00", "2026-10-26T06:00:00+01:00"},
		{MaintenanceTrigger{At: "06:00", Days: []int{29}, Months: []int{2}}, "2026-01-01T00:00:00+01:00", "2028-02-29T06:00:00+01:00"},
		{MaintenanceTrigger{At: "06:00", Days: []int{31}, Months: []int{2}}, "2026-01-01T00:00:00+01:00", ""},
	} {
		c.trigger.On = TriggerCalendar
		from, _ := time.Parse(time.RFC3339, c.from)
		got := ""
		if at := c.trigger.Next(from, zone); at != nil {
			got = at.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("after %s: %q, want %q", c.from, got, c.want)
		}
	}
}

func TestATagCountsOnlyAfterItCameBack(t *testing.T) {
	upper := Count(80)
	p := MaintenancePlan{Trigger: MaintenanceTrigger{On: TriggerTag, Device: "LT-50", Tag: "temp", Upper: &upper}}
	hot, cool := Count(90), Count(20)
	for _, c := range []struct {
		g    PlanProgress
		want bool
	}{{PlanProgress{Value: &hot, Back: true}, true}, {PlanProgress{Value: &hot}, false}, {PlanProgress{Value: &cool, Back: true}, false}, {PlanProgress{Back: true}, false}} {
		if _, due := p.Due(c.g); due != c.want {
			t.Errorf("%+v: %v", c.g, due)
		}
	}
}

func TestARequestThatNobodyPlansEscalatesAndADateThatMovesRemindsAnew(t *testing.T) {
	j := newJob()
	due, next := j.DueReminders(maintAt)
	if len(due) != 0 || next == nil || next.Sub(maintAt) != 4*time.Hour {
		t.Errorf("at first %+v, %v", due, next)
	}
	due, _ = j.DueReminders(maintAt.Add(5 * time.Hour))
	if len(due) != 1 || due[0].Role != RoleSupervisor || due[0].Kind != AlertMaintenanceOverdue {
		t.Errorf("unanswered %+v", due)
	}
	keys := func(j MaintenanceJob) (out []string) {
		for _, r := range j.Reminders() {
			out = append(out, r.Key)
		}
		return out
	}
	at := maintAt.Add(90 * time.Hour)
	moved, err := j.Schedule(MaintenancePlanning{Severity: SeverityHigh, DueAt: &at, Owner: "ole"}, maintAt)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys(moved) {
		if slices.Contains(keys(j), k) {
			t.Errorf("%s would not remind anew", k)
		}
	}
	for _, r := range moved.Reminders() {
		if r.Kind == AlertMaintenanceDue && r.Account != "ole" {
			t.Errorf("reminds %q/%q", r.Account, r.Role)
		}
	}
}

// TestFiguresOfASumAreRatiosOfSums never averages ratios, and gives no value where nothing is divided by.
func TestFiguresOfASumAreRatiosOfSums(t *testing.T) {
	a := MaintenanceWindow{OperatingS: 36000, Failures: 1, RepairS: 3600, Logged: true}
	b := MaintenanceWindow{OperatingS: 3600, Failures: 3, RepairS: 0, Logged: true}
	if got := a.Add(b).Figures().MTBF.Value.String(); got != "9900" {
		t.Errorf("MTBF of both %s", got)
	}
	if got := a.Figures().Availability.Value.String(); got != "0.909091" {
		t.Errorf("availability %s", got)
	}
	f := MaintenanceWindow{}.Figures()
	for _, r := range []MaintenanceRatio{f.MTBF, f.MTTR, f.Availability, f.Corrective, f.Compliance} {
		if r.Value != nil {
			t.Errorf("%+v has a value", r)
		}
	}
}
