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
