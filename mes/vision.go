package mes

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// VisionResult is what a camera or its inference server answered, as it arrived.
type VisionResult struct {
	// Key is the sender's own identity of the result (shot, inference ID); one key is stored once per camera.
	Key    string     `json:"key"`
	Kind   VisionKind `json:"kind"`
	Site   string     `json:"site"`
	Camera string     `json:"camera"`
	// Lot and Step say what the picture shows. An event may come without: it is kept and shown all the same.
	Lot       string `json:"lot"`
	Operation string `json:"operation,omitempty"`
	Step      string `json:"step"`
	Shot      int    `json:"shot,omitempty"`
	// Verdict is the sender's own: pass, fail or undecided; empty where it only tells what it found.
	Verdict      StepResult `json:"verdict"`
	Confidence   Decimal    `json:"confidence"`
	Model        string     `json:"model"`
	ModelVersion string     `json:"model_version,omitempty"`
	// Code names the defect, the danger or the thing that was counted, where the sender has a word for it.
	Code        string          `json:"code,omitempty"`
	Severity    string          `json:"severity,omitempty"`
	Related     string          `json:"related,omitempty"` // the result that a person's feedback is about
	Predictions []Prediction    `json:"predictions,omitempty"`
	Picture     Picture         `json:"picture"`
	Measured    json.RawMessage `json:"measured,omitempty"`
	CapturedAt  time.Time       `json:"captured_at"`
	Image       []byte          `json:"-"`
	ImageType   string          `json:"-"`
	ImageHash   string          `json:"-"`      // where it was taken already, else empty
	Source      string          `json:"source"` // who sent it: account or device
	// Event marks what came as an event: its sender can't ask for a lot or step before it tells.
	Event bool `json:"event,omitempty"`
	// Body is what was sent, with its pictures cut out; Way tells how.
	Body []byte    `json:"-"`
	Way  VisionWay `json:"way"`
}

// VisionWay is how a result came in.
type VisionWay string

// The ways. All of them lead through VisionLedger.
const (
	WayREST     VisionWay = "rest"
	WayRoboflow VisionWay = "roboflow"
	WayEvents   VisionWay = "events"
	WayMQTT     VisionWay = "mqtt"
	WayOPCUA    VisionWay = "opcua"
	WaySQL      VisionWay = "sql"
)

// VisionWays lists all of them.
var VisionWays = []VisionWay{WayREST, WayRoboflow, WayEvents, WayMQTT, WayOPCUA, WaySQL}

// RuleVerdict is what the inspection rule in force said of a picture. Where there is one, it counts.
type RuleVerdict struct {
	Rule       string        `json:"rule"` // document ID
	Revision   string        `json:"revision"`
	Verdict    StepResult    `json:"verdict"`
	Confidence Decimal       `json:"confidence"`
	Why        string        `json:"why,omitempty"`
	Checks     []CheckResult `json:"checks"`
}

// Match says what a stored result meant for the plant when it arrived.
type Match string

// The matches.
const (
	MatchWaiting   Match = "matched"   // the lot waits for it; its workflow is told
	MatchLate      Match = "late"      // the lot has moved on; anything but a pass stops it
	MatchDuplicate Match = "duplicate" // stored before; nothing changes
	MatchUnknown   Match = "unknown"   // no such lot or step; kept and shown
	MatchKept      Match = "kept"      // about no lot: a danger, a count, a cycle
)

// VisionReceipt is the answer to the sender.
type VisionReceipt struct {
	ID    string `json:"id"`
	Match Match  `json:"match"`
	Image string `json:"image,omitempty"` // hash
}

// Completed fills what follows from the rest: the kind, the model's version, and the verdict of a danger, which is none
// that a person would call a pass unless its sender says so.
func (v VisionResult) Completed() VisionResult {
	if v.Kind == "" {
		v.Kind = VisionQuality
	}
	if i := strings.LastIndexAny(v.Model, "/@"); v.ModelVersion == "" && i > 0 {
		v.ModelVersion = v.Model[i+1:]
	}
	if v.Kind == VisionSafety && v.Verdict == "" {
		v.Verdict = ResultFail
	}
	if v.Key == "" && len(v.Predictions) > 0 {
		v.Key = v.Predictions[0].Detection
	}
	return v
}

// Validate names every field that can't be used. Lot and step may be unknown; they may be missing only in an event, or
// where the result is about no lot.
func (v VisionResult) Validate() error {
	var f Faults
	placed := (v.Kind == "" || v.Kind == VisionQuality) && !v.Event
	f.Check(v.Camera != "", "camera", "is missing")
	f.Check(v.Lot != "" || !placed, "lot", "is missing")
	f.Check(v.Step != "" || !placed, "step", "is missing")
	f.Check(v.Kind == "" || slices.Contains(VisionKinds, v.Kind), "kind", "must be one of %v", VisionKinds)
	told := v.Verdict == ResultPass || v.Verdict == ResultFail || v.Verdict == ResultUndecided
	f.Check(told || v.Verdict == "" && !placed, "verdict", "must be pass, fail or undecided")
	f.Check(!v.Confidence.IsNegative() && v.Confidence.LessThanOrEqual(One), "confidence", "must be from 0 to 1")
	for _, c := range []struct {
		field, text string
		most        int
	}{{"camera", v.Camera, 64}, {"lot", v.Lot, 64}, {"operation", v.Operation, 64}, {"step", v.Step, 64}, {"key", v.Key, 128}, {"model", v.Model, 200},
		{"model_version", v.ModelVersion, 100}, {"code", v.Code, 200}, {"severity", v.Severity, 50}, {"related", v.Related, 128}} {
		f.Check(utf8.RuneCountInString(c.text) <= c.most, c.field, "is longer than %d characters", c.most)
		f.Check(utf8.ValidString(c.text) && !strings.ContainsRune(c.text, 0), c.field, "holds bytes that are no text")
	}
	checkPredictions(&f, "predictions", v.Predictions)
	return f.Err("The vision result was not stored.")
}

// Counts is the verdict that the plant goes by, before a step's threshold: the rule's where there is one, else the
// sender's. Who decides nothing has not passed anything.
func (v VisionResult) Counts(rule *RuleVerdict) (StepResult, Decimal) {
	switch {
	case rule != nil:
		return rule.Verdict, rule.Confidence
	case v.Verdict == "" && v.Kind == VisionQuality:
		return ResultUndecided, v.Confidence
	}
	return v.Verdict, v.Confidence
}

// DefectCode is the code under which a failed result counts: the sender's word, else the class of the surest finding that
// the rule did not want, else of the surest finding.
func (v VisionResult) DefectCode(rule *RuleVerdict) string {
	if v.Code != "" {
		return v.Code
	}
	if rule != nil {
		for _, c := range rule.Checks {
			if c.Result == ResultFail {
				return c.Class
			}
		}
	}
	best := Prediction{Confidence: -1}
	for _, p := range v.Predictions {
		if p.Confidence > best.Confidence {
			best = p
		}
	}
	return best.Class
}

// VisionLedger stores results once, and in the same transaction decides what they mean and queues the signal to the
// lot's workflow.
type VisionLedger interface {
	Ingest(ctx context.Context, v VisionResult) (VisionReceipt, error)
}
