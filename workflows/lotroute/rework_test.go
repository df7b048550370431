package lotroute_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func cleaning() mes.ReworkRouting {
	return mes.ReworkRouting{Title: "Clean", Product: workflowtest.Routing().Product, ReturnTo: "20", Operations: []mes.Operation{
		{ID: "RW1", Name: "Clean", Stations: []string{"S9"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "wipe", Kind: mes.StepConfirm, Name: "Wipe"}}}}}
}

// TestALotGoesThroughItsReworkAndBack: the board decides between two operations, the workflow is told, does the rework's
// operation, and goes on by the lot's own routing without having been told again.
func TestALotGoesThroughItsReworkAndBack(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Reworked(cleaning())
	early := r.Start("20", "S2")
	begun := r.Start("RW1", "S9")
	wiped := r.Complete("RW1", "wipe", mes.CompleteStep{})
	done := r.Finish("RW1")
	r.Start("20", "S2")
	r.Wait(time.Second)
	r.Sees("v1", mes.ResultPass, "0.95")
	r.Finish("20")
	r.Pack()
	wantState(t, r, r.Execute(lotroute.LotRoute), mes.LotPacked)
	wantDone(t, begun, wiped, done)
	wantRefused(t, early, mes.CodeConflict, "has not finished operation RW1")
}
