package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) lotRoutes() {
	handle(s, route{Method: "GET", Path: "/lots", ID: "listLots", Group: "lots", Right: policies.LotRead, Table: true,
		Short: "Lots, received and produced", Long: "Sorts: lot, state, created_at, ended_at, expires_at. By itself the list is newest first."}, s.listLots)
	handle(s, route{Method: "GET", Path: "/lots/{lot}", ID: "getLot", Group: "lots", Right: policies.LotRead,
		Short: "One lot with its thread through the routing and its deviations"},
		func(ctx context.Context, in *LotPath) (*one[mes.LotView], error) {
			return answer(s.Lots.Get(ctx, requestOf(ctx).who.Site, in.Lot))
		})
	handle(s, route{Method: "GET", Path: "/lots/{lot}/as-built", ID: "getAsBuilt", Group: "lots", Right: policies.LotRead,
		Short: "How a lot was built: every step, value, component and verdict"},
		func(ctx context.Context, in *LotPath) (*one[mes.AsBuilt], error) {
			return answer(s.Lots.AsBuilt(ctx, requestOf(ctx).who.Site, in.Lot))
		})
}

// LotPath names a lot in an address.
type LotPath struct {
	Lot string `path:"lot" maxLength:"64" doc:"The lot's number; a serial number for a single piece."`
}

type lotListInput struct {
	ListInput
	State    []mes.LotState `query:"state" doc:"Any of these states, separated by commas."`
	Order    string         `query:"order" maxLength:"40"`
	Material string         `query:"material" maxLength:"64"`
	Product  string         `query:"product" maxLength:"64" doc:"The same as material."`
	Origin   string         `query:"origin" enum:"received,produced"`
	Station  string         `query:"station" maxLength:"64"`
	Held     bool           `query:"held" doc:"Only lots with an open hold on themselves or their order."`
}

func (s *Server) listLots(ctx context.Context, in *lotListInput) (*one[mes.Page[mes.LotView]], error) {
	if in.Material == "" {
		in.Material = in.Product
	}
	f := mes.LotFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Order: in.Order, Material: in.Material, Origin: in.Origin,
		States: in.State, Station: in.Station, Held: in.Held}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.LotView], error) { return s.Lots.List(ctx, f) })
}
