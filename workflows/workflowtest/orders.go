package workflowtest

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/mes"
)

// Status reads an order.
func (l *Ledger) Status(_ context.Context, _, number string) (mes.OrderStatus, error) {
	lost, err := l.enter("Status")
	defer l.mu.Unlock()
	if err != nil {
		return mes.OrderStatus{}, err
	}
	o, ok := l.orders[number]
	if !ok {
		return mes.OrderStatus{}, mes.NotFound("Order", number)
	}
	return o.status, lost
}

// command runs one command once per key.
func (l *Ledger) command(method, key, number string, do func(o *order) error) (mes.OrderStatus, error) {
	lost, err := l.enter(method)
	defer l.mu.Unlock()
	if err != nil {
		return mes.OrderStatus{}, err
	}
	o, ok := l.orders[number]
	if !ok {
		return mes.OrderStatus{}, mes.NotFound("Order", number)
	}
	key = method + "/" + number + "#" + key
	if first, ok := l.keys[key]; ok {
		return first.(mes.OrderStatus), nil
	}
	if err := do(o); err != nil {
		return mes.OrderStatus{}, err
	}
	o.status.Version++
	l.tell(number)
	l.keys[key] = o.status
	if lost != nil {
		return mes.OrderStatus{}, lost
	}
	return o.status, nil
}

// Release freezes the routing.
func (l *Ledger) Release(_ context.Context, key, _, number string, _ mes.Actor) (mes.OrderStatus, error) {
	return l.command("Release", key, number, func(o *order) error {
		if err := o.status.CanRelease(); err != nil {
			return err
		}
		o.status.State, o.status.Revision = mes.OrderReleased, o.routing.Revision
		return nil
	})
}

// Change alters quantity, due date or priority.
func (l *Ledger) Change(_ context.Context, key, _, number string, _ mes.Actor, c mes.OrderChange) (mes.OrderStatus, error) {
	return l.command("Change", key, number, func(o *order) error {
		if err := o.status.CanChange(c, l.Now()); err != nil {
			return err
		}
		if c.Quantity != nil {
			q := &o.status.Ledger
			q.NotStarted = q.NotStarted.Add(c.Quantity.Sub(q.Ordered))
			q.Ordered = *c.Quantity
		}
		return nil
	})
}

// Hold lays a hold on the order.
func (l *Ledger) Hold(_ context.Context, key, _, number string, _ mes.Actor, reason string) (mes.OrderStatus, error) {
	return l.command("Hold", key, number, func(o *order) error {
		if err := o.status.CanHold(); err != nil {
			return err
		}
		l.putHold(mes.HoldOrder, number, reason)
		o.status.Held = true
		return nil
	})
}

// Resume lifts the order's hold.
func (l *Ledger) Resume(_ context.Context, key, _, number string, _ mes.Actor, _ string) (mes.OrderStatus, error) {
	return l.command("Resume", key, number, func(o *order) error {
		if err := o.status.CanResume(); err != nil {
			return err
		}
		l.putHold(mes.HoldOrder, number, "")
		o.status.Held = false
		return nil
	})
}

// Cancel voids the lots that never began.
func (l *Ledger) Cancel(_ context.Context, key, _, number string, _ mes.Actor, _ string) (mes.OrderStatus, error) {
	return l.command("Cancel", key, number, func(o *order) error {
		if err := o.status.CanCancel(); err != nil {
			return err
		}
		for _, id := range l.lotIDs {
			lot := l.lots[id]
			if p := lot.Progress; lot.Order == number && p.State == mes.LotQueued && p.Version == 1 {
				l.void(o, lot)
			}
		}
		o.status.CancelRequested = true
		return nil
	})
}

func (l *Ledger) void(o *order, lot *Lot) {
	q := &o.status.Ledger
	q.InProcess, q.NotStarted = q.InProcess.Sub(lot.Quantity), q.NotStarted.Add(lot.Quantity)
	lot.Progress.State, lot.Progress.Quantity, lot.Progress.Wait = mes.LotVoid, mes.Zero, mes.Wait{}
	lot.Progress.Version++
	l.send(mes.MessageLotVoided, "void/"+lot.ID, lot.ID, mes.LotVoided{Site: l.Site, Lot: lot.ID, Order: lot.Order})
}

// Fill creates lots until the window is full.
func (l *Ledger) Fill(_ context.Context, r mes.FillRequest) (mes.Fill, error) {
	lost, err := l.enter("Fill")
	defer l.mu.Unlock()
	if err != nil {
		return mes.Fill{}, err
	}
	o, ok := l.orders[r.Order]
	if !ok {
		return mes.Fill{}, mes.NotFound("Order", r.Order)
	}
	f := mes.Fill{Open: l.open(r.Order)}
	q := &o.status.Ledger
	for o.mayStart() && len(f.Open) < o.routing.Window && q.NotStarted.IsPositive() {
		n := o.routing.NextLot(q.NotStarted)
		l.next++
		id := o.routing.LotID(l.next)
		p := mes.Enter(o.routing, n, l.Now())
		p.Version = 1
		l.lots[id] = &Lot{ID: id, Order: r.Order, Quantity: n, Progress: p, routing: o.routing}
		l.lotIDs = append(l.lotIDs, id)
		q.NotStarted, q.InProcess = q.NotStarted.Sub(n), q.InProcess.Add(n)
		f.Open, f.Created = append(f.Open, id), f.Created+1
	}
	f.Remaining = q.NotStarted.IsPositive() && !o.status.CancelRequested
	return f, lost
}

func (o *order) mayStart() bool {
	s := o.status
	return !s.Held && !s.CancelRequested && (s.State == mes.OrderReleased || s.State == mes.OrderRunning)
}

func (l *Ledger) open(number string) []string {
	var out []string
	for _, id := range l.lotIDs {
		if lot := l.lots[id]; lot.Order == number && !lot.Progress.State.Ended() {
			out = append(out, id)
		}
	}
	return out
}

// Progress reads what the order waits on.
func (l *Ledger) Progress(_ context.Context, _, number string) (mes.OrderProgress, error) {
	lost, err := l.enter("Progress")
	defer l.mu.Unlock()
	if err != nil {
		return mes.OrderProgress{}, err
	}
	o, ok := l.orders[number]
	if !ok {
		return mes.OrderProgress{}, mes.NotFound("Order", number)
	}
	return mes.OrderProgress{Status: o.status, Open: len(l.open(number)), Window: o.routing.Window}, lost
}

// Complete ends the order.
func (l *Ledger) Complete(_ context.Context, key, _, number string) (mes.OrderStatus, error) {
	return l.command("Complete", key, number, func(o *order) error {
		q := o.status.Ledger
		switch {
		case o.status.State.Ended():
			return nil
		case q.InProcess.IsPositive() || q.NotStarted.IsPositive() && !o.status.CancelRequested:
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Order %s has %s in process.", number, q.InProcess), "It stays open.", "")
		case o.status.CancelRequested:
			o.status.State = mes.OrderCancelled
		default:
			o.status.State = mes.OrderCompleted
		}
		return nil
	})
}
