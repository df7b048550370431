package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// ask opens a request for the signatures of a record, in the transaction that makes it wait for them. The caller gives
// Site, Record, Title, RequestedBy, PerformedBy and Reason; Needs and DueAt come from the site's rule where they are left
// out. What is signed is read from the record itself. An earlier open request of the same record is voided: what it showed is no
// longer what is asked about.
func (w *work) ask(ctx context.Context, r mes.SignatureRequest) (mes.SignatureRequest, error) {
	noun, ok := signed[r.Record.Noun]
	if !ok {
		return r, fmt.Errorf("records of kind %q can't be signed", r.Record.Noun)
	}
	if err := w.flush(ctx); err != nil { // the record may be among what waits
		return r, err
	}
	content, err := noun.content(ctx, w.Queries, r.Site, r.Record.ID)
	if err != nil {
		return r, err
	}
	text, hash, err := canonicalJSON(signable{r.Site, r.Record.Noun, r.Record.ID, content})
	if err != nil {
		return r, err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return r, err
	}
	r.ID, r.Content, r.Hash, r.RequestedAt, r.State, r.Signatures = uuid.NewString(), text, hash, now, mes.RequestOpen, []mes.Signature{}
	if err := w.byRule(ctx, &r); err != nil {
		return r, err
	}
	if err := w.voidOpen(ctx, r, now, "Asked again, for what stands there now"); err != nil {
		return r, err
	}
	needs, err := json.Marshal(r.Needs)
	if err != nil {
		return r, err
	}
	err = w.later.AddSignatureRequest(ctx, sqlcgen.AddSignatureRequestParams{ID: r.ID, Site: r.Site, Noun: string(r.Record.Noun), Record: r.Record.ID,
		Title: r.Title, Content: string(text), Hash: hash, Needs: needs, RequestedBy: r.RequestedBy, PerformedBy: r.PerformedBy, RequestedAt: now,
		Reason: r.Reason, DueAt: r.DueAt})
	if err != nil {
		return r, err
	}
	w.tell(r.Site, mes.EventSignature, r.ID)
	if err := w.audit(mes.Actor{ID: r.RequestedBy}, "signature_requested", string(r.Record.Noun), r.Record.ID, r.Reason, r.ID, nil,
		map[string]any{"request": r.ID, "hash": hash, "needs": r.Needs}); err != nil {
		return r, err
	}
	return r, w.send(ctx, mes.ToWorkflow, mes.MessageSignatureRequested, r.ID, signingSubject(r.Site, r.ID), mes.SignatureAsked{Site: r.Site, Request: r.ID})
}

// signingSubject keeps the messages of one request in order.
func signingSubject(site, id string) string { return "sign/" + site + "/" + id }

// byRule fills what the caller left to the site's rule.
func (w *work) byRule(ctx context.Context, r *mes.SignatureRequest) error {
	rule, err := ruleOf(ctx, w.Queries, r.Site, r.Record.Noun)
	if err != nil {
		return err
	}
	if r.Needs == nil {
		r.Needs = rule.Needs
	}
	if len(r.Needs) == 0 {
		return fmt.Errorf("no signature is asked for %s %s", r.Record.Noun, r.Record.ID)
	}
	if r.DueAt == nil && rule.RemindS > 0 {
		due := r.RequestedAt.Add(time.Duration(rule.RemindS) * time.Second)
		r.DueAt = &due
	}
	return nil
}

// ruleOf is the site's rule for a kind of record, or the built-in one.
func ruleOf(ctx context.Context, q *sqlcgen.Queries, site string, noun mes.SignedNoun) (mes.SignatureRule, error) {
	row, err := q.RuleForSignatures(ctx, sqlcgen.RuleForSignaturesParams{Site: site, Noun: string(noun)})
	if errors.Is(err, pgx.ErrNoRows) {
		rule, ok := mes.StandardRule(noun)
		if !ok {
			return rule, fmt.Errorf("no rule says who signs %s", noun)
		}
		return rule, nil
	}
	if err != nil {
		return mes.SignatureRule{}, err
	}
	return storedRule(row)
}

func storedRule(row sqlcgen.SignatureRule) (mes.SignatureRule, error) {
	r := mes.SignatureRule{Noun: mes.SignedNoun(row.Noun), RemindS: row.RemindS, ChangedBy: row.ChangedBy, ChangedAt: &row.ChangedAt}
	return r, json.Unmarshal(row.Needs, &r.Needs)
}

// voidOpen ends an earlier open request of the same record.
func (w *work) voidOpen(ctx context.Context, r mes.SignatureRequest, now time.Time, why string) error {
	old, err := w.OpenRequestOf(ctx, sqlcgen.OpenRequestOfParams{Site: r.Site, Noun: string(r.Record.Noun), Record: r.Record.ID})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.endRequest(ctx, r.Site, old.ID, mes.RequestVoided, now, why)
}

// endRequest closes a request, its alerts and its workflow.
func (w *work) endRequest(ctx context.Context, site, id string, state mes.RequestState, at time.Time, reason string) error {
	w.tell(site, mes.EventSignature, id)
	if err := w.later.EndSignatureRequest(ctx, sqlcgen.EndSignatureRequestParams{ID: id, State: string(state), At: &at, Reason: reason}); err != nil {
		return err
	}
	if err := w.settle(ctx, site, mes.NounSignatureRequest, id, string(state), mes.AlertSignatureDue, mes.AlertSignatureOverdue); err != nil {
		return err
	}
	return w.send(ctx, mes.ToWorkflow, mes.MessageSignatureEnded, id+"/"+string(state), signingSubject(site, id), mes.SignatureAsked{Site: site, Request: id})
}

