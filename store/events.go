package store

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/steelthread/steelthread/mes"
)

// Events hears what the ledger's transactions notify, on one connection of its own, and tells every listener.
type Events struct {
	pool *pgxpool.Pool
	stop context.CancelFunc
	done chan struct{}

	mu        sync.Mutex
	listeners map[*listener]bool
}

// listener is one who listens. lost is set when its channel was full, until it is told so.
type listener struct {
	ch   chan mes.Event
	lost bool
}

var _ mes.Events = (*Events)(nil)

func newEvents(pool *pgxpool.Pool) *Events {
	ctx, stop := context.WithCancel(context.Background())
	e := &Events{pool: pool, stop: stop, done: make(chan struct{}), listeners: map[*listener]bool{}}
	go e.run(ctx)
	return e
}

// close ends the connection and every listener's channel.
func (e *Events) close() {
	e.stop()
	<-e.done
}

// Listen adds a listener until ctx ends.
func (e *Events) Listen(ctx context.Context) (<-chan mes.Event, error) {
	l := &listener{ch: make(chan mes.Event, 256)}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.listeners[l] = true
	context.AfterFunc(ctx, func() { e.leave(l) })
	return l.ch, nil
}

func (e *Events) leave(l *listener) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.listeners[l] {
		delete(e.listeners, l)
		close(l.ch)
	}
}

// run listens again whenever the connection is lost. Whoever listens is then told that events were missed.
func (e *Events) run(ctx context.Context) {
	defer close(e.done)
	defer e.dismiss()
	for ctx.Err() == nil {
		_ = e.hear(ctx) // the connection is gone or never came; what matters is to try again
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func (e *Events) dismiss() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for l := range e.listeners {
		delete(e.listeners, l)
		close(l.ch)
	}
}

func (e *Events) hear(ctx context.Context) error {
	c, err := e.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := c.Hijack() // LISTEN outlives a return to the pool, so this connection never goes back
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN mes_event"); err != nil {
		return err
	}
	e.tell(mes.Event{Kind: mes.EventLost})
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var events []mes.Event
		if json.Unmarshal([]byte(n.Payload), &events) != nil {
			events = []mes.Event{{Kind: mes.EventLost}}
		}
		for _, ev := range events {
			e.tell(ev)
		}
	}
}

// tell hands an event to every listener without waiting for any.
func (e *Events) tell(ev mes.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for l := range e.listeners {
		if l.lost && !offer(l.ch, mes.Event{Kind: mes.EventLost}) {
			continue
		}
		l.lost = !offer(l.ch, ev)
	}
}

func offer(ch chan mes.Event, ev mes.Event) bool {
	select {
	case ch <- ev:
		return true
	default:
		return false
	}
}
