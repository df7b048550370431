package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// rebasing is one lot on its way to another revision of its routing, under its row lock.
type rebasing struct {
	change   sqlcgen.OrderChange
	lot      string
	progress mes.Progress // as stored
	from, to mes.Routing
	at       time.Time
}

// rebase moves the lot when its way can be mapped, and notes that it stays when it can't. It answers where the lot then
// stands, and whether it moved.
func (w *work) rebase(ctx context.Context, m rebasing) (mes.Progress, bool, error) {
	after, refused := m.progress.Rebase(m.from, m.to)
	note := sqlcgen.AddChangedLotParams{Change: m.change.ID, Lot: m.lot, Fate: mes.FateMoved, Operation: m.progress.Operation, Next: after.Operation, At: m.at}
	if refused != nil {
		note.Fate, note.Next, note.Why = mes.FateStays, "", mes.WhyOf(refused)
		return m.progress, false, w.later.AddChangedLot(ctx, note)
	}
	after.Version = m.progress.Version + 1
	if err := w.later.AddChangedLot(ctx, note); err != nil {
		return after, false, err
	}
	return after, true, w.writeRebased(ctx, m, after)
}

func (w *work) writeRebased(ctx context.Context, m rebasing, after mes.Progress) error {
	doc, err := json.Marshal(after)
	if err != nil {
		return err
	}
	_, o, _ := m.to.At(after.Operation)
	q, c := w.later, m.change
	key := "revision/" + c.ID + "/" + m.lot
	steps := []error{
		q.RenameVisit(ctx, sqlcgen.RenameVisitParams{Lot: m.lot, Was: m.progress.Operation, WasVisit: m.progress.Visit, Operation: after.Operation, Visit: after.Visit,
			Name: o.Name, Station: after.Station}),
		q.RebaseLot(ctx, sqlcgen.RebaseLotParams{Lot: m.lot, Revision: m.to.Revision, Operation: after.Operation, Visit: after.Visit, Station: after.Station,
			Stations: o.Stations, Progress: doc, Version: after.Version}),
		q.AddLotEvent(ctx, sqlcgen.AddLotEventParams{Key: key, Lot: m.lot, WorkOrder: c.WorkOrder, Kind: string(mes.EntryRebased), Actor: c.DecidedBy, Station: after.Station,
			Operation: after.Operation, Visit: after.Visit, Code: m.from.Revision + " → " + m.to.Revision, Quantity: mes.Zero, WaitKind: string(after.Wait.Kind), WaitOn: after.Wait.On,
			Reason: c.Reason, At: m.at}),
		w.audit(mes.Actor{ID: c.DecidedBy}, string(mes.EntryRebased), "lot", m.lot, c.Reason, key, map[string]any{"revision": m.from.Revision, "progress": m.progress},
			map[string]any{"revision": m.to.Revision, "progress": after}),
	}
	w.tell(c.Site, mes.EventLot, m.lot)
	for _, s := range append([]string{m.progress.Station}, o.Stations...) {
		w.tell(c.Site, mes.EventStation, s)
	}
	return errors.Join(steps...)
}

// atSafePoint ends an entry: the key's answer is kept. Where the lot has just come to stand between two operations and
// its order was moved to another revision meanwhile, the lot goes over to it in the same transaction.
func (r *recording) atSafePoint(ctx context.Context) (mes.Recorded, error) {
	out := mes.Recorded{After: r.after}
	if err := r.backFromRework(ctx, &out); err != nil {
		return out, err
	}
	inRework := mes.BaseRevision(r.order.Revision) != r.order.Revision
	if r.after.State == mes.LotQueued && !inRework && r.order.Revision != r.order.Ordered {
		var err error
		var over bool
		if out.After, over, err = r.goOver(ctx); err != nil {
			return out, err
		}
		out.Replanned = out.Replanned || over
	}
	return out, r.remember(ctx, r.e.Key, r.e.Lot, out)
}

func (r *recording) goOver(ctx context.Context) (mes.Progress, bool, error) {
	c, err := r.OpenChangeOf(ctx, sqlcgen.OpenChangeOfParams{WorkOrder: r.order.Number, ToRevision: r.order.Ordered})
	if errors.Is(err, pgx.ErrNoRows) {
		return r.after, false, nil
	}
	if err != nil {
		return r.after, false, err
	}
	if _, err := r.ChangedLot(ctx, sqlcgen.ChangedLotParams{Change: c.ID, Lot: r.e.Lot}); !errors.Is(err, pgx.ErrNoRows) {
		return r.after, false, err // it was found that it stays
	}
	m := rebasing{change: c, lot: r.e.Lot, progress: r.after, at: r.e.At}
	if m.from, err = r.work.db.routings.get(ctx, r.Queries, r.order.Product, r.order.Revision); err != nil {
		return r.after, false, err
	}
	if m.to, err = r.work.db.routings.get(ctx, r.Queries, r.order.Product, r.order.Ordered); err != nil {
		return r.after, false, err
	}
	return r.rebase(ctx, m)
}
