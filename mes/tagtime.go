package mes

import (
	"math"
	"time"
)

// BelievedAhead and BelievedLate are how far a device's clock may be ahead of the edge's, and how late a live value may come.
const (
	BelievedAhead = time.Minute
	BelievedLate  = time.Minute
)

// TagTime decides when a value was. A source time that is missing, ahead of its receipt or older than late is not believed:
// the value then counts at its receipt, and the source time is kept beside it. late of 0 means BelievedLate; a device that
// keeps values of its own while it is cut off is given more.
func TagTime(source, received time.Time, late time.Duration) (at time.Time, believed bool) {
	if late <= 0 {
		late = BelievedLate
	}
	if source.IsZero() || source.After(received.Add(BelievedAhead)) || source.Before(received.Add(-late)) {
		return received, false
	}
	return source, true
}

// ArrivalTime decides when a value was that the edge sent: the edge's own clock can be wrong as well.
func ArrivalTime(at, now time.Time) (when time.Time, believed bool) {
	if at.After(now.Add(MaxTagAhead)) || at.Before(now.Add(-MaxTagAge)) {
		return now, false
	}
	return at, true
}

// Beyond reports whether b differs from a by more than the dead band, or either is no number.
func Beyond(a, b *float64, band float64) bool {
	if a == nil || b == nil {
		return true
	}
	return !(math.Abs(*a-*b) <= band)
}

// TagLevel is what a series is made of.
type TagLevel string

// The levels.
const (
	LevelRaw    TagLevel = "raw"
	LevelMinute TagLevel = "minute"
	LevelHour   TagLevel = "hour"
)

// SeriesWidth is the width of a bucket that gives a window at most so many points, and the coarsest level that is fine enough
// for it. Widths over a minute are whole minutes, widths over an hour whole hours, so that roll-ups fall into one bucket each.
func SeriesWidth(from, until time.Time, points int) (time.Duration, TagLevel) {
	points = max(points, 1)
	w := max(until.Sub(from)/time.Duration(points), time.Millisecond)
	for _, step := range []struct {
		of    time.Duration
		level TagLevel
	}{{time.Hour, LevelHour}, {time.Minute, LevelMinute}} {
		if w >= step.of {
			return (w + step.of - 1).Truncate(step.of), step.level
		}
	}
	return (w + time.Millisecond - 1).Truncate(time.Millisecond), LevelRaw
}

// DayUTC gives the start of the day.
func DayUTC(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
