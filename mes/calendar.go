package mes

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Break is a time within a shift in which nobody is planned to work.
type Break struct {
	Name    string    `json:"name"`
	Start   TimeOfDay `json:"start"`
	Minutes int       `json:"minutes"`
}

const (
	maxBreaks      = 12
	maxPlannedDown = 7 * 24 * 60 // minutes of one planned stop
)

func (b Break) validate(f *Faults, at string, s Shift) {
	f.Check(!blank(b.Name) && len(b.Name) <= 100, at+".name", "must have 1 to 100 characters")
	f.Check(b.Minutes > 0 && b.Minutes <= 24*60, at+".minutes", "must be from 1 to 1440")
	f.Check(b.Start >= 0 && b.Start < 24*60, at+".start", "must be a time of day")
	// Counted from the shift's start, so that a night's break after midnight comes after its start.
	length := (int(s.End-s.Start)+24*60-1)%(24*60) + 1
	after := (int(b.Start-s.Start) + 24*60) % (24 * 60)
	f.Check(after+b.Minutes <= length, at+".start", "the break does not lie within the shift")
}

func uniqueEquipment(f *Faults, ids []string) {
	for i, id := range ids {
		f.Check(!blank(id), fmt.Sprintf("equipment[%d]", i), "is missing")
		f.Check(!slices.Contains(ids[:i], id), fmt.Sprintf("equipment[%d]", i), "is named twice")
	}
}

// EntryOfCalendar says what an entry in the calendar is.
type EntryOfCalendar string

// The kinds of entry.
const (
	CalendarHoliday EntryOfCalendar = "holiday"      // no shift begins on these days
	CalendarExtra   EntryOfCalendar = "extra_shift"  // a shift works on a day on which its pattern has none
	CalendarPlanned EntryOfCalendar = "planned_down" // agreed before: maintenance, trials, meetings
)

