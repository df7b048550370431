package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
)

const site = storetest.Site

var (
	planner  = mes.Actor{ID: "paula"}
	operator = mes.Actor{ID: "olga"}
)

// floor is a seeded plant with a store: it plays the workflows' part, so that the ledger is tried as they use it.
type floor struct {
	testing.TB
	*store.Store
	db  storetest.DB
	ctx context.Context
	n   atomic.Int64
}

func newFloor(t testing.TB) *floor {
	db := storetest.Database(t)
	f := &floor{TB: t, Store: storetest.Open(t, db), db: db, ctx: context.Background()}
	storetest.Seed(t, f.Store)
	return f
}

func (f *floor) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatalf("unexpected: %v", err)
	}
}

func (f *floor) refused(err error, code mes.Code, containing string) {
	f.Helper()
	if mes.CodeOf(err) != code || err == nil {
		f.Fatalf("got %v (code %q), want code %q", err, mes.CodeOf(err), code)
	}
	if containing != "" && !contains(err.Error(), containing) {
		f.Fatalf("message %q does not say %q", err, containing)
	}
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func (f *floor) key() string {
	return fmt.Sprintf("key-%d", f.n.Add(1))
}

// order creates and releases an order.
func (f *floor) order(number, product string, quantity int64) {
	f.Helper()
	_, created, err := f.Orders.Create(f.ctx, f.key(), site, planner, request(number, product, quantity))
	f.must(err)
	if !created {
		f.Fatalf("order %s existed", number)
	}
	_, err = f.Orders.Release(f.ctx, f.key(), site, number, planner)
	f.must(err)
}

var due = time.Now().Add(72 * time.Hour).Truncate(time.Second).UTC()

func request(number, product string, quantity int64) mes.OrderRequest {
	return mes.OrderRequest{Number: number, Product: product, Quantity: mes.Count(quantity), Due: due, Priority: 50, Line: storetest.Line}
}

// fill fills the order's window and returns its open lots.
func (f *floor) fill(number string) []string {
	f.Helper()
	out, err := f.Orders.Fill(f.ctx, mes.FillRequest{Site: site, Order: number})
	f.must(err)
	return out.Open
}

// lots creates an order and fills it.
func (f *floor) lots(number, product string, quantity int64) []*piece {
	f.Helper()
	f.order(number, product, quantity)
	var out []*piece
	for _, id := range f.fill(number) {
		out = append(out, f.piece(id))
	}
	return out
}

// piece is a lot with its routing and where it stands, as its workflow knows it.
type piece struct {
	f    *floor
	id   string
	plan mes.Plan
	at   mes.Progress
	// replanned tells that the last entry moved the lot to another revision.
	replanned bool
}

func (f *floor) piece(id string) *piece {
	f.Helper()
	plan, err := f.Lots.Plan(f.ctx, site, id)
	f.must(err)
	if plan.Progress == nil {
		f.Fatalf("%s was never opened", id)
	}
	return &piece{f: f, id: id, plan: plan, at: *plan.Progress}
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// record stores an entry that leads to next, and adopts the answer.
func (p *piece) record(kind mes.EntryKind, next mes.Progress, with ...func(*mes.Entry)) error {
	e := mes.Entry{Key: fmt.Sprintf("lot/%s/%s#%s", site, p.id, p.f.key()), Site: site, Lot: p.id, Kind: kind, Actor: operator, At: now(), Before: p.at, After: next}
	for _, w := range with {
		w(&e)
	}
	r, err := p.f.Lots.Record(p.f.ctx, e)
	if err == nil {
		p.at, p.replanned = r.After, r.Replanned
	}
	return err
}

// start begins the lot's operation at a station.
func (p *piece) start(station string) error {
	next, err := p.at.Start(p.plan.Routing, p.id, mes.StartOperation{Actor: operator, Operation: p.at.Operation, Station: station}, now())
	if err != nil {
		return err
	}
	return p.record(mes.EntryStarted, next)
}

// step is the record of the current step.
func (p *piece) step(done mes.StepDone) func(*mes.Entry) {
	at := p.at
	return func(e *mes.Entry) {
		by := e.Actor
		if e.Kind == mes.EntryMachine {
			by = mes.Actor{}
		}
		e.Step, e.Consume = at.Built(p.plan.Routing, done, by, now()), done.Consume
	}
}

// scan completes a scan step with codes.
func (p *piece) scan(codes ...string) error {
	c := mes.CompleteStep{Actor: operator, Operation: p.at.Operation, Step: p.at.Step}
	for _, code := range codes {
		c.Components = append(c.Components, mes.ComponentUse{Scan: code})
	}
	return p.complete(c)
}

func (p *piece) complete(c mes.CompleteStep) error {
	next, done, err := p.at.Complete(p.plan.Routing, p.id, c, now())
	if err != nil {
		return err
	}
	return p.record(mes.EntryStep, next, p.step(done))
}

// measured is the machine's answer to the current device step.
func (p *piece) measured(value string) error {
	next, done, err := p.at.Measured(p.plan.Routing, p.id, []mes.Reading{{Characteristic: "T1", Value: mes.MustDecimal(value), At: now()}}, false, now())
	if err != nil {
		return err
	}
	return p.record(mes.EntryMachine, next, p.step(done))
}

// finish completes the operation.
func (p *piece) finish() error {
	operation := p.at.Operation
	next, err := p.at.Finish(p.plan.Routing, p.id, operator, operation, now())
	if err != nil {
		return err
	}
	_, o, _ := p.plan.Routing.At(operation)
	return p.record(mes.EntryCompleted, next, func(e *mes.Entry) { e.Confirm = o.Confirm })
}

// scrap takes pieces out.
func (p *piece) scrap(quantity int64) error {
	next, err := p.at.Scrap(p.id, p.plan.Tracking, mes.Count(quantity), "dropped", now())
	if err != nil {
		return err
	}
	return p.record(mes.EntryScrapped, next, func(e *mes.Entry) { e.Reason = "dropped" })
}

// kitted brings a UNIT through operation 10 with the given board.
func (p *piece) kitted(board string) {
	p.f.Helper()
	p.f.must(p.start("ST10"))
	p.f.must(p.scan(board))
	p.f.must(p.scan("SCREW-1"))
	p.f.must(p.finish())
}

// screwed brings a kitted UNIT through operation 20.
func (p *piece) screwed() {
	p.f.Helper()
	p.f.must(p.start("ST20"))
	p.f.must(p.measured("2.0"))
	p.f.must(p.finish())
}

// packed brings a KIT lot to its end.
func (p *piece) packed() {
	p.f.Helper()
	p.f.must(p.start("ST10"))
	p.f.must(p.complete(mes.CompleteStep{Operation: "10", Step: "1", Values: []mes.Reading{
		{Characteristic: "D", Value: mes.MustDecimal("10.0"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.1"), Sample: 2}}}))
	p.f.must(p.finish())
	p.f.must(p.start("ST10"))
	p.f.must(p.complete(mes.CompleteStep{Operation: "20", Step: "1"}))
	p.f.must(p.finish())
}

func (f *floor) lot(id string) mes.LotView {
	f.Helper()
	l, err := f.Lots.Get(f.ctx, site, id)
	f.must(err)
	return l
}

func (f *floor) status(number string) mes.OrderStatus {
	f.Helper()
	s, err := f.Orders.Status(f.ctx, site, number)
	f.must(err)
	return s
}

func sorted(in []string) []string {
	slices.Sort(in)
	return in
}
