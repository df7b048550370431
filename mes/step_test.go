package mes_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func complete(t *testing.T, p mes.Progress, c mes.CompleteStep) (mes.Progress, mes.StepDone, error) {
	t.Helper()
	if c.Actor.ID == "" {
		c.Actor = olga
	}
	return p.Complete(inverter(), lot1, c, monday)
}

// The order of steps, said so that an operator knows what to do next.
func TestCompleteInOrder(t *testing.T) {
	confirm := func(operation, step string) mes.CompleteStep {
		return mes.CompleteStep{Operation: operation, Step: step}
	}
	for name, c := range map[string]struct {
		at   mes.Progress
		give mes.CompleteStep
		want rule
	}{
		"the current step":         {reach(t, 1, "10", "10-2"), confirm("10", "10-2"), rule{}},
		"the next step":            {reach(t, 1, "10", "10-1"), confirm("10", "10-2"), rule{mes.CodeConflict, "is at step 10-1 (Scan the screws). Nothing was stored. Do that step first."}},
		"a step once more":         {reach(t, 1, "10", "10-2"), confirm("10", "10-1"), rule{mes.CodeConflict, "Step 10-1 of INV-000001 is done already. It is kept. Go on with step 10-2 (Check the kit)."}},
		"when all are done":        {reach(t, 1, "10", "done"), confirm("10", "10-2"), rule{mes.CodeConflict, "All steps of operation 10 are done. They are kept. Finish the operation."}},
		"before the start":         {reach(t, 1, "10", ""), confirm("10", "10-1"), rule{mes.CodeConflict, "is not started. Nothing was stored. Start it first."}},
		"during a pause":           {paused(t, reach(t, 1, "10", "10-2")), confirm("10", "10-2"), rule{mes.CodeConflict, "is paused. Nothing was stored. Resume it first."}},
		"under review":             {reviewed(t, reach(t, 1, "10", "10-2")), confirm("10", "10-2"), rule{mes.CodeConflict, "waits for review: Crack in the lid. Nothing was stored."}},
		"of another operation":     {reach(t, 1, "10", "10-2"), confirm("20", "20-1"), rule{mes.CodeConflict, "has not finished operation 10"}},
		"a step that is not":       {reach(t, 1, "10", "10-2"), confirm("10", "10-9"), rule{mes.CodeNotFound, "Step 10-9 is not known here."}},
		"no step":                  {reach(t, 1, "10", "10-2"), confirm("10", ""), rule{mes.CodeNotFound, "No step is named."}},
		"an operation that is not": {reach(t, 1, "10", "10-2"), confirm("", "10-2"), rule{mes.CodeNotFound, "No operation is named."}},
		"at another station": {reach(t, 1, "10", "10-2"), mes.CompleteStep{Actor: at("ST20"), Operation: "10", Step: "10-2"},
			rule{mes.CodeConflict, "is in work at ST10, this is ST20. Nothing was stored here. Take it to ST10."}},
		"a machine's step": {reach(t, 1, "20", "20-1"), confirm("20", "20-1"), rule{mes.CodeConflict, "Step 20-1 (Tighten) waits for TC-20. What was done before is kept. Wait for its answer."}},
		"a camera's step":  {reach(t, 1, "30", "30-1"), confirm("30", "30-1"), rule{mes.CodeConflict, "Step 30-1 (Check the bead) waits for CAM-30."}},
		"a printer's step": {reach(t, 1, "40", "40-2"), confirm("40", "40-2"), rule{mes.CodeConflict, "Step 40-2 (Print the label) waits for PR-40."}},
		"values where none are": {reach(t, 1, "10", "10-2"), mes.CompleteStep{Operation: "10", Step: "10-2", Values: []mes.Reading{{}}},
			rule{mes.CodeUnprocessable, "values: nothing is measured at this step"}},
		"components where none are": {reach(t, 1, "10", "10-2"), mes.CompleteStep{Operation: "10", Step: "10-2", Components: []mes.ComponentUse{{Scan: "SC-1"}}},
			rule{mes.CodeUnprocessable, "components: nothing is built in at this step"}},
	} {
		t.Run(name, func(t *testing.T) {
			after, _, err := complete(t, c.at, c.give)
			c.want.check(t, err)
			if err != nil && !reflect.DeepEqual(after, c.at) {
				t.Errorf("a refused command changed the lot: %+v", after)
			}
		})
	}
}

