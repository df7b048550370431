// Package system tests the whole system as its users meet it: the binary, its API, its command line, the simulated
// plant. One system runs for all tests of this package; each test makes orders of its own.
package system

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// suite is the running system with everyone who works with it.
type suite struct {
	p   *plant.Plant
	rec *plant.Records

	planner, operator, crimper, supervisor, quality, maintenance, auditor, admin *plant.Client
	// expired holds a dispensing certificate that has ended; junior one of too low a level.
	expired, junior *plant.Client
	erp, vision     *plant.Client

	numbers atomic.Int64
}

func TestSystem(t *testing.T) {
	s := open(t)
	for _, group := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"Ready", s.ready}, {"Orders", s.orders}, {"Access", s.access}, {"Material", s.material}, {"Inverters", s.inverters},
		{"HoseKits", s.hoseKits}, {"Operator", s.operatorCommands}, {"Queue", s.queue}, {"Dispatching", s.dispatching}, {"Vision", s.visionResults},
		{"Rework", s.rework}, {"Nonconformances", s.nonconformances}, {"Holds", s.holds}, {"ERP", s.erpMessages}, {"Events", s.events}, {"Trail", s.trail},
		{"Documents", s.documents}, // the last: it changes what the orders after it are made by
	} {
		t.Run(group.name, group.run)
	}
}

func open(t *testing.T) *suite {
	p := plant.New(t, plant.Options{Speed: 100, Seed: 7})
	s := &suite{p: p, rec: p.Records(t)}
	for user, c := range map[string]**plant.Client{
		"pl-07": &s.planner, "op-121": &s.operator, "op-122": &s.crimper, "sv-05": &s.supervisor, "qe-02": &s.quality, "mt-03": &s.maintenance,
		"au-01": &s.auditor, "admin": &s.admin, "op-130": &s.expired, "op-109": &s.junior,
	} {
		*c = p.As(t, user)
	}
	s.erp, s.vision = p.AsService(t, "erp"), p.AsService(t, "vision")
	return s
}

// number gives each order of the run a number of its own, which says which test made it.
func (s *suite) number(t *testing.T) string {
	name := t.Name()[strings.LastIndex(t.Name(), "/")+1:]
	return fmt.Sprintf("%.24s-%d", strings.ReplaceAll(name, "_", "."), s.numbers.Add(1))
}

// key is an Idempotency-Key that no other command of the run has.
func (s *suite) key() string { return fmt.Sprintf("test-%d", s.numbers.Add(1)) }

func in(days int) string {
	return time.Now().UTC().Add(time.Duration(days) * 24 * time.Hour).Truncate(time.Second).Format(time.RFC3339)
}

// request is a good order, to be spoilt by tests.
func request(number, product string, quantity any) map[string]any {
	return map[string]any{"number": number, "product": product, "quantity": quantity, "due": in(3), "priority": 50, "line": "L1"}
}

// order creates and releases an order.
func (s *suite) order(t *testing.T, product string, quantity int) string {
	t.Helper()
	n := s.number(t)
	s.ok(t, s.post(t, s.erp, "/work-orders", request(n, product, quantity)))
	s.ok(t, s.post(t, s.planner, "/work-orders/"+n+"/release", nil))
	return n
}

func (s *suite) readOrder(t *testing.T, number string) (o mes.Order) {
	t.Helper()
	plant.OK(t, s.planner.Get(t.Context(), "/work-orders/"+number, &o))
	return o
}

func (s *suite) readLot(t *testing.T, lot string) (l mes.LotView) {
	t.Helper()
	plant.OK(t, s.operator.Get(t.Context(), "/lots/"+url.PathEscape(lot), &l))
	return l
}

// workAt finds the operation in a command's address; the demo's stations are called after their operations.
var workAt = regexp.MustCompile(`^/lots/[^/]+/operations/([1-8]0|82|84)/`)

// post sends a command once, under a key of its own; one on an operation comes from its station's terminal.
func (s *suite) post(t *testing.T, c *plant.Client, path string, body any) *plant.Reply {
	t.Helper()
	if m := workAt.FindStringSubmatch(path); m != nil {
		c = c.At("ST" + m[1])
	}
	r, err := c.Insist(t.Context(), path, body, s.key())
	plant.OK(t, err)
	return r
}

func (s *suite) ok(t *testing.T, r *plant.Reply) *plant.Reply {
	t.Helper()
	if !r.OK() {
		t.Fatalf("status %d: %s", r.Status, r.Body)
	}
	return r
}

// refused checks a refusal: its status, that it is a problem document which says what happened, and that the given words
// stand in it.
func (s *suite) refused(t *testing.T, r *plant.Reply, status int, words ...string) plant.Problem {
	t.Helper()
	p := r.Problem()
	if r.Status != status || p.Status != status {
		t.Fatalf("status %d, %d in the body; want %d: %s", r.Status, p.Status, status, r.Body)
	}
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/problem+json") {
		t.Errorf("the refusal's type is %s", kind)
	}
	if p.What == "" || p.Code == "" || p.RequestID == "" || !strings.HasSuffix(p.Type, "/"+p.Code) {
		t.Errorf("the refusal lacks what, code, type or request_id: %s", r.Body)
	}
	for _, w := range words {
		if !strings.Contains(string(r.Body), w) {
			t.Errorf("%q is not in the refusal %s", w, r.Body)
		}
	}
	return p
}

// fields are the locations of a refusal's fields.
func fields(p plant.Problem) string {
	var out []string
	for _, e := range p.Errors {
		out = append(out, e.Location)
	}
	return strings.Join(out, " ")
}

// bring works on an order of one lot until the lot stands before the named step ("" is before the operation's start).
func (s *suite) bring(t *testing.T, order, operation, step string) mes.LotView {
	t.Helper()
	there := func(l mes.LotView) bool {
		return l.Operation == operation && (step == "" && l.State == mes.LotQueued || step != "" && l.Step == step && l.State == mes.LotRunning)
	}
	var found mes.LotView
	c := s.crew(order)
	c.Stop = there
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	plant.OK(t, c.Reach(ctx, order, func(_ mes.Order, lots []mes.LotView) bool {
		for _, l := range lots {
			if there(l) {
				found = l
				return true
			}
		}
		return false
	}))
	return found
}

// one makes an order of one inverter and brings it before a step.
func (s *suite) one(t *testing.T, operation, step string) mes.LotView {
	t.Helper()
	return s.bring(t, s.order(t, "INV-200", 1), operation, step)
}

// crew is a crew with keys of its own.
func (s *suite) crew(order string) *plant.Crew {
	return &plant.Crew{Name: fmt.Sprintf("crew-%s-%d", order, s.numbers.Add(1)), Operators: []*plant.Client{s.operator, s.crimper}, Quality: s.quality}
}

// finish works the order off and audits it.
func (s *suite) finish(t *testing.T, order string) mes.Order {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	plant.OK(t, s.crew(order).Work(ctx, order))
	for _, f := range s.rec.Faults(ctx, order) {
		t.Error(f)
	}
	return s.readOrder(t, order)
}

func op(lot, operation string) string {
	return "/lots/" + url.PathEscape(lot) + "/operations/" + operation
}

func step(lot, operation, step string) string {
	return op(lot, operation) + "/steps/" + step + "/complete"
}
