package api

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/steelthread/steelthread/api/paper"
	"github.com/steelthread/steelthread/mes"
)

// bundle is an archive of records that is being written.
type bundle struct {
	zip  *zip.Writer
	lang paper.Language
	at   time.Time // of every file, so that the same records give the same archive
	sums bytes.Buffer
}

func newBundle(w io.Writer, r mes.OrderRecord, l paper.Language) *bundle {
	at := r.Content.CreatedAt
	if r.Content.EndedAt != nil {
		at = *r.Content.EndedAt
	}
	return &bundle{zip: zip.NewWriter(w), lang: l, at: at.UTC()}
}

func (b *bundle) order(r mes.OrderRecord) error {
	var page bytes.Buffer
	if err := paper.Order(&page, r, b.lang); err != nil {
		return err
	}
	return b.both("order-"+r.Content.Order, r, page.Bytes())
}

func (b *bundle) lot(r mes.LotRecord, pictures paper.Pictures) error {
	var page bytes.Buffer
	if err := paper.Lot(&page, r, pictures, b.lang); err != nil {
		return err
	}
	return b.both("lots/"+r.Content.Lot, r, page.Bytes())
}

// both writes a record in its two forms.
func (b *bundle) both(name string, record any, page []byte) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	if err := b.file(name+".json", text, zip.Deflate); err != nil {
		return err
	}
	return b.file(name+".pdf", page, zip.Store) // a PDF is compressed within itself
}

func (b *bundle) file(name string, content []byte, method uint16) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: b.at})
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	fmt.Fprintf(&b.sums, "%x  %s\n", sha256.Sum256(content), name)
	return b.zip.Flush()
}

// close writes the sums, as sha256sum -c reads them, and the archive's end.
func (b *bundle) close() error {
	if err := b.file("SHA256SUMS", b.sums.Bytes(), zip.Deflate); err != nil {
		return err
	}
	return b.zip.Close()
}
