package plant

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"github.com/steelthread/steelthread/mes"
)

// command is what the crew does to a lot next. A signature has no path: its request has to be found first.
type command struct {
	kind    string
	path    string
	quality bool
	body    func(ctx context.Context, c *Crew, o mes.Order, l mes.LotView) (any, error)
}

func fixed(v any) func(context.Context, *Crew, mes.Order, mes.LotView) (any, error) {
	return func(context.Context, *Crew, mes.Order, mes.LotView) (any, error) { return v, nil }
}

// next decides what to do with a lot; ok is false when it waits for something that the crew does not do.
func (c *Crew) next(o mes.Order, l mes.LotView) (cmd command, ok bool) {
	lot := "/lots/" + url.PathEscape(l.Lot)
	op := lot + "/operations/" + url.PathEscape(l.Operation)
	if c.Stop != nil && c.Stop(l) {
		return cmd, false
	}
	if len(l.Holds) > 0 {
		if h := l.Holds[0]; h.Scope != mes.HoldLot || h.By != "vision" {
			return cmd, false
		}
		return command{kind: "release", path: lot + "/release", quality: true, body: fixed(map[string]string{"reason": "looked at by the crew"})}, true
	}
	switch l.State {
	case mes.LotQueued:
		return command{kind: "start", path: op + "/start", body: fixed(map[string]string{"station": l.Station})}, true
	case mes.LotPaused:
		return command{kind: "resume", path: op + "/resume", body: fixed(nil)}, true
	case mes.LotReview:
		return command{kind: "review", path: lot + "/review", quality: true, body: fixed(map[string]string{"decision": string(c.decide(l)), "reason": "decided by the crew"})}, true
	case mes.LotRunning:
		return c.running(l, op)
	}
	return cmd, false
}

func (c *Crew) decide(l mes.LotView) mes.Decision {
	if c.Review == nil {
		return mes.DecidePass
	}
	return c.Review(l)
}

func (c *Crew) running(l mes.LotView, op string) (command, bool) {
	step := op + "/steps/" + url.PathEscape(l.Step)
	switch {
	case l.Wait == nil:
		return command{}, false
	case l.Wait.Kind == mes.WaitAnswer:
		return command{kind: "retry", path: step + "/retry", body: fixed(nil)}, true
	case l.Wait.Kind == mes.WaitSigned:
		return command{kind: "sign"}, true
	case l.Wait.Kind != mes.WaitOperator:
		return command{}, false
	case l.Step == "":
		return command{kind: "complete", path: op + "/complete", body: fixed(nil)}, true
	}
	return command{kind: "step", path: step + "/complete", body: stepBody}, true
}

// StepBody is the body of a step's completion.
type StepBody struct {
	Values     []Value     `json:"values,omitempty"`
	Components []Component `json:"components,omitempty"`
	Scan       string      `json:"scan,omitempty"`
}

// Value is one entered value.
type Value struct {
	Characteristic string      `json:"characteristic"`
	Value          mes.Decimal `json:"value"`
	Sample         int         `json:"sample,omitempty"`
}

// Component is one scanned component.
type Component struct {
	Scan     string       `json:"scan"`
	Quantity *mes.Decimal `json:"quantity,omitempty"`
}

func stepBody(ctx context.Context, c *Crew, o mes.Order, l mes.LotView) (any, error) {
	o.Revision = cmp.Or(l.Revision, o.Revision) // a lot in rework goes by a routing of its own
	r, err := c.route(ctx, o)
	if err != nil {
		return nil, err
	}
	_, op, _ := r.At(l.Operation)
	_, s, known := op.At(l.Step)
	if !known {
		return nil, fmt.Errorf("%s is at step %q of operation %q, which its routing does not have", l.Lot, l.Step, l.Operation)
	}
	switch s.Kind {
	case mes.StepScan:
		scan, err := c.stock.Take(ctx, l.Lot, s.ID, s.Component.Material, s.Component.Quantity.Mul(l.Remaining))
		return StepBody{Components: []Component{{Scan: scan}}}, err
	case mes.StepMeasure:
		return StepBody{Values: Good(s, l.Remaining)}, nil
	case mes.StepLabel:
		return StepBody{Scan: Label(l)}, nil
	}
	return StepBody{}, nil
}

// Label is what the scanner reads from the lot's printed label.
func Label(l mes.LotView) string {
	switch {
	case l.GTIN == "":
		return l.Lot
	case l.Tracking == mes.TrackSerial:
		return mes.SerialLabel(l.GTIN, l.Lot)
	}
	return mes.LotLabel(l.GTIN, l.Lot)
}

// Good gives values within a step's limits, for every piece of its sample of a lot of so many pieces.
func Good(s mes.Step, pieces mes.Decimal) []Value {
	var out []Value
	for n := 1; n <= s.Samples(pieces); n++ {
		for _, ch := range s.Characteristics {
			v := Value{Characteristic: ch.ID, Value: middle(ch)}
			if s.Sample > 0 {
				v.Sample = n
			}
			out = append(out, v)
		}
	}
	return out
}

func middle(c mes.Characteristic) mes.Decimal {
	switch {
	case c.Target != nil:
		return *c.Target
	case c.Lower != nil && c.Upper != nil:
		return c.Lower.Add(*c.Upper).Div(mes.Count(2))
	case c.Lower != nil:
		return *c.Lower
	case c.Upper != nil:
		return *c.Upper
	}
	return mes.One
}

// route reads the order's frozen routing once.
func (c *Crew) route(ctx context.Context, o mes.Order) (mes.Routing, error) {
	key := o.Product + "/" + o.Revision
	c.mu.Lock()
	r, ok := c.routing[key]
	c.mu.Unlock()
	if ok {
		return r, nil
	}
	r, err := Routing(ctx, c.Operators[0], o.Product, o.Revision)
	if err == nil {
		c.mu.Lock()
		c.routing[key] = r
		c.mu.Unlock()
	}
	return r, err
}

// Routing reads a routing revision, through whatever outage there is.
func Routing(ctx context.Context, c *Client, product, revision string) (mes.Routing, error) {
	var view mes.RoutingView
	err := Until(ctx, func() string {
		if err := c.Get(ctx, "/routings/"+url.PathEscape(product)+"/"+url.PathEscape(revision), &view); err != nil {
			return err.Error()
		}
		return ""
	})
	return view.Routing, err
}
