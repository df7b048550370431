package lotroute_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// signedGap is the routing whose measured gap needs two signatures.
func signedGap() mes.Routing {
	r := workflowtest.Routing()
	r.Operations[0].Steps[1].Sign = []mes.SignatureNeed{{Meaning: mes.MeaningPerformed}, {Meaning: mes.MeaningVerified, Role: mes.RoleQuality}}
	return r
}

func measured(r *workflowtest.LotRun) {
	r.Start("10", "S1")
	r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	r.Complete("10", "gap", workflowtest.Gap("1.5"))
}

func TestASignedStepLetsTheLotGoOnAfterItsSignatures(t *testing.T) {
	r := workflowtest.NewLotRun(t, signedGap())
	measured(r)
	early := r.Finish("10")
	again := r.Complete("10", "gap", workflowtest.Gap("1.5"))
	r.Wait(time.Hour)
	r.Signed()
	r.Wait(time.Second)
	late := r.Finish("10")
	end(r)
	r.Execute(lotroute.LotRoute)
	wantRefused(t, early, mes.CodeConflict, "is not done")
	wantRefused(t, again, mes.CodeConflict, "waits for its signature")
	wantDone(t, late)
	wantKinds(t, r, "operation_started step_completed step_completed step_signed operation_completed scrapped")
}

func TestAnUnsignedStepGoesToQuality(t *testing.T) {
	r := workflowtest.NewLotRun(t, signedGap())
	measured(r)
	r.Unsigned("quinn does not sign: the gauge is not calibrated")
	r.Wait(time.Second)
	asked := workflowtest.Tell(r, contract.ReviewLot, mes.Review{Actor: mes.Actor{ID: "quinn"}, Decision: mes.DecidePass, Reason: "calibrated yesterday"})
	r.Then(func() {
		if p := r.Ledger.Lot(r.Lot).Progress; p.State != mes.LotRunning || p.Wait.Kind != mes.WaitSigned || p.Step != "gap" {
			t.Errorf("after quality's pass the lot is %s, waits for %q at %q", p.State, p.Wait.Kind, p.Step)
		}
	})
	r.Signed()
	r.Wait(time.Second)
	finished := r.Finish("10")
	end(r)
	r.Execute(lotroute.LotRoute)
	wantDone(t, asked, finished)
	wantKinds(t, r, "operation_started step_completed step_completed signature_refused reviewed step_signed operation_completed scrapped")
}

func TestASignedMachineStepWaitsBeforeTheNextMachineIsAsked(t *testing.T) {
	routing := workflowtest.Routing()
	routing.Operations[1].Steps[0].Sign = []mes.SignatureNeed{{Meaning: mes.MeaningVerified}}
	r := workflowtest.NewLotRun(t, routing)
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Hour)
	r.Then(func() {
		if n := len(r.Devices.Shots()); n != 0 {
			t.Errorf("%d pictures were taken before the signature", n)
		}
	})
	r.Signed()
	r.Wait(time.Second)
	r.Then(func() {
		if n := len(r.Devices.Shots()); n != 1 {
			t.Errorf("%d pictures were taken after the signature, want 1", n)
		}
	})
	end(r)
	r.Execute(lotroute.LotRoute)
}

func TestADefectWhileASignatureIsAwaited(t *testing.T) {
	r := workflowtest.NewLotRun(t, signedGap())
	measured(r)
	defect := workflowtest.Tell(r, contract.ReportDefect, contract.Defect{Actor: mes.Actor{ID: "olga"}, Code: "D1"})
	out := r.Execute(lotroute.LotRoute)
	wantDone(t, defect)
	wantState(t, r, out, mes.LotScrapped)
}

func TestALotPausedWhileASignatureIsAwaited(t *testing.T) {
	r := workflowtest.NewLotRun(t, signedGap())
	measured(r)
	c := contract.OperationCommand{Actor: mes.Actor{ID: "olga"}, Operation: "10", Reason: "break"}
	paused := workflowtest.Tell(r, contract.PauseOperation, c)
	r.Signed()
	r.Wait(time.Second)
	resumed := workflowtest.Tell(r, contract.ResumeOperation, c)
	finished := r.Finish("10")
	end(r)
	r.Execute(lotroute.LotRoute)
	wantDone(t, paused, resumed, finished)
}
