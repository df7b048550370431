package store

import (
	"context"
	"encoding/json"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// storedPoint is a point with what is needed to draw the line that it was judged by.
type storedPoint struct {
	mes.ChartPoint
	i int
}

// Values and lots of a day's hundred thousand units would fill the page; the readings are there all the same.
const pointColumns = `p.seq, p.at, p.n, p.value, p.spread, p.plot, p.second, p.limits, p.i, p.flags, p.second_flags, p.spec_lower, p.spec_upper, p.unit,
	coalesce((SELECT jsonb_agg(r.value ORDER BY r.nr) FROM chart_reading r WHERE r.site = p.site AND r.chart = p.chart
	           AND r.nr BETWEEN p.first_reading AND least(p.last_reading, p.first_reading + 49) AND r.inspected = 0), '[]'),
	coalesce((SELECT array_agg(DISTINCT r.lot) FROM chart_reading r WHERE r.site = p.site AND r.chart = p.chart
	           AND r.nr BETWEEN p.first_reading AND least(p.last_reading, p.first_reading + 49) AND r.lot <> ''), '{}'),
	coalesce((SELECT array_agg(DISTINCT r.station) FROM chart_reading r WHERE r.site = p.site AND r.chart = p.chart
	           AND r.nr BETWEEN p.first_reading AND least(p.last_reading, p.first_reading + 49) AND r.station <> ''), '{}')`

func pointFields(p *storedPoint) []any {
	return []any{&p.Seq, &p.At, &p.N, &p.Value, &p.Spread, &p.Plot, &p.Second, &p.Limits, &p.i, &p.Flags, &p.SecondFlags, &p.SpecLower, &p.SpecUpper, &p.Unit,
		&p.Values, &p.Lots, &p.Stations}
}

// Points reads a page of points with the lines that they were judged by.
func (c *Charts) Points(ctx context.Context, f mes.PointFilter) (mes.Page[mes.ChartPoint], error) {
	var out mes.Page[mes.ChartPoint]
	chart, err := c.definition(ctx, c.q, f.Site, f.Chart)
	if err != nil {
		return out, err
	}
	versions, err := c.Limits(ctx, f.Site, f.Chart)
	if err != nil {
		return out, err
	}
	l := newListing("chart_point p", f.Paging, sorts{"": nil}, column{"p.seq", "bigint", false})
	l.where("p.site = ?", f.Site).where("p.chart = ?", f.Chart)
	if f.From > 0 {
		l.where("p.seq >= ?", f.From)
	}
	if f.To > 0 {
		l.where("p.seq <= ?", f.To)
	}
	if f.Last > 0 {
		l.where("p.seq > (SELECT s.points FROM chart_state s WHERE s.site = p.site AND s.chart = p.chart) - ?::bigint", f.Last)
	}
	rows, err := page(ctx, c.db, l, pointColumns, pointFields)
	if err != nil {
		return out, err
	}
	out.Total, out.Next, out.Items = rows.Total, rows.Next, make([]mes.ChartPoint, len(rows.Items))
	d := drawn(chart, versions)
	for i := range rows.Items {
		out.Items[i] = d.point(rows.Items[i])
	}
	return out, nil
}

// drawing knows the baselines of a chart's versions, and what the version in force left out.
type drawing struct {
	baselines map[int]spc.Baseline
	excluded  map[int64]string
}

func drawn(_ mes.Chart, versions []mes.ChartLimits) drawing {
	d := drawing{baselines: map[int]spc.Baseline{}, excluded: map[int64]string{}}
	for _, v := range versions {
		d.baselines[v.Version] = v.Baseline
		if v.InForce {
			for _, e := range v.Window.Excluded {
				d.excluded[e.Seq] = e.Reason
			}
		}
	}
	return d
}

// point gives a stored point the lines of its version. Its flags are as they were stored.
func (d drawing) point(s storedPoint) mes.ChartPoint {
	p := s.ChartPoint
	p.At = p.At.UTC()
	p.Excluded = d.excluded[p.Seq]
	flags, second := p.Flags, p.SecondFlags
	m, judged := d.baselines[p.Limits]
	at := spc.Point{Plot: p.Plot, Second: orNaN(p.Second), Flags: flags, SecondFlags: second}
	if judged {
		at.Line = m.Location(p.N, s.i)
		at.SecondLine = secondLine(m, p, at.Line)
	} else {
		at.Line, at.SecondLine = noLine(), noLine()
	}
	p.Judged(at)
	return p
}

func secondLine(m spc.Baseline, p mes.ChartPoint, main spc.Line) spc.Line {
	if m.Kind == spc.CUSUM {
		return main
	}
	if l, ok := m.Spread(p.N); ok && p.Second != nil {
		return l
	}
	return noLine()
}

func noLine() spc.Line {
	none := orNaN(nil)
	return spc.Line{Centre: none, Sigma: none, Lower: none, Upper: none}
}

// window reads the points of a window with their values, the newest most of them, oldest first.
func (c *Charts) window(ctx context.Context, q *sqlcgen.Queries, site, id string, from, to int64, most int32) ([]mes.ChartPoint, error) {
	rows, err := q.ChartWindow(ctx, sqlcgen.ChartWindowParams{Site: site, Chart: id, FirstSeq: from, LastSeq: to, Most: most})
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.ChartPoint, len(rows))
	for i, r := range rows {
		p := mes.ChartPoint{Seq: r.Seq, At: r.At.UTC(), N: r.N, Value: r.Value, Spread: r.Spread, Plot: r.Plot, Second: r.Second, Limits: r.Limits, SpecLower: r.SpecLower, SpecUpper: r.SpecUpper,
			Unit: r.Unit, Lots: []string{}, Stations: []string{}}
		for _, part := range []struct {
			from json.RawMessage
			to   any
		}{{r.Flags, &p.Flags}, {r.SecondFlags, &p.SecondFlags}, {r.Vals, &p.Values}} {
			if err := json.Unmarshal(part.from, part.to); err != nil {
				return nil, err
			}
		}
		out[i] = p
	}
	return out, nil
}

// maxCapability is how many points a capability looks back over.
const maxCapability = 5000

// Capability compares the values of a window with the specification.
func (c *Charts) Capability(ctx context.Context, site, id string, from, to int64) (mes.CapabilityReport, error) {
	chart, err := c.definition(ctx, c.q, site, id)
	if err != nil {
		return mes.CapabilityReport{}, err
	}
	points, err := c.window(ctx, c.q, site, id, from, to, maxCapability)
	if err != nil {
		return mes.CapabilityReport{}, err
	}
	return mes.CapabilityOf(chart, points)
}
