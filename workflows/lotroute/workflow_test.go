package lotroute_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/lotroute"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

func kinds(r *workflowtest.LotRun) string {
	var out []string
	for _, e := range r.Ledger.Entries(r.Lot) {
		out = append(out, string(e.Kind))
	}
	return strings.Join(out, " ")
}

func wantKinds(t *testing.T, r *workflowtest.LotRun, want string) {
	t.Helper()
	if got := kinds(r); got != want {
		t.Errorf("entries:\n got %s\nwant %s", got, want)
	}
}

func wantState(t *testing.T, r *workflowtest.LotRun, out contract.LotRouteResult, want mes.LotState) {
	t.Helper()
	if out.State != want {
		t.Fatalf("the lot ended %s, want %s; %s; %v", out.State, want, kinds(r), r.Env.GetWorkflowError())
	}
}

func wantDone(t *testing.T, told ...*workflowtest.Told) {
	t.Helper()
	for i, o := range told {
		if !o.Done || o.Failed != nil || o.Rejected != nil {
			t.Errorf("command %d: done %v, rejected %v, failed %v", i, o.Done, o.Rejected, o.Failed)
		}
	}
}

func wantRefused(t *testing.T, o *workflowtest.Told, code mes.Code, what string) {
	t.Helper()
	e := o.Refusal()
	if e == nil || e.Code != code || !strings.Contains(e.Error(), what) {
		t.Errorf("refusal %v (rejected %v, failed %v), want %s: %s", e, o.Rejected, o.Failed, code, what)
	}
}

func TestHappyLot(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	r.Sees("v1", mes.ResultPass, "0.95")
	done := r.Finish("20")
	r.Pack()
	out := r.Execute(lotroute.LotRoute)
	wantState(t, r, out, mes.LotPacked)
	wantDone(t, done)
	wantKinds(t, r, "operation_started step_completed step_completed operation_completed "+
		"operation_started step_completed verdict_taken operation_completed "+
		"operation_started label_printed step_completed step_completed operation_completed")
	if !out.Good.Equal(mes.One) || !out.Scrapped.IsZero() {
		t.Errorf("good %s, scrapped %s", out.Good, out.Scrapped)
	}
	checkAsBuilt(t, r)
}

// checkAsBuilt looks at what the as-built record of the happy lot must hold.
func checkAsBuilt(t *testing.T, r *workflowtest.LotRun) {
	t.Helper()
	steps := map[string]mes.StepRecord{}
	keys := map[string]bool{}
	for _, e := range r.Ledger.Entries(r.Lot) {
		if keys[e.Key] {
			t.Errorf("key %s is used twice", e.Key)
		}
		keys[e.Key] = true
		if e.Step != nil {
			steps[e.Step.Step] = *e.Step
		}
		if e.Kind == mes.EntryCompleted && e.Before.Operation == "10" != e.Confirm {
			t.Errorf("operation %s: confirm %v", e.Before.Operation, e.Confirm)
		}
	}
	press, look, gap := steps["press"], steps["look"], steps["gap"]
	if press.Device != "M2" || press.Program != 7 || press.Result != mes.ResultPass || press.Operator != "olga" || len(press.Values) != 1 || press.Station != "S2" {
		t.Errorf("press: %+v", press)
	}
	if look.VisionID != "v1" || look.Result != mes.ResultPass || look.Device != "C2" {
		t.Errorf("look: %+v", look)
	}
	if len(gap.Values) != 1 || gap.Values[0].Lower == nil || gap.ByHand || gap.EndedAt.Before(gap.StartedAt) {
		t.Errorf("gap: %+v", gap)
	}
	if !keys["lot/HAM/"+r.Lot+"#key-1"] {
		t.Errorf("an update's key is not scoped: %v", keys)
	}
	if c := r.Devices.Cycles(); len(c) != 1 || c[0].Seq != 1 || c[0].Program != 7 || c[0].Lot != r.Lot {
		t.Errorf("cycles: %+v", c)
	}
	if s := r.Devices.Shots(); len(s) != 1 || s[0].ID != r.Lot+"/20/1/look/1/1" {
		t.Errorf("shots: %+v", s)
	}
	if p := r.Devices.Prints(); len(p) != 1 || p[0].Code != mes.SerialLabel("04012345678901", r.Lot) || p[0].Template != "unit" {
		t.Errorf("prints: %+v", p)
	}
}

