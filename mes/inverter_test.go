package mes_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// inverter is a routing with every kind of step. All its limits hold 10, so that one value is good everywhere.
func inverter() mes.Routing {
	torque := mes.Characteristic{ID: "torque", Name: "Torque", Unit: "Nm", Lower: decp("9.5"), Upper: decp("10.5")}
	angle := mes.Characteristic{ID: "angle", Name: "Angle", Unit: "°", Lower: decp("5"), Upper: decp("75")}
	width := mes.Characteristic{ID: "width", Name: "Width", Unit: "mm", Target: decp("10"), Lower: decp("9.8"), Upper: decp("10.2")}
	return mes.Routing{Product: "INV", Revision: "A", LotSize: mes.One, LotPattern: "INV-{n}", LotDigits: 6, Window: 8, Operations: []mes.Operation{
		{ID: "10", Name: "Kit", Stations: []string{"ST10", "ST11"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "10-1", Kind: mes.StepScan, Name: "Scan the screws", Component: &mes.ComponentNeed{Material: "SC", Quantity: mes.Count(8)}},
			{ID: "10-2", Kind: mes.StepConfirm, Name: "Check the kit"}}},
		{ID: "20", Name: "Mount", Stations: []string{"ST20"}, OnFail: mes.FailRule{ReworkTo: "10", MaxReworks: 1, Then: mes.FailScrap}, Steps: []mes.Step{
			{ID: "20-1", Kind: mes.StepDevice, Name: "Tighten", Device: "TC-20", Repeats: 1, Characteristics: []mes.Characteristic{torque, angle}},
			{ID: "20-2", Kind: mes.StepDevice, Name: "Test for leaks", Device: "LT-20", ByHand: true, Characteristics: []mes.Characteristic{width}}}},
		{ID: "30", Name: "Close", Stations: []string{"ST30"}, OnFail: mes.FailRule{ReworkTo: "30", MaxReworks: 1, Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "30-1", Kind: mes.StepVision, Name: "Check the bead", Device: "CAM-30", MinConfidence: dec("0.85"), OnSilence: mes.SilenceRetry, MaxShots: 2},
			{ID: "30-2", Kind: mes.StepVision, Name: "Check the seal", Device: "CAM-31", MinConfidence: dec("0.85"), OnSilence: mes.SilenceHold, TimeoutS: 90},
			{ID: "30-3", Kind: mes.StepVision, Name: "Check the lid", Device: "CAM-32", MinConfidence: dec("0.85"), OnSilence: mes.SilenceAsk}}},
		{ID: "40", Name: "Pack", Stations: []string{"ST40"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "40-1", Kind: mes.StepMeasure, Name: "Measure", Sample: 3, Characteristics: []mes.Characteristic{width}},
			{ID: "40-2", Kind: mes.StepLabel, Name: "Print the label", Device: "PR-40"}}},
	}}
}

// reach brings a lot of so many pieces to a step; "" as step means lined up before the operation, "done" all its steps
// done.
func reach(t *testing.T, pieces int64, operation, step string) mes.Progress {
	t.Helper()
	r := inverter()
	p := mes.Enter(r, mes.Count(pieces), monday)
	for range 40 {
		there := p.Operation == operation
		switch {
		case there && step == "" && p.State == mes.LotQueued, there && step != "" && p.Step == step,
			there && step == "done" && p.State == mes.LotRunning && p.Step == "":
			return p
		}
		next, name, err := onward(r, p, monday)
		if err != nil {
			t.Fatalf("%s on the way to %s %s: %v", name, operation, step, err)
		}
		p = next
	}
	t.Fatalf("%s %s was not reached", operation, step)
	return p
}

var olga = mes.Actor{ID: "olga"}

func at(station string) mes.Actor { return mes.Actor{ID: "olga", Station: station} }

func paused(t *testing.T, p mes.Progress) mes.Progress {
	t.Helper()
	next, err := p.Pause(inverter(), lot1, olga, p.Operation)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func reviewed(t *testing.T, p mes.Progress) mes.Progress {
	t.Helper()
	next, err := p.Report(inverter(), lot1, mes.Defect{Actor: olga, Text: "Crack in the lid.", Review: true}, monday)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func packed(t *testing.T) mes.Progress {
	t.Helper()
	next, err := reach(t, 1, "40", "done").Finish(inverter(), lot1, olga, "40", monday)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func later(d time.Duration) time.Time { return monday.Add(d) }
