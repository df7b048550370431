package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// recording is one entry on its way into the ledger: what was found under the lot's lock, and what will be written.
type recording struct {
	*work
	e     mes.Entry
	lot   sqlcgen.LockLotRow
	order sqlcgen.EntryContextRow
	after mes.Progress
	takes []take
}

// Record stores one entry in one transaction, with all that follows from it.
func (l *Lots) Record(ctx context.Context, e mes.Entry) (mes.Recorded, error) {
	if e.Key == "" {
		return mes.Recorded{}, fmt.Errorf("entry %s of %s has no key", e.Kind, e.Lot)
	}
	var out mes.Recorded
	r := &recording{e: e}
	err := l.changeAfter(ctx, r.look, func(w *work) error {
		r.work, r.after, r.takes = w, e.After, nil
		first, err := r.open()
		if err != nil || first != nil {
			out = deref(first)
			return err
		}
		if err := r.check(ctx); err != nil {
			return err
		}
		if err := r.write(ctx); err != nil {
			return err
		}
		out, err = r.atSafePoint(ctx)
		return err
	})
	return out, err
}

// Stored reads the answer that an entry got.
func (l *Lots) Stored(ctx context.Context, key string) (mes.Recorded, error) {
	answer, err := l.q.StoredEntry(ctx, key)
	if err != nil {
		return mes.Recorded{}, missing(err, "Entry", key)
	}
	var out mes.Recorded
	return out, json.Unmarshal(answer, &out)
}

func deref(r *mes.Recorded) mes.Recorded {
	if r == nil {
		return mes.Recorded{}
	}
	return *r
}

// look locks the lot, and then reads what may have changed while it waited for the lock.
func (r *recording) look(b *pgx.Batch) {
	r.lot, r.order = sqlcgen.LockLotRow{}, sqlcgen.EntryContextRow{}
	b.Queue(sqlcgen.LockLot, r.e.Site, r.e.Lot).Query(into(&r.lot))
	b.Queue(sqlcgen.EntryContext, r.e.Key, r.e.Lot, r.e.Devices()).Query(into(&r.order))
}

// into reads a row, if there is one, in the order of the struct's fields, which is sqlc's order of columns.
func into[T any](to *T) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		if len(found) > 0 {
			*to = found[0]
		}
		return err
	}
}

// open answers an entry whose key is stored already as it was answered first.
func (r *recording) open() (first *mes.Recorded, err error) {
	if r.lot.ID == "" {
		return nil, mes.NotFound("Lot", r.e.Lot)
	}
	if r.lot.WorkOrder == nil {
		return nil, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s was received, it is not made here.", r.e.Lot), "Nothing was stored.", "Scan a lot of an order.")
	}
	if r.order.Answer == nil {
		return nil, nil
	}
	first = &mes.Recorded{}
	if err := json.Unmarshal(r.order.Answer, first); err != nil {
		return nil, fmt.Errorf("answer to %s: %w", r.e.Key, err)
	}
	first.Duplicate = true
	return first, nil
}

// check applies the rules that only the locked rows can decide.
func (r *recording) check(ctx context.Context) error {
	e := r.e
	if e.Before.Version != r.lot.Version {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s was changed meanwhile, it is %s.", e.Lot, r.lot.State), "Nothing was stored.", "Look at it again.")
	}
	if mes.LotState(r.lot.State).Ended() && e.Kind != mes.EntryReworked { // rework takes a packed lot back
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", e.Lot, r.lot.State), "Nothing was changed.", "Scan another lot.")
	}
	if !r.after.Quantity.Add(r.after.Scrapped).Equal(r.lot.Quantity) || r.after.Quantity.IsNegative() || r.after.Scrapped.LessThan(r.lot.Scrapped) {
		return fmt.Errorf("entry %s: %s pieces left and %s scrapped do not make the lot's %s", e.Key, r.after.Quantity, r.after.Scrapped, r.lot.Quantity)
	}
	if len(e.Consume) > 0 && e.Step == nil {
		return fmt.Errorf("entry %s consumes without the record of a step", e.Key)
	}
	if r.order.Hold != nil && e.StoppedByHold() {
		h, err := holdOf(r.order.Hold)
		if err != nil {
			return err
		}
		return h.Refusal()
	}
	if err := r.checkDefect(ctx); err != nil {
		return err
	}
	if err := r.checkDevices(); err != nil {
		return err
	}
	if err := r.checkGauges(ctx); err != nil {
		return err
	}
	if err := r.checkStation(ctx); err != nil {
		return err
	}
	if err := r.admit(ctx); err != nil {
		return err
	}
	if err := r.takeComponents(ctx); err != nil {
		return err
	}
	r.after.Version = r.lot.Version + 1
	return r.giveSeq(ctx)
}

// checkDevices refuses what a device of another station read, or would be told to do.
func (r *recording) checkDevices() error {
	stands := map[string]string{}
	if r.order.Devices != nil {
		if err := json.Unmarshal(r.order.Devices, &stands); err != nil {
			return fmt.Errorf("stations of devices: %w", err)
		}
	}
	return r.e.CheckDevices(stands)
}

// checkStation keeps a station from working on more lots than it can. Starts at one station queue at its row.
func (r *recording) checkStation(ctx context.Context) error {
	if r.e.Kind != mes.EntryStarted && r.e.Kind != mes.EntryResumed {
		return nil
	}
	s, err := r.LockStation(ctx, r.after.Station)
	if err != nil {
		return missing(err, "Station", r.after.Station)
	}
	if err := r.refuseStopped(ctx, s.ID); err != nil {
		return err
	}
	if err := r.refuseInMaintenance(ctx, r.e.Site, s.ID, r.e.Lot); err != nil {
		return err
	}
	if s.Capacity == 0 {
		return nil
	}
	busy, err := r.LotsAtWork(ctx, sqlcgen.LotsAtWorkParams{Station: s.ID, Lot: r.e.Lot})
	if err != nil || len(busy) < s.Capacity {
		return err
	}
	verb := "works on"
	if s.Capacity > 1 {
		verb = fmt.Sprintf("has room for %d lots and works on", s.Capacity)
	}
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s %s %s.", s.ID, verb, strings.Join(busy, ", ")), "Nothing was started.", "Finish or pause that one first.")
}

// giveSeq numbers a new machine command. A wait that has its number keeps it.
func (r *recording) giveSeq(ctx context.Context) error {
	w := &r.after.Wait
	if w.Kind != mes.WaitMachine || w.Seq != 0 {
		return nil
	}
	n, err := r.NextSeq(ctx, w.On)
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.NotFound("Device", w.On)
	}
	if err != nil {
		return err
	}
	w.Seq = uint32(n) // the handshake register wraps the same way
	return nil
}

// holdOf reads a hold row as PostgreSQL writes it in JSON.
func holdOf(row json.RawMessage) (mes.Hold, error) {
	var h mes.Hold
	return h, json.Unmarshal(row, &h)
}
