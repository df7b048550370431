package devices

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Verdict is a camera's judgement of one picture. The judgement that counts is made by the inspection's rule.
type Verdict string

// The three verdicts. Everything that is not a clear pass or fail is undecided; silence is none of them.
const (
	Pass      Verdict = "pass"
	Fail      Verdict = "fail"
	Undecided Verdict = "undecided"
)

// Prediction is one object that the model found. X and Y are the box's centre in pixels.
type Prediction = mes.Prediction

// CameraResult is what a camera reports about one shot.
type CameraResult struct {
	Shot      string  `json:"shot"`
	Seq       uint64  `json:"seq"`
	Camera    string  `json:"camera"`
	Lot       string  `json:"lot"`
	Operation string  `json:"operation,omitempty"`
	Step      string  `json:"step"`
	Verdict   Verdict `json:"verdict"`
	// Confidence is 0 to 1.
	Confidence   float64            `json:"confidence"`
	Model        string             `json:"model"`
	Measurements map[string]float64 `json:"measurements,omitempty"`
	Predictions  []Prediction       `json:"predictions"`
	CapturedAt   time.Time          `json:"captured_at"`
	// Image is a PNG or JPEG; in JSON it is base64.
	Image []byte `json:"image,omitempty"`
	// Kind says what the result is about; empty is a quality check.
	Kind mes.VisionKind `json:"kind,omitempty"`
	Code string         `json:"code,omitempty"` // of the defect
	// Foreign is the payload of an inference server as it came; the fields above then only say what stands outside it.
	Foreign []byte `json:"-"`
}

// DecodeResult reads a camera's JSON. Unknown fields are ignored, an unknown verdict becomes Undecided, and a message
// without camera and shot is refused, since nothing could be joined to it.
func DecodeResult(b []byte) (CameraResult, error) {
	var r CameraResult
	if err := json.Unmarshal(b, &r); err != nil {
		return CameraResult{}, fmt.Errorf("read camera result: %w", err)
	}
	if r.Camera == "" || (r.Shot == "" && r.Seq == 0) {
		return CameraResult{}, fmt.Errorf("read camera result: camera and shot or seq are needed")
	}
	if r.Verdict != Pass && r.Verdict != Fail {
		r.Verdict = Undecided
	}
	return r, nil
}

// Key names the result for de-duplication: by camera and shot, else by camera and sequence number.
func (r CameraResult) Key() string {
	if r.Shot != "" {
		return r.Camera + "/" + r.Shot
	}
	return fmt.Sprintf("%s/#%d", r.Camera, r.Seq)
}
