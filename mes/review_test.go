package mes_test

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func decide(p mes.Progress, d mes.Decision, to string) (mes.Progress, error) {
	return p.Decide(inverter(), lot1, mes.Review{Actor: mes.Actor{ID: "quinn"}, Decision: d, ReworkTo: to, Reason: "Looked at it."}, monday)
}

func TestDecideRefuses(t *testing.T) {
	review := reviewed(t, reach(t, 1, "20", "20-1"))
	for name, c := range map[string]struct {
		at   mes.Progress
		give mes.Review
		want rule
	}{
		"what is not under review": {reach(t, 1, "20", "20-1"), mes.Review{Decision: mes.DecidePass, Reason: "ok"}, rule{mes.CodeConflict, "does not wait for a review"}},
		"no reason":                {review, mes.Review{Decision: mes.DecidePass, Reason: " "}, rule{mes.CodeUnprocessable, "reason: is missing"}},
		"no decision":              {review, mes.Review{Reason: "ok"}, rule{mes.CodeUnprocessable, "decision: must be pass, rework or scrap"}},
		"rework further on":        {review, mes.Review{Decision: mes.DecideRework, ReworkTo: "30", Reason: "ok"}, rule{mes.CodeUnprocessable, `rework_to: "30" is neither this operation nor an earlier one`}},
		"rework to nowhere":        {review, mes.Review{Decision: mes.DecideRework, ReworkTo: "99", Reason: "ok"}, rule{mes.CodeUnprocessable, "rework_to"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.at.Decide(inverter(), lot1, c.give, monday)
			c.want.check(t, err)
		})
	}
}

// What a pass means depends on what was under review: only a step that was judged, or whose machine or camera was asked
// in vain, counts as done.
func TestPassInReview(t *testing.T) {
	r := inverter()
	unsure, _, err := reach(t, 1, "30", "30-1").Seen(r, lot1, mes.Verdict{Result: mes.ResultPass, Confidence: dec("0.5")}, monday)
	if err != nil {
		t.Fatal(err)
	}
	mistyped, _, err := reach(t, 1, "40", "40-1").Complete(r, lot1, mes.CompleteStep{Actor: olga, Operation: "40", Step: "40-1",
		Values: []mes.Reading{{Characteristic: "width", Value: dec("11")}}}, monday)
	if err != nil {
		t.Fatal(err)
	}
	silent := reach(t, 1, "20", "20-1").Silent("TC-20 does not answer", monday)
	jammed := reach(t, 1, "40", "40-2").Silent("PR-40 has no paper", monday)
	for name, c := range map[string]struct {
		at    mes.Progress
		state mes.LotState
		step  string
		wait  mes.WaitKind
	}{
		"an unsure verdict passes":              {unsure, mes.LotRunning, "30-2", mes.WaitCamera},
		"a machine asked in vain passes":        {reviewed(t, silent), mes.LotRunning, "20-2", mes.WaitMachine},
		"a value out of limits passes":          {reviewed(t, mistyped), mes.LotRunning, "40-2", mes.WaitMachine},
		"a component is still to be scanned":    {reviewed(t, reach(t, 1, "10", "10-1")), mes.LotRunning, "10-1", mes.WaitOperator},
		"a value is still to be measured":       {reviewed(t, reach(t, 1, "40", "40-1")), mes.LotRunning, "40-1", mes.WaitOperator},
		"a machine is asked again":              {reviewed(t, reach(t, 1, "20", "20-1")), mes.LotRunning, "20-1", mes.WaitMachine},
		"a label is still to be printed":        {reviewed(t, jammed), mes.LotRunning, "40-2", mes.WaitMachine},
		"a done operation is still to finish":   {reviewed(t, reach(t, 1, "10", "done")), mes.LotRunning, "", mes.WaitOperator},
		"a queued lot goes back into the queue": {reviewed(t, reach(t, 1, "20", "")), mes.LotQueued, "", mes.WaitStation},
		"a paused lot runs again":               {reviewed(t, paused(t, reach(t, 1, "10", "10-2"))), mes.LotRunning, "10-2", mes.WaitOperator},
	} {
		t.Run(name, func(t *testing.T) {
			if c.at.State != mes.LotReview {
				t.Fatalf("not under review: %+v", c.at)
			}
			after, err := decide(c.at, mes.DecidePass, "")
			if err != nil || after.State != c.state || after.Step != c.step || after.Wait.Kind != c.wait || after.Visit != c.at.Visit {
				t.Errorf("%+v, %v", after, err)
			}
		})
	}
}

func TestReworkAndScrapInReview(t *testing.T) {
	p := reviewed(t, reach(t, 1, "20", "20-1"))
	for to, want := range map[string]string{"": "20", "20": "20", "10": "10"} {
		after, err := decide(p, mes.DecideRework, to)
		if err != nil || after.State != mes.LotQueued || after.Operation != want || after.Visit != 2 || after.Wait.Reason != "Looked at it" || after.Operator != "" {
			t.Errorf("rework to %q: %+v, %v", to, after, err)
		}
		if len(after.Reworks) != 0 {
			t.Errorf("a decision uses up the rule's reworks: %v", after.Reworks)
		}
	}
	after, err := decide(p, mes.DecideScrap, "")
	if err != nil || after.State != mes.LotScrapped || !after.Scrapped.Equal(mes.One) || after.Wait.Kind != mes.WaitNothing {
		t.Errorf("scrap: %+v, %v", after, err)
	}
}