// Sign adds the next signature of an open request.
func (s *Signatures) Sign(ctx context.Context, key, site, id string, in mes.Signing) (mes.SignatureRequest, error) {
	return s.act(ctx, "sign", key, site, id, in.Signer.ID, func(w *work, r *mes.SignatureRequest, zone *time.Location, held []mes.Qualification, now time.Time) error {
		if err := r.Admit(in, held, now, zone); err != nil {
			return err
		}
		if admit := signed[r.Record.Noun].admit; admit != nil {
			if err := admit(ctx, w, *r, in.Signer); err != nil {
				return err
			}
		}
		if err := w.unchanged(ctx, *r); err != nil {
			return err
		}
		if err := w.addSignature(ctx, r, in, zone, now); err != nil {
			return err
		}
		if len(r.Signatures) < len(r.Needs) {
			return w.given(ctx, *r)
		}
		r.State, r.EndedAt = mes.RequestSigned, &now
		if err := w.endRequest(ctx, site, r.ID, r.State, now, ""); err != nil {
			return err
		}
		if then := signed[r.Record.Noun].then; then != nil {
			return then(ctx, w, *r)
		}
		return nil
	})
}

// Reject ends an open request with a reason.
func (s *Signatures) Reject(ctx context.Context, key, site, id string, in mes.Signing) (mes.SignatureRequest, error) {
	return s.act(ctx, "reject", key, site, id, in.Signer.ID, func(w *work, r *mes.SignatureRequest, zone *time.Location, held []mes.Qualification, now time.Time) error {
		if err := r.RejectBy(in, held, now, zone); err != nil {
			return err
		}
		by := mes.Actor{ID: in.Signer.ID, Station: in.Signer.Station, Source: in.Signer.Source}
		r.State, r.EndedAt, r.EndReason = mes.RequestRejected, &now, in.Reason
		if err := w.audit(by, "signature_rejected", string(r.Record.Noun), r.Record.ID, in.Reason, r.ID, nil,
			map[string]any{"request": r.ID, "hash": r.Hash, "method": in.Signer.Method}); err != nil {
			return err
		}
		if err := w.endRequest(ctx, site, r.ID, r.State, now, in.Reason); err != nil {
			return err
		}
		if rejected := signed[r.Record.Noun].rejected; rejected != nil {
			return rejected(ctx, w, *r, by, in.Reason)
		}
		return nil
	})
}

// act runs one person's decision on a locked request, once per key.
func (s *Signatures) act(ctx context.Context, verb, key, site, id, person string, do func(*work, *mes.SignatureRequest, *time.Location, []mes.Qualification, time.Time) error) (mes.SignatureRequest, error) {
	var out mes.SignatureRequest
	key = "signature/" + verb + "/" + id + "#" + key
	err := s.change(ctx, func(w *work) error {
		row, err := w.LockSignatureRequest(ctx, sqlcgen.LockSignatureRequestParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Signature request", id)
		}
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		if out, err = requestOf(ctx, w.Queries, row); err != nil {
			return err
		}
		zone, err := zoneOf(ctx, w.Queries, site)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		held, err := w.heldBy(ctx, person)
		if err != nil {
			return err
		}
		if err := do(w, &out, zone, held, now); err != nil {
			return err
		}
		return w.remember(ctx, key, id, out)
	})
	return out, err
}

// heldBy reads a person's certificates, expired ones included.
func (w *work) heldBy(ctx context.Context, person string) ([]mes.Qualification, error) {
	rows, err := w.Qualifications(ctx, person)
	out := make([]mes.Qualification, len(rows))
	for i, r := range rows {
		out[i] = mes.Qualification{ID: r.ID, Level: r.Level, ExpiresAt: r.ExpiresAt}
	}
	return out, err
}

// unchanged compares what was shown with the record as it stands now, under this transaction's locks.
func (w *work) unchanged(ctx context.Context, r mes.SignatureRequest) error {
	_, hash, err := currentHash(ctx, w.Queries, r.Site, r.Record)
	if err != nil {
		return err
	}
	if hash != r.Hash {
		return mes.Refuse(mes.CodeConflict, "The record was changed after this signature was asked for.", "Nothing was signed.", "Ask for the signature again.")
	}
	return nil
}

func (w *work) addSignature(ctx context.Context, r *mes.SignatureRequest, in mes.Signing, zone *time.Location, now time.Time) error {
	_, n, _ := r.NextNeed()
	row := sqlcgen.Signature{ID: uuid.NewString(), Site: r.Site, Request: r.ID, Noun: string(r.Record.Noun), Record: r.Record.ID, N: n, Meaning: string(in.Meaning),
		Signer: in.Signer.ID, Name: in.Signer.Name, Method: string(in.Signer.Method), At: toMicroseconds(now), Zone: zone.String(), Station: in.Signer.Station,
		Source: in.Signer.Source, Reason: in.Reason, Hash: r.Hash}
	var err error
	if row.Seal, err = sealOf(row); err != nil {
		return err
	}
	sig := signatureOf(row)
	sig.State = mes.SignatureValid
	r.Signatures = append(r.Signatures, sig)
	if err := w.later.AddSignature(ctx, sqlcgen.AddSignatureParams(row)); err != nil {
		return err
	}
	w.tell(r.Site, mes.EventSignature, r.ID)
	return w.audit(mes.Actor{ID: in.Signer.ID, Station: in.Signer.Station, Source: in.Signer.Source}, "signed", row.Noun, row.Record, in.Reason, row.ID, nil,
		map[string]any{"signature": row.ID, "request": r.ID, "n": n, "meaning": in.Meaning, "name": row.Name, "method": row.Method, "hash": row.Hash, "seal": row.Seal})
}
