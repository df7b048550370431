package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Materials receives and ships material.
type Materials struct{ db }

var _ mes.Materials = (*Materials)(nil)

// Receive stores receipts, all or none.
func (m *Materials) Receive(ctx context.Context, key, site string, by mes.Actor, rs []mes.Receipt) ([]mes.LotView, error) {
	ids := make([]string, len(rs))
	for i, r := range rs {
		ids[i] = r.Lot
	}
	err := m.change(ctx, func(w *work) error {
		if err := w.receivable(ctx, rs); err != nil {
			return err
		}
		for i, r := range rs {
			if err := w.receive(ctx, key, site, by, r, name(rs, i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return (&Lots{m.db}).byID(ctx, site, ids)
}

// name says which of several receipts a field belongs to.
func name(rs []mes.Receipt, i int) string {
	if len(rs) == 1 {
		return ""
	}
	return fmt.Sprintf("lots[%d].", i)
}

// receivable names every field of every receipt that the rules refuse.
func (w *work) receivable(ctx context.Context, rs []mes.Receipt) error {
	var all mes.Faults
	all.Check(len(rs) > 0, "lots", "name at least one")
	materials := make([]string, len(rs))
	for i, r := range rs {
		materials[i] = r.Material
		all.Check(!slices.ContainsFunc(rs[:i], func(o mes.Receipt) bool { return o.Lot == r.Lot }), name(rs, i)+"lot", "%s is given twice", r.Lot)
	}
	rows, err := w.KnownMaterials(ctx, materials)
	if err != nil {
		return err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	known := map[string]mes.Material{}
	for _, k := range rows {
		known[k.ID] = mes.Material{ID: k.ID, Tracking: mes.Tracking(k.Tracking), Expires: k.Expires, Unit: k.Unit, GTIN: k.Gtin}
	}
	for i, r := range rs {
		material, ok := known[r.Material]
		var refused *mes.Error
		if errors.As(r.Validate(material, ok, now), &refused) {
			for _, f := range refused.Fields {
				all.Add(name(rs, i)+f.Field, "%s", f.Message)
			}
		}
	}
	return all.Err("The material was not received.")
}

// receive stores one receipt. The lot's number is its key: received again in the same words, nothing changes.
func (w *work) receive(ctx context.Context, key, site string, by mes.Actor, r mes.Receipt, at string) error {
	n, err := w.AddReceivedLot(ctx, sqlcgen.AddReceivedLotParams{ID: r.Lot, Site: site, Material: r.Material, Quantity: r.Quantity, Supplier: r.Supplier,
		SupplierLot: r.SupplierLot, ExpiresAt: r.ExpiresAt, CreatedBy: by.ID})
	if err != nil {
		return err
	}
	if n == 0 {
		return w.sameReceipt(ctx, site, r, at)
	}
	err = w.later.AddMaterialEvent(ctx, sqlcgen.AddMaterialEventParams{Key: "received/" + r.Lot, Lot: r.Lot, Kind: string(mes.EntryReceived), Actor: by.ID,
		Quantity: r.Quantity, Reason: r.Supplier + " " + r.SupplierLot})
	if err != nil {
		return err
	}
	w.tell(site, mes.EventMaterial, r.Lot)
	if err := w.audit(by, "received", "lot", r.Lot, "", key, nil, r); err != nil {
		return err
	}
	return w.openInspections(ctx, "received/"+r.Lot, inspected{site: site, lot: r.Lot, material: r.Material, supplier: r.Supplier, quantity: r.Quantity, point: mes.PlanIncoming})
}

func (w *work) sameReceipt(ctx context.Context, site string, r mes.Receipt, at string) error {
	was, err := w.ReceivedLot(ctx, r.Lot)
	if err != nil {
		return err
	}
	sameExpiry := (was.ExpiresAt == nil) == (r.ExpiresAt == nil) && (r.ExpiresAt == nil || was.ExpiresAt.Equal(*r.ExpiresAt))
	if was.Site == site && was.Origin == "received" && was.Material == r.Material && was.Quantity.Equal(r.Quantity) && was.Supplier == r.Supplier &&
		was.SupplierLot == r.SupplierLot && sameExpiry {
		return nil
	}
	return &mes.Error{Code: mes.CodeConflict, What: fmt.Sprintf("Lot %s exists with other content.", r.Lot), Kept: "Nothing was received.",
		Do: "Look at it, or give this one another number.", Fields: []mes.FieldError{{Field: at + "lot", Message: "exists with other content"}}}
}

// Ship sends packed lots to a customer, all or none. Lots that this delivery note has taken already stay as they are.
func (m *Materials) Ship(ctx context.Context, key, site string, by mes.Actor, s mes.Shipment) (mes.Shipped, error) {
	if err := s.Validate(); err != nil {
		return mes.Shipped{}, err
	}
	lots := slices.Compact(slices.Sorted(slices.Values(s.Lots)))
	out := mes.Shipped{DeliveryNote: s.DeliveryNote, Customer: s.Customer, Lots: lots}
	err := m.change(ctx, func(w *work) error {
		rows, err := w.LockLots(ctx, sqlcgen.LockLotsParams{Site: site, Lots: lots})
		if err != nil {
			return err
		}
		if err := w.shippable(ctx, s, lots, rows); err != nil {
			return err
		}
		if err := w.unreleased(ctx, site, rows); err != nil {
			return err
		}
		if out.ShippedAt, err = w.Now(ctx); err != nil {
			return err
		}
		return w.ship(ctx, key, by, s, rows, out)
	})
	return out, err
}

// shippable names every lot that can't go, and refuses held ones with the hold's reason.
func (w *work) shippable(ctx context.Context, s mes.Shipment, lots []string, rows []sqlcgen.LockLotsRow) error {
	var refused []string
	found := map[string]bool{}
	for _, r := range rows {
		found[r.ID] = true
		if mes.LotState(r.State) != mes.LotPacked && !shippedBefore(r, s) {
			refused = append(refused, fmt.Sprintf("%s is %s", r.ID, r.State))
		}
	}
	for _, id := range lots {
		if !found[id] {
			return mes.NotFound("Lot", id)
		}
	}
	if len(refused) > 0 {
		return mes.Refuse(mes.CodeConflict, strings.Join(refused, ", ")+".", "Nothing was shipped.", "Ship packed lots only.")
	}
	err := w.refuseHeld(ctx, lots...)
	var held *mes.Error
	if errors.As(err, &held) {
		held.Kept = "Nothing was shipped."
	}
	return err
}

func shippedBefore(r sqlcgen.LockLotsRow, s mes.Shipment) bool {
	return mes.LotState(r.State) == mes.LotShipped && r.DeliveryNote == s.DeliveryNote && r.Customer == s.Customer
}

func (w *work) ship(ctx context.Context, key string, by mes.Actor, s mes.Shipment, rows []sqlcgen.LockLotsRow, out mes.Shipped) error {
	var going []string
	for _, r := range rows {
		if shippedBefore(r, s) {
			continue
		}
		going = append(going, r.ID)
		err := w.later.AddMaterialEvent(ctx, sqlcgen.AddMaterialEventParams{Key: "shipped/" + s.DeliveryNote + "/" + r.ID, Lot: r.ID, WorkOrder: r.WorkOrder,
			Kind: string(mes.EntryShipped), Actor: by.ID, Quantity: r.Remaining, Reason: s.Customer + " " + s.DeliveryNote})
		if err != nil {
			return err
		}
		w.tell(r.Site, mes.EventLot, r.ID)
	}
	if len(going) == 0 {
		return nil
	}
	if err := w.later.ShipLots(ctx, sqlcgen.ShipLotsParams{Lots: going, Customer: s.Customer, DeliveryNote: s.DeliveryNote, At: &out.ShippedAt}); err != nil {
		return err
	}
	w.tell("", mes.EventMaterial, s.DeliveryNote)
	return w.audit(by, "shipped", "shipment", s.DeliveryNote, "", key, nil, mes.Shipment{DeliveryNote: s.DeliveryNote, Customer: s.Customer, Lots: going})
}

// Shipments reads a page of deliveries, newest first.
func (m *Materials) Shipments(ctx context.Context, f mes.ShipmentFilter) (mes.Page[mes.Shipped], error) {
	const from = `(SELECT delivery_note, customer, site, array_agg(id ORDER BY id) AS lots, max(shipped_at) AS shipped_at
	                 FROM lot WHERE state = 'shipped' GROUP BY delivery_note, customer, site) s`
	l := newListing(from, f.Paging, sorts{"": {{"s.shipped_at", "timestamptz", true}}, "shipped_at": {{"s.shipped_at", "timestamptz", false}}},
		column{"s.delivery_note || '/' || s.customer", "text", true})
	l.where("s.site = ?", f.Site).where("s.customer = ?", f.Customer).search(f.Text, "s.delivery_note", "s.customer")
	return page(ctx, m.db, l, "s.delivery_note, s.customer, s.lots, s.shipped_at", func(s *mes.Shipped) []any {
		return []any{&s.DeliveryNote, &s.Customer, &s.Lots, &s.ShippedAt}
	})
}
