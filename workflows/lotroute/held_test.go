package lotroute_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// contained lays a containment's hold on the lot and tells its workflow, as the ledger and the dispatcher do.
func contained(r *workflowtest.LotRun, id string) {
	r.Ledger.PutHold(mes.HoldLot, r.Lot, "voids in the paste")
	r.Env.SignalWorkflow(contract.LotHeld.Name, mes.LotHeld{Site: workflowtest.Site, Lot: r.Lot, Containment: id})
}

func TestALotAtAnOperatorSaysAtOnceThatItStandsStill(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Start("10", "S1")
	r.Then(func() { contained(r, "H-0001"); contained(r, "H-0001"); contained(r, "H-0002") })
	r.Wait(time.Second)
	refused := r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	end(r)
	r.Execute(lotroute.LotRoute)
	if got, want := r.Holds.StoppedLots(), []string{"H-0001 " + r.Lot + " 10/scan", "H-0002 " + r.Lot + " 10/scan"}; !slices.Equal(got, want) {
		t.Errorf("stopped %v, want %v", got, want)
	}
	wantRefused(t, refused, mes.CodeHeld, "voids in the paste")
}

func TestALotAtAMachineStandsStillAfterItsCycle(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	early := -1
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		contained(r, "H-0001") // while the machine runs
		early = len(r.Holds.StoppedLots())
		return workflowtest.Good(in), nil
	}
	r.Start("20", "S2")
	r.Wait(time.Second)
	end(r)
	r.Execute(lotroute.LotRoute)
	if early != 0 {
		t.Error("the lot said that it stands still while the machine ran")
	}
	if got := r.Holds.StoppedLots(); len(got) != 1 || !strings.HasSuffix(got[0], "20/look") {
		t.Errorf("stopped %v", got)
	}
	if s := lastStep(r, "press"); s.Result != mes.ResultPass {
		t.Errorf("the machine's result is lost: %+v", s)
	}
}

func TestAHeldLotsLabelIsNotPrinted(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	r.Sees("v1", mes.ResultPass, "0.9")
	r.Finish("20")
	r.Ledger.Stored = func(e mes.Entry) {
		if e.Kind == mes.EntryStarted && e.After.Operation == "30" {
			r.Ledger.PutHold(mes.HoldLot, r.Lot, "voids in the paste") // between the start and the printing
		}
	}
	r.Start("30", "S3")
	r.Wait(time.Second)
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	early := r.Retry("30", "label")
	var printed int
	r.Then(func() { printed = len(r.Devices.Prints()); r.Ledger.PutHold(mes.HoldLot, r.Lot, "") })
	late := r.Retry("30", "label")
	r.Wait(time.Second)
	end(r)
	r.Execute(lotroute.LotRoute)
	if p.Wait.Kind != mes.WaitAnswer || !strings.Contains(p.Wait.Reason, "voids in the paste") || printed != 0 {
		t.Errorf("%d labels printed, the lot waits %+v", printed, p.Wait)
	}
	wantRefused(t, early, mes.CodeHeld, "voids in the paste")
	wantDone(t, late)
	if n := len(r.Devices.Prints()); n != 1 {
		t.Errorf("%d labels after the hold", n)
	}
}
