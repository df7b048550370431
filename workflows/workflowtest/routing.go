package workflowtest

import "github.com/steelthread/steelthread/mes"

// Routing is a small routing with one step of each kind. Tests change what they try.
func Routing() mes.Routing {
	lower, upper := mes.MustDecimal("1"), mes.MustDecimal("2")
	limits := []mes.Characteristic{{ID: "gap", Name: "Gap", Unit: "mm", Lower: &lower, Upper: &upper}}
	return mes.Routing{Product: "P", Revision: "A", LotSize: mes.One, LotPattern: "P-{n}", LotDigits: 4, Window: 4, Operations: []mes.Operation{
		{ID: "10", Name: "Prepare", Stations: []string{"S1", "S1B"}, OnFail: mes.FailRule{Then: mes.FailScrap}, Confirm: true, Steps: []mes.Step{
			{ID: "scan", Kind: mes.StepScan, Name: "Scan the part", Component: &mes.ComponentNeed{Material: "PART", Quantity: mes.One}},
			{ID: "gap", Kind: mes.StepMeasure, Name: "Measure the gap", Characteristics: limits},
		}},
		{ID: "20", Name: "Join", Stations: []string{"S2"}, OnFail: mes.FailRule{ReworkTo: "10", MaxReworks: 1, Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "press", Kind: mes.StepDevice, Name: "Press", Device: "M2", Program: 7, Repeats: 1, ByHand: true, Characteristics: limits},
			{ID: "look", Kind: mes.StepVision, Name: "Look", Device: "C2", MinConfidence: mes.MustDecimal("0.8"), TimeoutS: 20, OnSilence: mes.SilenceRetry, MaxShots: 2},
		}},
		{ID: "30", Name: "Pack", Stations: []string{"S3"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "label", Kind: mes.StepLabel, Name: "Label", Device: "L3", Label: "unit"},
			{ID: "close", Kind: mes.StepConfirm, Name: "Close"},
		}},
	}}
}

// Plain is a routing of n operator steps in one operation, for counting what a step costs.
func Plain(n int) mes.Routing {
	o := mes.Operation{ID: "10", Name: "Work", Stations: []string{"S1"}, OnFail: mes.FailRule{Then: mes.FailReview}}
	for i := range n {
		o.Steps = append(o.Steps, mes.Step{ID: string(rune('a' + i)), Kind: mes.StepConfirm, Name: "Do it"})
	}
	return mes.Routing{Product: "P", Revision: "A", LotSize: mes.One, LotPattern: "P-{n}", LotDigits: 4, Window: 4, Operations: []mes.Operation{o}}
}
