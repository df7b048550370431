package mes_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestStart(t *testing.T) {
	start := func(operation, station string, by mes.Actor) mes.StartOperation {
		return mes.StartOperation{Actor: by, Operation: operation, Station: station}
	}
	for name, c := range map[string]struct {
		at   mes.Progress
		give mes.StartOperation
		want rule
	}{
		"at its first station":         {reach(t, 1, "10", ""), start("10", "ST10", at("ST10")), rule{}},
		"at its other station":         {reach(t, 1, "10", ""), start("10", "ST11", at("ST11")), rule{}},
		"from a desk":                  {reach(t, 1, "10", ""), start("10", "ST10", olga), rule{}},
		"at a station that can't":      {reach(t, 1, "10", ""), start("10", "ST20", olga), rule{mes.CodeConflict, "Take it to ST10 or ST11."}},
		"at no station":                {reach(t, 1, "10", ""), start("10", "", olga), rule{mes.CodeNotFound, "No station is named."}},
		"from another terminal":        {reach(t, 1, "10", ""), start("10", "ST10", at("ST11")), rule{mes.CodeConflict, "This terminal stands at ST11, not at ST10."}},
		"an operation too early":       {reach(t, 1, "10", ""), start("20", "ST20", olga), rule{mes.CodeConflict, "has not finished operation 10. Nothing was stored. Send it back to ST10."}},
		"an operation too late":        {reach(t, 1, "20", ""), start("10", "ST10", olga), rule{mes.CodeConflict, "has left operation 10 already. Nothing was changed. It is at operation 20, ST20."}},
		"an operation that is unknown": {reach(t, 1, "10", ""), start("15", "ST10", olga), rule{mes.CodeNotFound, "Operation 15 is not known here."}},
		"twice":                        {reach(t, 1, "10", "10-1"), start("10", "ST11", olga), rule{mes.CodeConflict, "is running already at ST10. It goes on."}},
		"a paused one":                 {paused(t, reach(t, 1, "10", "10-1")), start("10", "ST10", olga), rule{mes.CodeConflict, "is paused at ST10. What was done is kept. Resume it there."}},
		"one under review":             {reviewed(t, reach(t, 1, "10", "")), start("10", "ST10", olga), rule{mes.CodeConflict, "waits for review: Crack in the lid. Nothing"}},
		"a packed one":                 {packed(t), start("40", "ST40", olga), rule{mes.CodeConflict, lot1 + " is packed."}},
	} {
		t.Run(name, func(t *testing.T) {
			after, err := c.at.Start(inverter(), lot1, c.give, monday)
			c.want.check(t, err)
			if err == nil && (after.State != mes.LotRunning || after.Station != c.give.Station || after.Operator != "olga" || after.Step != "10-1") {
				t.Errorf("started: %+v", after)
			}
		})
	}
}

func TestPauseResumeFinish(t *testing.T) {
	r := inverter()
	pause := func(p mes.Progress, by mes.Actor) error { _, err := p.Pause(r, lot1, by, p.Operation); return err }
	resume := func(p mes.Progress, by mes.Actor) error { _, err := p.Resume(r, lot1, by, p.Operation); return err }
	finish := func(p mes.Progress, by mes.Actor) error {
		_, err := p.Finish(r, lot1, by, p.Operation, monday)
		return err
	}
	running := reach(t, 1, "20", "20-1")
	for name, c := range map[string]struct {
		err  error
		want rule
	}{
		"pause a running one":         {pause(running, at("ST20")), rule{}},
		"pause one elsewhere":         {pause(running, at("ST30")), rule{mes.CodeConflict, "is in work at ST20, this is ST30. Nothing was stored here. Take it to ST20."}},
		"pause a queued one":          {pause(reach(t, 1, "20", ""), olga), rule{mes.CodeConflict, "is not started. Nothing was changed. Start it first."}},
		"pause twice":                 {pause(paused(t, running), olga), rule{mes.CodeConflict, "is paused."}},
		"pause one under review":      {pause(reviewed(t, running), olga), rule{mes.CodeConflict, "waits for review: Crack in the lid."}},
		"resume a paused one":         {resume(paused(t, running), at("ST20")), rule{}},
		"resume a running one":        {resume(running, olga), rule{mes.CodeConflict, "is running, it is not paused."}},
		"resume one under review":     {resume(reviewed(t, running), olga), rule{mes.CodeConflict, "waits for review, it is not paused."}},
		"finish with an open step":    {finish(running, olga), rule{mes.CodeConflict, "Step 20-1 (Tighten) is not done. Nothing was finished."}},
		"finish when all is done":     {finish(reach(t, 1, "10", "done"), at("ST10")), rule{}},
		"finish a paused one":         {finish(paused(t, reach(t, 1, "10", "done")), olga), rule{mes.CodeConflict, "is paused. Nothing was finished. Resume it first."}},
		"finish a queued one":         {finish(reach(t, 1, "20", ""), olga), rule{mes.CodeConflict, "Start it first."}},
		"finish one that is finished": {finish(packed(t), olga), rule{mes.CodeConflict, "is packed."}},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, c.err) })
	}
}

