package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func verdictItem(id string, v mes.StepResult, change ...func(*mes.ReviewItem)) mes.ReviewItem {
	i := mes.ReviewItem{VisionView: mes.VisionView{ID: id, Camera: "CAM-30", Lot: "L-1", Operation: "30", Step: "30-4", Verdict: v, Image: "h1", Picture: &mes.Picture{Width: 40, Height: 20},
		Predictions: []mes.Prediction{{Class: "gap", Confidence: 0.7, X: 10, Y: 10, Width: 4, Height: 2}}}}
	for _, f := range change {
		f(&i)
	}
	return i
}

func TestAWordOnAPictureWhoseLotDoesNotWaitIsALabel(t *testing.T) {
	h := newHouse(t)
	h.reviews.items = []mes.ReviewItem{verdictItem("v1", mes.ResultFail)}
	h.post(mes.RoleOperator, "~/reviews/v1/label", map[string]any{"label": "fail"}).refused(403, mes.CodeForbidden)
	h.post(mes.RoleQuality, "~/reviews/v9/label", map[string]any{"label": "fail"}).refused(404, mes.CodeNotFound)
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "pass"}).refused(422, mes.CodeUnprocessable, "body.reason")
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "fail", "corrected": true, "predictions": []any{map[string]any{"class": "gap", "confidence": 1, "x": 90, "y": 5, "width": 4, "height": 4}}}).
		refused(422, mes.CodeUnprocessable, "body.predictions[0]")
	var got Labelled
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "fail"}).wants(200).into(&got)
	if got.Label.Label != mes.ResultFail || got.Label.By != "quality" || len(h.reviews.labels) != 1 || h.reviews.labels[0].Carried {
		t.Errorf("%+v, stored %+v", got, h.reviews.labels)
	}
}

func TestAWordOnAVerdictWhoseLotWaitsDecidesOnTheLot(t *testing.T) {
	h := newHouse(t)
	h.reviews.items = []mes.ReviewItem{verdictItem("v1", mes.ResultUndecided, func(i *mes.ReviewItem) { i.LotWaits = true })}
	h.lots.rows["L-1"] = mes.LotView{Lot: "L-1", State: mes.LotReview}
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "fail"}).refused(422, mes.CodeUnprocessable, "body.decision", "body.reason")
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "pass", "decision": "scrap", "reason": "r"}).refused(422, mes.CodeUnprocessable, "body.decision")
	h.lots.request = &mes.SignatureRequest{ID: "q1", State: mes.RequestOpen}
	var got Labelled
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "fail", "decision": "scrap", "reason": "a gap"}).wants(200).into(&got)
	if got.Request == nil || got.Request.ID != "q1" || len(h.reviews.labels) != 1 || !h.reviews.labels[0].Carried || h.reviews.labels[0].Request != "q1" {
		t.Errorf("%+v, stored %+v", got, h.reviews.labels)
	}
	// Who worked on the lot does not decide on it, by this way either.
	h.lots.built = map[string]mes.AsBuilt{"L-1": {Operations: []mes.BuiltOperation{{Operator: "quality"}}}}
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "pass", "reason": "fine"}).refused(403, mes.CodeForbidden)
	// That one can't tell decides nothing.
	h.post(mes.RoleQuality, "~/reviews/v1/label", map[string]any{"label": "undecided"}).wants(200)
}

func TestTheQueueIsNarrowedAndATable(t *testing.T) {
	h := newHouse(t)
	h.reviews.items = []mes.ReviewItem{verdictItem("v1", mes.ResultFail)}
	table := string(h.get(mes.RoleQuality, "~/reviews?state=waiting&camera=CAM-30&class=gap&verdict=fail&from=2026-06-01T00:00:00Z&format=csv").wants(200).body)
	if a := h.reviews.asked; a.State != mes.ReviewWaiting || a.Camera != "CAM-30" || a.Class != "gap" || a.Verdict != mes.ResultFail || a.From == nil || a.To != nil {
		t.Errorf("asked for %+v", a)
	}
	if !strings.HasPrefix(table, "id,camera,") || !strings.Contains(table, "v1,CAM-30") {
		t.Errorf("table %q", table)
	}
	table = string(h.get(mes.RoleQuality, "~/vision/agreement?format=csv").wants(200).body)
	if !strings.Contains(table, "kappa") || !strings.Contains(table, ",50,35,70,0.4,") {
		t.Errorf("agreement %q", table)
	}
}

func TestARuleIsPreviewedByTheRuleThatCounts(t *testing.T) {
	h := newHouse(t)
	h.reviews.past = []mes.PastVerdict{{ID: "v1", Verdict: mes.ResultPass, Predictions: []mes.Prediction{{Class: "gap", Confidence: 0.9}}}}
	content := map[string]any{"title": "T", "checks": []any{map[string]any{"id": "gap", "class": "gap", "min_confidence": "0.6", "count_max": 0}}}
	var got mes.Page[mes.TrialPicture]
	h.post(mes.RoleQuality, "~/inspection-rules/preview", map[string]any{"content": content}).wants(200).into(&got)
	if len(got.Items) != 1 || got.Items[0].Judged.Verdict != mes.ResultFail || got.Items[0].Judged.Checks[0].Counted[0] != 0 {
		t.Errorf("%+v", got.Items)
	}
	content["checks"] = []any{map[string]any{"id": "gap", "class": "", "min_confidence": "0.6"}}
	h.post(mes.RoleQuality, "~/inspection-rules/preview", map[string]any{"content": content}).refused(422, mes.CodeUnprocessable, "body.checks[0].class")
	h.post(mes.RoleOperator, "~/inspection-rules/preview", map[string]any{"content": content}).refused(403, mes.CodeForbidden)
}

func unzipped(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

func TestLabelledPicturesGoOutInBothForms(t *testing.T) {
	h := newHouse(t)
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	h.blobs.rows["h1"] = mes.Blob{Hash: "h1", ContentType: "image/png", Content: pic.Bytes()}
	h.reviews.items = []mes.ReviewItem{verdictItem("v1", mes.ResultFail), verdictItem("v2", mes.ResultPass, func(i *mes.ReviewItem) { i.Predictions = nil })}
	h.get(mes.RoleOperator, "~/vision/export.zip").refused(403, mes.CodeForbidden)
	yolo := unzipped(t, h.get(mes.RoleQuality, "~/vision/export.zip?form=yolo&state=labelled").wants(200).body)
	if yolo["labels/v1.txt"] != "0 0.250000 0.500000 0.100000 0.100000\n" || yolo["images/v1.png"] != pic.String() || !strings.Contains(yolo["data.yaml"], "nc: 1\nnames:\n  0: 'gap'\n") {
		t.Errorf("YOLO: %q, %q", yolo["labels/v1.txt"], yolo["data.yaml"])
	}
	if text, there := yolo["labels/v2.txt"]; !there || text != "" {
		t.Error("a picture with nothing on it needs an empty text")
	}
	if h.reviews.asked.State != mes.ReviewLabelled {
		t.Errorf("asked for %+v", h.reviews.asked)
	}
	coco := unzipped(t, h.get(mes.RoleQuality, "~/vision/export.zip?limit=1").wants(200).body)
	var set mes.COCO
	if err := json.Unmarshal([]byte(coco["annotations.json"]), &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Images) != 1 || set.Images[0].Width != 40 || set.Images[0].FileName != "images/v1.png" || set.Annotations[0].BBox != [4]float64{8, 9, 4, 2} || set.Annotations[0].CategoryID != 1 {
		t.Errorf("COCO: %+v", set)
	}
}
