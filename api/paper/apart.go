package paper

import (
	"bytes"
	"encoding/gob"

	"codeberg.org/go-pdf/fpdf"
)

// apart gives the n-th picture a place of its own in the file. The library sorts pictures by their width alone, and
// leaves pictures of the same width in the chance order of a map, so that one record would give different bytes. It
// writes the width as a whole number, but sorts by the fraction too; the fraction is set here through the form in which
// the library stores a picture.
func apart(info *fpdf.ImageInfoType, n int) error {
	stored, err := info.GobEncode()
	if err != nil {
		return err
	}
	in := gob.NewDecoder(bytes.NewReader(stored))
	var (
		data, mask, palette     []byte
		object, bits            int
		width, height           float64
		space, filter, decoding string
		transparent             []int
		scale, dpi              float64
	)
	fields := []any{&data, &mask, &object, &width, &height, &space, &palette, &bits, &filter, &decoding, &transparent, &scale, &dpi}
	for _, f := range fields {
		if err := in.Decode(f); err != nil {
			return err
		}
	}
	width += float64(n) / 1e6
	var out bytes.Buffer
	to := gob.NewEncoder(&out)
	for _, f := range fields {
		if err := to.Encode(f); err != nil {
			return err
		}
	}
	return info.GobDecode(out.Bytes())
}
