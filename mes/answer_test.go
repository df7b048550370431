package mes_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func torque(value string) []mes.Reading {
	return []mes.Reading{{Characteristic: "torque", Value: dec(value)}, {Characteristic: "angle", Value: dec("60")}}
}

func TestMachine(t *testing.T) {
	r, p := inverter(), reach(t, 1, "20", "20-1")
	next, done, err := p.Measured(r, lot1, torque("10.5"), false, monday)
	if err != nil || done.Result != mes.ResultPass || next.Step != "20-2" || len(done.Judged) != 2 {
		t.Errorf("good: %+v, %+v, %v", next, done, err)
	}
	again, done, err := p.Measured(r, lot1, torque("11"), false, later(time.Minute))
	want := mes.Wait{Kind: mes.WaitMachine, On: "TC-20", Since: later(time.Minute), Reason: "Torque: 11 Nm is over the limit of 10.5 Nm"}
	if err != nil || done.Result != mes.ResultFail || done.Refusal != nil || again.Step != "20-1" || again.Attempt != 2 || again.Wait != want {
		t.Errorf("out of limits: %+v, %+v, %v", again, done, err)
	}
	back, _, err := again.Measured(r, lot1, torque("8"), false, monday)
	if err != nil || back.State != mes.LotQueued || back.Operation != "10" || back.Reworks["20"] != 1 || back.Wait.Reason != "Torque: 8 Nm is under the limit of 9.5 Nm" {
		t.Errorf("out of limits again: %+v, %v", back, err)
	}
	rejected, done, err := p.Measured(r, lot1, torque("10"), true, monday)
	if err != nil || done.Result != mes.ResultFail || rejected.Attempt != 2 || rejected.Wait.Reason != "TC-20 rejects the piece, although its values are within limits" {
		t.Errorf("rejected: %+v, %+v, %v", rejected, done, err)
	}
	tilted := torque("10")
	tilted[1].Value = dec("80")
	if q, _, err := p.Measured(r, lot1, tilted, false, monday); err != nil || q.Wait.Reason != "Angle: 80° is over the limit of 75°" {
		t.Errorf("%+v, %v", q.Wait, err)
	}
}

