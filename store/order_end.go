package store

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Cancel starts no more lots. Lots that never began are voided and their pieces are not started again; lots in process
// are for people to finish or scrap.
func (o *Orders) Cancel(ctx context.Context, key, site, number string, by mes.Actor, reason string) (mes.OrderStatus, error) {
	return o.commandOnLots(ctx, "cancelled", key, site, number, by, reason, func(t *order, waiting []sqlcgen.LockNeverStartedRow) error {
		if err := statusOf(t.row).CanCancel(); err != nil {
			return err
		}
		pieces := mes.Zero
		for _, l := range waiting {
			pieces = pieces.Add(l.Remaining)
			if err := t.void(ctx, number, l, reason); err != nil {
				return err
			}
		}
		if err := t.later.StartPieces(ctx, sqlcgen.StartPiecesParams{Number: number, Pieces: pieces.Neg()}); err != nil {
			return err
		}
		return t.later.RequestCancel(ctx, number)
	})
}

// commandOnLots is command with the order's waiting lots locked before the order, as Record locks them. Lots that Fill
// adds in between are locked after it.
func (o *Orders) commandOnLots(ctx context.Context, action, key, site, number string, by mes.Actor, reason string,
	do func(*order, []sqlcgen.LockNeverStartedRow) error) (mes.OrderStatus, error) {
	return o.commandAfter(ctx, action, key, site, number, by, reason,
		func(w *work) error {
			_, err := w.LockNeverStarted(ctx, &number)
			return err
		},
		func(t *order) error {
			waiting, err := t.LockNeverStarted(ctx, &number)
			if err != nil {
				return err
			}
			return do(t, waiting)
		})
}

// void ends a lot that never began.
func (t *order) void(ctx context.Context, number string, l sqlcgen.LockNeverStartedRow, reason string) error {
	if err := t.later.VoidLot(ctx, sqlcgen.VoidLotParams{Lot: l.ID, At: &t.at}); err != nil {
		return err
	}
	if err := t.later.CloseVisits(ctx, sqlcgen.CloseVisitsParams{Lot: l.ID, At: &t.at}); err != nil {
		return err
	}
	key := fmt.Sprintf("%s/%s", t.key, l.ID)
	err := t.later.AddLotEvent(ctx, sqlcgen.AddLotEventParams{Key: key, Lot: l.ID, WorkOrder: number, Kind: string(mes.EntryVoided), Actor: t.by.ID,
		Station: l.Station, Operation: l.Operation, Visit: l.Visit, Quantity: l.Remaining, Reason: reason, At: t.at})
	if err != nil {
		return err
	}
	t.tell(l.Site, mes.EventLot, l.ID)
	t.tell(l.Site, mes.EventStation, l.Station)
	if err := t.send(ctx, mes.ToWorkflow, mes.MessageLotVoided, "void/"+l.Site+"/"+l.ID, l.ID, mes.LotVoided{Site: l.Site, Lot: l.ID, Order: number}); err != nil {
		return err
	}
	return t.archive(ctx, "lot", l.Site, l.ID)
}

// archive asks for the export of a run that is ending.
func (w *work) archive(ctx context.Context, noun, site, subject string) error {
	return w.send(ctx, mes.ToArchive, mes.MessageArchiveRun, noun+"/"+site+"/"+subject, subject, mes.RunEnded{Noun: noun, Site: site, Subject: subject})
}

// archiveAgain asks for the export of a later run of the same lot, once per run.
func (w *work) archiveAgain(ctx context.Context, noun, site, subject string, run int) error {
	return w.send(ctx, mes.ToArchive, mes.MessageArchiveRun, fmt.Sprintf("%s/%s/%s#%d", noun, site, subject, run+1), subject, mes.RunEnded{Noun: noun, Site: site, Subject: subject})
}

// Complete ends the order and queues its final confirmation, whose quantities are the ledger's. An order that has ended
// already answers as it is.
func (o *Orders) Complete(ctx context.Context, key, site, number string) (mes.OrderStatus, error) {
	by := mes.Actor{ID: "system"}
	if s, err := o.Status(ctx, site, number); err != nil || s.State.Ended() {
		return s, err
	}
	return o.command(ctx, "completed", key, site, number, by, "", func(t *order) error {
		s := statusOf(t.row)
		if s.State.Ended() {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Order %s is %s.", number, s.State), "Nothing was changed.", "")
		}
		l := s.Ledger
		if l.InProcess.IsPositive() || l.NotStarted.IsPositive() && !s.CancelRequested {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Order %s has %s in process and %s not started.", number, l.InProcess, l.NotStarted),
				"It stays open.", "Finish or scrap its lots first.")
		}
		end := mes.OrderCompleted
		if s.CancelRequested {
			end = mes.OrderCancelled
		}
		if err := t.later.EndOrder(ctx, sqlcgen.EndOrderParams{Number: number, State: string(end), At: &t.at}); err != nil {
			return err
		}
		final := mes.OrderConfirmed{Order: number, Product: t.row.Product, Revision: s.Revision, State: end, Quantity: l.Ordered, Good: l.Good, Scrap: l.Scrap,
			NotStarted: l.NotStarted, StartedAt: t.row.StartedAt, CompletedAt: t.at}
		if err := t.send(ctx, mes.ToERP, mes.MessageOrderConfirmed, number+"/final", number, final); err != nil {
			return err
		}
		return t.archive(ctx, "order", site, number)
	})
}
