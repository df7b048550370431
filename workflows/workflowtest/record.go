package workflowtest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/steelthread/steelthread/mes"
)

// Record stores one entry.
func (l *Ledger) Record(_ context.Context, e mes.Entry) (mes.Recorded, error) {
	lost, err := l.enter("Record")
	if err != nil {
		l.mu.Unlock()
		return mes.Recorded{}, err
	}
	rec, err := l.record(e)
	l.mu.Unlock()
	if err == nil && l.Stored != nil {
		l.Stored(e)
	}
	if err == nil && lost != nil {
		return mes.Recorded{}, lost
	}
	return rec, err
}

func (l *Ledger) record(e mes.Entry) (mes.Recorded, error) {
	lot, ok := l.lots[e.Lot]
	if !ok {
		return mes.Recorded{}, mes.NotFound("Lot", e.Lot)
	}
	if first, ok := l.keys[e.Key]; ok {
		rec := first.(mes.Recorded)
		rec.Duplicate = true
		return rec, nil
	}
	if err := l.guard(lot, e); err != nil {
		return mes.Recorded{}, err
	}
	if err := l.consume(e); err != nil {
		return mes.Recorded{}, err
	}
	after := e.After
	after.Version = lot.Progress.Version + 1
	if w := &after.Wait; w.Kind == mes.WaitMachine && w.Seq == 0 {
		l.seq[w.On]++
		w.Seq = l.seq[w.On]
	}
	l.book(lot, after)
	if e.PlaceHold {
		l.putHold(mes.HoldLot, e.Lot, e.Reason)
	}
	e.Site = l.Site
	l.entries = append(l.entries, e)
	rec := mes.Recorded{After: after}
	if rec.Replanned = l.backFromRework(lot, e); rec.Replanned {
		rec.After = lot.Progress
	}
	if l.goOver(lot) {
		rec.After, rec.Replanned = lot.Progress, true
	}
	l.keys[e.Key] = rec
	return rec, nil
}

// guard is what the real ledger checks under the lot's row lock.
func (l *Ledger) guard(lot *Lot, e mes.Entry) error {
	p := lot.Progress
	switch {
	case e.Before.Version != p.Version:
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s was changed meanwhile, it is %s.", e.Lot, p.State), "Nothing was stored.", "")
	case p.State.Ended():
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is %s.", e.Lot, p.State), "Nothing was changed.", "")
	case !e.After.Quantity.Add(e.After.Scrapped).Equal(lot.Quantity):
		return fmt.Errorf("%s: %s left and %s scrapped do not make %s", e.Lot, e.After.Quantity, e.After.Scrapped, lot.Quantity)
	case !e.StoppedByHold():
		return nil
	}
	for scope, subject := range map[mes.HoldScope]string{mes.HoldLot: e.Lot, mes.HoldOrder: lot.Order} {
		if reason, held := l.holds[string(scope)+"/"+subject]; held {
			return mes.Hold{Scope: scope, Subject: subject, Reason: reason}.Refusal()
		}
	}
	return nil
}

func (l *Ledger) consume(e mes.Entry) error {
	for _, c := range e.Consume { // all or nothing: first every check, then every take
		s, ok := l.stock[c.Component.Identity()]
		if !ok {
			return mes.UnknownComponent(c.Component)
		}
		if s.BuiltInto == e.Lot && s.Remaining.IsZero() {
			continue
		}
		if err := mes.CheckComponent(*s, mes.ComponentTake{Material: c.Material, Quantity: c.Quantity, Into: e.Lot}, e.At); err != nil {
			return err
		}
	}
	for _, c := range e.Consume {
		s := l.stock[c.Component.Identity()]
		if s.Remaining.IsZero() {
			continue
		}
		s.Remaining = s.Remaining.Sub(c.Quantity)
		if s.Remaining.IsZero() {
			s.State, s.BuiltInto = mes.LotConsumed, e.Lot
		}
	}
	return nil
}

// book moves the lot and its order's pieces.
func (l *Ledger) book(lot *Lot, after mes.Progress) {
	o := l.orders[lot.Order]
	if o.status.State == mes.OrderReleased && lot.Progress.State == mes.LotQueued && after.State == mes.LotRunning {
		o.status.State = mes.OrderRunning
	}
	scrap := after.Scrapped.Sub(lot.Progress.Scrapped)
	good := mes.Zero
	if after.State == mes.LotPacked {
		good = after.Quantity
	}
	q := &o.status.Ledger
	q.Good, q.Scrap = q.Good.Add(good), q.Scrap.Add(scrap)
	q.InProcess = q.InProcess.Sub(good).Sub(scrap)
	lot.Progress = after
	if after.State.Ended() {
		l.tell(lot.Order)
	}
}

func (l *Ledger) send(kind, key, subject string, payload any) {
	b, err := json.Marshal(payload)
	if err != nil {
		panic(err) // payloads are our own plain structs
	}
	l.messages = append(l.messages, mes.Message{ID: int64(len(l.keys)), Destination: mes.ToWorkflow, Kind: kind, Key: key, Subject: subject, Payload: b})
}

// Held is the first open hold on a lot or its order.
func (l *Ledger) Held(_ context.Context, _, lot string) (*mes.Hold, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	order := ""
	if o, ok := l.lots[lot]; ok {
		order = o.Order
	}
	for scope, subject := range map[mes.HoldScope]string{mes.HoldLot: lot, mes.HoldOrder: order} {
		if reason, held := l.holds[string(scope)+"/"+subject]; held {
			return &mes.Hold{Scope: scope, Subject: subject, Reason: reason}, nil
		}
	}
	return nil, nil
}
