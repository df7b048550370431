package mes

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// CallTimes is what a call's statistics are made of.
type CallTimes struct {
	ID      string
	Line    string
	Station string
	Kind    CallKind
	Opened  time.Time
	// Answered and Ended are nil while the call waits for them; a cancelled call is not measured.
	Answered, Ended *time.Time
	Escalated       bool
}

// CallBy says how calls are grouped.
type CallBy string

// The groups.
const (
	CallsByKind    CallBy = "kind"
	CallsByStation CallBy = "station"
	CallsByShift   CallBy = "shift"
)

// CallTally is one group's statistics. Times are in seconds; nil where no call was answered or ended.
type CallTally struct {
	Group         string   `json:"group"`
	Calls         int      `json:"calls"`
	Open          int      `json:"open"`      // not ended yet
	Escalated     int      `json:"escalated"` // somebody above was told
	Answered      int      `json:"answered"`
	RespondMedian *float64 `json:"respond_median_s"`
	RespondP90    *float64 `json:"respond_p90_s"`
	Resolved      int      `json:"resolved"`
	ResolveMedian *float64 `json:"resolve_median_s"`
	ResolveP90    *float64 `json:"resolve_p90_s"`
}

// TallyCalls groups calls and measures how long people took. A shift is the one that ran when the call was raised; a call
// outside of every shift counts under an empty name.
func TallyCalls(calls []CallTimes, by CallBy, shifts []Shift, zone *time.Location) []CallTally {
	group := func(c CallTimes) string {
		switch by {
		case CallsByStation:
			return c.Station
		case CallsByShift:
			id := ShiftAt(shifts, zone, c.Opened)
			if i := slices.IndexFunc(shifts, func(s Shift) bool { return s.ID == id }); i >= 0 {
				return shifts[i].Name
			}
			return ""
		}
		return string(c.Kind)
	}
	var order []string
	groups := map[string][]CallTimes{}
	for _, c := range calls {
		g := group(c)
		if _, seen := groups[g]; !seen {
			order = append(order, g)
		}
		groups[g] = append(groups[g], c)
	}
	out := make([]CallTally, 0, len(order))
	for _, g := range order {
		out = append(out, tallyOf(g, groups[g]))
	}
	slices.SortStableFunc(out, func(a, b CallTally) int { return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Group, b.Group)) })
	return out
}

func tallyOf(group string, calls []CallTimes) CallTally {
	t := CallTally{Group: group, Calls: len(calls)}
	var respond, resolve []float64
	for _, c := range calls {
		if c.Escalated {
			t.Escalated++
		}
		if c.Answered != nil {
			respond = append(respond, c.Answered.Sub(c.Opened).Seconds())
		}
		if c.Ended == nil {
			t.Open++
			continue
		}
		resolve = append(resolve, c.Ended.Sub(c.Opened).Seconds())
	}
	t.Answered, t.Resolved = len(respond), len(resolve)
	t.RespondMedian, t.RespondP90 = Percentile(respond, 0.5), Percentile(respond, 0.9)
	t.ResolveMedian, t.ResolveP90 = Percentile(resolve, 0.5), Percentile(resolve, 0.9)
	return t
}

// Percentile is the nearest-rank percentile: the smallest value that at least the share p of all values does not exceed. It is
// always one of the values. Nil when there are none.
func Percentile(values []float64, p float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := min(max(int(math.Ceil(p*float64(len(sorted)))), 1), len(sorted))
	return &sorted[rank-1]
}
