package api

import (
	"context"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeContainments remembers what it was asked.
type fakeContainments struct {
	mes.Containments
	mu       sync.Mutex
	placed   []mes.ContainmentRequest
	disposed []mes.HoldDisposition
	notices  []mes.Notice
	lots     []mes.ContainedLot
}

func (f *fakeContainments) Place(_ context.Context, by mes.Actor, r mes.ContainmentRequest) (mes.Containment, error) {
	if err := r.Validate(); err != nil {
		return mes.Containment{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.placed = append(f.placed, r)
	return mes.Containment{ID: "H-0001", Site: r.Site, Title: r.Criterion.Title(), State: mes.ContainmentPlaced, Criterion: r.Criterion, Reason: r.Reason, Severity: r.Severity, PlacedBy: by.ID}, nil
}

func (f *fakeContainments) Preview(_ context.Context, r mes.ContainmentRequest) (mes.Preview, error) {
	return mes.Preview{Title: r.Criterion.Title(), Lots: 3, Places: []mes.PlaceCount{}, First: []mes.ContainedLot{}}, r.Validate()
}

func (f *fakeContainments) Get(_ context.Context, site, id string) (mes.ContainmentView, error) {
	if id != "H-0001" {
		return mes.ContainmentView{}, mes.NotFound("Hold", id)
	}
	return mes.ContainmentView{Containment: mes.Containment{ID: id, Site: site}}, nil
}

func (f *fakeContainments) List(context.Context, mes.ContainmentFilter) (mes.Page[mes.Containment], error) {
	return mes.Page[mes.Containment]{Items: []mes.Containment{{ID: "H-0001", Title: "TP-1", State: mes.ContainmentContained}}, Total: 1}, nil
}

func (f *fakeContainments) Lots(_ context.Context, q mes.ContainedFilter) (mes.Page[mes.ContainedLot], error) {
	var out []mes.ContainedLot
	for _, l := range f.lots {
		if q.Place == "" || q.Place == l.Place {
			out = append(out, l)
		}
	}
	if q.Cursor == "" && len(out) > 1 { // two pages, as of many
		return mes.Page[mes.ContainedLot]{Items: out[:1], Next: "1", Total: int64(len(out))}, nil
	}
	return mes.Page[mes.ContainedLot]{Items: out[min(1, len(out)):], Total: int64(len(out))}, nil
}

func (f *fakeContainments) Graph(context.Context, string, string) (mes.Graph, error) {
	return mes.Graph{Nodes: []mes.GraphNode{}, Edges: []mes.GraphEdge{}}, nil
}

func (f *fakeContainments) Dispose(_ context.Context, _ string, _ mes.Actor, d mes.HoldDisposition) (mes.Disposed, error) {
	if err := d.Validate(); err != nil {
		return mes.Disposed{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.disposed = append(f.disposed, d)
	return mes.Disposed{Lots: len(d.Lots)}, nil
}

func (f *fakeContainments) Notify(_ context.Context, _ string, _ mes.Actor, n mes.Notice) (int, error) {
	f.notices = append(f.notices, n)
	return 1, nil
}

func (f *fakeContainments) SetAside(context.Context, string, string, string, string, string, mes.Actor) error {
	return nil
}

func (f *fakeContainments) EndWatch(_ context.Context, _, site, id string, _ mes.Actor, _ string) (mes.Containment, error) {
	return mes.Containment{ID: id, Site: site}, nil
}
