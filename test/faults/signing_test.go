package faults

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// killedBetweenSignatures kills `mes` while a step waits for its second signature, and waits after the restart for the
// reminder that the wait raises by itself. Then quality signs, and the order goes on to its end.
func (f *floor) killedBetweenSignatures(t *testing.T) {
	before := f.state(t)
	rule := map[string]any{"needs": []any{}, "remind_s": 60, "reason": "The test is in a hurry"}
	r, err := f.p.As(t, "qe-02").Send(t.Context(), plant.Request{Method: "PUT", Path: "/api/v1/signature-rules/step", Body: rule, Key: "rule-step"})
	plant.OK(t, err)
	if !r.OK() {
		t.Fatalf("the rule: status %d: %s", r.Status, r.Body)
	}
	order := f.order(t, "INV-200", 1)
	c := f.crew(t, order)
	c.Stop = func(l mes.LotView) bool { return l.Wait != nil && l.Wait.Kind == mes.WaitSigned }
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var lot string
	plant.OK(t, c.Reach(ctx, order, func(_ mes.Order, lots []mes.LotView) bool {
		for _, l := range lots {
			if c.Stop(l) {
				lot = l.Lot
			}
		}
		return lot != ""
	}))
	asked, err := plant.StepRequest(ctx, f.planner, lot)
	plant.OK(t, err)
	operator := f.p.As(t, "op-121").At("ST60")
	signed, err := operator.Sign(ctx, *asked, "first")
	plant.OK(t, err)
	if !signed.OK() {
		t.Fatalf("the first signature: status %d: %s", signed.Status, signed.Body)
	}
	f.p.Kill()
	f.rec.Close()
	plant.OK(t, f.p.Up(ctx))
	f.rec, err = plant.OpenRecords(t.Context(), f.p.DataDir())
	plant.OK(t, err)
	t.Logf("killed after the first of two signatures; ready again after %s", f.p.Ready.Round(time.Millisecond))
	plant.Eventually(t, 2*time.Minute, func() string {
		n, err := f.rec.Count(t.Context(), `SELECT count(*) FROM alert WHERE subject = $1 AND kind = 'signature_due' AND role = 'quality' AND closed_at IS NULL`, asked.ID)
		if err != nil || n != 1 {
			return fmt.Sprintf("%d reminders, %v", n, err)
		}
		return ""
	})
	c.Stop = nil
	end, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	plant.OK(t, c.Work(end, order)) // the same crew goes on, so that its keys do
	f.audit(t, order, 1, before)
	for what, want := range map[string]int64{
		`SELECT count(*) FROM signature WHERE request = $1`:                              2,
		`SELECT count(*) FROM alert WHERE subject = $1 AND closed_at IS NULL`:            0,
		`SELECT count(*) FROM signature_request WHERE id = $1 AND state = 'signed'`:      1,
		`SELECT count(DISTINCT signer) FROM signature WHERE request = $1 AND seal <> ''`: 2,
	} {
		n, err := f.rec.Count(t.Context(), what, asked.ID)
		plant.OK(t, err)
		if n != want {
			t.Errorf("%s: %d, want %d", what, n, want)
		}
	}
}
