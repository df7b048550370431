package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// hold lays a hold on a lot or an order. From the commit on, whoever locks the subject finds it.
func (w *work) hold(ctx context.Context, h mes.Hold, key, order string) error {
	err := w.later.PlaceHold(ctx, sqlcgen.PlaceHoldParams{ID: h.ID, Site: h.Site, Scope: string(h.Scope), Subject: h.Subject,
		Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: h.PlacedAt})
	if err != nil {
		return err
	}
	w.tell(h.Site, mes.EventOrder, order)
	if h.Scope == mes.HoldLot {
		w.tell(h.Site, mes.EventLot, h.Subject)
		if err := w.noteHold(ctx, mes.EntryHeld, h, key, order, h.PlacedBy, h.Reason); err != nil {
			return err
		}
	}
	if err := w.audit(mes.Actor{ID: h.PlacedBy, Source: h.From}, "held", string(h.Scope), h.Subject, h.Reason, key, nil, h); err != nil {
		return err
	}
	return w.holdChanged(ctx, h, order, h.PlacedBy, "on hold, "+h.Reason)
}

// holdChanged tells the records that a hold stands in.
func (w *work) holdChanged(ctx context.Context, h mes.Hold, order, by, why string) error {
	if h.Scope == mes.HoldLot {
		return w.lotChanged(ctx, h.Site, h.Subject, order, by, why)
	}
	return w.recordChanged(ctx, h.Site, mes.SignedRecord{Noun: mes.SignedOrderRecord, ID: h.Subject}, by, why)
}

// noteHold puts the hold into the lot's story.
func (w *work) noteHold(ctx context.Context, kind mes.EntryKind, h mes.Hold, key, order, by, reason string) error {
	return w.later.AddHoldEvent(ctx, sqlcgen.AddHoldEventParams{Key: key + "/" + string(kind) + "/" + h.ID, Lot: h.Subject, WorkOrder: order, Kind: string(kind), Actor: by, Reason: reason})
}

// release ends holds.
func (w *work) release(ctx context.Context, hs []mes.Hold, by mes.Actor, reason, key, order string) error {
	ids := make([]string, len(hs))
	for i, h := range hs {
		ids[i] = h.ID
		if h.Scope == mes.HoldLot {
			w.tell(h.Site, mes.EventLot, h.Subject)
			if err := w.noteHold(ctx, mes.EntryReleased, h, key, order, by.ID, reason); err != nil {
				return err
			}
		}
		if err := w.audit(by, "hold_released", string(h.Scope), h.Subject, reason, key, h, nil); err != nil {
			return err
		}
		w.tell(h.Site, mes.EventOrder, order)
	}
	if err := w.later.ReleaseHolds(ctx, sqlcgen.ReleaseHoldsParams{Ids: ids, ReleasedBy: by.ID, Reason: reason}); err != nil {
		return err
	}
	for _, h := range hs {
		if err := w.holdChanged(ctx, h, order, by.ID, "hold released, "+reason); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) openHolds(ctx context.Context, scope mes.HoldScope, subject string) ([]mes.Hold, error) {
	rows, err := w.OpenHoldsOn(ctx, sqlcgen.OpenHoldsOnParams{Scope: string(scope), Subject: subject})
	out := make([]mes.Hold, len(rows))
	for i, h := range rows {
		out[i] = mes.Hold{ID: h.ID, Site: h.Site, Scope: mes.HoldScope(h.Scope), Subject: h.Subject, Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: h.PlacedAt, Containment: h.Containment}
	}
	return out, err
}

// plainHolds are the open holds on a lot that belong to no containment. Where there are only others, the containment is named:
// its lots end there, each by its decision.
func (w *work) plainHolds(ctx context.Context, lot string) ([]mes.Hold, error) {
	open, err := w.openHolds(ctx, mes.HoldLot, lot)
	if err != nil {
		return nil, err
	}
	plain := slices.DeleteFunc(slices.Clone(open), func(h mes.Hold) bool { return h.Containment != "" })
	if by := containedBy(open); by != "" && len(plain) == 0 {
		return nil, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is held by %s.", lot, by), "Nothing was changed.", "Decide on it there.")
	}
	return plain, nil
}

// Hold forbids a lot to move or to be consumed.
func (l *Lots) Hold(ctx context.Context, key, site, lot string, by mes.Actor, reason string) (mes.Hold, error) {
	var out mes.Hold
	err := l.withLot(ctx, "hold", key, site, lot, reason, &out, func(w *work, row sqlcgen.LockLotRow, key string) error {
		if s := mes.LotState(row.State); s == mes.LotShipped || s == mes.LotScrapped || s == mes.LotVoid || s == mes.LotMerged {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", lot, s), "Nothing was held.", "")
		}
		at, err := w.Now(ctx)
		if err != nil {
			return err
		}
		out = mes.Hold{ID: uuid.NewString(), Site: site, Scope: mes.HoldLot, Subject: lot, Reason: reason, From: by.From(), PlacedBy: by.ID, PlacedAt: at}
		w.tell(site, mes.EventStation, row.Station)
		return w.hold(ctx, out, key, orderOf(row))
	})
	return out, err
}

// Release ends every open hold on the lot itself.
func (l *Lots) Release(ctx context.Context, key, site, lot string, by mes.Actor, reason string) ([]mes.Hold, error) {
	var out []mes.Hold
	err := l.withLot(ctx, "release", key, site, lot, reason, &out, func(w *work, row sqlcgen.LockLotRow, key string) (err error) {
		if out, err = w.plainHolds(ctx, lot); err != nil {
			return err
		}
		if len(out) == 0 {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is not on hold.", lot), "Nothing was changed.", "")
		}
		if out, err = w.withoutInspections(ctx, lot, out); err != nil {
			return err
		}
		w.tell(site, mes.EventStation, row.Station)
		return w.release(ctx, out, by, reason, key, orderOf(row))
	})
	return out, err
}

// withLot runs a command on a locked lot once per key; answer is what the key is remembered with.
func (l *Lots) withLot(ctx context.Context, command, key, site, lot, reason string, answer any, do func(*work, sqlcgen.LockLotRow, string) error) error {
	var f mes.Faults
	f.Check(reason != "", "reason", "is missing")
	if err := f.Err(fmt.Sprintf("The %s of %s was not stored.", command, lot)); err != nil {
		return err
	}
	key = command + "/" + site + "/" + lot + "#" + key
	return l.change(ctx, func(w *work) error {
		row, err := w.LockLot(ctx, sqlcgen.LockLotParams{Site: site, Lot: lot})
		if err != nil {
			return missing(err, "Lot", lot)
		}
		if found, err := w.answered(ctx, key, answer); found || err != nil {
			return err
		}
		if err := do(w, row, key); err != nil {
			return err
		}
		return w.remember(ctx, key, lot, answer)
	})
}

func orderOf(row sqlcgen.LockLotRow) string {
	if row.WorkOrder == nil {
		return ""
	}
	return *row.WorkOrder
}
