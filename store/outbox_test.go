package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

// confirmations makes two messages for the ERP in each of n orders.
func (f *floor) confirmations(n int) {
	f.Helper()
	for i := range n {
		number := "WO-" + string(rune('A'+i))
		p := f.lots(number, "UNIT", 1)[0]
		p.kitted(board(i + 1))
		p.screwed()
		f.must(p.scrap(1))
		_, err := f.Orders.Complete(f.ctx, "c", site, number)
		f.must(err)
	}
}

func (f *floor) lease(limit int, d time.Duration) []mes.Message {
	f.Helper()
	ms, err := f.Outbox.Lease(f.ctx, mes.ToERP, limit, d)
	f.must(err)
	return ms
}

func TestAnOrdersMessagesLeaveInTheirOrder(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.confirmations(2)
	first := f.lease(10, time.Minute)
	if len(first) != 2 || first[0].Subject != "WO-A" || first[1].Subject != "WO-B" || first[0].Kind != mes.MessageOperationConfirmed || first[0].Attempts != 1 {
		t.Fatalf("leased %+v", first)
	}
	if again := f.lease(10, time.Minute); len(again) != 0 {
		t.Errorf("leased twice: %+v", again)
	}
	f.must(f.Outbox.Delivered(f.ctx, first[0].ID, "ok"))
	next := f.lease(10, time.Minute)
	if len(next) != 1 || next[0].Subject != "WO-A" || next[0].Kind != mes.MessageOrderConfirmed {
		t.Errorf("after the first delivery: %+v", next)
	}
	f.must(f.Outbox.Failed(f.ctx, first[1].ID, "502 Bad Gateway", time.Now().Add(time.Hour), false))
	if ms := f.lease(10, time.Minute); len(ms) != 0 {
		t.Errorf("a message that waits for its next attempt, or one behind it, was leased: %+v", ms)
	}
}

func TestACrashedDispatchersMessagesComeBack(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.confirmations(1)
	first := f.lease(10, 50*time.Millisecond)
	var again []mes.Message
	until(t, "the end of the lease", func() bool {
		again = f.lease(10, time.Minute)
		return len(again) > 0
	})
	if len(first) != 1 || again[0].ID != first[0].ID || again[0].Key != first[0].Key || again[0].Attempts != 2 {
		t.Errorf("first %+v, again %+v", first, again)
	}
}

func TestNoMessageIsLeasedToTwoDispatchers(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.confirmations(8)
	for round := range 15 {
		var mu sync.Mutex
		got := map[int64]int{}
		errs := together(8, func(int) error {
			ms, err := f.Outbox.Lease(f.ctx, mes.ToERP, 8, time.Minute)
			mu.Lock()
			defer mu.Unlock()
			for _, m := range ms {
				got[m.ID]++
			}
			return err
		})
		f.must(errors.Join(errs...))
		if len(got) != 8 {
			t.Fatalf("round %d: %d messages were leased, want 8", round, len(got))
		}
		for id, n := range got {
			if n > 1 {
				t.Fatalf("round %d: message %d was leased %d times", round, id, n)
			}
			f.must(f.Outbox.Failed(f.ctx, id, "busy", time.Now().Add(-time.Second), false))
		}
	}
}

func TestADeadLetterIsSeenAndSentAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.confirmations(1)
	m := f.lease(1, time.Minute)[0]
	_, err := f.Outbox.Resend(f.ctx, m.ID, planner, "the ERP is back")
	f.refused(err, mes.CodeConflict, "is pending")
	f.must(f.Outbox.Failed(f.ctx, m.ID, "410 Gone\x00\xff", time.Now(), true))
	dead, err := f.Outbox.List(f.ctx, mes.MessageFilter{Destination: mes.ToERP, State: mes.MessageDead})
	f.must(err)
	if dead.Total != 1 || !contains(dead.Items[0].LastError, "410 Gone") {
		t.Errorf("dead letters %+v", dead.Items)
	}
	depth, err := f.Outbox.Depth(f.ctx)
	f.must(err)
	for _, d := range depth {
		if d.Destination == mes.ToERP && (d.Dead != 1 || d.Pending != 1 || d.Oldest == nil) {
			t.Errorf("depth %+v", d)
		}
	}
	v, err := f.Outbox.Resend(f.ctx, m.ID, planner, "the ERP is back")
	f.must(err)
	if v.State != mes.MessagePending || v.Key != m.Key || v.NextAttempt == nil {
		t.Errorf("re-sent %+v", v)
	}
	_, err = f.Outbox.Resend(f.ctx, 987654, planner, "the ERP is back")
	f.refused(err, mes.CodeNotFound, "987654")
}

func TestTheDispatcherIsWoken(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ctx, stop := context.WithCancel(f.ctx)
	wake, err := f.Outbox.Wake(ctx)
	f.must(err)
	<-wake // ready
	f.order("WO-1", "UNIT", 1)
	select {
	case <-wake:
	case <-time.After(10 * time.Second):
		t.Error("nobody woke the dispatcher")
	}
	stop()
	until(t, "the channel's end", func() bool { _, open := <-wake; return !open })
}

func TestListenersHearOfEachCommit(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	other := storetest.Open(t, f.db) // another process on the same database
	ctx, stop := context.WithCancel(f.ctx)
	defer stop()
	events, err := other.Events.Listen(ctx)
	f.must(err)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	want := map[mes.Event]bool{{Kind: mes.EventOrder, ID: "WO-1", Site: site}: true, {Kind: mes.EventLot, ID: p.id, Site: site}: true,
		{Kind: mes.EventStation, ID: "ST10", Site: site}: true, {Kind: mes.EventOutbox, ID: "workflow"}: true}
	deadline := time.After(10 * time.Second)
	for len(want) > 0 {
		select {
		case e := <-events:
			delete(want, e)
			if e.Kind == mes.EventLost { // the listening began late: what it missed is told as one
				want = map[mes.Event]bool{}
			}
		case <-deadline:
			t.Fatalf("never heard of %v", want)
		}
	}
}

func TestListenersAreToldWhenTheConnectionWasLost(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	events, err := f.Events.Listen(f.ctx)
	f.must(err)
	f.must(f.Answers.Store(f.ctx, mes.Answer{Account: "a", Key: "k"})) // any round trip: the listener is up by now or soon
	kill := "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN mes_event' AND datname = current_database()"
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	lost := 0
	for lost < 3 { // the first ones may be those of the start
		select {
		case e := <-events:
			if e.Kind == mes.EventLost {
				lost++
			}
		case <-tick.C:
			f.db.Tamper(t, kill)
		case <-deadline:
			t.Fatal("nobody was told")
		}
	}
}
