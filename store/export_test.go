package store

import (
	"context"
	"encoding/json"

	"github.com/steelthread/steelthread/mes"
)

// Conclude does what the last signature on a record does, or a rejection, without the signing.
func (r *Releases) Conclude(ctx context.Context, site string, record mes.SignedRecord, hash string, by string, state mes.RecordState) error {
	content, err := json.Marshal(mes.ReleaseContent{Record: record, Hash: hash})
	if err != nil {
		return err
	}
	return r.change(ctx, func(w *work) error {
		return w.concluded(ctx, mes.SignatureRequest{ID: "req-" + hash[:8], Site: site, Record: record, Content: content, Signatures: []mes.Signature{{Signer: by, Reason: "Looked through"}}}, state)
	})
}
