// Package faults breaks a running plant and then counts: whatever happened, the order completes, quantities balance, the
// genealogy is whole, nothing is doubled and the ERP has every confirmation. Each test prints what it did.
package faults

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// floor is a running plant with the people who keep it going.
type floor struct {
	p       *plant.Plant
	rec     *plant.Records
	planner *plant.Client
	erp     *plant.Client
	orders  atomic.Int64
}

func TestFaults(t *testing.T) {
	var f *floor
	for _, scenario := range []struct {
		name string
		run  func(*floor, *testing.T)
	}{
		{"TheSameCommandTenTimesAtOnce", (*floor).tenTimesAtOnce}, {"TwoStationsTakeTheLastComponent", (*floor).lastComponent},
		{"MachinesAndCamerasGoneAndBack", (*floor).machinesGone}, {"PostgreSQLKilledAndBack", (*floor).databaseKilled},
		{"KilledBetweenTwoSignatures", (*floor).killedBetweenSignatures}, {"KilledTwentyTimes", (*floor).killedTwentyTimes},
		{"KilledUnderVerdicts", (*floor).killedUnderVerdicts},
	} {
		if f == nil {
			f = open(t, plant.Options{})
		}
		ok := t.Run(scenario.name, func(t *testing.T) { scenario.run(f, t) })
		if !ok { // its unfinished units would stand in the next one's way
			plant.OK(t, f.p.Close())
			f = nil
		}
	}
}

func open(t *testing.T, o plant.Options) *floor {
	o.Speed, o.Seed = 100, 11
	p := plant.New(t, o)
	f := &floor{p: p, planner: p.As(t, "pl-07"), erp: p.AsService(t, "erp")}
	var err error
	f.rec, err = plant.OpenRecords(t.Context(), p.DataDir())
	plant.OK(t, err)
	t.Cleanup(func() { f.rec.Close() })
	return f
}

// order creates and releases an order.
func (f *floor) order(t *testing.T, product string, quantity int) string {
	t.Helper()
	number := fmt.Sprintf("F-%s-%d", product, f.orders.Add(1))
	body := map[string]any{"number": number, "product": product, "quantity": quantity, "due": time.Now().UTC().Add(48 * time.Hour).Format(time.RFC3339), "priority": 50, "line": "L1"}
	f.must(t, f.erp, "/work-orders", body, number)
	f.must(t, f.planner, "/work-orders/"+number+"/release", nil, number+":release")
	return number
}

func (f *floor) must(t *testing.T, c *plant.Client, path string, body any, key string) {
	t.Helper()
	r, err := c.Insist(t.Context(), path, body, key)
	plant.OK(t, err)
	if !r.OK() {
		t.Fatalf("POST %s: status %d: %s", path, r.Status, r.Body)
	}
}

func (f *floor) crew(t *testing.T, order string) *plant.Crew {
	c := f.p.NewCrew(t, "crew-"+order)
	return c
}

// work lets a crew work on an order in the background; the returned function waits for the end.
func (f *floor) work(t *testing.T, order string, limit time.Duration) (finished <-chan struct{}, wait func()) {
	c := f.crew(t, order)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		defer cancel()
		err = c.Work(ctx, order)
	}()
	return done, func() {
		t.Helper()
		<-done
		plant.OK(t, err)
		t.Logf("the crew of %s gave %d commands, %d were refused", order, c.Commands.Load(), c.Refusals.Load())
		if c.LastRefusal != "" {
			t.Logf("the last refusal: %s", c.LastRefusal)
		}
	}
}

// progress is how far an order is, for the log and for conditions.
func (f *floor) progress(ctx context.Context, order string) (o mes.Order, steps int64, err error) {
	if err := f.planner.Get(ctx, "/work-orders/"+order, &o); err != nil {
		return o, 0, err
	}
	steps, err = f.rec.Count(ctx, `SELECT count(*) FROM step_record s JOIN lot l ON l.id = s.lot WHERE l.work_order = $1`, order)
	return o, steps, err
}

// further waits until an order has recorded that many more steps, so that a fault meets it at work.
func (f *floor) further(t *testing.T, order string, more int64) {
	t.Helper()
	start := int64(-1)
	plant.Eventually(t, 90*time.Second, func() string {
		o, now, err := f.progress(t.Context(), order)
		if err != nil {
			return err.Error()
		}
		if start < 0 {
			start = now
		}
		if now < start+more && !o.State.Ended() {
			return fmt.Sprintf("%d steps of %d", now, start+more)
		}
		return ""
	})
}

// audit checks everything that must hold once an order has ended, whatever happened to it.
func (f *floor) audit(t *testing.T, order string, good int64, before plant.SimState) {
	t.Helper()
	o, steps, err := f.progress(t.Context(), order)
	plant.OK(t, err)
	t.Logf("order %s: %s good, %s scrap of %s, %d steps recorded", order, o.Good, o.Scrap, o.Quantity, steps)
	if !o.Good.Equal(mes.Count(good)) {
		t.Errorf("%s good, want %d", o.Good, good)
	}
	for _, fault := range f.rec.Faults(t.Context(), order) {
		t.Error(fault)
	}
	plant.Eventually(t, time.Minute, func() string { return f.rec.Undelivered(t.Context(), order) })
	f.delivered(t, order)
	f.pulses(t, before)
}

// delivered checks that the ERP holds every message of the order under its key, once. A repeated delivery under the same
// key and with the same content is what at-least-once means; the receiver sees that it is none.
func (f *floor) delivered(t *testing.T, order string) {
	t.Helper()
	sent, err := f.rec.Messages(t.Context(), order)
	plant.OK(t, err)
	inbox, err := f.p.Sim.Inbox(t.Context())
	plant.OK(t, err)
	got, again := map[string]int{}, 0
	for _, m := range inbox {
		if m.Verified {
			got[m.Key]++
		}
	}
	for _, m := range inbox {
		again += m.Duplicates
	}
	for _, m := range sent {
		if got[m.Key] != 1 {
			t.Errorf("the ERP has message %s %d times", m.Key, got[m.Key])
		}
	}
	t.Logf("the ERP has all %d messages of %s; %d deliveries were repeated so far, each under its key", len(sent), order, again)
}

// pulses compares what the machines counted since before with what the records say of the same time: each recorded cycle
// was started once, and a start without a record is only possible where the machine's answer never came.
func (f *floor) pulses(t *testing.T, before plant.SimState) {
	t.Helper()
	now, err := f.p.Sim.State(t.Context())
	plant.OK(t, err)
	for id, m := range now.Machines {
		var cycles, silent int64
		if cycles, err = f.rec.Count(t.Context(), `SELECT count(*) FROM step_record WHERE device = $1 AND kind = 'device' AND result IN ('pass', 'fail') AND NOT by_hand`, id); err == nil {
			silent, err = f.rec.Count(t.Context(), `SELECT count(*) FROM lot_event WHERE kind = 'no_answer' AND wait_on = $1`, id)
		}
		plant.OK(t, err)
		if m.Pulses < cycles || m.Pulses > cycles+silent {
			t.Errorf("%s was started %d times; %d cycles are recorded, %d times it was silent", id, m.Pulses, cycles, silent)
		}
		t.Logf("%s: %d starts, %d cycles recorded, %d times silent; %d starts in this test", id, m.Pulses, cycles, silent, m.Pulses-before.Machines[id].Pulses)
	}
}

func (f *floor) state(t *testing.T) plant.SimState {
	t.Helper()
	s, err := f.p.Sim.State(t.Context())
	plant.OK(t, err)
	return s
}
