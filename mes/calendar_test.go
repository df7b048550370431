package mes_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func on(text string) mes.Day {
	var d mes.Day
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

func threeShifts() []mes.Shift {
	all := []int{1, 2, 3, 4, 5}
	return []mes.Shift{
		{ID: "early", Name: "Early", Days: all, Start: 6 * 60, End: 14 * 60, Breaks: []mes.Break{{Name: "Breakfast", Start: 9 * 60, Minutes: 15}, {Name: "Lunch", Start: 12 * 60, Minutes: 15}}},
		{ID: "late", Name: "Late", Days: all, Start: 14 * 60, End: 22 * 60},
		{ID: "night", Name: "Night", Days: all, Start: 22 * 60, End: 6 * 60, Breaks: []mes.Break{{Name: "Rest", Start: 2 * 60, Minutes: 30}}},
	}
}

func minutesOf(spans []mes.PlannedSpan) map[mes.PlannedKind]float64 {
	out := map[mes.PlannedKind]float64{}
	for _, s := range spans {
		out[s.Kind] += s.Until.Sub(s.From).Minutes()
	}
	return out
}

func TestCalendarLaysAWeekOut(t *testing.T) {
	t.Parallel()
	zone := zoneOf(t, "Europe/Berlin")
	c := mes.Calendar{Zone: zone, Patterns: threeShifts(), Entries: []mes.CalendarEntry{
		{ID: "1", Kind: mes.CalendarHoliday, Name: "Repentance day", Day: on("2026-11-25")},
		{ID: "2", Kind: mes.CalendarExtra, Name: "Rush order", Day: on("2026-11-28"), Shift: "early"},
		{ID: "3", Kind: mes.CalendarPlanned, Name: "Cleaning", Day: on("2026-01-01"), Weekdays: []int{1, 5}, Start: 13*60 + 30, Minutes: 60, Equipment: []string{"ST50"}},
		{ID: "4", Kind: mes.CalendarPlanned, Name: "Trial", Day: on("2026-11-24"), Start: 8 * 60, Minutes: 90, Equipment: []string{"L2"}},
	}}
	from, until := on("2026-11-23").At(6*60, zone), on("2026-11-30").At(6*60, zone)
	got := minutesOf(c.Spans([]string{"ST50", "L1", "HAM"}, from, until))
	// Four days of three shifts and one extra shift; 4 × (30 + 30) and 30 minutes of breaks; cleaning on Monday and Friday.
	want := map[mes.PlannedKind]float64{mes.PlannedBreak: 270, mes.PlannedDown: 120, mes.PlannedShift: 4*24*60 + 480 - 270 - 120, mes.PlannedOff: 7*24*60 - 4*24*60 - 480}
	for k, w := range want {
		if got[k] != w {
			t.Errorf("%s: %v min, want %v", k, got[k], w)
		}
	}
	if other := minutesOf(c.Spans([]string{"ST60", "L1", "HAM"}, from, until)); other[mes.PlannedDown] != 0 {
		t.Errorf("another station's planned stop takes %v min", other[mes.PlannedDown])
	}
	spans := c.Spans([]string{"ST50"}, on("2026-11-25").At(10*60, zone), on("2026-11-25").At(11*60, zone))
	if len(spans) != 1 || spans[0].Kind != mes.PlannedOff || spans[0].Name != "Repentance day" {
		t.Errorf("the holiday shows as %+v", spans)
	}
}

func TestAShiftThatBeginsLaterCountsFromItsStart(t *testing.T) {
	t.Parallel()
	zone := time.UTC
	c := mes.Calendar{Zone: zone, Patterns: []mes.Shift{{ID: "a", Name: "A", Days: []int{1}, Start: 6 * 60, End: 15 * 60, Breaks: []mes.Break{{Name: "Tea", Start: 14*60 + 30, Minutes: 20}}}, {ID: "b", Name: "B", Days: []int{1}, Start: 14 * 60, End: 22 * 60}}}
	spans := c.Spans([]string{"X"}, on("2026-11-23").At(6*60, zone), on("2026-11-23").At(22*60, zone))
	if len(spans) != 2 || spans[0].Shift != "a" || spans[1].Shift != "b" || spans[1].From.Hour() != 14 {
		t.Errorf("%+v", spans)
	}
}

// What is changed today leaves last month's shifts as they were.
func TestAChangedPatternLeavesThePastAlone(t *testing.T) {
	t.Parallel()
	zone := zoneOf(t, "Europe/Berlin")
	was, is := threeShifts()[0], threeShifts()[0]
	is.Start, is.From = 7*60, on("2026-11-24")
	gone := is
	gone.Equipment, gone.From = []string{"L2"}, on("2026-11-26")
	c := mes.Calendar{Zone: zone, Patterns: []mes.Shift{was, is, gone}}
	runs := c.Runs([]string{"ST50", "L1"}, on("2026-11-23").At(0, zone), on("2026-11-27").At(0, zone))
	if len(runs) != 3 || runs[0].From.In(zone).Hour() != 6 || runs[1].From.In(zone).Hour() != 7 || runs[2].Day != on("2026-11-25") {
		t.Errorf("%+v", runs)
	}
}

func TestCalendarOnTheDaysOfTheClockChange(t *testing.T) {
	t.Parallel()
	zone := zoneOf(t, "Europe/Berlin")
	night := mes.Shift{ID: "night", Name: "Night", Days: []int{6, 7}, Start: 22 * 60, End: 6 * 60, Breaks: []mes.Break{{Name: "Rest", Start: 2*60 + 15, Minutes: 30}}}
	c := mes.Calendar{Zone: zone, Patterns: []mes.Shift{night}}
	for day, want := range map[string]float64{"2026-03-28": 7, "2026-10-24": 9, "2026-06-06": 8} {
		runs := c.Runs(nil, on(day).At(12*60, zone), on(day).Add(1).At(12*60, zone))
		if len(runs) != 1 || runs[0].Until.Sub(runs[0].From).Hours() != want {
			t.Errorf("the night of %s: %+v, want %v h", day, runs, want)
		}
	}
	for day, hours := range map[string]float64{"2026-03-29": 23, "2026-10-25": 25} {
		var sum float64
		for _, m := range minutesOf(c.Spans(nil, on(day).At(0, zone), on(day).Add(1).At(0, zone))) {
			sum += m
		}
		if sum != hours*60 {
			t.Errorf("%s has %v min on the clock, want %v", day, sum, hours*60)
		}
	}
}

// Whatever a calendar says, its spans follow each other from the window's start to its end, on days of 23, 24 and 25 hours.
func TestSpansPartitionTheClock(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	zones := []*time.Location{zoneOf(t, "Europe/Berlin"), zoneOf(t, "America/New_York"), zoneOf(t, "Australia/Lord_Howe"), time.UTC}
	starts := []string{"2026-03-27", "2026-10-23", "2026-06-01", "2026-03-06", "2026-10-30", "2026-04-03"}
	places := [][]string{{"ST50", "L1"}, {"ST60", "L1"}, {"ST90", "L2"}}
	equipment := [][]string{nil, {"L1"}, {"ST50"}, {"L2", "ST60"}}
	for range 400 {
		c := randomCalendar(r, zones[r.IntN(len(zones))], on(starts[r.IntN(len(starts))]), equipment)
		place := places[r.IntN(len(places))]
		from := on(starts[r.IntN(len(starts))]).At(mes.TimeOfDay(r.IntN(1440)), c.Zone)
		until := from.Add(time.Duration(1+r.IntN(5*24*60)) * time.Minute)
		spans := c.Spans(place, from, until)
		edge := from
		for i, s := range spans {
			if !s.From.Equal(edge) || !s.Until.After(s.From) {
				t.Fatalf("span %d begins at %s where %s was due", i, s.From, edge)
			}
			if (s.Kind == mes.PlannedOff) != (s.Shift == "") {
				t.Fatalf("span %+v has time off in a shift, or none in one", s)
			}
			edge = s.Until
		}
		if !edge.Equal(until) {
			t.Fatalf("the spans end at %s, the window at %s", edge, until)
		}
		// Cut anywhere, the two halves are the whole.
		middle := from.Add(until.Sub(from) / 2)
		whole, first, second := minutesOf(spans), minutesOf(c.Spans(place, from, middle)), minutesOf(c.Spans(place, middle, until))
		for k, w := range whole {
			if d := first[k] + second[k] - w; d > 1e-6 || d < -1e-6 {
				t.Fatalf("%s: %v + %v is not %v", k, first[k], second[k], w)
			}
		}
	}
}

func randomCalendar(r *rand.Rand, zone *time.Location, day mes.Day, equipment [][]string) mes.Calendar {
	c := mes.Calendar{Zone: zone}
	for i := range 1 + r.IntN(4) {
		s := mes.Shift{ID: string(rune('a' + i)), Name: "S", Days: []int{1, 2, 3, 4, 5, 6, 7}[:1+r.IntN(7)], Start: mes.TimeOfDay(r.IntN(1440)), End: mes.TimeOfDay(r.IntN(1440)), Equipment: equipment[r.IntN(len(equipment))]}
		if r.IntN(3) == 0 {
			s.ID, s.From = "a", day.Add(r.IntN(4))
		}
		for range r.IntN(3) {
			s.Breaks = append(s.Breaks, mes.Break{Name: "B", Start: s.Start + mes.TimeOfDay(r.IntN(int(1440-s.Start))), Minutes: 1 + r.IntN(60)})
		}
		c.Patterns = append(c.Patterns, s)
	}
	for range r.IntN(5) {
		e := mes.CalendarEntry{Kind: []mes.EntryOfCalendar{mes.CalendarHoliday, mes.CalendarExtra, mes.CalendarPlanned}[r.IntN(3)], Name: "E", Day: day.Add(r.IntN(5)), Equipment: equipment[r.IntN(len(equipment))]}
		switch e.Kind {
		case mes.CalendarExtra:
			e.Shift = "a"
		case mes.CalendarPlanned:
			e.Start, e.Minutes = mes.TimeOfDay(r.IntN(1440)), 1+r.IntN(3000)
			if r.IntN(2) == 0 {
				e.Weekdays = []int{1 + r.IntN(7)}
			}
		}
		c.Entries = append(c.Entries, e)
	}
	return c
}

func TestCalendarEntriesAreChecked(t *testing.T) {
	t.Parallel()
	good := mes.CalendarEntry{Kind: mes.CalendarPlanned, Name: "Cleaning", Day: on("2026-11-23"), Start: 600, Minutes: 30}
	for name, c := range map[string]struct {
		change func(*mes.CalendarEntry)
		want   string
	}{
		"fine":                  {func(*mes.CalendarEntry) {}, ""},
		"no day":                {func(e *mes.CalendarEntry) { e.Day = mes.Day{} }, "day"},
		"ends before":           {func(e *mes.CalendarEntry) { e.Until = on("2026-11-22") }, "until"},
		"no length":             {func(e *mes.CalendarEntry) { e.Minutes = 0 }, "minutes"},
		"no kind":               {func(e *mes.CalendarEntry) { e.Kind = "party" }, "kind"},
		"eighth day":            {func(e *mes.CalendarEntry) { e.Weekdays = []int{8} }, "weekdays[0]"},
		"extra without shift":   {func(e *mes.CalendarEntry) { e.Kind, e.Minutes, e.Start = mes.CalendarExtra, 0, 0 }, "shift"},
		"holiday with a length": {func(e *mes.CalendarEntry) { e.Kind = mes.CalendarHoliday }, "minutes"},
		"twice":                 {func(e *mes.CalendarEntry) { e.Equipment = []string{"L1", "L1"} }, "equipment[1]"},
	} {
		e := good
		c.change(&e)
		err := e.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error()+fieldsOf(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	late := mes.Shift{ID: "n", Name: "N", Days: []int{1}, Start: 22 * 60, End: 6 * 60, Breaks: []mes.Break{{Name: "B", Start: 5*60 + 50, Minutes: 20}}}
	if err := late.Validate(); err == nil || !strings.Contains(fieldsOf(err), "breaks[0].start") {
		t.Errorf("a break beyond the end of the night: %v", err)
	}
	late.Breaks[0].Minutes = 10
	if err := late.Validate(); err != nil {
		t.Errorf("a break to the end of the night: %v", err)
	}
}

func fieldsOf(err error) string {
	var e *mes.Error
	if !errors.As(err, &e) {
		return ""
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field)
	}
	return strings.Join(out, " ")
}
