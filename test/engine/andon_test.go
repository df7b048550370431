//go:build engine

package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// TestACallOutlivesItsWorker stops the worker while nobody comes. A step falls due while nobody works; whoever takes over does
// it, once, and the call goes on to its end.
func TestACallOutlivesItsWorker(t *testing.T) {
	p := newPlant(t, "ANDON")
	at := contract.AndonID(workflowtest.Site, "CALL-0001")
	p.calls.Raise("CALL-0001", 0)
	// 5 minutes to the first step, of which 2 seconds are left.
	p.calls.Change(func(c *mes.Call) { c.OpenAt = c.OpenAt.Add(-5*time.Minute + 2*time.Second) })
	start := func() {
		t.Helper()
		if err := contract.StartAndon(p.ctx, p.client, mes.CallRef{Site: workflowtest.Site, Call: "CALL-0001", Line: "L1"}); err != nil {
			t.Fatal(err)
		}
	}
	moved := func() {
		t.Helper()
		if err := contract.CallMoved.Send(p.ctx, p.client, at, mes.CallRef{Site: workflowtest.Site, Call: "CALL-0001"}); err != nil {
			t.Fatal(err)
		}
	}
	start()
	start() // a message that comes twice finds the first
	p.until("the first look", func() bool { return p.calls.Looks() > 0 })
	due := p.calls.Call().Rungs()[0].At
	p.stop()
	p.until("the step falls due while nobody works", func() bool { return time.Now().After(due.Add(time.Second)) })
	if done := p.calls.Done(); len(done) > 0 {
		t.Fatalf("%v was done without a worker", done)
	}
	p.work()
	p.until("the step", func() bool { return slices.Equal(p.calls.Done(), []string{"respond/1"}) })
	fitter := mes.Actor{ID: "mick"}
	give := func(rule func(mes.Call, time.Time) (mes.Call, error)) {
		t.Helper()
		if err := p.calls.Do(rule); err != nil {
			t.Fatal(err)
		}
	}
	give(func(c mes.Call, now time.Time) (mes.Call, error) {
		return c.Acknowledge(fitter, []mes.Role{mes.RoleMaintenance}, now)
	})
	moved()
	looks := p.calls.Looks()
	p.until("the look after the answer", func() bool { return p.calls.Looks() > looks })
	p.stop()
	give(func(c mes.Call, now time.Time) (mes.Call, error) {
		return c.Resolve(fitter, []mes.Role{mes.RoleMaintenance}, "a new seal", now)
	})
	moved() // while nobody works
	p.work()
	out, run := ends[contract.AndonResult](p, at)
	if out.State != mes.CallResolved || len(p.calls.Done()) != 1 {
		t.Errorf("%+v, %v", out, p.calls.Done())
	}
	t.Logf("a call with two restarts: %d events", len(run.Events))
	save(t, "andon", "resolved-after-restarts", run)
}
