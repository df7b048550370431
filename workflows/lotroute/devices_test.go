package lotroute_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// toCamera brings the lot to the look step.
func toCamera(r *workflowtest.LotRun) {
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(2 * time.Second)
}

func end(r *workflowtest.LotRun) *workflowtest.Told {
	return workflowtest.Tell(r, contract.ScrapLot, contract.Scrap{Quantity: mes.One, Reason: "end of the test"})
}

func TestSilentMachineAsksTheOperator(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		if in.Seq <= 2 {
			return contract.CycleResult{Silent: "M2 does not answer"}, nil
		}
		return workflowtest.Good(in), nil
	}
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	empty := r.Complete("20", "press", mes.CompleteStep{})
	again := r.Retry("20", "press")
	r.Wait(time.Second)
	hand := r.Complete("20", "press", workflowtest.Gap("1.2"))
	end(r)
	r.Execute(lotroute.LotRoute)
	if p.Wait.Kind != mes.WaitAnswer || p.Wait.Reason != "M2 does not answer" || p.State != mes.LotRunning {
		t.Errorf("wait %+v", p.Wait)
	}
	wantRefused(t, empty, mes.CodeConflict, "no answer")
	wantDone(t, again, hand)
	if s := lastStep(r, "press"); !s.ByHand || s.Result != mes.ResultPass || s.Operator != "olga" {
		t.Errorf("by hand: %+v", s)
	}
	wantKinds(t, r, "operation_started step_completed step_completed operation_completed operation_started no_answer retried no_answer step_completed scrapped")
}

func TestALostCycleIsFetchedBeforeASecondOneRuns(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	asked := 0
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		if asked++; asked <= 2 {
			return contract.CycleResult{Silent: "M2 does not answer", Lost: true}, nil
		}
		return workflowtest.Good(in), nil
	}
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	r.Retry("20", "press")
	r.Wait(time.Second)
	r.Retry("20", "press")
	r.Wait(time.Second)
	end(r)
	r.Execute(lotroute.LotRoute)
	var seqs []uint32
	var again []int
	for _, c := range r.Devices.Cycles() {
		seqs, again = append(seqs, c.Seq), append(again, c.Asked)
	}
	if !slices.Equal(seqs, []uint32{1, 1, 2}) || !slices.Equal(again, []int{0, 1, 0}) {
		t.Errorf("asked under %v, again %v: the first retry asks for the cycle that may have run, the next begins a new one", seqs, again)
	}
}

func TestSitesEdgeThatIsAwayIsSilence(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Devices.Cycle = func(contract.CycleRequest) (contract.CycleResult, error) {
		return contract.CycleResult{}, errors.New("the hub is broken")
	}
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Minute)
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	end(r)
	r.Execute(lotroute.LotRoute)
	if p.Wait.Kind != mes.WaitAnswer || p.Wait.Reason != "M2: the hub is broken" {
		t.Errorf("wait %+v", p.Wait)
	}
	if n := len(r.Devices.Cycles()); n != int(contract.Cycle.Attempts) {
		t.Errorf("%d attempts, want the profile's %d", n, contract.Cycle.Attempts)
	}
	for _, c := range r.Devices.Cycles() {
		if c.Seq != 1 {
			t.Errorf("an attempt had sequence number %d", c.Seq)
		}
	}
}

func TestIncompleteMachineAnswerIsNoAnswer(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Devices.Cycle = func(contract.CycleRequest) (contract.CycleResult, error) {
		return contract.CycleResult{Program: 7}, nil
	}
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	end(r)
	r.Execute(lotroute.LotRoute)
	if p.Wait.Kind != mes.WaitAnswer || !strings.Contains(p.Wait.Reason, "Gap is missing") {
		t.Errorf("wait %+v", p.Wait)
	}
}

