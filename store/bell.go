package store

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/steelthread/steelthread/mes"
)

// bell tells listeners what was committed. It rings after the commit and not within it: a transaction that notifies
// keeps every other such transaction from committing until it is on disk itself (PostgreSQL manual, NOTIFY).
//
// A process that dies between its commit and the ring leaves listeners unaware, so each one that starts rings once for
// its predecessor, and what must not be missed (the outbox) is looked at every second besides.
type bell struct {
	pool *pgxpool.Pool
	wake chan struct{}
	stop context.CancelFunc
	done chan struct{}

	mu      sync.Mutex
	pending []mes.Event
}

// maxNotice is the largest payload of one notification (8,000 bytes), with room to spare.
const maxNotice = 7900

func newBell(pool *pgxpool.Pool) *bell {
	ctx, stop := context.WithCancel(context.Background())
	b := &bell{pool: pool, wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	b.ring([]mes.Event{{Kind: mes.EventLost}})
	go b.run(ctx)
	return b
}

// close rings what is left and stops.
func (b *bell) close() {
	b.stop()
	<-b.done
}

func (b *bell) ring(events []mes.Event) {
	if len(events) == 0 {
		return
	}
	b.mu.Lock()
	b.pending = append(b.pending, events...)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take empties what waits, each event once.
func (b *bell) take() []mes.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []mes.Event
	seen := map[mes.Event]bool{}
	for _, e := range b.pending {
		if !seen[e] {
			seen[e] = true
			out = append(out, e)
		}
	}
	b.pending = nil
	return out
}

func (b *bell) run(ctx context.Context) {
	defer close(b.done)
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = b.send(last, b.take()) // the listeners of a closing program read everything again anyway
			return
		case <-b.wake:
		}
		if events := b.take(); b.send(ctx, events) != nil {
			// The database is away. One event stands for all that was missed, and is tried until it comes back.
			select {
			case <-ctx.Done():
			case <-time.After(300 * time.Millisecond):
				b.ring([]mes.Event{{Kind: mes.EventLost}})
			}
		}
	}
}

// send notifies in as few payloads as they fit.
func (b *bell) send(ctx context.Context, events []mes.Event) error {
	for chunk := range slices.Chunk(events, 40) {
		payload, err := json.Marshal(chunk)
		if err != nil || len(payload) > maxNotice {
			payload = []byte(`[{"kind":"` + string(mes.EventLost) + `","id":""}]`)
		}
		if _, err := b.pool.Exec(ctx, "SELECT pg_notify('mes_event', $1)", string(payload)); err != nil {
			return err
		}
	}
	return nil
}
