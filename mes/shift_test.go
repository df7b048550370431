package mes

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

var allDays = []int{1, 2, 3, 4, 5, 6, 7}

func hours(h, m int) TimeOfDay { return TimeOfDay(h*60 + m) }

// TestShiftsAcrossMidnightAndClockChanges: Berlin's clocks go from 02:00 to 03:00 on 29 Mar 2026 and from 03:00 back to
// 02:00 on 25 Oct 2026.
func TestShiftsAcrossMidnightAndClockChanges(t *testing.T) {
	berlin := zoneOf(t, "Europe/Berlin")
	night := Shift{ID: "N", Days: allDays, Start: hours(22, 0), End: hours(6, 0)}
	for _, c := range []struct {
		name        string
		shift       Shift
		day         Day
		from, until string // in UTC
		lasts       time.Duration
	}{
		{"a day shift", Shift{Days: allDays, Start: hours(6, 0), End: hours(14, 0)}, Day{2026, 11, 24}, "2026-11-24T05:00:00Z", "2026-11-24T13:00:00Z", 8 * time.Hour},
		{"a night", night, Day{2026, 11, 24}, "2026-11-24T21:00:00Z", "2026-11-25T05:00:00Z", 8 * time.Hour},
		{"the night into summer time", night, Day{2026, 3, 28}, "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z", 7 * time.Hour},
		{"the night out of summer time", night, Day{2026, 10, 24}, "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z", 9 * time.Hour},
		{"begins in the hour that is skipped", Shift{Days: allDays, Start: hours(2, 30), End: hours(6, 0)}, Day{2026, 3, 29}, "2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z", 3 * time.Hour},
		{"begins in the hour that comes twice", Shift{Days: allDays, Start: hours(2, 30), End: hours(6, 0)}, Day{2026, 10, 25}, "2026-10-25T00:30:00Z", "2026-10-25T05:00:00Z", 4*time.Hour + 30*time.Minute},
		{"round the clock", Shift{Days: allDays, Start: hours(6, 0), End: hours(6, 0)}, Day{2026, 11, 24}, "2026-11-24T05:00:00Z", "2026-11-25T05:00:00Z", 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			span, ok := c.shift.On(c.day, berlin)
			from, until := span.From.UTC().Format(time.RFC3339), span.Until.UTC().Format(time.RFC3339)
			if !ok || from != c.from || until != c.until || span.Until.Sub(span.From) != c.lasts {
				t.Errorf("runs from %s to %s, %s", from, until, span.Until.Sub(span.From))
			}
		})
	}
	if _, ok := (Shift{Days: []int{1, 5}}).On(Day{2026, 11, 24}, berlin); ok {
		t.Error("a Tuesday is taken for Monday or Friday")
	}
}

// TestThreeShiftsLeaveNoGap draws zones, days and times: of shifts that follow each other round the clock exactly one
// runs at any instant, whatever the clocks do.
func TestThreeShiftsLeaveNoGap(t *testing.T) {
	zones := []*time.Location{zoneOf(t, "Europe/Berlin"), zoneOf(t, "America/New_York"), zoneOf(t, "Asia/Kolkata"), zoneOf(t, "Asia/Beirut"), zoneOf(t, "Australia/Lord_Howe")}
	r := rand.New(rand.NewPCG(7, 7))
	changes := []time.Time{time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC), time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC), time.Date(2026, 4, 4, 15, 0, 0, 0, time.UTC)}
	for range 4000 {
		zone := zones[r.IntN(len(zones))]
		a := TimeOfDay(r.IntN(480))
		shifts := []Shift{{Days: allDays, Start: a, End: a + 480}, {Days: allDays, Start: a + 480, End: a + 960}, {Days: allDays, Start: a + 960, End: a}}
		at := changes[r.IntN(len(changes))].Add(time.Duration(r.IntN(48*60)-24*60) * time.Minute)
		running := 0
		for _, s := range shifts {
			for n := -2; n <= 2; n++ {
				if span, ok := s.On(DayOf(at, zone).Add(n), zone); ok && span.Holds(at) {
					running++
				}
			}
		}
		if running != 1 {
			t.Fatalf("at %s in %s %d shifts run that change at %s", at, zone, running, a)
		}
	}
}

