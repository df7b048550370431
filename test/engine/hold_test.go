//go:build engine

package engine

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// TestAContainmentOutlivesItsWorker stops the worker while a lot still runs, and again while people decide: the containment
// goes on with the next worker, and ends with its last lot.
func TestAContainmentOutlivesItsWorker(t *testing.T) {
	p := newPlant(t, "HOLD")
	h := p.restart(workflowtest.NewHolds(mes.SeverityHigh, 12))
	h.Begin()
	h.Run("U-1")
	in := contract.LotHoldInput{Site: p.site, Containment: "H-0001", Severity: mes.SeverityHigh}
	start := func() {
		t.Helper()
		if err := contract.StartLotHold(p.ctx, p.client, in); err != nil {
			t.Fatal(err)
		}
	}
	moved := func() {
		t.Helper()
		if err := contract.ContainmentMoved.Send(p.ctx, p.client, contract.LotHoldID(p.site, "H-0001"), mes.ContainmentMoved{Site: p.site, Containment: "H-0001"}); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(want mes.ContainmentState) {
		t.Helper()
		p.until(string(want), func() bool { return h.State() == want })
	}
	start()
	start() // a message that comes twice finds the first
	stands(mes.ContainmentFinding)
	p.until("the finding", func() bool { return h.Tally().Found == 13 })
	p.stop()
	if err := h.Stopped(p.ctx, p.site, "H-0001", "U-1", "20/press"); err != nil {
		t.Fatal(err)
	}
	moved() // while nobody works
	p.work()
	stands(mes.ContainmentContained)
	h.Change(func(t *mes.ContainmentTally) { t.Proposed, t.Undecided = t.Undecided, 0 })
	p.stop()
	p.work()
	moved()
	stands(mes.ContainmentDispositioned)
	h.Change(func(t *mes.ContainmentTally) { t.Open, t.Proposed, t.Held = 0, 0, 0 })
	moved()
	out, run := ends[contract.LotHoldResult](p, contract.LotHoldID(p.site, "H-0001"))
	if out.Found != 13 {
		t.Errorf("%+v", out)
	}
	t.Logf("a containment with two restarts: %d events", len(run.Events))
	save(t, "lothold", "closed-after-restarts", run)
}

// restart gives the core worker another ledger of containments.
func (p *plant) restart(h *workflowtest.Holds) *workflowtest.Holds {
	p.stop()
	p.holds = h
	p.work()
	return h
}
