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

// signedRecord is what signing needs to know of a lot's or an order's record.
func signedRecord(noun mes.SignedNoun) signedNoun {
	return signedNoun{
		content: func(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
			return recordToSign(ctx, q, site, mes.SignedRecord{Noun: noun, ID: id})
		},
		then: recordReleased, rejected: recordRejected,
	}
}

// recordToSign is what a reviewer signs. What was not as planned is told as it was shown when the release was asked for:
// a later version of this program may weigh things otherwise, and that must not void what was signed.
func recordToSign(ctx context.Context, q *sqlcgen.Queries, site string, r mes.SignedRecord) (any, error) {
	s, err := show(ctx, recordReader{q, &routings{}, site}, r)
	if err != nil {
		return nil, err
	}
	text, err := q.ShownForRelease(ctx, sqlcgen.ShownForReleaseParams{Noun: string(r.Noun), Subject: r.ID, Hash: s.hash})
	if errors.Is(err, pgx.ErrNoRows) {
		return s.content(), nil
	}
	return text, err
}

// askRelease opens the release of a record as it stands: it waits for the reviewer's signature.
func (w *work) askRelease(ctx context.Context, s shown, key, by, reason string) error {
	due, err := w.releaseDue(ctx, s)
	if err != nil {
		return err
	}
	title := "Record of lot " + s.record.ID
	if s.record.Noun == mes.SignedOrderRecord {
		title = "Record of order " + s.record.ID
	}
	asked, err := w.ask(ctx, mes.SignatureRequest{Site: s.site, Record: s.record, Title: title, RequestedBy: by, Reason: reason, DueAt: due})
	if err != nil {
		return err
	}
	if err := w.step(ctx, s, key, mes.RecordOpen, asked.ID, by, reason, due); err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: by}, "release_asked", string(s.record.Noun), s.record.ID, reason, key, nil, s.content())
}

// releaseDue gives the reviewer the site's time from now on.
func (w *work) releaseDue(ctx context.Context, s shown) (*time.Time, error) {
	hours := mes.DefaultRecordRule.DueHours
	switch rule, err := w.RuleOfRecords(ctx, s.site); {
	case err == nil:
		hours = rule.DueHours
	case !errors.Is(err, pgx.ErrNoRows):
		return nil, err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return nil, err
	}
	at := now.Add(time.Duration(hours) * time.Hour)
	return &at, nil
}

// recordReleased does what the reviewer's signature allows: the record is released under the hash that was signed, and
// what the hash covers is kept as it was, under that same hash.
func recordReleased(ctx context.Context, w *work, r mes.SignatureRequest) error {
	by, reason := signerOf(r), ""
	if n := len(r.Signatures); n > 0 {
		reason = r.Signatures[n-1].Reason
	}
	return w.concluded(ctx, r, mes.RecordReleased, by, reason)
}

// recordRejected ends the release with the signer's reason.
func recordRejected(ctx context.Context, w *work, r mes.SignatureRequest, by mes.Actor, reason string) error {
	return w.concluded(ctx, r, mes.RecordRejected, by, reason)
}

func (w *work) concluded(ctx context.Context, r mes.SignatureRequest, state mes.RecordState, by mes.Actor, reason string) error {
	if err := w.lockRecord(ctx, r.Site, r.Record); err != nil {
		return err
	}
	s, err := w.show(ctx, r.Site, r.Record)
	if err != nil {
		return err
	}
	var signed struct{ Content mes.ReleaseContent }
	if err := json.Unmarshal(r.Content, &signed); err != nil {
		return fmt.Errorf("content of request %s: %w", r.ID, err)
	}
	if signed.Content.Hash != s.hash {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("The record of %s has changed since it was shown.", r.Record.ID), "Nothing was signed.", "Look at it again.")
	}
	if state == mes.RecordReleased {
		text, hash, err := canonicalJSON(s.document)
		if err != nil {
			return err
		}
		if err := w.later.PutBlob(ctx, sqlcgen.PutBlobParams{Hash: hash, ContentType: "application/json", Size: int64(len(text)), Content: text}); err != nil {
			return err
		}
	}
	if err := w.step(ctx, s, string(state)+"/"+r.ID, state, r.ID, by.ID, reason, nil); err != nil {
		return err
	}
	return w.audit(by, "record_"+string(state), string(r.Record.Noun), r.Record.ID, reason, r.ID, nil, s.content())
}
