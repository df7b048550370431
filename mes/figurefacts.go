package mes

import (
	"cmp"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes/oee"
)

// DefaultShortStop is how long a stop must be at least to be told one by one, at a machine that says nothing else.
const DefaultShortStop = time.Minute

// FigureFacts is all that figures of one machine in a window are made of, as the records have it.
type FigureFacts struct {
	Station string
	Name    string
	Line    string
	// Place is the station with all that it lies in.
	Place []string
	// Began is when its log begins; zero without one.
	Began time.Time
	// Short is the length under which a stop is a short one.
	Short time.Duration
	Log   []StateStretch
	// Counted tells that the machine counts what it makes; Counts are its minutes. The lots' visits count at all others.
	Counted bool
	Counts  []MinuteCount
	Visits  []MachineVisit
}

// MinuteCount is what a machine's counters say of one minute.
type MinuteCount struct {
	Minute   time.Time
	Produced Decimal
	Rejected Decimal
}

// MachineVisit is a lot's visit to a station, with what became of its pieces.
type MachineVisit struct {
	Lot       string
	Operation string
	Visit     int
	Product   string
	Order     string
	Serial    bool
	Rework    bool
	State     string
	Started   time.Time
	Ended     time.Time // zero while it lasts
	// Pieces came in; Within were scrapped in the visit, After between its end and the next visit.
	Pieces, Within, After Decimal
	// Again is when the lot was sent back to the same operation: then this visit was for nothing. Zero for never.
	Again time.Time
	// PRU is the planned run time of a piece in seconds; nil without one.
	PRU *Decimal
	// First tells that the operation is the first of the routing. Before and Next are the stations of its neighbours.
	First        bool
	Before, Next string
}

// batch is what the visit made, at its end.
//
// A visit's pieces are good once it is completed, unless they were scrapped before the next visit began, or sent back here. A
// piece that fails a test counts as not good where it was found, and where it is sent back to: the work of both was for nothing.
func (v MachineVisit) batch() oee.Batch {
	b := oee.Batch{At: v.Ended, PRU: v.PRU, Made: v.Pieces, Took: v.Ended.Sub(v.Started)}
	switch {
	case v.State == "scrapped":
		b.Scrap = v.Pieces
	case v.State == "completed" && v.Again.IsZero():
		b.Scrap = decimalMin(v.Pieces, v.Within.Add(v.After))
		b.Good = v.Pieces.Sub(b.Scrap)
	default:
		b.Scrap = decimalMin(v.Pieces, v.Within)
		b.Rework = v.Pieces.Sub(b.Scrap)
	}
	b.Part = v.Serial && v.Visit == 1 && !v.Rework
	b.Passed = b.Part && b.Good.Equal(v.Pieces)
	return b
}

// late is what a visit adds to a machine that counts by itself: whether a part passed, and pieces that turned out bad after the
// machine had counted them as good.
func (v MachineVisit) late(b oee.Batch) oee.Batch {
	out := oee.Batch{At: b.At, PRU: v.PRU, Part: b.Part, Passed: b.Passed}
	switch {
	case v.State != "completed":
	case !v.Again.IsZero():
		out.Rework = v.Pieces.Sub(decimalMin(v.Pieces, v.Within))
		out.Good = out.Rework.Neg()
	case v.After.IsPositive():
		out.Scrap = v.After
		out.Good = v.After.Neg()
	}
	return out
}

func decimalMin(a, b Decimal) Decimal {
	if a.LessThan(b) {
		return a
	}
	return b
}

// is tells whether a visit is of a product and an order; empty asks for all.
func (v MachineVisit) is(product, order string) bool {
	return (product == "" || v.Product == product) && (order == "" || v.Order == order)
}

// MachineWindow is one machine's window: where its time went, and what its figures are made of.
type MachineWindow struct {
	Facts  FigureFacts
	Pieces []oee.Piece
	Sums   oee.Sums
	// Made are the batches that count, in order of time.
	Made     []oee.Batch
	reading  oee.Reading
	calendar []oee.Slot
	product  string
	order    string
}

// Measure lays the machine's log and what it made over the calendar. product and order narrow it to the time in which their
// lots were the last to be begun at the machine; empty takes all.
func (m FigureFacts) Measure(c Calendar, from, until, now time.Time, product, order string) MachineWindow {
	out := MachineWindow{Facts: m, product: product, order: order, reading: oee.Reading{From: from, Until: until, Began: m.Began, Short: m.Short, Now: now}}
	for _, s := range c.Spans(m.Place, from, until) {
		out.calendar = append(out.calendar, oee.Slot{From: s.From, Until: s.Until, Planned: oee.Planned(s.Kind)})
	}
	if product != "" || order != "" {
		out.calendar = cutTo(out.calendar, m.turns(until, product, order))
	}
	out.Pieces = oee.Lay(m.stretches(), out.calendar, out.reading)
	out.Sums.Times = oee.Sum(out.Pieces)
	out.Made = m.batches(product, order)
	out.Sums.Count(out.Made, out.calendar, out.reading)
	out.Sums.Busy, out.Sums.Order = m.busy(out, product, order), m.orderTime(from, until, product, order)
	for _, v := range m.Visits {
		if v.First && v.is(product, order) && !v.Ended.IsZero() && !v.Ended.Before(from) && v.Ended.Before(until) {
			out.Sums.First = out.Sums.First.Add(v.Pieces)
		}
	}
	return out
}

func (m FigureFacts) stretches() []oee.Stretch {
	out := make([]oee.Stretch, len(m.Log))
	for i, s := range m.Log {
		out[i] = oee.Stretch{ID: s.ID, From: s.From, State: string(s.State)}
		if s.Until != nil {
			out[i].Until = *s.Until
		}
	}
	return out
}

