package api

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// pictureLimit bounds a picture or PDF: terminals fetch it over the shop's network. pixelLimit bounds what a small file
// may unpack to.
const (
	pictureLimit = 8 << 20
	pixelLimit   = 40 << 20
)

func (s *Server) pictureRoutes() {
	handle(s, route{Method: "POST", Path: "/pictures", ID: "addPicture", Group: "documents", Right: policies.DocumentDraft, Command: true, Noun: "picture", Body: pictureLimit,
		Status: http.StatusCreated, Short: "Store a picture or PDF for a document",
		Long: "SVG, PNG, JPEG or PDF, known by its content. Pictures lose what is no picture; a drawing with script, links to elsewhere or foreign content is refused."}, s.addPicture)
}

type pictureInput struct {
	RawBody []byte `contentType:"application/octet-stream"`
}

// StoredPicture is where a picture is found.
type StoredPicture struct {
	Hash        string `json:"hash"`
	ContentType string `json:"content_type"`
	Size        int    `json:"size"`
}

func (s *Server) addPicture(ctx context.Context, in *pictureInput) (*made[StoredPicture], error) {
	kind, content, err := cleanPicture(in.RawBody)
	if err != nil {
		var f mes.Faults
		f.Add("body", "%s", err)
		return nil, f.Err("The picture was not stored.")
	}
	hash, err := s.Blobs.Put(ctx, kind, content)
	if err != nil {
		return nil, err
	}
	requestOf(ctx).subject = hash
	return &made[StoredPicture]{Status: http.StatusCreated, Body: StoredPicture{Hash: hash, ContentType: kind, Size: len(content)}}, nil
}

// cleanPicture tells what a file is by its content, and gives back nothing but the picture in it.
func cleanPicture(b []byte) (kind string, clean []byte, err error) {
	switch sniffed := http.DetectContentType(b); {
	case sniffed == "image/png" || sniffed == "image/jpeg":
		clean, err = redrawn(b, sniffed)
		return sniffed, clean, err
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return "application/pdf", b, nil
	case bytes.Contains(b[:min(len(b), 1024)], []byte("<svg")):
		if err := plainDrawing(b); err != nil {
			return "", nil, err
		}
		return "image/svg+xml", b, nil
	}
	return "", nil, errors.New("is neither SVG, PNG, JPEG nor PDF")
}

// redrawn decodes a picture and writes it again, so that nothing but pixels is kept: no place, no camera, no script
// behind the end.
func redrawn(b []byte, kind string) ([]byte, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, errors.New("cannot be read as a picture")
	}
	if c.Width*c.Height > pixelLimit {
		return nil, fmt.Errorf("has %d × %d points, which is too many", c.Width, c.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, errors.New("cannot be read as a picture")
	}
	var out bytes.Buffer
	if kind == "image/png" {
		err = png.Encode(&out, img)
	} else {
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: 90})
	}
	return out.Bytes(), err
}

// drawingElements are all that a drawing may be made of.
var drawingElements = []string{"svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "use", "symbol",
	"marker", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "style"}

// plainDrawing refuses a drawing that is more than a drawing.
func plainDrawing(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	inStyle := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.New("cannot be read as a drawing")
		}
		switch e := t.(type) {
		case xml.StartElement:
			inStyle = e.Name.Local == "style"
			if err := plainElement(e); err != nil {
				return err
			}
		case xml.EndElement:
			inStyle = false
		case xml.Directive:
			if bytes.Contains(bytes.ToUpper(e), []byte("ENTITY")) {
				return errors.New("declares entities")
			}
		case xml.ProcInst:
			if e.Target != "xml" {
				return fmt.Errorf("has an instruction to %s", e.Target)
			}
		case xml.CharData:
			if inStyle && elsewhere(string(e)) {
				return errors.New("has a style that loads something")
			}
		}
	}
}

func plainElement(e xml.StartElement) error {
	if !slices.Contains(drawingElements, e.Name.Local) {
		return fmt.Errorf("has the element %s", e.Name.Local)
	}
	for _, a := range e.Attr {
		name := strings.ToLower(a.Name.Local)
		switch {
		case strings.HasPrefix(name, "on"):
			return fmt.Errorf("has the script attribute %s", a.Name.Local)
		case name == "href" && !strings.HasPrefix(a.Value, "#"):
			return errors.New("links to something outside itself")
		case a.Name.Space != "xmlns" && name != "xmlns" && elsewhere(a.Value):
			return fmt.Errorf("loads something by %s", a.Name.Local)
		}
	}
	return nil
}

// elsewhere tells that a style or attribute reaches outside the drawing.
func elsewhere(v string) bool {
	v = strings.ToLower(strings.Join(strings.Fields(v), ""))
	rest := strings.ReplaceAll(strings.ReplaceAll(v, "url(#", ""), `url("#`, "")
	return strings.Contains(rest, "url(") || strings.Contains(rest, "@import") || strings.Contains(rest, "javascript:") || strings.Contains(rest, "data:") || strings.Contains(rest, "expression(")
}
