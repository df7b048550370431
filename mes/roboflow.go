package mes

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Finding is what one answer of an inference server says about one picture, in the neutral form.
type Finding struct {
	// Inference is the server's own identity of the answer; many servers give none.
	Inference   string
	Picture     Picture
	Predictions []Prediction
	Model       string
	// Verdict is what the answer itself decides, empty where it decides nothing.
	Verdict    StepResult
	Confidence float64
	At         time.Time
	// Image is the first picture in the answer, in base64 or as [Cut] left it.
	Image string
	// Values are the plain values that a workflow gave beside its predictions, under the names that its author chose.
	Values map[string]json.RawMessage
}

// maxNesting bounds how deep a workflow's outputs are searched for predictions.
const maxNesting = 6

// Result fills in a result with what was found in the n-th picture of its body. What the sender said of itself stays.
func (f Finding) Result(v VisionResult, n int) VisionResult {
	v.Key = firstOf(v.Key, f.Inference)
	if v.Key == "" && len(f.Predictions) > 0 {
		v.Key = f.Predictions[0].Detection
	}
	if n > 0 && v.Key != "" {
		v.Key = fmt.Sprintf("%s#%d", v.Key, n+1)
	}
	v.Model = firstOf(v.Model, f.Model)
	v.Lot, v.Step = firstOf(v.Lot, f.said("lot", "serial", "serial_number")), firstOf(v.Step, f.said("step"))
	v.Event = true
	if v.Verdict == "" {
		v.Verdict, v.Confidence = f.Verdict, FromFloat(clipped(f.Confidence))
	}
	if v.Predictions = f.Predictions; v.Predictions == nil {
		v.Predictions = []Prediction{}
	}
	v.Picture = f.Picture
	if v.CapturedAt.IsZero() {
		v.CapturedAt = f.At
	}
	if len(f.Values) > 0 && v.Measured == nil {
		v.Measured, _ = json.Marshal(f.Values) // of JSON, made of JSON
	}
	return v
}

// said is a plain value of the workflow under the first of the names that it has.
func (f Finding) said(names ...string) string { return loose(f.Values).text(names...) }

// ReadRoboflow reads a body of a Roboflow inference server as it is: the answer of one model (detection, segmentation,
// keypoints, one class or several classes), a list of such answers, or the answer of a workflow. It gives one finding per
// picture. Fields that it does not know are passed over; a body without any answer in it is refused.
func ReadRoboflow(raw []byte) ([]Finding, error) {
	var out []Finding
	answers, told := answersIn(raw)
	for _, one := range answers {
		if f, found := finding(one); found || told && asLoose(one) != nil {
			out = append(out, f)
		}
	}
	var faults Faults
	faults.Check(json.Valid(raw), "body", "is not JSON")
	faults.Check(len(faults) > 0 || len(out) > 0, "body", "holds neither predictions nor outputs nor a verdict")
	for i := range out {
		checkPredictions(&faults, fmt.Sprintf("answers[%d].predictions", i), out[i].Predictions)
	}
	if err := faults.Err("The answer of the inference server was not stored."); err != nil {
		return nil, err
	}
	return out, nil
}

// answersIn takes a body apart into one answer per picture. told is true for a workflow's outputs, which are an answer
// whatever is in them.
func answersIn(raw []byte) (answers []json.RawMessage, told bool) {
	if list := asList(raw); list != nil {
		return list, false
	}
	l := asLoose(raw)
	if outputs := l.list("outputs"); outputs != nil {
		return outputs, true
	}
	if one := l.object("outputs"); one != nil {
		return []json.RawMessage{l.raw("outputs")}, true
	}
	return []json.RawMessage{raw}, false
}

// finding reads one answer: a model's own, or one workflow output, in which models' answers stand under any name.
func finding(raw json.RawMessage) (Finding, bool) {
	l := asLoose(raw)
	f := Finding{Values: map[string]json.RawMessage{}}
	if l == nil {
		return f, false
	}
	if f.take(l) {
		f.At = l.time("time_stamp", "timestamp", "inference_timestamp")
		return f, true
	}
	for _, name := range slices.Sorted(maps.Keys(l)) {
		f.search(name, l[name], 0)
	}
	f.decided()
	return f, f.Predictions != nil || f.Verdict != ""
}

// take reads a model's answer into the finding. Several models of one workflow add up.
func (f *Finding) take(l loose) bool {
	found := l.raw("predictions")
	list, classes := asList(found), asLoose(found)
	if list == nil && classes == nil {
		return false
	}
	if classes != nil && classes.has("predictions") { // a workflow's own wrapping
		return f.take(classes)
	}
	f.Inference = firstOf(f.Inference, l.text("inference_id"))
	f.Model = firstOf(f.Model, l.text("model_id", "model"))
	if p := pictureOf(l.raw("image")); f.Picture == (Picture{}) {
		f.Picture = p
	}
	for _, one := range list {
		if p := asLoose(one); p != nil {
			f.Predictions = append(f.Predictions, prediction(p))
		}
	}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		p := Prediction{Class: class, Confidence: asLoose(classes[class]).number("confidence"), ClassID: asLoose(classes[class]).whole("class_id")}
		if n := asText(classes[class]); n != "" { // {"class": 0.9}
			p.Confidence = loose{"": classes[class]}.number("")
		}
		f.Predictions = append(f.Predictions, p)
	}
	if list != nil && len(list) == 0 && l.text("top") != "" {
		f.Predictions = append(f.Predictions, Prediction{Class: l.text("top"), Confidence: l.number("confidence")})
	}
	f.Confidence = max(f.Confidence, l.number("confidence"))
	return true
}

