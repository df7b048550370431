package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestNothingStartsAtAStoppedStation(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 2)
	_, err := f.StationStops.Stop(f.ctx, f.key(), site, "ST10", planner, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	_, err = f.StationStops.Stop(f.ctx, f.key(), site, "ST99", planner, "oil on the floor")
	f.refused(err, mes.CodeNotFound, "")
	s, err := f.StationStops.Stop(f.ctx, "k1", site, "ST10", planner, "oil on the floor")
	f.must(err)
	again, err := f.StationStops.Stop(f.ctx, f.key(), site, "ST10", planner, "more oil")
	f.must(err)
	if again.ID != s.ID || again.Reason != "oil on the floor" {
		t.Errorf("a stopped station was stopped anew: %+v", again)
	}
	f.refused(p[0].start("ST10"), mes.CodeHeld, "ST10 is stopped: oil on the floor.")
	list, err := f.Stations.List(f.ctx, site)
	f.must(err)
	if list[0].ID != "ST10" || list[0].State != "stopped" || !list[0].Barred || list[0].Reason != "oil on the floor" || list[1].Barred {
		t.Errorf("stations %+v", list[:2])
	}
	q, err := f.Stations.Queue(f.ctx, site, "ST10")
	f.must(err)
	if q.Stop == nil || q.Stop.ID != s.ID {
		t.Errorf("the terminal is told %+v", q.Stop)
	}
	lifted, err := f.StationStops.Lift(f.ctx, "k2", site, "ST10", planner, "cleaned")
	f.must(err)
	if lifted.LiftedBy != planner.ID || lifted.LiftReason != "cleaned" {
		t.Errorf("lifted as %+v", lifted)
	}
	_, err = f.StationStops.Lift(f.ctx, f.key(), site, "ST10", planner, "again")
	f.refused(err, mes.CodeConflict, "not stopped")
	f.must(p[0].start("ST10"))
	page, err := f.StationStops.Stops(f.ctx, mes.StopFilter{Site: site})
	f.must(err)
	if page.Total != 1 || page.Items[0].LiftedAt == nil {
		t.Errorf("stops %+v", page.Items)
	}
}

func TestADangerStopsTheStationByRule(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	_, err := f.Reactions.Put(f.ctx, planner, mes.ReactionRule{ID: "ppe", Site: site, Name: "No helmet", Active: true, Kind: mes.QualitySafety, Code: "no_helmet", Group: mes.GroupStation, Count: 1, WindowMin: 10,
		Severity: mes.SeverityCritical, Then: []mes.ReactionKind{mes.ReactStop}}, "safety")
	f.must(err)
	r, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Kind: mes.VisionSafety, Key: "s1", Site: site, Camera: "CAM", Code: "no_helmet", Severity: "HIGH", Confidence: mes.One, Source: "CAM", Event: true,
		Image: []byte("a person"), ImageType: "image/png", Predictions: []mes.Prediction{{Class: "no_helmet", Confidence: 0.9, X: 5, Y: 5, Width: 4, Height: 4}}})
	f.must(err)
	list, err := f.VisionEvents.Safety(f.ctx, mes.VisionEventFilter{Site: site, Open: true})
	f.must(err)
	if len(list.Items) != 1 || list.Items[0].Code != "no_helmet" || !list.Items[0].Stopped || list.Items[0].Image != "" || list.Items[0].Severity != mes.SeverityHigh || list.Items[0].Station != "ST30" {
		t.Errorf("safety events %+v", list.Items)
	}
	q, err := f.Stations.Queue(f.ctx, site, "ST30")
	f.must(err)
	if q.Stop == nil || q.Stop.Subject != r.ID || q.Stop.PlacedBy != mes.ActorSystem {
		t.Fatalf("stop %+v", q.Stop)
	}
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertStationStop, Open: true})
	f.must(err)
	if alerts.Total != 1 {
		t.Errorf("%d alerts", alerts.Total)
	}
	_ = p
	// A word on the event lifts nothing.
	_, err = f.VisionEvents.Answer(f.ctx, f.key(), site, r.ID, planner, mes.AnswerAdjust, "x")
	f.refused(err, mes.CodeUnprocessable, "answer")
	_, err = f.VisionEvents.Answer(f.ctx, f.key(), site, r.ID, planner, mes.AnswerAcknowledged, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	a, err := f.VisionEvents.Answer(f.ctx, "a1", site, r.ID, planner, mes.AnswerAcknowledged, "told him")
	f.must(err)
	again, err := f.VisionEvents.Answer(f.ctx, "a1", site, r.ID, planner, mes.AnswerAcknowledged, "told him")
	f.must(err)
	if a.ID != again.ID {
		t.Error("the same key answered twice")
	}
	_, err = f.VisionEvents.Answer(f.ctx, f.key(), site, r.ID, operator, mes.AnswerFalseAlarm, "no")
	f.refused(err, mes.CodeConflict, planner.ID)
	if q, err = f.Stations.Queue(f.ctx, site, "ST30"); err != nil || q.Stop == nil {
		t.Errorf("an answer lifted the stop: %v", err)
	}
	_, err = f.StationStops.Lift(f.ctx, f.key(), site, "ST30", planner, "helmets on")
	f.must(err)
	if alerts, err = f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertStationStop, Open: true}); err != nil || alerts.Total != 0 {
		t.Errorf("the alert outlives the stop: %d, %v", alerts.Total, err)
	}
}

