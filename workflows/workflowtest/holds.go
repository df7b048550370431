package workflowtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Holds is a ContainmentLedger in memory: one containment whose lots a test adds, stops, decides on and ends.
type Holds struct {
	Now func() time.Time

	mu      sync.Mutex
	c       mes.Containment
	toFind  int // lots that genealogy has still to give, one in each step
	running []string
	stopped []string
	calls   map[string]bool
	looks   int
	fails   int
}

var _ mes.ContainmentLedger = (*Holds)(nil)

// NewHolds makes a containment that has named one lot and will find so many more.
func NewHolds(s mes.Severity, toFind int) *Holds {
	return &Holds{Now: time.Now, toFind: toFind, calls: map[string]bool{}, c: mes.Containment{ID: "H-0001", Site: Site, Title: "P-1", Severity: s, State: mes.ContainmentPlaced,
		ContainmentTally: mes.ContainmentTally{Found: 1, Held: 1, Undecided: 1, Open: 1}}}
}

// Begin sets the time of the placing.
func (h *Holds) Begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.c.RequestedAt = h.Now()
}

// Change changes what is contained.
func (h *Holds) Change(do func(t *mes.ContainmentTally)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	do(&h.c.ContainmentTally)
}

// Run makes lots that run when they are held.
func (h *Holds) Run(lots ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running = append(h.running, lots...)
	h.c.Unacknowledged = len(h.running)
}

// Fail makes the next n calls fail, as when the database is away.
func (h *Holds) Fail(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fails = n
}

// State is where the containment stands.
func (h *Holds) State() mes.ContainmentState {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.c.State
}

// Tally is what is contained.
func (h *Holds) Tally() mes.ContainmentTally {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.c.ContainmentTally
}

// StoppedLots are those that said so, with where they stand.
func (h *Holds) StoppedLots() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.stopped)
}

// Calls are the keys of the calls that went out.
func (h *Holds) Calls() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for k := range h.calls {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Looks counts how often the workflow looked.
func (h *Holds) Looks() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.looks
}

func (h *Holds) enter() error {
	h.mu.Lock()
	if h.fails > 0 {
		h.fails--
		return errors.New("the database is away")
	}
	return nil
}

// Find finds one lot.
func (h *Holds) Find(context.Context, string, string) (mes.Found, error) {
	defer h.mu.Unlock()
	if err := h.enter(); err != nil {
		return mes.Found{}, err
	}
	if h.toFind == 0 {
		h.c.Complete = true
		return mes.Found{}, nil
	}
	h.toFind--
	t := &h.c.ContainmentTally
	t.Found, t.Held, t.Undecided, t.Open = t.Found+1, t.Held+1, t.Undecided+1, t.Open+1
	return mes.Found{Took: 1, More: true, Busy: true}, nil
}

// Watch looks, moves the state, and raises the calls that are due.
func (h *Holds) Watch(context.Context, string, string) (mes.ContainmentStanding, error) {
	defer h.mu.Unlock()
	if err := h.enter(); err != nil {
		return mes.ContainmentStanding{}, err
	}
	h.looks++
	now := h.Now()
	h.c.State = h.c.ContainmentTally.State()
	out := mes.ContainmentStanding{State: h.c.State, ContainmentTally: h.c.ContainmentTally, Now: now}
	for _, e := range h.c.Escalations() {
		if e.At.After(now) {
			if out.Next == nil {
				out.Next = &e.At
			}
			continue
		}
		h.calls[e.Key] = true
	}
	return out, nil
}

// Stopped notes a lot that stands still.
func (h *Holds) Stopped(_ context.Context, _, id, lot, at string) error {
	defer h.mu.Unlock()
	if err := h.enter(); err != nil {
		return err
	}
	h.stopped = append(h.stopped, id+" "+lot+" "+at)
	h.running = slices.DeleteFunc(h.running, func(l string) bool { return l == lot })
	h.c.Unacknowledged = len(h.running)
	return nil
}

// Register gives the activities of a LotHold this ledger, as package activities does.
func (h *Holds) Register(r worker.ActivityRegistry) {
	contract.FindContained.Register(r, func(ctx context.Context, in contract.LotHoldInput) (all mes.Found, err error) {
		for more := true; more && err == nil; {
			var f mes.Found
			f, err = h.Find(ctx, in.Site, in.Containment)
			all.Took, all.More, more = all.Took+f.Took, f.More, f.More
		}
		return all, contract.Carry(err)
	})
	contract.WatchContained.Register(r, func(ctx context.Context, in contract.LotHoldInput) (mes.ContainmentStanding, error) {
		out, err := h.Watch(ctx, in.Site, in.Containment)
		return out, contract.Carry(err)
	})
	contract.LotStopped.Register(r, func(ctx context.Context, in contract.StoppedLot) (struct{}, error) {
		return struct{}{}, contract.Carry(h.Stopped(ctx, in.Site, in.Containment, in.Lot, in.At))
	})
}
