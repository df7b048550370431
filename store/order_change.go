package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// OrderChanges moves running orders to other revisions of their routing.
type OrderChanges struct{ db }

var _ mes.OrderChanges = (*OrderChanges)(nil)

// Preview says what a move would do, lot by lot.
func (o *OrderChanges) Preview(ctx context.Context, site, number, to string) (mes.RevisionPreview, error) {
	p, err := o.preview(ctx, o.q, site, number, to)
	return p, translate(err)
}

func (o *OrderChanges) preview(ctx context.Context, q *sqlcgen.Queries, site, number, to string) (mes.RevisionPreview, error) {
	row, err := q.OrderStatus(ctx, sqlcgen.OrderStatusParams{Site: site, Number: number})
	if err != nil {
		return mes.RevisionPreview{}, missing(err, "Order", number)
	}
	if err := statusOf(row).CanMove(to); err != nil {
		return mes.RevisionPreview{}, err
	}
	old, next, err := o.both(ctx, q, row.Product, row.Revision, to)
	if err != nil {
		return mes.RevisionPreview{}, err
	}
	out := mes.RevisionPreview{Order: number, Product: row.Product, From: row.Revision, To: to, NotStarted: row.NotStarted, Lots: []mes.ChangedLot{}}
	if out.Changes, err = mes.CompareRoutings(old, next); err != nil {
		return out, err
	}
	lots, err := q.OpenLotsWithProgress(ctx, &number)
	if err != nil {
		return out, err
	}
	return out, o.previewLots(ctx, q, &out, row.Product, lots, next)
}

// both reads the two routings. Only the revision in force can be moved to.
func (o *OrderChanges) both(ctx context.Context, q *sqlcgen.Queries, product, from, to string) (old, next mes.Routing, err error) {
	inForce, err := q.RevisionInForce(ctx, sqlcgen.RevisionInForceParams{Kind: string(mes.DocRouting), ID: product})
	if err != nil {
		return old, next, missing(err, "Routing", product)
	}
	if inForce != to {
		return old, next, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s rev %s is not in force.", product, to), "Nothing was changed.", fmt.Sprintf("Rev %s is; move the order to that one.", inForce))
	}
	if old, err = o.routings.get(ctx, q, product, from); err != nil {
		return old, next, err
	}
	next, err = o.routings.get(ctx, q, product, to)
	return old, next, err
}

func (o *OrderChanges) previewLots(ctx context.Context, q *sqlcgen.Queries, out *mes.RevisionPreview, product string, lots []sqlcgen.OpenLotsWithProgressRow, next mes.Routing) error {
	var done []string
	for _, l := range lots {
		p, err := progressOf(l.ID, l.Progress)
		if err != nil {
			return err
		}
		from, err := o.routings.get(ctx, q, product, l.Revision)
		if err != nil {
			return err
		}
		out.Lots = append(out.Lots, mes.PreviewLot(l.ID, p, from, next))
		for _, d := range p.Done(from) {
			if !slices.Contains(done, d) {
				done = append(done, d)
			}
		}
	}
	out.Missed = mes.WithinDone(out.Changes, done)
	return nil
}

func progressOf(lot string, doc json.RawMessage) (p mes.Progress, err error) {
	if err = json.Unmarshal(doc, &p); err != nil {
		err = fmt.Errorf("progress of %s: %w", lot, err)
	}
	return p, err
}

// signedChange is what is shown to the signer of a move.
type signedChange struct {
	ID          string           `json:"id"`
	Order       string           `json:"order"`
	Product     string           `json:"product"`
	From        string           `json:"from"`
	To          string           `json:"to"`
	Reason      string           `json:"reason"`
	RequestedBy string           `json:"requested_by"`
	Changes     []mes.Difference `json:"changes"`
}

// changeToSign reads a move as it stands now, for judging its signature. What becomes of each lot is not part of it: lots
// go on while it waits.
func changeToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	c, err := q.OrderChangeByID(ctx, sqlcgen.OrderChangeByIDParams{Site: site, ID: id})
	if err != nil {
		return nil, missing(err, "Revision change", id)
	}
	row, err := q.OrderStatus(ctx, sqlcgen.OrderStatusParams{Site: site, Number: c.WorkOrder})
	if err != nil {
		return nil, err
	}
	known := &routings{} // the two revisions never change, but nothing keeps them between two calls of this
	old, err := known.get(ctx, q, row.Product, c.FromRevision)
	if err != nil {
		return nil, err
	}
	next, err := known.get(ctx, q, row.Product, c.ToRevision)
	if err != nil {
		return nil, err
	}
	changes, err := mes.CompareRoutings(old, next)
	return signedChange{ID: c.ID, Order: c.WorkOrder, Product: row.Product, From: c.FromRevision, To: c.ToRevision, Reason: c.Reason, RequestedBy: c.RequestedBy, Changes: changes}, err
}

