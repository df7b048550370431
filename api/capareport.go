package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/api/paper"
	"github.com/steelthread/steelthread/mes"
)

func (s *Server) getCAPAReport(ctx context.Context, in *CAPAPath) (*one[mes.EightD], error) {
	return answer(s.CAPAs.Report(ctx, requestOf(ctx).who.Site, in.CAPA))
}

func (s *Server) getCAPAPaper(ctx context.Context, in *CAPAPath) (*huma.StreamResponse, error) {
	r, err := s.CAPAs.Report(ctx, requestOf(ctx).who.Site, in.CAPA)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := paper.EightD(&b, r); err != nil {
		return nil, err
	}
	return document(b.Bytes(), r.Hash, in.CAPA), nil
}

type capaEvidencePath struct {
	CAPAPath
	Hash string `path:"hash" maxLength:"64"`
}

func (s *Server) getCAPAEvidence(ctx context.Context, in *capaEvidencePath) (*huma.StreamResponse, error) {
	b, err := s.CAPAs.Evidence(ctx, requestOf(ctx).who.Site, in.CAPA, in.Hash)
	if err != nil {
		return nil, err
	}
	ending := map[string]string{"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[b.ContentType]
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", b.ContentType)
		c.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
		c.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%.12s.%s"`, in.CAPA, b.Hash, ending))
		c.SetStatus(http.StatusOK)
		_, _ = c.BodyWriter().Write(b.Content) // the reader may have gone: nobody to tell
	}}, nil
}
