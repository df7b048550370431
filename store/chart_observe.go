package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// observe puts an observation on the charts that watch it, in the transaction that stores it: values are gathered, complete
// subgroups become points, points are held against the limits in force, and a rule that is broken opens an alarm. An
// observation of a key that a chart knows changes nothing.
//
// Call it after the record's own rows are written: what an alarm sets in motion looks at them. Charts are locked after lots,
// stations and components, by their ID.
func (w *work) observe(ctx context.Context, o mes.Observation) error {
	if err := o.Validate(); err != nil {
		return err
	}
	charts, err := w.db.charts.of(ctx, w.Queries, o.Site)
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range charts {
		if len(c.Takes(o)) > 0 {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	// What an earlier observation of this transaction wrote may still wait.
	if w.observed {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	w.observed = true
	open, err := w.lockCharts(ctx, o, ids)
	if err != nil {
		return err
	}
	for _, c := range open {
		if err := c.take(ctx, o); err != nil {
			return fmt.Errorf("chart %s: %w", c.chart.ID, err)
		}
	}
	return nil
}

// openChart is a chart under its lock.
type openChart struct {
	*work
	chart    mes.Chart
	state    sqlcgen.LockChartStatesRow
	zone     *time.Location
	gather   mes.Gathering
	baseline *spc.Baseline // nil before limits are in force
	tracker  *spc.Tracker
	i        int     // the last point's number under the baseline
	before   float64 // the last point's value
	alarms   []runningAlarm
	asked    bool // the alarms were read
}

// tailPoint is one of the last points as ChartTails gives it.
type tailPoint struct {
	N      float64  `json:"n"`
	Value  float64  `json:"value"`
	Plot   float64  `json:"plot"`
	Second *float64 `json:"second"`
	I      int      `json:"i"`
	Limits int      `json:"limits"`
}

// lockCharts locks the charts and reads where they stand, in one round trip.
func (w *work) lockCharts(ctx context.Context, o mes.Observation, ids []string) ([]*openChart, error) {
	var states []sqlcgen.LockChartStatesRow
	var tails []sqlcgen.ChartTailsRow
	b := &pgx.Batch{}
	b.Queue(sqlcgen.LockChartStates, o.Site, ids).Query(all(&states))
	b.Queue(sqlcgen.ChartTails, o.Key, spc.Memory, o.Site, ids).Query(all(&tails))
	if err := w.tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	var out []*openChart
	for i, tail := range tails {
		if tail.Told || i >= len(states) || states[i].Chart != tail.Chart {
			continue
		}
		c := &openChart{work: w, state: states[i], before: math.NaN()}
		if err := c.read(tail); err != nil {
			return nil, fmt.Errorf("chart %s: %w", tail.Chart, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// all reads every row in the order of the struct's fields, which is sqlc's order of columns.
func all[T any](to *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		*to = found
		return err
	}
}

// read takes up the chart where its last point left it.
func (c *openChart) read(tail sqlcgen.ChartTailsRow) error {
	var points []tailPoint
	for _, part := range []struct {
		from json.RawMessage
		to   any
	}{{tail.Definition, &c.chart}, {tail.Baseline, &c.baseline}, {tail.Pending, &c.gather.Values}, {tail.Points, &points}} {
		if err := json.Unmarshal(part.from, part.to); err != nil {
			return err
		}
	}
	var err error
	if c.zone, err = time.LoadLocation(tail.TimeZone); err != nil {
		c.zone = time.UTC
	}
	s := c.state
	c.gather.Readings, c.gather.Taken, c.gather.Found, c.gather.Counted, c.gather.Day = s.Readings, s.Taken, s.Found, s.Inspected, s.Day
	var under []spc.Point
	for _, p := range points {
		c.before = p.Value
		if p.Limits == s.Limits && s.Limits > 0 {
			under = append(under, spc.Point{Stat: spc.Stat{N: p.N, Value: p.Value}, I: p.I, Plot: p.Plot, Second: orNaN(p.Second)})
			c.i = p.I
		}
	}
	if c.baseline != nil {
		c.tracker = spc.Resume(*c.baseline, c.chart.Rules, under)
	}
	return nil
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// reading is one value as AddChartReadings takes it.
type reading struct {
	Nr        int64        `json:"nr"`
	N         int          `json:"n"`
	Value     mes.Decimal  `json:"value"`
	Inspected int          `json:"inspected"`
	Failed    bool         `json:"failed"`
	Lower     *mes.Decimal `json:"lower"`
	Upper     *mes.Decimal `json:"upper"`
	Unit      string       `json:"unit"`
	At        time.Time    `json:"at"`
}

// take adds the observation's values, and the points that they complete.
func (c *openChart) take(ctx context.Context, o mes.Observation) error {
	places := c.chart.Takes(o)
	if len(places) == 0 {
		return nil // changed since the cache was read
	}
	rows := make([]reading, len(places))
	for i, n := range places {
		v := o.Values[n]
		rows[i] = reading{Nr: c.state.Readings + int64(i) + 1, N: n, Value: v.Value, Inspected: v.Inspected, Failed: v.Failed, Lower: v.Lower, Upper: v.Upper, Unit: v.Unit, At: o.Moment(n)}
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	err = c.later.AddChartReadings(ctx, sqlcgen.AddChartReadingsParams{Site: o.Site, Chart: c.chart.ID, Key: o.Key, Lot: o.Lot, Station: o.Station, Device: o.Device, Readings: b})
	if err != nil {
		return err
	}
	for _, g := range c.gather.Take(c.chart, o, places, c.zone) {
		if err := c.point(ctx, o, g); err != nil {
			return err
		}
	}
	g := c.gather
	c.tell(o.Site, mes.EventChart, c.chart.ID)
	return c.later.MoveChartState(ctx, sqlcgen.MoveChartStateParams{Site: o.Site, Chart: c.chart.ID, Readings: g.Readings, Points: c.state.Points, Taken: g.Taken,
		Found: g.Found, Inspected: g.Counted, Day: g.Day})
}

// point adds one point. A subgroup that makes none, because a value is no finite number or it is too large for the chart, is
// left out; its values are kept.
func (c *openChart) point(ctx context.Context, o mes.Observation, g mes.Gathered) error {
	stat, err := c.chart.Kind.Stat(g.Subgroup, c.before)
	if err != nil {
		return nil //nolint:nilerr // told by the gap between the points' readings
	}
	c.before = stat.Value
	c.state.Points++
	p := spc.Point{Stat: stat, Plot: stat.Value, Second: stat.Spread}
	limits := 0
	if c.tracker != nil {
		limits = c.state.Limits
		p = c.tracker.Add(stat)
	}
	params := sqlcgen.AddChartPointParams{Site: o.Site, Chart: c.chart.ID, Seq: c.state.Points, At: g.At, FirstReading: g.First, LastReading: g.Last, N: stat.N, Value: stat.Value,
		Spread: finite(stat.Spread), Plot: p.Plot, Second: finite(p.Second), Limits: limits, I: p.I, SpecLower: g.Lower, SpecUpper: g.Upper, Unit: g.Unit}
	if params.Flags, err = json.Marshal(someFlags(p.Flags)); err != nil {
		return err
	}
	if params.SecondFlags, err = json.Marshal(someFlags(p.SecondFlags)); err != nil {
		return err
	}
	if err := c.later.AddChartPoint(ctx, params); err != nil {
		return err
	}
	return c.alarm(ctx, o, p)
}

func someFlags(f []spc.Flag) []spc.Flag {
	if f == nil {
		return []spc.Flag{}
	}
	return f
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// observeStep puts a step's record on the charts.
func (r *recording) observeStep(ctx context.Context) error {
	if r.e.Step == nil {
		return nil
	}
	o, ok := mes.ObservedStep(r.e.Key, r.e.Site, r.order.Product, r.e.Lot, *r.e.Step)
	if !ok {
		return nil
	}
	return r.observe(ctx, o)
}
