package faults

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// atOnce makes n calls that start together and returns their answers.
func atOnce(t *testing.T, n int, call func(i int) (*plant.Reply, error)) []*plant.Reply {
	t.Helper()
	start := make(chan struct{})
	replies, errs := make([]*plant.Reply, n), make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			replies[i], errs[i] = call(i)
		})
	}
	close(start)
	group.Wait()
	for _, err := range errs {
		plant.OK(t, err)
	}
	return replies
}

// bring lets a crew bring an order's only lot to a step and leaves it there.
func (f *floor) bring(t *testing.T, order, operation, step string) mes.LotView {
	t.Helper()
	there := func(l mes.LotView) bool {
		return l.Operation == operation && l.Step == step && l.State == mes.LotRunning
	}
	c := f.crew(t, order)
	c.Name += "-" + step
	c.Stop = there
	var found mes.LotView
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	plant.OK(t, c.Reach(ctx, order, func(_ mes.Order, lots []mes.LotView) bool {
		for _, l := range lots {
			if there(l) {
				found = l
				return true
			}
		}
		return false
	}))
	return found
}

// tenTimesAtOnce sends one command ten times at once, under one key and under ten.
func (f *floor) tenTimesAtOnce(t *testing.T) {
	before := f.state(t)
	number := fmt.Sprintf("F-ten-%d", f.orders.Add(1))
	body := map[string]any{"number": number, "product": "INV-200", "quantity": 1, "due": time.Now().UTC().Add(48 * time.Hour).Truncate(time.Second).Format(time.RFC3339), "priority": 50, "line": "L1"}
	all := atOnce(t, 10, func(i int) (*plant.Reply, error) {
		return f.erp.Insist(t.Context(), "/work-orders", body, fmt.Sprintf("%s-%d", number, i))
	})
	tally(t, "ten orders of the same number and content", all, 10)
	all = atOnce(t, 10, func(int) (*plant.Reply, error) {
		return f.planner.Insist(t.Context(), "/work-orders/"+number+"/release", nil, number+":release")
	})
	tally(t, "ten releases under one key", all, 10)
	operator := f.p.As(t, "op-121").At("ST10")
	l := f.bring(t, number, "10", "10-1")
	housing, err := plant.NewStock(operator).Take(t.Context(), l.Lot, "10-1", "HSG", mes.One)
	plant.OK(t, err)
	scan := "/lots/" + l.Lot + "/operations/10/steps/10-1/complete"
	all = atOnce(t, 10, func(int) (*plant.Reply, error) {
		return operator.Insist(t.Context(), scan, plant.StepBody{Components: []plant.Component{{Scan: housing}}}, l.Lot+":one-key")
	})
	tally(t, "ten scans of a housing under one key", all, 10)
	for _, r := range all[1:] {
		if !bytes.Equal(r.Body, all[0].Body) {
			t.Errorf("one key gave two answers: %s and %s", all[0].Body, r.Body)
		}
	}
	l = f.bring(t, number, "10", "10-5")
	confirm := "/lots/" + l.Lot + "/operations/10/steps/10-5/complete"
	all = atOnce(t, 10, func(i int) (*plant.Reply, error) {
		return operator.Insist(t.Context(), confirm, plant.StepBody{}, fmt.Sprintf("%s:key-%d", l.Lot, i))
	})
	tally(t, "ten confirmations under ten keys", all, 1)
	_, wait := f.work(t, number, 2*time.Minute)
	wait()
	f.audit(t, number, 1, before)
}

// tally checks how many of the answers are good; the others must be refusals of a rule.
func tally(t *testing.T, what string, all []*plant.Reply, want int) {
	t.Helper()
	good := 0
	for _, r := range all {
		switch {
		case r.OK():
			good++
		case r.Status != http.StatusConflict:
			t.Errorf("%s: status %d: %s", what, r.Status, r.Body)
		}
	}
	t.Logf("%s: %d carried out, %d refused", what, good, len(all)-good)
	if good != want {
		t.Errorf("%s: %d carried out, want %d", what, good, want)
	}
}

// lastComponent lets two stations scan the last piece of a lot at the same moment, several times over.
func (f *floor) lastComponent(t *testing.T) {
	const rounds = 3
	before := f.state(t)
	supervisor, packer := f.p.As(t, "sv-05"), f.p.As(t, "op-121")
	for n := 1; n <= rounds; n++ {
		roll := fmt.Sprintf("LB-LAST-%d", n)
		f.must(t, supervisor, "/material-lots", map[string]any{"lot": roll, "material": "LB", "quantity": 1, "supplier": "S-150", "supplier_lot": roll}, roll)
		unit, kit := f.order(t, "INV-200", 1), f.order(t, "HK-20", 50)
		a, b := f.bring(t, unit, "70", "70-1"), f.bring(t, kit, "84", "84-1")
		paths := []string{"/lots/" + a.Lot + "/operations/70/steps/70-1/complete", "/lots/" + b.Lot + "/operations/84/steps/84-1/complete"}
		all := atOnce(t, 2, func(i int) (*plant.Reply, error) {
			return packer.At([]string{"ST70", "ST84"}[i]).Insist(t.Context(), paths[i], plant.StepBody{Components: []plant.Component{{Scan: roll}}}, fmt.Sprintf("%s:%d", roll, i))
		})
		tally(t, fmt.Sprintf("round %d, %s at ST70 and %s at ST84 take the last label of %s", n, a.Lot, b.Lot, roll), all, 1)
		if used, err := f.rec.Count(t.Context(), `SELECT count(*) FROM consumption WHERE component = $1`, roll); err != nil || used != 1 {
			t.Errorf("%s was consumed %d times (%v)", roll, used, err)
		}
		for order, good := range map[string]int64{unit: 1, kit: 50} {
			_, wait := f.work(t, order, 2*time.Minute)
			wait()
			f.audit(t, order, good, before)
		}
	}
}
