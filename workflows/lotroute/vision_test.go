package lotroute_test

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// vision makes a routing whose look step has the given policy, and whose fails go to rework once, then to review.
func vision(policy mes.SilencePolicy) mes.Routing {
	r := workflowtest.Routing()
	r.Operations[1].Steps[1].OnSilence = policy
	return r
}

func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		result     mes.StepResult
		confidence string
		state      mes.LotState
		operation  string
		recorded   mes.StepResult
	}{
		"pass":        {mes.ResultPass, "0.80", mes.LotRunning, "20", mes.ResultPass},
		"unsure pass": {mes.ResultPass, "0.79", mes.LotReview, "20", mes.ResultUndecided},
		"fail":        {mes.ResultFail, "0.99", mes.LotQueued, "10", mes.ResultFail},
		"unsure fail": {mes.ResultFail, "0.30", mes.LotReview, "20", mes.ResultUndecided},
		"undecided":   {mes.ResultUndecided, "0.99", mes.LotReview, "20", mes.ResultUndecided},
	} {
		t.Run(name, func(t *testing.T) {
			r := workflowtest.NewLotRun(t, workflowtest.Routing())
			toCamera(r)
			r.Sees("v1", c.result, c.confidence)
			var p mes.Progress
			r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
			end(r)
			r.Execute(lotroute.LotRoute)
			if p.State != c.state || p.Operation != c.operation {
				t.Errorf("the lot is %s at %s, want %s at %s", p.State, p.Operation, c.state, c.operation)
			}
			if s := lastStep(r, "look"); s.Result != c.recorded || s.VisionID != "v1" {
				t.Errorf("recorded %s by %q", s.Result, s.VisionID)
			}
		})
	}
}

func lastStep(r *workflowtest.LotRun, step string) mes.StepRecord {
	var out mes.StepRecord
	for _, e := range r.Ledger.Entries(r.Lot) {
		if e.Step != nil && e.Step.Step == step {
			out = *e.Step
		}
	}
	return out
}

func TestCamerasSilence(t *testing.T) {
	for policy, c := range map[mes.SilencePolicy]struct {
		state mes.LotState
		wait  mes.WaitKind
		shots int
		hold  bool
	}{
		mes.SilenceRetry: {mes.LotRunning, mes.WaitAnswer, 2, false},
		mes.SilenceAsk:   {mes.LotRunning, mes.WaitAnswer, 1, false},
		mes.SilenceHold:  {mes.LotReview, mes.WaitReview, 1, true},
	} {
		t.Run(string(policy), func(t *testing.T) {
			r := workflowtest.NewLotRun(t, vision(policy))
			toCamera(r)
			r.Wait(time.Minute)
			var p mes.Progress
			r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
			word := r.Complete("20", "look", mes.CompleteStep{})
			end(r)
			r.Execute(lotroute.LotRoute)
			if p.State != c.state || p.Wait.Kind != c.wait || len(r.Devices.Shots()) != c.shots {
				t.Errorf("state %s, wait %+v, %d shots", p.State, p.Wait, len(r.Devices.Shots()))
			}
			if word.Refusal() == nil {
				t.Error("an operator's word passed for a verdict")
			}
			held := false
			for _, e := range r.Ledger.Entries(r.Lot) {
				held = held || e.PlaceHold && e.Reason != ""
			}
			if held != c.hold {
				t.Errorf("hold %v, want %v", held, c.hold)
			}
		})
	}
}

func TestVerdictAfterTheOperatorWasAskedStillCounts(t *testing.T) {
	r := workflowtest.NewLotRun(t, vision(mes.SilenceAsk))
	toCamera(r)
	r.Wait(time.Minute)
	r.Sees("v1", mes.ResultPass, "0.9")
	done := r.Finish("20")
	end(r)
	r.Execute(lotroute.LotRoute)
	wantDone(t, done)
}

func TestVerdictsThatMeanNothingAreForgotten(t *testing.T) {
	send := func(r *workflowtest.LotRun, v contract.VisionVerdict) {
		r.Then(func() { r.Env.SignalWorkflow(contract.Verdict.Name, v) })
	}
	pass := mes.Verdict{Result: mes.ResultPass, Confidence: mes.One}
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	send(r, contract.VisionVerdict{Event: "early", Step: "look", Verdict: pass})
	toCamera(r)
	send(r, contract.VisionVerdict{Event: "step", Step: "other", Shot: 1, Verdict: pass})
	send(r, contract.VisionVerdict{Event: "operation", Operation: "30", Step: "look", Shot: 1, Verdict: pass})
	send(r, contract.VisionVerdict{Event: "shot", Step: "look", Shot: 2, Verdict: pass})
	send(r, contract.VisionVerdict{Event: "visit", Step: "look", Shot: 1, Key: r.Lot + "/20/7/look/1/1", Verdict: pass})
	var p mes.Progress
	r.Then(func() { p = r.Ledger.Lot(r.Lot).Progress })
	r.Sees("fail", mes.ResultFail, "0.9")
	r.Sees("fail", mes.ResultFail, "0.9") // the same event again
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	send(r, contract.VisionVerdict{Event: "fail", Step: "look", Shot: 1, Verdict: pass}) // and once more, in the next visit
	var q mes.Progress
	r.Then(func() { q = r.Ledger.Lot(r.Lot).Progress })
	end(r)
	r.Execute(lotroute.LotRoute)
	if p.Step != "look" || p.Wait.Kind != mes.WaitCamera {
		t.Errorf("a verdict for something else was taken: %+v", p)
	}
	if q.Step != "look" || q.Visit != 2 || q.Wait.Kind != mes.WaitCamera {
		t.Errorf("an event that was seen before was taken again: %+v", q)
	}
	if n := strings.Count(kinds(r), "verdict_taken"); n != 1 {
		t.Errorf("%d verdicts were taken, want 1: %s", n, kinds(r))
	}
}

func TestReviewOverridesAVerdict(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	toCamera(r)
	r.Sees("v1", mes.ResultPass, "0.5")
	passed := workflowtest.Tell(r, contract.ReviewLot, mes.Review{Actor: mes.Actor{ID: "quentin"}, Decision: mes.DecidePass, Reason: "looked at it"})
	done := r.Finish("20")
	end(r)
	r.Execute(lotroute.LotRoute)
	wantDone(t, passed, done)
	if s := lastStep(r, "look"); s.Result != mes.ResultPass || s.Operator != "quentin" || s.Note != "Passed in review: looked at it" {
		t.Errorf("%+v", s)
	}
}
