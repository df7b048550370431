package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) visionRoutes() {
	handle(s, route{Method: "POST", Path: "/vision/results", ID: "reportVision", Group: "vision", Right: policies.VisionReport, Judged: true, Status: http.StatusCreated,
		Body: s.Limits.VisionBody, Pictures: true, Short: "Report a camera's verdict, with its picture",
		Long:    "Stored at once, worked on after. The same key from the same camera is stored once: a repetition answers 200 and changes nothing. A lot or step that is not known is kept and shown.",
		Answers: again[mes.VisionReceipt](s)}, s.reportVision)
	handle(s, route{Method: "POST", Path: "/vision/roboflow", ID: "reportRoboflow", Group: "vision", Right: policies.VisionReport, Judged: true, Status: http.StatusCreated,
		Body: s.Limits.VisionBody, Pictures: true, Foreign: true, Short: "Report what an inference server answered, as it is",
		Long:    "The body of a Roboflow model's answer (detection, segmentation, keypoints, classification) or of a workflow run. Each picture is a result of its own. The verdict is the workflow's own, or that of the inspection rule in force for the camera.",
		Answers: again[RoboflowReceipts](s)}, s.reportRoboflow)
	handle(s, route{Method: "GET", Path: "/vision/results", ID: "listVision", Group: "vision", Right: policies.VisionRead, Table: true,
		Short: "Verdicts, newest first"}, s.listVision)
	handle(s, route{Method: "GET", Path: "/vision/results/{id}", ID: "getVision", Group: "vision", Right: policies.VisionRead, Short: "One verdict"},
		func(ctx context.Context, in *visionPath) (*one[mes.VisionView], error) {
			return answer(s.Visions.Get(ctx, requestOf(ctx).who.Site, in.ID))
		})
	handle(s, route{Method: "GET", Path: "/vision/results/{id}/body", ID: "getVisionBody", Group: "vision", Right: policies.VisionRead,
		Short: "The body that a verdict came in, with the hash of each picture in its place"}, s.visionBody)
	handle(s, route{Method: "GET", Path: "/vision/cameras", ID: "listVisionCameras", Group: "vision", Right: policies.VisionRead, Short: "What is settled for each camera"},
		func(ctx context.Context, _ *struct{}) (*one[[]mes.VisionCamera], error) {
			return answer(s.Cameras.Cameras(ctx, requestOf(ctx).who.Site))
		})
	handle(s, route{Method: "PUT", Path: "/vision/cameras/{camera}", ID: "putVisionCamera", Group: "vision", Right: policies.VisionSettle, Command: true, Noun: "device",
		Short: "Settle whether a camera's pictures are kept", Long: "Pictures of a camera that watches people are not stored unless somebody decides so."}, s.putVisionCamera)
	s.raw(route{Method: "POST", Path: "/v2/events", ID: routeVisionEvents, Right: policies.VisionReport, Judged: true, Body: s.Limits.VisionBody, Pictures: true, APIKey: true}, s.visionEvent)
	s.raw(route{Method: "POST", Path: "/v2/events/batch", ID: routeVisionEvents, Right: policies.VisionReport, Judged: true, Body: s.Limits.VisionBody, Pictures: true, APIKey: true}, s.visionEventBatch)
}

type visionPath struct {
	ID string `path:"id" maxLength:"100"`
}

type visionListInput struct {
	ListInput
	Lot    string         `query:"lot" maxLength:"64"`
	Camera string         `query:"camera" maxLength:"64"`
	Match  mes.Match      `query:"match"`
	Kind   mes.VisionKind `query:"kind"`
}

func (s *Server) listVision(ctx context.Context, in *visionListInput) (*one[mes.Page[mes.VisionView]], error) {
	f := mes.VisionFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Lot: in.Lot, Camera: in.Camera, Match: in.Match, Kind: in.Kind}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.VisionView], error) { return s.Visions.List(ctx, f) })
}

