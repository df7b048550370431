package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// signatures reads the signatures of steps, reviews and releases of holds, each judged against what it was given for.
func (b lotRecords) signatures(ctx context.Context) error {
	rows, err := b.q.RecordSigned(ctx, sqlcgen.RecordSignedParams{Lots: b.lots, Site: b.site})
	if err != nil {
		return err
	}
	for _, r := range rows {
		found, err := signaturesOf(ctx, b.q, b.site, mes.SignedRecord{Noun: mes.SignedNoun(r.Noun), ID: r.Record})
		if err != nil {
			return err
		}
		c := &b.at[r.Lot].Content
		c.Signatures = append(c.Signatures, found...)
	}
	return nil
}

// own reads the signatures on a record itself, judged against the hash that it has now. Without a row that shows it to a
// reviewer under that hash, nobody can have signed it as it is.
func (r recordReader) own(ctx context.Context, record mes.SignedRecord, hash string) ([]mes.Signature, error) {
	out := []mes.Signature{}
	rows, err := r.q.SignaturesOfRecord(ctx, sqlcgen.SignaturesOfRecordParams{Site: r.site, Noun: string(record.Noun), Record: record.ID})
	if err != nil || len(rows) == 0 {
		return out, err
	}
	var content any = mes.ReleaseContent{Record: record, Hash: hash}
	text, err := r.q.ShownForRelease(ctx, sqlcgen.ShownForReleaseParams{Noun: string(record.Noun), Subject: record.ID, Hash: hash})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return out, err
	}
	if err == nil {
		content = text
	}
	_, now, err := canonicalJSON(signable{r.site, record.Noun, record.ID, content})
	if err != nil {
		return out, err
	}
	for _, row := range rows {
		s, err := judged(row, record, now)
		if err == nil && s.State == mes.SignatureValid {
			s, err = belonging(ctx, r.q, row, s)
		}
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}
