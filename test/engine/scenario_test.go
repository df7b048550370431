//go:build engine

package engine

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	history "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// save writes a history as a replay fixture when fixtures are being recorded.
func save(t *testing.T, family, scenario string, h *history.History) {
	t.Helper()
	if *record == "" {
		return
	}
	text, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "workflows", family, "testdata", "replay", *record, scenario+".json")
	if len(text) > 500_000 {
		path, text = path+".gz", zipped(t, text)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func zipped(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// scenario is one way that a lot can go. Each of them is recorded and replayed.
type scenario struct {
	name    string
	change  func(*mes.Routing)
	devices func(*workflowtest.Devices)
	drive   func(*lot)
	ends    mes.LotState
}

// look takes the lot to its camera.
func look(l *lot) {
	l.prepare()
	l.start("20", "S2")
	l.waits("look", mes.WaitCamera)
}

func silence(policy mes.SilencePolicy) func(*mes.Routing) {
	return func(r *mes.Routing) {
		r.Operations[1].Steps[1].TimeoutS, r.Operations[1].Steps[1].OnSilence = 1, policy
	}
}

// signed has the machine's result signed before the camera looks.
func signed(r *mes.Routing) {
	r.Operations[1].Steps[0].Sign = []mes.SignatureNeed{{Meaning: mes.MeaningPerformed}, {Meaning: mes.MeaningVerified, Role: mes.RoleQuality}}
}

var decideScrap = mes.Review{Actor: mes.Actor{ID: "quentin"}, Decision: mes.DecideScrap, Reason: "no good"}

var scenarios = []scenario{
	{name: "happy", ends: mes.LotPacked, drive: func(l *lot) {
		look(l)
		l.sees("v1", mes.ResultPass, "0.9")
		l.waits("", mes.WaitOperator)
		l.finish("20")
		l.pack()
	}},
	{name: "rework", ends: mes.LotPacked, drive: func(l *lot) {
		look(l)
		l.sees("v1", mes.ResultFail, "0.9")
		l.until("rework", func() bool { return l.at().Operation == "10" })
		look(l)
		l.sees("v2", mes.ResultPass, "0.9")
		l.waits("", mes.WaitOperator)
		l.finish("20")
		l.pack()
	}},
	{name: "scrap", ends: mes.LotScrapped, drive: func(l *lot) {
		l.start("10", "S1")
		l.must(tell(l, contract.ReportDefect, contract.Defect{Actor: operator, Code: "D1", Text: "cracked"}))
	}},
	{name: "refused-attempt", ends: mes.LotScrapped, drive: func(l *lot) {
		l.start("10", "S1")
		l.complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
		over := workflowtest.Gap("9")
		over.Actor, over.Operation, over.Step = operator, "10", "gap"
		if tell(l, contract.CompleteStep, over) == nil {
			l.t.Error("a value out of limits was taken")
		}
		l.scrap()
	}},
	{name: "vision-fail-then-review", ends: mes.LotScrapped, drive: func(l *lot) {
		look(l)
		l.sees("v1", mes.ResultFail, "0.9")
		l.until("rework", func() bool { return l.at().Operation == "10" })
		look(l)
		l.sees("v2", mes.ResultFail, "0.9")
		l.until("review", func() bool { return l.at().State == mes.LotReview })
		l.must(tell(l, contract.ReviewLot, decideScrap))
	}},
	{name: "vision-unsure-passed-in-review", ends: mes.LotPacked, drive: func(l *lot) {
		look(l)
		l.sees("v1", mes.ResultPass, "0.2")
		l.until("review", func() bool { return l.at().State == mes.LotReview })
		l.must(tell(l, contract.ReviewLot, mes.Review{Actor: mes.Actor{ID: "quentin"}, Decision: mes.DecidePass, Reason: "looked at it"}))
		l.finish("20")
		l.pack()
	}},
	{name: "vision-silence-retry", change: silence(mes.SilenceRetry), ends: mes.LotScrapped, drive: func(l *lot) {
		look(l)
		l.waits("look", mes.WaitAnswer)
		l.must(tell(l, contract.RetryStep, contract.StepCommand{Actor: operator, Operation: "20", Step: "look"}))
		l.waits("look", mes.WaitCamera)
		l.scrap()
	}},
	{name: "vision-silence-hold", change: silence(mes.SilenceHold), ends: mes.LotScrapped, drive: func(l *lot) {
		look(l)
		l.until("review", func() bool { return l.at().State == mes.LotReview })
		l.must(tell(l, contract.ReviewLot, decideScrap))
	}},
	{name: "vision-late-and-double", change: silence(mes.SilenceAsk), ends: mes.LotPacked, drive: func(l *lot) {
		look(l)
		l.waits("look", mes.WaitAnswer)
		l.sees("v1", mes.ResultPass, "0.9")
		l.waits("", mes.WaitOperator)
		l.must(contract.Verdict.Send(l.ctx, l.client, contract.LotRouteID(l.site, l.id), contract.VisionVerdict{Event: "v1", Step: "look", Shot: 1}))
		l.must(contract.Verdict.Send(l.ctx, l.client, contract.LotRouteID(l.site, l.id), contract.VisionVerdict{Event: "v9", Step: "look", Shot: 1}))
		l.finish("20")
		l.pack()
	}},
	{name: "device-silent-by-hand", ends: mes.LotScrapped,
		devices: func(d *workflowtest.Devices) {
			d.Cycle = func(contract.CycleRequest) (contract.CycleResult, error) {
				return contract.CycleResult{Silent: "M2 does not answer"}, nil
			}
		},
		drive: func(l *lot) {
			l.prepare()
			l.start("20", "S2")
			l.waits("press", mes.WaitAnswer)
			l.must(tell(l, contract.RetryStep, contract.StepCommand{Actor: operator, Operation: "20", Step: "press"}))
			l.until("the second silence", func() bool { return len(l.devices.Cycles()) == 2 && l.at().Wait.Kind == mes.WaitAnswer })
			l.complete("20", "press", workflowtest.Gap("1.2"))
			l.scrap()
		}},
	{name: "device-lost-then-fetched", ends: mes.LotScrapped,
		devices: func(d *workflowtest.Devices) {
			d.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
				if len(d.Cycles()) == 1 {
					return contract.CycleResult{Silent: "M2 does not answer", Lost: true}, nil
				}
				return workflowtest.Good(in), nil
			}
		},
		drive: func(l *lot) {
			l.prepare()
			l.start("20", "S2")
			l.waits("press", mes.WaitAnswer)
			l.must(tell(l, contract.RetryStep, contract.StepCommand{Actor: operator, Operation: "20", Step: "press"}))
			l.waits("look", mes.WaitCamera)
			l.scrap()
		}},
	{name: "device-repeats", ends: mes.LotScrapped,
		devices: func(d *workflowtest.Devices) {
			d.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
				return workflowtest.Reads(in, "9"), nil
			}
		},
		drive: func(l *lot) {
			l.prepare()
			l.start("20", "S2")
			l.until("rework", func() bool { return l.at().Operation == "10" })
			l.scrap()
		}},
	{name: "pause-resume", ends: mes.LotScrapped, drive: func(l *lot) {
		c := contract.OperationCommand{Actor: operator, Operation: "20", Reason: "break"}
		look(l)
		l.must(tell(l, contract.PauseOperation, c))
		l.sees("v1", mes.ResultPass, "0.9")
		l.until("the verdict", func() bool { return l.at().Step == "" })
		l.must(tell(l, contract.ResumeOperation, c))
		l.finish("20")
		l.scrap()
	}},
	{name: "hold-at-a-safe-point", ends: mes.LotScrapped, drive: func(l *lot) {
		l.prepare()
		l.devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
			l.ledger.PutHold(mes.HoldLot, l.id, "recall")
			return workflowtest.Good(in), nil
		}
		l.start("20", "S2")
		l.waits("look", mes.WaitAnswer)
		l.ledger.PutHold(mes.HoldLot, l.id, "")
		l.must(tell(l, contract.RetryStep, contract.StepCommand{Actor: operator, Operation: "20", Step: "look"}))
		l.waits("look", mes.WaitCamera)
		l.scrap()
	}},
	{name: "contained-at-a-machine", ends: mes.LotScrapped, drive: func(l *lot) {
		l.prepare()
		l.devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
			l.ledger.PutHold(mes.HoldLot, l.id, "voids in the paste")
			l.must(contract.LotHeld.Send(l.ctx, l.client, contract.LotRouteID(l.site, l.id), mes.LotHeld{Site: l.site, Lot: l.id, Containment: "H-0001"}))
			return workflowtest.Good(in), nil
		}
		l.start("20", "S2")
		l.waits("look", mes.WaitAnswer)
		l.until("the lot's word", func() bool { return len(l.holds.StoppedLots()) == 1 })
		l.scrap()
	}},
	{name: "defect-during-a-cycle", ends: mes.LotScrapped, drive: func(l *lot) {
		release := make(chan struct{})
		defer close(release)
		l.devices.Cycle = func(in contract.CycleRequest) (contract.CycleResult, error) {
			<-release
			return workflowtest.Good(in), nil
		}
		l.prepare()
		l.start("20", "S2")
		l.until("the cycle", func() bool { return len(l.devices.Cycles()) == 1 })
		l.must(tell(l, contract.ReportDefect, contract.Defect{Actor: operator, Text: "bent", Review: true}))
		l.must(tell(l, contract.ReviewLot, decideScrap))
	}},
	{name: "behind", ends: mes.LotScrapped, drive: func(l *lot) {
		before := l.at()
		after, err := before.Start(workflowtest.Routing(), l.id, mes.StartOperation{Actor: operator, Operation: "10", Station: "S1"}, time.Now())
		l.must(err)
		_, err = l.ledger.Record(l.ctx, mes.Entry{Key: "lost", Lot: l.id, Kind: mes.EntryStarted, Before: before, After: after})
		l.must(err)
		l.must(contract.LotBehind.Send(l.ctx, l.client, contract.LotRouteID(l.site, l.id), contract.Behind{Version: 2}))
		l.must(tell(l, contract.CompleteStep, mes.CompleteStep{Actor: mes.Actor{ID: "olga", Seen: 2}, Operation: "10", Step: "scan", Scan: workflowtest.Part}))
		l.scrap()
	}},
	{name: "revision-changed", ends: mes.LotPacked, drive: func(l *lot) {
		l.start("10", "S1")
		to := workflowtest.Routing()
		to.Revision = "B"
		to.Operations = slices.Insert(to.Operations, 1, mes.Operation{ID: "15", Name: "Clean", Stations: []string{"S15"}, OnFail: mes.FailRule{Then: mes.FailReview},
			Steps: []mes.Step{{ID: "wipe", Kind: mes.StepConfirm, Name: "Wipe"}}})
		l.ledger.MoveOrder(l.order, to)
		l.complete("10", "scan", mes.CompleteStep{Scan: workflowtest.Part})
		l.complete("10", "gap", workflowtest.Gap("1.5"))
		l.finish("10")
		l.start("15", "S15")
		l.complete("15", "wipe", mes.CompleteStep{})
		l.finish("15")
		l.start("20", "S2")
		l.waits("look", mes.WaitCamera)
		l.sees("v1", mes.ResultPass, "0.9")
		l.waits("", mes.WaitOperator)
		l.finish("20")
		l.pack()
	}},
	{name: "rework-by-the-board", ends: mes.LotPacked, drive: func(l *lot) {
		l.prepare()
		l.must(l.ledger.Rework(l.id, mes.ReworkRouting{Title: "Clean", Product: workflowtest.Routing().Product, ReturnTo: "20", Operations: []mes.Operation{
			{ID: "RW1", Name: "Clean", Stations: []string{"S9"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "wipe", Kind: mes.StepConfirm, Name: "Wipe"}}}}}))
		seen := mes.Actor{ID: operator.ID, Seen: l.at().Version}
		l.must(tell(l, contract.StartOperation, mes.StartOperation{Actor: seen, Operation: "RW1", Station: "S9"}))
		l.complete("RW1", "wipe", mes.CompleteStep{})
		l.finish("RW1")
		l.start("20", "S2")
		l.waits("look", mes.WaitCamera)
		l.sees("v1", mes.ResultPass, "0.9")
		l.waits("", mes.WaitOperator)
		l.finish("20")
		l.pack()
	}},
	{name: "signed-step", change: signed, ends: mes.LotPacked, drive: func(l *lot) {
		l.prepare()
		l.start("20", "S2")
		l.waits("press", mes.WaitSigned)
		l.must(l.ledger.Sign(l.id))
		l.waits("look", mes.WaitCamera)
		l.sees("v1", mes.ResultPass, "0.9")
		l.waits("", mes.WaitOperator)
		l.finish("20")
		l.pack()
	}},
	{name: "signed-step-refused", change: signed, ends: mes.LotScrapped, drive: func(l *lot) {
		pass := mes.Review{Actor: mes.Actor{ID: "quentin", Seen: 99}, Decision: mes.DecidePass, Reason: "looked at it"}
		l.prepare()
		l.start("20", "S2")
		l.waits("press", mes.WaitSigned)
		l.must(l.ledger.Unsign(l.id, "not as it should be"))
		l.until("review", func() bool { return l.at().State == mes.LotReview })
		l.must(tell(l, contract.ReviewLot, pass))
		l.waits("press", mes.WaitSigned)
		l.must(l.ledger.Sign(l.id))
		l.until("the picture", func() bool { return len(l.devices.Shots()) == 1 })
		l.scrap()
	}},
	{name: "cancelled", ends: mes.LotVoid, drive: func(l *lot) { l.command(contract.CancelOrder, "no demand") }},
}

func TestScenarios(t *testing.T) {
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			r := workflowtest.Routing()
			if s.change != nil {
				s.change(&r)
			}
			p := newPlant(t, string(rune('A'+i)))
			if s.devices != nil {
				s.devices(p.devices)
			}
			p.begin(1, r)
			l := p.lot(0)
			s.drive(l)
			out, h := ends[contract.LotRouteResult](p, contract.LotRouteID(p.site, l.id))
			if out.State != s.ends {
				t.Errorf("the lot ended %s, want %s", out.State, s.ends)
			}
			save(t, "lotroute", s.name, h)
			order, h := ends[contract.WorkOrderResult](p, contract.WorkOrderID(p.site, p.order))
			if !order.Ledger.Balanced() || !order.State.Ended() {
				t.Errorf("the order ended %+v", order)
			}
			if s.name == "happy" || s.name == "cancelled" {
				save(t, "workorder", s.name, h)
			}
			if err := p.ledger.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}
