package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Signatures keeps signatures and the requests for them.
type Signatures struct{ db }

var _ mes.Signatures = (*Signatures)(nil)

// zoneOf is the site's time zone; a site without one, or with one that this machine does not know, has UTC.
func zoneOf(ctx context.Context, q *sqlcgen.Queries, site string) (*time.Location, error) {
	name, err := q.ZoneOfSite(ctx, site)
	if err != nil {
		return nil, missing(err, "Site", site)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, nil //nolint:nilerr // the import checks zones; an unknown one must not stop the plant
	}
	return zone, nil
}

// signatureOf is a row as people read it, not judged yet.
func signatureOf(s sqlcgen.Signature) mes.Signature {
	return mes.Signature{ID: s.ID, Site: s.Site, Record: mes.SignedRecord{Noun: mes.SignedNoun(s.Noun), ID: s.Record}, N: s.N, Meaning: mes.Meaning(s.Meaning),
		Signer: s.Signer, Name: s.Name, Method: mes.SigningMethod(s.Method), At: s.At, Zone: s.Zone, Station: s.Station, Source: s.Source, Reason: s.Reason, Hash: s.Hash}
}

// requestOf is a row with its signatures, each judged by its seal; whether the record has changed since is Of's to say.
func requestOf(ctx context.Context, q *sqlcgen.Queries, row sqlcgen.SignatureRequest) (mes.SignatureRequest, error) {
	r := requestRow(row)
	if err := json.Unmarshal(row.Needs, &r.Needs); err != nil {
		return r, fmt.Errorf("needs of signature request %s: %w", row.ID, err)
	}
	rows, err := q.SignaturesOfRequest(ctx, row.ID)
	for _, s := range rows {
		sig, err := judged(s, r.Record, r.Hash)
		if err != nil {
			return r, err
		}
		r.Signatures = append(r.Signatures, sig)
	}
	return r, err
}

func requestRow(row sqlcgen.SignatureRequest) mes.SignatureRequest {
	return mes.SignatureRequest{ID: row.ID, Site: row.Site, Record: mes.SignedRecord{Noun: mes.SignedNoun(row.Noun), ID: row.Record}, Title: row.Title,
		Content: json.RawMessage(row.Content), Hash: row.Hash, RequestedBy: row.RequestedBy, PerformedBy: row.PerformedBy, RequestedAt: row.RequestedAt,
		Reason: row.Reason, State: mes.RequestState(row.State), Signatures: []mes.Signature{}, DueAt: row.DueAt, EndedAt: row.EndedAt, EndReason: row.EndReason}
}

// judged says what a signature is worth at a record whose content hashes to hash: forged when the row was changed or does
// not belong there, voided when the record was changed after it.
func judged(row sqlcgen.Signature, at mes.SignedRecord, hash string) (mes.Signature, error) {
	s := signatureOf(row)
	seal, err := sealOf(row)
	switch {
	case err != nil:
		return s, err
	case seal != row.Seal:
		s.State, s.Why = mes.SignatureForged, "the signature's own row was changed"
	case s.Record != at:
		s.State, s.Why = mes.SignatureForged, "it was given to another record"
	case row.Hash != hash:
		s.State, s.Why = mes.SignatureVoided, "the record was changed after it was signed"
	default:
		s.State = mes.SignatureValid
	}
	return s, nil
}

// currentHash reads a record as it stands now and hashes it as it would be signed.
func currentHash(ctx context.Context, q *sqlcgen.Queries, site string, r mes.SignedRecord) (text []byte, hash string, err error) {
	noun, ok := signed[r.Noun]
	if !ok {
		return nil, "", mes.NotFound("Kind of record", string(r.Noun))
	}
	content, err := noun.content(ctx, q, site, r.ID)
	if err != nil {
		return nil, "", err
	}
	return canonicalJSON(signable{site, r.Noun, r.ID, content})
}

// Of reads a record's signatures, oldest first, each judged against the record as it stands now.
func (s *Signatures) Of(ctx context.Context, site string, r mes.SignedRecord) ([]mes.Signature, error) {
	out, err := signaturesOf(ctx, s.q, site, r)
	return out, translate(err)
}

func signaturesOf(ctx context.Context, q *sqlcgen.Queries, site string, r mes.SignedRecord) ([]mes.Signature, error) {
	out := []mes.Signature{}
	rows, err := q.SignaturesOfRecord(ctx, sqlcgen.SignaturesOfRecordParams{Site: site, Noun: string(r.Noun), Record: r.ID})
	if err != nil {
		return out, err
	}
	_, hash, err := currentHash(ctx, q, site, r)
	if err != nil {
		return out, err
	}
	for _, row := range rows {
		sig, err := judged(row, r, hash)
		if err != nil {
			return out, err
		}
		if sig.State == mes.SignatureValid {
			if sig, err = belonging(ctx, q, row, sig); err != nil {
				return out, err
			}
		}
		out = append(out, sig)
	}
	return out, nil
}

