package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Study computes what limits a window would give.
func (c *Charts) Study(ctx context.Context, site, id string, w mes.StudyWindow) (mes.ChartStudy, error) {
	return c.study(ctx, c.q, site, id, w)
}

func (c *Charts) study(ctx context.Context, q *sqlcgen.Queries, site, id string, w mes.StudyWindow) (mes.ChartStudy, error) {
	chart, err := c.definition(ctx, q, site, id)
	if err != nil {
		return mes.ChartStudy{}, err
	}
	if err := w.Validate(); err != nil {
		return mes.ChartStudy{}, err
	}
	points, err := c.window(ctx, q, site, id, w.From, w.To, mes.MaxStudy+1)
	if err != nil {
		return mes.ChartStudy{}, err
	}
	if len(points) > mes.MaxStudy {
		var f mes.Faults
		f.Add("from", "the window has more than %d points", mes.MaxStudy)
		return mes.ChartStudy{}, f.Err("The limits were not computed.")
	}
	if len(points) > 0 { // the window is what was looked at, whatever comes later
		w.From, w.To = points[0].Seq, points[len(points)-1].Seq
	}
	return mes.StudyPoints(chart, w, points)
}

// Limits lists a chart's versions, newest first.
func (c *Charts) Limits(ctx context.Context, site, id string) ([]mes.ChartLimits, error) {
	if _, err := c.definition(ctx, c.q, site, id); err != nil {
		return nil, err
	}
	return chartLimits(ctx, c.q, site, id)
}

func chartLimits(ctx context.Context, q *sqlcgen.Queries, site, id string) ([]mes.ChartLimits, error) {
	rows, err := q.ChartLimitsOf(ctx, sqlcgen.ChartLimitsOfParams{Site: site, Chart: id})
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.ChartLimits, len(rows))
	for i, r := range rows {
		out[i] = mes.ChartLimits{Chart: id, Version: r.Version, Reason: r.Reason, ProposedBy: r.ProposedBy, ProposedAt: r.ProposedAt.UTC(), InForce: r.InForce}
		for _, part := range []struct {
			from json.RawMessage
			to   any
		}{{r.Baseline, &out[i].Baseline}, {r.Study, &out[i].Window}, {r.Approvals, &out[i].Approvals}} {
			if err := json.Unmarshal(part.from, part.to); err != nil {
				return nil, fmt.Errorf("limits %d of %s: %w", r.Version, id, err)
			}
		}
	}
	return out, nil
}

// Propose freezes the limits of a window as a new version.
func (c *Charts) Propose(ctx context.Context, key string, by mes.Actor, site, id string, win mes.StudyWindow, reason string) (mes.ChartLimits, error) {
	var out mes.ChartLimits
	err := c.change(ctx, func(w *work) error {
		if _, err := w.ChartStateLocked(ctx, sqlcgen.ChartStateLockedParams{Site: site, Chart: id}); err != nil {
			return missing(err, "Chart", id)
		}
		found, err := w.answered(ctx, key, &out)
		if err != nil || found {
			return err
		}
		study, err := c.study(ctx, w.Queries, site, id, win)
		if err != nil {
			return err
		}
		had, err := chartLimits(ctx, w.Queries, site, id)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		out = mes.ChartLimits{Chart: id, Version: 1, Baseline: study.Baseline, Window: study.Window, Reason: reason, ProposedBy: by.ID, ProposedAt: now, Approvals: []mes.ChartApproval{}}
		if len(had) > 0 {
			out.Version = had[0].Version + 1
		}
		return w.storeLimits(ctx, key, by, site, out)
	})
	return out, err
}

func (w *work) storeLimits(ctx context.Context, key string, by mes.Actor, site string, l mes.ChartLimits) error {
	model, err := json.Marshal(l.Baseline)
	if err != nil {
		return err
	}
	window, err := json.Marshal(l.Window)
	if err != nil {
		return err
	}
	err = w.later.AddChartLimits(ctx, sqlcgen.AddChartLimitsParams{Site: site, Chart: l.Chart, Version: l.Version, Baseline: model, Study: window, Reason: l.Reason,
		ProposedBy: by.ID, ProposedAt: l.ProposedAt})
	if err != nil {
		return err
	}
	w.tell(site, mes.EventChart, l.Chart)
	if err := w.remember(ctx, key, l.Chart, l); err != nil {
		return err
	}
	return w.audit(by, "limits_proposed", "chart", l.Chart, l.Reason, key, nil, l)
}

