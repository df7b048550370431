package api

import (
	"context"
	"slices"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeCharts keeps charts as the store does; its points are given.
type fakeCharts struct {
	mes.Charts
	mu     sync.Mutex
	charts []mes.Chart
	points []mes.ChartPoint
	limits []mes.ChartLimits
	alarms []mes.ChartAlarm
	why    []string
}

func (f *fakeCharts) find(site, id string) (mes.Chart, error) {
	for _, c := range f.charts {
		if c.ID == id && c.Site == site {
			return c, nil
		}
	}
	return mes.Chart{}, mes.NotFound("Chart", id)
}

func (f *fakeCharts) List(_ context.Context, q mes.ChartFilter) (mes.Page[mes.ChartStatus], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := mes.Page[mes.ChartStatus]{Items: []mes.ChartStatus{}}
	for _, c := range f.charts {
		if c.Site == q.Site && (q.State == "" || q.State == mes.ChartNoLimits) {
			out.Items = append(out.Items, mes.ChartStatus{Chart: c, State: mes.ChartNoLimits, Points: int64(len(f.points))})
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}

func (f *fakeCharts) Get(_ context.Context, site, id string) (mes.ChartStatus, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, err := f.find(site, id)
	return mes.ChartStatus{Chart: c, State: mes.ChartNoLimits, Points: int64(len(f.points))}, err
}

func (f *fakeCharts) Put(_ context.Context, by mes.Actor, c mes.Chart, reason string) (mes.Chart, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := c.Validate(); err != nil {
		return c, err
	}
	f.charts = slices.DeleteFunc(f.charts, func(o mes.Chart) bool { return o.ID == c.ID && o.Site == c.Site })
	c.Version, c.ChangedBy, c.ChangedAt = c.Version+1, by.ID, monday
	f.charts, f.why = append(f.charts, c), append(f.why, reason)
	return c, nil
}

func (f *fakeCharts) Points(_ context.Context, q mes.PointFilter) (mes.Page[mes.ChartPoint], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.find(q.Site, q.Chart)
	rows := slices.DeleteFunc(slices.Clone(f.points), func(p mes.ChartPoint) bool { return p.Seq < q.From || q.To > 0 && p.Seq > q.To })
	if q.Last > 0 {
		rows = rows[max(0, len(rows)-q.Last):]
	}
	return mes.Page[mes.ChartPoint]{Items: rows, Total: int64(len(rows))}, err
}

func (f *fakeCharts) Study(_ context.Context, site, id string, w mes.StudyWindow) (mes.ChartStudy, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, err := f.find(site, id)
	if err != nil {
		return mes.ChartStudy{}, err
	}
	return mes.StudyPoints(c, w, f.points)
}

func (f *fakeCharts) Limits(_ context.Context, site, id string) ([]mes.ChartLimits, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.find(site, id)
	return slices.Clone(f.limits), err
}

func (f *fakeCharts) Propose(ctx context.Context, _ string, by mes.Actor, site, id string, w mes.StudyWindow, reason string) (mes.ChartLimits, error) {
	s, err := f.Study(ctx, site, id, w)
	if err != nil {
		return mes.ChartLimits{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l := mes.ChartLimits{Chart: id, Version: len(f.limits) + 1, Baseline: s.Baseline, Window: s.Window, Reason: reason, ProposedBy: by.ID, ProposedAt: monday, Approvals: []mes.ChartApproval{}}
	f.limits = append(f.limits, l)
	return l, nil
}

func (f *fakeCharts) Approve(_ context.Context, by mes.Actor, site, id string, version int, reason string) (mes.ChartLimits, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.find(site, id); err != nil || version > len(f.limits) {
		return mes.ChartLimits{}, mes.NotFound("Version", "")
	}
	l := &f.limits[version-1]
	l.InForce, l.Approvals = true, append(l.Approvals, mes.ChartApproval{By: by.ID, At: monday, Reason: reason, From: int64(len(f.points)) + 1})
	return *l, nil
}

func (f *fakeCharts) Capability(_ context.Context, site, id string, _, _ int64) (mes.CapabilityReport, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, err := f.find(site, id)
	if err != nil {
		return mes.CapabilityReport{}, err
	}
	return mes.CapabilityOf(c, f.points)
}

func (f *fakeCharts) Alarms(_ context.Context, q mes.AlarmFilter) (mes.Page[mes.ChartAlarm], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows := slices.DeleteFunc(slices.Clone(f.alarms), func(a mes.ChartAlarm) bool {
		return a.Site != q.Site || q.Chart != "" && a.Chart != q.Chart || q.Open && a.AcknowledgedAt != nil
	})
	return mes.Page[mes.ChartAlarm]{Items: rows, Total: int64(len(rows))}, nil
}

func (f *fakeCharts) Acknowledge(_ context.Context, by mes.Actor, site, id, reason string) (mes.ChartAlarm, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.alarms {
		if a := &f.alarms[i]; a.ID == id && a.Site == site {
			a.AcknowledgedAt, a.AcknowledgedBy, a.Reason = &monday, by.ID, reason
			return *a, nil
		}
	}
	return mes.ChartAlarm{}, mes.NotFound("Alarm", id)
}
