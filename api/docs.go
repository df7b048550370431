package api

import (
	"bytes"
	_ "embed" // the documentation page is part of the binary: a plant has no internet
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/policies"
)

var (
	//go:embed docs/docs.html
	docsPage []byte
	//go:embed docs/docs.js
	docsScript []byte
	//go:embed docs/docs.css
	docsStyle []byte
)

func (s *Server) docsRoutes() {
	s.document("/docs", "text/html; charset=utf-8", docsPage)
	s.document("/docs/docs.js", "text/javascript; charset=utf-8", docsScript)
	s.document("/docs/docs.css", "text/css; charset=utf-8", docsStyle)
	doc, err := s.OpenAPI()
	if err != nil {
		s.wrong = err
		return
	}
	s.document("/openapi.json", "application/openapi+json", doc)
}

func (s *Server) document(path, kind string, content []byte) {
	s.raw(route{Method: http.MethodGet, Path: path, ID: "docs", Right: policies.DocsRead}, func(c echo.Context) error {
		return c.Blob(http.StatusOK, kind, content)
	})
}

// openAPI writes the document with a line per value, so that a change reads well in review.
func openAPI(a huma.API) ([]byte, error) {
	raw, err := json.Marshal(a.OpenAPI())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", " "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// again documents the 200 of a route that otherwise answers 201: the thing was there already.
func again[T any](s *Server) map[string]*huma.Response {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(typeOf[T](), true, "")
	return map[string]*huma.Response{"200": {Description: "It was there already; nothing was changed.",
		Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}}
}