// CalendarEntry is what differs from the patterns of shifts: days without, days with one more, and planned stops.
type CalendarEntry struct {
	ID   string          `json:"id"`
	Kind EntryOfCalendar `json:"kind" enum:"holiday,extra_shift,planned_down"`
	Name string          `json:"name"`
	// Equipment are the stations and lines that it is about; none means all of the site.
	Equipment []string `json:"equipment,omitempty"`
	// Day is the first day, Until the last. Without a last day a weekly stop goes on for good and all else is of one day.
	Day   Day `json:"day"`
	Until Day `json:"until,omitzero"`
	// Shift is the shift that works on the day; its own times hold.
	Shift string `json:"shift,omitempty"`
	// Weekdays make a planned stop weekly; 1 is Monday.
	Weekdays []int     `json:"weekdays,omitempty"`
	Start    TimeOfDay `json:"start,omitempty"`
	Minutes  int       `json:"minutes,omitempty"`
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// Validate names every field that can't be used.
func (e CalendarEntry) Validate() error {
	var f Faults
	f.Check(slices.Contains([]EntryOfCalendar{CalendarHoliday, CalendarExtra, CalendarPlanned}, e.Kind), "kind", "must be holiday, extra_shift or planned_down")
	f.Check(!blank(e.Name) && len(e.Name) <= 100, "name", "must have 1 to 100 characters")
	f.Check(!e.Day.IsZero(), "day", "is missing")
	f.Check(e.Until.IsZero() || !e.Until.Before(e.Day), "until", "is before the first day")
	f.Check(e.Kind == CalendarExtra || e.Shift == "", "shift", "only an extra shift names one")
	f.Check(e.Kind != CalendarExtra || !blank(e.Shift), "shift", "is missing")
	planned := e.Kind == CalendarPlanned
	f.Check(!planned || e.Minutes > 0 && e.Minutes <= maxPlannedDown, "minutes", "must be from 1 to %d", maxPlannedDown)
	f.Check(planned || e.Minutes == 0 && e.Start == 0, "minutes", "only a planned stop has a length")
	f.Check(e.Start >= 0 && e.Start < 24*60, "start", "must be a time of day")
	f.Check(planned || len(e.Weekdays) == 0, "weekdays", "only a planned stop is weekly")
	for i, d := range e.Weekdays {
		f.Check(d >= 1 && d <= 7, fmt.Sprintf("weekdays[%d]", i), "must be from 1, Monday, to 7, Sunday")
	}
	uniqueEquipment(&f, e.Equipment)
	return f.Err("The calendar is as it was.")
}

// last is the last day; ok is false for an entry without an end.
func (e CalendarEntry) last() (Day, bool) {
	switch {
	case !e.Until.IsZero():
		return e.Until, true
	case len(e.Weekdays) > 0:
		return Day{}, false
	}
	return e.Day, true
}

// on tells whether the entry is about a day.
func (e CalendarEntry) on(d Day) bool {
	if d.Before(e.Day) {
		return false
	}
	if last, ends := e.last(); ends && last.Before(d) {
		return false
	}
	return len(e.Weekdays) == 0 || slices.Contains(e.Weekdays, isoWeekday(d))
}

// Touches is the span of time that an entry can change, as far as until; figures in it are no longer what they were.
func (e CalendarEntry) Touches(zone *time.Location, until time.Time) Span {
	s := Span{From: e.Day.At(0, zone), Until: until}
	if last, ends := e.last(); ends {
		// A shift that begins on the last day may end on the next.
		if end := last.Add(2).At(0, zone).Add(time.Duration(e.Minutes) * time.Minute); end.Before(until) {
			s.Until = end
		}
	}
	return s
}

func isoWeekday(d Day) int { return (int(d.Weekday())+6)%7 + 1 }

// Calendar is when a site plans to work.
type Calendar struct {
	Zone *time.Location
	// Patterns are the shifts, in the order in which they were written down. Several may have the same ID: of those that
	// hold on a day, the one that was written last counts, so that what was changed today leaves last month as it was.
	Patterns []Shift
	Entries  []CalendarEntry
}

// PlannedKind says what a stretch of the calendar is.
type PlannedKind string

// The kinds.
const (
	PlannedOff   PlannedKind = "off"     // no shift
	PlannedShift PlannedKind = "shift"   // somebody is planned to work
	PlannedBreak PlannedKind = "break"   // a break of a shift
	PlannedDown  PlannedKind = "planned" // a planned stop within a shift
)

// PlannedSpan is a stretch of the calendar that is all of one kind.
type PlannedSpan struct {
	Span
	Kind PlannedKind `json:"kind"`
	// Shift is the shift's ID, ShiftName its name and Day the day on which it began; empty without one.
	Shift     string `json:"shift,omitempty"`
	ShiftName string `json:"shift_name,omitempty"`
	Day       Day    `json:"day,omitzero"`
	// Name is the break's, the planned stop's or the holiday's.
	Name string `json:"name,omitempty"`
}

// ShiftRun is one shift on one day.
type ShiftRun struct {
	Span
	Shift Shift `json:"shift"`
	Day   Day   `json:"day"`
}

// about tells whether something that names equipment is about a place, given with all that it lies in.
func about(equipment, place []string) bool {
	return len(equipment) == 0 || slices.ContainsFunc(place, func(id string) bool { return slices.Contains(equipment, id) })
}

// maxReach is how many days before a window something may have begun that still reaches into it.
const maxReach = maxPlannedDown/(24*60) + 1

// Runs lists the shifts of a place that have time in a window, by their start. place is the equipment with all that it lies
// in. Where two overlap, the one that begins later counts from its start on.
func (c Calendar) Runs(place []string, from, until time.Time) []ShiftRun {
	var out []ShiftRun
	last := DayOf(until, c.Zone).Add(1)
	// A shift of the day before may be cut short by one that has ended by the window's start, and one in it by one that begins
	// after its end, so all of them are looked at.
	for d := DayOf(from, c.Zone).Add(-3); !last.Before(d); d = d.Add(1) {
		for _, s := range c.on(d, place) {
			if span, ok := c.spanOf(s, d, place); ok {
				out = append(out, ShiftRun{Span: span, Shift: s, Day: d})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ShiftRun) int { return a.From.Compare(b.From) })
	for i := range len(out) - 1 {
		if out[i].Until.After(out[i+1].From) {
			out[i].Until = out[i+1].From
		}
	}
	return slices.DeleteFunc(out, func(r ShiftRun) bool {
		return !r.Until.After(r.From) || !r.Until.After(from) || !r.From.Before(until)
	})
}

// on lists the patterns that hold on a day, one of each ID.
func (c Calendar) on(d Day, place []string) []Shift {
	var out []Shift
	for _, s := range c.Patterns {
		if d.Before(s.From) {
			continue
		}
		out = slices.DeleteFunc(out, func(o Shift) bool { return o.ID == s.ID })
		out = append(out, s)
	}
	return slices.DeleteFunc(out, func(s Shift) bool { return !about(s.Equipment, place) })
}

// spanOf is when a shift works on a day, with holidays and extra shifts; an extra shift works on a holiday, too.
func (c Calendar) spanOf(s Shift, d Day, place []string) (Span, bool) {
	usual, extra := slices.Contains(s.Days, isoWeekday(d)), false
	for _, e := range c.Entries {
		if !e.on(d) || !about(e.Equipment, place) {
			continue
		}
		switch e.Kind {
		case CalendarHoliday:
			usual = false
		case CalendarExtra:
			extra = extra || e.Shift == s.ID
		}
	}
	if !usual && !extra {
		return Span{}, false
	}
	s.Days = []int{isoWeekday(d)}
	span, ok := s.On(d, c.Zone)
	return span, ok && span.Until.After(span.From)
}

// part is one stretch that is laid over the shifts.
type part struct {
	Span
	kind PlannedKind
	name string
}

// breaks are the breaks of a shift as they fall on its day.
func (r ShiftRun) breaks(zone *time.Location) []part {
	var out []part
	for _, b := range r.Shift.Breaks {
		day := r.Day
		if b.Start < r.Shift.Start {
			day = day.Add(1)
		}
		from := day.At(b.Start, zone)
		out = append(out, part{Span{from, from.Add(time.Duration(b.Minutes) * time.Minute)}, PlannedBreak, b.Name})
	}
	return out
}

// stops are the planned stops of a place that reach into a window.
func (c Calendar) stops(place []string, from, until time.Time) []part {
	var out []part
	last := DayOf(until, c.Zone)
	for _, e := range c.Entries {
		if e.Kind != CalendarPlanned || !about(e.Equipment, place) {
			continue
		}
		for d := DayOf(from, c.Zone).Add(-maxReach); !last.Before(d); d = d.Add(1) {
			if !e.on(d) {
				continue
			}
			start := d.At(e.Start, c.Zone)
			if s := (Span{start, start.Add(time.Duration(e.Minutes) * time.Minute)}); s.Until.After(from) && s.From.Before(until) {
				out = append(out, part{s, PlannedDown, e.Name})
			}
		}
	}
	return out
}

// Spans lays a window of a place out: the spans follow each other without gap or overlap from its start to its end. Within a
// shift a break goes before a planned stop; outside of shifts there is nothing to stop.
func (c Calendar) Spans(place []string, from, until time.Time) []PlannedSpan {
	if !until.After(from) {
		return nil
	}
	runs := c.Runs(place, from, until)
	var over []part
	for _, r := range runs {
		for _, b := range r.breaks(c.Zone) {
			// The shift may have been cut short by the next one, whose time it is then.
			if b.Until.After(r.Until) {
				b.Until = r.Until
			}
			if b.Until.After(b.From) {
				over = append(over, b)
			}
		}
	}
	over = append(over, c.stops(place, from, until)...)
	var out []PlannedSpan
	for _, s := range pieces(from, until, runs, over) {
		out = append(out, c.label(s, runs, over, place))
	}
	return mergedSpans(out)
}

// pieces cuts a window wherever something begins or ends.
func pieces(from, until time.Time, runs []ShiftRun, over []part) []Span {
	at := []time.Time{from, until}
	add := func(s Span) {
		for _, t := range []time.Time{s.From, s.Until} {
			if t.After(from) && t.Before(until) {
				at = append(at, t)
			}
		}
	}
	for _, r := range runs {
		add(r.Span)
	}
	for _, p := range over {
		add(p.Span)
	}
	slices.SortFunc(at, time.Time.Compare)
	at = slices.CompactFunc(at, time.Time.Equal)
	out := make([]Span, len(at)-1)
	for i := range out {
		out[i] = Span{at[i], at[i+1]}
	}
	return out
}

// label says what a piece is; nothing begins or ends within it.
func (c Calendar) label(s Span, runs []ShiftRun, over []part, place []string) PlannedSpan {
	out := PlannedSpan{Span: s, Kind: PlannedOff}
	// The runs follow each other, so the last that begins by then is the only one that can hold the piece.
	i, found := slices.BinarySearchFunc(runs, s.From, func(r ShiftRun, t time.Time) int { return r.From.Compare(t) })
	if !found {
		i--
	}
	if i < 0 || !runs[i].Holds(s.From) {
		out.Name = c.holiday(DayOf(s.From, c.Zone), place)
		return out
	}
	r := runs[i]
	out.Kind, out.Shift, out.ShiftName, out.Day = PlannedShift, r.Shift.ID, r.Shift.Name, r.Day
	for _, p := range over {
		if p.Holds(s.From) && (out.Kind == PlannedShift || p.kind == PlannedBreak) {
			out.Kind, out.Name = p.kind, p.name
		}
	}
	return out
}

func (c Calendar) holiday(d Day, place []string) string {
	for _, e := range c.Entries {
		if e.Kind == CalendarHoliday && e.on(d) && about(e.Equipment, place) {
			return e.Name
		}
	}
	return ""
}

// mergedSpans puts neighbours together that are the same.
func mergedSpans(in []PlannedSpan) []PlannedSpan {
	var out []PlannedSpan
	for _, s := range in {
		if n := len(out) - 1; n >= 0 && out[n].sameAs(s) {
			out[n].Until = s.Until
			continue
		}
		out = append(out, s)
	}
	return out
}

func (p PlannedSpan) sameAs(o PlannedSpan) bool {
	return cmp.Compare(p.Kind, o.Kind) == 0 && p.Shift == o.Shift && p.Day == o.Day && p.Name == o.Name && p.Until.Equal(o.From)
}