func TestSilenceIsNeverAPass(t *testing.T) {
	silent := reach(t, 1, "20", "20-1").Silent("TC-20 does not answer", monday)
	byHand := reach(t, 1, "20", "20-2").Silent("LT-20 does not answer.", monday)
	stopped := reach(t, 1, "20", "20-2").Silent("Lot INV-000001 is on hold: dirt.", monday)
	values := []mes.Reading{{Characteristic: "width", Value: dec("10")}}
	torque := []mes.Reading{{Characteristic: "torque", Value: dec("10")}, {Characteristic: "angle", Value: dec("10")}}
	for name, c := range map[string]struct {
		at   mes.Progress
		give mes.CompleteStep
		want rule
	}{
		"not by a word":            {silent, mes.CompleteStep{Operation: "20", Step: "20-1"}, rule{mes.CodeConflict, "TC-20 gave no answer for INV-000001. What was done before is kept. Try again, or report a defect."}},
		"not by values":            {silent, mes.CompleteStep{Operation: "20", Step: "20-1", Values: torque}, rule{mes.CodeConflict, "TC-20 gave no answer"}},
		"by values where allowed":  {byHand, mes.CompleteStep{Operation: "20", Step: "20-2", Values: values}, rule{}},
		"not by a word even there": {byHand, mes.CompleteStep{Operation: "20", Step: "20-2"}, rule{mes.CodeConflict, "Try again, or enter the values."}},
		"not under a hold":         {stopped, mes.CompleteStep{Operation: "20", Step: "20-2"}, rule{mes.CodeConflict, "LT-20 gave no answer for INV-000001: Lot INV-000001 is on hold: dirt. What"}},
	} {
		t.Run(name, func(t *testing.T) {
			after, done, err := complete(t, c.at, c.give)
			c.want.check(t, err)
			if err == nil && (after.Step != "" || len(done.Judged) != 1) {
				t.Errorf("%+v, %+v", after, done)
			}
		})
	}
}

func TestComponents(t *testing.T) {
	p := reach(t, 3, "10", "10-1") // 24 screws
	use := func(uses ...any) []mes.ComponentUse {
		var out []mes.ComponentUse
		for i := 0; i < len(uses); i += 2 {
			u := mes.ComponentUse{Scan: uses[i].(string)}
			if q := uses[i+1].(string); q != "" {
				u.Quantity = decp(q)
			}
			out = append(out, u)
		}
		return out
	}
	for name, c := range map[string]struct {
		give []mes.ComponentUse
		want rule
		took []string
	}{
		"one for all":                 {use("SC-1", ""), rule{}, []string{"24"}},
		"two with their quantities":   {use("SC-1", "20", "SC-2", "4"), rule{}, []string{"20", "4"}},
		"the second gives the rest":   {use("SC-1", "20", "SC-2", ""), rule{}, []string{"20", "4"}},
		"three serials, a third each": {use("S1", "", "S2", "", "S3", ""), rule{}, []string{"8", "8", "8"}},
		"shares that are no pieces":   {use("S1", "", "S2", "", "S3", "", "S4", "", "S5", ""), rule{mes.CodeUnprocessable, "components: say how much of each is used, 24 in all"}, nil},
		"nothing left for the second": {use("SC-1", "24", "SC-2", ""), rule{mes.CodeUnprocessable, "say how much of each is used"}, nil},
		"too few":                     {use("SC-1", "20"), rule{mes.CodeUnprocessable, "components: 24 of SC are needed, 20 were given"}, nil},
		"too many":                    {use("SC-1", "25"), rule{mes.CodeUnprocessable, "24 of SC are needed, 25 were given"}, nil},
		"less than none":              {use("SC-1", "25", "SC-2", "-1"), rule{mes.CodeUnprocessable, "components[1].quantity: must be above 0"}, nil},
		"nothing":                     {nil, rule{mes.CodeUnprocessable, "components: scan SC"}, nil},
		"an empty scan":               {use("", ""), rule{mes.CodeUnprocessable, "components[0].scan: nothing was scanned"}, nil},
		"a label of the product only": {use("(01)04012345678901", ""), rule{mes.CodeUnprocessable, "the label names product 04012345678901 only; scan the one with the lot or serial number"}, nil},
		"a label that was read half":  {use("]C1010401234", ""), rule{mes.CodeUnprocessable, "components[0].scan: identifier 01 needs 14 characters"}, nil},
		"a GS1 label":                 {use("(01)04012345678901(10)SC-1", ""), rule{}, []string{"24"}},
	} {
		t.Run(name, func(t *testing.T) {
			after, done, err := complete(t, p, mes.CompleteStep{Operation: "10", Step: "10-1", Components: c.give})
			c.want.check(t, err)
			if len(done.Consume) != len(c.took) {
				t.Fatalf("takes %+v", done.Consume)
			}
			for i, q := range c.took {
				if !done.Consume[i].Quantity.Equal(dec(q)) || done.Consume[i].Material != "SC" {
					t.Errorf("takes %+v, want %v", done.Consume[i], c.took)
				}
			}
			if err == nil && after.Step != "10-2" {
				t.Errorf("%+v", after)
			}
		})
	}
}

