package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Outbox is the queue of what leaves the system.
type Outbox struct {
	db
	events *Events
}

var (
	_ mes.Outbox   = (*Outbox)(nil)
	_ mes.Outboxes = (*Outbox)(nil)
)

// Lease hands out due messages. A subject's messages leave one by one, in the order in which they were written; a dead
// one no longer stands in the way.
func (o *Outbox) Lease(ctx context.Context, to mes.Destination, limit int, lease time.Duration) ([]mes.Message, error) {
	rows, err := o.q.LeaseMessages(ctx, sqlcgen.LeaseMessagesParams{Destination: string(to), Most: limit, LeaseSeconds: lease.Seconds()})
	out := make([]mes.Message, len(rows))
	for i, r := range rows {
		out[i] = mes.Message{ID: r.ID, Destination: mes.Destination(r.Destination), Kind: r.Kind, Key: r.Key, Subject: r.Subject,
			Payload: r.Payload, Attempts: r.Attempts, Created: r.CreatedAt}
	}
	return out, translate(err)
}

// Delivered ends a message. The final confirmation of a completed order closes the order in the same transaction.
// A message that was delivered before stays as it is.
func (o *Outbox) Delivered(ctx context.Context, id int64, answer string) error {
	return o.change(ctx, func(w *work) error { return w.delivered(ctx, id, answer) })
}

func (w *work) delivered(ctx context.Context, id int64, answer string) error {
	m, err := w.MessageDelivered(ctx, sqlcgen.MessageDeliveredParams{ID: id, Answer: clip(answer)})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	w.tell("", mes.EventOutbox, m.Destination)
	if m.Destination != string(mes.ToERP) || m.Kind != mes.MessageOrderConfirmed {
		return nil
	}
	n, err := w.CloseOrder(ctx, m.Subject)
	if err != nil || n == 0 {
		return err
	}
	w.tell("", mes.EventOrder, m.Subject)
	return w.audit(mes.Actor{ID: mes.ActorSystem}, "closed", "order", m.Subject, "", m.Key,
		map[string]mes.OrderState{"state": mes.OrderCompleted}, map[string]string{"state": string(mes.OrderClosed), "confirmed": clip(answer)})
}

// Accept ends a dead message to the ERP without sending it, because the ERP holds an earlier one under the same key that a
// person has compared: after a restore, the confirmations of the lost time. Codes: not_found (no dead message has the key).
func (o *Outbox) Accept(ctx context.Context, key string, by mes.Actor, reason string) error {
	return o.change(ctx, func(w *work) error {
		m, err := w.DeadMessage(ctx, sqlcgen.DeadMessageParams{Destination: string(mes.ToERP), Key: key})
		if err != nil {
			return missing(err, "Parked message", key)
		}
		if err := w.delivered(ctx, m.ID, "accepted by "+by.ID+": "+reason); err != nil {
			return err
		}
		return w.audit(by, "accepted", "outbox", key, reason, "", map[string]string{"last_error": m.LastError}, nil)
	})
}

// Failed puts a message back, or parks it.
func (o *Outbox) Failed(ctx context.Context, id int64, reason string, next time.Time, dead bool) error {
	return o.change(ctx, func(w *work) error {
		m, err := w.MessageFailed(ctx, sqlcgen.MessageFailedParams{ID: id, LastError: clip(reason), NextAttempt: next, Dead: dead})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // delivered or parked meanwhile
		}
		w.tell("", mes.EventOutbox, m.Destination)
		return err
	})
}

// clip keeps a receiver's answer to what a person reads of it.
func clip(s string) string {
	const most = 2000
	if len(s) > most {
		s = s[:most]
	}
	return printable(s)
}

