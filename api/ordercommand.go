package api

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

func (s *Server) orderCommandRoutes() {
	post := func(verb string, right policies.Right, short string) route {
		return route{Method: "POST", Path: "/work-orders/{number}/" + verb, ID: verb + "Order", Group: "orders", Right: right, Command: true, Noun: "order", Later: true, Short: short}
	}
	handle(s, post("release", policies.OrderRelease, "Release an order: it freezes the approved routing revision and starts its lots"),
		s.orderCommand(contract.ReleaseOrder, reasonOptional))
	handle(s, post("hold", policies.OrderHold, "Hold an order: none of its lots may move"), s.orderCommand(contract.HoldOrder, reasonNeeded))
	handle(s, post("resume", policies.OrderResume, "Resume a held order"), s.orderCommand(contract.ResumeOrder, reasonOptional))
	handle(s, post("cancel", policies.OrderCancel, "Cancel an order: no more lots begin; those in process are finished or scrapped by people"),
		s.orderCommand(contract.CancelOrder, reasonNeeded))
	change := post("change", policies.OrderPrioritise, "Change quantity, due date or priority of an order")
	change.Long = "Changing the priority alone asks for order.prioritise; quantity and due date ask for order.change."
	handle(s, change, s.changeOrder)
}

// Reason says why a command is given; it goes to the audit trail.
type Reason struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
	// Seen lets a screen say what it showed when the command was given.
	Seen int64 `json:"seen,omitempty" minimum:"0" doc:"The record's version that the command was given on."`
}

type orderReasonInput struct {
	OrderPath
	Body *Reason
}

// Whether a command asks for a reason.
const (
	reasonOptional = false
	reasonNeeded   = true
)

// orderCommand makes the handler of a command whose only content is its reason.
func (s *Server) orderCommand(u kit.Update[contract.OrderCommand, contract.OrderAnswer], needed bool) func(context.Context, *orderReasonInput) (*one[mes.Order], error) {
	return func(ctx context.Context, in *orderReasonInput) (*one[mes.Order], error) {
		c := contract.OrderCommand{Actor: requestOf(ctx).actor()}
		if in.Body != nil {
			c.Reason, c.Actor.Seen = in.Body.Reason, in.Body.Seen
		}
		if needed && c.Reason == "" {
			return nil, noReason()
		}
		return orderUpdate(ctx, s, in.Number, u, c)
	}
}

func noReason() error {
	var f mes.Faults
	f.Add("reason", "is missing")
	return f.Err("This needs a reason.")
}

// ChangeOrder is what may be changed of an order; what is left out stays.
type ChangeOrder struct {
	Quantity *Amount    `json:"quantity,omitempty" doc:"Never below what is started."`
	Due      *time.Time `json:"due,omitempty"`
	Priority *int       `json:"priority,omitempty" doc:"0 to 100; higher goes first."`
	Reason   string     `json:"reason,omitempty" maxLength:"500" doc:"Must be given; it goes to the audit trail."`
	Seen     int64      `json:"seen,omitempty" minimum:"0" doc:"The record's version that the command was given on."`
}

type changeOrderInput struct {
	OrderPath
	Body ChangeOrder
}

func (s *Server) changeOrder(ctx context.Context, in *changeOrderInput) (*one[mes.Order], error) {
	r := requestOf(ctx)
	if in.Body.Quantity != nil || in.Body.Due != nil {
		if err := s.mayDo(r, policies.OrderChange); err != nil {
			return nil, err
		}
	}
	c := contract.ChangeCommand{Actor: r.actor(), Change: mes.OrderChange{Quantity: in.Body.Quantity.or(), Due: in.Body.Due, Priority: in.Body.Priority, Reason: in.Body.Reason}}
	c.Actor.Seen = in.Body.Seen
	return orderUpdate(ctx, s, in.Number, contract.ChangeOrder, c)
}

// orderUpdate sends a command to the order's workflow and answers the order as it then stands.
func orderUpdate[In any](ctx context.Context, s *Server, number string, u kit.Update[In, contract.OrderAnswer], in In) (*one[mes.Order], error) {
	site := requestOf(ctx).who.Site
	link := Base + "/work-orders/" + number
	t := target{id: contract.WorkOrderID(site, number), what: "Order " + number, link: link,
		revive: func(ctx context.Context) error { return s.reviveOrder(ctx, site, number) }}
	_, pending, err := command(ctx, s, t, u, in)
	if err != nil {
		return nil, err
	}
	if pending {
		return nil, pendingAt(link)
	}
	return answer(s.Orders.Get(ctx, site, number))
}

// reviveOrder says why an order without a workflow takes no command, or starts the workflow: the outbox may not have
// done so yet.
func (s *Server) reviveOrder(ctx context.Context, site, number string) error {
	o, err := s.Orders.Get(ctx, site, number)
	if err != nil {
		return err
	}
	if o.State.Ended() {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Order %s is %s.", number, o.State), "Nothing was changed.", "Ask for a new order.")
	}
	return engineError(target{id: number, what: "Order " + number}, contract.StartWorkOrder(ctx, s.Temporal, contract.WorkOrderInput{Site: site, Number: number, Line: o.Line}))
}
