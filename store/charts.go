package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Charts keeps control charts.
type Charts struct{ db }

var _ mes.Charts = (*Charts)(nil)

// Observe takes an observation that has no transaction of its own.
func (c *Charts) Observe(ctx context.Context, o mes.Observation) error {
	return c.change(ctx, func(w *work) error { return w.observe(ctx, o) })
}

// Put makes or changes a chart.
func (c *Charts) Put(ctx context.Context, by mes.Actor, chart mes.Chart, reason string) (mes.Chart, error) {
	out := chart
	err := c.change(ctx, func(w *work) error {
		var err error
		out, err = w.putChart(ctx, by, chart, reason)
		return err
	})
	c.charts.empty()
	return out, err
}

// putChart stores a chart in a transaction that already runs.
func (w *work) putChart(ctx context.Context, by mes.Actor, chart mes.Chart, reason string) (mes.Chart, error) {
	if err := chart.Validate(); err != nil {
		return chart, err
	}
	row, err := w.LockChart(ctx, sqlcgen.LockChartParams{Site: chart.Site, ID: chart.ID})
	fresh := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !fresh {
		return chart, err
	}
	if chart.Version != row.Version {
		return chart, chartChanged(chart.ID)
	}
	var before any
	if !fresh {
		var had mes.Chart
		if err := json.Unmarshal(row.Definition, &had); err != nil {
			return chart, err
		}
		if !had.SameSubject(chart) {
			return chart, mes.Refuse(mes.CodeConflict, fmt.Sprintf("What chart %s watches, and how its points are made, stays.", chart.ID), "Nothing was changed.",
				"Make another chart, and switch this one off.")
		}
		before = had
	}
	now, err := w.Now(ctx)
	if err != nil {
		return chart, err
	}
	chart.Version, chart.ChangedBy, chart.ChangedAt = row.Version+1, by.ID, now
	if err := w.storeChart(ctx, chart, fresh); err != nil {
		return chart, err
	}
	w.tell(chart.Site, mes.EventChart, chart.ID)
	w.tell(chart.Site, mes.EventChartDefinition, chart.ID)
	action := "chart_changed"
	if fresh {
		action = "chart_made"
	}
	return chart, w.audit(by, action, "chart", chart.ID, reason, fmt.Sprintf("chart/%s/%s/%d", chart.Site, chart.ID, chart.Version), before, chart)
}

func (w *work) storeChart(ctx context.Context, c mes.Chart, fresh bool) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if !fresh {
		return w.later.ChangeChart(ctx, sqlcgen.ChangeChartParams{Site: c.Site, ID: c.ID, Name: c.Name, Definition: b, Active: c.Active, Version: c.Version, ChangedBy: c.ChangedBy, ChangedAt: c.ChangedAt})
	}
	n, err := w.AddChart(ctx, sqlcgen.AddChartParams{Site: c.Site, ID: c.ID, Name: c.Name, Kind: string(c.Kind), Product: c.Product, Operation: c.Operation, Step: c.Step, Plan: c.Plan,
		Station: c.Station, Definition: b, Active: c.Active, Version: c.Version, ChangedBy: c.ChangedBy, ChangedAt: c.ChangedAt})
	if err != nil {
		return breach(err, "site", c.Site)
	}
	if n == 0 {
		return chartChanged(c.ID) // two made the same chart at once
	}
	return w.later.AddChartState(ctx, sqlcgen.AddChartStateParams{Site: c.Site, Chart: c.ID})
}

func chartChanged(id string) error {
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Chart %s was made or changed by somebody else.", id), "Your change was not stored.", "Look at it again, and change it anew.")
}

