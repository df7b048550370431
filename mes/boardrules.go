package mes

import (
	"math"
	"slices"
	"time"
)

// BoardTime is when a line was, is and will be planned to work around an instant.
type BoardTime struct {
	Runs []ShiftRun
	// Pauses are breaks and planned stops within them.
	Pauses []Span
	Zone   *time.Location
}

// around is how far to both sides of an instant its time is laid out: a production day and the night that belongs to it.
const around = 60 * time.Hour

// TimeAround lays a place's calendar out around an instant. place is the equipment with all that it lies in.
func (c Calendar) TimeAround(place []string, now time.Time) BoardTime {
	t := BoardTime{Zone: c.Zone, Runs: c.Runs(place, now.Add(-around), now.Add(around))}
	for _, s := range c.Spans(place, now.Add(-around), now.Add(around)) {
		if s.Kind == PlannedBreak || s.Kind == PlannedDown {
			t.Pauses = append(t.Pauses, s.Span)
		}
	}
	return t
}

// Now is the shift that runs; where two overlap, the one that began later.
func (t BoardTime) Now(now time.Time) (ShiftRun, bool) {
	var found ShiftRun
	ok := false
	for _, r := range t.Runs {
		if r.Holds(now) {
			found, ok = r, true
		}
	}
	return found, ok
}

// Day is the production day that an instant belongs to: from the start of its first shift on. A shift that goes on after
// midnight belongs to the day on which it began; a day without shifts begins at midnight.
func (t BoardTime) Day(now time.Time) (from time.Time) {
	day := DayOf(now, t.Zone)
	from = day.At(0, t.Zone)
	for _, r := range t.Runs {
		if !r.From.After(now) && (r.Holds(now) || r.Day == day) {
			day = r.Day
		}
	}
	for _, r := range t.Runs {
		if r.Day == day && !r.From.After(now) {
			return r.From
		}
	}
	return from
}

// Work is the planned time within a span: shifts without their pauses, each moment once.
func (t BoardTime) Work(in Span) time.Duration {
	var sum time.Duration
	for _, s := range t.working(in) {
		sum += s.Until.Sub(s.From)
	}
	return sum
}

// working cuts a span into its planned stretches.
func (t BoardTime) working(in Span) []Span {
	var out []Span
	at := in.From
	for _, r := range t.Runs {
		s := Span{From: later(r.From, at), Until: earlier(r.Until, in.Until)}
		if s.From.Before(s.Until) {
			out = append(out, s)
			at = s.Until // what overlaps counts once
		}
	}
	for _, p := range t.Pauses {
		out = without(out, p)
	}
	return out
}