// Wake receives when messages may be due: on each one written, and every second for those whose wait is over.
func (o *Outbox) Wake(ctx context.Context) (<-chan struct{}, error) {
	events, err := o.events.Listen(ctx)
	if err != nil {
		return nil, err
	}
	ch := make(chan struct{}, 1)
	go func() {
		defer close(ch)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case e, ok := <-events:
				if !ok {
					return
				}
				if e.Kind != mes.EventOutbox && e.Kind != mes.EventLost {
					continue
				}
			case <-tick.C:
			}
			select {
			case ch <- struct{}{}:
			default:
			}
		}
	}()
	return ch, nil
}

// Resend makes a dead message due again under its old key.
func (o *Outbox) Resend(ctx context.Context, id int64, by mes.Actor, reason string) (mes.MessageView, error) {
	var f mes.Faults
	f.Check(reason != "", "reason", "is missing")
	if err := f.Err("The message was not sent again."); err != nil {
		return mes.MessageView{}, err
	}
	err := o.change(ctx, func(w *work) error {
		m, err := w.ResendMessage(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return o.notDead(ctx, w, id)
		}
		if err != nil {
			return err
		}
		w.tell("", mes.EventOutbox, m.Destination)
		return w.audit(by, "resent", "outbox", m.Key, reason, "", map[string]any{"state": mes.MessageDead, "last_error": m.LastError}, map[string]any{"state": mes.MessagePending})
	})
	if err != nil {
		return mes.MessageView{}, err
	}
	return o.Get(ctx, id)
}

func (o *Outbox) notDead(ctx context.Context, w *work, id int64) error {
	m, err := w.Message(ctx, id)
	if err != nil {
		return missing(err, "Message", fmt.Sprint(id))
	}
	return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Message %d is %s.", id, m.State), "Nothing was changed.", "Only a message that was given up can be sent again.")
}

// Get reads one message.
func (o *Outbox) Get(ctx context.Context, id int64) (mes.MessageView, error) {
	m, err := o.q.Message(ctx, id)
	if err != nil {
		return mes.MessageView{}, missing(err, "Message", fmt.Sprint(id))
	}
	v := mes.MessageView{ID: m.ID, Destination: mes.Destination(m.Destination), Kind: m.Kind, Key: m.Key, Subject: m.Subject, Payload: m.Payload,
		State: mes.MessageState(m.State), Attempts: m.Attempts, LastError: m.LastError, Answer: m.Answer, CreatedAt: m.CreatedAt, DeliveredAt: m.DeliveredAt}
	if v.State == mes.MessagePending {
		v.NextAttempt = &m.NextAttempt
	}
	return v, nil
}

// List reads a page of messages, newest first.
func (o *Outbox) List(ctx context.Context, f mes.MessageFilter) (mes.Page[mes.MessageView], error) {
	l := newListing("outbox m", f.Paging, sorts{"": nil}, column{"m.id", "bigint", true})
	l.where("m.destination = ?", string(f.Destination)).where("m.state = ?", string(f.State)).where("m.subject = ?", f.Subject)
	l.search(f.Text, "m.subject", "m.key")
	const columns = `m.id, m.destination, m.kind, m.key, m.subject, m.payload, m.state, m.attempts,
		CASE WHEN m.state = 'pending' THEN m.next_attempt END, m.last_error, m.answer, m.created_at, m.delivered_at`
	return page(ctx, o.db, l, columns, func(v *mes.MessageView) []any {
		return []any{&v.ID, &v.Destination, &v.Kind, &v.Key, &v.Subject, &v.Payload, &v.State, &v.Attempts, &v.NextAttempt, &v.LastError, &v.Answer, &v.CreatedAt, &v.DeliveredAt}
	})
}

// Depth counts what waits.
func (o *Outbox) Depth(ctx context.Context) ([]mes.OutboxDepth, error) {
	rows, err := o.q.OutboxDepth(ctx)
	out := []mes.OutboxDepth{}
	for _, r := range rows {
		d := mes.OutboxDepth{Destination: mes.Destination(r.Destination), Pending: r.Pending, Dead: r.Dead}
		if r.Pending > 0 {
			d.Oldest = &r.Oldest
		}
		out = append(out, d)
	}
	return out, translate(err)
}
