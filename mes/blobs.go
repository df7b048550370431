package mes

import "context"

// Blob is a picture, document or exported history, known by its content.
type Blob struct {
	Hash        string `json:"hash"` // hex SHA-256
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	Content     []byte `json:"-"`
}

// Blobs keeps each content once.
type Blobs interface {
	// Put stores the content and answers its hash; the same content again changes nothing.
	Put(ctx context.Context, contentType string, content []byte) (hash string, err error)
	// Get reads a blob. Codes: not_found.
	Get(ctx context.Context, hash string) (Blob, error)
}
