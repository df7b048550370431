package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Status reads what an order's commands depend on.
func (o *Orders) Status(ctx context.Context, site, number string) (mes.OrderStatus, error) {
	row, err := o.q.OrderStatus(ctx, sqlcgen.OrderStatusParams{Site: site, Number: number})
	if err != nil {
		return mes.OrderStatus{}, missing(err, "Order", number)
	}
	return statusOf(row), nil
}

func statusOf(r sqlcgen.OrderStatusRow) mes.OrderStatus {
	return mes.OrderStatus{Number: r.Number, State: mes.OrderState(r.State), Held: r.Held, CancelRequested: r.CancelRequested, Revision: r.Revision,
		Tracking: mes.Tracking(r.Tracking), Version: r.Version,
		Ledger: mes.Ledger{Ordered: r.Quantity, Good: r.Good, Scrap: r.Scrap, InProcess: r.InProcess, NotStarted: r.NotStarted}}
}

// order is a locked order while a command changes it.
type order struct {
	*work
	db  db
	row sqlcgen.OrderStatusRow
	at  time.Time // the database's clock
	key string
	by  mes.Actor
}

// command runs one command on a locked order, once per key. do checks the rule and writes; what it leaves in the
// database is the answer.
func (o *Orders) command(ctx context.Context, action, key, site, number string, by mes.Actor, reason string, do func(*order) error) (mes.OrderStatus, error) {
	return o.commandAfter(ctx, action, key, site, number, by, reason, func(*work) error { return nil }, do)
}

// commandAfter is command with something to do before the order is locked.
func (o *Orders) commandAfter(ctx context.Context, action, key, site, number string, by mes.Actor, reason string,
	first func(*work) error, do func(*order) error) (mes.OrderStatus, error) {
	var out mes.OrderStatus
	key = action + "/" + site + "/" + number + "#" + key
	err := o.change(ctx, func(w *work) error {
		t := &order{work: w, db: o.db, key: key, by: by}
		if err := first(w); err != nil {
			return err
		}
		if err := t.lock(ctx, site, number); err != nil {
			return err
		}
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		before := statusOf(t.row)
		if err := do(t); err != nil {
			return err
		}
		if err := t.settle(ctx, site, number); err != nil {
			return err
		}
		out = statusOf(t.row)
		if err := w.remember(ctx, key, number, out); err != nil {
			return err
		}
		w.tell(site, mes.EventOrder, number)
		return w.audit(by, action, "order", number, reason, key, before, out)
	})
	return out, err
}

func (t *order) lock(ctx context.Context, site, number string) error {
	if _, err := t.LockOrder(ctx, sqlcgen.LockOrderParams{Site: site, Number: number}); err != nil {
		return missing(err, "Order", number)
	}
	return t.read(ctx, site, number)
}

func (t *order) read(ctx context.Context, site, number string) (err error) {
	if t.row, err = t.OrderStatus(ctx, sqlcgen.OrderStatusParams{Site: site, Number: number}); err != nil {
		return err
	}
	t.at, err = t.Now(ctx)
	return err
}

// settle sends what was written so far and reads the order as it is now, still under its lock.
func (t *order) settle(ctx context.Context, site, number string) error {
	if err := t.flush(ctx); err != nil {
		return err
	}
	return t.read(ctx, site, number)
}

// Release freezes into the order the routing revision that is in force, and the instructions that its steps name.
func (o *Orders) Release(ctx context.Context, key, site, number string, by mes.Actor) (mes.OrderStatus, error) {
	return o.command(ctx, "released", key, site, number, by, "", func(t *order) error {
		if err := statusOf(t.row).CanRelease(); err != nil {
			return err
		}
		if err := t.takeDue(ctx, site, t.row.Product); err != nil {
			return err
		}
		revision, err := t.ApprovedRevision(ctx, t.row.Product)
		if err != nil {
			return noApproved(missing(err, "Routing", t.row.Product), t.row.Product)
		}
		routing, err := t.db.routings.get(ctx, t.Queries, t.row.Product, revision)
		if err != nil {
			return err
		}
		if err := t.freeze(ctx, number, routing); err != nil {
			return err
		}
		return t.later.ReleaseOrder(ctx, sqlcgen.ReleaseOrderParams{Number: number, Revision: revision, At: &t.at})
	})
}

func noApproved(err error, product string) error {
	if mes.CodeOf(err) != mes.CodeNotFound {
		return err
	}
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has no approved routing.", product), "The order is as it was.", "Approve one first.")
}

// Change alters quantity, due date or priority. More or fewer pieces are pieces that are not started.
func (o *Orders) Change(ctx context.Context, key, site, number string, by mes.Actor, c mes.OrderChange) (mes.OrderStatus, error) {
	return o.command(ctx, "changed", key, site, number, by, c.Reason, func(t *order) error {
		if err := statusOf(t.row).CanChange(c, t.at); err != nil {
			return err
		}
		p := sqlcgen.ChangeOrderParams{Number: number, More: mes.Zero, Due: t.row.Due, Priority: t.row.Priority}
		if c.Quantity != nil {
			p.More = c.Quantity.Sub(t.row.Quantity)
		}
		if c.Due != nil {
			p.Due = *c.Due
		}
		if c.Priority != nil {
			p.Priority = *c.Priority
		}
		// The audit row of the command shows the ledger; due date and priority have theirs.
		type dates struct {
			Quantity mes.Decimal `json:"quantity"`
			Due      time.Time   `json:"due"`
			Priority int         `json:"priority"`
		}
		was := dates{t.row.Quantity, t.row.Due, t.row.Priority}
		if err := t.audit(by, "terms_changed", "order", number, c.Reason, t.key, was, dates{t.row.Quantity.Add(p.More), p.Due, p.Priority}); err != nil {
			return err
		}
		return t.later.ChangeOrder(ctx, p)
	})
}

// Hold lays a hold on the order: no lot of it moves. It waits for movements that are being written, so that none is
// stored after the answer.
func (o *Orders) Hold(ctx context.Context, key, site, number string, by mes.Actor, reason string) (mes.OrderStatus, error) {
	wait := func(w *work) error {
		_, err := w.LockLotsOfOrder(ctx, &number)
		return err
	}
	return o.commandAfter(ctx, "hold", key, site, number, by, reason, wait, func(t *order) error {
		if err := statusOf(t.row).CanHold(); err != nil {
			return err
		}
		h := mes.Hold{ID: uuid.NewString(), Site: site, Scope: mes.HoldOrder, Subject: number, Reason: reason, From: by.From(), PlacedBy: by.ID, PlacedAt: t.at}
		if err := t.later.TouchOrder(ctx, number); err != nil {
			return err
		}
		return t.hold(ctx, h, t.key, number)
	})
}

// Resume ends the order's own holds; holds on its lots stay.
func (o *Orders) Resume(ctx context.Context, key, site, number string, by mes.Actor, reason string) (mes.OrderStatus, error) {
	return o.command(ctx, "resumed", key, site, number, by, reason, func(t *order) error {
		if err := statusOf(t.row).CanResume(); err != nil {
			return err
		}
		hs, err := t.openHolds(ctx, mes.HoldOrder, number)
		if err != nil {
			return err
		}
		if err := t.later.TouchOrder(ctx, number); err != nil {
			return err
		}
		return t.release(ctx, hs, by, reason, t.key, number)
	})
}
