package mes_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// Bodies in the form in which inference servers send them.
const (
	detection = `{"visualization":null,"inference_id":"0c1d-7","frame_id":null,"time":0.041,"image":{"width":640,"height":480},"predictions":[
		{"x":189.5,"y":100.0,"width":163.0,"height":186.0,"confidence":0.95,"class":"gap","class_confidence":null,"class_id":3,"tracker_id":7,"detection_id":"d-1","parent_id":"root"},
		{"x":1,"y":2,"width":3,"height":4,"confidence":0.5,"class":"bead","class_id":1}]}`
	segmentation = `{"image":[{"width":100,"height":50}],"inference_id":null,"predictions":[{"x":5,"y":5,"width":4,"height":4,"confidence":0.9,"class":"bead","class_id":0,
		"points":[{"x":3,"y":3},{"x":7,"y":3},{"x":7,"y":7}],"detection_id":"seg-1"}]}`
	masked     = `{"image":{"width":3,"height":2},"predictions":[{"x":1,"y":1,"width":2,"height":2,"confidence":0.9,"class":"bead","rle":{"size":[2,3],"counts":[1,2,3]}}]}`
	packedMask = `{"image":{"width":3,"height":2},"predictions":[{"x":1,"y":1,"width":2,"height":2,"confidence":0.9,"class":"bead","rle":{"size":[2,3],"counts":"123"}}]}`
	keypoints  = `{"image":{"width":9,"height":9},"predictions":[{"x":1,"y":1,"width":2,"height":2,"confidence":0.9,"class":"hand","keypoints":[{"x":1.5,"y":2.5,"confidence":0.8,"class_id":4,"class":"thumb"}]}]}`
	multiClass = `{"inference_id":"mc","image":{"width":10,"height":10},"predictions":[{"class":"good","class_id":0,"confidence":0.93},{"class":"bad","class_id":1,"confidence":0.07}],"top":"good","confidence":0.93}`
	multiLabel = `{"inference_id":"ml","image":{"width":10,"height":10},"predictions":{"helmet":{"confidence":0.9,"class_id":2},"vest":{"confidence":0.2,"class_id":5}},"predicted_classes":["helmet"]}`
	workflow   = `{"outputs":[{"count":3,"result":"fail","serial":"U-7","model_predictions":{"image":{"width":640,"height":480},"predictions":[{"x":1,"y":2,"width":3,"height":4,"confidence":0.6,"class":"gap","detection_id":"w-1","inference_id":"wf-9"}]},
		"annotated":{"type":"base64","value":"iVBORw0KGgo=","video_metadata":{"frame_number":1}},"crops":[{"inference_id":"crop-1","image":{"width":5,"height":5},"predictions":[{"class":"dirty","confidence":0.8}],"top":"dirty","confidence":0.8}],"nothing":null}],"profiler_trace":[]}`
	nothing = `{"inference_id":"empty","image":{"width":640,"height":480},"predictions":[]}`
)

func TestRoboflowAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []mes.Finding
	}{
		"detection": {detection, []mes.Finding{{Inference: "0c1d-7", Picture: mes.Picture{Width: 640, Height: 480}, Predictions: []mes.Prediction{
			{Class: "gap", ClassID: 3, Confidence: 0.95, X: 189.5, Y: 100, Width: 163, Height: 186, Tracker: "7", Detection: "d-1", Parent: "root"},
			{Class: "bead", ClassID: 1, Confidence: 0.5, X: 1, Y: 2, Width: 3, Height: 4}}}}},
		"segmentation": {segmentation, []mes.Finding{{Picture: mes.Picture{Width: 100, Height: 50}, Predictions: []mes.Prediction{
			{Class: "bead", Confidence: 0.9, X: 5, Y: 5, Width: 4, Height: 4, Points: [][2]float64{{3, 3}, {7, 3}, {7, 7}}, Detection: "seg-1"}}}}},
		"mask as a list": {masked, []mes.Finding{{Picture: mes.Picture{Width: 3, Height: 2}, Predictions: []mes.Prediction{
			{Class: "bead", Confidence: 0.9, X: 1, Y: 1, Width: 2, Height: 2, RLE: &mes.RLE{Size: [2]int{2, 3}, Counts: []int{1, 2, 3}}}}}}},
		"mask as text": {packedMask, []mes.Finding{{Picture: mes.Picture{Width: 3, Height: 2}, Predictions: []mes.Prediction{
			{Class: "bead", Confidence: 0.9, X: 1, Y: 1, Width: 2, Height: 2, RLE: &mes.RLE{Size: [2]int{2, 3}, Counts: []int{1, 2, 3}}}}}}},
		"keypoints": {keypoints, []mes.Finding{{Picture: mes.Picture{Width: 9, Height: 9}, Predictions: []mes.Prediction{
			{Class: "hand", Confidence: 0.9, X: 1, Y: 1, Width: 2, Height: 2, Keypoints: []mes.Keypoint{{Class: "thumb", ClassID: 4, Confidence: 0.8, X: 1.5, Y: 2.5}}}}}}},
		"one class of several": {multiClass, []mes.Finding{{Inference: "mc", Confidence: 0.93, Picture: mes.Picture{Width: 10, Height: 10}, Predictions: []mes.Prediction{
			{Class: "good", Confidence: 0.93}, {Class: "bad", ClassID: 1, Confidence: 0.07}}}}},
		"several classes": {multiLabel, []mes.Finding{{Inference: "ml", Picture: mes.Picture{Width: 10, Height: 10}, Predictions: []mes.Prediction{
			{Class: "helmet", ClassID: 2, Confidence: 0.9}, {Class: "vest", ClassID: 5, Confidence: 0.2}}}}},
		"workflow": {workflow, []mes.Finding{{Inference: "crop-1", Confidence: 0.8, Verdict: mes.ResultFail, Image: "iVBORw0KGgo=", Picture: mes.Picture{Width: 5, Height: 5},
			Predictions: []mes.Prediction{{Class: "dirty", Confidence: 0.8}, {Class: "gap", Confidence: 0.6, X: 1, Y: 2, Width: 3, Height: 4, Detection: "w-1"}}}}},
		"nothing found":   {nothing, []mes.Finding{{Inference: "empty", Picture: mes.Picture{Width: 640, Height: 480}}}},
		"several at once": {"[" + nothing + "," + nothing + "]", []mes.Finding{{Inference: "empty", Picture: mes.Picture{Width: 640, Height: 480}}, {Inference: "empty", Picture: mes.Picture{Width: 640, Height: 480}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := mes.ReadRoboflow([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				if name != "workflow" && len(got[i].Values) != 0 {
					t.Errorf("values %v", got[i].Values)
				}
				got[i].Values = nil
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("read\n%+v\nwant\n%+v", got, c.want)
			}
		})
	}
	if r := (mes.RLE{Size: [2]int{2, 3}, Counts: []int{1, 2, 3}}); r.Area() != 2 {
		t.Errorf("area %d", r.Area())
	}
}

func TestBodiesThatAreNoAnswer(t *testing.T) {
	many := `{"predictions":[` + strings.Repeat(`{"class":"a","confidence":1},`, mes.MaxPredictions) + `{"class":"a","confidence":1}]}`
	for name, c := range map[string]struct{ body, want string }{
		"no JSON":       {`{"predictions":`, "is not JSON"},
		"empty object":  {`{}`, "neither predictions nor outputs nor a verdict"},
		"a text":        {`"hello"`, "neither predictions nor outputs nor a verdict"},
		"an empty list": {`[]`, "neither predictions nor outputs nor a verdict"},
		"too many":      {many, "more than 5000"},
	} {
		if _, err := mes.ReadRoboflow([]byte(c.body)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A mask that does not fill its picture, or that no one can read, is left out; the box stays.
func TestHalfAMaskIsNone(t *testing.T) {
	for _, rle := range []string{`{"size":[2,3],"counts":[1,2]}`, `{"size":[2,3],"counts":[-1,7]}`, `{"size":[2],"counts":[6]}`, `{"size":[2,3],"counts":"~~~"}`, `{"size":[100000,100000],"counts":[1]}`, `7`} {
		got, err := mes.ReadRoboflow([]byte(`{"predictions":[{"class":"a","confidence":2,"width":-4,"rle":` + rle + `}]}`))
		if err != nil || got[0].Predictions[0].RLE != nil || got[0].Predictions[0].Confidence != 1 || got[0].Predictions[0].Width != 4 {
			t.Errorf("%s: %+v %v", rle, got, err)
		}
	}
}

func TestVisionEvents(t *testing.T) {
	local := `{"inference_timestamp":"2026-11-02T08:00:00.123456+00:00","solution":"pcb","event_schema":"quality_check","event_data":{"result":"fail","externalId":"U-9"},
		"images":[{"base64Image":"T1VU","inputBase64Image":"SU4=","label":"workflow","objectDetections":[{"class":"gap","x":10,"y":20,"width":4,"height":6,"confidence":0.91}]}],
		"custom_metadata":{"camera":"CAM-30","step":"30-4","model":"bead-seg/7"},"displayImagePosition":0}`
	v, found, err := mes.ReadVisionEvent([]byte(local))
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind != mes.VisionQuality || v.Camera != "CAM-30" || v.Lot != "U-9" || v.Step != "30-4" || v.Verdict != mes.ResultFail || v.Model != "bead-seg/7" || found.Image != "SU4=" || !v.Event ||
		len(v.Predictions) != 1 || v.Predictions[0].Class != "gap" || v.CapturedAt.Nanosecond() != 123456000 || v.Confidence.String() != "0.91" {
		t.Errorf("%+v", v)
	}
	cloud := `{"eventId":"e-1","eventType":"safety_alert","useCaseId":"a1","timestamp":"2026-11-02T08:00:00Z","deviceId":"CAM-40","streamId":"line-3",
		"eventData":{"alertType":"no_hardhat","severity":"high","description":"zone B"},"images":[{"sourceId":"abc","url":"http://169.254.169.254/","classifications":[{"class":"no_hardhat","confidence":0.7}]}]}`
	v, found, err = mes.ReadVisionEvent([]byte(cloud))
	if err != nil {
		t.Fatal(err)
	}
	if v.Key != "e-1" || v.Kind != mes.VisionSafety || v.Camera != "CAM-40" || v.Code != "no_hardhat" || v.Severity != "high" || found.Image != "" || v.Verdict != "" || v.Completed().Verdict != mes.ResultFail {
		t.Errorf("%+v", v)
	}
	for kind, data := range map[mes.VisionKind]string{mes.VisionCount: `{"location":"A","itemCount":42,"itemType":"widget"}`, mes.VisionFeedback: `{"relatedEventId":"e-1","feedback":"incorrect"}`,
		mes.VisionCustom: `{"value":"x"}`, mes.VisionCycle: `{"seconds":12.5}`} {
		v, _, err := mes.ReadVisionEvent([]byte(`{"event_schema":"` + string(kind) + `","event_data":` + data + `,"device_id":"C","images":[]}`))
		if err != nil || v.Validate() != nil || v.Kind != kind || !json.Valid(v.Measured) {
			t.Errorf("%s: %+v %v %v", kind, v, err, v.Validate())
		}
	}
	for _, bad := range []string{`[]`, `{}`, `{"event_schema":"party"}`, `nonsense`} {
		if _, _, err := mes.ReadVisionEvent([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// The block leaves empty lists out: an image without annotations is one on which nothing was found, and that is a result.
func TestAnEventWithoutAnnotationsFoundNothing(t *testing.T) {
	v, _, err := mes.ReadVisionEvent([]byte(`{"event_schema":"quality_check","device_id":"C","event_data":{},"images":[{"base64Image":"T1VU"}]}`))
	if err != nil || v.Predictions == nil || len(v.Predictions) != 0 {
		t.Errorf("%+v %v", v.Predictions, err)
	}
}

// Whatever comes in, reading it neither panics nor gives what the rules can't hold.
func FuzzForeignBodies(f *testing.F) {
	for _, b := range []string{detection, segmentation, masked, packedMask, keypoints, multiClass, multiLabel, workflow, nothing, `{"event_schema":"custom","images":[{"base64Image":"/9j/4AAQSkZJRg=="}]}`} {
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := mes.ReadRoboflow(body)
		if err == nil && len(found) == 0 {
			t.Error("neither findings nor an error")
		}
		for n, one := range found {
			v := one.Result(mes.VisionResult{Camera: "C"}, n)
			if _, err := json.Marshal(v.Predictions); err != nil {
				t.Errorf("can't be stored: %v", err)
			}
			_ = v.Completed().Validate()
			mes.InspectionRule{Checks: []mes.InspectionCheck{{ID: "1", Class: "gap", MinConfidence: mes.One}}}.Judge(v.Predictions, v.Picture)
		}
		if v, _, err := mes.ReadVisionEvent(body); err == nil {
			_ = v.Completed().Validate()
		}
		_, _ = mes.ReadVisionEvents(body)
		cut, err := mes.CutPictures(body, 1<<20)
		if err == nil && json.Valid(body) && !json.Valid(cut.Body) {
			t.Errorf("a body was broken by cutting: %q", cut.Body)
		}
	})
}
