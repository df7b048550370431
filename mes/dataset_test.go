package mes_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// What goes out comes back: a box in both forms, within the sixth digit of YOLO's text.
func TestBoxesOutliveBothForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pic := mes.Picture{Width: rapid.IntRange(1, 4000).Draw(t, "width"), Height: rapid.IntRange(1, 4000).Draw(t, "height")}
		w, h := rapid.Float64Range(0.01, float64(pic.Width)).Draw(t, "w"), rapid.Float64Range(0.01, float64(pic.Height)).Draw(t, "h")
		p := mes.Prediction{Class: "bead", Width: w, Height: h, X: rapid.Float64Range(w/2, float64(pic.Width)-w/2).Draw(t, "x"), Y: rapid.Float64Range(h/2, float64(pic.Height)-h/2).Draw(t, "y")}
		near := func(a, b, by float64) bool { return math.Abs(a-b) <= by }
		if c := mes.FromCOCOBox(p.COCOBox()); !near(c.X, p.X, 1e-6) || !near(c.Y, p.Y, 1e-6) || !near(c.Width, p.Width, 1e-6) || !near(c.Height, p.Height, 1e-6) {
			t.Fatalf("COCO: %+v became %+v", p, c)
		}
		line, ok := p.YOLOLine(3, pic)
		if !ok {
			t.Fatalf("%+v has no line in %+v", p, pic)
		}
		class, y, err := mes.ParseYOLOLine(line, pic)
		by := 1e-6 * float64(max(pic.Width, pic.Height))
		if err != nil || class != 3 || !near(y.X, p.X, by) || !near(y.Y, p.Y, by) || !near(y.Width, p.Width, by) || !near(y.Height, p.Height, by) {
			t.Fatalf("YOLO: %+v became %+v by %q, %v", p, y, line, err)
		}
	})
}

func TestYOLOCutsAtTheEdgeAndNeedsASize(t *testing.T) {
	pic := mes.Picture{Width: 100, Height: 100}
	if line, _ := (mes.Prediction{Class: "a", X: 0, Y: 50, Width: 20, Height: 20}).YOLOLine(0, pic); line != "0 0.050000 0.500000 0.100000 0.200000" {
		t.Errorf("cut to %q", line)
	}
	if line, _ := (mes.Prediction{Class: "a"}).YOLOLine(1, pic); line != "1 0.500000 0.500000 1.000000 1.000000" {
		t.Errorf("the whole picture is %q", line)
	}
	if _, ok := (mes.Prediction{Class: "a", X: 1, Y: 1, Width: 1, Height: 1}).YOLOLine(0, mes.Picture{}); ok {
		t.Error("shares of a picture of unknown size")
	}
	if _, ok := (mes.Prediction{Class: "a", X: 300, Y: 1, Width: 1, Height: 1}).YOLOLine(0, pic); ok {
		t.Error("a box beside the picture has a line")
	}
}

func TestCOCOKeepsOutlinesAndMasks(t *testing.T) {
	pictures := []mes.LabelledPicture{{ID: "a", Picture: mes.Picture{Width: 10, Height: 10}, Human: true, Label: mes.ResultFail, Predictions: []mes.Prediction{
		{Class: "gap", X: 5, Y: 5, Width: 4, Height: 4, Confidence: 0.5, Points: [][2]float64{{3, 3}, {7, 3}, {7, 7}}},
		{Class: "bead", X: 5, Y: 5, Width: 10, Height: 10, RLE: &mes.RLE{Size: [2]int{10, 10}, Counts: []int{40, 20, 40}}}}}}
	b, err := json.Marshal(mes.MakeCOCO(pictures, []string{"images/a.png"}, monday))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"segmentation":[[3,3,7,3,7,7]],"iscrowd":0`, `"area":8,`, `"segmentation":{"size":[10,10],"counts":[40,20,40]},"iscrowd":1`, `"area":20,`,
		`"categories":[{"id":1,"name":"bead","supercategory":""},{"id":2,"name":"gap","supercategory":""}]`, `"verdict":"fail","human":true`} {
		if !strings.Contains(string(b), part) {
			t.Errorf("%s is not in %s", part, b)
		}
	}
	if strings.Contains(string(b), "score") {
		t.Error("a person's box has no score")
	}
}

func TestClassNamesStayTextInYAML(t *testing.T) {
	if got := mes.YOLOData([]string{"it's", "a: b\n- c"}); !strings.Contains(got, "  0: 'it''s'\n  1: 'a: b - c'\n") {
		t.Errorf("%q", got)
	}
}