// belonging compares a signature with the request that it answers and with the audit trail: a row copied to another request
// does not fit there, and one that was changed together with its seal does not fit the trail.
func belonging(ctx context.Context, q *sqlcgen.Queries, row sqlcgen.Signature, s mes.Signature) (mes.Signature, error) {
	req, err := q.SignatureRequestByID(ctx, sqlcgen.SignatureRequestByIDParams{Site: row.Site, ID: row.Request})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return s, err
	}
	if err != nil || req.Noun != row.Noun || req.Record != row.Record || req.Hash != row.Hash {
		s.State, s.Why = mes.SignatureForged, "it answers another request than the one it names"
		return s, nil
	}
	seal, err := q.SealInAudit(ctx, sqlcgen.SealInAuditParams{Noun: row.Noun, Subject: row.Record, Signature: row.ID})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return s, err
	}
	if err != nil || seal != row.Seal {
		s.State, s.Why = mes.SignatureForged, "the audit trail knows another signature, or none"
	}
	return s, nil
}

// Request reads one request.
func (s *Signatures) Request(ctx context.Context, site, id string) (mes.SignatureRequest, error) {
	row, err := s.q.SignatureRequestByID(ctx, sqlcgen.SignatureRequestByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.SignatureRequest{}, missing(err, "Signature request", id)
	}
	r, err := requestOf(ctx, s.q, row)
	return r, translate(err)
}

// Requests reads a page, newest first. Content is left out; Request has it.
func (s *Signatures) Requests(ctx context.Context, f mes.RequestFilter) (mes.Page[mes.SignatureRequest], error) {
	l := newListing("signature_request r", f.Paging, sorts{"": {{"r.requested_at", "timestamptz", true}}, "requested_at": {{"r.requested_at", "timestamptz", false}}}, column{"r.id", "text", false})
	l.where("r.site = ?", f.Site).where("r.state = ?", string(f.State)).where("r.noun = ?", string(f.Noun)).where("r.record = ?", f.Record)
	l.search(f.Text, "r.title", "r.record", "r.requested_by")
	p, err := page(ctx, s.db, l, "r.id, r.site", func(r *mes.SignatureRequest) []any { return []any{&r.ID, &r.Site} })
	if err != nil {
		return p, err
	}
	for i := range p.Items {
		if p.Items[i], err = s.filled(ctx, p.Items[i]); err != nil {
			return p, err
		}
	}
	return p, nil
}

// filled adds needs and signatures to a listed request.
func (s *Signatures) filled(ctx context.Context, r mes.SignatureRequest) (mes.SignatureRequest, error) {
	whole, err := s.Request(ctx, r.Site, r.ID)
	whole.Content = nil
	return whole, err
}

// gone looks for a signature that the audit trail knows and that was taken away.
func (s *Signatures) gone(ctx context.Context, v *mes.SignatureVerdict) error {
	id, err := s.q.SignatureThatIsGone(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil && v.OK {
		v.OK, v.Bad, v.Why = false, id, "it was taken away; the audit trail knows it"
	}
	return err
}

// Verify checks every signature: its own row, the request that it answers, and the place that it stands at. Whether its
// record has changed since is no fault of the signature; Of says so.
func (s *Signatures) Verify(ctx context.Context) (mes.SignatureVerdict, error) {
	v := mes.SignatureVerdict{OK: true}
	after := ""
	for {
		rows, err := s.q.SignaturesAfter(ctx, sqlcgen.SignaturesAfterParams{After: after, Most: 500})
		if err == nil && len(rows) == 0 {
			err = s.gone(ctx, &v)
			return v, translate(err)
		}
		if err != nil {
			return v, translate(err)
		}
		for _, row := range rows {
			sig, err := judged(row, mes.SignedRecord{Noun: mes.SignedNoun(row.Noun), ID: row.Record}, row.Hash)
			if err == nil && sig.State == mes.SignatureValid {
				sig, err = belonging(ctx, s.q, row, sig)
			}
			if err != nil {
				return v, translate(err)
			}
			v.Signatures++
			if sig.State != mes.SignatureValid && v.OK {
				v.OK, v.Bad, v.Why = false, row.ID, sig.Why
			}
			after = row.ID
		}
	}
}
