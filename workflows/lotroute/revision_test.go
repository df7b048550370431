package lotroute_test

import (
	"slices"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// revised is Routing in a revision B that has one operation more, between 10 and 20.
func revised() mes.Routing {
	r := workflowtest.Routing()
	r.Revision = "B"
	n := mes.Operation{ID: "15", Name: "Clean", Stations: []string{"S15"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "wipe", Kind: mes.StepConfirm, Name: "Wipe"}}}
	r.Operations = slices.Insert(r.Operations, 1, n)
	return r
}

// join does operation 20 and packs.
func join(r *workflowtest.LotRun) {
	r.Start("20", "S2")
	r.Wait(time.Second)
	r.Sees("v1", mes.ResultPass, "0.95")
	r.Finish("20")
	r.Pack()
}

func TestALotWithinAnOperationGoesOverAfterIt(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Start("10", "S1")
	r.Then(func() {
		if gone := r.Ledger.MoveOrder(workflowtest.Order, revised()); len(gone) != 0 {
			t.Errorf("%v went over within their operations", gone)
		}
	})
	scan := r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	r.Complete("10", "gap", workflowtest.Gap("1.5"))
	r.Finish("10")
	early := r.Start("20", "S2")
	begun := r.Start("15", "S15")
	wiped := r.Complete("15", "wipe", mes.CompleteStep{})
	done := r.Finish("15")
	join(r)
	wantState(t, r, r.Execute(lotroute.LotRoute), mes.LotPacked)
	wantDone(t, scan, begun, wiped, done)
	wantRefused(t, early, mes.CodeConflict, "has not finished operation 15")
}

func TestALotBetweenOperationsIsToldThatItWentOver(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Then(func() {
		if gone := r.Ledger.MoveOrder(workflowtest.Order, revised()); len(gone) != 1 {
			t.Errorf("%v went over", gone)
		}
		r.Env.SignalWorkflow(contract.LotBehind.Name, contract.Behind{Version: r.Ledger.Lot(r.Lot).Progress.Version, Reason: "revision"})
	})
	early := r.Start("20", "S2")
	begun := r.Start("15", "S15")
	r.Complete("15", "wipe", mes.CompleteStep{})
	r.Finish("15")
	join(r)
	wantState(t, r, r.Execute(lotroute.LotRoute), mes.LotPacked)
	wantDone(t, begun)
	wantRefused(t, early, mes.CodeConflict, "has not finished operation 15")
}

// TestACommandThatOvertakesTheSignalIsJudgedByTheNewPlan: the ledger refuses what was judged by the old one.
func TestACommandThatOvertakesTheSignalIsJudgedByTheNewPlan(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Then(func() { r.Ledger.MoveOrder(workflowtest.Order, revised()) })
	early := r.Start("20", "S2")
	begun := r.Start("15", "S15")
	r.Complete("15", "wipe", mes.CompleteStep{})
	r.Finish("15")
	join(r)
	wantState(t, r, r.Execute(lotroute.LotRoute), mes.LotPacked)
	wantDone(t, begun)
	wantRefused(t, early, mes.CodeConflict, "has not finished operation 15")
}