// However a need is shared out, what is taken is the need, and nothing is taken that is nothing.
func TestComponentsAreTheNeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := inverter()
		r.Operations[0].Steps[0].Component.Quantity = mes.Count(rapid.Int64Range(1, 2000).Draw(t, "milli")).Div(mes.Count(1000))
		p := mes.Enter(r, mes.Count(rapid.Int64Range(1, 60).Draw(t, "pieces")), monday)
		p, err := p.Start(r, lot1, mes.StartOperation{Actor: olga, Operation: "10", Station: "ST10"}, monday)
		if err != nil {
			t.Fatal(err)
		}
		c := mes.CompleteStep{Actor: olga, Operation: "10", Step: "10-1"}
		for range rapid.IntRange(1, 4).Draw(t, "components") {
			u := mes.ComponentUse{Scan: "SC-1"}
			if rapid.Bool().Draw(t, "given") {
				u.Quantity = decp(rapid.SampledFrom([]string{"-1", "0", "0.5", "1", "3"}).Draw(t, "quantity"))
			}
			c.Components = append(c.Components, u)
		}
		_, done, err := p.Complete(r, lot1, c, monday)
		if err != nil {
			wellSaid(t, err)
			return
		}
		sum := mes.Zero
		for _, take := range done.Consume {
			if !take.Quantity.IsPositive() {
				t.Fatalf("takes %s", take.Quantity)
			}
			sum = sum.Add(take.Quantity)
		}
		if need := r.Operations[0].Steps[0].Component.Quantity.Mul(p.Quantity); !sum.Equal(need) || len(done.Consume) != len(c.Components) {
			t.Fatalf("takes %s by %d components, needs %s", sum, len(done.Consume), need)
		}
	})
}

func TestMeasured(t *testing.T) {
	width := func(samples ...any) []mes.Reading {
		var out []mes.Reading
		for i := 0; i < len(samples); i += 2 {
			out = append(out, mes.Reading{Characteristic: "width", Sample: samples[i].(int), Value: dec(samples[i+1].(string))})
		}
		return out
	}
	for name, c := range map[string]struct {
		pieces int64
		give   []mes.Reading
		want   rule
		result mes.StepResult
		over   string
	}{
		"three of fifty":           {50, width(1, "10", 2, "9.8", 3, "10.2"), rule{}, mes.ResultPass, ""},
		"one over":                 {50, width(1, "10", 2, "10.21", 3, "9"), rule{}, mes.ResultFail, "Width: 10.21 mm is over the limit of 10.2 mm."},
		"one under":                {50, width(1, "10", 2, "10", 3, "9.79"), rule{}, mes.ResultFail, "Width: 9.79 mm is under the limit of 9.8 mm."},
		"all of a smaller lot":     {2, width(1, "10", 2, "10"), rule{}, mes.ResultPass, ""},
		"the only piece":           {1, width(0, "10"), rule{}, mes.ResultPass, ""},
		"one is missing":           {50, width(1, "10", 3, "10"), rule{mes.CodeUnprocessable, "values: Width, piece 2 is missing"}, "", ""},
		"nothing":                  {50, nil, rule{mes.CodeUnprocessable, "Step 40-1 (Measure) is not complete."}, "", ""},
		"one twice":                {50, width(1, "10", 2, "10", 3, "10", 2, "10"), rule{mes.CodeUnprocessable, "values[3]: Width, piece 2 is given twice"}, "", ""},
		"more than are measured":   {50, width(1, "10", 2, "10", 3, "10", 4, "10"), rule{mes.CodeUnprocessable, "values[3].sample: must be from 1 to 3, the number of measured pieces"}, "", ""},
		"more than there are":      {2, width(1, "10", 2, "10", 3, "10"), rule{mes.CodeUnprocessable, "must be from 1 to 2"}, "", ""},
		"a piece without a number": {50, width(0, "10", 2, "10", 3, "10"), rule{mes.CodeUnprocessable, "values[0].sample"}, "", ""},
		"a piece below the first":  {1, width(-1, "10"), rule{mes.CodeUnprocessable, "values[0].sample"}, "", ""},
		"something else":           {1, []mes.Reading{{Characteristic: "depth", Value: dec("1")}}, rule{mes.CodeUnprocessable, `values[0].characteristic: "depth" is not measured in this step; values: Width is missing`}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := reach(t, c.pieces, "40", "40-1")
			after, done, err := complete(t, p, mes.CompleteStep{Operation: "40", Step: "40-1", Values: c.give})
			c.want.check(t, err)
			if done.Result != c.result {
				t.Fatalf("result %q, want %q", done.Result, c.result)
			}
			switch c.result {
			case mes.ResultPass:
				if after.Step != "40-2" || done.Refusal != nil || len(done.Judged) != len(c.give) {
					t.Errorf("%+v, %+v", after, done)
				}
			case mes.ResultFail:
				rule{mes.CodeUnprocessable, c.over + " The values are kept. Measure again, or report a defect."}.check(t, done.Refusal)
				if after.Step != "40-1" || after.Attempt != 2 || len(done.Judged) != len(c.give) {
					t.Errorf("%+v, %+v", after, done)
				}
			}
		})
	}
}

