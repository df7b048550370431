package store

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// runningAlarm is an alarm whose run may still go on.
type runningAlarm struct {
	id     string
	plot   mes.Plot
	flag   spc.Flag
	last   int64
	points []int64
}

// alarm opens an alarm for each rule that the newest point breaks, or lets the alarm of the same run grow.
func (c *openChart) alarm(ctx context.Context, o mes.Observation, p spc.Point) error {
	if len(p.Flags)+len(p.SecondFlags) == 0 {
		return nil
	}
	if err := c.readAlarms(ctx, o.Site); err != nil {
		return err
	}
	for _, plot := range []struct {
		name  mes.Plot
		flags []spc.Flag
	}{{mes.PlotMain, p.Flags}, {mes.PlotSecond, p.SecondFlags}} {
		for _, f := range plot.flags {
			points := []int64{c.state.Points}
			if plot.name == mes.PlotMain {
				points = c.members(f)
			}
			if err := c.flag(ctx, o, plot.name, f, points); err != nil {
				return err
			}
		}
	}
	return nil
}

// members are the points of a flag's pattern, by their numbers on the chart.
func (c *openChart) members(f spc.Flag) []int64 {
	newest := c.tracker.Members(f)
	out := make([]int64, len(newest))
	for i, at := range newest {
		out[i] = c.state.Points - int64(newest[len(newest)-1]-at)
	}
	return out
}

// readAlarms reads those that the newest points may belong to. What this transaction opens is added as it comes.
func (c *openChart) readAlarms(ctx context.Context, site string) error {
	if c.asked {
		return nil
	}
	c.asked = true
	rows, err := c.AlarmsNear(ctx, sqlcgen.AlarmsNearParams{Site: site, Chart: c.chart.ID, Limits: c.state.Limits, Since: c.state.Points - spc.Memory})
	for _, r := range rows {
		c.alarms = append(c.alarms, runningAlarm{id: r.ID, plot: mes.Plot(r.Plot), flag: spc.Flag{Rule: spc.Rule(r.Rule), Side: spc.Side(r.Side)}, last: r.LastPoint, points: r.Points})
	}
	return err
}

func (c *openChart) flag(ctx context.Context, o mes.Observation, plot mes.Plot, f spc.Flag, points []int64) error {
	seq := c.state.Points
	for i := range c.alarms {
		a := &c.alarms[i]
		if a.plot != plot || a.flag != f || seq-a.last > int64(f.Rule.Continues())+1 {
			continue
		}
		for _, p := range points {
			if len(a.points) < mes.MaxAlarmPoints && !slices.Contains(a.points, p) {
				a.points = append(a.points, p)
			}
		}
		a.last = seq
		return c.later.GrowChartAlarm(ctx, sqlcgen.GrowChartAlarmParams{ID: a.id, LastPoint: seq, Points: a.points})
	}
	return c.openAlarm(ctx, o, plot, f, points)
}

// openAlarm stores the alarm, calls quality, and tells it as a fact that rules may count.
func (c *openChart) openAlarm(ctx context.Context, o mes.Observation, plot mes.Plot, f spc.Flag, points []int64) error {
	now, err := c.Now(ctx)
	if err != nil {
		return err
	}
	seq := c.state.Points
	a := runningAlarm{id: uuid.NewString(), plot: plot, flag: f, last: seq, points: points}
	text := mes.AlarmText(c.chart, plot, f, seq)
	err = c.later.OpenChartAlarm(ctx, sqlcgen.OpenChartAlarmParams{ID: a.id, Site: o.Site, Chart: c.chart.ID, Plot: string(plot), Rule: string(f.Rule), Side: string(f.Side),
		Limits: c.state.Limits, FirstPoint: seq, LastPoint: seq, Points: points, Lot: o.Lot, Station: o.Station, Text: text, OpenedAt: now})
	if err != nil {
		return err
	}
	c.alarms = append(c.alarms, a)
	c.tell(o.Site, mes.EventChart, c.chart.ID)
	err = c.work.alert(ctx, "chart_alarm/"+a.id, mes.Alert{Site: o.Site, Kind: mes.AlertChart, Severity: mes.SeverityMedium, Noun: "chart", Subject: c.chart.ID, Text: text, Role: mes.RoleQuality})
	if err != nil {
		return err
	}
	err = c.audit(mes.Actor{ID: mes.ActorSystem}, "alarm_opened", "chart_alarm", a.id, text, o.Key, nil,
		map[string]any{"chart": c.chart.ID, "rule": f.Rule, "side": f.Side, "limits": c.state.Limits, "points": points, "lot": o.Lot})
	if err != nil {
		return err
	}
	return c.quality(ctx, mes.QualityEvent{Key: "chart_alarm/" + a.id, Site: o.Site, Kind: mes.QualityAlarm, Code: string(f.Rule), Noun: "chart", Subject: c.chart.ID, Lot: o.Lot,
		Product: o.Product, Operation: o.Operation, Step: o.Step, Station: o.Station, Device: o.Device, Text: text, At: o.At})
}

func alarmOf(r sqlcgen.ChartAlarm, name string) mes.ChartAlarm {
	return mes.ChartAlarm{ID: r.ID, Site: r.Site, Chart: r.Chart, Name: name, Plot: mes.Plot(r.Plot), Rule: spc.Rule(r.Rule), Side: spc.Side(r.Side), Limits: r.Limits,
		First: r.FirstPoint, Last: r.LastPoint, Points: r.Points, Lot: r.Lot, Station: r.Station, Text: r.Text, OpenedAt: r.OpenedAt.UTC(), AcknowledgedAt: r.AcknowledgedAt,
		AcknowledgedBy: r.AcknowledgedBy, Reason: r.Reason}
}