func TestRefusedCommandsChangeNothing(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	later := r.Start("20", "S2")
	elsewhere := r.Start("10", "S9")
	r.Start("10", "S1")
	order := r.Complete("10", "gap", workflowtest.Gap("1.5"))
	unknown := r.Complete("10", "scan", mes.CompleteStep{Scan: "nobody-knows"})
	early := r.Finish("10")
	r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	over := r.Complete("10", "gap", workflowtest.Gap("2.5"))
	missing := r.Complete("10", "gap", mes.CompleteStep{})
	scrap := workflowtest.Tell(r, contract.ScrapLot, contract.Scrap{Quantity: mes.One, Reason: "dropped"})
	out := r.Execute(lotroute.LotRoute)
	wantState(t, r, out, mes.LotScrapped)
	wantRefused(t, later, mes.CodeConflict, "has not finished operation 10")
	wantRefused(t, elsewhere, mes.CodeConflict, "is not done at S9")
	wantRefused(t, order, mes.CodeConflict, "is at step scan")
	wantRefused(t, unknown, mes.CodeUnprocessable, "nobody-knows is not known here")
	wantRefused(t, early, mes.CodeConflict, "is not done")
	wantRefused(t, over, mes.CodeUnprocessable, "2.5 mm is over the limit of 2")
	wantRefused(t, missing, mes.CodeUnprocessable, "Gap is missing")
	wantDone(t, scrap)
	for name, o := range map[string]*workflowtest.Told{"later": later, "elsewhere": elsewhere, "order": order, "early": early, "missing": missing} {
		if o.Rejected == nil {
			t.Errorf("%s was not refused by its validator, so it left a trace", name)
		}
	}
	wantKinds(t, r, "operation_started step_completed step_attempted scrapped")
}

func TestAnotherStationsTerminalIsRefused(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Start("10", "S1B")
	at := workflowtest.Tell(r, contract.CompleteStep, mes.CompleteStep{Actor: mes.Actor{ID: "olga", Station: "S1"}, Operation: "10", Step: "scan", Scan: workflowtest.Part})
	workflowtest.Tell(r, contract.ScrapLot, contract.Scrap{Quantity: mes.One, Reason: "end"})
	r.Execute(lotroute.LotRoute)
	wantRefused(t, at, mes.CodeConflict, "is in work at S1B, this is S1")
}

func TestReworkIsBoundedThenReview(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) { return workflowtest.Reads(in, "9"), nil }
	r.Prepare()
	r.Start("20", "S2") // two attempts, then rework at 10
	r.Wait(2 * time.Second)
	r.Prepare()
	r.Start("20", "S2") // two attempts, then review
	r.Wait(2 * time.Second)
	held := r.Start("20", "S2")
	workflowtest.Tell(r, contract.ReviewLot, mes.Review{Decision: mes.DecideScrap, Reason: "no good"})
	out := r.Execute(lotroute.LotRoute)
	wantState(t, r, out, mes.LotScrapped)
	wantRefused(t, held, mes.CodeConflict, "waits for review")
	var seqs []uint32
	for _, c := range r.Devices.Cycles() {
		seqs = append(seqs, c.Seq)
	}
	if !slices.Equal(seqs, []uint32{1, 2, 3, 4}) {
		t.Errorf("sequence numbers %v: each cycle needs one of its own", seqs)
	}
	last := r.Ledger.Lot(r.Lot).Progress
	if last.Visits["10"] != 2 || last.Visits["20"] != 2 || last.Reworks["20"] != 1 {
		t.Errorf("visits %v, reworks %v", last.Visits, last.Reworks)
	}
}

