package browser

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"path/filepath"
	"testing"

	"github.com/steelthread/steelthread/test/plant"
)

// TestInspection walks through the screens of vision in a real browser: a rule tried on stored pictures, the queue by
// keyboard, models, dangers, counts and cycle times.
func TestInspection(t *testing.T) {
	plant.Gate(t)
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	p := plant.New(t, plant.Options{Speed: 100, Seed: 11})
	in := input{URL: p.Base, Chromium: chromium}
	in.people(t, p)
	seen(t, p)
	in.Artifacts = filepath.Join(plant.Root(), "test", "artifacts", "inspection")
	found := walk(t, node, "inspection.mjs", in)
	for _, f := range found {
		t.Run(f.Name, func(t *testing.T) {
			if !f.OK {
				t.Error(f.Detail)
			}
		})
	}
	if len(found) != 7 {
		t.Errorf("the walk told %d findings, want 7", len(found))
	}
}

// picture is a plate with a gap in its seal, or without one.
func picture(gap bool) string {
	img := image.NewRGBA(image.Rect(0, 0, 480, 320))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{40, 44, 50, 255}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(40, 150, 440, 170), image.NewUniform(color.RGBA{200, 200, 195, 255}), image.Point{}, draw.Src)
	if gap {
		draw.Draw(img, image.Rect(220, 150, 260, 170), image.NewUniform(color.RGBA{40, 44, 50, 255}), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a buffer takes everything
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// seen sends what a camera saw: four pictures, a danger, a count and three cycles; and drafts a rule for the camera.
func seen(t *testing.T, p *plant.Plant) {
	t.Helper()
	ctx := t.Context()
	camera := p.AsService(t, "vision")
	send := func(key string, body map[string]any) {
		body["key"], body["camera"] = key, "CAM-40"
		r, err := camera.Insist(ctx, "/vision/results", body, "")
		plant.OK(t, err)
		if !r.OK() {
			t.Fatalf("%s: status %d: %s", key, r.Status, r.Body)
		}
	}
	for i, c := range []struct {
		verdict    string
		confidence float64
	}{{"fail", 0.95}, {"undecided", 0.5}, {"pass", 0.55}, {"fail", 0.9}} {
		send(fmt.Sprintf("p%d", i), map[string]any{"lot": fmt.Sprintf("SEAL-%d", i), "step": "40-2", "verdict": c.verdict, "confidence": c.confidence, "model": "seal-det/5", "image": picture(true),
			"predictions": []any{map[string]any{"class": "gap", "confidence": c.confidence, "x": 240, "y": 160, "width": 40, "height": 20}}})
	}
	send("s1", map[string]any{"kind": "safety_alert", "code": "no_helmet", "severity": "critical", "confidence": 0.9, "image": picture(false), "model": "ppe/2"})
	send("c1", map[string]any{"kind": "inventory_count", "code": "HK-20", "confidence": 0.9, "measured": map[string]any{"itemCount": 17, "location": "rack 4"}})
	for i, s := range []float64{41, 43.5, 55} {
		send(fmt.Sprintf("t%d", i), map[string]any{"kind": "cycle", "confidence": 1, "measured": map[string]any{"seconds": s, "pieces": 1}})
	}
	quality := p.As(t, "qe-02")
	r, err := quality.Insist(ctx, "/documents", map[string]any{"kind": "inspection_rule", "id": "SEAL", "revision": "A", "name": "Seal on all sides", "content": map[string]any{
		"title": "Seal on all sides", "device": "CAM-40", "checks": []any{map[string]any{"id": "gap", "class": "gap", "min_confidence": "0.6", "count_max": 0, "zone": map[string]any{"x": "0.05", "y": "0.3", "width": "0.9", "height": "0.4"}}}}}, "inspection-rule")
	plant.OK(t, err)
	if !r.OK() {
		t.Fatalf("the rule: status %d: %s", r.Status, r.Body)
	}
}
