package sim

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"

	"github.com/steelthread/steelthread/devices"
)

// Pictures are 480 by 320 pixels: enough to see a gap, small enough for a browser and a broker.
const (
	pictureWidth  = 480
	pictureHeight = 320
)

// scene is one picture with what the camera's model sees on it.
type scene struct {
	verdict      devices.Verdict
	confidence   float64
	predictions  []devices.Prediction
	measurements map[string]float64
	png          []byte
}

// outcome is what the camera is going to see. It is drawn before the picture, so that the picture shows it.
func outcome(r *rand.Rand, rejectRate, undecidedRate float64) devices.Verdict {
	switch x := r.Float64(); {
	case x < rejectRate:
		return devices.Fail
	case x < rejectRate+undecidedRate:
		return devices.Undecided
	default:
		return devices.Pass
	}
}

// draftBeads draws a cooling plate with three beads of paste. On a bad one a bead has a gap or runs thin; on an undecided
// one a glare lies over a bead.
func draftBeads(r *rand.Rand, v devices.Verdict) (scene, error) {
	img := plate(r)
	s := scene{verdict: v, confidence: round(0.93+0.06*r.Float64(), 3), measurements: map[string]float64{}}
	flawed := r.IntN(3)
	thinnest := math.MaxFloat64
	for i := range 3 {
		y := 90 + 70*i
		b := bead{from: 90, to: 390, y: float64(y), width: 15 + 2*r.Float64(), wave: 2 + r.Float64(), phase: r.Float64() * 6}
		class, conf := "bead", round(0.94+0.05*r.Float64(), 3)
		if i == flawed && v == devices.Fail {
			class = b.flaw(r)
			conf = round(0.88+0.1*r.Float64(), 3)
		}
		if i == flawed && v == devices.Undecided {
			conf = round(0.42+0.14*r.Float64(), 3)
			s.confidence = conf
		}
		thinnest = min(thinnest, b.draw(img, r))
		if i == flawed && v == devices.Undecided {
			glare(img, 160+r.IntN(160), y)
		}
		s.predictions = append(s.predictions, devices.Prediction{X: 240, Y: float64(y), Width: 312, Height: 36,
			Class: class, Confidence: conf})
		if b.gapTo > b.gapFrom {
			s.predictions = append(s.predictions, devices.Prediction{X: round((b.gapFrom+b.gapTo)/2, 1), Y: float64(y),
				Width: round(b.gapTo-b.gapFrom, 1), Height: 36, Class: "gap", Confidence: conf})
		}
	}
	s.measurements["bead_width_min"] = round(thinnest/6, 2) // 6 pixels to the millimetre
	return s, s.encode(img)
}

// draftSeal draws a housing with its seal ring and four screws. On a bad one the ring is open or a screw is missing.
func draftSeal(r *rand.Rand, v devices.Verdict) (scene, error) {
	img := plate(r)
	s := scene{verdict: v, confidence: round(0.93+0.06*r.Float64(), 3), measurements: map[string]float64{}}
	ringClass, conf := "seal", round(0.94+0.05*r.Float64(), 3)
	openFrom, openTo, missing := 0.0, 0.0, -1
	switch {
	case v == devices.Fail && r.IntN(2) == 0:
		openFrom = r.Float64() * 5
		openTo = openFrom + 0.35 + 0.3*r.Float64()
		ringClass = "seal_open"
	case v == devices.Fail:
		missing = r.IntN(4)
	case v == devices.Undecided:
		conf = round(0.42+0.14*r.Float64(), 3)
		s.confidence = conf
	}
	ring(img, openFrom, openTo)
	if v == devices.Undecided {
		glare(img, 300, 100)
	}
	s.predictions = append(s.predictions, devices.Prediction{X: 240, Y: 160, Width: 284, Height: 184, Class: ringClass,
		Confidence: conf})
	screws := 0
	for i, at := range []image.Point{{75, 50}, {405, 50}, {75, 270}, {405, 270}} {
		if i == missing {
			disc(img, at, 11, color.RGBA{12, 13, 15, 255})
			s.predictions = append(s.predictions, box("screw_missing", at, 26, conf))
			continue
		}
		disc(img, at, 11, color.RGBA{196, 200, 205, 255})
		disc(img, at, 5, color.RGBA{70, 74, 80, 255})
		s.predictions = append(s.predictions, box("screw", at, 26, round(0.95+0.04*r.Float64(), 3)))
		screws++
	}
	s.measurements["screws"] = float64(screws)
	return s, s.encode(img)
}