// A pause stops what comes next, not what a machine is doing.
func TestPauseKeepsTheMachinesAnswer(t *testing.T) {
	r := inverter()
	p := paused(t, reach(t, 1, "20", "20-1"))
	if p.Automatic() {
		t.Error("a paused lot asks its machine")
	}
	s, _ := p.CurrentStep(r)
	next, done, err := p.Measured(r, lot1, readings(s, mes.One, dec("10")), false, monday)
	if err != nil || done.Result != mes.ResultPass || next.State != mes.LotPaused || next.Step != "20-2" || next.Automatic() {
		t.Errorf("%+v, %+v, %v", next, done, err)
	}
}

func TestFinish(t *testing.T) {
	r := inverter()
	next, err := reach(t, 1, "10", "done").Finish(r, lot1, olga, "10", later(time.Hour))
	want := mes.Wait{Kind: mes.WaitStation, On: "ST20", Since: later(time.Hour)}
	if err != nil || next.State != mes.LotQueued || next.Operation != "20" || next.Station != "ST20" || next.Operator != "" || next.Wait != want {
		t.Errorf("%+v, %v", next, err)
	}
	if p := packed(t); p.State != mes.LotPacked || p.Wait.Kind != mes.WaitNothing || !p.Quantity.Equal(mes.One) {
		t.Errorf("%+v", p)
	}
}

func TestScrap(t *testing.T) {
	for name, c := range map[string]struct {
		at       mes.Progress
		tracking mes.Tracking
		pieces   string
		reason   string
		want     rule
		left     string
	}{
		"some":                      {reach(t, 50, "10", "10-1"), mes.TrackLot, "3", "Dented", rule{}, "47"},
		"part of a metre":           {reach(t, 50, "10", "10-1"), mes.TrackLot, "0.25", "Dented", rule{}, "49.75"},
		"all":                       {reach(t, 50, "10", ""), mes.TrackLot, "50", "Dented", rule{}, "0"},
		"a serial":                  {reach(t, 1, "30", "30-1"), mes.TrackSerial, "1", "Dented", rule{}, "0"},
		"half a serial":             {reach(t, 1, "10", ""), mes.TrackSerial, "0.5", "Dented", rule{mes.CodeUnprocessable, "must be a whole number, since INV-000001 carries a serial number"}, ""},
		"more than there is":        {reach(t, 50, "10", ""), mes.TrackLot, "51", "Dented", rule{mes.CodeUnprocessable, "INV-000001 has only 50 left"}, ""},
		"none":                      {reach(t, 50, "10", ""), mes.TrackLot, "0", "Dented", rule{mes.CodeUnprocessable, "quantity: must be above 0"}, ""},
		"fewer than none":           {reach(t, 50, "10", ""), mes.TrackLot, "-1", "Dented", rule{mes.CodeUnprocessable, "quantity: must be above 0"}, ""},
		"without a reason":          {reach(t, 50, "10", ""), mes.TrackLot, "1", "  ", rule{mes.CodeUnprocessable, "reason: is missing"}, ""},
		"under review":              {reviewed(t, reach(t, 50, "10", "10-1")), mes.TrackLot, "1", "Dented", rule{}, "49"},
		"what is packed and gone":   {packed(t), mes.TrackSerial, "1", "Dented", rule{mes.CodeConflict, "is packed. Nothing was scrapped."}, ""},
		"both fields named at once": {reach(t, 50, "10", ""), mes.TrackLot, "51", "", rule{mes.CodeUnprocessable, "left; reason: is missing"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			after, err := c.at.Scrap(lot1, c.tracking, dec(c.pieces), c.reason, monday)
			c.want.check(t, err)
			if err != nil {
				return
			}
			ended := dec(c.left).IsZero()
			if !after.Quantity.Equal(dec(c.left)) || ended != (after.State == mes.LotScrapped) || !ended && !reflect.DeepEqual(after.Wait, c.at.Wait) {
				t.Errorf("%+v", after)
			}
			if ended && after.Wait.Reason != c.reason {
				t.Errorf("the reason is lost: %+v", after.Wait)
			}
		})
	}
}

