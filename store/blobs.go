package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Blobs keeps each picture, document or history once, under the hash of its content.
type Blobs struct{ db }

var _ mes.Blobs = (*Blobs)(nil)

// Put stores a content unless it is there.
func (b *Blobs) Put(ctx context.Context, contentType string, content []byte) (string, error) {
	hash, err := putBlob(ctx, b.q, contentType, content)
	return hash, translate(err)
}

// Get reads a blob.
func (b *Blobs) Get(ctx context.Context, hash string) (mes.Blob, error) {
	row, err := b.q.BlobByHash(ctx, hash)
	return mes.Blob{Hash: row.Hash, ContentType: row.ContentType, Size: row.Size, Content: row.Content}, missing(err, "Picture or document", hash)
}

// putBlob asks first, so that a picture that is there is not sent again.
func putBlob(ctx context.Context, q *sqlcgen.Queries, contentType string, content []byte) (string, error) {
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	found, err := q.HasBlob(ctx, hash)
	if err != nil || found {
		return hash, err
	}
	return hash, q.PutBlob(ctx, sqlcgen.PutBlobParams{Hash: hash, ContentType: contentType, Size: int64(len(content)), Content: content})
}
