package mes

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// VisionKind says what a result is about.
type VisionKind string

// The kinds. The first five are those of vision events; a cycle tells how long a machine or a person took, or how many
// pieces went by.
const (
	VisionQuality  VisionKind = "quality_check"
	VisionCount    VisionKind = "inventory_count"
	VisionSafety   VisionKind = "safety_alert"
	VisionFeedback VisionKind = "operator_feedback"
	VisionCustom   VisionKind = "custom"
	VisionCycle    VisionKind = "cycle"
)

// VisionKinds lists all of them.
var VisionKinds = []VisionKind{VisionQuality, VisionCount, VisionSafety, VisionFeedback, VisionCustom, VisionCycle}

// MaxEvents is the most events of one batch.
const MaxEvents = 100

// ReadVisionEvent reads a vision event as Roboflow's blocks write it, for the local event store (event_schema, event_data,
// pictures in base64) and for the cloud (eventType, eventData). What it knows is taken, all else stays in the body. The
// MES needs to know which camera, lot and step an event is about: they come from custom_metadata (camera, lot, step,
// operation, model, key), else the camera from device_id or stream_id, and the lot from externalId.
func ReadVisionEvent(raw []byte) (VisionResult, Finding, error) {
	var f Faults
	l := asLoose(raw)
	f.Check(l != nil, "body", "is not a JSON object")
	kind := VisionKind(l.text("event_schema", "eventType", "event_type", "eventSchema"))
	f.Check(l == nil || slices.Contains(VisionKinds, kind), "event_schema", "must be one of %v", VisionKinds)
	if err := f.Err("The event was not stored."); err != nil {
		return VisionResult{}, Finding{}, err
	}
	data, meta := l.object("event_data", "eventData", "fields"), l.object("custom_metadata", "customMetadata", "metadata")
	found := annotations(l)
	found.Model = firstOf(meta.text("model", "model_id"), found.Model)
	v := VisionResult{Kind: kind, Key: firstOf(meta.text("key", "shot"), l.text("eventId", "event_id"), found.Inference), Event: true,
		Camera:    firstOf(meta.text("camera", "camera_id"), l.text("camera", "device_id", "deviceId", "stream_id", "streamId"), l.text("solution", "useCaseId")),
		Lot:       firstOf(meta.text("lot", "serial", "serial_number"), data.text("lot", "externalId", "external_id")),
		Operation: meta.text("operation"), Step: meta.text("step"), Shot: max(meta.whole("shot_number"), 0),
		Model: found.Model, Related: data.text("relatedEventId", "related_event_id"),
		CapturedAt: l.time("inference_timestamp", "timestamp", "capturedAt")}
	v.Verdict = ReadVerdict(asTextOrBool(data.raw("result", "verdict")))
	v.Confidence = FromFloat(clipped(found.Confidence))
	if data.has("confidence") {
		v.Confidence = FromFloat(clipped(data.number("confidence")))
	}
	v.Code = firstOf(data.text("alertType", "alert_type", "itemType", "item_type", "code", "defect", "feedback"))
	v.Severity = data.text("severity")
	v.Measured = together(data, meta)
	v.Predictions, v.Picture = found.Predictions, found.Picture
	checkPredictions(&f, "images", v.Predictions)
	return v, found, f.Err("The event was not stored.")
}

// ReadVisionEvents reads a batch: {"events": […]} or a plain list.
func ReadVisionEvents(raw []byte) ([]json.RawMessage, error) {
	list := asList(raw)
	if list == nil {
		list = asLoose(raw).list("events")
	}
	var f Faults
	f.Check(len(list) > 0, "events", "holds no event")
	f.Check(len(list) <= MaxEvents, "events", "holds more than %d events", MaxEvents)
	return list, f.Err("None of the events was stored.")
}

// annotations reads the pictures of an event with what was found in them. The first picture's input is taken, since the
// output may be drawn over.
func annotations(event loose) Finding {
	var out Finding
	images := event.list("images")
	if one := event.raw("image"); images == nil && one != nil {
		images = []json.RawMessage{one}
	}
	if len(images) > 0 { // a block leaves empty lists out: nothing was found, which is a result
		out.Predictions = []Prediction{}
	}
	for _, raw := range images {
		image := asLoose(raw)
		out.Image = firstOf(out.Image, image.text("inputBase64Image", "input_base64_image"), image.text("base64Image", "base64_image", "base64", "value"))
		if out.Picture == (Picture{}) {
			out.Picture = pictureOf(raw)
		}
		out.Inference = firstOf(out.Inference, image.text("inference_id", "inferenceId"))
		from := image
		if inner := image.object("annotations"); inner != nil {
			from = inner
		}
		for _, name := range []string{"objectDetections", "object_detections", "instanceSegmentations", "instance_segmentations", "keypoints", "classifications", "predictions", "annotations"} {
			for _, one := range from.list(name) {
				if p := asLoose(one); p != nil {
					out.Predictions = append(out.Predictions, prediction(p))
				}
			}
		}
	}
	if answer := event.object("predictions", "inference"); answer != nil {
		out.take(answer)
	}
	out.Inference = firstOf(out.Inference, event.text("inference_id", "inferenceId"))
	out.Model = firstOf(out.Model, event.text("model_id", "modelId", "model"), versioned(event.text("workflow_id", "workflowId"), event.text("workflow_version", "workflowVersion")))
	for _, p := range out.Predictions {
		out.Confidence = max(out.Confidence, p.Confidence)
	}
	return out
}

func versioned(id, version string) string {
	if id == "" || version == "" {
		return id
	}
	return id + "/" + version
}

// together joins what an event says about itself into one object; nil when it says nothing.
func together(parts ...loose) json.RawMessage {
	all := loose{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	if len(all) == 0 {
		return nil
	}
	out, err := json.Marshal(all)
	if err != nil {
		return nil
	}
	return out
}

// Captured is when the picture was taken, within what can be true: a sender's clock may be wrong by a day, not by a year.
func (v VisionResult) Captured(now time.Time) time.Time {
	if v.CapturedAt.IsZero() || v.CapturedAt.After(now.Add(24*time.Hour)) || v.CapturedAt.Before(now.AddDate(-1, 0, 0)) {
		return now
	}
	return v.CapturedAt
}
