package oee

import (
	"slices"
	"time"
)

// Category is where a moment of the clock goes. Every moment goes to exactly one.
type Category string

// The categories.
const (
	Off         Category = "off"            // no shift
	Unwatched   Category = "unwatched"      // the machine's log had not begun
	Break       Category = "break"          // a break of the shift
	PlannedDown Category = "planned_down"   // agreed before, by the calendar or at the machine
	Running     Category = "running"        // producing
	ShortStop   Category = "short_stop"     // a stop under the machine's threshold, within production time
	Setup       Category = "setup"          // made ready for another product
	Blocked     Category = "blocked"        // could not get rid of what it made
	Starved     Category = "starved"        // had nothing to work on
	Down        Category = "unplanned_down" // a fault
	Idle        Category = "idle"           // could have worked, and nothing says why it did not
	Unknown     Category = "unknown"        // planned to work, and nobody knows what it did
)

// Categories lists all of them, in the order in which they are told.
var Categories = []Category{Off, Unwatched, Break, PlannedDown, Running, ShortStop, Setup, Blocked, Starved, Down, Idle, Unknown}

// Times is how much of the clock went where.
type Times map[Category]time.Duration

// Add returns the sum of two.
func (t Times) Add(o Times) Times {
	out := Times{}
	for _, c := range Categories {
		if d := t[c] + o[c]; d != 0 {
			out[c] = d
		}
	}
	return out
}

// Clock is the sum of all categories: the length of the window.
func (t Times) Clock() time.Duration {
	var sum time.Duration
	for _, d := range t {
		sum += d
	}
	return sum
}

// PBT is the time in which the machine was planned to be busy: shifts without breaks and planned stops.
func (t Times) PBT() time.Duration {
	return t.APT() + t[Setup] + t[Blocked] + t[Starved] + t[Down] + t[Idle] + t[Unknown]
}

// APT is the time of production. Short stops are part of it; they show as a loss of effectiveness.
func (t Times) APT() time.Duration { return t[Running] + t[ShortStop] }

// AUPT is the time of production and of set-up.
func (t Times) AUPT() time.Duration { return t.APT() + t[Setup] }

// ADET is what stood between: faults, waiting for neighbours, and standing without a reason.
func (t Times) ADET() time.Duration { return t[Down] + t[Blocked] + t[Starved] + t[Idle] }

// Planned is what the calendar says of a slot.
type Planned string

// What it can say. Time that no slot covers is off shift.
const (
	PlannedShift Planned = "shift"
	PlannedBreak Planned = "break"
	PlannedStop  Planned = "planned"
	PlannedOff   Planned = "off"
)

// Slot is a stretch of the calendar: From belongs to it, Until does not.
type Slot struct {
	From, Until time.Time
	Planned     Planned
}

// Stretch is a stretch of a machine's log. State is one of running, idle, blocked, starved, setup, planned_down,
// unplanned_down and unknown; any other word counts as unknown. A zero Until lasts until the log's reader looks.
type Stretch struct {
	ID          int64
	From, Until time.Time
	State       string
}

// Piece is a stretch of the clock with where it goes. Stretch is the log's entry; 0 where there is none.
type Piece struct {
	From, Until time.Time
	Category    Category
	Stretch     int64
}

// Duration is how long the piece is.
func (p Piece) Duration() time.Duration { return p.Until.Sub(p.From) }

// Reading says how a log is read.
type Reading struct {
	From, Until time.Time
	// Began is when the machine's log began; zero means that it has none.
	Began time.Time
	// Short is the length under which a stop is a short one; 0 means that none is.
	Short time.Duration
	// Now ends a stretch that lasts.
	Now time.Time
}

// Lay lays a log over the calendar and tells for each moment of the window where it goes. The pieces follow each other from the
// window's start to its end. Where the log's stretches overlap, the one that began last counts; where it has a gap, the
// machine's state is unknown; before the log began, the machine was not watched. Where slots overlap, the first counts.
func Lay(log []Stretch, calendar []Slot, r Reading) []Piece {
	if !r.Until.After(r.From) {
		return nil
	}
	flat := flatten(log, r.Now)
	short := shortStops(flat, r.Short)
	at := cuts(flat, calendar, r)
	out := make([]Piece, 0, len(at))
	var slots, states cursor
	for i := range len(at) - 1 {
		p := Piece{From: at[i], Until: at[i+1]}
		slot := slots.at(len(calendar), p.From, func(i int) (time.Time, time.Time) { return calendar[i].From, calendar[i].Until })
		state := states.at(len(flat), p.From, func(i int) (time.Time, time.Time) { return flat[i].From, flat[i].Until })
		p.Category = r.place(p.From, calendar, slot, flat, state, short)
		if state >= 0 {
			p.Stretch = flat[state].ID
		}
		out = appendPiece(out, p)
	}
	return out
}

// place says where a moment goes: the calendar first, then the machine.
func (r Reading) place(at time.Time, calendar []Slot, slot int, flat []Stretch, state int, short map[int]bool) Category {
	planned := PlannedOff
	if slot >= 0 {
		planned = calendar[slot].Planned
	}
	switch {
	case planned != PlannedShift && planned != PlannedBreak && planned != PlannedStop:
		return Off
	case r.Began.IsZero() || at.Before(r.Began):
		return Unwatched
	case planned == PlannedBreak:
		return Break
	case planned == PlannedStop:
		return PlannedDown
	case state < 0:
		return Unknown
	case short[state]:
		return ShortStop
	}
	return categoryOf(flat[state].State)
}

func categoryOf(state string) Category {
	switch c := Category(state); c {
	case Running, Idle, Blocked, Starved, Setup, PlannedDown, Down:
		return c
	}
	return Unknown
}

// Sum adds up where the time of pieces went.
func Sum(pieces []Piece) Times {
	out := Times{}
	for _, p := range pieces {
		out[p.Category] += p.Duration()
	}
	return out
}

// appendPiece adds a piece, or makes the last one longer.
func appendPiece(out []Piece, p Piece) []Piece {
	if n := len(out) - 1; n >= 0 && out[n].Category == p.Category && out[n].Stretch == p.Stretch && out[n].Until.Equal(p.From) {
		out[n].Until = p.Until
		return out
	}
	return append(out, p)
}

// cuts are all moments in the window at which something changes, with its ends.
func cuts(flat []Stretch, calendar []Slot, r Reading) []time.Time {
	at := []time.Time{r.From, r.Until}
	add := func(ts ...time.Time) {
		for _, t := range ts {
			if t.After(r.From) && t.Before(r.Until) {
				at = append(at, t)
			}
		}
	}
	add(r.Began)
	for _, s := range flat {
		add(s.From, s.Until)
	}
	for _, s := range calendar {
		add(s.From, s.Until)
	}
	slices.SortFunc(at, time.Time.Compare)
	return slices.CompactFunc(at, time.Time.Equal)
}

// cursor walks along ranges in step with growing moments. Ranges that follow each other cost one look each.
type cursor struct{ next int }

// at finds the first range that holds the moment, -1 for none. Ranges that have ended before it are not looked at again, as
// long as all before them have, too.
func (c *cursor) at(n int, t time.Time, span func(int) (time.Time, time.Time)) int {
	for c.next < n {
		if _, until := span(c.next); until.After(t) {
			break
		}
		c.next++
	}
	for i := c.next; i < n; i++ {
		from, until := span(i)
		if !t.Before(from) && t.Before(until) {
			return i
		}
	}
	return -1
}
