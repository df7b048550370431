package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the two kinds of picture that cameras send
	_ "image/png"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) visionRoutes() {
	handle(s, route{Method: "POST", Path: "/vision/results", ID: "reportVision", Group: "vision", Right: policies.VisionReport, Judged: true, Status: http.StatusCreated,
		Body: s.Limits.VisionBody, Short: "Report a camera's verdict, with its picture",
		Long:    "Stored at once, worked on after. The same key from the same camera is stored once: a repetition answers 200 and changes nothing. A lot or step that is not known is kept and shown.",
		Answers: again[mes.VisionReceipt](s)}, s.reportVision)
	handle(s, route{Method: "GET", Path: "/vision/results", ID: "listVision", Group: "vision", Right: policies.VisionRead, Table: true,
		Short: "Verdicts, newest first"}, s.listVision)
	handle(s, route{Method: "GET", Path: "/vision/results/{id}", ID: "getVision", Group: "vision", Right: policies.VisionRead, Short: "One verdict"},
		func(ctx context.Context, in *visionPath) (*one[mes.VisionView], error) {
			return answer(s.Visions.Get(ctx, requestOf(ctx).who.Site, in.ID))
		})
}

type visionPath struct {
	ID string `path:"id" maxLength:"100"`
}

type visionListInput struct {
	ListInput
	Lot    string    `query:"lot" maxLength:"64"`
	Camera string    `query:"camera" maxLength:"64"`
	Match  mes.Match `query:"match"`
}

func (s *Server) listVision(ctx context.Context, in *visionListInput) (*one[mes.Page[mes.VisionView]], error) {
	f := mes.VisionFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Lot: in.Lot, Camera: in.Camera, Match: in.Match}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.VisionView], error) { return s.Visions.List(ctx, f) })
}

// NewVision is a camera's answer.
type NewVision struct {
	Key        string          `json:"key,omitempty" maxLength:"128" doc:"The sender's own identity of the result: shot or inference ID. Left out, it is made of the content."`
	Camera     string          `json:"camera" maxLength:"64"`
	Lot        string          `json:"lot" maxLength:"64"`
	Operation  string          `json:"operation,omitempty" maxLength:"64"`
	Step       string          `json:"step" maxLength:"64"`
	Shot       int             `json:"shot,omitempty" minimum:"0" doc:"Which picture of the step this is, from 1."`
	Verdict    string          `json:"verdict" enum:"pass,fail,undecided"`
	Confidence Amount          `json:"confidence" doc:"0 to 1."`
	Model      string          `json:"model" maxLength:"200" doc:"Model and version."`
	Image      string          `json:"image,omitempty" format:"byte" doc:"PNG or JPEG in base64, at most 8 MiB of picture."`
	Boxes      []VisionBox     `json:"boxes,omitempty" maxItems:"1000" doc:"What the model found."`
	Measured   json.RawMessage `json:"measured,omitempty" doc:"What the model measured, in the sender's own form."`
	CapturedAt *time.Time      `json:"captured_at,omitempty" doc:"Left out, it is the time of arrival."`
}

// VisionBox is one thing that a model found; x and y are its centre, in pixels.
type VisionBox struct {
	X          float64 `json:"x"`
	Y          float64 `json:"y"`
	Width      float64 `json:"width" minimum:"0"`
	Height     float64 `json:"height" minimum:"0"`
	Class      string  `json:"class" maxLength:"100"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1"`
}

func (s *Server) reportVision(ctx context.Context, in *struct{ Body NewVision }) (*made[mes.VisionReceipt], error) {
	r, b := requestOf(ctx), in.Body
	v := mes.VisionResult{Key: b.Key, Site: r.who.Site, Camera: b.Camera, Lot: b.Lot, Operation: b.Operation, Step: b.Step, Shot: b.Shot, Verdict: mes.StepResult(b.Verdict),
		Confidence: b.Confidence.Decimal, Model: b.Model, Measured: b.Measured, CapturedAt: s.Now().UTC(), Source: r.who.ID}
	if b.CapturedAt != nil {
		v.CapturedAt = b.CapturedAt.UTC()
	}
	for _, box := range b.Boxes {
		v.Boxes = append(v.Boxes, mes.Box(box))
	}
	var f mes.Faults
	var why string
	if v.Image, v.ImageType, why = readPicture(b.Image, s.Limits.Image); why != "" {
		f.Add("image", "%s", why)
	}
	var rules *mes.Error
	if errors.As(v.Validate(), &rules) {
		f = append(f, rules.Fields...)
	}
	if err := f.Err("The vision result was not stored."); err != nil {
		return nil, err
	}
	if err := s.decideFromDevice(ctx, b.Camera); err != nil {
		return nil, err
	}
	got, err := s.Vision.Ingest(ctx, v)
	if err != nil {
		return nil, err
	}
	out := &made[mes.VisionReceipt]{Status: http.StatusCreated, Body: got}
	if got.Match == mes.MatchDuplicate {
		out.Status = http.StatusOK
	}
	return out, nil
}

// decideFromDevice takes a reading only from the program that speaks for the device. What is refused is audited: somebody
// else has a token and uses it for what it is not for.
func (s *Server) decideFromDevice(ctx context.Context, device string) error {
	r := requestOf(ctx)
	owner, err := s.Devices.Owner(ctx, r.who.Site, device)
	if err != nil && mes.CodeOf(err) != mes.CodeNotFound {
		return err
	}
	refused := s.decide(ctx, mes.Case{Device: owner, Kept: "The reading was not stored."})
	if refused == nil {
		return nil
	}
	row := mes.AuditRow{Actor: r.who.ID, Action: "refused", Noun: "device", Subject: device, Reason: refused.Error(), Source: r.from()}
	if err := s.Audits.Append(ctx, row); err != nil {
		return err
	}
	return refused
}

// readPicture decodes a picture and finds its type by its own bytes; what a sender calls it does not count. why says
// what is wrong with it.
func readPicture(b64 string, limit int) (picture []byte, kind, why string) {
	if b64 == "" {
		return nil, "", ""
	}
	if base64.StdEncoding.DecodedLen(len(b64)) > limit+2 {
		return nil, "", fmt.Sprintf("is larger than %d MiB", limit>>20)
	}
	picture, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return nil, "", "is not base64"
	}
	if len(picture) > limit {
		return nil, "", fmt.Sprintf("is larger than %d MiB", limit>>20)
	}
	if _, format, err := image.DecodeConfig(bytes.NewReader(picture)); err == nil {
		return picture, "image/" + format, ""
	}
	return nil, "", "is neither a PNG nor a JPEG picture"
}
