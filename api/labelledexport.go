package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

// maxExport is the most pictures of one data set.
const maxExport = 5000

func (s *Server) labelledExportRoutes() {
	handle(s, route{Method: "GET", Path: "/vision/export.zip", ID: "exportLabelled", Group: "vision", Right: policies.VisionExport,
		Short: "Labelled pictures as a data set, COCO or YOLO", Long: "What people said comes first, up to the limit. COCO: annotations.json and images/. YOLO: data.yaml, images/ and labels/. " +
			"Boxes are a person's where one corrected them, else the model's.",
		Answers: map[string]*huma.Response{"200": {Description: "The archive.", Content: map[string]*huma.MediaType{zipType: {Schema: binarySchema()}}}}}, s.exportLabelled)
}

type datasetInput struct {
	ReviewNarrowing
	Form  string `query:"form" enum:"coco,yolo" default:"coco"`
	Limit int    `query:"limit" minimum:"1" maximum:"5000" default:"1000" doc:"The most pictures."`
}

func (s *Server) exportLabelled(ctx context.Context, in *datasetInput) (*huma.StreamResponse, error) {
	var pictures []mes.LabelledPicture
	err := s.VerdictReviews.Export(ctx, in.filter(ctx), min(max(in.Limit, 1), maxExport), func(p mes.LabelledPicture) error {
		pictures = append(pictures, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", zipType)
		c.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="labelled-%s.zip"`, in.Form))
		c.SetHeader("Cache-Control", "private, no-store")
		c.SetStatus(http.StatusOK)
		d := &dataset{zip: zip.NewWriter(c.BodyWriter()), blob: func(hash string) (mes.Blob, error) { return s.Blobs.Get(ctx, hash) }, now: s.Now().UTC()}
		if err := d.write(in.Form, pictures); err != nil {
			slog.WarnContext(ctx, "a data set was not written to its end", "err", err)
			panic(http.ErrAbortHandler) // so that half an archive is never taken for a whole one
		}
	}}, nil
}

// dataset is an archive of labelled pictures that is being written, one picture in memory at a time.
type dataset struct {
	zip  *zip.Writer
	blob func(hash string) (mes.Blob, error)
	now  time.Time
}

func (d *dataset) write(form string, pictures []mes.LabelledPicture) error {
	files := make([]string, len(pictures))
	for i, p := range pictures {
		b, err := d.blob(p.Image)
		if err != nil {
			return err
		}
		files[i] = p.ID + "." + strings.TrimPrefix(strings.Replace(b.ContentType, "jpeg", "jpg", 1), "image/")
		if p.Picture.Width <= 0 || p.Picture.Height <= 0 { // its sender did not tell; the picture does
			if size, _, err := image.DecodeConfig(bytes.NewReader(b.Content)); err == nil {
				pictures[i].Picture = mes.Picture{Width: size.Width, Height: size.Height}
			}
		}
		if err := d.file("images/"+files[i], b.Content, zip.Store); err != nil {
			return err
		}
	}
	var err error
	if form == "yolo" {
		err = d.yolo(pictures)
	} else {
		err = d.coco(pictures, files)
	}
	if err != nil {
		return err
	}
	return d.zip.Close()
}

func (d *dataset) file(name string, content []byte, method uint16) error {
	w, err := d.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: d.now})
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	return d.zip.Flush()
}

func (d *dataset) coco(pictures []mes.LabelledPicture, files []string) error {
	named := make([]string, len(files))
	for i, f := range files {
		named[i] = "images/" + f
	}
	text, err := json.MarshalIndent(mes.MakeCOCO(pictures, named, d.now), "", "  ")
	if err != nil {
		return err
	}
	return d.file("annotations.json", text, zip.Deflate)
}

// yolo writes a text of lines beside each picture; one without findings has an empty text, which says that nothing is there.
func (d *dataset) yolo(pictures []mes.LabelledPicture) error {
	classes := mes.DatasetClasses(pictures)
	number := map[string]int{}
	for i, c := range classes {
		number[c] = i
	}
	for _, p := range pictures {
		var text strings.Builder
		for _, f := range p.Predictions {
			if line, ok := f.YOLOLine(number[f.Class], p.Picture); ok {
				_, _ = io.WriteString(&text, line+"\n") // a builder takes everything
			}
		}
		if err := d.file("labels/"+p.ID+".txt", []byte(text.String()), zip.Deflate); err != nil {
			return err
		}
	}
	return d.file("data.yaml", []byte(mes.YOLOData(classes)), zip.Deflate)
}
