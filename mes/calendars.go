package mes

import (
	"context"
	"slices"
	"time"
)

// CalendarView is when a site plans to work: its shifts as they are now, and what differs from them.
type CalendarView struct {
	Shifts  []Shift         `json:"shifts"`
	Entries []CalendarEntry `json:"entries"`
}

// Calendars keep when a site plans to work. Every change writes an audit row, and one that reaches into the past asks for the
// figures of that time to be stated again.
type Calendars interface {
	// Calendar reads all that a site's spans are made of. Codes: not_found.
	Calendar(ctx context.Context, site string) (Calendar, error)
	// Enter writes an entry. Codes: not_found (shift, equipment), unprocessable.
	Enter(ctx context.Context, by Actor, site string, e CalendarEntry, reason string) (CalendarEntry, error)
	// Strike takes an entry back. Codes: not_found.
	Strike(ctx context.Context, by Actor, site, id, reason string) error
}

// Latest are the shifts as they were last written, by their start.
func (c Calendar) Latest() []Shift {
	out := []Shift{}
	for _, s := range c.Patterns {
		out = slices.DeleteFunc(out, func(o Shift) bool { return o.ID == s.ID })
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Shift) int { return int(a.Start - b.Start) })
	return out
}

// lookBack is how far a shift is looked for that ran last: a plant's longest holiday.
const lookBack = 31 * 24 * time.Hour

// Run finds a shift of a place: the one that is named, or the one that runs now, or the last that ran.
func (c Calendar) Run(place []string, shift string, day Day, now time.Time) (ShiftRun, bool) {
	if shift != "" {
		noon := day.At(12*60, c.Zone)
		runs := c.Runs(place, noon.Add(-36*time.Hour), noon.Add(48*time.Hour))
		i := slices.IndexFunc(runs, func(r ShiftRun) bool { return r.Shift.ID == shift && r.Day == day })
		if i < 0 {
			return ShiftRun{}, false
		}
		return runs[i], true
	}
	runs := c.Runs(place, now.Add(-lookBack), now.Add(24*time.Hour))
	for _, r := range slices.Backward(runs) {
		if !r.From.After(now) {
			return r, true
		}
	}
	return ShiftRun{}, false
}