func (f *floor) tallied(key, code, measured string) string {
	f.Helper()
	r, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Kind: mes.VisionCount, Key: key, Site: site, Camera: "CAM", Code: code, Confidence: mes.One, Source: "CAM", Event: true, Measured: json.RawMessage(measured)})
	f.must(err)
	return r.ID
}

func TestACountStandsBesideTheLedgerAndChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	id := f.tallied("c1", "screw", `{"itemCount": 990, "location": "rack 4"}`)
	f.tallied("c2", "unobtainium", `{"count": "3"}`)
	list, err := f.VisionEvents.Counts(f.ctx, mes.VisionEventFilter{Site: site})
	f.must(err)
	if len(list.Items) != 2 {
		t.Fatalf("%+v", list.Items)
	}
	unknown, c := list.Items[0], list.Items[1]
	if unknown.Ledger != nil || unknown.Name != "" || !unknown.Counted.Equal(mes.Count(3)) {
		t.Errorf("a material that nobody knows: %+v", unknown)
	}
	if c.Material != "SCREW" || c.Place != "rack 4" || !c.Counted.Equal(mes.Count(990)) || c.Ledger == nil || !c.Ledger.Equal(mes.Count(1000)) || !c.Difference.Equal(mes.Count(-10)) || c.LedgerOf != "site" {
		t.Errorf("count %+v, ledger %v, difference %v", c, c.Ledger, c.Difference)
	}
	a, err := f.VisionEvents.Answer(f.ctx, f.key(), site, id, planner, mes.AnswerAdjust, "ten fell down")
	f.must(err)
	if a.Ledger == nil || !a.Ledger.Equal(mes.Count(1000)) || !a.Counted.Equal(mes.Count(990)) {
		t.Errorf("the answer keeps %+v", a)
	}
	stock, err := f.Lots.Get(f.ctx, site, "SCREW-1")
	f.must(err)
	if !stock.Remaining.Equal(mes.Count(1000)) {
		t.Errorf("a count changed the stock to %s", stock.Remaining)
	}
	if list, err = f.VisionEvents.Counts(f.ctx, mes.VisionEventFilter{Site: site, Open: true}); err != nil || len(list.Items) != 1 {
		t.Errorf("still open: %+v, %v", list.Items, err)
	}
}

func TestCyclesOfAStation(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	start := time.Now().UTC().Add(-time.Hour)
	for i, s := range []string{`{"seconds": 60}`, `{"seconds": "62"}`, `{"pieces": 2, "cycle_time": 90}`} {
		_, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Kind: mes.VisionCycle, Key: f.key(), Site: site, Camera: "CAM", Confidence: mes.One, Source: "CAM", Event: true,
			CapturedAt: start.Add(time.Duration(i) * 2 * time.Minute), Measured: json.RawMessage(s)})
		f.must(err)
	}
	got, err := f.VisionEvents.Cycles(f.ctx, mes.CycleFilter{Site: site, From: start.Add(-time.Minute), To: start.Add(time.Hour)})
	f.must(err)
	if len(got) != 1 || got[0].Station != "ST30" || got[0].Cycles != 3 || got[0].Pieces != 4 || got[0].Median != 62 || got[0].Takt != 53 {
		t.Errorf("%+v", got)
	}
	_, err = f.VisionEvents.Cycles(f.ctx, mes.CycleFilter{Site: site})
	f.refused(err, mes.CodeUnprocessable, "from")
}

func TestModelsAppearWhenTheySendAndAreDescribed(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.pictured("A", mes.ResultPass)
	f.pictured("B", mes.ResultPass)
	list, err := f.Models.Versions(f.ctx, site)
	f.must(err)
	if len(list) != 1 || list[0].Name != "bead-seg" || list[0].Version != "7" || list[0].State != mes.ModelCandidate || list[0].Verdicts != 2 || !same(list[0].Cameras, []string{"CAM"}) || list[0].FirstSeen == nil {
		t.Fatalf("%+v", list)
	}
	open := func(kind mes.AlertKind) int64 {
		t.Helper()
		got, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: kind, Open: true})
		f.must(err)
		return got.Total
	}
	if open(mes.AlertModelNew) != 1 {
		t.Error("nobody is told of a new model")
	}
	c := mes.ModelChange{Name: "bead-seg", Version: "7", Changes: list[0].Changes, State: mes.ModelInUse, Task: "beads of paste", Runs: []mes.ModelRun{{Where: mes.RunsEdge, Place: "IPC-30", Cameras: []string{"CAM"}}}}
	_, err = f.Models.Describe(f.ctx, f.key(), site, quality, c)
	f.refused(err, mes.CodeUnprocessable, "reason")
	c.Reason = "validated on 500 pictures"
	m, err := f.Models.Describe(f.ctx, "d1", site, quality, c)
	f.must(err)
	if m.State != mes.ModelInUse || m.Runs[0].Where != mes.RunsEdge || open(mes.AlertModelNew) != 0 {
		t.Errorf("described as %+v", m)
	}
	_, err = f.Models.Describe(f.ctx, f.key(), site, quality, c)
	f.refused(err, mes.CodeConflict, "meanwhile")
	c.Changes, c.State, c.Reason = m.Changes, mes.ModelRetired, "version 8 is better"
	_, err = f.Models.Describe(f.ctx, f.key(), site, quality, c)
	f.must(err)
	f.pictured("C", mes.ResultPass)
	if open(mes.AlertModelRetired) != 1 {
		t.Error("a retired model sends, and nobody is told")
	}
	f.pictured("D", mes.ResultPass)
	if open(mes.AlertModelRetired) != 1 {
		t.Error("one alert a day is enough")
	}
}