// search looks through a workflow's output for models' answers, pictures and plain values.
func (f *Finding) search(name string, raw json.RawMessage, depth int) {
	if depth > maxNesting || string(raw) == "null" {
		return
	}
	if list := asList(raw); list != nil {
		for _, one := range list {
			f.element(name, one, depth)
		}
		return
	}
	l := asLoose(raw)
	switch {
	case l == nil:
		f.Values[name] = raw
	case l.text("type") == "base64" && l.has("value"):
		f.Image = firstOf(f.Image, l.text("value"))
	case f.take(l):
	default:
		for _, inner := range slices.Sorted(maps.Keys(l)) {
			f.search(inner, l[inner], depth+1)
		}
	}
}

// element reads one item of a list: a prediction that stands there by itself, a model's answer, or a picture.
func (f *Finding) element(name string, raw json.RawMessage, depth int) {
	l := asLoose(raw)
	switch {
	case l.has("class", "class_name") && l.has("confidence"):
		f.Predictions = append(f.Predictions, prediction(l))
	case l != nil || asList(raw) != nil:
		f.search(name, raw, depth+1)
	case f.Values[name] == nil: // a list of plain values keeps its first, whole lists are in the raw body
		f.Values[name] = raw
	}
}

// decided reads a verdict that the workflow gave under one of the usual names.
func (f *Finding) decided() {
	for _, name := range []string{"verdict", "result", "qc_result", "passed", "pass"} {
		if v := ReadVerdict(asTextOrBool(f.Values[name])); v != "" {
			f.Verdict = v
			return
		}
	}
}

func asTextOrBool(raw json.RawMessage) string {
	if s := string(raw); s == "true" || s == "false" {
		return s
	}
	return asText(raw)
}

// ReadVerdict reads a verdict in the words that senders use; empty for one that says nothing.
func ReadVerdict(s string) StepResult {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "pass", "passed", "ok", "good", "true", "accept", "accepted":
		return ResultPass
	case "fail", "failed", "nok", "ng", "bad", "false", "reject", "rejected":
		return ResultFail
	case "undecided", "unknown", "inconclusive", "not_decidable":
		return ResultUndecided
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// pictureOf reads a picture's size, of an object or of the first of a list.
func pictureOf(raw json.RawMessage) Picture {
	l := asLoose(raw)
	if list := asList(raw); len(list) > 0 {
		l = asLoose(list[0])
	}
	size := func(n int) int { return min(max(n, 0), 1<<20) }
	return Picture{Width: size(l.whole("width")), Height: size(l.whole("height"))}
}

// prediction reads one finding. A confidence outside 0 to 1 is cut to it.
func prediction(l loose) Prediction {
	p := Prediction{Class: l.text("class", "class_name"), ClassID: l.whole("class_id"), Confidence: clipped(l.number("confidence")),
		X: l.number("x"), Y: l.number("y"), Width: math.Abs(l.number("width")), Height: math.Abs(l.number("height")),
		Points: points(l.raw("points")), RLE: readRLE(l.object("rle", "rle_mask")),
		Tracker: l.text("tracker_id"), Detection: l.text("detection_id"), Parent: l.text("parent_id")}
	for _, raw := range l.list("keypoints") {
		if k := asLoose(raw); k != nil {
			p.Keypoints = append(p.Keypoints, Keypoint{Class: k.text("class", "class_name"), ClassID: k.whole("class_id", "id"), Confidence: clipped(k.number("confidence")),
				X: k.number("x"), Y: k.number("y")})
		}
	}
	return p
}

func clipped(f float64) float64 { return min(max(f, 0), 1) }

// points reads an outline of {x, y} objects or [x, y] pairs.
func points(raw json.RawMessage) [][2]float64 {
	var out [][2]float64
	for _, one := range asList(raw) {
		if l := asLoose(one); l != nil {
			out = append(out, [2]float64{l.number("x"), l.number("y")})
			continue
		}
		if pair := asList(one); len(pair) == 2 {
			at := loose{"x": pair[0], "y": pair[1]}
			out = append(out, [2]float64{at.number("x"), at.number("y")})
		}
	}
	return out
}

// readRLE reads a mask whose counts are a list or the COCO tools' packed text. One that does not fill its size is left
// out: half a mask would be measured as a small thing.
func readRLE(l loose) *RLE {
	size := l.list("size")
	if len(size) != 2 {
		return nil
	}
	at := loose{"h": size[0], "w": size[1]}
	r := &RLE{Size: [2]int{at.whole("h"), at.whole("w")}}
	if list := l.list("counts"); list != nil {
		for _, n := range list {
			r.Counts = append(r.Counts, loose{"": n}.whole(""))
		}
	} else {
		r.Counts = unpackRLE(l.text("counts"))
	}
	total := 0
	for _, n := range r.Counts {
		if n < 0 || total > 1<<30 {
			return nil
		}
		total += n
	}
	if total == 0 || total != r.Size[0]*r.Size[1] {
		return nil
	}
	return r
}

// unpackRLE reads the packed form: numbers of five bits a letter, least first, the sixth bit telling that more follow;
// from the fourth on each is the difference to the one before the last.
func unpackRLE(s string) []int {
	var out []int
	for i := 0; i < len(s); {
		n, shift, more := 0, 0, true
		for more {
			if i >= len(s) || s[i] < 48 || s[i] > 111 || shift > 40 {
				return nil
			}
			c := int(s[i]) - 48
			i++
			n |= (c & 31) << shift
			shift += 5
			more = c&32 != 0
			if !more && c&16 != 0 {
				n |= -1 << shift
			}
		}
		if len(out) > 2 {
			n += out[len(out)-2]
		}
		out = append(out, n)
	}
	return out
}
