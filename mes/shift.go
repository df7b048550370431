package mes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// TimeOfDay is a wall clock's time in minutes after midnight, 0 to 1439. Files and the API write it as 06:00.
type TimeOfDay int

// String writes it as 06:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText writes it as 06:00.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads 06:00.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil {
		return fmt.Errorf("%q is no time of day; write it as 06:00", text)
	}
	*t = TimeOfDay(at.Hour()*60 + at.Minute())
	return nil
}

// Day is a date without a time or a zone, written as 2026-11-24.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the date in a zone.
func DayOf(at time.Time, zone *time.Location) Day {
	y, m, d := at.In(zone).Date()
	return Day{y, m, d}
}

// Add counts days on.
func (d Day) Add(n int) Day {
	return DayOf(time.Date(d.Year, d.Month, d.Day+n, 12, 0, 0, 0, time.UTC), time.UTC)
}

// Before orders two dates.
func (d Day) Before(o Day) bool { return d.String() < o.String() }

// IsZero tells that no date is given.
func (d Day) IsZero() bool { return d == Day{} }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// At is the instant at which a wall clock in the zone shows the time on this day. A time that is skipped in spring is
// the instant of the skip; one that comes twice in autumn is the first of the two.
func (d Day) At(t TimeOfDay, zone *time.Location) time.Time {
	at := time.Date(d.Year, d.Month, d.Day, int(t)/60, int(t)%60, 0, 0, zone)
	if DayOf(at, zone) == d && at.Hour()*60+at.Minute() == int(t) {
		// time.Date does not say which of two it gives; the one before has the larger offset.
		if earlier := at.Add(-time.Hour); DayOf(earlier, zone) == d && earlier.Hour()*60+earlier.Minute() == int(t) {
			return earlier
		}
		return at
	}
	start, end := at.ZoneBounds()
	if !start.IsZero() && at.Sub(start) < 3*time.Hour {
		return start
	}
	return end
}

// String writes 2026-11-24, and nothing for no date.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes 2026-11-24.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-11-24; an empty text is no date.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	at, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is no date; write it as 2026-11-24", text)
	}
	*d = DayOf(at, time.UTC)
	return nil
}

// Shift is a pattern: on which days of the week people work from when to when, by the site's wall clock. A shift that
// ends at or before its start ends on the next day. It belongs to the day on which it begins.
type Shift struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Days are ISO weekdays, 1 Monday to 7 Sunday.
	Days  []int     `json:"days"`
	Start TimeOfDay `json:"start"`
	End   TimeOfDay `json:"end"`
	// Breaks are when nobody is planned to work during the shift.
	Breaks []Break `json:"breaks,omitempty"`
	// Equipment are the stations and lines that the shift works; none means all of the site.
	Equipment []string `json:"equipment,omitempty"`
	// From is the first day on which a shift is so; left out, a change holds from today on and a new shift always.
	From Day `json:"from,omitzero"`
}

// Validate names every field that can't be used.
func (s Shift) Validate() error {
	var f Faults
	f.Check(!blank(s.ID) && len(s.ID) <= 64, "id", "must have 1 to 64 characters")
	f.Check(!blank(s.Name) && len(s.Name) <= 100, "name", "must have 1 to 100 characters")
	f.Check(len(s.Days) > 0, "days", "name at least one; 1 is Monday, 7 is Sunday")
	for i, d := range s.Days {
		f.Check(d >= 1 && d <= 7, fmt.Sprintf("days[%d]", i), "must be from 1, Monday, to 7, Sunday")
		f.Check(!slices.Contains(s.Days[:i], d), fmt.Sprintf("days[%d]", i), "is named twice")
	}
	f.Check(s.Start >= 0 && s.Start < 24*60, "start", "must be a time of day")
	f.Check(s.End >= 0 && s.End < 24*60, "end", "must be a time of day")
	f.Check(len(s.Breaks) <= maxBreaks, "breaks", "are more than %d", maxBreaks)
	for i, b := range s.Breaks {
		b.validate(&f, fmt.Sprintf("breaks[%d]", i), s)
	}
	uniqueEquipment(&f, s.Equipment)
	return f.Err("The shift was not stored.")
}

// Span is a stretch of time: From belongs to it, Until does not.
type Span struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Holds tells whether the instant lies in the span.
func (s Span) Holds(at time.Time) bool { return !at.Before(s.From) && at.Before(s.Until) }

// On is the shift that begins on a day; ok is false on a day without one.
func (s Shift) On(d Day, zone *time.Location) (span Span, ok bool) {
	iso := (int(d.Weekday())+6)%7 + 1
	if !slices.Contains(s.Days, iso) {
		return Span{}, false
	}
	last := d
	if s.End <= s.Start {
		last = d.Add(1)
	}
	return Span{d.At(s.Start, zone), last.At(s.End, zone)}, true
}

// AssignedShift puts a person on a shift, on the days from From to Until inclusive; no Until means for good.
type AssignedShift struct {
	Shift Shift `json:"shift"`
	From  Day   `json:"from"`
	Until Day   `json:"until,omitzero"`
}

