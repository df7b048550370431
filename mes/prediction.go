package mes

// Prediction is one thing that a model found, in the one form into which every sender's form is read. X and Y are the
// centre of its box in pixels; a whole picture's class has no box.
type Prediction struct {
	Class      string       `json:"class"`
	ClassID    int          `json:"class_id,omitempty"`
	Confidence float64      `json:"confidence"`
	X          float64      `json:"x"`
	Y          float64      `json:"y"`
	Width      float64      `json:"width"`
	Height     float64      `json:"height"`
	Points     [][2]float64 `json:"points,omitempty"`
}

// Picture is the size of a picture in pixels, 0 where it is not known.
type Picture struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}
