package api

import (
	"context"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeTelemetry takes batches as the store does and gives what it was told to.
type fakeTelemetry struct {
	mu      sync.Mutex
	sites   []string
	batches []mes.TagBatch
	window  mes.TagWindow
	points  int
	rows    []mes.TagRow
	// hold keeps a taker waiting until it is closed.
	hold, taking chan struct{}
	err          error
}

func (f *fakeTelemetry) Take(_ context.Context, site string, b mes.TagBatch) (mes.TagTaken, error) {
	if f.hold != nil {
		f.taking <- struct{}{}
		<-f.hold
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sites, f.batches = append(f.sites, site), append(f.batches, b)
	return mes.TagTaken{Through: b.First + int64(len(b.Records)) - 1, Values: len(b.Records)}, f.err
}

func (f *fakeTelemetry) Tags(_ context.Context, q mes.TagFilter) (mes.Page[mes.Tag], error) {
	return mes.Page[mes.Tag]{Items: []mes.Tag{{ID: 1, Site: q.Site, Device: "TC-20", Name: "torque", Unit: "Nm", Kind: mes.TagNumber}}, Total: 1}, nil
}

func (f *fakeTelemetry) Series(_ context.Context, w mes.TagWindow, points int) ([]mes.TagSeries, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.window, f.points = w, points
	if w.Tags[0] > 100 {
		return nil, mes.NotFound("Tag", "")
	}
	return make([]mes.TagSeries, len(w.Tags)), nil
}

func (f *fakeTelemetry) Export(_ context.Context, _ mes.TagWindow, fn func(*mes.TagRow) error) error {
	for i := range f.rows {
		if err := fn(&f.rows[i]); err != nil {
			return err
		}
	}
	return f.err
}

func (f *fakeTelemetry) Notices(context.Context, string, mes.Paging) (mes.Page[mes.TagNotice], error) {
	return mes.Page[mes.TagNotice]{Items: []mes.TagNotice{{Device: "TC-20", Kind: mes.TagNoticeFlood, Count: 3}}, Total: 1}, nil
}
