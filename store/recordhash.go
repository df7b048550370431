package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/gowebpki/jcs"
)

// canonicalText is a document as everyone writes it the same way (RFC 8785), and hex SHA-256 of that text.
func canonicalText(v any) (text []byte, hash string, err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, "", err
	}
	if text, err = jcs.Transform(b); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(text)
	return text, hex.EncodeToString(sum[:]), nil
}
