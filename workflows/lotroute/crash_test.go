package lotroute_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func TestLostAnswersAreAskedForAgain(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Then(func() { r.Ledger.Lose("Record", 1) })
	started := r.Start("10", "S1") // stored, and its answer lost
	r.Then(func() { r.Ledger.Fail("Record", 3) })
	r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	r.Wait(5 * time.Second)
	end(r)
	r.Execute(lotroute.LotRoute)
	wantDone(t, started)
	wantKinds(t, r, "operation_started step_completed scrapped")
}

// meanwhile stores an entry behind the workflow's back, as a run does that is lost between the ledger's commit and its
// own note of it.
func meanwhile(t *testing.T, r *workflowtest.LotRun, key string, next func(mes.Progress) (mes.Progress, error)) {
	r.Then(func() {
		before := r.Ledger.Lot(r.Lot).Progress
		after, err := next(before)
		if err == nil {
			_, err = r.Ledger.Record(t.Context(), mes.Entry{Key: key, Lot: r.Lot, Kind: mes.EntryStarted, Before: before, After: after})
		}
		if err != nil {
			t.Error(err)
		}
	})
}

func started(r *workflowtest.LotRun) func(mes.Progress) (mes.Progress, error) {
	return func(p mes.Progress) (mes.Progress, error) {
		return p.Start(workflowtest.Routing(), r.Lot, mes.StartOperation{Actor: mes.Actor{ID: "olga"}, Operation: "10", Station: "S1"}, r.Ledger.Now())
	}
}

func TestACommandOnANewerRecordIsJudgedByIt(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	meanwhile(t, r, "lost", started(r))
	blind := r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part}) // the workflow believes the lot queued
	seeing := workflowtest.Tell(r, contract.CompleteStep, mes.CompleteStep{Actor: mes.Actor{ID: "olga", Seen: 2}, Operation: "10", Step: "scan", Scan: workflowtest.Part})
	end(r)
	r.Execute(lotroute.LotRoute)
	if blind.Rejected == nil {
		t.Error("the test needs a run that is behind")
	}
	wantDone(t, seeing)
	wantKinds(t, r, "operation_started step_completed scrapped")
}

func TestALedgerThatKnowsMoreIsAskedAndTheRuleAppliedAgain(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	meanwhile(t, r, "lost", started(r))
	second := r.Start("10", "S1") // fits what the workflow believes, but not what is stored
	defect := workflowtest.Tell(r, contract.ReportDefect, contract.Defect{Actor: mes.Actor{ID: "olga"}, Code: "D1"})
	r.Execute(lotroute.LotRoute)
	wantRefused(t, second, mes.CodeConflict, "is running already at S1")
	wantDone(t, defect)
}

func TestABehindSignalBringsTheRunUpToDate(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	meanwhile(t, r, "lost", func(p mes.Progress) (mes.Progress, error) {
		return p.Start(workflowtest.Routing(), r.Lot, mes.StartOperation{Actor: mes.Actor{ID: "olga"}, Operation: "20", Station: "S2"}, r.Ledger.Now())
	})
	r.Wait(time.Minute)
	var before int
	r.Then(func() { before = len(r.Devices.Cycles()) })
	r.Then(func() { r.Env.SignalWorkflow(contract.LotBehind.Name, contract.Behind{Version: 6}) })
	r.Wait(time.Second)
	end(r)
	r.Execute(lotroute.LotRoute)
	if before != 0 || len(r.Devices.Cycles()) != 1 {
		t.Errorf("the machine was asked %d times before and %d times after, want 0 and 1", before, len(r.Devices.Cycles()))
	}
}

func TestAVerdictForALostMoveIsNotLost(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	// The run waits for picture 1; the ledger has moved on to picture 2.
	meanwhile(t, r, "lost", func(p mes.Progress) (mes.Progress, error) {
		next, _ := p.Unseen(workflowtest.Routing(), "", r.Ledger.Now())
		return next, nil
	})
	r.Sees("v2", mes.ResultPass, "0.9")
	r.Wait(30 * time.Second)
	end(r)
	r.Execute(lotroute.LotRoute)
	if s := lastStep(r, "look"); s.Result != mes.ResultPass || s.VisionID != "v2" {
		t.Errorf("look: %+v", s)
	}
}

func TestALedgerThatIsAwayForLongLosesNoMachineResult(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		r.Ledger.Fail("Record", 1<<30)
		return workflowtest.Good(in), nil
	}
	r.Start("20", "S2")
	r.Wait(30 * time.Minute)
	r.Then(func() { r.Ledger.Fail("Record", 0); r.Devices.Cycle = nil })
	r.Wait(2 * time.Minute)
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	end(r)
	r.Execute(lotroute.LotRoute)
	if p.Operation != "20" || p.Step != "look" {
		t.Errorf("after the outage: %+v", p)
	}
	for _, c := range r.Devices.Cycles() {
		if c.Seq != 1 {
			t.Errorf("the machine was asked for cycle %d", c.Seq)
		}
	}
}

// TestACommandWhoseAnswerIsLostForLongIsNotJudgedByAnOldState: the entry is stored, but the ledger answers nobody for
// longer than the profile tries. The next command must not be judged by what the run believed before.
func TestACommandWhoseAnswerIsLostForLongIsNotJudgedByAnOldState(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Then(func() { r.Ledger.Lose("Record", 1<<30) })
	lost := r.Start("10", "S1")
	r.Wait(contract.Record.Total + time.Minute)
	r.Then(func() { r.Ledger.Lose("Record", 0) })
	next := r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	end(r)
	r.Execute(lotroute.LotRoute)
	if e := lost.Refusal(); lost.Failed == nil || e == nil || e.Code != mes.CodeUnavailable {
		t.Errorf("the command that got no answer ended with %v, refusal %v", lost.Failed, lost.Refusal())
	}
	wantDone(t, next)
	wantKinds(t, r, "operation_started step_completed scrapped")
}
