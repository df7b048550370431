package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// fakeCalls keeps calls by the rules of package mes.
type fakeCalls struct {
	mu     sync.Mutex
	now    func() time.Time
	plan   mes.AndonPlan
	all    []mes.Call
	times  []mes.CallTimes
	safety []mes.SafetyRecord
}

func newFakeCalls(now func() time.Time) *fakeCalls {
	return &fakeCalls{now: now, plan: mes.DefaultAndonPlan()}
}

func (f *fakeCalls) Raise(_ context.Context, by mes.Actor, r mes.CallRequest) (mes.Call, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := r.Validate(f.plan, "L1"); err != nil {
		return mes.Call{}, err
	}
	r.Source = mes.CallByPerson
	c := r.Open(mes.CallID(int64(len(f.all)+1)), "L1", f.plan, by, f.now())
	f.all = append(f.all, c)
	return c, nil
}

func (f *fakeCalls) do(id string, rule func(mes.Call) (mes.Call, error)) (mes.Call, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.all, func(c mes.Call) bool { return c.ID == id })
	if i < 0 {
		return mes.Call{}, mes.NotFound("Call", id)
	}
	c, err := rule(f.all[i])
	if err == nil {
		f.all[i] = c
	}
	return c, err
}

func (f *fakeCalls) Acknowledge(_ context.Context, _, _, id string, by mes.Actor, roles []mes.Role) (mes.Call, error) {
	return f.do(id, func(c mes.Call) (mes.Call, error) { return c.Acknowledge(by, roles, f.now()) })
}

func (f *fakeCalls) Resolve(_ context.Context, _, _, id string, by mes.Actor, roles []mes.Role, note string) (mes.Call, error) {
	return f.do(id, func(c mes.Call) (mes.Call, error) { return c.Resolve(by, roles, note, f.now()) })
}

func (f *fakeCalls) Cancel(_ context.Context, _, _, id string, by mes.Actor, roles []mes.Role, reason string) (mes.Call, error) {
	return f.do(id, func(c mes.Call) (mes.Call, error) { return c.Cancel(by, roles, reason, f.now()) })
}

func (f *fakeCalls) Get(_ context.Context, _, id string) (mes.CallView, error) {
	c, err := f.do(id, func(c mes.Call) (mes.Call, error) { return c, nil })
	v := mes.CallView{Call: c, Events: []mes.CallEvent{}}
	if next, ok := c.Next(f.now()); ok {
		v.NextStep = &next
	}
	return v, err
}

func (f *fakeCalls) List(_ context.Context, q mes.CallFilter) (mes.Page[mes.Call], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := mes.Page[mes.Call]{Items: []mes.Call{}}
	for _, c := range f.all {
		if q.Station == "" || c.Station == q.Station {
			out.Items = append(out.Items, c)
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}

func (f *fakeCalls) Times(context.Context, string, mes.Span) ([]mes.CallTimes, error) {
	return f.times, nil
}

func (f *fakeCalls) Plan(context.Context, string) (mes.AndonPlan, error) { return f.plan, nil }

func (f *fakeCalls) PutPlan(_ context.Context, _ mes.Actor, _ string, p mes.AndonPlan, _ string) (mes.AndonPlan, error) {
	if err := p.Validate(); err != nil {
		return p, err
	}
	p.Version++
	f.plan = p
	return p, nil
}

func (f *fakeCalls) Safety(context.Context, string) (mes.SafetyRecord, bool, error) {
	if len(f.safety) == 0 {
		return mes.SafetyRecord{}, false, nil
	}
	return f.safety[len(f.safety)-1], true, nil
}

func (f *fakeCalls) RecordSafety(_ context.Context, _, _ string, by mes.Actor, day mes.Day, reason string) (mes.SafetyRecord, error) {
	if err := mes.CheckSafety(day, reason, f.now(), time.UTC); err != nil {
		return mes.SafetyRecord{}, err
	}
	r := mes.SafetyRecord{LastAccident: day, Reason: reason, By: by.ID, At: f.now()}
	f.safety = append(f.safety, r)
	return r, nil
}

// fakeBoards has one line.
type fakeBoards struct{}

func (fakeBoards) Board(_ context.Context, site, line string) (mes.LineBoard, error) {
	if line != "L1" {
		return mes.LineBoard{}, mes.NotFound("Line", line)
	}
	return mes.LineBoard{Site: site, Line: line, Calls: []mes.BoardCall{}, Stations: []mes.BoardStation{}, Hours: []mes.BoardHour{}, Lost: []mes.BoardLoss{}}, nil
}
