package mes

import "fmt"

// Prediction is one thing that a model found, in the one form in which all models' findings are kept. X and Y are the
// box's centre in pixels of the picture. A class of the whole picture has no box: its width and height are 0.
type Prediction struct {
	Class      string       `json:"class"`
	ClassID    int          `json:"class_id,omitempty"`
	Confidence float64      `json:"confidence"` // 0 to 1
	X          float64      `json:"x"`
	Y          float64      `json:"y"`
	Width      float64      `json:"width"`
	Height     float64      `json:"height"`
	Points     [][2]float64 `json:"points,omitempty"` // the outline, in pixels
	RLE        *RLE         `json:"rle,omitempty"`
	Keypoints  []Keypoint   `json:"keypoints,omitempty"`
	Tracker    string       `json:"tracker,omitempty"`   // the same thing in several pictures
	Detection  string       `json:"detection,omitempty"` // the sender's own identity of this finding
	Parent     string       `json:"parent,omitempty"`    // the picture or finding that it was cut from
}

// Whole tells whether the finding is about the whole picture.
func (p Prediction) Whole() bool { return p.Width == 0 && p.Height == 0 }

// RLE is a mask as run lengths: background and thing in turn, column by column from the upper left corner, beginning with
// background (the COCO form).
type RLE struct {
	Size   [2]int `json:"size"` // height, width
	Counts []int  `json:"counts"`
}

// Area is the number of pixels of the thing.
func (r RLE) Area() int {
	n := 0
	for i := 1; i < len(r.Counts); i += 2 {
		n += r.Counts[i]
	}
	return n
}

// Keypoint is one named point of a thing, in pixels.
type Keypoint struct {
	Class      string  `json:"class"`
	ClassID    int     `json:"class_id,omitempty"`
	Confidence float64 `json:"confidence"`
	X          float64 `json:"x"`
	Y          float64 `json:"y"`
}

// Picture is a picture's size in pixels; zero where nobody told.
type Picture struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// MaxPredictions bounds what one picture may hold.
const MaxPredictions = 5000

// checkPredictions names every finding that can't be used.
func checkPredictions(f *Faults, at string, list []Prediction) {
	f.Check(len(list) <= MaxPredictions, at, "holds more than %d findings", MaxPredictions)
	for i, p := range list[:min(len(list), MaxPredictions)] {
		one := fmt.Sprintf("%s[%d]", at, i)
		f.Check(len(p.Class) <= 200, one+".class", "is longer than 200 characters")
		f.Check(p.Confidence >= 0 && p.Confidence <= 1, one+".confidence", "must be from 0 to 1")
		f.Check(p.Width >= 0 && p.Height >= 0, one, "has a negative size")
	}
}
