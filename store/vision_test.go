package store_test

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// inspected is a lot that waits for its picture.
func (f *floor) inspected(p *piece, n int) *piece {
	f.Helper()
	p.kitted(board(n))
	p.screwed()
	f.must(p.start("ST30"))
	return p
}

func verdict(lot string, v mes.StepResult, key string) mes.VisionResult {
	return mes.VisionResult{Key: key, Site: site, Camera: "CAM", Lot: lot, Step: "1", Verdict: v, Confidence: mes.MustDecimal("0.95"), Model: "bead@7", Source: "CAM",
		Image: []byte("picture of " + lot), ImageType: "image/png", Predictions: []mes.Prediction{{X: 10, Y: 20, Width: 4, Height: 5, Class: "gap", Confidence: 0.9}}}
}

func TestAnAwaitedVerdictIsToldToTheWorkflow(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	r, err := f.Visions.Ingest(f.ctx, verdict(p.id, mes.ResultPass, mes.ShotKey(p.id, p.at)))
	f.must(err)
	if r.Match != mes.MatchWaiting || len(r.Image) != 64 {
		t.Fatalf("receipt %+v", r)
	}
	m := f.messages(mes.ToWorkflow, mes.MessageVerdict, 1)[0]
	var s mes.VerdictStored
	f.must(json.Unmarshal(m.Payload, &s))
	if s.Lot != p.id || s.Event != r.ID || s.Operation != "30" || s.Step != "1" || s.Shot != 1 || s.Verdict.Result != mes.ResultPass || !s.Verdict.Confidence.Equal(mes.MustDecimal("0.95")) {
		t.Errorf("signal %+v", s)
	}
	v, err := f.Visions.Get(f.ctx, site, r.ID)
	f.must(err)
	if v.Model != "bead@7" || len(v.Predictions) != 1 || v.Predictions[0].Class != "gap" || v.Match != mes.MatchWaiting || v.ReceivedAt.IsZero() || v.CapturedAt.IsZero() {
		t.Errorf("stored %+v", v)
	}
	b, err := f.Blobs.Get(f.ctx, r.Image)
	f.must(err)
	if string(b.Content) != "picture of "+p.id || b.ContentType != "image/png" {
		t.Errorf("blob %+v", b)
	}
	j, found, err := f.Stations.Job(f.ctx, site, "ST30", p.id)
	f.must(err)
	if !found || j.Vision == nil || j.Vision.ID != r.ID {
		t.Errorf("the terminal shows %+v", j.Vision)
	}
}

func TestWhatAVerdictMeans(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 8)
	waiting, early := f.inspected(ps[0], 1), ps[1]
	cases := []struct {
		name  string
		give  func() mes.VisionResult
		match mes.Match
		held  string // the lot that is on hold afterwards
	}{
		{"another shot's key", func() mes.VisionResult {
			return verdict(waiting.id, mes.ResultPass, waiting.id+"/30/1/1/1/9")
		}, mes.MatchLate, ""},
		{"another shot's number", func() mes.VisionResult {
			v := verdict(waiting.id, mes.ResultPass, "foreign-1")
			v.Shot = 2
			return v
		}, mes.MatchLate, ""},
		{"another operation", func() mes.VisionResult {
			v := verdict(waiting.id, mes.ResultPass, "foreign-2")
			v.Operation = "10"
			return v
		}, mes.MatchUnknown, ""},
		{"another camera", func() mes.VisionResult {
			v := verdict(waiting.id, mes.ResultPass, "foreign-3")
			v.Camera = "CAM-99"
			return v
		}, mes.MatchUnknown, ""},
		{"no such lot", func() mes.VisionResult { return verdict("U-99999", mes.ResultFail, "foreign-4") }, mes.MatchUnknown, ""},
		{"a received lot", func() mes.VisionResult { return verdict("SCREW-1", mes.ResultFail, "foreign-5") }, mes.MatchUnknown, ""},
		{"not there yet, pass", func() mes.VisionResult { return verdict(early.id, mes.ResultPass, "foreign-6") }, mes.MatchLate, ""},
		{"not there yet, fail", func() mes.VisionResult { return verdict(early.id, mes.ResultFail, "foreign-7") }, mes.MatchLate, early.id},
		{"not there yet, unsure pass", func() mes.VisionResult {
			v := verdict(ps[2].id, mes.ResultPass, "foreign-8")
			v.Confidence = mes.MustDecimal("0.5")
			return v
		}, mes.MatchLate, ps[2].id},
		{"the awaited one", func() mes.VisionResult { return verdict(waiting.id, mes.ResultFail, "") }, mes.MatchWaiting, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := c.give()
			r, err := f.Visions.Ingest(f.ctx, v)
			f.must(err)
			if r.Match != c.match {
				t.Errorf("match %s, want %s", r.Match, c.match)
			}
			stored, err := f.Visions.Get(f.ctx, site, r.ID)
			f.must(err)
			if stored.Match != c.match || stored.Key == "" {
				t.Errorf("stored as %s under %q", stored.Match, stored.Key)
			}
			if c.held != "" && len(f.lot(c.held).Holds) != 1 {
				t.Errorf("%s is not held", c.held)
			}
		})
	}
	if len(f.lot(waiting.id).Holds) != 0 {
		t.Errorf("a foreign verdict stopped the lot: %+v", f.lot(waiting.id).Holds)
	}
	f.refused(early.start("ST10"), mes.CodeHeld, "answered late")
	f.messages(mes.ToWorkflow, mes.MessageVerdict, 1)
	unknown, err := f.Visions.List(f.ctx, mes.VisionFilter{Site: site, Match: mes.MatchUnknown})
	f.must(err)
	if unknown.Total != 4 {
		t.Errorf("%d unknown verdicts are shown, want 4", unknown.Total)
	}
}

func TestADuplicateVerdictChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	for name, key := range map[string]string{"own key": "k-1", "no key": ""} {
		v := verdict(p.id, mes.ResultFail, key)
		v.Image = []byte(name)
		var mu sync.Mutex
		ids, matches := map[string]bool{}, map[mes.Match]int{}
		errs := together(6, func(int) error {
			r, err := f.Visions.Ingest(f.ctx, v)
			mu.Lock()
			defer mu.Unlock()
			ids[r.ID], matches[r.Match] = true, matches[r.Match]+1
			return err
		})
		f.must(errors.Join(errs...))
		if len(ids) != 1 || matches[mes.MatchWaiting] != 1 || matches[mes.MatchDuplicate] != 5 {
			t.Errorf("%s: ids %v, matches %v", name, ids, matches)
		}
	}
	f.messages(mes.ToWorkflow, mes.MessageVerdict, 2)
	_, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Site: site, Lot: p.id})
	f.refused(err, mes.CodeUnprocessable, "camera")
}

func TestAnOverrideKeepsBothVerdicts(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	v := verdict(p.id, mes.ResultFail, mes.ShotKey(p.id, p.at))
	r, err := f.Visions.Ingest(f.ctx, v)
	f.must(err)
	next, done, err := p.at.Seen(p.plan.Routing, p.id, mes.Verdict{Result: v.Verdict, Confidence: v.Confidence, ResultID: r.ID}, now())
	f.must(err)
	f.must(p.record(mes.EntryVerdict, next, p.step(done), func(e *mes.Entry) { e.Step.VisionID = r.ID }))
	o, err := f.Orders.Get(f.ctx, site, "WO-1")
	f.must(err)
	if o.WaitsFor == nil || o.WaitsFor.Kind != "review" || o.WaitsFor.Subject != p.id {
		t.Errorf("the order waits for %+v", o.WaitsFor)
	}
	decided, err := p.at.Decide(p.plan.Routing, p.id, mes.Review{Actor: planner, Decision: mes.DecidePass, Reason: "shadow on the lens"}, now())
	f.must(err)
	f.must(p.record(mes.EntryReviewed, decided, func(e *mes.Entry) { e.Actor, e.Reason = planner, "shadow on the lens" }))
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	seen := built.Operations[2].Steps[0].Vision
	if seen == nil || seen.Verdict != mes.ResultFail || seen.Overridden == nil || seen.Overridden.Decision != mes.DecidePass || seen.Overridden.By != "paula" || seen.Overridden.Reason != "shadow on the lens" {
		t.Errorf("the record shows %+v", seen)
	}
}
