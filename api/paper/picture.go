package paper

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // pictures are PNG or JPEG
	"image/png"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"github.com/steelthread/steelthread/mes"
)

// A picture is as wide as half the page, and no higher than it is wide.
const (
	pictureWidth = (wide - 6) / 2
	pictureMax   = 70.0
)

// pictures shows what cameras saw, with the boxes that their models found.
func (s *sheet) pictures(vs []mes.VisionView, find Pictures) {
	n := 0
	rowHeight := 0.0
	for _, v := range vs {
		if v.Image == "" {
			continue
		}
		if n == 0 {
			s.heading("Pictures", "")
		}
		column := n % 2
		if column == 0 {
			s.SetY(s.GetY() + rowHeight)
			s.room(pictureMax + 12)
			rowHeight = 0
		}
		rowHeight = max(rowHeight, s.picture(v, find, left+float64(column)*(pictureWidth+6), s.GetY()))
		n++
	}
	s.SetXY(left, s.GetY()+rowHeight)
}

// picture shows one, and returns the height that it took.
func (s *sheet) picture(v mes.VisionView, find Pictures, x, y float64) float64 {
	caption := s.t("%s, step %s/%s: %s, %s", v.Camera, v.Operation, v.Step, strings.ToLower(s.word(string(v.Verdict))), s.moment(v.CapturedAt))
	s.font("", small, ink)
	s.SetXY(x, y)
	s.Cell(pictureWidth, lineHeight, clean(caption))
	px, py, err := s.register(v.Image, find)
	if err != nil {
		s.SetXY(x, y+lineHeight)
		s.Cell(pictureWidth, lineHeight, clean(s.t("The picture can't be shown: %s.", err)))
		return 2*lineHeight + 3
	}
	scale := min(pictureWidth/px, pictureMax/py)
	s.ImageOptions(v.Image, x, y+lineHeight+0.5, px*scale, py*scale, false, fpdf.ImageOptions{}, 0, "")
	s.boxes(v, x, y+lineHeight+0.5, scale)
	return py*scale + lineHeight + 4
}

// register puts a picture into the document once, and returns its size in pixels. A PNG that the writer of PDF can't
// embed as it is (16 bits, interlaced) is written anew without loss.
func (s *sheet) register(hash string, find Pictures) (width, height float64, err error) {
	b, err := find(hash)
	if err != nil {
		return 0, 0, err
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(b.Content))
	if err != nil {
		return 0, 0, err
	}
	if config.Width == 0 || config.Height == 0 || config.Width*config.Height > 64<<20 {
		return 0, 0, fmt.Errorf("%d × %d pixels", config.Width, config.Height)
	}
	content := b.Content
	if s.GetImageInfo(hash) == nil {
		picture, _, err := image.Decode(bytes.NewReader(content))
		if err != nil {
			return 0, 0, err
		}
		if kind == "png" && (content[24] != 8 || content[28] != 0) { // bit depth and interlacing in the header
			if content, err = plainPNG(picture); err != nil {
				return 0, 0, err
			}
		}
		info := s.RegisterImageOptionsReader(hash, fpdf.ImageOptions{ImageType: strings.ToUpper(kind)}, bytes.NewReader(content))
		if s.Ok() {
			s.shown++
			if err := apart(info, s.shown); err != nil {
				return 0, 0, err
			}
		}
	}
	if err := s.Error(); err != nil {
		s.ClearError()
		return 0, 0, err
	}
	return float64(config.Width), float64(config.Height), nil
}

func plainPNG(picture image.Image) ([]byte, error) {
	to := image.NewNRGBA(picture.Bounds())
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			to.Set(x, y, picture.At(x, y))
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, to)
	return out.Bytes(), err
}

// boxes draws what the model found: a white line within a black one reads on any ground.
func (s *sheet) boxes(v mes.VisionView, x, y, scale float64) {
	for _, b := range v.Predictions {
		bx, by, bw, bh := x+(b.X-b.Width/2)*scale, y+(b.Y-b.Height/2)*scale, b.Width*scale, b.Height*scale
		s.SetDrawColor(0, 0, 0)
		s.SetLineWidth(0.6)
		s.Rect(bx, by, bw, bh, "D")
		s.SetDrawColor(255, 255, 255)
		s.SetLineWidth(0.25)
		s.Rect(bx, by, bw, bh, "D")
		label := clean(fmt.Sprintf("%s %.2f", b.Class, b.Confidence))
		s.SetFont("go", "", 5)
		s.SetFillColor(0, 0, 0)
		width := s.GetStringWidth(label) + 1.4
		s.Rect(bx, by-2.4, width, 2.4, "F")
		s.SetTextColor(255, 255, 255)
		s.Text(bx+0.7, by-0.6, label)
	}
}