// Half an answer is none, and an answer that nobody waits for changes nothing.
func TestMachineRefused(t *testing.T) {
	r, p := inverter(), reach(t, 1, "20", "20-1")
	stopped, err := p.Scrap(lot1, mes.TrackSerial, mes.One, "Dented", monday)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at     mes.Progress
		values []mes.Reading
		want   rule
	}{
		"a value is missing":    {p, torque("10")[:1], rule{mes.CodeUnprocessable, "values: Angle is missing"}},
		"a value twice":         {p, append(torque("10"), torque("10")[0]), rule{mes.CodeUnprocessable, "values[2]: Torque is given twice"}},
		"after the silence":     {p.Silent("Down", monday), torque("10"), rule{mes.CodeConflict, "waits for no machine"}},
		"during a review":       {reviewed(t, p), torque("10"), rule{mes.CodeConflict, "waits for no machine"}},
		"for a scrapped lot":    {stopped, torque("10"), rule{mes.CodeConflict, "waits for no machine"}},
		"at an operator's step": {reach(t, 1, "10", "10-2"), torque("10"), rule{mes.CodeConflict, "waits for no machine"}},
		"at a printer's step":   {reach(t, 1, "40", "40-2"), torque("10"), rule{mes.CodeConflict, "waits for no machine"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, done, err := c.at.Measured(r, lot1, c.values, false, monday)
			c.want.check(t, err)
			if done.Result == mes.ResultPass {
				t.Error("counts as a pass")
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	r, p := inverter(), reach(t, 1, "30", "30-1")
	seen := func(result mes.StepResult, confidence string) mes.Verdict {
		return mes.Verdict{Result: result, Confidence: dec(confidence)}
	}
	for name, c := range map[string]struct {
		give   mes.Verdict
		result mes.StepResult
		state  mes.LotState
		step   string
		reason string
	}{
		"pass":                 {seen(mes.ResultPass, "0.99"), mes.ResultPass, mes.LotRunning, "30-2", ""},
		"just sure enough":     {seen(mes.ResultPass, "0.85"), mes.ResultPass, mes.LotRunning, "30-2", ""},
		"fail":                 {seen(mes.ResultFail, "0.99"), mes.ResultFail, mes.LotQueued, "", "Step 30-1 (Check the bead): CAM-30 says fail"},
		"an unsure pass":       {seen(mes.ResultPass, "0.849"), mes.ResultUndecided, mes.LotReview, "30-1", "Step 30-1 (Check the bead): CAM-30 is not sure enough, its confidence is 0.849 and 0.85 is needed"},
		"an unsure fail":       {seen(mes.ResultFail, "0.1"), mes.ResultUndecided, mes.LotReview, "30-1", "Step 30-1 (Check the bead): CAM-30 is not sure enough, its confidence is 0.1 and 0.85 is needed"},
		"undecided but sure":   {seen(mes.ResultUndecided, "0.99"), mes.ResultUndecided, mes.LotReview, "30-1", "Step 30-1 (Check the bead): CAM-30 could not decide"},
		"a percentage":         {seen(mes.ResultPass, "99"), mes.ResultUndecided, mes.LotReview, "30-1", "Step 30-1 (Check the bead): CAM-30 could not decide"},
		"silence as a verdict": {seen(mes.ResultSilent, "1"), mes.ResultUndecided, mes.LotReview, "30-1", "Step 30-1 (Check the bead): CAM-30 could not decide"},
		"nothing as a verdict": {seen("", "1"), mes.ResultUndecided, mes.LotReview, "30-1", "Step 30-1 (Check the bead): CAM-30 could not decide"},
	} {
		t.Run(name, func(t *testing.T) {
			after, done, err := p.Seen(r, lot1, c.give, monday)
			if err != nil || done.Result != c.result || after.State != c.state || after.Step != c.step || after.Wait.Reason != c.reason {
				t.Errorf("%+v, %+v, %v", after, done, err)
			}
		})
	}
}

func TestVerdictRefused(t *testing.T) {
	r := inverter()
	scrapped, err := reach(t, 1, "30", "30-1").Scrap(lot1, mes.TrackSerial, mes.One, "Dented", monday)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]mes.Progress{"under review": reviewed(t, reach(t, 1, "30", "30-1")), "scrapped": scrapped, "packed": packed(t),
		"in a queue": reach(t, 1, "30", ""), "at a machine": reach(t, 1, "20", "20-1")} {
		after, _, err := p.Seen(r, lot1, mes.Verdict{Result: mes.ResultPass, Confidence: mes.One}, monday)
		rule{mes.CodeConflict, "waits for no verdict. Nothing was changed."}.check(t, err)
		if after.Step != p.Step || after.State != p.State {
			t.Errorf("%s: %+v", name, after)
		}
	}
}

// No verdict: the step's policy decides, and never for the part.
func TestUnseen(t *testing.T) {
	r := inverter()
	first := reach(t, 1, "30", "30-1")
	second, hold := first.Unseen(r, "", later(time.Minute))
	if hold || second.Wait.Kind != mes.WaitCamera || second.Wait.Shot != 2 || second.Wait.Reason != "CAM-30 gave no verdict within 30 s" || second.Step != "30-1" {
		t.Errorf("retry: %+v, %v", second, hold)
	}
	asked, hold := second.Unseen(r, "", monday)
	if hold || asked.Wait.Kind != mes.WaitAnswer || asked.Wait.On != "CAM-30" || asked.Wait.Shot != 2 {
		t.Errorf("retries used up: %+v, %v", asked, hold)
	}
	held, hold := reach(t, 1, "30", "30-2").Unseen(r, "", monday)
	if !hold || held.State != mes.LotReview || held.Wait.Reason != "CAM-31 gave no verdict within 90 s" || held.Wait.On != "CAM-31" {
		t.Errorf("hold: %+v, %v", held, hold)
	}
	ask, hold := reach(t, 1, "30", "30-3").Unseen(r, "CAM-32 is not connected.", monday)
	if hold || ask.Wait.Kind != mes.WaitAnswer || ask.Wait.Reason != "CAM-32 is not connected" {
		t.Errorf("ask: %+v, %v", ask, hold)
	}
	for _, p := range []mes.Progress{asked, held, reach(t, 1, "20", "20-1"), reach(t, 1, "30", "")} {
		if after, hold := p.Unseen(r, "", monday); hold || after.Wait != p.Wait {
			t.Errorf("%+v waits for no camera, and became %+v", p, after)
		}
	}
}

// A picture that is taken again is another picture: an answer to the first is not one to the second.
func TestRetryAsksForAnotherPicture(t *testing.T) {
	r := inverter()
	silent, _ := reach(t, 1, "30", "30-3").Unseen(r, "", monday)
	late := mes.ShotKey(lot1, silent)
	if !silent.Expects(lot1, "30", "30-3", 1, late) {
		t.Error("a verdict that comes after the operator was asked does not count")
	}
	again, err := silent.Retry(r, lot1, olga, "30", "30-3", monday)
	if err != nil || again.Wait.Kind != mes.WaitCamera || again.Wait.Shot != 2 || !again.Automatic() {
		t.Fatalf("%+v, %v", again, err)
	}
	for name, c := range map[string]struct {
		operation, step string
		shot            int
		key             string
		want            bool
	}{
		"its own":              {"30", "30-3", 2, mes.ShotKey(lot1, again), true},
		"by lot and step":      {"", "30-3", 0, "", true},
		"a foreign key":        {"30", "30-3", 2, "inference-77", true},
		"the first shot":       {"30", "30-3", 1, "", false},
		"the first shot's key": {"30", "30-3", 0, late, false},
		"another step":         {"30", "30-1", 2, "", false},
		"another operation":    {"20", "30-3", 2, "", false},
	} {
		if got := again.Expects(lot1, c.operation, c.step, c.shot, c.key); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if p := reach(t, 1, "20", "20-1"); p.Expects(lot1, "20", "20-1", 0, "") {
		t.Error("a machine's step expects a verdict")
	}
	if p := reviewed(t, again); p.Expects(lot1, "30", "30-3", 2, "") {
		t.Error("a lot under review expects a verdict")
	}
}

func TestRetry(t *testing.T) {
	r := inverter()
	silent := reach(t, 1, "20", "20-1").Silent("TC-20 does not answer.", monday)
	printed := reach(t, 1, "40", "40-2").Printed(r, monday)
	for name, c := range map[string]struct {
		at              mes.Progress
		by              mes.Actor
		operation, step string
		want            rule
	}{
		"a silent machine":        {silent, at("ST20"), "20", "20-1", rule{}},
		"a printed label":         {printed, olga, "40", "40-2", rule{}},
		"a machine that is asked": {reach(t, 1, "20", "20-1"), olga, "20", "20-1", rule{mes.CodeConflict, "Step 20-1 (Tighten) waits for no answer, there is nothing to repeat."}},
		"an operator's own step":  {reach(t, 1, "10", "10-2"), olga, "10", "10-2", rule{mes.CodeConflict, "nothing to repeat"}},
		"at another station":      {silent, at("ST30"), "20", "20-1", rule{mes.CodeConflict, "is in work at ST20"}},
		"during a pause":          {paused(t, silent), olga, "20", "20-1", rule{mes.CodeConflict, "is paused"}},
	} {
		t.Run(name, func(t *testing.T) {
			after, err := c.at.Retry(r, lot1, c.by, c.operation, c.step, monday)
			c.want.check(t, err)
			if err == nil && (!after.Automatic() || after.Wait.Seq != 0) {
				t.Errorf("%+v", after)
			}
		})
	}
}

// Only a printer prints: nothing else of a lot's waits ends by a label.
func TestPrintedAndSilentChangeNothingElse(t *testing.T) {
	r := inverter()
	for _, p := range []mes.Progress{reach(t, 1, "10", ""), reach(t, 1, "10", "10-1"), reach(t, 1, "20", "20-1"), reach(t, 1, "30", "30-1"), packed(t),
		reviewed(t, reach(t, 1, "40", "40-2"))} {
		if q := p.Printed(r, later(time.Hour)); q.Wait != p.Wait {
			t.Errorf("printed: %+v became %+v", p, q)
		}
		if asked := p.Wait.Kind == mes.WaitMachine || p.Wait.Kind == mes.WaitCamera; !asked {
			if q := p.Silent("Down", later(time.Hour)); q.Wait != p.Wait {
				t.Errorf("silent: %+v became %+v", p, q)
			}
		}
	}
	p := reach(t, 1, "40", "40-2").Printed(r, monday)
	if p.Wait.Kind != mes.WaitOperator || p.Wait.On != "PR-40" {
		t.Errorf("%+v", p)
	}
}
