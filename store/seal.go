package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// canonicalJSON is a document in the one form that RFC 8785 gives it, with its hex SHA-256.
func canonicalJSON(v any) (text []byte, hash string, err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, "", err
	}
	if text, err = jcs.Transform(b); err != nil {
		return nil, "", fmt.Errorf("canonical form: %w", err)
	}
	sum := sha256.Sum256(text)
	return text, hex.EncodeToString(sum[:]), nil
}

// signable is what is hashed when a record is signed. The record's own name is in it, so that a signature that is copied
// to another record does not fit there (21 CFR 11.70).
type signable struct {
	Site    string         `json:"site"`
	Noun    mes.SignedNoun `json:"noun"`
	Record  string         `json:"record"`
	Content any            `json:"content"`
}

// sealOf covers all that stands in a signature's row, the time to the microsecond that PostgreSQL keeps.
func sealOf(s sqlcgen.Signature) (string, error) {
	_, hash, err := canonicalJSON(map[string]any{
		"id": s.ID, "site": s.Site, "request": s.Request, "noun": s.Noun, "record": s.Record, "n": s.N, "meaning": s.Meaning, "signer": s.Signer,
		"name": s.Name, "method": s.Method, "at": s.At.UTC().Format("2006-01-02T15:04:05.000000Z"), "zone": s.Zone, "station": s.Station,
		"source": s.Source, "reason": s.Reason, "hash": s.Hash,
	})
	return hash, err
}

// toMicroseconds is a time as PostgreSQL keeps it.
func toMicroseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