// Ask opens the request for a move's signature.
func (o *OrderChanges) Ask(ctx context.Context, key, site, number string, by mes.Actor, to, reason string) (mes.RevisionChange, error) {
	if strings.TrimSpace(reason) == "" {
		var f mes.Faults
		f.Add("reason", "is missing")
		return mes.RevisionChange{}, f.Err("This needs a reason.")
	}
	var id string
	err := o.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, "revision/"+key, &id); found || err != nil {
			return err
		}
		if _, err := w.LockOrder(ctx, sqlcgen.LockOrderParams{Site: site, Number: number}); err != nil {
			return missing(err, "Order", number)
		}
		p, err := o.preview(ctx, w.Queries, site, number, to)
		if err != nil {
			return err
		}
		if err := p.Worth(); err != nil {
			return err
		}
		id = uuid.NewString()
		if err := w.askChange(ctx, site, by, id, p, reason); err != nil {
			return err
		}
		return w.remember(ctx, "revision/"+key, number, id)
	})
	if violates(err, "order_change_open") {
		err = mes.Refuse(mes.CodeConflict, fmt.Sprintf("A change of order %s waits for its signature already.", number), "Nothing was asked for.", "Sign or reject that one first.")
	}
	if err != nil {
		return mes.RevisionChange{}, err
	}
	row, err := o.q.OrderChangeByID(ctx, sqlcgen.OrderChangeByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.RevisionChange{}, translate(err)
	}
	return o.view(ctx, row)
}

func (w *work) askChange(ctx context.Context, site string, by mes.Actor, id string, p mes.RevisionPreview, reason string) error {
	err := w.AddOrderChange(ctx, sqlcgen.AddOrderChangeParams{ID: id, Site: site, WorkOrder: p.Order, FromRevision: p.From, ToRevision: p.To, Reason: reason, RequestedBy: by.ID})
	if err != nil {
		return err
	}
	asked, err := w.ask(ctx, mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: mes.SignedChange, ID: id},
		Title: fmt.Sprintf("Order %s from %s rev %s to rev %s", p.Order, p.Product, p.From, p.To), RequestedBy: by.ID, Reason: reason})
	if err != nil {
		return err
	}
	if err := w.later.KeepChangeRequest(ctx, sqlcgen.KeepChangeRequestParams{ID: id, Request: asked.ID}); err != nil {
		return err
	}
	w.tell(site, mes.EventOrder, p.Order)
	return w.audit(by, "revision_change_requested", "order", p.Order, reason, "", map[string]string{"revision": p.From}, map[string]any{"revision": p.To, "change": id, "lots": p.Lots, "not_started": p.NotStarted})
}

// changeApproved does what the signature allows: pieces that are not started begin on the new revision from now on, lots that
// wait between two operations go over at once, the others when they come to stand there. The lots are locked before the
// order, as Record locks them.
func changeApproved(ctx context.Context, w *work, q mes.SignatureRequest) error {
	c, err := w.OrderChangeByID(ctx, sqlcgen.OrderChangeByIDParams{Site: q.Site, ID: q.Record.ID})
	if err != nil {
		return missing(err, "Revision change", q.Record.ID)
	}
	c.DecidedBy = q.Signatures[len(q.Signatures)-1].Signer
	t := &order{work: w, db: w.db, by: mes.Actor{ID: c.DecidedBy}}
	if _, err := w.LockLotsOfOrder(ctx, &c.WorkOrder); err != nil {
		return err
	}
	if err := t.lock(ctx, q.Site, c.WorkOrder); err != nil {
		return err
	}
	if _, err := w.LockLotsOfOrder(ctx, &c.WorkOrder); err != nil { // those that were made in between
		return err
	}
	if err := t.stillFits(c); err != nil {
		return err
	}
	next, err := w.db.routings.get(ctx, w.Queries, t.row.Product, c.ToRevision)
	if err != nil {
		return err
	}
	if err := w.freeze(ctx, c.WorkOrder, next); err != nil {
		return err
	}
	err = errors.Join(
		w.DecideOrderChange(ctx, sqlcgen.DecideOrderChangeParams{ID: c.ID, State: string(mes.ChangeApproved), DecidedBy: c.DecidedBy}),
		w.ReviseOrder(ctx, sqlcgen.ReviseOrderParams{Number: c.WorkOrder, Revision: c.ToRevision}),
		w.audit(t.by, "revision_changed", "order", c.WorkOrder, c.Reason, "", map[string]string{"revision": c.FromRevision}, map[string]string{"revision": c.ToRevision, "change": c.ID}))
	if err != nil {
		return err
	}
	w.tell(q.Site, mes.EventOrder, c.WorkOrder)
	return t.goOver(ctx, c, next)
}