// chartFrom has every chart with where it stands.
const chartFrom = `(SELECT c.site, c.id, c.name, c.product, c.station, c.definition, c.active, s.points, s.readings - s.taken AS pending, s.limits, a.open, p.at, p.plot,
		coalesce(p.unit, '') AS unit, coalesce(p.at, '-infinity') AS last_at,
		CASE WHEN NOT c.active THEN 'paused' WHEN s.limits = 0 THEN 'no_limits'
		     WHEN a.open > 0 OR p.limits = s.limits AND (p.flags <> '[]' OR p.second_flags <> '[]') THEN 'alarm' ELSE 'in_control' END AS state
	  FROM chart c JOIN chart_state s ON s.site = c.site AND s.chart = c.id
	  LEFT JOIN chart_point p ON p.site = c.site AND p.chart = c.id AND p.seq = s.points
	  CROSS JOIN LATERAL (SELECT count(*) AS open FROM chart_alarm a WHERE a.site = c.site AND a.chart = c.id AND a.acknowledged_at IS NULL) a) c`

const chartColumns = "c.definition, c.state, c.points, c.pending, c.limits, c.open, c.at, c.plot, c.unit"

func chartFields(r *mes.ChartStatus) []any {
	return []any{&r.Chart, &r.State, &r.Points, &r.Pending, &r.Limits, &r.Alarms, &r.LastAt, &r.Last, &r.Unit}
}

// List reads a page, by name.
func (c *Charts) List(ctx context.Context, f mes.ChartFilter) (mes.Page[mes.ChartStatus], error) {
	byName := []column{{"c.name", "text", false}}
	l := newListing(chartFrom, f.Paging, sorts{"": byName, "name": byName, "state": {{"c.state", "text", false}}, "last_at": {{"c.last_at", "timestamptz", true}},
		"product": {{"c.product", "text", false}}}, column{"c.id", "text", false})
	l.where("c.site = ?", f.Site).where("c.state = ?", string(f.State)).where("c.product = ?", f.Product).where("c.station = ?", f.Station)
	l.search(f.Text, "c.id", "c.name", "c.product")
	return page(ctx, c.db, l, chartColumns, chartFields)
}

// Get reads one chart.
func (c *Charts) Get(ctx context.Context, site, id string) (mes.ChartStatus, error) {
	var out mes.ChartStatus
	err := c.pool.QueryRow(ctx, "SELECT "+chartColumns+" FROM "+chartFrom+" WHERE c.site = $1 AND c.id = $2", site, id).Scan(chartFields(&out)...)
	return out, missing(err, "Chart", id)
}

// definition reads what a chart watches.
func (c *Charts) definition(ctx context.Context, q *sqlcgen.Queries, site, id string) (mes.Chart, error) {
	var out mes.Chart
	row, err := q.ChartRow(ctx, sqlcgen.ChartRowParams{Site: site, ID: id})
	if err != nil {
		return out, missing(err, "Chart", id)
	}
	return out, json.Unmarshal(row, &out)
}

// importCharts makes charts that are not there, and changes those whose files say something else.
func (w *work) importCharts(by mes.Actor) func(context.Context, mes.PlantImport, *mes.ImportReport) error {
	return func(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
		for i, c := range in.Charts {
			row, err := w.LockChart(ctx, sqlcgen.LockChartParams{Site: c.Site, ID: c.ID})
			if err != nil && !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			if row.Version > 0 {
				var had mes.Chart
				if err := json.Unmarshal(row.Definition, &had); err != nil {
					return err
				}
				c.Version, c.ChangedBy, c.ChangedAt = had.Version, had.ChangedBy, had.ChangedAt
				if sameChart(c, had) {
					continue
				}
				if in.Reason == "" {
					var f mes.Faults
					f.Add(fmt.Sprintf("charts[%d]", i), "%s is there with another definition; give a reason", c.ID)
					return f.Err("The plant was not imported.")
				}
			}
			if _, err := w.putChart(ctx, by, c, in.Reason); err != nil {
				return err
			}
			out.Charts++
		}
		return nil
	}
}

func sameChart(a, b mes.Chart) bool {
	x, err := json.Marshal(a)
	y, also := json.Marshal(b)
	return err == nil && also == nil && sameJSON(x, y)
}
