package store

import (
	"context"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// take is a component that the entry consumes.
type take struct {
	component string
	need      mes.Consumption
}

// takeComponents finds the scanned components, locks them in the order of their IDs, and checks each need against what
// is left at that moment. A serial that is built into this same lot already is accepted and not consumed again.
func (r *recording) takeComponents(ctx context.Context) error {
	if len(r.e.Consume) == 0 {
		return nil
	}
	s := shelf{q: r.Queries, site: r.e.Site, into: r.e.Lot}
	ids := make([]string, len(r.e.Consume))
	for i, c := range r.e.Consume {
		id, err := s.resolve(ctx, c)
		if err != nil {
			return err
		}
		ids[i] = id
	}
	locked := slices.Compact(slices.Sorted(slices.Values(ids)))
	rows, err := r.LockComponents(ctx, locked)
	if err != nil {
		return err
	}
	stock, err := s.stock(ctx, rows)
	if err != nil {
		return err
	}
	for i, c := range r.e.Consume {
		t := stock[ids[i]]
		if t.again && t.Material == c.Material {
			continue
		}
		if err := mes.CheckComponent(t.ComponentLot, mes.ComponentTake{Material: c.Material, Quantity: c.Quantity, Into: r.e.Lot}, r.e.At); err != nil {
			return err
		}
		t.Remaining, t.BuiltInto = t.Remaining.Sub(c.Quantity), r.e.Lot
		r.takes = append(r.takes, take{component: t.ID, need: c})
	}
	return nil
}

// consume writes the genealogy's edges and takes the quantities.
func (r *recording) consume(ctx context.Context) error {
	for i, t := range r.takes {
		err := r.later.AddConsumption(ctx, sqlcgen.AddConsumptionParams{Key: r.e.Key, N: i, Component: t.component, Lot: r.e.Lot, Material: t.need.Material,
			Quantity: t.need.Quantity, Operation: r.e.Before.Operation, Step: r.e.Before.Step, Station: r.e.Before.Station, Operator: r.e.Actor.ID,
			Scan: printable(t.need.Component.Raw), At: r.e.At})
		if err != nil {
			return err
		}
		if err := r.later.TakeComponent(ctx, sqlcgen.TakeComponentParams{Quantity: t.need.Quantity, At: r.e.At, Component: t.component}); err != nil {
			return err
		}
		r.tell(r.e.Site, mes.EventMaterial, t.component)
	}
	return nil
}

// shelf looks components up for a lot that wants them.
type shelf struct {
	q    *sqlcgen.Queries
	site string
	into string
}

// resolve finds the lot that a scan names. A GTIN on the label must be the material's own.
func (s shelf) resolve(ctx context.Context, c mes.Consumption) (string, error) {
	found, err := s.q.FindComponent(ctx, sqlcgen.FindComponentParams{Code: c.Component.Identity(), Site: s.site, Material: c.Material})
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", mes.UnknownComponent(c.Component)
	}
	f := found[0]
	if c.Component.GTIN != "" && f.Gtin != "" && c.Component.GTIN != f.Gtin {
		other := mes.ComponentLot{ID: c.Component.Identity(), Material: "GTIN " + c.Component.GTIN}
		return "", mes.CheckComponent(other, mes.ComponentTake{Material: c.Material}, time.Time{})
	}
	return f.ID, nil
}

// stocked is a component with what a check needs to know besides its row.
type stocked struct {
	mes.ComponentLot
	order string
	again bool // a serial that is in this lot already
}

// stock reads what bears on the components: holds, and where used-up ones went.
func (s shelf) stock(ctx context.Context, rows []sqlcgen.LockComponentsRow) (map[string]*stocked, error) {
	stock := make(map[string]*stocked, len(rows))
	var ids, used, serials, orders []string
	for _, c := range rows {
		stock[c.ID] = &stocked{order: c.WorkOrder, ComponentLot: mes.ComponentLot{ID: c.ID, Material: c.Material, Unit: c.Unit, Origin: c.Origin,
			State: mes.LotState(c.State), Remaining: c.Remaining, ExpiresAt: c.ExpiresAt}}
		ids = append(ids, c.ID)
		if c.Remaining.IsZero() {
			used = append(used, c.ID)
			if mes.Tracking(c.Tracking) == mes.TrackSerial {
				serials = append(serials, c.ID)
			}
		}
		if c.WorkOrder != "" {
			orders = append(orders, c.WorkOrder)
		}
	}
	if err := s.usedIn(ctx, stock, used, serials); err != nil {
		return nil, err
	}
	return stock, s.held(ctx, stock, ids, orders)
}

// usedIn says where used-up components went.
func (s shelf) usedIn(ctx context.Context, stock map[string]*stocked, used, serials []string) error {
	if len(used) > 0 {
		rows, err := s.q.BuiltInto(ctx, used)
		if err != nil {
			return err
		}
		for _, b := range rows {
			stock[b.Component].BuiltInto = b.Lot
		}
	}
	if len(serials) == 0 {
		return nil
	}
	mine, err := s.q.ConsumedBy(ctx, sqlcgen.ConsumedByParams{Lot: s.into, Components: serials})
	for _, id := range mine {
		stock[id].again = true
	}
	return err
}

// held notes the first open hold on each component, or on the order that made it.
func (s shelf) held(ctx context.Context, stock map[string]*stocked, ids, orders []string) error {
	rows, err := s.q.OpenHolds(ctx, sqlcgen.OpenHoldsParams{Lots: ids, Orders: orders})
	if err != nil {
		return err
	}
	for _, h := range rows {
		hold := mes.Hold{ID: h.ID, Site: h.Site, Scope: mes.HoldScope(h.Scope), Subject: h.Subject, Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: h.PlacedAt, Containment: h.Containment}
		for _, c := range stock {
			on := hold.Scope == mes.HoldLot && hold.Subject == c.ID || hold.Scope == mes.HoldOrder && hold.Subject == c.order
			if on && c.Hold == nil {
				c.Hold = &hold
			}
		}
	}
	return nil
}
