package spc

import (
	"math"
	"slices"
)

// Runs follows the rules over a chart one point at a time, with a memory that does not grow.
type Runs struct {
	rules []Rule
	seen  int
	z     [Memory + 1]float64 // rings: the newest is at (seen−1) mod their length
	v     [Memory + 1]float64
}

// NewRuns follows these rules, in the order given.
func NewRuns(rules []Rule) *Runs { return &Runs{rules: slices.Clone(rules)} }

// Add takes the next point, z being its distance from the centre and v the plotted value, and tells which patterns it
// completes.
func (r *Runs) Add(z, v float64) []Flag {
	at := r.seen % len(r.z)
	r.z[at], r.v[at] = z, v
	r.seen++
	var flags []Flag
	for _, rule := range r.rules {
		if f, ok := r.judge(rule); ok {
			flags = append(flags, f)
		}
	}
	return flags
}

// back is the place of the point i before the newest.
func (r *Runs) back(i int) int { return (r.seen - 1 - i) % len(r.z) }

func (r *Runs) judge(rule Rule) (Flag, bool) {
	p := patterns[rule]
	if p.hits == 0 || r.seen < p.hits {
		return Flag{}, false
	}
	var s int
	var ok bool
	switch p.kind {
	case oneSide:
		s, ok = r.oneSide(p)
	case trend:
		s, ok = r.trend(p)
	case alternate:
		ok = r.alternates(p)
	case inside:
		ok = r.inside(p)
	case bothSides:
		ok = r.bothSides(p)
	}
	return Flag{Rule: rule, Side: named(s)}, ok
}

// Members are the points that make the pattern of a flag that the newest point has, as places before it: 0 is the newest.
func (r *Runs) Members(f Flag) []int {
	p, ok := patterns[f.Rule]
	if !ok {
		return []int{0}
	}
	var out []int
	for i := range min(p.of, r.seen) {
		if p.kind != oneSide || named(side(r.z[r.back(i)], p.beyond)) == f.Side {
			out = append(out, i)
		}
	}
	return out
}

// Continues tells how many points may lie between two points of one run: a pattern of 2 of 3 bridges a point that is not part
// of it, a row does not.
func (r Rule) Continues() int {
	if p, ok := patterns[r]; ok {
		return p.of - p.hits
	}
	return 0
}

// oneSide: the newest point must itself be beyond the line, since another one completes nothing.
func (r *Runs) oneSide(p pattern) (int, bool) {
	newest := side(r.z[r.back(0)], p.beyond)
	if newest == 0 {
		return 0, false
	}
	hits := 0
	for i := range min(p.of, r.seen) {
		if side(r.z[r.back(i)], p.beyond) == newest {
			hits++
		}
	}
	return newest, hits >= p.hits
}

// step tells whether the i-th newest point is above or below the one before it. Means of the same decimals in another order
// may differ in the last bit; that is no step.
func (r *Runs) step(i int) int {
	newer, older := r.v[r.back(i)], r.v[r.back(i+1)]
	same := 1e-12 * math.Max(math.Abs(newer), math.Abs(older))
	switch {
	case newer-older > same:
		return 1
	case older-newer > same:
		return -1
	}
	return 0
}

func (r *Runs) trend(p pattern) (int, bool) {
	way := r.step(0)
	for i := 1; i < p.of-1; i++ {
		if r.step(i) != way {
			return 0, false
		}
	}
	return way, way != 0
}

func (r *Runs) alternates(p pattern) bool {
	way := r.step(0)
	for i := 1; i < p.of-1; i++ {
		if way = -way; r.step(i) != way {
			return false
		}
	}
	return way != 0
}

func (r *Runs) inside(p pattern) bool {
	for i := range p.of {
		if side(r.z[r.back(i)], p.beyond) != 0 {
			return false
		}
	}
	return true
}

func (r *Runs) bothSides(p pattern) bool {
	above, below := 0, 0
	for i := range p.of {
		switch side(r.z[r.back(i)], p.beyond) {
		case 1:
			above++
		case -1:
			below++
		}
	}
	return above+below == p.of && above > 0 && below > 0
}
