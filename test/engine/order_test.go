//go:build engine

package engine

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// TestCommandsOnARunningOrder is recorded: hold, resume, change and a lot that is made because of it.
func TestCommandsOnARunningOrder(t *testing.T) {
	p := newPlant(t, "CHANGE")
	p.begin(3, workflowtest.Plain(1))
	p.until("three lots", func() bool { return len(p.ledger.Lots()) == 3 })
	p.command(contract.HoldOrder, "wrong drawing")
	p.command(contract.ResumeOrder, "new drawing")
	q := mes.Count(4)
	changed := time.Now()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	_, err := contract.ChangeOrder.Call(ctx, p.client, contract.WorkOrderID(p.site, p.order), "more", contract.ChangeCommand{Actor: operator,
		Change: mes.OrderChange{Quantity: &q, Reason: "demand"}})
	if err != nil {
		t.Fatal(err)
	}
	p.until("a fourth lot", func() bool { return len(p.ledger.Lots()) == 4 })
	t.Logf("the fourth lot was there %v after the change was sent", time.Since(changed).Round(time.Millisecond))
	for i := range 4 {
		p.lot(i).scrap()
	}
	out, h := ends[contract.WorkOrderResult](p, contract.WorkOrderID(p.site, p.order))
	if out.State != mes.OrderCompleted || !out.Ledger.Scrap.Equal(q) {
		t.Errorf("%+v", out)
	}
	save(t, "workorder", "hold-resume-change", h)
}

// TestCancelWithLotsInProcess is recorded: begun lots are finished by people, the others end by themselves.
func TestCancelWithLotsInProcess(t *testing.T) {
	p := newPlant(t, "CANCEL")
	p.begin(20, workflowtest.Plain(1))
	l := p.lot(0)
	l.start("10", "S1")
	p.command(contract.CancelOrder, "no demand")
	for _, other := range p.ledger.Lots()[1:] {
		out, _ := ends[contract.LotRouteResult](p, contract.LotRouteID(p.site, other.ID))
		if out.State != mes.LotVoid {
			t.Errorf("%s ended %s", other.ID, out.State)
		}
	}
	l.complete("10", "a", mes.CompleteStep{})
	l.finish("10")
	out, h := ends[contract.WorkOrderResult](p, contract.WorkOrderID(p.site, p.order))
	if out.State != mes.OrderCancelled || !out.Ledger.Good.Equal(mes.One) || !out.Ledger.NotStarted.Equal(mes.Count(19)) {
		t.Errorf("%+v", out)
	}
	save(t, "workorder", "cancel-in-process", h)
}

// units is the great order: as many lots as one order of serialised pieces may well have.
const units = 5000

// maxEvents is where the engine begins to warn.
const maxEvents = 10240

// TestGreatOrderStaysSmall makes 5,000 units in one order and looks at the histories of all its runs.
func TestGreatOrderStaysSmall(t *testing.T) {
	r := workflowtest.Plain(1)
	r.Window = 12 // as the demo's inverter: the smaller the window, the more fills, and the more events
	p := newPlant(t, "GREAT")
	begun := time.Now()
	p.begin(units, r)
	id := contract.WorkOrderID(p.site, p.order)
	first := p.history(id, "").Events[0].GetWorkflowExecutionStartedEventAttributes().GetOriginalExecutionRunId()
	makeAll(p)
	out, h := ends[contract.WorkOrderResult](p, id)
	if out.State != mes.OrderCompleted || !out.Ledger.Scrap.Equal(mes.Count(units)) || len(p.ledger.Lots()) != units {
		t.Errorf("%+v with %d lots", out, len(p.ledger.Lots()))
	}
	total, runs := 0, 0
	for {
		total, runs = total+len(h.Events), runs+1
		if len(h.Events) > maxEvents {
			t.Errorf("a run has %d events", len(h.Events))
		}
		before := h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
		if before == "" {
			break
		}
		h = p.history(id, before)
	}
	if runs < 2 {
		t.Logf("the order ran in %d run: its history stays under the size at which a run continues as new", runs)
	}
	save(t, "workorder", "great-order-first-run", p.history(id, first))
	t.Logf("%d units in %v: %d events of the order in %d runs, %.2f a lot", units, time.Since(begun).Round(time.Second), total, runs, float64(total)/units)
}

// makeAll scraps each lot as soon as it is there, many at a time: one command is a whole life.
func makeAll(p *plant) {
	p.t.Helper()
	work := make(chan string)
	var people sync.WaitGroup
	for range 12 {
		people.Go(func() {
			for id := range work {
				scrapWhole(p, id)
			}
		})
	}
	for done := 0; done < units; {
		lots := p.ledger.Lots()
		for _, l := range lots[done:] {
			work <- l.ID
		}
		if done == len(lots) {
			time.Sleep(5 * time.Millisecond)
		}
		if len(lots)/500 > done/500 {
			p.t.Logf("%d lots", len(lots))
		}
		done = len(lots)
	}
	close(work)
	people.Wait()
}

// scrapWhole sends one command until it is answered: the lot's workflow may not be there yet, and a command whose answer
// was lost finds a run that has ended.
func scrapWhole(p *plant, id string) {
	for try := 0; ; try++ {
		ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
		_, err := contract.ScrapLot.Call(ctx, p.client, contract.LotRouteID(p.site, id), "scrap", contract.Scrap{Actor: operator, Quantity: mes.One, Reason: "scrap"})
		cancel()
		if err == nil || p.ledger.Lot(id).Progress.State.Ended() {
			return
		}
		if try == 50 {
			p.t.Errorf("%s: %v", id, err)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
