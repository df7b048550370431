// Package workflowtest lets workflows be tried without a database: an in-memory ledger that keeps the promises of the
// ports (one transaction per entry, first answers for repeated keys, versions, holds, stock), routings to run, and
// scripted devices.
package workflowtest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Ledger is a LotLedger and an OrderLedger in memory.
type Ledger struct {
	Site string
	// Now is the ledger's clock; workflow tests under skipped time set it.
	Now func() time.Time
	// Stored hears of each stored entry before its caller does, so that a test can come in between.
	Stored func(mes.Entry)

	mu     sync.Mutex
	orders map[string]*order
	lots   map[string]*Lot
	lotIDs []string
	stock  map[string]*mes.ComponentLot
	holds  map[string]string // scope/subject to reason
	keys   map[string]any    // first answers
	seq    map[string]uint32 // last number of each device
	next   int64
	// Entries are all stored entries, in order.
	entries  []mes.Entry
	messages []mes.Message
	fails    map[string]int // calls that fail before they do anything, by method
	loses    map[string]int // calls that do their work and then lose the answer, by method
	told     []chan mes.Event
}

var (
	_ mes.LotLedger   = (*Ledger)(nil)
	_ mes.OrderLedger = (*Ledger)(nil)
	_ mes.Events      = (*Ledger)(nil)
)

type order struct {
	status  mes.OrderStatus
	routing mes.Routing
	due     time.Time
	// moved is the revision that the order was moved to; its lots go over when they stand between two operations.
	moved *mes.Routing
}

// Lot is a produced lot as the ledger keeps it.
type Lot struct {
	ID, Order string
	Quantity  mes.Decimal // as started
	Progress  mes.Progress
	routing   mes.Routing
	base      mes.Routing // its own, while it is in rework
}

// New makes an empty ledger.
func New(site string) *Ledger {
	return &Ledger{Site: site, Now: time.Now, orders: map[string]*order{}, lots: map[string]*Lot{}, stock: map[string]*mes.ComponentLot{},
		holds: map[string]string{}, keys: map[string]any{}, seq: map[string]uint32{}, fails: map[string]int{}, loses: map[string]int{}}
}

// AddOrder stores an order in state created.
func (l *Ledger) AddOrder(number string, quantity int64, r mes.Routing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.orders[number] = &order{routing: r, due: l.Now().Add(24 * time.Hour), status: mes.OrderStatus{Number: number, State: mes.OrderCreated, Version: 1,
		Ledger: mes.Ledger{Ordered: mes.Count(quantity), NotStarted: mes.Count(quantity)}}}
}

// AddStock receives a component.
func (l *Ledger) AddStock(c mes.ComponentLot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.Origin, c.State = "received", mes.LotAvailable
	l.stock[c.ID] = &c
}

// PutHold lays a hold on a lot or an order; an empty reason lifts it.
func (l *Ledger) PutHold(scope mes.HoldScope, subject, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.putHold(scope, subject, reason)
}

func (l *Ledger) putHold(scope mes.HoldScope, subject, reason string) {
	key := string(scope) + "/" + subject
	if reason == "" {
		delete(l.holds, key)
		return
	}
	l.holds[key] = reason
}

// Fail makes the next n calls of a method fail before they do anything, as when the database is away.
func (l *Ledger) Fail(method string, n int) { l.set(l.fails, method, n) }

// Lose makes the next n calls of a method do their work and lose the answer, as when a worker dies after the commit.
func (l *Ledger) Lose(method string, n int) { l.set(l.loses, method, n) }

func (l *Ledger) set(m map[string]int, method string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m[method] = n
}

var errAway = mes.Refuse(mes.CodeUnavailable, "The database does not answer.", "", "")

// enter takes the lock for one call; lost is the error that its caller gets although the work was done.
func (l *Ledger) enter(method string) (lost, err error) {
	l.mu.Lock()
	if l.fails[method] > 0 {
		l.fails[method]--
		return nil, errAway
	}
	if l.loses[method] > 0 {
		l.loses[method]--
		return errAway, nil
	}
	return nil, nil
}

// Lot gives a copy of a lot.
func (l *Ledger) Lot(id string) Lot {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lot, ok := l.lots[id]; ok {
		return *lot
	}
	return Lot{}
}

// Lots lists the lots in the order in which they were made.
func (l *Ledger) Lots() []Lot {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Lot, len(l.lotIDs))
	for i, id := range l.lotIDs {
		out[i] = *l.lots[id]
	}
	return out
}

// Entries lists the stored entries of a lot, or of all lots when it is empty.
func (l *Ledger) Entries(lot string) []mes.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []mes.Entry
	for _, e := range l.entries {
		if lot == "" || e.Lot == lot {
			out = append(out, e)
		}
	}
	return out
}

// TakeMessages hands out the outbox rows written since the last call.
func (l *Ledger) TakeMessages() []mes.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.messages
	l.messages = nil
	return out
}

// Check names what does not add up: an order that does not balance, or a lot whose versions have a gap.
func (l *Ledger) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for number, o := range l.orders {
		if !o.status.Ledger.Balanced() {
			return fmt.Errorf("order %s does not balance: %+v", number, o.status.Ledger)
		}
	}
	versions := map[string]int64{}
	for _, e := range l.entries {
		if last, ok := versions[e.Lot]; ok && e.Before.Version != last {
			return fmt.Errorf("%s: entry %s follows version %d, %d was stored", e.Lot, e.Kind, e.Before.Version, last)
		}
		versions[e.Lot] = e.Before.Version + 1
	}
	return nil
}

// Listen tells of every change of an order until ctx ends.
func (l *Ledger) Listen(ctx context.Context) (<-chan mes.Event, error) {
	ch := make(chan mes.Event, 64)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, ch)
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.told = slices.DeleteFunc(l.told, func(c chan mes.Event) bool { return c == ch })
		close(ch)
	})
	return ch, nil
}

// tell hands an event to whoever listens; one who does not keep up misses it.
func (l *Ledger) tell(number string) {
	for _, ch := range l.told {
		select {
		case ch <- mes.Event{Kind: mes.EventOrder, ID: number, Site: l.Site}:
		default:
		}
	}
}

// Plan loads a lot's plan.
func (l *Ledger) Plan(_ context.Context, _, lot string) (mes.Plan, error) {
	lost, err := l.enter("Plan")
	defer l.mu.Unlock()
	if err != nil {
		return mes.Plan{}, err
	}
	got, ok := l.lots[lot]
	if !ok {
		return mes.Plan{}, mes.NotFound("Lot", lot)
	}
	o := l.orders[got.Order]
	p := got.Progress
	return mes.Plan{Routing: got.routing, Order: got.Order, Product: o.routing.Product, GTIN: "04012345678901", Tracking: mes.TrackSerial,
		Quantity: got.Quantity, Progress: &p}, lost
}
