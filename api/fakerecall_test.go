package api

import (
	"context"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeRecalls keeps one recall.
type fakeRecalls struct {
	mu  sync.Mutex
	all []mes.Recall
}

func (f *fakeRecalls) Start(_ context.Context, _, site string, by mes.Actor, n mes.NewRecall) (mes.Recall, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := mes.Recall{ID: "R-1", Site: site, Lot: n.Lot, Mock: n.Mock, Reason: n.Reason, StartedBy: by.ID, StartedAt: monday, TracedAt: monday, Balanced: true, Lots: 1, Customers: 1}
	f.all = append(f.all, r)
	return r, nil
}

func (f *fakeRecalls) List(_ context.Context, q mes.RecallFilter) (mes.Page[mes.Recall], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return mes.Page[mes.Recall]{Items: f.all, Total: int64(len(f.all))}, nil
}

func (f *fakeRecalls) Get(_ context.Context, site, id string) (mes.Recall, mes.RecallFound, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		if r.ID == id && r.Site == site {
			unit := mes.RecalledLot{Lot: "U-1", Material: "INV-200", Name: "=Inverter", State: mes.LotShipped, Customer: "Alpha", DeliveryNote: "D-1", ShippedAt: &monday}
			unit = unit.Balance(mes.LotBalance{Quantity: mes.One, Remaining: mes.One, Scrapped: mes.Zero, SplitOff: mes.Zero, Consumed: mes.Zero, Returned: mes.Zero})
			return r, mes.RecallFound{Affected: []mes.RecalledLot{unit}, Sources: []mes.RecalledLot{}, Edges: []mes.GraphEdge{}}.Assemble(), nil
		}
	}
	return mes.Recall{}, mes.RecallFound{}, mes.NotFound("Recall", id)
}

func (f *fakeRecalls) Complete(ctx context.Context, site, id string, by mes.Actor, note string) (mes.Recall, error) {
	r, _, err := f.Get(ctx, site, id)
	r.CompletedBy, r.CompletedAt, r.Note = by.ID, &monday, note
	return r, err
}
