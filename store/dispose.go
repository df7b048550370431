package store

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// disposing is one disposition while it is carried out, under its lot's lock.
type disposing struct {
	*work
	d   mes.Disposal
	lot sqlcgen.LockLotRow
	at  sqlcgen.LotAtRestRow
	now time.Time
	// revision is the composed routing that a lot in rework goes by.
	revision string
}

// dispose carries out what was decided about a lot, once per key, in the transaction of the decision. A caller that disposes
// of several lots locks them first, as AffectedLots does, since rework takes the order's lock too. Codes: not_found,
// conflict (the lot moves, its order has ended, the permit is over), unprocessable.
func (w *work) dispose(ctx context.Context, d mes.Disposal) error {
	if err := w.flush(ctx); err != nil { // an earlier disposition of the same lot may wait to be written
		return err
	}
	c := &disposing{work: w, d: d}
	var err error
	if c.lot, err = w.LockLot(ctx, sqlcgen.LockLotParams{Site: d.Site, Lot: d.Lot}); err != nil {
		return missing(err, "Lot", d.Lot)
	}
	if known, err := w.DisposalKnown(ctx, d.Key); known || err != nil {
		return err
	}
	if c.at, err = w.LotAtRest(ctx, sqlcgen.LotAtRestParams{Site: d.Site, Lot: d.Lot}); err != nil {
		return missing(err, "Lot", d.Lot)
	}
	if c.now, err = w.Now(ctx); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{c.admit, c.permit, c.move, c.endHolds, c.write} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// admit refuses what the lot's state rules out.
func (c *disposing) admit(context.Context) error {
	state := mes.LotState(c.at.State)
	there := c.at.Remaining
	if state == mes.LotConsumed || state == mes.LotShipped && there.IsZero() {
		there = c.lot.Quantity.Sub(c.lot.Scrapped)
	}
	if c.d.Quantity.IsZero() {
		c.d.Quantity = there
	}
	if err := c.d.Validate(); err != nil {
		return err
	}
	return c.d.Suits(mes.NCLot{Lot: c.d.Lot, Origin: c.at.Origin, State: state, Left: there})
}

// permit uses the deviation permit that the disposition stands on.
func (c *disposing) permit(ctx context.Context) error {
	if c.d.Permit == "" {
		return nil
	}
	return c.usePermit(ctx, c.d, c.at.Material)
}

// move does what the disposition says to the lot.
func (c *disposing) move(ctx context.Context) error {
	switch c.d.Kind {
	case mes.DisposeScrap:
		return c.take(ctx, c.d.Quantity, mes.EntryScrapped)
	case mes.DisposeReturn:
		return c.take(ctx, c.d.Quantity, mes.EntryReturned)
	case mes.DisposeSort:
		if c.d.Bad.IsPositive() {
			if err := c.take(ctx, c.d.Bad, mes.EntryScrapped); err != nil {
				return err
			}
			if err := c.flush(ctx); err != nil {
				return err
			}
		}
		if c.d.Bad.Equal(c.d.Quantity) {
			return nil
		}
		return c.accept(ctx)
	case mes.DisposeRework, mes.DisposeRepair:
		return c.rework(ctx)
	}
	return c.accept(ctx)
}

// accept lets the lot go on as it is: out of review where it waits there, else nothing moves.
func (c *disposing) accept(ctx context.Context) error {
	if mes.LotState(c.at.State) != mes.LotReview {
		return c.event(ctx, mes.EntryDisposed, mes.Zero)
	}
	decision := mes.Review{Actor: c.d.By, Decision: mes.DecidePass, Reason: c.d.Reason}
	return c.moveLotBy(ctx, ledgerMove{site: c.d.Site, lot: c.d.Lot, key: c.key(mes.EntryReviewed), kind: mes.EntryReviewed, by: c.d.By, reason: c.d.Reason,
		rule: func(p mes.Progress, r mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error) {
			return p.Reviewed(r, c.d.Lot, decision, now)
		}})
}

// take takes pieces out of the lot for good: by the rules of work where it is in work, else out of the stock.
func (c *disposing) take(ctx context.Context, quantity mes.Decimal, kind mes.EntryKind) error {
	state := mes.LotState(c.at.State)
	switch {
	case state == mes.LotShipped: // it was destroyed where it is; the shipment stays what it was
		return c.event(ctx, mes.EntryDisposed, mes.Zero)
	case !state.Ended() && state != mes.LotAvailable:
		return c.moveLotBy(ctx, ledgerMove{site: c.d.Site, lot: c.d.Lot, key: c.key(kind), kind: kind, by: c.d.By, reason: c.d.Reason, code: c.d.Code,
			rule: func(p mes.Progress, _ mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error) {
				after, err := p.Scrap(c.d.Lot, mes.TrackLot, quantity, c.d.Reason, now)
				return after, nil, err
			}})
	}
	if quantity.GreaterThan(c.at.Remaining) {
		var f mes.Faults
		f.Add("quantity", "%s has only %s left", c.d.Lot, c.at.Remaining)
		return f.Err("Nothing was carried out.")
	}
	return c.takeStock(ctx, quantity, kind)
}

// takeStock takes pieces out of a lot that no operation works on, and tells the ERP, whose stock has them.
func (c *disposing) takeStock(ctx context.Context, quantity mes.Decimal, kind mes.EntryKind) error {
	scrap := kind == mes.EntryScrapped
	emptied := mes.LotReturned
	if scrap && c.lot.Scrapped.Add(quantity).Equal(c.lot.Quantity) {
		emptied = mes.LotScrapped
	} else if scrap {
		emptied = mes.LotConsumed // the rest of it was used
	}
	if err := c.TakeFromLot(ctx, sqlcgen.TakeFromLotParams{Lot: c.d.Lot, Quantity: quantity, Scrap: scrap, Emptied: string(emptied), At: c.now}); err != nil {
		return err
	}
	if c.at.WorkOrder != "" {
		if err := c.later.MovePieces(ctx, sqlcgen.MovePiecesParams{Number: c.at.WorkOrder, Good: quantity.Neg(), Scrap: quantity}); err != nil {
			return err
		}
		c.tell(c.d.Site, mes.EventOrder, c.at.WorkOrder)
	}
	if err := c.event(ctx, kind, quantity); err != nil {
		return err
	}
	c.tell(c.d.Site, mes.EventMaterial, c.d.Lot)
	key := c.key(kind)
	return c.send(ctx, mes.ToERP, mes.MessageStockDisposed, key, c.d.Lot, mes.StockDisposed{Lot: c.d.Lot, Material: c.at.Material, Order: c.at.WorkOrder, Kind: c.d.Kind, Quantity: quantity,
		Supplier: c.at.Supplier, SupplierLot: c.at.SupplierLot, Decision: c.d.Subject, Reason: c.d.Reason, At: c.now.UTC()})
}

// key names one entry of the disposal.
func (c *disposing) key(kind mes.EntryKind) string { return "disposed/" + c.d.Key + "/" + string(kind) }

// event writes the disposition into the lot's story, where no entry does.
func (c *disposing) event(ctx context.Context, kind mes.EntryKind, quantity mes.Decimal) error {
	code := c.d.Code
	if kind == mes.EntryDisposed {
		code = string(c.d.Kind)
	}
	return c.later.AddLotEvent(ctx, sqlcgen.AddLotEventParams{Key: c.key(kind), Lot: c.d.Lot, WorkOrder: c.at.WorkOrder, Kind: string(kind), Actor: c.d.By.ID,
		Station: c.lot.Station, Operation: c.lot.Operation, Visit: c.lot.Visit, Code: code, Quantity: quantity, Reason: c.d.Reason, At: c.now})
}

// endHolds releases the holds that end with the disposition.
func (c *disposing) endHolds(ctx context.Context) error {
	if len(c.d.Holds) == 0 {
		return nil
	}
	open, err := c.openHolds(ctx, mes.HoldLot, c.d.Lot)
	if err != nil {
		return err
	}
	var ended []mes.Hold
	for _, h := range open {
		for _, id := range c.d.Holds {
			if h.ID == id {
				ended = append(ended, h)
			}
		}
	}
	if len(ended) == 0 {
		return nil
	}
	c.tell(c.d.Site, mes.EventStation, c.lot.Station)
	return c.release(ctx, ended, c.d.By, c.d.Reason, "disposed/"+c.d.Key, c.at.WorkOrder)
}

// write keeps what was carried out.
func (c *disposing) write(ctx context.Context) error {
	d := c.d
	err := c.later.AddDisposal(ctx, sqlcgen.AddDisposalParams{Key: d.Key, Site: d.Site, Noun: d.Noun, Subject: d.Subject, Lot: d.Lot, Kind: string(d.Kind), Quantity: d.Quantity, Bad: d.Bad,
		Code: d.Code, Routing: c.revision, Permit: d.Permit, Request: d.Request, Actor: d.By.ID, Reason: d.Reason, At: c.now})
	if err != nil {
		return err
	}
	c.tell(d.Site, mes.EventLot, d.Lot)
	if err := c.lotChanged(ctx, d.Site, d.Lot, c.at.WorkOrder, d.By.ID, d.Subject+", "+d.Phrase()); err != nil {
		return err
	}
	return c.audit(d.By, "disposed", "lot", d.Lot, d.Reason, d.Key, map[string]any{"state": c.at.State, "remaining": c.at.Remaining, "revision": c.at.Revision}, d)
}
