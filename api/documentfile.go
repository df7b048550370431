package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
)

type exportInput struct {
	RevisionPath
	As string `query:"as" enum:"yaml,json" default:"yaml"`
}

// exportDocument gives a revision away as the file that a plant's folder would hold.
func (s *Server) exportDocument(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	d, err := s.Documents.Get(ctx, in.named())
	if err != nil {
		return nil, err
	}
	content, err := s.Files.Write(d, in.As == "json")
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/"+in.As)
		c.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", d.ID+"-"+d.Revision+"."+in.As))
		c.SetStatus(http.StatusOK)
		_, _ = c.BodyWriter().Write(content) // the reader may have gone: nobody to tell
	}}, nil
}

type importDraftInput struct {
	RevisionPath
	Version int64  `query:"version" required:"true" doc:"The draft's version that is replaced."`
	RawBody []byte `contentType:"application/yaml"`
}

// importDraft takes a file's content into a draft. Its names of product and revision are the draft's, not the file's.
func (s *Server) importDraft(ctx context.Context, in *importDraftInput) (*one[mes.DocumentRevision], error) {
	r := requestOf(ctx)
	r.subject = in.key().String()
	content, err := s.Files.Read(in.key(), in.RawBody)
	if err != nil {
		return nil, err
	}
	return answer(s.Documents.Update(ctx, r.who.Site, r.actor(), in.key(), mes.DraftChange{Version: in.Version, Content: content}))
}
