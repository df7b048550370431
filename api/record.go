package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/api/paper"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

const (
	pdfType = "application/pdf"
	zipType = "application/zip"
	// headerRecordHash carries the hash of the record's content.
	headerRecordHash = "X-Record-Hash"
)

func (s *Server) recordRoutes() {
	get := func(path, id, short, long string) route {
		return route{Method: "GET", Path: path, ID: id, Group: "records", Right: policies.RecordRead, Short: short, Long: long}
	}
	paperOf := func(r route, kind string) route {
		r.Answers = map[string]*huma.Response{"200": {Description: "The document.", Content: map[string]*huma.MediaType{kind: {Schema: binarySchema()}},
			Headers: map[string]*huma.Param{headerRecordHash: {Description: "SHA-256 of the record's content.", Schema: &huma.Schema{Type: huma.TypeString}}}}}
		return r
	}
	const covered = "hash is the SHA-256 of the canonical JSON (RFC 8785) of content, and of nothing else. The ETag begins with it; what follows changes with what stands beside the content."
	handle(s, get("/lots/{lot}/record", "getLotRecord", "The whole record of a lot: device history record, batch record", covered), s.lotRecord)
	handle(s, paperOf(get("/lots/{lot}/record.pdf", "getLotRecordPDF", "The record of a lot on paper", "The same record gives the same bytes."), pdfType), s.lotPaper)
	handle(s, get("/work-orders/{number}/record", "getOrderRecord", "The record of an order: its balance, and each lot by the hash of its record", covered), s.orderRecord)
	handle(s, paperOf(get("/work-orders/{number}/record.pdf", "getOrderRecordPDF", "The record of an order on paper", "Each lot's own record is a document of its own."), pdfType), s.orderPaper)
	handle(s, paperOf(get("/work-orders/{number}/record.zip", "getOrderRecordZIP", "An order's record with those of all its lots, as PDF and JSON",
		"Read in one snapshot and written while it is read. The last file, SHA256SUMS, names the hash of each; an archive without it is not whole."), zipType), s.orderBundle)
}

func binarySchema() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

// recordAnswer is a record with its tag.
type recordAnswer[T any] struct {
	ETag string `header:"ETag"`
	Hash string `header:"X-Record-Hash"`
	Body T
}

// tagOf begins with the content's hash and ends with a hash over all that is shown.
func tagOf(hash string, shown []byte) string {
	sum := sha256.Sum256(shown)
	return fmt.Sprintf(`"%s-%s"`, hash, hex.EncodeToString(sum[:8]))
}

func (s *Server) lotRecord(ctx context.Context, in *LotPath) (*recordAnswer[mes.LotRecord], error) {
	r, err := s.Records.Lot(ctx, requestOf(ctx).who.Site, in.Lot)
	if err != nil {
		return nil, err
	}
	timeless := r
	timeless.Beside.ReadAt = time.Time{}
	return recordOf(r, timeless, r.Hash)
}

func (s *Server) orderRecord(ctx context.Context, in *OrderPath) (*recordAnswer[mes.OrderRecord], error) {
	r, err := s.Records.Order(ctx, requestOf(ctx).who.Site, in.Number)
	if err != nil {
		return nil, err
	}
	timeless := r
	timeless.Beside.ReadAt = time.Time{}
	return recordOf(r, timeless, r.Hash)
}

// recordOf tags a record by what it says, whenever it is read.
func recordOf[T any](r, timeless T, hash string) (*recordAnswer[T], error) {
	shown, err := json.Marshal(timeless)
	if err != nil {
		return nil, err
	}
	return &recordAnswer[T]{ETag: tagOf(hash, shown), Hash: hash, Body: r}, nil
}

// PaperInput chooses the language that a record is printed in.
type PaperInput struct {
	Lang   string `query:"lang" enum:"en,de" doc:"Left out, what the browser prefers. It changes what is printed around the record, and no hash."`
	Accept string `header:"Accept-Language" maxLength:"200"`
}

func (p PaperInput) language() paper.Language { return paper.LanguageOf(p.Lang, p.Accept) }

func (s *Server) lotPaper(ctx context.Context, in *struct {
	LotPath
	PaperInput
}) (*huma.StreamResponse, error) {
	r, err := s.Records.Lot(ctx, requestOf(ctx).who.Site, in.Lot)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := paper.Lot(&b, r, s.pictures(ctx), in.language()); err != nil {
		return nil, err
	}
	return document(b.Bytes(), r.Hash, in.Lot), nil
}

func (s *Server) orderPaper(ctx context.Context, in *struct {
	OrderPath
	PaperInput
}) (*huma.StreamResponse, error) {
	r, err := s.Records.Order(ctx, requestOf(ctx).who.Site, in.Number)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := paper.Order(&b, r, in.language()); err != nil {
		return nil, err
	}
	return document(b.Bytes(), r.Hash, in.Number), nil
}

func (s *Server) pictures(ctx context.Context) paper.Pictures {
	return func(hash string) (mes.Blob, error) { return s.Blobs.Get(ctx, hash) }
}

// document answers a PDF, which browsers show.
func document(content []byte, hash, name string) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(c huma.Context) {
		tag := tagOf(hash, content)
		c.SetHeader("Content-Type", pdfType)
		c.SetHeader("Content-Disposition", fmt.Sprintf(`inline; filename="%s.pdf"`, name))
		c.SetHeader("Cache-Control", "private, no-cache")
		c.SetHeader("Vary", "Accept-Language")
		c.SetHeader("ETag", tag)
		c.SetHeader(headerRecordHash, hash)
		if c.Header("If-None-Match") == tag {
			c.SetStatus(http.StatusNotModified)
			return
		}
		c.SetStatus(http.StatusOK)
		_, _ = c.BodyWriter().Write(content) // the reader may have gone: nobody to tell
	}}
}

// orderBundle streams an archive, one lot in memory at a time. What fails after it has begun breaks the connection off,
// so that half an archive is never taken for a whole one.
func (s *Server) orderBundle(ctx context.Context, in *struct {
	OrderPath
	PaperInput
}) (*huma.StreamResponse, error) {
	site := requestOf(ctx).who.Site
	if _, err := s.Orders.Get(ctx, site, in.Number); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		var out *bundle
		err := s.Records.Bundle(ctx, site, in.Number, func(r mes.OrderRecord) error {
			c.SetHeader("Content-Type", zipType)
			c.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.zip"`, in.Number))
			c.SetHeader("Cache-Control", "private, no-store")
			c.SetHeader(headerRecordHash, r.Hash)
			c.SetStatus(http.StatusOK)
			out = newBundle(c.BodyWriter(), r, in.language())
			return out.order(r)
		}, func(r mes.LotRecord) error { return out.lot(r, s.pictures(ctx)) })
		if err == nil {
			err = out.close()
		}
		if err != nil {
			slog.WarnContext(ctx, "an order's records were not written to their end", "order", in.Number, "err", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
