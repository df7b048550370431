package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// releaseNeeds is what the release of a record asks for: one signature of quality.
var releaseNeeds = []mes.SignatureNeed{{Meaning: mes.MeaningReleased, Role: mes.RoleQuality}}

// askRelease opens the release of a record as it stands.
func (w *work) askRelease(ctx context.Context, s shown, key, by, reason string) error {
	due, err := w.releaseDue(ctx, s)
	if err != nil {
		return err
	}
	if err := w.step(ctx, s, key, mes.RecordOpen, "", by, reason, due); err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: by}, "release_asked", string(s.record.Noun), s.record.ID, reason, key, nil, s.content())
}

// releaseDue counts from the end of what is released, or from now where it is asked for again.
func (w *work) releaseDue(ctx context.Context, s shown) (*time.Time, error) {
	hours := mes.DefaultRecordRule.DueHours
	if rule, err := w.RuleOfRecords(ctx, s.site); err == nil {
		hours = rule.DueHours
	}
	now, err := w.Now(ctx)
	if err != nil {
		return nil, err
	}
	at := now.Add(time.Duration(hours) * time.Hour)
	return &at, nil
}

// released does what the reviewer's signature allows: the record is released under the hash that was signed, and what
// the hash covers is kept as it was, under that same hash.
func (w *work) released(ctx context.Context, r mes.SignatureRequest) error {
	return w.concluded(ctx, r, mes.RecordReleased)
}

// rejected ends the release with the signer's reason.
func (w *work) rejected(ctx context.Context, r mes.SignatureRequest) error {
	return w.concluded(ctx, r, mes.RecordRejected)
}

func (w *work) concluded(ctx context.Context, r mes.SignatureRequest, state mes.RecordState) error {
	if err := w.lockRecord(ctx, r.Site, r.Record); err != nil {
		return err
	}
	s, err := w.show(ctx, r.Site, r.Record)
	if err != nil {
		return err
	}
	var signed mes.ReleaseContent
	if err := json.Unmarshal(r.Content, &signed); err != nil {
		return fmt.Errorf("content of request %s: %w", r.ID, err)
	}
	if signed.Hash != s.hash {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("The record of %s has changed since it was shown.", r.Record.ID), "Nothing was released.", "Look at it again.")
	}
	by, reason := signerOf(r)
	if state == mes.RecordReleased {
		text, hash, err := canonicalText(s.document)
		if err != nil {
			return err
		}
		if err := w.later.PutBlob(ctx, sqlcgen.PutBlobParams{Hash: hash, ContentType: "application/json", Size: int64(len(text)), Content: text}); err != nil {
			return err
		}
	}
	if err := w.step(ctx, s, string(state)+"/"+r.ID, state, r.ID, by, reason, nil); err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: by}, "record_"+string(state), string(r.Record.Noun), r.Record.ID, reason, r.ID, nil, s.content())
}

// signerOf is who gave the last signature, and why; a rejection names its reason in the request.
func signerOf(r mes.SignatureRequest) (by, reason string) {
	by, reason = mes.ActorSystem, r.EndReason
	if n := len(r.Signatures); n > 0 {
		by, reason = r.Signatures[n-1].Signer, reasonOf(r.Signatures[n-1].Reason, reason)
	}
	return by, reason
}
