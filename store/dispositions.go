package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// AskReview keeps quality's decision until it is signed.
func (l *Lots) AskReview(ctx context.Context, key, site, lot string, d mes.Review) (*mes.SignatureRequest, error) {
	return l.askDisposition(ctx, mes.SignedReview, key, site, lot, d.Actor, d.Reason, func(w *work, row sqlcgen.LockLotRow, p *sqlcgen.AddDispositionParams) (string, error) {
		routing, at, err := w.standing(ctx, site, lot)
		if err != nil {
			return "", err
		}
		if _, err := at.Decide(routing, lot, d, p.DecidedAt); err != nil {
			return "", err
		}
		p.Operation, p.Step, p.Wait, p.Decision, p.ReworkTo = at.Operation, at.Step, at.Wait.Reason, string(d.Decision), d.ReworkTo
		return fmt.Sprintf("%s: %s", lot, d.Decision), nil
	})
}

// AskRelease keeps the end of the holds on a lot until it is signed.
func (l *Lots) AskRelease(ctx context.Context, key, site, lot string, by mes.Actor, reason string) (*mes.SignatureRequest, error) {
	return l.askDisposition(ctx, mes.SignedHoldRelease, key, site, lot, by, reason, func(w *work, row sqlcgen.LockLotRow, p *sqlcgen.AddDispositionParams) (string, error) {
		holds, err := w.plainHolds(ctx, lot)
		if err != nil {
			return "", err
		}
		if len(holds) == 0 {
			return "", mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is not on hold.", lot), "Nothing was changed.", "")
		}
		if holds, err = w.withoutInspections(ctx, lot, holds); err != nil {
			return "", err
		}
		for _, h := range holds {
			p.Holds = append(p.Holds, h.ID)
		}
		p.Operation, p.Decision = row.Operation, "release"
		return fmt.Sprintf("%s: end of hold", lot), nil
	})
}

// askDisposition writes a decision and asks for its signatures, once per key; nil where the rule asks for none.
func (l *Lots) askDisposition(ctx context.Context, noun mes.SignedNoun, key, site, lot string, by mes.Actor, reason string,
	decide func(*work, sqlcgen.LockLotRow, *sqlcgen.AddDispositionParams) (title string, err error)) (*mes.SignatureRequest, error) {
	rule, err := ruleOf(ctx, l.q, site, noun)
	if err != nil || len(rule.Needs) == 0 {
		return nil, translate(err)
	}
	var out mes.SignatureRequest
	err = l.withLot(ctx, "ask-"+string(noun), key, site, lot, reason, &out, func(w *work, row sqlcgen.LockLotRow, key string) error {
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		p := sqlcgen.AddDispositionParams{ID: uuid.NewString(), Site: site, Noun: string(noun), Lot: lot, Version: row.Version, Holds: []string{}, Reason: reason, DecidedBy: by.ID, DecidedAt: now}
		title, err := decide(w, row, &p)
		if err != nil {
			return err
		}
		if err := w.voidDisposition(ctx, noun, site, lot, now); err != nil {
			return err
		}
		if err := w.later.AddDisposition(ctx, p); err != nil {
			return err
		}
		w.tell(site, mes.EventLot, lot)
		out, err = w.ask(ctx, mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: noun, ID: p.ID}, Title: title, RequestedBy: requester(rule, by), Reason: reason})
		return err
	})
	return &out, err
}

// requester is who asks. Where one signature is all that a decision needs, it is the decider's own: it approves what was
// found, and nobody's request.
func requester(rule mes.SignatureRule, by mes.Actor) string {
	if len(rule.Needs) == 1 {
		return mes.ActorSystem
	}
	return by.ID
}

// voidDisposition takes an earlier decision back that waits for its signatures.
func (w *work) voidDisposition(ctx context.Context, noun mes.SignedNoun, site, lot string, now time.Time) error {
	id, err := w.OpenDispositionOf(ctx, sqlcgen.OpenDispositionOfParams{Site: site, Lot: lot, Noun: string(noun)})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.voidOpen(ctx, mes.SignatureRequest{Site: site, Record: mes.SignedRecord{Noun: noun, ID: id}}, now, "Decided anew")
}

// dispositionToSign is a decision as it is signed.
func dispositionToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	d, err := q.DispositionByID(ctx, sqlcgen.DispositionByIDParams{Site: site, ID: id})
	if err != nil {
		return nil, missing(err, "Decision", id)
	}
	return map[string]any{"lot": d.Lot, "version": d.Version, "operation": d.Operation, "step": d.Step, "wait": d.Wait, "decision": d.Decision, "rework_to": d.ReworkTo,
		"holds": d.Holds, "reason": d.Reason, "decided_by": d.DecidedBy, "decided_at": d.DecidedAt.UTC()}, nil
}

// reviewSigned carries the decision out.
func reviewSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	d, err := w.DispositionByID(ctx, sqlcgen.DispositionByIDParams{Site: r.Site, ID: r.Record.ID})
	if err != nil {
		return missing(err, "Decision", r.Record.ID)
	}
	by := signerOf(r)
	decision := mes.Review{Actor: by, Decision: mes.Decision(d.Decision), ReworkTo: d.ReworkTo, Reason: d.Reason}
	return w.moveLotBy(ctx, ledgerMove{site: r.Site, lot: d.Lot, key: "decided/" + r.ID, kind: mes.EntryReviewed, by: by, reason: d.Reason,
		rule: func(p mes.Progress, routing mes.Routing, now time.Time) (mes.Progress, *mes.StepRecord, error) {
			if p.Version != d.Version {
				return p, nil, mes.Refuse(mes.CodeConflict, d.Lot+" was changed after the decision.", "Nothing was signed.", "Look at it again, and decide anew.")
			}
			return p.Reviewed(routing, d.Lot, decision, now)
		}})
}

// releaseSigned ends the holds that were decided on, and no newer one.
func releaseSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	d, err := w.DispositionByID(ctx, sqlcgen.DispositionByIDParams{Site: r.Site, ID: r.Record.ID})
	if err != nil {
		return missing(err, "Decision", r.Record.ID)
	}
	row, err := w.LockLot(ctx, sqlcgen.LockLotParams{Site: r.Site, Lot: d.Lot})
	if err != nil {
		return missing(err, "Lot", d.Lot)
	}
	open, err := w.openHolds(ctx, mes.HoldLot, d.Lot)
	if err != nil {
		return err
	}
	var ended []mes.Hold
	for _, h := range open {
		for _, id := range d.Holds {
			if h.ID == id {
				ended = append(ended, h)
			}
		}
	}
	if len(ended) == 0 {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is not on hold any more.", d.Lot), "Nothing was signed.", "")
	}
	w.tell(r.Site, mes.EventStation, row.Station)
	return w.release(ctx, ended, signerOf(r), d.Reason, "release-signed/"+r.ID, orderOf(row))
}