// NewVision is a camera's answer.
type NewVision struct {
	Key          string           `json:"key,omitempty" maxLength:"128" doc:"The sender's own identity of the result: shot or inference ID. Left out, it is made of the content."`
	Kind         mes.VisionKind   `json:"kind,omitempty" doc:"What the result is about; left out, a quality_check. Only that needs lot, step and verdict."`
	Camera       string           `json:"camera" maxLength:"64"`
	Lot          string           `json:"lot,omitempty" maxLength:"64"`
	Operation    string           `json:"operation,omitempty" maxLength:"64"`
	Step         string           `json:"step,omitempty" maxLength:"64"`
	Shot         int              `json:"shot,omitempty" minimum:"0" doc:"Which picture of the step this is, from 1."`
	Verdict      string           `json:"verdict,omitempty" enum:"pass,fail,undecided"`
	Confidence   Amount           `json:"confidence,omitzero" doc:"0 to 1."`
	Model        string           `json:"model,omitempty" maxLength:"200" doc:"Model and version, like bead-seg/7."`
	ModelVersion string           `json:"model_version,omitempty" maxLength:"100" doc:"Left out, what stands after the last / or @ of model."`
	Code         string           `json:"code,omitempty" maxLength:"200" doc:"The defect, the danger or the thing that was counted."`
	Severity     string           `json:"severity,omitempty" maxLength:"50"`
	Related      string           `json:"related,omitempty" maxLength:"128" doc:"The result that a person's feedback is about."`
	Image        string           `json:"image,omitempty" format:"byte" doc:"PNG or JPEG in base64, at most 8 MiB of picture."`
	Picture      *mes.Picture     `json:"picture,omitempty" doc:"Its size in pixels, where no picture is sent."`
	Boxes        []VisionBox      `json:"boxes,omitempty" maxItems:"1000" doc:"What the model found. An empty list is a result, too."`
	Predictions  []mes.Prediction `json:"predictions,omitempty" maxItems:"5000" doc:"What the model found, with outlines, masks and keypoints."`
	Measured     json.RawMessage  `json:"measured,omitempty" doc:"What the model measured, in the sender's own form."`
	CapturedAt   *time.Time       `json:"captured_at,omitempty" doc:"Left out, it is the time of arrival."`
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

// result is the answer in the plant's words. A list that was sent empty stays one: nothing was found.
func (b NewVision) result(r *request) mes.VisionResult {
	v := mes.VisionResult{Key: b.Key, Kind: b.Kind, Site: r.who.Site, Camera: b.Camera, Lot: b.Lot, Operation: b.Operation, Step: b.Step, Shot: b.Shot,
		Verdict: mes.StepResult(b.Verdict), Confidence: b.Confidence.Decimal, Model: b.Model, ModelVersion: b.ModelVersion, Code: b.Code, Severity: b.Severity,
		Related: b.Related, Predictions: b.Predictions, Measured: b.Measured, Source: r.who.ID, Body: r.cut.Body, Way: mes.WayREST}
	if b.CapturedAt != nil {
		v.CapturedAt = b.CapturedAt.UTC()
	}
	if b.Picture != nil {
		v.Picture = *b.Picture
	}
	if b.Boxes != nil && v.Predictions == nil {
		v.Predictions = make([]mes.Prediction, len(b.Boxes))
		for i, box := range b.Boxes {
			v.Predictions[i] = mes.Prediction{X: box.X, Y: box.Y, Width: box.Width, Height: box.Height, Class: box.Class, Confidence: box.Confidence}
		}
	}
	return v
}

type reportVisionInput struct {
	Way  mes.VisionWay `query:"way" doc:"How the edge got it from the camera: mqtt or opcua."`
	Body NewVision
}

func (s *Server) reportVision(ctx context.Context, in *reportVisionInput) (*made[mes.VisionReceipt], error) {
	r := requestOf(ctx)
	v := in.Body.result(r)
	if in.Way == mes.WayMQTT || in.Way == mes.WayOPCUA {
		v.Way, v.Event = in.Way, true // a camera can't be asked for what it did not say
	}
	if v.CapturedAt.IsZero() {
		v.CapturedAt = s.Now().UTC()
	}
	got, err := s.ingest(ctx, []mes.VisionResult{v}, []string{in.Body.Image}, "")
	if err != nil {
		return nil, err
	}
	out := &made[mes.VisionReceipt]{Status: http.StatusCreated, Body: got[0]}
	if got[0].Match == mes.MatchDuplicate {
		out.Status = http.StatusOK
	}
	return out, nil
}

// ingest brings results through the one door, all or none: their fields are judged first, then who sends them, then they
// are stored. images are what their bodies say of pictures, at is where a fault of the n-th is found.
func (s *Server) ingest(ctx context.Context, list []mes.VisionResult, images []string, at string) ([]mes.VisionReceipt, error) {
	r := requestOf(ctx)
	var f mes.Faults
	for n := range list {
		prefix := ""
		if at != "" {
			prefix = fmt.Sprintf(at, n)
		}
		v := &list[n]
		why := s.attach(v, r.cut, images[n])
		f.Check(why == "", prefix+"image", "%s", why)
		f = append(f, fieldsUnder(prefix, v.Completed().Validate())...)
	}
	if err := f.Err("The vision result was not stored."); err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	for _, v := range list {
		if asked[v.Camera] {
			continue
		}
		asked[v.Camera] = true
		if err := s.decideFromDevice(ctx, v.Camera); err != nil {
			return nil, err
		}
	}
	out := make([]mes.VisionReceipt, len(list))
	for n, v := range list {
		var err error
		if out[n], err = s.Vision.Ingest(ctx, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fieldsUnder gives the refused fields of a part of the body.
func fieldsUnder(prefix string, err error) (out []mes.FieldError) {
	var rules *mes.Error
	if errors.As(err, &rules) {
		for _, one := range rules.Fields {
			out = append(out, mes.FieldError{Field: prefix + one.Field, Message: one.Message})
		}
	}
	return out
}

// attach puts the picture to the result and says what is wrong with it.
func (s *Server) attach(v *mes.VisionResult, cut mes.Cut, image string) (why string) {
	picture, err := cut.Picture(image)
	if err != nil {
		return err.Error()
	}
	if len(picture) == 0 {
		return ""
	}
	if len(picture) > s.Limits.Image {
		return fmt.Sprintf("is larger than %d MiB", s.Limits.Image>>20)
	}
	kind, size, why := mes.ReadPicture(picture)
	if why != "" {
		return why
	}
	v.Image, v.ImageType, v.Picture = picture, kind, size
	if _, hashed := cut.Pictures[image]; hashed {
		v.ImageHash = mes.HashInMark(image)
	}
	return ""
}

// RoboflowReceipts is the answer for each picture of a body, in its order.
type RoboflowReceipts struct {
	Receipts []mes.VisionReceipt `json:"receipts"`
}

type reportRoboflowInput struct {
	Camera    string         `query:"camera" required:"true" maxLength:"64"`
	Lot       string         `query:"lot" maxLength:"64"`
	Operation string         `query:"operation" maxLength:"64"`
	Step      string         `query:"step" maxLength:"64" doc:"Left out, it is the step at which the lot waits for this camera."`
	Shot      int            `query:"shot" minimum:"0"`
	Key       string         `query:"key" maxLength:"120" doc:"Left out, it is the body's inference_id, else its first detection_id, else made of the body."`
	Kind      mes.VisionKind `query:"kind"`
	Model     string         `query:"model" maxLength:"200"`
	Way       mes.VisionWay  `query:"way" doc:"How the edge got it from the camera: mqtt."`
}

func (s *Server) reportRoboflow(ctx context.Context, in *reportRoboflowInput) (*made[RoboflowReceipts], error) {
	r := requestOf(ctx)
	found, err := mes.ReadRoboflow(r.cut.Body)
	if err != nil {
		return nil, err
	}
	way := mes.WayRoboflow
	if in.Way == mes.WayMQTT {
		way = in.Way
	}
	list, images := make([]mes.VisionResult, len(found)), make([]string, len(found))
	for n, f := range found {
		list[n] = f.Result(mes.VisionResult{Kind: in.Kind, Site: r.who.Site, Camera: in.Camera, Lot: in.Lot, Operation: in.Operation, Step: in.Step, Shot: in.Shot,
			Key: in.Key, Model: in.Model, Source: r.who.ID, Body: r.cut.Body, Way: way}, n)
		images[n] = f.Image
	}
	got, err := s.ingest(ctx, list, images, "answers[%d].")
	if err != nil {
		return nil, err
	}
	out := &made[RoboflowReceipts]{Status: http.StatusOK, Body: RoboflowReceipts{Receipts: got}}
	for _, one := range got {
		if one.Match != mes.MatchDuplicate {
			out.Status = http.StatusCreated
		}
	}
	return out, nil
}

type rawAnswer struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Body        []byte
}

func (s *Server) visionBody(ctx context.Context, in *visionPath) (*rawAnswer, error) {
	b, err := s.Visions.Raw(ctx, requestOf(ctx).who.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return &rawAnswer{ContentType: "application/json", ETag: `"` + b.Hash + `"`, Body: b.Body}, nil
}

// SettleCamera is what shall hold for a camera.
type SettleCamera struct {
	Keep    *bool  `json:"keep_pictures,omitempty" doc:"Left out: all pictures but those of dangers, and none of a camera that watches people."`
	Safety  bool   `json:"safety" doc:"It watches people."`
	Version int    `json:"version" minimum:"0" doc:"That was read; 0 the first time."`
	Reason  string `json:"reason" minLength:"1" maxLength:"1000"`
}

type putVisionCameraInput struct {
	Camera string `path:"camera" maxLength:"64"`
	Body   SettleCamera
}

func (s *Server) putVisionCamera(ctx context.Context, in *putVisionCameraInput) (*one[mes.VisionCamera], error) {
	r := requestOf(ctx)
	c := mes.VisionCamera{Camera: in.Camera, Keep: in.Body.Keep, Safety: in.Body.Safety, Version: in.Body.Version}
	return answer(s.Cameras.PutCamera(ctx, r.actor(), r.who.Site, c, in.Body.Reason))
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
