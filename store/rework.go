package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// composed is the routing that a lot goes by when it is sent through a rework: its own with the rework in it. A lot that is
// in rework already leaves that one.
func (w *work) composed(ctx context.Context, product, revision string, k mes.RevisionKey) (mes.Routing, error) {
	base, err := w.db.routings.get(ctx, w.Queries, product, mes.BaseRevision(revision))
	if err != nil {
		return base, err
	}
	doc, err := readRevision(ctx, w.Queries, k)
	if err != nil {
		return base, err
	}
	if doc.State != mes.DocEffective {
		return base, mes.Refuse(mes.CodeConflict, fmt.Sprintf("Rework routing %s is %s.", k.Title(), doc.State), "Nothing was dispatched.", "Propose it again with the revision in force.")
	}
	var rework mes.ReworkRouting
	if err := json.Unmarshal(doc.Content, &rework); err != nil {
		return base, fmt.Errorf("rework %s: %w", k.Title(), err)
	}
	return mes.Compose(base, rework, k)
}

// freezeComposed stores a composed routing, once, as every other one that lots run by, with the instructions that its order
// froze and those that the rework names.
func (w *work) freezeComposed(ctx context.Context, order string, r mes.Routing, approvedBy string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	hash, err := contentHash(text)
	if err != nil {
		return err
	}
	if err := w.AddComposedRouting(ctx, sqlcgen.AddComposedRoutingParams{Product: r.Product, Revision: r.Revision, Definition: text, Hash: hash, ApprovedBy: approvedBy}); err != nil {
		return err
	}
	if err := w.CopyFrozenDocuments(ctx, sqlcgen.CopyFrozenDocumentsParams{WorkOrder: order, Composed: r.Revision, Base: mes.BaseRevision(r.Revision)}); err != nil {
		return err
	}
	return w.freeze(ctx, order, r)
}

// rework sends the lot through an approved rework routing and back into its own. A packed lot comes back into work: its
// pieces are in process again, and its workflow starts anew.
func (c *disposing) rework(ctx context.Context) error {
	k := mes.RevisionKey{Kind: mes.DocRework, ID: c.d.Routing, Revision: c.d.Revision}
	if k.Revision == "" {
		var err error
		if k.Revision, err = c.inForce(ctx, k); err != nil {
			return err
		}
		if k.Revision == "" {
			return mes.NotFound("Rework routing in force", k.ID)
		}
		c.d.Revision = k.Revision
	}
	routing, err := c.composed(ctx, c.at.Material, c.at.Revision, k)
	if err != nil {
		return err
	}
	if err := c.whole(ctx); err != nil {
		return err
	}
	if err := c.freezeComposed(ctx, c.at.WorkOrder, routing, c.d.By.ID); err != nil {
		return err
	}
	c.revision = routing.Revision
	return c.dispatch(ctx, routing)
}

// whole refuses rework of a part of a lot, of a packed lot that was built in, and of an order that has ended: its final
// confirmation is told.
func (c *disposing) whole(ctx context.Context) error {
	const kept = "Nothing was dispatched."
	if !c.d.Quantity.Equal(c.at.Remaining) {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has %s pieces, %s are to be reworked.", c.d.Lot, c.at.Remaining, c.d.Quantity), kept, "A lot goes into rework whole: scrap the others, or split the lot first.")
	}
	if mes.LotState(c.at.State) == mes.LotPacked && !c.lot.Quantity.Sub(c.lot.Scrapped).Equal(c.at.Remaining) {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Pieces of %s are built in already.", c.d.Lot), kept, "Decide on what they were built into, or split the lot first.")
	}
	if _, err := c.LockOrder(ctx, sqlcgen.LockOrderParams{Site: c.d.Site, Number: c.at.WorkOrder}); err != nil {
		return missing(err, "Order", c.at.WorkOrder)
	}
	now, err := c.LotAtRest(ctx, sqlcgen.LotAtRestParams{Site: c.d.Site, Lot: c.d.Lot}) // the order may have ended while its lock was waited for
	if err != nil {
		return err
	}
	if s := mes.OrderState(now.OrderState); s.Ended() {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Order %s is %s, and its quantities are confirmed.", c.at.WorkOrder, s), kept, "Scrap the lot, or use it as is under a permit; new pieces need a new order.")
	}
	return nil
}

// dispatch moves the lot to the first operation of the rework.
func (c *disposing) dispatch(ctx context.Context, routing mes.Routing) error {
	key := c.key(mes.EntryReworked)
	r := &recording{work: c.work, e: mes.Entry{Key: key, Site: c.d.Site, Lot: c.d.Lot, Kind: mes.EntryReworked, Actor: c.d.By, At: c.now, Reason: c.d.Reason, Code: c.d.Code}}
	if err := r.lookNow(ctx); err != nil {
		return err
	}
	if first, err := r.open(); err != nil || first != nil {
		return err
	}
	from, at, err := c.standing(ctx, c.d.Site, c.d.Lot)
	if err != nil {
		return err
	}
	r.e.Before = at
	if r.e.After, err = at.Dispatch(from, routing, c.d.Lot, c.d.Reason, c.now); err != nil {
		return err
	}
	r.after = r.e.After
	if err := r.check(ctx); err != nil {
		return err
	}
	r.order.Revision = routing.Revision
	if err := c.later.SetLotRevision(ctx, sqlcgen.SetLotRevisionParams{Lot: c.d.Lot, Revision: routing.Revision}); err != nil {
		return err
	}
	if err := r.write(ctx); err != nil {
		return err
	}
	stored, err := r.atSafePoint(ctx)
	if err != nil {
		return err
	}
	return c.wake(ctx, key, at, stored.After.Version)
}

// wake tells the lot's workflow, or starts it anew where it has ended.
func (c *disposing) wake(ctx context.Context, key string, before mes.Progress, version int64) error {
	subject := "lot/" + c.d.Site + "/" + c.d.Lot
	if before.State != mes.LotPacked {
		return c.send(ctx, mes.ToWorkflow, mes.MessageLotBehind, key, subject, mes.LotMoved{Site: c.d.Site, Lot: c.d.Lot, Version: version, Reason: "rework"})
	}
	if _, err := c.ReopenLot(ctx, c.d.Lot); err != nil {
		return err
	}
	return c.send(ctx, mes.ToWorkflow, mes.MessageLotReopened, key, subject, mes.LotReopened{Site: c.d.Site, Lot: c.d.Lot, Order: c.at.WorkOrder, Line: c.at.Line, Version: version})
}

// backFromRework puts a lot that has finished its rework back on its own routing. It stands between two operations, at one
// that both routings have, so nothing else changes.
func (r *recording) backFromRework(ctx context.Context, out *mes.Recorded) error {
	base := mes.BaseRevision(r.order.Revision)
	if base == r.order.Revision || r.e.Kind != mes.EntryCompleted {
		return nil
	}
	routing, err := r.work.db.routings.get(ctx, r.Queries, r.order.Product, r.order.Revision)
	if err != nil || !r.e.Before.LeavesRework(routing, r.after) {
		return err
	}
	r.order.Revision, out.Replanned = base, true
	return r.later.SetLotRevision(ctx, sqlcgen.SetLotRevisionParams{Lot: r.e.Lot, Revision: base})
}
