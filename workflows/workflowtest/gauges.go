package workflowtest

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Gauges is an in-memory mes.GaugeLedger: gauges with their last calibration, and the reminders that went out.
type Gauges struct {
	Now func() time.Time

	mu    sync.Mutex
	held  map[string]mes.Gauge
	keys  map[string]bool
	out   []string
	looks int
	fails int
}

var _ mes.GaugeLedger = (*Gauges)(nil)

// NewGauges makes an empty register.
func NewGauges() *Gauges {
	return &Gauges{Now: time.Now, held: map[string]mes.Gauge{}, keys: map[string]bool{}}
}

// Calibrate records the n-th calibration of a gauge, which ends after so long; reminders go out 30 and 7 days before.
func (g *Gauges) Calibrate(id string, n int64, ends time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held[id] = mes.Gauge{ID: id, RemindDays: []int{30, 7}, Last: &mes.Calibration{N: n, AsLeft: mes.InTolerance, DueAt: g.Now().Add(ends)}}
}

// Fail makes the next n calls fail, as when the database is away.
func (g *Gauges) Fail(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails = n
}

// Out are the keys of the reminders that went out, in their order.
func (g *Gauges) Out() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.out...)
}

// Looks counts how often the records were read.
func (g *Gauges) Looks() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.looks
}

// RemindGauges raises what is due, once each.
func (g *Gauges) RemindGauges(context.Context, string) (mes.Reminded, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fails > 0 {
		g.fails--
		return mes.Reminded{}, errors.New("the database is away")
	}
	g.looks++
	var all []mes.Gauge
	for _, x := range g.held {
		all = append(all, x)
	}
	now := g.Now()
	due, next := mes.GaugeReminders(all, now)
	out := mes.Reminded{Next: next, Now: now}
	for _, d := range due {
		if !g.keys[d.Key()] {
			g.keys[d.Key()] = true
			g.out = append(g.out, d.Key())
			out.Raised++
		}
	}
	return out, nil
}

// Register gives the activities of a GaugeWatch this ledger.
func (g *Gauges) Register(r worker.ActivityRegistry) {
	contract.RemindGauges.Register(r, func(ctx context.Context, in contract.GaugeWatchInput) (mes.Reminded, error) {
		return g.RemindGauges(ctx, in.Site)
	})
}
