package system

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// tinyPNG is a real picture of one pixel.
var tinyPNG = picture(1)

func picture(shade uint8) string {
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	m.Set(1, 1, color.Gray{Y: shade})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // a buffer never fails
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func verdict(l mes.LotView, key, result, confidence string) map[string]any {
	return map[string]any{"key": key, "camera": "CAM-40", "lot": l.Lot, "step": "40-2", "verdict": result, "confidence": confidence, "model": "seal-3", "image": picture(9)}
}

func (s *suite) visionResults(t *testing.T) {
	t.Run("LateDuplicateUnknown", s.lateDuplicateUnknown)
	t.Run("UnsureGoesToReview", s.unsureGoesToReview)
	t.Run("SilenceIsNoPass", s.silenceIsNoPass)
	t.Run("LateFailStopsTheLot", s.lateFailStops)
	t.Run("BadResultsAreNamed", s.badVisionResults)
	t.Run("OneDoorForEveryWay", s.oneDoorForEveryWay)
}

func (s *suite) receipt(t *testing.T, r *plant.Reply) (v mes.VisionReceipt) {
	t.Helper()
	plant.OK(t, r.Into(&v))
	return v
}

func (s *suite) lateDuplicateUnknown(t *testing.T) {
	plant.OK(t, s.p.Sim.Break(t.Context(), plant.Fault{Target: "CAM-40", Kind: "silence", Value: 1}))
	l := s.one(t, "40", "40-2")
	images := func() int64 {
		n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM blob WHERE content_type = 'image/png'`)
		plant.OK(t, err)
		return n
	}
	body := verdict(l, l.Lot+"-a", "pass", "0.97")
	first := s.receipt(t, s.post(t, s.vision, "/vision/results", body))
	if first.Match != mes.MatchWaiting || first.ID == "" || first.Image == "" {
		t.Errorf("the awaited verdict is taken as %+v", first)
	}
	before := images()
	again := s.receipt(t, s.post(t, s.vision, "/vision/results", body))
	if again.Match != mes.MatchDuplicate || again.ID != first.ID || images() != before {
		t.Errorf("the duplicate is taken as %+v, %d images more", again, images()-before)
	}
	plant.Eventually(t, 10*time.Second, func() string {
		if now := s.readLot(t, l.Lot); now.Step != "40-3" {
			return "the step after the verdict, it is at " + now.Step
		}
		return ""
	})
	plant.OK(t, s.p.Sim.Mend(t.Context(), "CAM-40"))
	late := s.receipt(t, s.post(t, s.vision, "/vision/results", verdict(l, l.Lot+"-b", "pass", "0.99")))
	if late.Match != mes.MatchLate || late.Image != first.Image || images() != before {
		t.Errorf("the late verdict is taken as %+v", late)
	}
	unknown := s.receipt(t, s.post(t, s.vision, "/vision/results", verdict(mes.LotView{Lot: "NO-SUCH-UNIT"}, l.Lot+"-c", "pass", "0.99")))
	if unknown.Match != mes.MatchUnknown {
		t.Errorf("the unknown unit's verdict is taken as %+v", unknown)
	}
	var list mes.Page[mes.VisionView]
	plant.OK(t, s.quality.Get(t.Context(), "/vision/results?lot=NO-SUCH-UNIT", &list))
	if len(list.Items) != 1 || list.Items[0].Match != mes.MatchUnknown {
		t.Errorf("the unknown verdict is shown as %+v", list.Items)
	}
	blob, err := s.quality.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/blobs/" + first.Image})
	plant.OK(t, err)
	want, _ := base64.StdEncoding.DecodeString(picture(9))
	if blob.Header.Get("Content-Type") != "image/png" || !bytes.Equal(blob.Body, want) {
		t.Errorf("the stored picture comes back as %s with %d bytes", blob.Header.Get("Content-Type"), len(blob.Body))
	}
	s.finish(t, l.Order)
}

func (s *suite) unsureGoesToReview(t *testing.T) {
	plant.OK(t, s.p.Sim.Break(t.Context(), plant.Fault{Target: "CAM-40", Kind: "silence", Value: 1}))
	l := s.one(t, "40", "40-2")
	s.receipt(t, s.post(t, s.vision, "/vision/results", verdict(l, l.Lot+"-u", "pass", "0.84")))
	plant.OK(t, s.p.Sim.Mend(t.Context(), "CAM-40"))
	plant.Eventually(t, 10*time.Second, func() string {
		if now := s.readLot(t, l.Lot); now.State != mes.LotReview {
			return "review, the lot is " + string(now.State)
		}
		return ""
	})
	s.refused(t, s.post(t, s.operator, step(l.Lot, "40", "40-2"), plant.StepBody{}), http.StatusConflict, "review")
	s.refused(t, s.post(t, s.operator, "/lots/"+l.Lot+"/review", map[string]string{"decision": "pass", "reason": "looks fine"}), http.StatusForbidden)
	s.ok(t, s.post(t, s.quality, "/lots/"+l.Lot+"/review", map[string]string{"decision": "pass", "reason": "seal sits, glare in the picture"}))
	var r mes.AsBuilt
	plant.OK(t, s.quality.Get(t.Context(), "/lots/"+l.Lot+"/as-built", &r))
	found := false
	for _, o := range r.Operations {
		for _, b := range o.Steps {
			found = found || b.Vision != nil && b.Vision.Overridden != nil && b.Vision.Overridden.By == "qe-02" &&
				b.Vision.Verdict == mes.ResultUndecided && b.Vision.Said == mes.ResultPass
		}
	}
	if !found {
		t.Error("the record does not show both verdicts")
	}
	s.finish(t, l.Order)
}

func (s *suite) silenceIsNoPass(t *testing.T) {
	plant.OK(t, s.p.Sim.Break(t.Context(), plant.Fault{Target: "LT-50", Kind: "silence", Value: 1}))
	l := s.one(t, "50", "50-2")
	s.refused(t, s.post(t, s.operator, step(l.Lot, "50", "50-2"), plant.StepBody{}), http.StatusConflict, "LT-50")
	plant.Eventually(t, 90*time.Second, func() string {
		if w := s.readLot(t, l.Lot).Wait; w == nil || w.Kind != mes.WaitAnswer || w.Reason == "" {
			return "the question to the operator"
		}
		return ""
	})
	s.refused(t, s.post(t, s.operator, step(l.Lot, "50", "50-2"), plant.StepBody{}), http.StatusConflict, "no answer")
	plant.OK(t, s.p.Sim.Mend(t.Context(), "LT-50"))
	s.ok(t, s.post(t, s.operator, op(l.Lot, "50")+"/steps/50-2/retry", nil))
	s.finish(t, l.Order)
}

func (s *suite) lateFailStops(t *testing.T) {
	l := s.one(t, "50", "50-1")
	late := s.receipt(t, s.post(t, s.vision, "/vision/results", verdict(l, l.Lot+"-late", "fail", "0.95")))
	if late.Match != mes.MatchLate {
		t.Errorf("the late verdict is taken as %+v", late)
	}
	s.refused(t, s.post(t, s.operator, step(l.Lot, "50", "50-1"), plant.StepBody{}), http.StatusConflict, "on hold")
	s.ok(t, s.post(t, s.quality, "/lots/"+l.Lot+"/release", map[string]string{"reason": "the picture is of another unit"}))
	s.ok(t, s.post(t, s.operator, step(l.Lot, "50", "50-1"), plant.StepBody{}))
	s.finish(t, l.Order)
}

func (s *suite) badVisionResults(t *testing.T) {
	bad := map[string]any{"camera": "", "lot": "", "step": "", "verdict": "maybe", "confidence": 2, "model": "m", "image": picture(3)}
	s.refused(t, s.post(t, s.vision, "/vision/results", bad), http.StatusUnprocessableEntity, "verdict")
	text := verdict(mes.LotView{Lot: "X"}, "k-text", "pass", "0.9")
	text["image"] = base64.StdEncoding.EncodeToString([]byte("<svg onload=alert(1)>"))
	if r := s.post(t, s.vision, "/vision/results", text); r.Status != http.StatusUnprocessableEntity && r.Status != http.StatusUnsupportedMediaType {
		t.Errorf("a picture that is none answers %d %s", r.Status, r.Body)
	}
}

// rework sends a unit back on a failed verdict, twice, and to review when its reworks are used up.
func (s *suite) rework(t *testing.T) {
	plant.OK(t, s.p.Sim.Break(t.Context(), plant.Fault{Target: "CAM-40", Kind: "reject_rate", Value: 1}))
	n := s.order(t, "INV-200", 1)
	c := s.crew(n)
	inReview := func(l mes.LotView) bool { return l.State == mes.LotReview }
	c.Stop = inReview
	var l mes.LotView
	plant.OK(t, c.Reach(t.Context(), n, func(_ mes.Order, lots []mes.LotView) bool {
		for _, x := range lots {
			if inReview(x) {
				l = x
				return true
			}
		}
		return false
	}))
	plant.OK(t, s.p.Sim.Mend(t.Context(), "CAM-40"))
	if now := s.readLot(t, l.Lot); now.Operation != "40" || now.Visit != 3 {
		t.Errorf("after two reworks the lot is in review at operation %s, visit %d", now.Operation, now.Visit)
	}
	s.ok(t, s.post(t, s.quality, "/lots/"+l.Lot+"/review", map[string]string{"decision": "rework", "rework_to": "20", "reason": "open it again"}))
	if now := s.readLot(t, l.Lot); now.State != mes.LotQueued || now.Operation != "20" {
		t.Errorf("after the review the lot is %s at %s", now.State, now.Operation)
	}
	if o := s.finish(t, n); !o.Good.Equal(mes.One) {
		t.Errorf("%s good", o.Good)
	}
	failed, err := s.rec.Count(t.Context(), `SELECT count(*) FROM vision_result WHERE lot = $1 AND verdict = 'fail' AND match = 'matched'`, l.Lot)
	if err != nil || failed != 3 {
		t.Errorf("%d failed verdicts are kept (%v)", failed, err)
	}
}

// holds checks that a hold stops a lot where it stands and that its end lets it go on.
func (s *suite) holds(t *testing.T) {
	l := s.one(t, "10", "10-5")
	lot := "/lots/" + l.Lot
	s.refused(t, s.post(t, s.quality, lot+"/release", map[string]string{"reason": "nothing"}), http.StatusConflict)
	s.refused(t, s.post(t, s.quality, lot+"/hold", map[string]string{}), http.StatusUnprocessableEntity, "reason")
	s.ok(t, s.post(t, s.quality, lot+"/hold", map[string]string{"reason": "wrong tray"}))
	s.refused(t, s.post(t, s.operator, step(l.Lot, "10", "10-5"), plant.StepBody{}), http.StatusConflict, "on hold", "wrong tray")
	if now := s.readLot(t, l.Lot); len(now.Holds) != 1 || now.Holds[0].By != "qe-02" {
		t.Errorf("the held lot shows %+v", now.Holds)
	}
	s.ok(t, s.post(t, s.quality, lot+"/release", map[string]string{"reason": "tray is right"}))
	s.finish(t, l.Order)
}
