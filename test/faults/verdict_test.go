package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// killedUnderVerdicts kills `mes` while cameras send as fast as it takes and while a hold looks for its lots. Every verdict was
// either refused a receipt, and comes again, or is there once; the hold contains everything.
func (f *floor) killedUnderVerdicts(t *testing.T) {
	const cameras, each, times = 6, 150, 3
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	_, built := f.work(t, f.order(t, "INV-200", 4), 3*time.Minute)
	built()
	var paste string
	plant.OK(t, f.rec.Pool.QueryRow(ctx, `SELECT c.component FROM consumption c JOIN lot l ON l.id = c.component WHERE l.origin = 'received' GROUP BY c.component ORDER BY count(DISTINCT c.lot) DESC, c.component LIMIT 1`).Scan(&paste))
	units, err := f.rec.Count(ctx, `SELECT count(DISTINCT lot) FROM consumption WHERE component = $1`, paste)
	plant.OK(t, err)
	quality := f.p.As(t, "qe-02")
	var stored atomic.Int64
	var senders sync.WaitGroup
	camera := f.p.AsService(t, "vision")
	send := func(c, i int) error {
		body := map[string]any{"key": fmt.Sprintf("flood-%d-%d", c, i), "camera": "CAM-30", "lot": paste, "step": "30-4", "verdict": "fail", "confidence": 0.97, "model": "bead-det/3"}
		r, err := camera.Insist(ctx, "/vision/results", body, "")
		if err == nil && !r.OK() {
			err = fmt.Errorf("status %d: %s", r.Status, r.Body)
		}
		return err
	}
	for c := range cameras {
		senders.Go(func() {
			for i := range each {
				if err := send(c, i); err != nil {
					t.Errorf("camera %d, verdict %d: %v", c, i, err)
					return
				}
				stored.Add(1)
			}
		})
	}
	var hold mes.Containment
	senders.Go(func() {
		body := map[string]any{"criterion": map[string]any{"kind": "component", "lots": []string{paste}}, "reason": "bad paste", "severity": "high"}
		r, err := quality.Insist(ctx, "/holds", body, "flood-hold")
		if err == nil {
			err = r.Into(&hold)
		}
		if err != nil {
			t.Errorf("the hold: %v", err)
		}
	})
	dice := rand.New(rand.NewPCG(31, 0))
	for n := range times {
		if t.Failed() {
			return
		}
		goal := stored.Load() + int64(20+dice.IntN(60))
		plant.Eventually(t, 2*time.Minute, func() string {
			if now := stored.Load(); now < min(goal, cameras*each) {
				return fmt.Sprintf("%d verdicts stored, waiting for %d", now, goal)
			}
			return ""
		})
		f.p.Kill()
		t.Logf("kill %d with %d receipts given", n+1, stored.Load())
		plant.OK(t, f.p.Up(ctx))
	}
	senders.Wait()
	f.rec.Close()
	f.rec, err = plant.OpenRecords(t.Context(), f.p.DataDir())
	plant.OK(t, err)
	if n, err := f.rec.Count(ctx, `SELECT count(*) FROM vision_result WHERE camera = 'CAM-30' AND key LIKE 'flood-%'`); err != nil || n != cameras*each {
		t.Errorf("%d verdicts are there, want %d, %v", n, cameras*each, err)
	}
	f.contained(t, quality, hold.ID, units)
}

// contained waits until a hold has found everything, and looks that it is all that was built with the component.
func (f *floor) contained(t *testing.T, quality *plant.Client, hold string, units int64) {
	t.Helper()
	plant.Eventually(t, time.Minute, func() string {
		var h mes.Containment
		if err := quality.Get(t.Context(), "/holds/"+url.PathEscape(hold), &h); err != nil {
			return err.Error()
		}
		if h.State == "placed" || h.State == "finding" {
			return "the hold is " + string(h.State)
		}
		return ""
	})
	n, err := f.rec.Count(t.Context(), `SELECT count(DISTINCT lot) FROM contained_lot WHERE containment = $1`, hold)
	if err != nil || n < units {
		t.Errorf("hold %s has %d lots, %d were built with the component, %v", hold, n, units, err)
	}
	t.Logf("hold %s contains %d lots", hold, n)
}
