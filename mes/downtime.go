package mes

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Stop is a stretch in which a machine did not run although it was not idle of itself: down, in set-up, blocked or starved.
type Stop struct {
	StateStretch
	Name string `json:"name"`
	// Product is what was made at the station before it stopped; empty when nothing was.
	Product string `json:"product,omitempty"`
	Shift   string `json:"shift,omitempty"` // in which it began, by the site's shifts
	Seconds int64  `json:"seconds"`         // until now, for one that lasts
	// Micro says that it was shorter than the machine's threshold: nobody is asked about it.
	Micro bool `json:"micro"`
	// Asks says that it needs a reason and has none.
	Asks bool `json:"asks"`
	// Proposed is the reason that its alarm stands for.
	Proposed string `json:"proposed,omitempty"`
}

// StopStates are the states that are stops.
var StopStates = []MachineState{MachineUnplannedDown, MachinePlannedDown, MachineSetup, MachineBlocked, MachineStarved}

// DowntimeFilter narrows stops. Zero fields do not narrow; the window is needed.
type DowntimeFilter struct {
	Paging
	Site        string
	From, Until time.Time
	Stations    []string
	Line        string
	Product     string
	Shift       string
	States      []MachineState
	Reason      string
	Unexplained bool // only those that ask for their reason
	Micro       bool // micro-stops, too
}

// ParetoBy says what a Pareto adds up.
type ParetoBy string

// What stops are added up by.
const (
	ParetoByReason  ParetoBy = "reason"
	ParetoByStation ParetoBy = "station"
	ParetoByProduct ParetoBy = "product"
	ParetoByShift   ParetoBy = "shift"
)

// ParetoRow is one bar.
type ParetoRow struct {
	// Key is a reason's code, a station, a product or a shift. Empty stands for stops without one: unexplained, where it is about
	// reasons.
	Key     string       `json:"key"`
	State   MachineState `json:"state,omitempty"` // for reasons: what the time counts as
	Stops   int          `json:"stops"`
	Seconds int64        `json:"seconds"`
	// Share is of all seconds in the answer, and Cumulated of this row and those above it, both 0 to 1.
	Share     float64 `json:"share"`
	Cumulated float64 `json:"cumulated"`
}

// Pareto is where the time went.
type Pareto struct {
	From         time.Time   `json:"from"`
	Until        time.Time   `json:"until"`
	By           ParetoBy    `json:"by"`
	Rows         []ParetoRow `json:"rows"`
	Stops        int         `json:"stops"`
	Seconds      int64       `json:"seconds"`
	MicroStops   int         `json:"micro_stops"`
	MicroSeconds int64       `json:"micro_seconds"` // kept apart from the rows
}

// AddUp makes the Pareto of stops that are cut to its window. Micro-stops are counted apart. The longest comes first; what is
// level is in the order of its key.
func AddUp(stops []Stop, by ParetoBy, from, until time.Time) Pareto {
	out := Pareto{From: from, Until: until, By: by, Rows: []ParetoRow{}}
	type place struct {
		key   string
		state MachineState
	}
	at := map[place]int{}
	for _, s := range stops {
		if s.Micro {
			out.MicroStops, out.MicroSeconds = out.MicroStops+1, out.MicroSeconds+s.Seconds
			continue
		}
		p := place{key: s.key(by)}
		if by == ParetoByReason {
			p.state = s.State
		}
		i, known := at[p]
		if !known {
			i, at[p] = len(out.Rows), len(out.Rows)
			out.Rows = append(out.Rows, ParetoRow{Key: p.key, State: p.state})
		}
		out.Rows[i].Stops++
		out.Rows[i].Seconds += s.Seconds
		out.Stops, out.Seconds = out.Stops+1, out.Seconds+s.Seconds
	}
	slices.SortStableFunc(out.Rows, func(a, b ParetoRow) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(b.Stops, a.Stops), cmp.Compare(a.Key, b.Key), cmp.Compare(a.State, b.State))
	})
	var sum int64
	for i := range out.Rows {
		sum += out.Rows[i].Seconds
		if out.Seconds > 0 {
			out.Rows[i].Share, out.Rows[i].Cumulated = float64(out.Rows[i].Seconds)/float64(out.Seconds), float64(sum)/float64(out.Seconds)
		}
	}
	return out
}

