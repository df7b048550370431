package api

import (
	"context"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) orderRoutes() {
	handle(s, route{Method: "POST", Path: "/work-orders", ID: "createOrder", Group: "orders", Right: policies.OrderCreate, Command: true, Noun: "order",
		Status: http.StatusCreated, Short: "Ask for an order",
		Long:    "The same number with the same content answers the stored order with 200; with other content it is refused with 409.",
		Answers: again[mes.Order](s)}, s.createOrder)
	handle(s, route{Method: "GET", Path: "/work-orders", ID: "listOrders", Group: "orders", Right: policies.OrderRead, Table: true,
		Short: "Orders", Long: "Sorts: due, number, priority, created_at, state. By itself the list is by priority, then due date."}, s.listOrders)
	handle(s, route{Method: "GET", Path: "/work-orders/{number}", ID: "getOrder", Group: "orders", Right: policies.OrderRead,
		Short: "One order"}, s.getOrder)
	handle(s, route{Method: "GET", Path: "/work-orders/{number}/lots", ID: "listOrderLots", Group: "orders", Right: policies.OrderRead, Table: true,
		Short: "The lots of an order"}, s.listOrderLots)
}

// OrderPath names an order in an address.
type OrderPath struct {
	Number string `path:"number" maxLength:"40" doc:"The order's number."`
}

// NewOrder is what the ERP or a planner asks for.
type NewOrder struct {
	Number   string    `json:"number" doc:"Unique; 1 to 40 letters, digits, points, dashes or underscores."`
	Product  string    `json:"product"`
	Quantity Amount    `json:"quantity"`
	Due      time.Time `json:"due"`
	Priority int       `json:"priority,omitempty" doc:"0 to 100; higher goes first."`
	Line     string    `json:"line"`
}

func (s *Server) createOrder(ctx context.Context, in *struct{ Body NewOrder }) (*made[mes.Order], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Number
	o, created, err := s.Orders.Create(ctx, r.scopedKey(), r.who.Site, r.actor(),
		mes.OrderRequest{Number: b.Number, Product: b.Product, Quantity: b.Quantity.Decimal, Due: b.Due.UTC(), Priority: b.Priority, Line: b.Line})
	if err != nil {
		return nil, err
	}
	out := &made[mes.Order]{Status: http.StatusOK, Body: o}
	if created {
		out.Status = http.StatusCreated
	}
	return out, nil
}

type orderListInput struct {
	ListInput
	State   []mes.OrderState `query:"state" doc:"Any of these states, separated by commas."`
	Product string           `query:"product" maxLength:"64"`
	Line    string           `query:"line" maxLength:"64"`
}

func (s *Server) listOrders(ctx context.Context, in *orderListInput) (*one[mes.Page[mes.Order]], error) {
	f := mes.OrderFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, States: in.State, Product: in.Product, Line: in.Line}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Order], error) { return s.Orders.List(ctx, f) })
}

func (s *Server) getOrder(ctx context.Context, in *OrderPath) (*one[mes.Order], error) {
	return answer(s.Orders.Get(ctx, requestOf(ctx).who.Site, in.Number))
}

type orderLotsInput struct {
	OrderPath
	ListInput
	State []mes.LotState `query:"state" doc:"Any of these states, separated by commas."`
}

func (s *Server) listOrderLots(ctx context.Context, in *orderLotsInput) (*one[mes.Page[mes.LotView]], error) {
	site := requestOf(ctx).who.Site
	if _, err := s.Orders.Get(ctx, site, in.Number); err != nil {
		return nil, err
	}
	f := mes.LotFilter{Paging: in.paging(), Site: site, Order: in.Number, States: in.State}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.LotView], error) { return s.Lots.List(ctx, f) })
}