func box(class string, at image.Point, size float64, conf float64) devices.Prediction {
	return devices.Prediction{X: float64(at.X), Y: float64(at.Y), Width: size, Height: size, Class: class, Confidence: conf}
}

func (s *scene) encode(img image.Image) error {
	var b bytes.Buffer
	err := png.Encode(&b, img)
	s.png = b.Bytes()
	return err
}

// plate draws a brushed metal plate on dark ground.
func plate(r *rand.Rand) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{18, 20, 23, 255}), image.Point{}, draw.Src)
	for y := 24; y < pictureHeight-24; y++ {
		shade := uint8(108 + r.IntN(9))
		for x := 40; x < pictureWidth-40; x++ {
			img.SetRGBA(x, y, color.RGBA{shade, shade + 3, shade + 7, 255})
		}
	}
	return img
}

// bead is one line of paste.
type bead struct {
	from, to, y, width, wave, phase float64
	gapFrom, gapTo                  float64
	thinFrom, thinTo                float64
}

// flaw gives the bead a gap or a thin stretch, and says what a model would call it.
func (b *bead) flaw(r *rand.Rand) string {
	at := b.from + 60 + r.Float64()*(b.to-b.from-160)
	if r.IntN(2) == 0 {
		b.gapFrom, b.gapTo = at, at+22+r.Float64()*24
		return "bead_interrupted"
	}
	b.thinFrom, b.thinTo = at, at+50+r.Float64()*40
	return "bead_thin"
}

// draw puts the bead on the picture and gives its thinnest width in pixels.
func (b *bead) draw(img *image.RGBA, r *rand.Rand) float64 {
	thinnest := b.width
	for x := b.from; x < b.to; x++ {
		w := b.width + 1.2*math.Sin(x/17+b.phase)
		switch {
		case x >= b.gapFrom && x < b.gapTo:
			thinnest = 0
			continue
		case x >= b.thinFrom && x < b.thinTo:
			w = b.width * 0.32
		}
		thinnest = min(thinnest, w)
		centre := b.y + b.wave*math.Sin(x/40+b.phase)
		for y := centre - w/2; y <= centre+w/2; y++ {
			light := 1 - math.Abs(y-centre)/(w/2+1)
			c := uint8(170 + 60*light + float64(r.IntN(6)))
			img.SetRGBA(int(x), int(y), color.RGBA{c, c, c - 8, 255})
		}
	}
	return thinnest
}

// ring draws the seal, an ellipse that may be open between two angles.
func ring(img *image.RGBA, openFrom, openTo float64) {
	for a := 0.0; a < 2*math.Pi; a += 0.002 {
		if a >= openFrom && a < openTo {
			continue
		}
		for d := -6.0; d <= 6; d++ {
			c := uint8(34 + 10*(6-math.Abs(d))/6)
			img.SetRGBA(240+int((136+d)*math.Cos(a)), 160+int((86+d)*math.Sin(a)), color.RGBA{c, c / 2, c / 2, 255})
		}
	}
}

func disc(img *image.RGBA, at image.Point, radius int, c color.RGBA) {
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			if x*x+y*y <= radius*radius {
				img.SetRGBA(at.X+x, at.Y+y, c)
			}
		}
	}
}

// glare washes a spot out, as a lamp's reflection does.
func glare(img *image.RGBA, cx, cy int) {
	for y := -40; y <= 40; y++ {
		for x := -70; x <= 70; x++ {
			d := float64(x*x)/4900 + float64(y*y)/1600
			if d > 1 {
				continue
			}
			p := img.RGBAAt(cx+x, cy+y)
			mix := func(v uint8) uint8 { return uint8(float64(v) + (245-float64(v))*(1-d)) }
			img.SetRGBA(cx+x, cy+y, color.RGBA{mix(p.R), mix(p.G), mix(p.B), 255})
		}
	}
}
