package dispatch

import (
	"context"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// box is an outbox in memory with a clock of its own.
type box struct {
	mu   sync.Mutex
	now  time.Time
	rows []*row
	wake chan struct{}
}

type row struct {
	mes.Message
	due    time.Time
	state  mes.MessageState
	answer string
	why    string
}

func newBox(ms ...mes.Message) *box {
	b := &box{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), wake: make(chan struct{}, 1)}
	for i, m := range ms {
		m.ID = int64(i + 1)
		b.rows = append(b.rows, &row{Message: m, due: b.now, state: mes.MessagePending})
	}
	return b
}

func (b *box) Lease(_ context.Context, to mes.Destination, limit int, lease time.Duration) ([]mes.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []mes.Message
	for _, r := range b.rows {
		if r.Destination == to && r.state == mes.MessagePending && !r.due.After(b.now) && len(out) < limit {
			r.due = b.now.Add(lease)
			out = append(out, r.Message)
		}
	}
	return out, nil
}

func (b *box) Delivered(_ context.Context, id int64, answer string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows[id-1].state, b.rows[id-1].answer = mes.MessageDelivered, answer
	return nil
}

func (b *box) Failed(_ context.Context, id int64, reason string, next time.Time, dead bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rows[id-1]
	r.Attempts++
	r.due, r.why = b.now.Add(time.Until(next).Round(time.Second)), reason
	if dead {
		r.state = mes.MessageDead
	}
	return nil
}

func (b *box) Wake(context.Context) (<-chan struct{}, error) { return b.wake, nil }

// pass lets time go by.
func (b *box) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func (b *box) row(id int64) row {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.rows[id-1]
}
