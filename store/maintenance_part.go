package store

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Use adds a part. One of a lot leaves the material ledger in the same transaction, under the lot's lock and past its holds.
func (s *Maintenances) Use(ctx context.Context, p mes.MaintenancePlace, part mes.MaintenancePart) (mes.MaintenanceJob, error) {
	return s.command(ctx, p, "part_used", func(w *work, j mes.MaintenanceJob, now time.Time) (mes.MaintenanceJob, error) {
		part.By, part.At = p.By.ID, now
		next, err := j.Use(part)
		if err != nil || part.Lot == "" {
			return next, err
		}
		lot, err := w.takeSpare(ctx, p, part, now)
		if err != nil {
			return j, err
		}
		next.Record.Parts[len(next.Record.Parts)-1].Material = lot.Material
		return next, nil
	})
}

// takeSpare takes pieces of a lot out of the stock.
func (w *work) takeSpare(ctx context.Context, p mes.MaintenancePlace, part mes.MaintenancePart, now time.Time) (sqlcgen.LockLotRow, error) {
	lot, err := w.LockLot(ctx, sqlcgen.LockLotParams{Site: p.Site, Lot: part.Lot})
	if err != nil {
		return lot, missing(err, "Lot", part.Lot)
	}
	if err := w.refuseHeld(ctx, part.Lot); err != nil {
		return lot, err
	}
	if lot.WorkOrder != nil || mes.LotState(lot.State) != mes.LotAvailable {
		return lot, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s, it is no stock that parts are taken from.", part.Lot, lot.State), "No part was taken.", "Scan a lot that was received and is available.")
	}
	if part.Quantity.GreaterThan(lot.Remaining) {
		return lot, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has only %s left.", part.Lot, lot.Remaining), "No part was taken.", "Take less, or another lot.")
	}
	err = w.TakeFromLot(ctx, sqlcgen.TakeFromLotParams{Lot: part.Lot, Quantity: part.Quantity, Emptied: string(mes.LotConsumed), At: now})
	if err != nil {
		return lot, err
	}
	w.tell(p.Site, mes.EventMaterial, part.Lot)
	return lot, w.later.AddLotEvent(ctx, sqlcgen.AddLotEventParams{Key: "maint/" + p.Site + "/" + p.ID + "/part#" + p.By.ID + "#" + p.Key, Lot: part.Lot, Kind: string(mes.EntryUsed), Actor: p.By.ID,
		Quantity: part.Quantity, Reason: p.ID, At: now})
}