func TestOnShift(t *testing.T) {
	berlin := zoneOf(t, "Europe/Berlin")
	night := Shift{ID: "N", Name: "Night", Days: []int{1, 2, 3, 4, 5}, Start: hours(22, 0), End: hours(6, 0)}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, berlin) }
	override := at(25, 12, 0)
	for _, c := range []struct {
		name string
		now  time.Time
		a    AssignedShift
		over *time.Time
		want string
	}{
		{"in the night", at(24, 23, 0), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, ""},
		{"after midnight", at(25, 5, 59), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, ""},
		{"half an hour early", at(24, 21, 30), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, ""},
		{"a minute too early", at(24, 21, 29), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, "Night, begins on Tue 24 Nov at 22:00 CET"},
		{"a minute before half an hour late", at(25, 6, 29), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, ""},
		{"half an hour late", at(25, 6, 30), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, "begins on Wed 25 Nov"},
		{"Friday's night ends on Saturday", at(28, 3, 0), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, ""},
		{"no night on Saturday", at(28, 23, 0), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, nil, "begins on Mon 30 Nov"},
		{"the last day's night runs to its end", at(25, 5, 0), AssignedShift{Shift: night, From: Day{2026, 1, 1}, Until: Day{2026, 11, 24}}, nil, ""},
		{"ended", at(25, 23, 0), AssignedShift{Shift: night, From: Day{2026, 1, 1}, Until: Day{2026, 11, 24}}, nil, "on no shift"},
		{"not begun", at(24, 23, 0), AssignedShift{Shift: night, From: Day{2026, 11, 25}}, nil, "begins on Wed 25 Nov"},
		{"let in", at(25, 11, 59), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, &override, ""},
		{"let in until now", at(25, 12, 0), AssignedShift{Shift: night, From: Day{2026, 1, 1}}, &override, "You are not on shift"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := ShiftFacts{Assigned: []AssignedShift{c.a}, Tolerance: DefaultShiftTolerance, Override: c.over}
			err := CondOnShift.Judge(Case{Shifts: f, Now: c.now, Zone: berlin})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("told %v, want %q", err, c.want)
			}
		})
	}
}

func TestShiftNamesWhatIsWrong(t *testing.T) {
	if err := (Shift{ID: "E", Name: "Early", Days: []int{1}, Start: 360, End: 840}).Validate(); err != nil {
		t.Error(err)
	}
	for field, s := range map[string]Shift{
		"id": {Name: "x", Days: []int{1}}, "name": {ID: "E", Days: []int{1}}, "days": {ID: "E", Name: "x"}, "days[0]": {ID: "E", Name: "x", Days: []int{8}},
		"days[1]": {ID: "E", Name: "x", Days: []int{1, 1}}, "start": {ID: "E", Name: "x", Days: []int{1}, Start: -1}, "end": {ID: "E", Name: "x", Days: []int{1}, End: 1440},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), field+": ") {
			t.Errorf("%+v is refused with %v, want %s named", s, err, field)
		}
	}
	if CheckOverride(0, "x") == nil || CheckOverride(13, "x") == nil || CheckOverride(2, " ") == nil || CheckOverride(2, "a colleague is ill") != nil {
		t.Error("an override is judged wrongly")
	}
}

func TestShiftIsWrittenAsPeopleReadIt(t *testing.T) {
	text, err := json.Marshal(AssignedShift{Shift: Shift{ID: "N", Name: "Night", Days: []int{7}, Start: hours(22, 5), End: 0}, From: Day{2026, 2, 3}})
	want := `{"shift":{"id":"N","name":"Night","days":[7],"start":"22:05","end":"00:00"},"from":"2026-02-03"}`
	if err != nil || string(text) != want {
		t.Errorf("written %s, %v", text, err)
	}
	var back AssignedShift
	if err := json.Unmarshal(text, &back); err != nil || back.Shift.Start != hours(22, 5) || back.From != (Day{2026, 2, 3}) || !back.Until.IsZero() {
		t.Errorf("read back %+v, %v", back, err)
	}
	for _, bad := range []string{`"24:00"`, `"6"`, `"06:60"`, `600`} {
		if json.Unmarshal([]byte(bad), new(TimeOfDay)) == nil {
			t.Errorf("%s is taken for a time of day", bad)
		}
	}
	if json.Unmarshal([]byte(`"2026-02-30"`), new(Day)) == nil {
		t.Error("30 February is taken for a date")
	}
}
