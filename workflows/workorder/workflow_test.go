package workorder_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
	"github.com/steelthread/steelthread/workflows/workorder"
)

// newRun makes an order over a routing with a window of 8 lots, so that a quarter is 2.
func newRun(t *testing.T, quantity int64) *workflowtest.OrderRun {
	r := workflowtest.Plain(1)
	r.Window = 8
	return workflowtest.NewOrderRun(t, quantity, r)
}

func status(t *testing.T, r *workflowtest.OrderRun) mes.OrderStatus {
	t.Helper()
	s, err := r.Ledger.Status(t.Context(), workflowtest.Site, workflowtest.Order)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func look(r *workflowtest.OrderRun, into *mes.OrderStatus) { r.Then(func() { *into = status(r.T, r) }) }

func wantDone(t *testing.T, told ...*workflowtest.OrderTold) {
	t.Helper()
	for i, o := range told {
		if !o.Done || o.Failed != nil || o.Rejected != nil {
			t.Errorf("command %d: done %v, rejected %v, failed %v", i, o.Done, o.Rejected, o.Failed)
		}
	}
}

func wantRefused(t *testing.T, o *workflowtest.OrderTold, what string) {
	t.Helper()
	if e := o.Refusal(); e == nil || !strings.Contains(e.Error(), what) {
		t.Errorf("refusal %v (rejected %v, failed %v), want %q", e, o.Rejected, o.Failed, what)
	}
}

func wantEnd(t *testing.T, r *workflowtest.OrderRun, out contract.WorkOrderResult, state mes.OrderState, good int64) {
	t.Helper()
	if out.State != state || !out.Ledger.Good.Equal(mes.Count(good)) {
		t.Fatalf("the order ended %s with %+v, want %s with %d good; %v", out.State, out.Ledger, state, good, r.Env.GetWorkflowError())
	}
}

func TestOrderFillsItsWindowByQuarters(t *testing.T) {
	r := newRun(t, 13)
	released := r.Release()
	var open, still, more mes.OrderStatus
	look(r, &open)
	r.Pack(1)
	look(r, &still) // one free place of eight is not worth a fill
	r.Pack(1)
	look(r, &more)
	for range 11 {
		r.Pack(1)
	}
	out := r.Execute(workorder.WorkOrder)
	wantEnd(t, r, out, mes.OrderCompleted, 13)
	wantDone(t, released)
	if !open.Ledger.InProcess.Equal(mes.Count(8)) || !still.Ledger.InProcess.Equal(mes.Count(7)) || !more.Ledger.InProcess.Equal(mes.Count(8)) {
		t.Errorf("in process: %s, %s, %s", open.Ledger.InProcess, still.Ledger.InProcess, more.Ledger.InProcess)
	}
	if r.Fills != 4 { // 8, then 2, 2 and 1
		t.Errorf("%d fills, want 4", r.Fills)
	}
}

func TestNothingStartsBeforeRelease(t *testing.T) {
	r := newRun(t, 2)
	var s mes.OrderStatus
	r.Wait(48 * time.Hour)
	look(r, &s)
	early := workflowtest.TellOrder(r, contract.ResumeOrder, workflowtest.Command(""))
	r.Release()
	twice := r.Release()
	r.Pack(2)
	wantEnd(t, r, r.Execute(workorder.WorkOrder), mes.OrderCompleted, 2)
	wantRefused(t, early, "is not on hold")
	wantRefused(t, twice, "released")
	if s.State != mes.OrderCreated || r.Ledger.Lots()[0].ID == "" || !s.Ledger.NotStarted.Equal(mes.Count(2)) {
		t.Errorf("before release: %+v", s)
	}
}

func TestHeldOrderStartsNoLot(t *testing.T) {
	r := newRun(t, 10)
	r.Release()
	held := workflowtest.TellOrder(r, contract.HoldOrder, workflowtest.Command("wrong drawing"))
	again := workflowtest.TellOrder(r, contract.HoldOrder, workflowtest.Command("once more"))
	r.Pack(8) // the ledger refuses movements of held lots; the script's own entries stand for scrapping
	r.Wait(time.Minute)
	var during, after mes.OrderStatus
	look(r, &during)
	resumed := workflowtest.TellOrder(r, contract.ResumeOrder, workflowtest.Command("new drawing"))
	look(r, &after)
	r.Pack(2)
	wantEnd(t, r, r.Execute(workorder.WorkOrder), mes.OrderCompleted, 10)
	wantDone(t, held, resumed)
	wantRefused(t, again, "on hold already")
	if !during.Ledger.NotStarted.Equal(mes.Count(2)) || !after.Ledger.InProcess.Equal(mes.Count(2)) {
		t.Errorf("during the hold %+v, after it %+v", during.Ledger, after.Ledger)
	}
}

func TestCancelledOrderEndsWithItsLotsInProcess(t *testing.T) {
	r := newRun(t, 20)
	r.Release()
	r.Begin(3)
	cancelled := workflowtest.TellOrder(r, contract.CancelOrder, workflowtest.Command("no demand"))
	var s mes.OrderStatus
	look(r, &s)
	twice := workflowtest.TellOrder(r, contract.CancelOrder, workflowtest.Command("again"))
	change := workflowtest.TellOrder(r, contract.ChangeOrder, contract.ChangeCommand{Change: mes.OrderChange{Reason: "more"}})
	r.Pack(3)
	out := r.Execute(workorder.WorkOrder)
	wantEnd(t, r, out, mes.OrderCancelled, 3)
	wantDone(t, cancelled)
	wantRefused(t, twice, "is being cancelled already")
	wantRefused(t, change, "is being cancelled")
	if !s.Ledger.InProcess.Equal(mes.Count(3)) || !out.Ledger.NotStarted.Equal(mes.Count(17)) {
		t.Errorf("after the cancel %+v, at the end %+v", s.Ledger, out.Ledger)
	}
}

func TestCancelBeforeReleaseEndsAtOnce(t *testing.T) {
	r := newRun(t, 5)
	workflowtest.TellOrder(r, contract.CancelOrder, workflowtest.Command("typing error"))
	wantEnd(t, r, r.Execute(workorder.WorkOrder), mes.OrderCancelled, 0)
}

func TestChangedQuantityWakesTheOrder(t *testing.T) {
	quantity := func(n int64) contract.ChangeCommand {
		q := mes.Count(n)
		return contract.ChangeCommand{Actor: mes.Actor{ID: "paula"}, Change: mes.OrderChange{Quantity: &q, Reason: "demand"}}
	}
	r := newRun(t, 4)
	r.Release()
	fewer := workflowtest.TellOrder(r, contract.ChangeOrder, quantity(3))
	more := workflowtest.TellOrder(r, contract.ChangeOrder, quantity(7))
	var s mes.OrderStatus
	look(r, &s)
	r.Pack(7)
	wantEnd(t, r, r.Execute(workorder.WorkOrder), mes.OrderCompleted, 7)
	wantRefused(t, fewer, "quantity: ")
	wantDone(t, more)
	if !s.Ledger.InProcess.Equal(mes.Count(7)) {
		t.Errorf("after the change: %+v", s.Ledger)
	}
}

func TestReleaseThatTheRunMissedIsFound(t *testing.T) {
	r := newRun(t, 1)
	r.Then(func() {
		if _, err := r.Ledger.Release(t.Context(), "lost", workflowtest.Site, workflowtest.Order, mes.Actor{}); err != nil {
			t.Error(err)
		}
	})
	r.Wait(3 * time.Minute)
	r.Pack(1)
	wantEnd(t, r, r.Execute(workorder.WorkOrder), mes.OrderCompleted, 1)
}

func TestLostAnswerOfACommand(t *testing.T) {
	r := newRun(t, 1)
	r.Then(func() { r.Ledger.Lose("Release", 1) })
	released := r.Release()
	r.Wait(5 * time.Second)
	r.Pack(1)
	wantEnd(t, r, r.Execute(workorder.WorkOrder), mes.OrderCompleted, 1)
	wantDone(t, released)
}

func TestOrderContinuesAsNew(t *testing.T) {
	r := newRun(t, 30)
	r.Release()
	r.Then(func() { r.Env.SetContinueAsNewSuggested(true) })
	r.Pack(2)
	r.Execute(workorder.WorkOrder)
	var again *workflow.ContinueAsNewError
	if !errors.As(r.Env.GetWorkflowError(), &again) {
		t.Fatalf("the run ended with %v", r.Env.GetWorkflowError())
	}
	in := decode[contract.WorkOrderInput](t, again)
	if in.Number != workflowtest.Order || in.Line != "L1" || !in.Answered.Has("key-1") {
		t.Errorf("carried: %+v", in)
	}
}

func TestDatabaseAwayForLongLosesNothing(t *testing.T) {
	r := newRun(t, 3)
	r.Release()
	r.Then(func() { r.Ledger.Fail("Progress", 1<<30); r.Ledger.Fail("Complete", 1<<30) })
	r.Wait(15 * time.Minute)
	r.Then(func() { r.Ledger.Fail("Progress", 0); r.Ledger.Fail("Complete", 0) })
	r.Wait(time.Minute)
	r.Pack(3)
	wantEnd(t, r, r.Execute(workorder.WorkOrder), mes.OrderCompleted, 3)
}
