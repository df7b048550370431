package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// fakeMachines keeps what was told.
type fakeMachines struct {
	mes.Machines
	mu       sync.Mutex
	taken    []mes.MachineBatch
	declared []mes.Declaration
}

func (*fakeMachines) Definitions(context.Context, string) ([]mes.MachineDefinition, error) {
	return []mes.MachineDefinition{{Station: "ST10", Site: "HAM", Source: mes.MachineByWork}}, nil
}

func (*fakeMachines) List(context.Context, string) ([]mes.MachineView, error) {
	return []mes.MachineView{{Station: "ST10", Name: "Kit", State: mes.MachineRunning}}, nil
}

func (f *fakeMachines) Get(ctx context.Context, site, station string) (mes.MachineView, error) {
	views, _ := f.List(ctx, site)
	if i := slices.IndexFunc(views, func(v mes.MachineView) bool { return v.Station == station }); i >= 0 {
		return views[i], nil
	}
	return mes.MachineView{}, mes.NotFound("Machine", station)
}

func (f *fakeMachines) Log(ctx context.Context, site, station string, from, until time.Time) (mes.MachineLog, error) {
	_, err := f.Get(ctx, site, station)
	return mes.MachineLog{Station: station, Stretches: []mes.StateStretch{{ID: 1, From: from, State: mes.MachineRunning}}, Notices: []mes.MachineNoticeView{}}, err
}

func (f *fakeMachines) Take(_ context.Context, _ string, b mes.MachineBatch) (mes.MachineTaken, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken = append(f.taken, b)
	return mes.MachineTaken{Through: b.First + int64(len(b.Records)) - 1, Again: []string{}}, nil
}

func (f *fakeMachines) Declare(_ context.Context, _, site, station string, by mes.Actor, d mes.Declaration) (mes.StateStretch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.declared = append(f.declared, d)
	return mes.StateStretch{ID: 2, Site: site, Station: station, State: d.State, Source: mes.FromPerson, ReasonBy: by.ID}, nil
}

// fakeStops keeps what people said of stops.
type fakeStops struct {
	mu      sync.Mutex
	filters []mes.DowntimeFilter
	said    []any
}

func (*fakeStops) Reasons(context.Context, string) (mes.StopTree, error) {
	return mes.StopTree{{Code: "machine", Names: map[string]string{"en": "Machine", "de": "Maschine"}, Category: mes.StopUnplanned, Active: true}}, nil
}

func (f *fakeStops) keep(v any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, v)
}

func (f *fakeStops) PutReason(_ context.Context, _ mes.Actor, _ string, r mes.StopReason, _ string) (mes.StopReason, error) {
	f.keep(r)
	return r, r.Validate()
}

func (f *fakeStops) Stops(_ context.Context, q mes.DowntimeFilter) (mes.Page[mes.Stop], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.filters = append(f.filters, q)
	return mes.Page[mes.Stop]{Items: []mes.Stop{{StateStretch: mes.StateStretch{ID: 7, Station: "ST50", From: q.From, State: mes.MachineUnplannedDown, Alarm: "E150"}, Name: "Leak", Seconds: 300, Asks: true}}, Total: 1}, nil
}

func (f *fakeStops) Pareto(_ context.Context, q mes.DowntimeFilter, by mes.ParetoBy) (mes.Pareto, error) {
	f.keep(q)
	return mes.AddUp([]mes.Stop{{StateStretch: mes.StateStretch{Station: "ST50", State: mes.MachineUnplannedDown}, Seconds: 300}}, by, q.From, q.Until), nil
}

func (f *fakeStops) Explain(_ context.Context, _, _, station string, id int64, _ mes.Actor, e mes.Explanation) (mes.StateStretch, error) {
	f.keep(e)
	return mes.StateStretch{ID: id, Station: station, Reason: e.Reason}, nil
}

func (f *fakeStops) Correct(_ context.Context, _, _, station string, id int64, _ mes.Actor, c mes.StopCorrection) (mes.StateStretch, error) {
	f.keep(c)
	return mes.StateStretch{ID: id, Station: station, State: c.State}, nil
}

func (f *fakeStops) Split(_ context.Context, _, _, station string, id int64, _ mes.Actor, at time.Time, _ int64, _ string) ([]mes.StateStretch, error) {
	f.keep(at)
	return []mes.StateStretch{{ID: id, Station: station, Until: &at}, {ID: id + 1, Station: station, From: at}}, nil
}

func (f *fakeStops) Merge(_ context.Context, _, _, station string, first, last int64, _ mes.Actor, _ int64, _ string) (mes.StateStretch, error) {
	f.keep([2]int64{first, last})
	return mes.StateStretch{ID: first, Station: station}, nil
}
