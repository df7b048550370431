package api

import (
	"context"
	"slices"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeAlerts keeps alerts as the store does, without paging.
type fakeAlerts struct {
	mes.Alerts
	mu   sync.Mutex
	rows []mes.Alert
}

func (f *fakeAlerts) List(_ context.Context, q mes.AlertFilter) (mes.Page[mes.Alert], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows := slices.DeleteFunc(slices.Clone(f.rows), func(a mes.Alert) bool {
		mine := len(q.Roles) == 0 || a.MeantFor(q.Account, q.Roles)
		return a.Site != q.Site || !mine || q.Open && a.ClosedAt != nil || q.Kind != "" && a.Kind != q.Kind
	})
	return mes.Page[mes.Alert]{Items: rows, Total: int64(len(rows))}, nil
}

func (f *fakeAlerts) Get(_ context.Context, site string, id int64) (mes.Alert, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.rows {
		if a.ID == id && a.Site == site {
			return a, nil
		}
	}
	return mes.Alert{}, mes.NotFound("Alert", "")
}

func (f *fakeAlerts) Close(_ context.Context, _ string, id int64, by mes.Actor, comment string) (mes.Alert, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, a := range f.rows {
		if a.ID == id {
			f.rows[i].ClosedAt, f.rows[i].ClosedBy, f.rows[i].Comment = &monday, by.ID, comment
			return f.rows[i], nil
		}
	}
	return mes.Alert{}, mes.NotFound("Alert", "")
}