func without(spans []Span, p Span) []Span {
	var out []Span
	for _, s := range spans {
		for _, part := range []Span{{s.From, earlier(s.Until, p.From)}, {later(s.From, p.Until), s.Until}} {
			if part.From.Before(part.Until) {
				out = append(out, part)
			}
		}
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// PlannedTakt is how far apart a routing's pieces are planned to leave the line: the longest of its operations' planned times,
// shared by the stations that do it. Zero where nothing is planned.
func PlannedTakt(r Routing) time.Duration {
	var takt time.Duration
	for _, o := range r.Operations {
		each := time.Duration(o.PlannedS) * time.Second / time.Duration(max(len(o.Stations), 1))
		takt = max(takt, each)
	}
	return takt
}

// PackedLot is a lot that left the line.
type PackedLot struct {
	At     time.Time
	Pieces int // good ones
	Lost   int // scrapped ones
	// Clean tells that it went through without a defect, a repetition or rework.
	Clean bool
}

// taktOver is how many of the last packed lots the takt is taken from.
const taktOver = 10

// TaktNow is how far apart the last pieces were packed. While the next one is late the wait for it counts, so that a line that
// stands does not show the takt of its last good hour. Ok is false with fewer than two lots.
func TaktNow(lots []PackedLot, now time.Time) (time.Duration, bool) {
	var last []PackedLot
	for _, l := range lots {
		if l.Pieces > 0 {
			last = append(last, l)
		}
	}
	last = last[max(0, len(last)-taktOver):]
	if len(last) < 2 {
		return 0, false
	}
	pieces := 0
	for _, l := range last[1:] {
		pieces += l.Pieces
	}
	took := last[len(last)-1].At.Sub(last[0].At)
	mean := took / time.Duration(pieces)
	if wait := now.Sub(last[len(last)-1].At); wait > mean {
		return (took + wait) / time.Duration(pieces+1), true
	}
	return mean, true
}

// planned is how many pieces are planned from one instant to another, by takt.
func (t BoardTime) planned(from, until time.Time, takt time.Duration) int {
	return int(math.Floor(t.Work(Span{from, until}).Seconds() / takt.Seconds()))
}

// Hours lays a shift's packed pieces over its plan, by the hours of the clock. Plans are rounded along the shift, so that they
// add up to the shift's.
func (t BoardTime) Hours(r ShiftRun, lots []PackedLot, takt time.Duration, now time.Time) []BoardHour {
	out := []BoardHour{}
	before, beforeNow := 0, 0
	for from := r.From; from.Before(r.Until); {
		until := earlier(t.nextHour(from), r.Until)
		h := BoardHour{From: from, Until: until, Packed: packedIn(lots, Span{from, until})}
		if takt > 0 {
			whole, sofar := t.planned(r.From, until, takt), t.planned(r.From, earlier(until, later(from, now)), takt)
			plan, planNow := whole-before, max(0, sofar-beforeNow)
			h.Plan, before = &plan, whole
			if !now.Before(from) {
				h.PlanNow, beforeNow = &planNow, sofar
			}
		}
		out = append(out, h)
		from = until
	}
	return out
}

// nextHour is when the clock strikes next; not every zone is a whole hour away from another.
func (t BoardTime) nextHour(at time.Time) time.Time {
	local := at.In(t.Zone)
	return at.Add(time.Hour - time.Duration(local.Minute())*time.Minute - time.Duration(local.Second())*time.Second - time.Duration(local.Nanosecond()))
}

func packedIn(lots []PackedLot, in Span) int {
	n := 0
	for _, l := range lots {
		if in.Holds(l.At) {
			n += l.Pieces
		}
	}
	return n
}

// BoardStop is a stretch in which a station stood, cut to the production day.
type BoardStop struct {
	Station string
	Span
}

// BoardFacts are what a board's figures are made of.
type BoardFacts struct {
	Time BoardTime
	Now  time.Time
	Takt time.Duration // planned; zero for none
	Lots []PackedLot   // of the production day, in the order in which they left
	// Held are pieces in process by hold, InReview by station.
	Held, InReview []BoardLoss
	Stops          []BoardStop
	Short          time.Duration // up to how long a stop is a short one
}

// Figures fills in what the board reckons: packed against plan, takt, first pass, hours and losses.
func (b LineBoard) Figures(f BoardFacts) LineBoard {
	from := f.Time.Day(f.Now)
	for _, l := range f.Lots {
		b.Packed += l.Pieces
		b.Finished += l.Pieces + l.Lost
		if l.Clean {
			b.FirstPass += l.Pieces
		}
	}
	for _, h := range f.Held {
		b.Held += h.Pieces
	}
	if takt, ok := TaktNow(f.Lots, f.Now); ok {
		s := takt.Seconds()
		b.TaktS = &s
	}
	b.Hours, b.Lost = []BoardHour{}, []BoardLoss{}
	if r, runs := f.Time.Now(f.Now); runs {
		b.Shift = &BoardShift{Name: r.Shift.Name, From: r.From, Until: r.Until}
		b.Hours = f.Time.Hours(r, f.Lots, f.Takt, f.Now)
	}
	if f.Takt > 0 && len(f.Time.Runs) > 0 {
		s, plan := f.Takt.Seconds(), f.Time.planned(from, f.Now, f.Takt)
		b.TaktPlannedS, b.Plan = &s, &plan
		b.Lost = f.Losses(plan - b.Packed)
	}
	return b
}

// maxLosses is how many lines a board has for what was lost.
const maxLosses = 4

// Losses explain the gap between plan and output: pieces that are held, scrapped or in review are counted; what is left is
// shared out to stops, at most what the planned takt would have made in their time; the rest is unexplained. The lines always
// add up to the gap. No gap, no losses.
func (f BoardFacts) Losses(gap int) []BoardLoss {
	if gap <= 0 {
		return []BoardLoss{}
	}
	all := slices.Concat(f.Held, f.scrapped(), f.InReview, f.stopped())
	out := []BoardLoss{}
	for _, l := range all {
		l.Pieces = min(l.Pieces, gap)
		if l.Pieces > 0 {
			out = append(out, l)
			gap -= l.Pieces
		}
	}
	slices.SortStableFunc(out, func(a, b BoardLoss) int { return b.Pieces - a.Pieces })
	if most := maxLosses; len(out) > most || gap > 0 && len(out) == most {
		for _, l := range out[most-1:] {
			gap += l.Pieces
		}
		out = out[:most-1]
	}
	if gap > 0 {
		out = append(out, BoardLoss{Kind: LossOther, Pieces: gap})
	}
	return out
}

func (f BoardFacts) scrapped() []BoardLoss {
	n := 0
	for _, l := range f.Lots {
		n += l.Lost
	}
	return []BoardLoss{{Kind: LossScrap, Pieces: n}}
}

// stopped turns the time that stations stood into pieces, the longest first; stops up to the short one's length go together.
// Only time in which work was planned counts.
func (f BoardFacts) stopped() []BoardLoss {
	if f.Takt <= 0 {
		return nil
	}
	var short time.Duration
	var order []string
	long := map[string]time.Duration{}
	for _, s := range f.Stops {
		work := f.Time.Work(s.Span)
		if s.Until.Sub(s.From) <= f.Short {
			short += work
			continue
		}
		if _, seen := long[s.Station]; !seen {
			order = append(order, s.Station)
		}
		long[s.Station] += work
	}
	var out []BoardLoss
	for _, station := range order {
		out = append(out, BoardLoss{Kind: LossDown, Subject: station, Pieces: int(math.Round(long[station].Seconds() / f.Takt.Seconds()))})
	}
	slices.SortStableFunc(out, func(a, b BoardLoss) int { return b.Pieces - a.Pieces })
	return append(out, BoardLoss{Kind: LossShort, Pieces: int(math.Round(short.Seconds() / f.Takt.Seconds()))})
}