// Approve puts a version of limits into force.
func (c *Charts) Approve(ctx context.Context, by mes.Actor, site, id string, version int, reason string) (mes.ChartLimits, error) {
	var out mes.ChartLimits
	err := c.change(ctx, func(w *work) error {
		state, err := w.ChartStateLocked(ctx, sqlcgen.ChartStateLockedParams{Site: site, Chart: id})
		if err != nil {
			return missing(err, "Chart", id)
		}
		versions, err := chartLimits(ctx, w.Queries, site, id)
		if err != nil {
			return err
		}
		var before any
		found := false
		for _, v := range versions {
			if v.InForce {
				before = v
			}
			if v.Version == version {
				out, found = v, true
			}
		}
		switch {
		case !found:
			return mes.NotFound("Version", fmt.Sprintf("%d of the limits of %s", version, id))
		case out.InForce:
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Version %d of the limits of %s is in force already.", version, id), "Nothing was changed.", "")
		}
		return w.putInForce(ctx, by, site, state, &out, reason, before)
	})
	return out, err
}

func (w *work) putInForce(ctx context.Context, by mes.Actor, site string, state sqlcgen.ChartState, l *mes.ChartLimits, reason string, before any) error {
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	l.InForce = true
	l.Approvals = append(l.Approvals, mes.ChartApproval{By: by.ID, At: now, Reason: reason, From: state.Points + 1})
	err = w.later.AddChartApproval(ctx, sqlcgen.AddChartApprovalParams{Site: site, Chart: l.Chart, Version: l.Version, ApprovedBy: by.ID, ApprovedAt: now, Reason: reason, FirstPoint: state.Points + 1})
	if err != nil {
		return err
	}
	if err := w.later.SetChartLimits(ctx, sqlcgen.SetChartLimitsParams{Site: site, Chart: l.Chart, Limits: l.Version}); err != nil {
		return err
	}
	w.tell(site, mes.EventChart, l.Chart)
	return w.audit(by, "limits_approved", "chart", l.Chart, reason, fmt.Sprintf("chart/%s/%s/limits/%d/%d", site, l.Chart, l.Version, state.Points+1), before, *l)
}

// Alarms reads a page, newest first.
func (c *Charts) Alarms(ctx context.Context, f mes.AlarmFilter) (mes.Page[mes.ChartAlarm], error) {
	l := newListing("(SELECT a.*, c.name FROM chart_alarm a JOIN chart c ON c.site = a.site AND c.id = a.chart) a", f.Paging, sorts{"": nil}, column{"a.n", "bigint", true})
	l.where("a.site = ?", f.Site).where("a.chart = ?", f.Chart).when(f.Open, "a.acknowledged_at IS NULL")
	l.search(f.Text, "a.chart", "a.text", "a.lot")
	const columns = `a.id, a.site, a.chart, a.name, a.plot, a.rule, a.side, a.limits, a.first_point, a.last_point, a.points, a.lot, a.station, a.text, a.opened_at, a.acknowledged_at,
		a.acknowledged_by, a.reason`
	return page(ctx, c.db, l, columns, func(r *mes.ChartAlarm) []any {
		return []any{&r.ID, &r.Site, &r.Chart, &r.Name, &r.Plot, &r.Rule, &r.Side, &r.Limits, &r.First, &r.Last, &r.Points, &r.Lot, &r.Station, &r.Text, &r.OpenedAt, &r.AcknowledgedAt,
			&r.AcknowledgedBy, &r.Reason}
	})
}

// Acknowledge closes an alarm on a person's word.
func (c *Charts) Acknowledge(ctx context.Context, by mes.Actor, site, id, reason string) (mes.ChartAlarm, error) {
	var out mes.ChartAlarm
	err := c.change(ctx, func(w *work) error {
		row, err := w.LockChartAlarm(ctx, sqlcgen.LockChartAlarmParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Alarm", id)
		}
		if row.AcknowledgedAt != nil {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("This alarm was acknowledged by %s.", row.AcknowledgedBy), "Nothing was changed.", "")
		}
		chart, err := c.definition(ctx, w.Queries, site, row.Chart)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		out = alarmOf(row, chart.Name)
		before := out
		out.AcknowledgedAt, out.AcknowledgedBy, out.Reason = &now, by.ID, reason
		if err := w.later.AcknowledgeChartAlarm(ctx, sqlcgen.AcknowledgeChartAlarmParams{ID: id, At: &now, AcknowledgedBy: by.ID, Reason: reason}); err != nil {
			return err
		}
		if err := w.later.CloseAlertByKey(ctx, sqlcgen.CloseAlertByKeyParams{Key: "chart_alarm/" + id, ClosedBy: by.ID, Comment: reason}); err != nil {
			return err
		}
		w.tell(site, mes.EventAlert, row.Chart)
		w.tell(site, mes.EventChart, row.Chart)
		return w.audit(by, "alarm_acknowledged", "chart_alarm", id, reason, "", before, out)
	})
	return out, err
}
