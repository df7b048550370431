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

// AuditReviews keeps people's reviews of the audit trail.
type AuditReviews struct{ db }

var _ mes.AuditReviews = (*AuditReviews)(nil)

// Summary reads what a scope holds.
func (a *AuditReviews) Summary(ctx context.Context, s mes.AuditScope) (mes.AuditSummary, error) {
	var out mes.AuditSummary
	err := a.unhurried(ctx, func(tx pgx.Tx) (err error) {
		out, err = summary(ctx, sqlcgen.New(tx), s)
		return err
	})
	return out, translate(err)
}

func summary(ctx context.Context, q *sqlcgen.Queries, s mes.AuditScope) (mes.AuditSummary, error) {
	s.From, s.To = s.From.UTC(), s.To.UTC()
	out := mes.AuditSummary{AuditScope: s, Counts: []mes.AuditCount{}}
	rows, err := q.AuditCounts(ctx, sqlcgen.AuditCountsParams{Since: s.From, Until: s.To, Noun: s.Noun, Subject: s.Subject, Actor: s.Actor, Action: s.Action})
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		out.Counts = append(out.Counts, mes.AuditCount{Noun: r.Noun, Action: r.Action, Count: r.Count})
		out.Rows += r.Count
		if r.Action == mes.AuditRefused {
			out.Refused += r.Count
		}
		if out.FirstID == 0 || r.FirstID < out.FirstID {
			out.FirstID = r.FirstID
		}
		out.LastID = max(out.LastID, r.LastID)
	}
	heads, err := q.AuditHeads(ctx)
	if err != nil {
		return out, err
	}
	out.Head, _ = pin(heads)
	newest, err := newestCheckpoint(ctx, q)
	out.Checkpoint = newest.N
	return out, err
}

// Create stores a review with what the trail holds now, and asks for its signature.
func (a *AuditReviews) Create(ctx context.Context, key, site string, by mes.Actor, s mes.AuditScope, findings string) (mes.AuditReviewView, error) {
	var id string
	key = "audit_review/" + site + "#" + key
	err := a.change(ctx, func(w *work) error {
		if err := w.LockReviews(ctx, site); err != nil {
			return err
		}
		if found, err := w.answered(ctx, key, &id); found || err != nil {
			return err
		}
		r, err := w.newReview(ctx, site, by, s, findings)
		if err != nil {
			return err
		}
		id = r.ID
		if err := w.addReview(ctx, r); err != nil {
			return err
		}
		if _, err := w.ask(ctx, askOf(r)); err != nil {
			return err
		}
		if err := w.remember(ctx, key, id, id); err != nil {
			return err
		}
		return w.audit(by, "review_written", "audit", id, "", key, nil, r)
	})
	if err != nil {
		return mes.AuditReviewView{}, err
	}
	return a.Get(ctx, site, id)
}

func (w *work) newReview(ctx context.Context, site string, by mes.Actor, s mes.AuditScope, findings string) (mes.AuditReview, error) {
	now, err := w.Now(ctx)
	if err != nil {
		return mes.AuditReview{}, err
	}
	if err := mes.CheckAuditReview(s, findings, now); err != nil {
		return mes.AuditReview{}, err
	}
	n, err := w.CountReviews(ctx, site)
	if err != nil {
		return mes.AuditReview{}, err
	}
	r := mes.AuditReview{ID: fmt.Sprintf("AR-%s-%04d", site, n+1), Site: site, Findings: findings, Author: by.ID, CreatedAt: now.UTC()}
	r.AuditSummary, err = summary(ctx, w.Queries, s)
	return r, err
}

func (w *work) addReview(ctx context.Context, r mes.AuditReview) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return w.later.AddReview(ctx, sqlcgen.AddReviewParams{ID: r.ID, Site: r.Site, PeriodFrom: r.From, PeriodTo: r.To, Content: content, Author: r.Author, CreatedAt: r.CreatedAt})
}

// askOf asks for the review's signature. Its author may sign it: it says that they looked.
func askOf(r mes.AuditReview) mes.SignatureRequest {
	return mes.SignatureRequest{Site: r.Site, Record: mes.SignedRecord{Noun: mes.SignedAuditReview, ID: r.ID}, RequestedBy: r.Author,
		Title: fmt.Sprintf("Review %s of the audit trail, %s to %s", r.ID, r.From.Format(time.DateOnly), r.To.Format(time.DateOnly)), Reason: r.Findings}
}

// auditReviewToSign reads a review as it was written.
func auditReviewToSign(ctx context.Context, q *sqlcgen.Queries, site, id string) (any, error) {
	text, err := q.ReviewToSign(ctx, sqlcgen.ReviewToSignParams{Site: site, ID: id})
	if err != nil {
		return nil, missing(err, "Review", id)
	}
	var v any
	err = json.Unmarshal(text, &v) // first, since the value is returned as it is then
	return v, err
}

// auditReviewSigned ends the reminder of the review that was due.
func auditReviewSigned(ctx context.Context, w *work, r mes.SignatureRequest) error {
	return w.settle(ctx, r.Site, "audit", "review", "signed as "+r.Record.ID, mes.AlertReviewDue)
}

// reviewColumns are those of a view, in the order of reviewFields.
const reviewColumns = "r.content, coalesce(s.state, 'open'), CASE WHEN s.state = 'signed' THEN s.ended_at END"

// reviewTable is reviews with the newest question for their signature.
const reviewTable = `audit_review r LEFT JOIN LATERAL (SELECT q.state, q.ended_at FROM signature_request q
	WHERE q.site = r.site AND q.noun = 'audit_review' AND q.record = r.id ORDER BY q.requested_at DESC LIMIT 1) s ON true`

func reviewFields(v *mes.AuditReviewView) []any {
	return []any{&v.AuditReview, &v.State, &v.SignedAt}
}

// Get reads one review.
func (a *AuditReviews) Get(ctx context.Context, site, id string) (mes.AuditReviewView, error) {
	var v mes.AuditReviewView
	err := a.pool.QueryRow(ctx, "SELECT "+reviewColumns+" FROM "+reviewTable+" WHERE r.site = $1 AND r.id = $2", site, id).Scan(reviewFields(&v)...)
	return v, missing(err, "Review", id)
}

// List reads a page of reviews, newest first.
func (a *AuditReviews) List(ctx context.Context, f mes.AuditReviewFilter) (mes.Page[mes.AuditReviewView], error) {
	l := newListing(reviewTable, f.Paging, sorts{"": {{"r.created_at", "timestamptz", true}}}, column{"r.id", "text", true})
	l.where("r.site = ?", f.Site).search(f.Text, "r.id", "r.author", "r.content ->> 'findings'")
	return page(ctx, a.db, l, reviewColumns, reviewFields)
}

// DueReview is when the next review is due.
func (a *AuditReviews) DueReview(ctx context.Context, site string, every time.Duration) (time.Time, error) {
	end, err := a.q.LastSignedReview(ctx, site)
	if err == nil {
		return end.Add(every), nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, translate(err)
	}
	first, err := a.q.FirstAuditTime(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Now().Add(every), nil
	}
	return first.Add(every), translate(err)
}
