package mes

import (
	"context"
	"encoding/json"
	"time"
)

// Box is one thing that a model found. X and Y are the box's centre in pixels, as Roboflow and most detectors say it.
type Box struct {
	X          float64 `json:"x"`
	Y          float64 `json:"y"`
	Width      float64 `json:"width"`
	Height     float64 `json:"height"`
	Class      string  `json:"class"`
	Confidence float64 `json:"confidence"`
}

// VisionResult is a camera's answer as it arrived.
type VisionResult struct {
	// Key is the sender's own identity of the result (shot, inference ID); one key is stored once per camera.
	Key        string          `json:"key"`
	Site       string          `json:"site"`
	Camera     string          `json:"camera"`
	Lot        string          `json:"lot"`
	Operation  string          `json:"operation,omitempty"`
	Step       string          `json:"step"`
	Shot       int             `json:"shot,omitempty"`
	Verdict    StepResult      `json:"verdict"` // pass, fail or undecided
	Confidence Decimal         `json:"confidence"`
	Model      string          `json:"model"`
	Boxes      []Box           `json:"boxes,omitempty"`
	Measured   json.RawMessage `json:"measured,omitempty"`
	CapturedAt time.Time       `json:"captured_at"`
	Image      []byte          `json:"-"`
	ImageType  string          `json:"-"`
	Source     string          `json:"source"` // who sent it: account or device
}

// Match says what a stored result meant for the plant when it arrived.
type Match string

// The matches.
const (
	MatchWaiting   Match = "matched"   // the lot waits for it; its workflow is told
	MatchLate      Match = "late"      // the lot has moved on; anything but a pass stops it
	MatchDuplicate Match = "duplicate" // stored before; nothing changes
	MatchUnknown   Match = "unknown"   // no such lot or step; kept and shown
)

// VisionReceipt is the answer to the sender.
type VisionReceipt struct {
	ID    string `json:"id"`
	Match Match  `json:"match"`
	Image string `json:"image,omitempty"` // hash
}

// Validate names every field that can't be used. Lot and step may be unknown; they may not be missing.
func (v VisionResult) Validate() error {
	var f Faults
	f.Check(v.Camera != "", "camera", "is missing")
	f.Check(v.Lot != "", "lot", "is missing")
	f.Check(v.Step != "", "step", "is missing")
	f.Check(v.Verdict == ResultPass || v.Verdict == ResultFail || v.Verdict == ResultUndecided, "verdict", "must be pass, fail or undecided")
	f.Check(!v.Confidence.IsNegative() && v.Confidence.LessThanOrEqual(One), "confidence", "must be from 0 to 1")
	f.Check(len(v.Lot) <= 64, "lot", "is longer than 64 characters")
	f.Check(len(v.Step) <= 64, "step", "is longer than 64 characters")
	f.Check(len(v.Key) <= 128, "key", "is longer than 128 characters")
	return f.Err("The vision result was not stored.")
}

// VisionLedger stores results once, and in the same transaction decides what they mean and queues the signal to the
// lot's workflow.
type VisionLedger interface {
	Ingest(ctx context.Context, v VisionResult) (VisionReceipt, error)
}
