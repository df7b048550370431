package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// rowsOfTest answers each look from a list, and tells that it was asked.
type rowsOfTest struct {
	answers []int
	looks   chan int
	n       int
}

func (r *rowsOfTest) TakeInbox(context.Context, int) (int, error) {
	r.n++
	n := 0
	if r.n <= len(r.answers) {
		n = r.answers[r.n-1]
	}
	r.looks <- r.n
	if n < 0 {
		return 0, errors.New("the database is away")
	}
	return n, nil
}

type wordsOfTest struct{ ch chan mes.Event }

func (w wordsOfTest) Listen(context.Context) (<-chan mes.Event, error) { return w.ch, nil }

func look(t *testing.T, r *rowsOfTest, want int) {
	t.Helper()
	select {
	case n := <-r.looks:
		if n != want {
			t.Fatalf("look %d, want %d", n, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("look %d does not come", want)
	}
}

// The inbox is looked at at once when a row is told of, again while a look fills the batch, and after a failure.
func TestTheInboxIsLookedAtAtOnce(t *testing.T) {
	r := &rowsOfTest{answers: []int{inboxBatch, 3, 0, -1}, looks: make(chan int)}
	words := wordsOfTest{make(chan mes.Event)}
	done := make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		done <- Inbox{Rows: r, Events: words, Log: slog.New(slog.DiscardHandler), Sweep: time.Hour}.Run(ctx)
	}()
	look(t, r, 1)
	look(t, r, 2) // the first was full
	words.ch <- mes.Event{Kind: mes.EventLot, ID: "L1"}
	words.ch <- mes.Event{Kind: mes.EventVisionInbox, ID: "new"}
	look(t, r, 3)
	words.ch <- mes.Event{Kind: mes.EventLost}
	look(t, r, 4)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestTheInboxIsSweptWithoutAWord(t *testing.T) {
	r := &rowsOfTest{looks: make(chan int)}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = Inbox{Rows: r, Events: wordsOfTest{make(chan mes.Event)}, Log: slog.New(slog.DiscardHandler), Sweep: time.Millisecond}.Run(ctx)
	}()
	look(t, r, 1)
	look(t, r, 2)
	cancel()
}
