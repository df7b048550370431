package mes

import (
	"cmp"
	"slices"
	"time"
)

func (r DispatchRule) known() bool { return slices.Contains(DispatchRules, r) }

// key is what a job is ranked by at a station: its own facts, or those of the job that it was put in front of.
func (j QueuedJob) key(station string) (DispatchKey, Decimal) {
	if p := j.Places[station]; p != nil && p.As != nil {
		return *p.As, p.Nudge
	}
	return j.DispatchKey, Zero
}

// top tells that a person put the job at the top.
func (j QueuedJob) top(station string) bool {
	p := j.Places[station]
	return p != nil && p.As == nil
}

// Ratio is the critical ratio at a time: what is left until the due date by the planned time that is left. Below 1 the job
// will be late.
func (k DispatchKey) Ratio(now time.Time) float64 {
	return float64(k.Due.Sub(now)) / float64(max(k.Left, time.Second))
}

// byPriority is the order that each rule ends with. No two lots are alike in it.
func byPriority(a, b DispatchKey) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.Due.Compare(b.Due), a.Created.Compare(b.Created), cmp.Compare(a.Order, b.Order),
		cmp.Compare(a.Number, b.Number), cmp.Compare(a.Lot, b.Lot))
}

// order compares two keys by the rule. first has the best key of each product of the queue.
func (r DispatchRule) order(now time.Time, setUp string, first map[string]DispatchKey) func(a, b DispatchKey) int {
	switch r {
	case DispatchFIFO:
		return func(a, b DispatchKey) int { return cmp.Or(a.Queued.Compare(b.Queued), byPriority(a, b)) }
	case DispatchCritical:
		return func(a, b DispatchKey) int { return cmp.Or(cmp.Compare(a.Ratio(now), b.Ratio(now)), byPriority(a, b)) }
	case DispatchSetup:
		return func(a, b DispatchKey) int {
			if a.Product == b.Product {
				return byPriority(a, b)
			}
			if setUp != "" && (a.Product == setUp) != (b.Product == setUp) {
				if a.Product == setUp {
					return -1
				}
				return 1
			}
			return byPriority(first[a.Product], first[b.Product])
		}
	}
	return byPriority
}

// ranked are the jobs of a station's queue by the rule, and by what people moved. It is a total order: the same facts give
// the same queue, in whatever order the jobs were read.
func (s StationFacts) ranked(now time.Time, jobs []*QueuedJob) []*QueuedJob {
	first := map[string]DispatchKey{}
	for _, j := range jobs {
		k, _ := j.key(s.ID)
		if best, ok := first[k.Product]; !ok || byPriority(k, best) < 0 {
			first[k.Product] = k
		}
	}
	order := s.Rule.order(now, s.SetUp, first)
	out := slices.Clone(jobs)
	slices.SortFunc(out, func(a, b *QueuedJob) int {
		if at, bt := a.top(s.ID), b.top(s.ID); at || bt {
			return compareTop(a, b, at, bt, s.ID)
		}
		ak, an := a.key(s.ID)
		bk, bn := b.key(s.ID)
		return cmp.Or(order(ak, bk), an.Compare(bn), cmp.Compare(a.Lot, b.Lot))
	})
	return out
}

func compareTop(a, b *QueuedJob, at, bt bool, station string) int {
	switch {
	case !bt:
		return -1
	case !at:
		return 1
	}
	return cmp.Or(a.Places[station].Nudge.Compare(b.Places[station].Nudge), cmp.Compare(a.Lot, b.Lot))
}

// PlaceOf is the place that puts a job in front of another in a station's queue, or at its top when before is nil. ranked is
// the queue by rank without the job itself.
func PlaceOf(station string, ranked []QueuedJob, before string) (p HandPlace, found bool) {
	p.Before = before
	if before == "" {
		for _, j := range ranked {
			if j.top(station) {
				p.Nudge = minDecimal(p.Nudge, j.Places[station].Nudge)
			}
		}
		p.Nudge = p.Nudge.Sub(One)
		return p, true
	}
	i := slices.IndexFunc(ranked, func(j QueuedJob) bool { return j.Lot == before })
	if i < 0 {
		return p, false
	}
	next := ranked[i]
	if next.top(station) {
		return between(p, ranked[:i], next.Places[station].Nudge, func(j QueuedJob) (Decimal, bool) {
			if !j.top(station) {
				return Zero, false
			}
			return j.Places[station].Nudge, true
		}), true
	}
	as, nudge := next.key(station)
	p.As = &as
	return between(p, ranked[:i], nudge, func(j QueuedJob) (Decimal, bool) {
		k, n := j.key(station)
		return n, !j.top(station) && k.Lot == as.Lot
	}), true
}

// between puts the place right in front of a nudge: half way from the job before it where that one has the same key.
func between(p HandPlace, before []QueuedJob, nudge Decimal, alike func(QueuedJob) (Decimal, bool)) HandPlace {
	p.Nudge = nudge.Sub(One)
	if len(before) > 0 {
		if n, ok := alike(before[len(before)-1]); ok {
			p.Nudge = n.Add(nudge).Mul(half)
		}
	}
	return p
}

// half is exact in decimals, whereas a division is rounded.
var half = MustDecimal("0.5")

func minDecimal(a, b Decimal) Decimal {
	if b.LessThan(a) {
		return b
	}
	return a
}
