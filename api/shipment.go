package api

import (
	"context"
	"net/http"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) shipmentRoutes() {
	handle(s, route{Method: "GET", Path: "/shipments", ID: "listShipments", Group: "materials", Right: policies.ShipmentRead, Table: true,
		Short: "Deliveries to customers, newest first"}, s.listShipments)
	handle(s, route{Method: "POST", Path: "/shipments", ID: "shipLots", Group: "materials", Right: policies.ShipmentMake, Command: true, Noun: "shipment",
		Status: http.StatusCreated, Short: "Ship packed lots to a customer, all or none"}, s.shipLots)
}

type shipmentListInput struct {
	ListInput
	Customer string `query:"customer" maxLength:"100"`
}

func (s *Server) listShipments(ctx context.Context, in *shipmentListInput) (*one[mes.Page[mes.Shipped]], error) {
	f := mes.ShipmentFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Customer: in.Customer}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Shipped], error) { return s.Materials.Shipments(ctx, f) })
}

// NewShipment sends lots away.
type NewShipment struct {
	DeliveryNote string   `json:"delivery_note" maxLength:"64"`
	Customer     string   `json:"customer" maxLength:"200"`
	Lots         []string `json:"lots" maxItems:"1000"`
}

func (s *Server) shipLots(ctx context.Context, in *struct{ Body NewShipment }) (*one[mes.Shipped], error) {
	r := requestOf(ctx)
	r.subject = in.Body.DeliveryNote
	shipment := mes.Shipment{DeliveryNote: in.Body.DeliveryNote, Customer: in.Body.Customer, Lots: in.Body.Lots}
	if err := shipment.Validate(); err != nil {
		return nil, err
	}
	return answer(s.Materials.Ship(ctx, r.scopedKey(), r.who.Site, r.actor(), shipment))
}
