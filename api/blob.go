package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) blobRoutes() {
	handle(s, route{Method: "GET", Path: "/blobs/{hash}", ID: "getBlob", Group: "vision", Right: policies.BlobRead,
		Short: "A picture by its hash", Long: "Exported histories are blobs too; they ask for history.read.",
		Answers: map[string]*huma.Response{"200": {Description: "The content", Content: map[string]*huma.MediaType{
			"image/png": binary(), "image/jpeg": binary(), "image/svg+xml": binary(), "application/json": binary(), "application/pdf": binary()}}}}, s.getBlob)
}

func binary() *huma.MediaType {
	return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
}

type blobPath struct {
	Hash string `path:"hash" pattern:"^[0-9a-f]{64}$" patternDescription:"a SHA-256 hash of 64 hex digits"`
}

// blobTypes are the kinds of content that are served, each with whether a browser may show it in a page.
var blobTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/svg+xml": true, "application/json": false, "application/pdf": false}

// getBlob serves a blob as nothing but what it is: a drawing can hold script, so it is shown in a sandbox.
func (s *Server) getBlob(ctx context.Context, in *blobPath) (*huma.StreamResponse, error) {
	b, err := s.Blobs.Get(ctx, in.Hash)
	if err != nil {
		return nil, err
	}
	picture, known := blobTypes[b.ContentType]
	if !known {
		return nil, mes.NotFound("Picture", in.Hash)
	}
	if b.ContentType == "application/json" {
		if err := s.mayDo(requestOf(ctx), policies.HistoryRead); err != nil {
			return nil, err
		}
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		tag := `"` + b.Hash + `"`
		c.SetHeader("Content-Type", b.ContentType)
		c.SetHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'")
		c.SetHeader("Cache-Control", "private, max-age=31536000, immutable")
		c.SetHeader("ETag", tag)
		if !picture {
			c.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s%s"`, b.Hash, strings.Replace(b.ContentType, "application/", ".", 1)))
		}
		if c.Header("If-None-Match") == tag {
			c.SetStatus(http.StatusNotModified)
			return
		}
		c.SetStatus(http.StatusOK)
		_, _ = c.BodyWriter().Write(b.Content) // the reader may have gone: nobody to tell
	}}, nil
}