// After some pieces are scrapped, a step needs components for the others only.
func TestScrapLowersTheNeed(t *testing.T) {
	r, p := inverter(), reach(t, 5, "10", "10-1")
	p, err := p.Scrap(lot1, mes.TrackLot, mes.Count(2), "Dented", monday)
	if err != nil {
		t.Fatal(err)
	}
	_, done, err := p.Complete(r, lot1, mes.CompleteStep{Actor: olga, Operation: "10", Step: "10-1", Scan: "SC-1"}, monday)
	if err != nil || !done.Consume[0].Quantity.Equal(mes.Count(24)) {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestReport(t *testing.T) {
	r := inverter()
	scratch := mes.Defect{Actor: olga, Code: "SCR", Text: "Scratch on the lid."}
	silent := reach(t, 1, "20", "20-1").Silent("TC-20 does not answer", monday)
	for name, c := range map[string]struct {
		at     mes.Progress
		give   mes.Defect
		want   rule
		state  mes.LotState
		op     string
		reason string
	}{
		"by the rule, back":         {reach(t, 1, "20", "20-1"), scratch, rule{}, mes.LotQueued, "10", "SCR: Scratch on the lid"},
		"by the rule, to review":    {reach(t, 1, "10", "10-1"), scratch, rule{}, mes.LotReview, "10", "SCR: Scratch on the lid"},
		"to review on demand":       {reach(t, 1, "20", "20-1"), mes.Defect{Actor: olga, Code: "SCR", Review: true}, rule{}, mes.LotReview, "20", "SCR"},
		"while it waits in a queue": {reach(t, 1, "20", ""), mes.Defect{Actor: olga, Text: "Wet", Review: true}, rule{}, mes.LotReview, "20", "Wet"},
		"beside a silent machine":   {silent, mes.Defect{Actor: olga, Text: "Wet", Review: true}, rule{}, mes.LotReview, "20", "Wet; TC-20 does not answer"},
		"nothing said":              {reach(t, 1, "20", "20-1"), mes.Defect{Actor: olga, Text: " "}, rule{mes.CodeUnprocessable, "name a defect code or describe the defect"}, "", "", ""},
		"a packed one":              {packed(t), scratch, rule{mes.CodeConflict, "is packed. No defect was noted."}, "", "", ""},
		"one under review":          {reviewed(t, reach(t, 1, "20", "20-1")), scratch, rule{mes.CodeConflict, "waits for review already: Crack in the lid. No defect was noted."}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			after, err := c.at.Report(r, lot1, c.give, monday)
			c.want.check(t, err)
			if err == nil && (after.State != c.state || after.Operation != c.op || after.Wait.Reason != c.reason) {
				t.Errorf("%+v", after)
			}
		})
	}
}

// A lot goes back as often as its rule allows, and then where the rule says.
func TestReworksAreBounded(t *testing.T) {
	r, p := inverter(), reach(t, 1, "20", "20-1")
	p, err := p.Report(r, lot1, mes.Defect{Actor: olga, Code: "SCR"}, monday)
	if err != nil || p.Operation != "10" || p.Visit != 2 || p.Reworks["20"] != 1 {
		t.Fatalf("first: %+v, %v", p, err)
	}
	for p.Step != "20-1" {
		if p, _, err = onward(r, p, monday); err != nil {
			t.Fatal(err)
		}
	}
	p, err = p.Report(r, lot1, mes.Defect{Actor: olga, Code: "SCR"}, monday)
	if err != nil || p.State != mes.LotScrapped || !p.Scrapped.Equal(mes.One) || p.Wait.Reason != "SCR" {
		t.Errorf("second: %+v, %v", p, err)
	}
}
