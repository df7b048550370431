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

// reviewColumns are those of a view, in the order of reviewFields.
const reviewColumns = "r.content, 'open', NULL::timestamptz"

func reviewFields(v *mes.AuditReviewView) []any {
	return []any{&v.AuditReview, &v.State, &v.SignedAt}
}

// Get reads one review.
func (a *AuditReviews) Get(ctx context.Context, site, id string) (mes.AuditReviewView, error) {
	var v mes.AuditReviewView
	err := a.pool.QueryRow(ctx, "SELECT "+reviewColumns+" FROM audit_review r WHERE r.site = $1 AND r.id = $2", site, id).Scan(reviewFields(&v)...)
	return v, missing(err, "Review", id)
}

// List reads a page of reviews, newest first.
func (a *AuditReviews) List(ctx context.Context, f mes.AuditReviewFilter) (mes.Page[mes.AuditReviewView], error) {
	l := newListing("audit_review r", f.Paging, sorts{"": {{"r.created_at", "timestamptz", true}}}, column{"r.id", "text", true})
	l.where("r.site = ?", f.Site).search(f.Text, "r.id", "r.author", "r.content ->> 'findings'")
	return page(ctx, a.db, l, reviewColumns, reviewFields)
}

// DueReview is when the next review is due.
func (a *AuditReviews) DueReview(ctx context.Context, site string, every time.Duration) (time.Time, error) {
	var end *time.Time
	err := a.pool.QueryRow(ctx, "SELECT max(r.period_to) FROM audit_review r WHERE r.site = $1", site).Scan(&end)
	if err != nil {
		return time.Time{}, translate(err)
	}
	if end != nil {
		return end.Add(every), nil
	}
	first, err := a.q.FirstAuditTime(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Now().Add(every), nil
	}
	return first.Add(every), translate(err)
}