// batches are what was made. A machine's own counters go before the lots'; which product they count is what was begun last.
func (m FigureFacts) batches(product, order string) []oee.Batch {
	var out []oee.Batch
	for _, v := range m.Visits {
		if v.Ended.IsZero() || !v.is(product, order) {
			continue
		}
		b := v.batch()
		if m.Counted {
			b = v.late(b)
		}
		out = append(out, b)
	}
	for _, c := range m.Counts {
		v, ok := m.at(c.Minute.Add(time.Minute))
		if (product != "" || order != "") && (!ok || !v.is(product, order)) {
			continue
		}
		out = append(out, oee.Batch{At: c.Minute, Made: c.Produced, Good: c.Produced.Sub(c.Rejected), Scrap: c.Rejected, PRU: v.PRU})
	}
	slices.SortStableFunc(out, func(a, b oee.Batch) int { return a.At.Compare(b.At) })
	return out
}

// at is the visit that was begun last by a moment.
func (m FigureFacts) at(t time.Time) (MachineVisit, bool) {
	var out MachineVisit
	found := false
	for _, v := range m.Visits {
		if !v.Started.After(t) && (!found || !v.Started.Before(out.Started)) {
			out, found = v, true
		}
	}
	return out, found
}

// turns are the times in which lots of a product or an order were the last to be begun, from the first of them on.
func (m FigureFacts) turns(until time.Time, product, order string) []Span {
	visits := slices.Clone(m.Visits)
	slices.SortStableFunc(visits, func(a, b MachineVisit) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Lot, b.Lot)) })
	var out []Span
	for i, v := range visits {
		if !v.is(product, order) {
			continue
		}
		s := Span{v.Started, until}
		if i+1 < len(visits) {
			s.Until = visits[i+1].Started
		} else if !v.Ended.IsZero() {
			s.Until = v.Ended.Add(time.Microsecond) // what it made was made at its very end, and a span's end does not belong to it
		}
		if n := len(out) - 1; n >= 0 && !out[n].Until.Before(s.From) {
			out[n].Until = s.Until
			continue
		}
		out = append(out, s)
	}
	return out
}

// cutTo cuts a calendar to spans; the rest of it is off.
func cutTo(slots []oee.Slot, spans []Span) []oee.Slot {
	var out []oee.Slot
	for _, s := range slots {
		for _, t := range spans {
			from, until := laterOf(s.From, t.From), earlierOf(s.Until, t.Until)
			if until.After(from) {
				out = append(out, oee.Slot{From: from, Until: until, Planned: s.Planned})
			}
		}
	}
	return out
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// visited are the spans of visits within a window, joined.
func (m FigureFacts) visited(from, until time.Time, product, order string) []Span {
	var out []Span
	for _, v := range m.Visits {
		if !v.is(product, order) {
			continue
		}
		end := v.Ended
		if end.IsZero() {
			end = until
		}
		if s := (Span{laterOf(v.Started, from), earlierOf(end, until)}); s.Until.After(s.From) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return a.From.Compare(b.From) })
	var joined []Span
	for _, s := range out {
		if n := len(joined) - 1; n >= 0 && !s.From.After(joined[n].Until) {
			joined[n].Until = laterOf(joined[n].Until, s.Until)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// busy is AUBT: the planned time in which an order's lot was in work here.
func (m FigureFacts) busy(out MachineWindow, product, order string) time.Duration {
	visited := m.visited(out.reading.From, out.reading.Until, product, order)
	var sum time.Duration
	next := 0
	for _, p := range out.Pieces {
		if p.Category == oee.Off || p.Category == oee.Unwatched || p.Category == oee.Break || p.Category == oee.PlannedDown {
			continue
		}
		for next < len(visited) && !visited[next].Until.After(p.From) {
			next++
		}
		for i := next; i < len(visited) && visited[i].From.Before(p.Until); i++ {
			if d := earlierOf(visited[i].Until, p.Until).Sub(laterOf(visited[i].From, p.From)); d > 0 {
				sum += d
			}
		}
	}
	return sum
}

// orderTime is AOET: from each order's first start to its last end here, within the window, added up.
func (m FigureFacts) orderTime(from, until time.Time, product, order string) time.Duration {
	spans := map[string]Span{}
	for _, v := range m.Visits {
		if v.Order == "" || !v.is(product, order) {
			continue
		}
		end := v.Ended
		if end.IsZero() {
			end = until
		}
		s, seen := spans[v.Order]
		if !seen {
			s = Span{v.Started, end}
		}
		spans[v.Order] = Span{earlierOf(s.From, v.Started), laterOf(s.Until, end)}
	}
	var sum time.Duration
	for _, s := range spans {
		if d := earlierOf(s.Until, until).Sub(laterOf(s.From, from)); d > 0 {
			sum += d
		}
	}
	return sum
}

// FirstPass counts serialised parts once, over several machines: those that were finished for the first time at any of them in
// the window (IP), and of these the ones that were good at all of them (GP).
func FirstPass(windows []MachineWindow) (passed, parts int64) {
	good := map[string]bool{}
	for _, w := range windows {
		for _, v := range w.Facts.Visits {
			b := v.batch()
			if v.Ended.IsZero() || !b.Part || !v.is(w.product, w.order) || !w.counts(b) {
				continue
			}
			before, seen := good[v.Lot]
			good[v.Lot] = b.Passed && (before || !seen)
		}
	}
	for _, ok := range good {
		parts++
		if ok {
			passed++
		}
	}
	return passed, parts
}

// counts tells whether a batch is in the window's figures.
func (w MachineWindow) counts(b oee.Batch) bool {
	var s oee.Sums
	b.Made = One
	s.Count([]oee.Batch{b}, w.calendar, w.reading)
	return s.Made.IsPositive()
}
