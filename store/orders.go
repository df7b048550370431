package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Orders keeps work orders.
type Orders struct{ db }

var (
	_ mes.Orders      = (*Orders)(nil)
	_ mes.OrderLedger = (*Orders)(nil)
)

// Create stores a new order and queues the start of its workflow. The number is the order's own key: the same request
// again answers the stored order.
func (o *Orders) Create(ctx context.Context, key, site string, by mes.Actor, r mes.OrderRequest) (mes.Order, bool, error) {
	created := false
	err := o.change(ctx, func(w *work) (err error) {
		if created, err = false, w.sameRequest(ctx, site, r); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err := w.orderable(ctx, site, r); err != nil {
			return err
		}
		if created, err = w.addOrder(ctx, site, by, r); err != nil {
			return err
		}
		if !created { // another request was faster
			return w.sameRequest(ctx, site, r)
		}
		w.tell(site, mes.EventOrder, r.Number)
		start := mes.OrderStart{Site: site, Number: r.Number, Line: r.Line}
		if err := w.send(ctx, mes.ToWorkflow, mes.MessageStartOrder, "start/"+site+"/"+r.Number, r.Number, start); err != nil {
			return err
		}
		return w.audit(by, "created", "order", r.Number, "", key, nil, r)
	})
	if err != nil {
		return mes.Order{}, false, err
	}
	stored, err := o.Get(ctx, site, r.Number)
	return stored, created, err
}

// sameRequest returns nil when the stored order was asked for in the same words, a conflict when in others, and
// pgx.ErrNoRows when there is none.
func (w *work) sameRequest(ctx context.Context, site string, r mes.OrderRequest) error {
	row, err := w.RequestedOrder(ctx, r.Number)
	if err != nil {
		return err
	}
	var first mes.OrderRequest
	if err := json.Unmarshal(row.Requested, &first); err != nil {
		return fmt.Errorf("request of order %s: %w", r.Number, err)
	}
	if row.Site == site && first.Product == r.Product && first.Quantity.Equal(r.Quantity) && first.Due.Equal(r.Due) &&
		first.Priority == r.Priority && first.Line == r.Line {
		return nil
	}
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Order %s exists with other content.", r.Number), "The first one stands.", "Change it, or use another number.")
}

func (w *work) orderable(ctx context.Context, site string, r mes.OrderRequest) error {
	s, err := w.OrderSubject(ctx, sqlcgen.OrderSubjectParams{Product: r.Product, Line: r.Line, Site: site})
	if err != nil {
		return err
	}
	return r.Validate(mes.OrderContext{ProductKnown: s.Tracking != "", ProductTracking: mes.Tracking(s.Tracking), RoutingApproved: s.Approved, LineKnown: s.LineKnown, Now: s.Now})
}

func (w *work) addOrder(ctx context.Context, site string, by mes.Actor, r mes.OrderRequest) (bool, error) {
	requested, err := json.Marshal(r)
	if err != nil {
		return false, err
	}
	n, err := w.AddOrder(ctx, sqlcgen.AddOrderParams{Number: r.Number, Site: site, Line: r.Line, Product: r.Product, Priority: r.Priority, Due: r.Due,
		Requested: requested, Quantity: r.Quantity, CreatedBy: by.ID})
	return n == 1, err
}
