package api

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func picture(t *testing.T, format string) string {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 4, 4))
	err := png.Encode(&b, img)
	if format == "jpeg" {
		b.Reset()
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func verdict(change ...func(map[string]any)) map[string]any {
	m := map[string]any{"key": "k1", "camera": "CAM-30", "lot": "L1", "step": "30-4", "verdict": "pass", "confidence": "0.975", "model": "bead-3"}
	for _, f := range change {
		f(m)
	}
	return m
}

func TestReportVision(t *testing.T) {
	for _, format := range []string{"png", "jpeg"} {
		h := newHouse(t)
		var got mes.VisionReceipt
		h.post(mes.RoleVision, "~/vision/results", verdict(func(m map[string]any) {
			m["image"] = picture(t, format)
			m["boxes"] = []map[string]any{{"x": 2, "y": 2, "width": 1, "height": 1, "class": "bead", "confidence": 0.9}}
			m["measured"] = map[string]any{"width_mm": 3.2}
		})).wants(201).into(&got)
		v := h.vision.results[0]
		if got.ID == "" || v.ImageType != "image/"+format || v.Confidence.String() != "0.975" || v.Source != "vision" || v.Site != "HAM" || !v.CapturedAt.Equal(monday) || len(v.Predictions) != 1 || string(v.Measured) != `{"width_mm":3.2}` {
			t.Errorf("stored %+v", v)
		}
		h.post(mes.RoleVision, "~/vision/results", verdict()).wants(200)
		if len(h.vision.results) != 1 {
			t.Error("a duplicate was stored")
		}
	}
}

func TestFieldsOfAVerdict(t *testing.T) {
	set := func(k string, v any) func(map[string]any) { return func(m map[string]any) { m[k] = v } }
	big := base64.StdEncoding.EncodeToString(make([]byte, 17<<19))
	for _, c := range []struct {
		name  string
		body  map[string]any
		field string
	}{
		{"no camera", verdict(set("camera", "")), "body.camera"},
		{"no lot", verdict(set("lot", "")), "body.lot"},
		{"no step", verdict(set("step", "")), "body.step"},
		{"unknown verdict", verdict(set("verdict", "maybe")), "body.verdict"},
		{"confidence over 1", verdict(set("confidence", 1.01)), "body.confidence"},
		{"picture that is text", verdict(set("image", base64.StdEncoding.EncodeToString([]byte("<svg onload=alert(1)>")))), "body.image"},
		{"picture that is no base64", verdict(set("image", "%%%")), "body.image"},
		{"picture cut off", verdict(set("image", picture(t, "png")[:20])), "body.image"},
		{"picture of 8.5 MiB", verdict(set("image", big)), "body.image"},
		{"unknown field", verdict(set("colour", "red")), "body.colour"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.post(mes.RoleVision, "~/vision/results", c.body).refused(422, mes.CodeUnprocessable, c.field)
			if len(h.vision.results) != 0 {
				t.Error("something was stored")
			}
		})
	}
	h := newHouse(t)
	h.post(mes.RoleVision, "~/vision/results", verdict(set("image", strings.Repeat("A", 13<<20)))).refused(413, codeTooLarge)
	h.post(mes.RoleOperator, "~/vision/results", verdict()).refused(403, mes.CodeForbidden)
}

func TestBlobs(t *testing.T) {
	h := newHouse(t)
	hash := strings.Repeat("a", 64)
	for kind, c := range map[string]struct {
		role   mes.Role
		status int
	}{
		"image/png": {mes.RoleOperator, 200}, "image/svg+xml": {mes.RoleOperator, 200}, "application/json": {mes.RoleOperator, 403},
		"text/html": {mes.RoleAdmin, 404},
	} {
		h.blobs.rows[hash] = mes.Blob{Hash: hash, ContentType: kind, Content: []byte("<svg/>")}
		r := h.get(c.role, "~/blobs/"+hash).wants(c.status)
		if c.status != 200 {
			continue
		}
		if csp := r.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || r.header.Get("Content-Type") != kind || string(r.body) != "<svg/>" {
			t.Errorf("%s is served as %v", kind, r.header)
		}
		h.do(call{method: "GET", path: "~/blobs/" + hash, role: c.role, header: map[string]string{"If-None-Match": `"` + hash + `"`}}).wants(304)
	}
	h.get(mes.RoleOperator, "~/blobs/xyz").refused(422, mes.CodeUnprocessable, "path.hash")
}