func (a AssignedShift) on(d Day, zone *time.Location) (Span, bool) {
	if d.Before(a.From) || !a.Until.IsZero() && a.Until.Before(d) {
		return Span{}, false
	}
	return a.Shift.On(d, zone)
}

// ShiftFacts are what on_shift asks of a person.
type ShiftFacts struct {
	Assigned []AssignedShift
	// Tolerance is how long before its start and after its end a shift's people may work.
	Tolerance time.Duration
	// Override is until when a supervisor lets the person work whatever the shifts say.
	Override *time.Time
}

// DefaultShiftTolerance holds at a site that sets none.
const DefaultShiftTolerance = 30 * time.Minute

// MaxShiftOverride bounds a supervisor's word: longer than a shift and its overtime is a new assignment.
const MaxShiftOverride = 12 * time.Hour

// offShift says why a person may not work now, and what to do; nothing when they may. A person whose assignments have
// all ended is off shift; one who never had any is not bound.
func (f ShiftFacts) offShift(now time.Time, zone *time.Location) (what, do string) {
	if len(f.Assigned) == 0 || f.Override != nil && now.Before(*f.Override) {
		return "", ""
	}
	today := DayOf(now, zone)
	var next *Span
	var name string
	for _, a := range f.Assigned {
		// The shift of the day before may still run; the tolerance reaches at most into the day after.
		for n := -2; n <= 8; n++ {
			span, ok := a.on(today.Add(n), zone)
			if !ok {
				continue
			}
			if (Span{span.From.Add(-f.Tolerance), span.Until.Add(f.Tolerance)}).Holds(now) {
				return "", ""
			}
			if span.From.After(now) && (next == nil || span.From.Before(next.From)) {
				next, name = &span, a.Shift.Name
			}
		}
	}
	do = "Call your supervisor, who can let you work outside your shift."
	if next == nil {
		return "You are on no shift today or in the next week.", do
	}
	return fmt.Sprintf("You are not on shift. Your next shift, %s, begins on %s.", name, next.From.In(zone).Format("Mon 2 Jan at 15:04 MST")), do
}

// OnShift tells that a person is expected at work: one of their shifts runs, its tolerance included, or a supervisor lets them
// work. Somebody without shifts may work at any time, and is never expected.
func (f ShiftFacts) OnShift(now time.Time, zone *time.Location) bool {
	what, _ := f.offShift(now, zone)
	return what == "" && (len(f.Assigned) > 0 || f.Override != nil && now.Before(*f.Override))
}

// ShiftAssignment is a person on a shift, as it is kept.
type ShiftAssignment struct {
	ID        string     `json:"id"`
	Account   string     `json:"account"`
	Name      string     `json:"name"` // of the person
	Shift     string     `json:"shift"`
	ShiftName string     `json:"shift_name"`
	From      Day        `json:"from"`
	Until     Day        `json:"until,omitzero"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	EndedBy   string     `json:"ended_by,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
}

// ShiftOverride is a supervisor's word that a person may work outside their shifts for a while.
type ShiftOverride struct {
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Until   time.Time `json:"until"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// ShiftPlan is all that a site's screen of shifts shows.
type ShiftPlan struct {
	Shifts      []Shift           `json:"shifts"`
	Assignments []ShiftAssignment `json:"assignments"` // those in force, by person
	Overrides   []ShiftOverride   `json:"overrides"`   // those that still hold
	Tolerance   int               `json:"tolerance_minutes"`
}

// CheckOverride names what a supervisor's word lacks.
func CheckOverride(hours float64, reason string) error {
	var f Faults
	f.Check(hours > 0 && hours <= MaxShiftOverride.Hours(), "hours", "must be above 0 and at most %g", MaxShiftOverride.Hours())
	f.Check(strings.TrimSpace(reason) != "", "reason", "is missing")
	return f.Err("Nobody was let in outside their shift.")
}

// Shifts keeps shift patterns and who works when. Every change writes an audit row.
type Shifts interface {
	// Plan reads a site's shifts, the assignments in force and the open overrides.
	Plan(ctx context.Context, site string) (ShiftPlan, error)
	// Facts reads what on_shift asks of a person.
	Facts(ctx context.Context, site, account string) (ShiftFacts, error)
	// Put stores or changes a shift. Codes: unprocessable.
	Put(ctx context.Context, by Actor, site string, s Shift, reason string) error
	// Tolerate sets the site's tolerance in minutes. Codes: unprocessable.
	Tolerate(ctx context.Context, by Actor, site string, minutes int, reason string) error
	// Assign puts a person on a shift; the same person, shift and first day again changes the last day. Codes: not_found
	// (shift, account), unprocessable.
	Assign(ctx context.Context, by Actor, site string, a ShiftAssignment, reason string) (ShiftAssignment, error)
	// Unassign ends an assignment as if it had never been. Codes: not_found.
	Unassign(ctx context.Context, by Actor, site, id, reason string) error
	// Override lets a person work outside their shifts for so many hours. Codes: not_found, unprocessable.
	Override(ctx context.Context, by Actor, site, account string, hours float64, reason string) (ShiftOverride, error)
}
