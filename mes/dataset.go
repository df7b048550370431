package mes

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// LabelledPicture is a picture on its way into a data set.
type LabelledPicture struct {
	ID         string
	Image      string // hash
	Picture    Picture
	CapturedAt time.Time
	Model      string
	Label      StepResult // people's word; empty where nobody gave one
	// Human tells that the findings are a person's correction, or that a person looked and let them stand.
	Human       bool
	Predictions []Prediction
}

// DatasetClasses lists the classes of pictures in one order, which numbers them in an export.
func DatasetClasses(pictures []LabelledPicture) []string {
	var out []string
	for _, p := range pictures {
		for _, f := range p.Predictions {
			if !slices.Contains(out, f.Class) {
				out = append(out, f.Class)
			}
		}
	}
	slices.Sort(out)
	return out
}

// COCO is a data set in COCO's form (cocodataset.org, data format: object detection). A box is its upper left corner,
// width and height, in pixels.
type COCO struct {
	Info        COCOInfo         `json:"info"`
	Licenses    []struct{}       `json:"licenses"`
	Images      []COCOImage      `json:"images"`
	Annotations []COCOAnnotation `json:"annotations"`
	Categories  []COCOCategory   `json:"categories"`
}

// COCOInfo says where a data set comes from.
type COCOInfo struct {
	Description string `json:"description"`
	DateCreated string `json:"date_created"`
}

// COCOImage is one picture.
type COCOImage struct {
	ID           int    `json:"id"`
	FileName     string `json:"file_name"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	DateCaptured string `json:"date_captured"`
	// Verdict and Human are this system's own: what people said, and whether the boxes are a person's.
	Verdict string `json:"verdict,omitempty"`
	Human   bool   `json:"human"`
}

// COCOAnnotation is one thing in a picture. Segmentation is a list of polygons, or a mask's run lengths.
type COCOAnnotation struct {
	ID           int        `json:"id"`
	ImageID      int        `json:"image_id"`
	CategoryID   int        `json:"category_id"`
	BBox         [4]float64 `json:"bbox"`
	Area         float64    `json:"area"`
	Segmentation any        `json:"segmentation"`
	IsCrowd      int        `json:"iscrowd"`
	Score        float64    `json:"score,omitempty"`
}

// COCOCategory is a class by its number, from 1.
type COCOCategory struct {
	ID            int    `json:"id"`
	Name          string `json:"name"`
	Supercategory string `json:"supercategory"`
}

// cocoRLE is a mask as COCO writes it uncompressed.
type cocoRLE struct {
	Size   [2]int `json:"size"`
	Counts []int  `json:"counts"`
}

// MakeCOCO describes pictures in COCO's form. files gives each picture's file name, in the same order. A finding about the
// whole picture covers it.
func MakeCOCO(pictures []LabelledPicture, files []string, now time.Time) COCO {
	out := COCO{Info: COCOInfo{Description: "Labelled pictures of Steelthread", DateCreated: now.UTC().Format(time.RFC3339)}, Licenses: []struct{}{}, Images: []COCOImage{}, Annotations: []COCOAnnotation{}, Categories: []COCOCategory{}}
	number := map[string]int{}
	for i, c := range DatasetClasses(pictures) {
		number[c] = i + 1
		out.Categories = append(out.Categories, COCOCategory{ID: i + 1, Name: c})
	}
	for i, p := range pictures {
		out.Images = append(out.Images, COCOImage{ID: i + 1, FileName: files[i], Width: p.Picture.Width, Height: p.Picture.Height,
			DateCaptured: p.CapturedAt.UTC().Format(time.RFC3339), Verdict: string(p.Label), Human: p.Human})
		for _, f := range p.Predictions {
			f = f.placed(p.Picture)
			a := COCOAnnotation{ID: len(out.Annotations) + 1, ImageID: i + 1, CategoryID: number[f.Class], BBox: f.COCOBox(), Area: f.area(), Segmentation: [][]float64{}}
			if f.RLE != nil {
				a.Segmentation, a.IsCrowd = cocoRLE(*f.RLE), 1
			} else if len(f.Points) >= 3 {
				a.Segmentation = [][]float64{flat(f.Points)}
			}
			if !p.Human {
				a.Score = f.Confidence
			}
			out.Annotations = append(out.Annotations, a)
		}
	}
	return out
}

// placed gives a finding about the whole picture the whole picture's box.
func (p Prediction) placed(pic Picture) Prediction {
	if p.Whole() {
		p.X, p.Y, p.Width, p.Height = float64(pic.Width)/2, float64(pic.Height)/2, float64(pic.Width), float64(pic.Height)
	}
	return p
}

// COCOBox is the box as COCO writes it: upper left corner, width, height.
func (p Prediction) COCOBox() [4]float64 {
	return [4]float64{p.X - p.Width/2, p.Y - p.Height/2, p.Width, p.Height}
}

// FromCOCOBox reads a box of COCO's form.
func FromCOCOBox(b [4]float64) Prediction {
	return Prediction{X: b[0] + b[2]/2, Y: b[1] + b[3]/2, Width: b[2], Height: b[3]}
}

func flat(points [][2]float64) []float64 {
	out := make([]float64, 0, 2*len(points))
	for _, p := range points {
		out = append(out, p[0], p[1])
	}
	return out
}

// YOLOLine is the finding as a line of YOLO's text form: class number, centre x and y, width and height as shares of the
// picture. A box that leaves the picture is cut at its edge. ok is false where the picture's size is not known.
func (p Prediction) YOLOLine(class int, pic Picture) (line string, ok bool) {
	if pic.Width <= 0 || pic.Height <= 0 {
		return "", false
	}
	p = p.placed(pic)
	x, w := cutSpan(p.X, p.Width, float64(pic.Width))
	y, h := cutSpan(p.Y, p.Height, float64(pic.Height))
	if w <= 0 || h <= 0 {
		return "", false
	}
	return fmt.Sprintf("%d %.6f %.6f %.6f %.6f", class, x, y, w, h), true
}

// cutSpan keeps a span within its picture, and gives its centre and size as shares.
func cutSpan(centre, size, of float64) (at, share float64) {
	from, to := math.Max(centre-size/2, 0), math.Min(centre+size/2, of)
	return (from + to) / 2 / of, (to - from) / of
}

// ParseYOLOLine reads a line of YOLO's text form.
func ParseYOLOLine(line string, pic Picture) (class int, p Prediction, err error) {
	var x, y, w, h float64
	if _, err := fmt.Sscanf(strings.TrimSpace(line), "%d %g %g %g %g", &class, &x, &y, &w, &h); err != nil {
		return 0, p, fmt.Errorf("line %q: %w", line, err)
	}
	fw, fh := float64(pic.Width), float64(pic.Height)
	return class, Prediction{X: x * fw, Y: y * fh, Width: w * fw, Height: h * fh}, nil
}

// YOLOData is the data.yaml of a data set: where its pictures are, and its classes in the order of their numbers.
func YOLOData(classes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "path: .\ntrain: images\nval: images\nnc: %d\nnames:\n", len(classes))
	for i, c := range classes {
		fmt.Fprintf(&b, "  %d: %s\n", i, yamlText(c))
	}
	return b.String()
}

// yamlText is a YAML text in single quotes: nothing in it has a meaning of its own, and a line break is a space.
func yamlText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
