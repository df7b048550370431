package opcua

import (
	"fmt"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

// resultOf makes a result of what the camera shows. ok is false where there is none yet: a value that it depends on is not
// good (counter, verdict, whatever names result and part, and whatever could forbid a pass), or it is a part of one.
func resultOf(c devices.Config, counter devices.Value, values []devices.Value) (r devices.CameraResult, ok bool) {
	by := map[string]devices.Value{}
	for _, v := range values {
		by[v.Tag] = v
	}
	for _, tag := range []string{tagCounter, tagVerdict, tagResult, tagJob, tagPart, tagPartial, tagSimulate} {
		if v, mapped := by[tag]; mapped && !v.Usable() {
			return r, false
		}
	}
	text := func(tag string) string {
		if v := by[tag]; v.Usable() {
			return fmt.Sprint(v.Value)
		}
		return ""
	}
	yes := func(tag string) bool {
		b, err := by[tag].Bool()
		return err == nil && b
	}
	if yes(tagPartial) {
		return r, false // the whole of it follows; should it not, the step's time is up
	}
	r = devices.CameraResult{Camera: c.ID, Lot: text(tagPart), Operation: text("operation"), Step: text("step"), Model: text("model"), Code: text("code"),
		Verdict: verdictOf(by[tagVerdict].Value), Confidence: 1, Measurements: map[string]float64{}}
	if r.Verdict == devices.Pass && yes(tagSimulate) {
		r.Verdict = devices.Undecided
	}
	if v := by["confidence"]; v.Usable() {
		if f, err := v.Float(); err == nil {
			r.Confidence = f
		}
	}
	if at, is := by[tagTaken].Value.(time.Time); is && by[tagTaken].Usable() {
		r.CapturedAt = at.UTC()
	}
	if picture, is := by["image"].Value.([]byte); is && by["image"].Usable() {
		r.Image = picture
	}
	for _, s := range c.Values {
		if f, err := by[s.Tag].Float(); err == nil && by[s.Tag].Usable() {
			r.Measurements[s.Name] = f
		}
	}
	r.Shot = keyOf(r, counter, text(tagJob), text(tagResult))
	return r, true
}

// keyOf is what the result is known by: the shot that was asked for, else the camera's own identity of it, else its place
// in the camera's count, with the camera's time since a count may begin anew.
func keyOf(r devices.CameraResult, counter devices.Value, job, result string) string {
	switch {
	case job != "" && job != "0":
		return job
	case result != "" && result != "0":
		return result
	}
	at := r.CapturedAt
	if at.IsZero() {
		at = counter.SourceTime.UTC()
	}
	return fmt.Sprintf("%v@%s", counter.Value, at.Format(time.RFC3339Nano))
}

// verdictOf reads a verdict in the forms that cameras have. What is no clear pass or fail is undecided.
func verdictOf(v any) devices.Verdict {
	switch x := v.(type) {
	case bool:
		if x {
			return devices.Pass
		}
		return devices.Fail
	case string:
		switch mes.ReadVerdict(x) {
		case mes.ResultPass:
			return devices.Pass
		case mes.ResultFail:
			return devices.Fail
		}
		return devices.Undecided
	}
	switch fmt.Sprint(v) { // ResultEvaluation of OPC 40001-101
	case "1":
		return devices.Pass
	case "2":
		return devices.Fail
	}
	return devices.Undecided
}