// A value is judged with the limits that are recorded beside it, the limits themselves included.
func TestJudgeHoldsItsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := func(name string) *mes.Decimal {
			if rapid.Bool().Draw(t, "open "+name) {
				return nil
			}
			d := mes.Count(rapid.Int64Range(-20, 20).Draw(t, name)).Div(mes.Count(4))
			return &d
		}
		c := mes.Characteristic{ID: "x", Name: "X", Lower: limit("lower"), Upper: limit("upper")}
		v := mes.Count(rapid.Int64Range(-25, 25).Draw(t, "value")).Div(mes.Count(4))
		judged, result, over, err := mes.Judge(mes.Step{Kind: mes.StepMeasure, Characteristics: []mes.Characteristic{c}}, mes.One, []mes.Reading{{Characteristic: "x", Value: v}})
		if err != nil {
			t.Fatal(err)
		}
		in := (c.Lower == nil || v.Cmp(*c.Lower) >= 0) && (c.Upper == nil || v.Cmp(*c.Upper) <= 0)
		if in != (result == mes.ResultPass) || in != (judged[0].Result == mes.ResultPass) || in != (over == "") {
			t.Fatalf("%s within %v and %v: %s, %+v, %q", v, c.Lower, c.Upper, result, judged[0], over)
		}
		if judged[0].Lower != c.Lower || judged[0].Upper != c.Upper || !judged[0].Value.Equal(v) {
			t.Fatalf("recorded %+v", judged[0])
		}
	})
}

func TestLabel(t *testing.T) {
	p := reach(t, 1, "40", "40-2").Printed(inverter(), monday)
	for scan, want := range map[string]rule{
		lot1:                                    {},
		mes.SerialLabel("04012345678901", lot1): {},
		"]C1010401234567890121" + lot1:          {},
		"INV-000002":                            {mes.CodeUnprocessable, "The label says INV-000002, this is INV-000001. Nothing was stored. Take the right label off the printer and scan it."},
		"(01)04012345678901":                    {mes.CodeUnprocessable, "The label says 04012345678901, this is INV-000001."},
		"":                                      {mes.CodeUnprocessable, "The label of INV-000001 was not read. Nothing was stored. Scan the printed label. scan: nothing was scanned"},
		"(01":                                   {mes.CodeUnprocessable, "scan: the brackets of (01 do not match"},
	} {
		_, _, err := complete(t, p, mes.CompleteStep{Operation: "40", Step: "40-2", Scan: scan})
		want.check(t, err)
	}
}

// Each command tells who gave it.
func TestCommandsNameTheirGiver(t *testing.T) {
	for _, c := range []interface{ By() mes.Actor }{mes.StartOperation{Actor: olga}, mes.CompleteStep{Actor: olga}, mes.Defect{Actor: olga}, mes.Review{Actor: olga}} {
		if c.By() != olga {
			t.Errorf("%T was given by %+v", c, c.By())
		}
	}
}