func (s Stop) key(by ParetoBy) string {
	switch by {
	case ParetoByStation:
		return s.Station
	case ParetoByProduct:
		return s.Product
	case ParetoByShift:
		return s.Shift
	}
	return s.Reason
}

// ByShift cuts a stop where the shifts change, so that each shift answers for its part. Time without a shift has no shift's name.
func (s Stop) ByShift(shifts []Shift, zone *time.Location, now time.Time) []Stop {
	until := now
	if s.Until != nil {
		until = *s.Until
	}
	var spans []shiftSpan
	for d := DayOf(s.From, zone).Add(-1); d.At(0, zone).Before(until); d = d.Add(1) {
		for _, sh := range shifts {
			if span, ok := sh.On(d, zone); ok && span.From.Before(until) && span.Until.After(s.From) {
				spans = append(spans, shiftSpan{sh.ID, span})
			}
		}
	}
	slices.SortFunc(spans, func(a, b shiftSpan) int { return a.From.Compare(b.From) })
	var out []Stop
	part := func(from, to time.Time, shift string) {
		if !to.After(from) {
			return
		}
		p := s
		p.From, p.Until, p.Shift, p.Seconds = from, &to, shift, int64(to.Sub(from)/time.Second)
		out = append(out, p)
	}
	at := s.From
	for _, sp := range spans {
		if sp.From.After(at) {
			part(at, sp.From, "")
			at = sp.From
		}
		end := sp.Until
		if end.After(until) {
			end = until
		}
		part(at, end, sp.shift)
		at = later(at, end)
	}
	part(at, until, "")
	return out
}

type shiftSpan struct {
	shift string
	Span
}

// Explanation names the reason of a stop.
type Explanation struct {
	Reason  string
	Note    string
	Version int64
	// Why is needed to change a reason that was given before.
	Why string
}

// StopCorrection changes what a stretch of the log counts as. An empty state leaves it, and an empty reason takes the reason away.
type StopCorrection struct {
	State   MachineState
	Reason  string
	Note    string
	Version int64
	Why     string
}

// Stops keeps why machines stopped. Everything that a person changes carries a reason and leaves what was before in the audit trail.
type Stops interface {
	// Reasons reads the site's tree, groups and reasons in their order.
	Reasons(ctx context.Context, site string) (StopTree, error)
	// PutReason stores an entry. Codes: unprocessable, conflict (version).
	PutReason(ctx context.Context, by Actor, site string, r StopReason, why string) (StopReason, error)
	// Stops reads a page, newest first. Codes: unprocessable (cursor).
	Stops(ctx context.Context, f DowntimeFilter) (Page[Stop], error)
	// Pareto adds up where the time of a window went. Codes: unprocessable.
	Pareto(ctx context.Context, f DowntimeFilter, by ParetoBy) (Pareto, error)
	// Explain names a stop's reason, once per key. Codes: not_found, conflict (version, not a stop), unprocessable.
	Explain(ctx context.Context, key, site, station string, id int64, by Actor, e Explanation) (StateStretch, error)
	// Correct changes what a stretch counts as, once per key. Codes as Explain.
	Correct(ctx context.Context, key, site, station string, id int64, by Actor, c StopCorrection) (StateStretch, error)
	// Split makes two stretches of one, at a time within it. Codes as Explain.
	Split(ctx context.Context, key, site, station string, id int64, by Actor, at time.Time, version int64, why string) ([]StateStretch, error)
	// Merge makes one stretch of a run of them; it keeps what the first one says. Codes as Explain.
	Merge(ctx context.Context, key, site, station string, first, last int64, by Actor, version int64, why string) (StateStretch, error)
}

// ShiftAt is the shift that an instant falls into, empty where nobody works. Of two that overlap it is the one that began last.
func ShiftAt(shifts []Shift, zone *time.Location, at time.Time) string {
	var out string
	var began time.Time
	for _, d := range []Day{DayOf(at, zone).Add(-1), DayOf(at, zone)} {
		for _, s := range shifts {
			if span, ok := s.On(d, zone); ok && span.Holds(at) && span.From.After(began) {
				out, began = s.ID, span.From
			}
		}
	}
	return out
}
