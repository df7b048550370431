package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// box is an outbox in memory. Every outcome is told on outcomes.
type box struct {
	mu       sync.Mutex
	due      []mes.Message
	outcomes chan stored
}

type stored struct {
	id     int64
	answer string
	reason string
	next   time.Time
	dead   bool
}

func (b *box) Lease(_ context.Context, _ mes.Destination, limit int, _ time.Duration) ([]mes.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(limit, len(b.due))
	out := b.due[:n]
	b.due = b.due[n:]
	return out, nil
}

func (b *box) Delivered(_ context.Context, id int64, answer string) error {
	b.outcomes <- stored{id: id, answer: answer}
	return nil
}

func (b *box) Failed(_ context.Context, id int64, reason string, next time.Time, dead bool) error {
	b.outcomes <- stored{id: id, reason: reason, next: next, dead: dead}
	return nil
}

func (b *box) Wake(context.Context) (<-chan struct{}, error) { return make(chan struct{}), nil }

// run delivers the messages and returns their outcomes by ID.
func run(t *testing.T, deliver Deliver, ms ...mes.Message) map[int64]stored {
	t.Helper()
	b := &box{due: ms, outcomes: make(chan stored, len(ms))}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	q := Queue{To: mes.ToERP, Outbox: b, Deliver: deliver, Log: slog.New(slog.DiscardHandler), Lease: time.Minute, Timeout: 5 * time.Second, Batch: 2}
	go func() { ended <- q.Run(ctx) }()
	out := map[int64]stored{}
	for range ms {
		select {
		case o := <-b.outcomes:
			out[o.id] = o
		case <-time.After(10 * time.Second):
			t.Fatalf("only %d of %d messages had an outcome", len(out), len(ms))
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run ended with %v", err)
	}
	return out
}

func TestEachOutcomeIsStored(t *testing.T) {
	began := time.Now()
	deliver := func(_ context.Context, m mes.Message) (string, error) {
		switch m.Kind {
		case "good":
			return "thanks", nil
		case "wrong":
			return "", Dead(errors.New("no such order"))
		case "early":
			return "", Later(time.Minute, "still open")
		}
		return "", errors.New("no answer")
	}
	out := run(t, deliver, mes.Message{ID: 1, Kind: "good"}, mes.Message{ID: 2, Kind: "wrong"}, mes.Message{ID: 3, Kind: "early"},
		mes.Message{ID: 4, Kind: "away", Attempts: 2}, mes.Message{ID: 5, Kind: "away", Attempts: mes.MaxAttempts - 1})

	if o := out[1]; o.answer != "thanks" || o.reason != "" {
		t.Errorf("delivered: %+v", o)
	}
	if o := out[2]; !o.dead || o.reason != "no such order" {
		t.Errorf("a message that no repetition mends must be parked: %+v", o)
	}
	if o := out[3]; o.dead || o.next.Before(began.Add(50*time.Second)) {
		t.Errorf("what is not ready must wait: %+v", o)
	}
	if o, want := out[4], began.Add(mes.Backoff(3)); o.dead || o.next.Before(want) {
		t.Errorf("third failure: %+v, want a pause until %s", o, want)
	}
	if o := out[5]; !o.dead {
		t.Errorf("the last attempt must park the message: %+v", o)
	}
}

func TestPayloadsThatCannotBeReadAreParked(t *testing.T) {
	deliver := Workflows(nil)
	for _, m := range []mes.Message{{Kind: mes.MessageStartOrder, Payload: []byte("{")}, {Kind: mes.MessageVerdict, Payload: []byte("[]")},
		{Kind: mes.MessageLotVoided, Payload: []byte("1")}, {Kind: "surprise", Payload: []byte("{}")}} {
		_, err := deliver(context.Background(), m)
		var d dead
		if !errors.As(err, &d) {
			t.Errorf("%s: %v, want a dead letter", m.Kind, err)
		}
	}
}