func TestAMachinesOwnRejectionIsNoPass(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
		out := workflowtest.Good(in)
		out.Rejected = in.Seq == 1
		return out, nil
	}
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	workflowtest.Tell(r, contract.ScrapLot, contract.Scrap{Quantity: mes.One, Reason: "end"})
	r.Execute(lotroute.LotRoute)
	if n := len(r.Devices.Cycles()); n != 2 {
		t.Errorf("%d cycles, want a second one after the rejection", n)
	}
}

func TestFailedLastOperationScraps(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Start("10", "S1")
	workflowtest.Tell(r, contract.ReportDefect, contract.Defect{Actor: mes.Actor{ID: "olga"}, Code: "D7", Text: "cracked"})
	out := r.Execute(lotroute.LotRoute)
	wantState(t, r, out, mes.LotScrapped)
	e := r.Ledger.Entries(r.Lot)[1]
	if e.Code != "D7" || e.Reason != "D7: cracked" || e.Kind != mes.EntryDefect {
		t.Errorf("defect entry: %+v", e)
	}
}

func TestVoidedLotEnds(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Then(func() {
		if _, err := r.Ledger.Cancel(t.Context(), "k", workflowtest.Site, workflowtest.Order, mes.Actor{}, "not needed"); err != nil {
			t.Error(err)
		}
		r.Env.SignalWorkflow(contract.LotVoided.Name, mes.LotVoided{Site: workflowtest.Site, Lot: r.Lot, Order: workflowtest.Order})
	})
	wantState(t, r, r.Execute(lotroute.LotRoute), mes.LotVoid)
}

func TestLotThatIsVoidAlreadyEndsAtOnce(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	if _, err := r.Ledger.Cancel(t.Context(), "k", workflowtest.Site, workflowtest.Order, mes.Actor{}, "not needed"); err != nil {
		t.Fatal(err)
	}
	wantState(t, r, r.Execute(lotroute.LotRoute), mes.LotVoid)
}

func TestContinueAsNewCarriesWhatWasSeen(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	r.Prepare()
	r.Start("20", "S2")
	r.Wait(time.Second)
	r.Sees("v1", mes.ResultPass, "0.95")
	r.Then(func() { r.Env.SetContinueAsNewSuggested(true) })
	r.Finish("20")
	r.Execute(lotroute.LotRoute)
	var again *workflow.ContinueAsNewError
	if !errors.As(r.Env.GetWorkflowError(), &again) {
		t.Fatalf("the run ended with %v", r.Env.GetWorkflowError())
	}
	in := decode[contract.LotRouteInput](t, again)
	if !in.Seen.Has("v1") || !in.Answered.Has("key-1") {
		t.Errorf("carried: %+v", in)
	}
}

func TestARepeatedKeyAfterContinueAsNewGetsItsFirstAnswer(t *testing.T) {
	r := workflowtest.NewLotRun(t, workflowtest.Routing())
	by := mes.Actor{ID: "olga"}
	after, err := r.Ledger.Lot(r.Lot).Progress.Start(workflowtest.Routing(), r.Lot, mes.StartOperation{Actor: by, Operation: "10", Station: "S1"}, r.Ledger.Now())
	if err != nil {
		t.Fatal(err)
	}
	first, err := r.Ledger.Record(t.Context(), mes.Entry{Key: "lot/HAM/" + r.Lot + "#old", Lot: r.Lot, Kind: mes.EntryStarted, Actor: by, Before: r.Ledger.Lot(r.Lot).Progress, After: after})
	if err != nil {
		t.Fatal(err)
	}
	r.Complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
	again := workflowtest.TellAs(r, "old", contract.StartOperation, mes.StartOperation{Actor: by, Operation: "10", Station: "S1"})
	workflowtest.Tell(r, contract.ScrapLot, contract.Scrap{Quantity: mes.One, Reason: "end"})
	r.ExecuteWith(lotroute.LotRoute, contract.LotRouteInput{Site: workflowtest.Site, Lot: r.Lot, Answered: []string{"old"}})
	wantDone(t, again)
	if again.Progress.Version != first.After.Version || again.Progress.Step != "scan" {
		t.Errorf("the repeated key answers %+v, want version %d", again.Progress, first.After.Version)
	}
}
