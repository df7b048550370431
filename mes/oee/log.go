package oee

import (
	"cmp"
	"slices"
	"time"
)

// flatten makes a log without overlaps, in order of time: where several stretches hold, the one that began last counts, and of
// those that began together the one with the higher ID. Stretches that last end now; those that end before they begin are
// left out.
func flatten(log []Stretch, now time.Time) []Stretch {
	in := make([]Stretch, 0, len(log))
	for _, s := range log {
		if s.Until.IsZero() {
			s.Until = now
		}
		if s.Until.After(s.From) {
			in = append(in, s)
		}
	}
	slices.SortFunc(in, func(a, b Stretch) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	var out []Stretch
	var open []Stretch // those that hold, the one that counts last
	at := time.Time{}
	emit := func(until time.Time) {
		for len(open) > 0 && at.Before(until) {
			top := open[len(open)-1]
			end := until
			if top.Until.Before(end) {
				end = top.Until
			}
			if end.After(at) {
				out = append(out, Stretch{top.ID, at, end, top.State})
				at = end
			}
			if !top.Until.After(at) {
				open = open[:len(open)-1]
			}
		}
		at = until
	}
	for _, s := range in {
		emit(s.From)
		open = append(open, s)
	}
	for _, s := range in {
		if s.Until.After(at) && len(open) > 0 {
			emit(s.Until)
		}
	}
	return rejoin(out)
}

// rejoin puts the parts of one stretch together that only touch.
func rejoin(in []Stretch) []Stretch {
	out := in[:0]
	for _, s := range in {
		if n := len(out) - 1; n >= 0 && out[n].ID == s.ID && out[n].State == s.State && out[n].Until.Equal(s.From) {
			out[n].Until = s.Until
			continue
		}
		out = append(out, s)
	}
	return out
}

// shortStops names the stretches, by their place in the log, that belong to a stop under the threshold. A stop is as long as
// the machine stood idle or at fault without a gap: dividing it among reasons makes no short stops of it, and neither does the
// edge of a window or a break.
func shortStops(flat []Stretch, short time.Duration) map[int]bool {
	out := map[int]bool{}
	for i := 0; i < len(flat); {
		if !stops(flat[i].State) {
			i++
			continue
		}
		end := i + 1
		for end < len(flat) && stops(flat[end].State) && flat[end].From.Equal(flat[end-1].Until) {
			end++
		}
		if flat[end-1].Until.Sub(flat[i].From) < short {
			for j := i; j < end; j++ {
				out[j] = true
			}
		}
		i = end
	}
	return out
}

// stops tells whether the state is a stop that can be a short one. Waiting for a neighbour is never: it is the neighbour's.
func stops(state string) bool { return Category(state) == Down || Category(state) == Idle }