func TestPrinterIsAskedAgainOnTheOperatorsWord(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Devices.Print = func(in contract.PrintRequest) (contract.Printed, error) {
		if len(r.Devices.Prints()) == 1 {
			return contract.Printed{Silent: "L3 refuses: no paper"}, nil
		}
		return contract.Printed{}, nil
	}
	toCamera(r)
	r.Sees("v1", mes.ResultPass, "0.9")
	r.Finish("20")
	r.Start("30", "S3")
	r.Wait(time.Second)
	blind := r.Complete("30", "label", mes.CompleteStep{Scan: r.Lot})
	first := r.Retry("30", "label")
	second := r.Retry("30", "label") // printed, but it stuck to the wrong side
	wrong := r.Complete("30", "label", mes.CompleteStep{Scan: "P-9999"})
	right := r.Complete("30", "label", mes.CompleteStep{Scan: r.Lot})
	end(r)
	r.Execute(lotroute.LotRoute)
	wantRefused(t, blind, mes.CodeConflict, "no answer")
	wantDone(t, first, second, right)
	wantRefused(t, wrong, mes.CodeUnprocessable, "The label says P-9999")
	jobs := map[string]bool{}
	for _, p := range r.Devices.Prints() {
		jobs[p.ID] = true
	}
	if len(jobs) != 3 {
		t.Errorf("jobs %v: a label that is wanted again needs a job of its own", jobs)
	}
}

func TestPauseLetsNothingBegin(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	command := contract.OperationCommand{Actor: mes.Actor{ID: "olga"}, Operation: "20"}
	release := make(chan struct{})
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		<-release
		return workflowtest.Good(in), nil
	}
	r.Prepare()
	r.Start("20", "S2")
	paused := workflowtest.Tell(r, contract.PauseOperation, command)
	r.Then(func() { close(release) }) // the machine ends its cycle during the pause
	var p mes.Progress
	r.Wait(time.Second)
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	var shots int
	r.Then(func() { shots = len(r.Devices.Shots()) })
	resumed := workflowtest.Tell(r, contract.ResumeOperation, command)
	r.Wait(time.Second)
	r.Sees("v1", mes.ResultPass, "0.9")
	end(r)
	r.Execute(lotroute.LotRoute)
	wantDone(t, paused, resumed)
	if p.State != mes.LotPaused || p.Step != "look" {
		t.Errorf("the answer during the pause was lost: %+v", p)
	}
	if shots != 0 || len(r.Devices.Shots()) != 1 {
		t.Errorf("%d pictures during the pause, %d after it", shots, len(r.Devices.Shots()))
	}
}

func TestHoldStopsAtASafePoint(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		r.Ledger.PutHold(mes.HoldLot, r.Lot, "supplier recall") // while the machine runs
		return workflowtest.Good(in), nil
	}
	r.Start("20", "S2")
	r.Wait(time.Second)
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	early := r.Retry("20", "look")
	r.Then(func() { r.Ledger.PutHold(mes.HoldLot, r.Lot, "") })
	late := r.Retry("20", "look")
	r.Wait(time.Second)
	r.Sees("v1", mes.ResultPass, "0.9")
	done := r.Finish("20")
	end(r)
	r.Execute(lotroute.LotRoute)
	if p.Step != "look" || p.Wait.Kind != mes.WaitAnswer || !strings.Contains(p.Wait.Reason, "supplier recall") {
		t.Errorf("the machine's result, or the hold, was lost: %+v", p)
	}
	if s := lastStep(r, "press"); s.Result != mes.ResultPass {
		t.Errorf("press: %+v", s)
	}
	wantRefused(t, early, mes.CodeHeld, "supplier recall")
	wantDone(t, late, done)
}

func TestDefectDuringACycleTakesTheLotAway(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	release := make(chan struct{})
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		<-release
		return contract.CycleResult{}, temporal.NewCanceledError()
	}
	r.Prepare()
	r.Start("20", "S2")
	defect := workflowtest.Tell(r, contract.ReportDefect, contract.Defect{Actor: mes.Actor{ID: "olga"}, Text: "bent", Review: true})
	r.Then(func() { close(release) })
	// Nobody had judged the press step, so quality's "pass" lets the work go on there.
	passed := workflowtest.Tell(r, contract.ReviewLot, mes.Review{Actor: mes.Actor{ID: "quentin"}, Decision: mes.DecidePass, Reason: "only a scratch"})
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	end(r)
	r.Execute(lotroute.LotRoute)
	wantDone(t, defect, passed)
	if p.Step != "press" || p.State != mes.LotRunning {
		t.Errorf("%+v", p)
	}
}
