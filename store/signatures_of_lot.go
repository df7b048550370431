package store

import (
	"context"
	"slices"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// signedOf reads the signatures of those of the records that have any, by record, each judged as the record stands now.
func signedOf(ctx context.Context, q *sqlcgen.Queries, site string, nouns []mes.SignedNoun, records []string) (map[string][]mes.Signature, error) {
	out := map[string][]mes.Signature{}
	if len(records) == 0 {
		return out, nil
	}
	names := make([]string, len(nouns))
	for i, n := range nouns {
		names[i] = string(n)
	}
	rows, err := q.SignedRecordsOf(ctx, sqlcgen.SignedRecordsOfParams{Site: site, Nouns: names, Records: records})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if out[r.Record], err = signaturesOf(ctx, q, site, mes.SignedRecord{Noun: mes.SignedNoun(r.Noun), ID: r.Record}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decisionsSigned reads the signatures under quality's decisions on a lot, oldest first.
func decisionsSigned(ctx context.Context, q *sqlcgen.Queries, site, lot string) ([]mes.Signature, error) {
	ids, err := q.DispositionsOf(ctx, sqlcgen.DispositionsOfParams{Site: site, Lot: lot})
	if err != nil {
		return nil, err
	}
	found, err := signedOf(ctx, q, site, []mes.SignedNoun{mes.SignedReview, mes.SignedHoldRelease}, ids)
	out := []mes.Signature{}
	for _, id := range ids {
		out = append(out, found[id]...)
	}
	slices.SortStableFunc(out, func(a, b mes.Signature) int { return a.At.Compare(b.At) })
	return out, err
}
