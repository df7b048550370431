package api

import (
	"context"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) materialRoutes() {
	handle(s, route{Method: "GET", Path: "/material-lots", ID: "listMaterialLots", Group: "materials", Right: policies.MaterialRead, Table: true,
		Short: "Lots received from suppliers"}, s.listMaterialLots)
	handle(s, route{Method: "POST", Path: "/material-lots", ID: "receiveMaterial", Group: "materials", Right: policies.MaterialTake, Command: true, Noun: "lot",
		Status: http.StatusCreated, Short: "Receive a material lot, or one serial number"}, s.receiveMaterial)
	handle(s, route{Method: "POST", Path: "/material-lots/import", ID: "importMaterial", Group: "materials", Right: policies.MaterialTake, Command: true, Noun: "lot",
		Status: http.StatusCreated, Body: importLimit, Short: "Receive many material lots from a CSV file",
		Long: "Columns: lot, material, quantity, supplier, supplier_lot, expires_at. A file with any fault is refused whole, with every fault named by row and column."}, s.importMaterial)
}

type materialListInput struct {
	ListInput
	State    []mes.LotState `query:"state" doc:"Any of these states, separated by commas."`
	Material string         `query:"material" maxLength:"64"`
	Held     bool           `query:"held"`
}

func (s *Server) listMaterialLots(ctx context.Context, in *materialListInput) (*one[mes.Page[mes.LotView]], error) {
	f := mes.LotFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Material: in.Material, States: in.State, Held: in.Held, Origin: "received"}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.LotView], error) { return s.Lots.List(ctx, f) })
}

// NewMaterialLot is a lot as it arrives.
type NewMaterialLot struct {
	Lot         string     `json:"lot"`
	Material    string     `json:"material"`
	Quantity    Amount     `json:"quantity"`
	Supplier    string     `json:"supplier"`
	SupplierLot string     `json:"supplier_lot"`
	ExpiresAt   *time.Time `json:"expires_at,omitempty"`
}

func (s *Server) receiveMaterial(ctx context.Context, in *struct{ Body NewMaterialLot }) (*one[mes.LotView], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Lot
	receipt := mes.Receipt{Lot: b.Lot, Material: b.Material, Quantity: b.Quantity.Decimal, Supplier: b.Supplier, SupplierLot: b.SupplierLot, ExpiresAt: b.ExpiresAt}
	lots, err := s.Materials.Receive(ctx, r.scopedKey(), r.who.Site, r.actor(), []mes.Receipt{receipt})
	if err != nil {
		return nil, err
	}
	if len(lots) != 1 {
		return nil, mes.Refuse(mes.CodeInternal, "The received lot could not be read back.", "It is stored.", "")
	}
	return answer(lots[0], nil)
}
