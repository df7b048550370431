package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// fakeMaintenances keeps jobs by the rules of package mes. What is not needed here is left to the embedded nil interface.
type fakeMaintenances struct {
	mes.Maintenances
	mu    sync.Mutex
	now   func() time.Time
	jobs  map[string]mes.MaintenanceJob
	keys  map[string]string
	plans map[string]mes.MaintenancePlan
}

func newFakeMaintenances(now func() time.Time) *fakeMaintenances {
	return &fakeMaintenances{now: now, jobs: map[string]mes.MaintenanceJob{}, keys: map[string]string{}, plans: map[string]mes.MaintenancePlan{}}
}

func (f *fakeMaintenances) Get(_ context.Context, site, id string) (mes.MaintenanceJob, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	j, ok := f.jobs[id]
	if !ok || j.Site != site {
		return j, mes.NotFound("Maintenance job", id)
	}
	return j, nil
}

func (f *fakeMaintenances) List(_ context.Context, q mes.MaintenanceFilter) (mes.Page[mes.MaintenanceRow], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out mes.Page[mes.MaintenanceRow]
	for _, j := range f.jobs {
		if q.Station == "" || q.Station == j.Station {
			out.Items = append(out.Items, mes.MaintenanceRow{ID: j.ID, Title: j.Title, State: j.State, Station: j.Station, Severity: j.Severity, RaisedAt: j.RaisedAt})
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}

func (f *fakeMaintenances) Request(_ context.Context, by mes.Actor, r mes.MaintenanceRequest) (mes.MaintenanceJob, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := r.Validate(f.now()); err != nil {
		return mes.MaintenanceJob{}, err
	}
	key := by.ID + "/" + r.Key
	if r.Outside != "" {
		key = "outside/" + r.Outside
	}
	if id := f.keys[key]; id != "" {
		return f.jobs[id], nil
	}
	j := r.Open(mes.MaintenanceID(len(f.jobs)+1), by, f.now(), []mes.IsolationPoint{{ID: "E1", Energy: "electrical", Place: "Cabinet", Position: "Off"}})
	f.jobs[j.ID], f.keys[key] = j, j.ID
	return j, nil
}

func (f *fakeMaintenances) do(p mes.MaintenancePlace, rule func(j mes.MaintenanceJob) (mes.MaintenanceJob, error)) (mes.MaintenanceJob, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	j, ok := f.jobs[p.ID]
	if !ok {
		return j, mes.NotFound("Maintenance job", p.ID)
	}
	if p.Version != 0 && p.Version != j.Version {
		return j, mes.Refuse(mes.CodeConflict, p.ID+" was changed meanwhile.", "", "")
	}
	next, err := rule(j)
	if err == nil {
		next.Version++
		f.jobs[p.ID] = next
	}
	return next, err
}

func (f *fakeMaintenances) Schedule(_ context.Context, p mes.MaintenancePlace, n mes.MaintenancePlanning) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Schedule(n, f.now()) })
}

func (f *fakeMaintenances) Lock(_ context.Context, p mes.MaintenancePlace, point, lock string) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Lock(point, lock, p.By, f.now()) })
}

func (f *fakeMaintenances) Verify(_ context.Context, p mes.MaintenancePlace, point string) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Verify(point, p.By, f.now()) })
}

func (f *fakeMaintenances) AskLockout(_ context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.AskLockout() })
}

func (f *fakeMaintenances) Begin(_ context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Begin(f.now()) })
}

func (f *fakeMaintenances) Reject(_ context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Reject(p.Reason, f.now()) })
}

func (f *fakeMaintenances) Cancel(_ context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Cancel(p.Reason, f.now()) })
}

func (f *fakeMaintenances) Remove(_ context.Context, p mes.MaintenancePlace, point string) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) {
		return j.Remove(point, p.Reason, p.By, f.now())
	})
}

func (f *fakeMaintenances) AskHandback(_ context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.AskHandback() })
}

func (f *fakeMaintenances) Close(_ context.Context, p mes.MaintenancePlace) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Close(f.now()) })
}

func (f *fakeMaintenances) Find(_ context.Context, p mes.MaintenancePlace, n mes.Findings) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Find(n) })
}

func (f *fakeMaintenances) Use(_ context.Context, p mes.MaintenancePlace, part mes.MaintenancePart) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Use(part) })
}

func (f *fakeMaintenances) Work(_ context.Context, p mes.MaintenancePlace, l mes.MaintenanceLabour) (mes.MaintenanceJob, error) {
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Work(l) })
}

func (f *fakeMaintenances) Test(_ context.Context, p mes.MaintenancePlace, t mes.MaintenanceTest) (mes.MaintenanceJob, error) {
	t.By, t.At = p.By.ID, f.now()
	return f.do(p, func(j mes.MaintenanceJob) (mes.MaintenanceJob, error) { return j.Test(t) })
}

func (f *fakeMaintenances) Plans(context.Context, string) ([]mes.MaintenancePlan, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []mes.MaintenancePlan{}
	for _, p := range f.plans {
		out = append(out, p)
	}
	return out, nil
}

func (f *fakeMaintenances) PutPlan(_ context.Context, _, site string, _ mes.Actor, p mes.MaintenancePlan, _ string) (mes.MaintenancePlan, error) {
	if err := p.Validate(); err != nil {
		return p, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p.Site, p.Version = site, p.Version+1
	f.plans[p.ID] = p
	return p, nil
}

func (f *fakeMaintenances) Points(_ context.Context, _, station string) (mes.MaintenanceSite, error) {
	return mes.MaintenanceSite{Station: station, Points: []mes.IsolationPoint{}}, nil
}

func (f *fakeMaintenances) PutPoints(_ context.Context, _, _ string, _ mes.Actor, s mes.MaintenanceSite, _ string) (mes.MaintenanceSite, error) {
	return s, mes.ValidatePoints(s.Points)
}

func (f *fakeMaintenances) Codes(context.Context, string) ([]mes.MaintenanceCode, error) {
	return []mes.MaintenanceCode{{Tree: mes.TreeCause, ID: "WEAR", Name: "Wear"}}, nil
}

func (f *fakeMaintenances) PutCode(_ context.Context, _, _ string, _ mes.Actor, c mes.MaintenanceCode, _ string) (mes.MaintenanceCode, error) {
	return c, c.Validate()
}

func (f *fakeMaintenances) Figures(_ context.Context, _, station string, from, until time.Time) ([]mes.MaintenanceWindow, error) {
	var out []mes.MaintenanceWindow
	for n, s := range []string{"ST10", "ST20"} {
		if station == "" || station == s {
			out = append(out, mes.MaintenanceWindow{Station: s, From: from, Until: until, OperatingS: 36000, Failures: n + 1, RepairS: 1800, CorrectiveS: 1200, PreventiveS: 2400})
		}
	}
	if len(out) == 0 {
		return nil, mes.NotFound("Station", fmt.Sprint(station))
	}
	return out, nil
}