// stillFits refuses a move whose order has gone on since it was asked for.
func (t *order) stillFits(c sqlcgen.OrderChange) error {
	s := statusOf(t.row)
	if err := s.CanMove(c.ToRevision); err != nil {
		return err
	}
	if s.Revision != c.FromRevision {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Order %s is on rev %s by now.", c.WorkOrder, s.Revision), "Nothing was changed.", "Reject this and ask again.")
	}
	return nil
}

// goOver moves the lots that wait between two operations now, and tells their workflows.
func (t *order) goOver(ctx context.Context, c sqlcgen.OrderChange, next mes.Routing) error {
	lots, err := t.OpenLotsWithProgress(ctx, &c.WorkOrder)
	if err != nil {
		return err
	}
	for _, l := range lots {
		inRework := mes.BaseRevision(l.Revision) != l.Revision // goes over when it is back on its routing
		if mes.LotState(l.State) != mes.LotQueued || l.Revision == c.ToRevision || inRework {
			continue
		}
		m := rebasing{change: c, lot: l.ID, to: next, at: t.at}
		if m.progress, err = progressOf(l.ID, l.Progress); err != nil {
			return err
		}
		if m.from, err = t.db.routings.get(ctx, t.Queries, t.row.Product, l.Revision); err != nil {
			return err
		}
		after, moved, err := t.rebase(ctx, m)
		if err != nil {
			return err
		}
		if !moved {
			continue
		}
		told := mes.LotMoved{Site: c.Site, Lot: l.ID, Version: after.Version, Reason: "revision"}
		if err := t.send(ctx, mes.ToWorkflow, mes.MessageLotBehind, "revision/"+c.ID+"/"+l.ID, l.ID, told); err != nil {
			return err
		}
	}
	return nil
}

// changeRejected ends a move that was not signed.
func changeRejected(ctx context.Context, w *work, q mes.SignatureRequest, by mes.Actor, reason string) error {
	c, err := w.OrderChangeByID(ctx, sqlcgen.OrderChangeByIDParams{Site: q.Site, ID: q.Record.ID})
	if err != nil {
		return missing(err, "Revision change", q.Record.ID)
	}
	if err := w.DecideOrderChange(ctx, sqlcgen.DecideOrderChangeParams{ID: c.ID, State: string(mes.ChangeRejected), DecidedBy: by.ID, EndReason: reason}); err != nil {
		return err
	}
	w.tell(q.Site, mes.EventOrder, c.WorkOrder)
	return w.audit(by, "revision_change_rejected", "order", c.WorkOrder, reason, "", map[string]string{"change": c.ID}, nil)
}

// Of lists an order's moves, newest first, with the fate of each lot.
func (o *OrderChanges) Of(ctx context.Context, site, number string) ([]mes.RevisionChange, error) {
	if _, err := o.q.OrderStatus(ctx, sqlcgen.OrderStatusParams{Site: site, Number: number}); err != nil {
		return nil, missing(err, "Order", number)
	}
	rows, err := o.q.OrderChangesOf(ctx, sqlcgen.OrderChangesOfParams{Site: site, WorkOrder: number})
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.RevisionChange, len(rows))
	for i, r := range rows {
		if out[i], err = o.view(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (o *OrderChanges) view(ctx context.Context, c sqlcgen.OrderChange) (mes.RevisionChange, error) {
	out := mes.RevisionChange{ID: c.ID, Site: c.Site, Order: c.WorkOrder, From: c.FromRevision, To: c.ToRevision, Reason: c.Reason, State: mes.RevisionChangeState(c.State),
		RequestedBy: c.RequestedBy, RequestedAt: c.RequestedAt, Request: c.Request, DecidedBy: c.DecidedBy, DecidedAt: c.DecidedAt, EndReason: c.EndReason, Lots: []mes.ChangedLot{}}
	rows, err := o.q.LotsOfChange(ctx, c.ID)
	if err != nil {
		return out, translate(err)
	}
	known := map[string]bool{}
	for _, l := range rows {
		at := l.At
		known[l.Lot] = true
		out.Lots = append(out.Lots, mes.ChangedLot{Lot: l.Lot, State: mes.LotState(l.State), Operation: l.Operation, Fate: l.Fate, Next: l.Next, Why: l.Why, At: &at})
	}
	if out.State != mes.ChangeApproved {
		return out, nil
	}
	open, err := o.q.OpenLotsWithProgress(ctx, &c.WorkOrder)
	return withWaiting(out, open, known), translate(err)
}

// withWaiting adds the lots that are within an operation and go over after it.
func withWaiting(out mes.RevisionChange, open []sqlcgen.OpenLotsWithProgressRow, known map[string]bool) mes.RevisionChange {
	for _, l := range open {
		if known[l.ID] || l.Revision == out.To {
			continue
		}
		p, err := progressOf(l.ID, l.Progress)
		if err == nil {
			out.Lots = append(out.Lots, mes.ChangedLot{Lot: l.ID, State: p.State, Operation: p.Operation, Fate: mes.FateWaits})
		}
	}
	return out
}
