package mes_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func TestVisionResult(t *testing.T) {
	good := mes.VisionResult{Camera: "CAM-30", Lot: lot1, Step: "30-1", Verdict: mes.ResultPass, Confidence: dec("0.97")}
	for name, c := range map[string]struct {
		change func(v *mes.VisionResult)
		want   string
	}{
		"good":                  {func(*mes.VisionResult) {}, ""},
		"empty":                 {func(v *mes.VisionResult) { *v = mes.VisionResult{} }, "camera: is missing; lot: is missing; step: is missing; verdict: must be pass, fail or undecided"},
		"silence is no verdict": {func(v *mes.VisionResult) { v.Verdict = mes.ResultSilent }, "verdict: must be"},
		"per cent":              {func(v *mes.VisionResult) { v.Confidence = mes.Count(97) }, "confidence: must be from 0 to 1"},
		"below none":            {func(v *mes.VisionResult) { v.Confidence = dec("-0.1") }, "confidence: must be from 0 to 1"},
		"a key too long":        {func(v *mes.VisionResult) { v.Key = strings.Repeat("k", 129) }, "again. key: is longer than 128 characters"},
		"a lot too long":        {func(v *mes.VisionResult) { v.Lot = strings.Repeat("l", 65) }, "again. lot: is longer than 64 characters"},
		"a step too long":       {func(v *mes.VisionResult) { v.Step = strings.Repeat("s", 65) }, "again. step: is longer than 64 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			v := good
			c.change(&v)
			want := rule{mes.CodeUnprocessable, c.want}
			if c.want == "" {
				want = rule{}
			}
			want.check(t, v.Validate())
		})
	}
}

// The ledger, which sends a verdict on, and the lot's workflow, which takes it, agree on what is awaited. And whatever is
// not awaited and not a clear pass stops the lot.
func TestMatchAndExpectAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWalk(t)
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			if w.p.Wait.Kind == mes.WaitCamera && rapid.Bool().Draw(t, "stop here") {
				break
			}
			w.forward()
			if w.p.State.Ended() {
				break
			}
		}
		if rapid.Bool().Draw(t, "unseen") {
			w.p, _ = w.p.Unseen(w.r, "", monday)
		}
		s, _ := w.p.CurrentStep(w.r)
		other := w.p
		other.Visit++
		v := mes.VisionResult{Camera: rapid.SampledFrom([]string{s.Device, "CAM-10-1"}).Draw(t, "camera"), Lot: lot1, Step: w.anyStep(),
			Operation: rapid.SampledFrom([]string{"", w.p.Operation, "10"}).Draw(t, "operation"), Shot: rapid.SampledFrom([]int{0, w.p.Wait.Shot, 2}).Draw(t, "shot"),
			Key:     rapid.SampledFrom([]string{"", "inference-7", mes.ShotKey(lot1, w.p), mes.ShotKey(lot1, other)}).Draw(t, "key"),
			Verdict: rapid.SampledFrom([]mes.StepResult{mes.ResultPass, mes.ResultFail, mes.ResultUndecided}).Draw(t, "verdict"), Confidence: dec("0.9")}
		stands := rapid.SampledFrom([]string{w.p.Station, "ST99", ""}).Draw(t, "station of the camera")
		match, stops := mes.MatchVerdict(v, w.r, w.p, stands)
		expects := w.p.Expects(lot1, v.Operation, v.Step, v.Shot, v.Key)
		if match == mes.MatchWaiting && (!expects || stops || stands != w.p.Station) {
			t.Fatalf("%+v is sent to a lot at %+v: expected %v, stops it %v", v, w.p, expects, stops)
		}
		if stands != w.p.Station && match != mes.MatchUnknown && !slices.Contains(stationsOf(w.r), stands) {
			t.Fatalf("%+v of a camera at %q is %s", v, stands, match)
		}
		if expects && v.Camera == s.Device && stands == w.p.Station && match != mes.MatchWaiting {
			t.Fatalf("%+v is awaited at %+v and yet %s", v, w.p, match)
		}
		gone := w.p.State == mes.LotScrapped
		if match == mes.MatchLate && stops != (v.Verdict != mes.ResultPass && !gone) || match == mes.MatchUnknown && stops {
			t.Fatalf("%+v is %s at %+v and stops it: %v", v, match, w.p, stops)
		}
	})
}

func stationsOf(r mes.Routing) (out []string) {
	for _, o := range r.Operations {
		out = append(out, o.Stations...)
	}
	return out
}
