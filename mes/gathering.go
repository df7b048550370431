package mes

import (
	"time"

	"github.com/steelthread/steelthread/mes/spc"
)

// Gathering is a chart's subgroup on its way: the values that wait for the rest of it. Charts that count keep sums, so that a
// day of a hundred thousand units costs no more than one of ten.
type Gathering struct {
	Readings int64 // number of the last value that came
	Taken    int64 // the last one that is part of a complete subgroup
	Values   []Decimal
	Found    float64
	Counted  float64 // inspected units
	Day      string  // of the site, on which the subgroup began
}

// Gathered is a complete subgroup: the values with the numbers First to Last.
type Gathered struct {
	spc.Subgroup
	First, Last int64
	At          time.Time
	Lower       *Decimal
	Upper       *Decimal
	Unit        string
}

// Take adds an observation's values, numbered on from those before, and gives the subgroups that they complete.
func (g *Gathering) Take(c Chart, o Observation, places []int, zone *time.Location) []Gathered {
	var out []Gathered
	for _, n := range places {
		v, at := o.Values[n], o.Moment(n)
		if c.Grouping == SubgroupDay {
			if today := DayOf(at, zone); g.Day != "" && today.String() > g.Day {
				out = append(out, g.close(ObservedValue{Unit: v.Unit}, endOfDay(g.Day, zone)))
			}
			if g.Day == "" {
				g.Day = DayOf(at, zone).String()
			}
		}
		g.add(c, v)
		if c.Grouping == SubgroupRun && g.size(c) >= float64(c.Size) {
			out = append(out, g.close(v, at))
		}
	}
	if c.Grouping == SubgroupRecord && len(places) > 0 {
		last := places[len(places)-1]
		out = append(out, g.close(o.Values[last], o.Moment(last)))
	}
	return out
}

func (g *Gathering) add(c Chart, v ObservedValue) {
	g.Readings++
	if !c.Kind.Counts() {
		g.Values = append(g.Values, v.Value)
		return
	}
	found, of := v.Value.InexactFloat64(), float64(v.Inspected)
	if v.Inspected == 0 {
		of = 1
		if !c.Kind.Defects() {
			found = 0
			if v.Failed {
				found = 1
			}
		}
	}
	g.Found, g.Counted = g.Found+found, g.Counted+of
}

func (g *Gathering) size(c Chart) float64 {
	if c.Kind.Counts() {
		return g.Counted
	}
	return float64(len(g.Values))
}

// close completes the subgroup and begins the next.
func (g *Gathering) close(last ObservedValue, at time.Time) Gathered {
	out := Gathered{Subgroup: spc.Subgroup{Found: g.Found, Inspected: g.Counted}, First: g.Taken + 1, Last: g.Readings, At: at, Lower: last.Lower, Upper: last.Upper, Unit: last.Unit}
	for _, v := range g.Values {
		out.Values = append(out.Values, v.InexactFloat64())
	}
	*g = Gathering{Readings: g.Readings, Taken: g.Readings}
	return out
}

// endOfDay is the last second of a day of the site: a day's point stands there.
func endOfDay(day string, zone *time.Location) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return time.Time{} // we wrote it ourselves
	}
	return d.AddDate(0, 0, 1).Add(-time.Second)
}
