package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func queue(b *box, d Deliver) Queue {
	return Queue{To: mes.ToERP, Outbox: b, Deliver: d, Log: slog.New(slog.DiscardHandler), Lease: 20 * time.Second, Timeout: 10 * time.Second, Batch: 8}
}

func round(t *testing.T, q Queue) int {
	t.Helper()
	n, err := q.round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var message = mes.Message{Destination: mes.ToERP, Kind: mes.MessageOrderConfirmed, Key: "4711/final", Subject: "4711", Payload: []byte(`{"order":"4711"}`)}

func TestADeliveredMessageIsTickedOff(t *testing.T) {
	b := newBox(message)
	q := queue(b, func(_ context.Context, m mes.Message) (string, error) { return "200 " + m.Key, nil })
	if round(t, q) != 1 || round(t, q) != 0 {
		t.Error("the message was leased twice")
	}
	if r := b.row(1); r.state != mes.MessageDelivered || r.answer != "200 4711/final" {
		t.Errorf("%+v", r)
	}
}

func TestFailuresBackOffAndEndInALetterThatWaitsForAPerson(t *testing.T) {
	b := newBox(message)
	tries := 0
	q := queue(b, func(context.Context, mes.Message) (string, error) {
		tries++
		return "", errors.New("refused to connect")
	})
	for range mes.MaxAttempts {
		before := b.row(1)
		if round(t, q) != 1 {
			t.Fatalf("after %d tries the message is not due: %+v", tries, before)
		}
		r := b.row(1)
		wait := r.due.Sub(b.now)
		if r.state == mes.MessagePending && wait != mes.Backoff(r.Attempts) {
			t.Fatalf("after %d failures it waits %s, want %s", r.Attempts, wait, mes.Backoff(r.Attempts))
		}
		if n := round(t, q); n != 0 {
			t.Fatal("it was sent again without a pause")
		}
		b.pass(wait)
	}
	if r := b.row(1); r.state != mes.MessageDead || r.why != "refused to connect" || tries != mes.MaxAttempts {
		t.Errorf("after %d tries: %+v", tries, r)
	}
}

func TestAMessageThatIsWrongItselfIsParkedAtOnce(t *testing.T) {
	b := newBox(message)
	round(t, queue(b, func(context.Context, mes.Message) (string, error) { return "", Dead(errors.New("422 no such order")) }))
	if r := b.row(1); r.state != mes.MessageDead {
		t.Errorf("%+v", r)
	}
}

func TestLaterIsNoFailure(t *testing.T) {
	b := newBox(message)
	q := queue(b, func(context.Context, mes.Message) (string, error) {
		return "", Later(2*time.Second, "the run is still open")
	})
	for range 2 * mes.MaxAttempts {
		round(t, q)
		b.pass(2 * time.Second)
	}
	if r := b.row(1); r.state != mes.MessagePending {
		t.Errorf("%+v", r)
	}
}

// TestADispatcherThatDiesSendsAgain is what the lease is for: the message comes back under its old key.
func TestADispatcherThatDiesSendsAgain(t *testing.T) {
	b := newBox(message)
	ctx, die := context.WithCancel(t.Context())
	first := queue(b, func(context.Context, mes.Message) (string, error) { die(); return "", context.Canceled })
	if _, err := first.round(ctx); err != nil {
		t.Fatal(err)
	}
	var keys []string
	second := queue(b, func(_ context.Context, m mes.Message) (string, error) { keys = append(keys, m.Key); return "200", nil })
	if round(t, second) != 0 {
		t.Error("a leased message was given to a second dispatcher")
	}
	b.pass(first.Lease)
	round(t, second)
	if len(keys) != 1 || keys[0] != "4711/final" || b.row(1).Attempts != 0 {
		t.Errorf("sent again as %v, %+v", keys, b.row(1))
	}
}

func TestDeliveryIsBoundedInTime(t *testing.T) {
	b := newBox(message)
	q := queue(b, func(ctx context.Context, _ mes.Message) (string, error) { <-ctx.Done(); return "", ctx.Err() })
	q.Timeout = 20 * time.Millisecond
	round(t, q)
	if r := b.row(1); r.Attempts != 1 {
		t.Errorf("%+v", r)
	}
}

func TestAMessageIsDeliveredAsSoonAsTheOutboxSaysSo(t *testing.T) {
	b := newBox(message)
	b.rows[0].state = mes.MessageDelivered // nothing to do at first
	done := make(chan time.Time, 1)
	q := queue(b, func(context.Context, mes.Message) (string, error) { done <- time.Now(); return "", nil })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	time.AfterFunc(100*time.Millisecond, func() {
		b.mu.Lock()
		b.rows[0].state = mes.MessagePending
		b.mu.Unlock()
		b.wake <- struct{}{}
	})
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("not delivered")
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
