package api

import (
	"context"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) auditReviewRoutes() {
	handle(s, route{Method: "GET", Path: "/audit/summary", ID: "summariseAudit", Group: "audit", Right: policies.AuditRead,
		Short: "What a period of the audit trail holds, by action"}, s.summariseAudit)
	handle(s, route{Method: "GET", Path: "/audit/reviews", ID: "listAuditReviews", Group: "audit", Right: policies.AuditRead, Table: true,
		Short: "Reviews of the audit trail, newest first"}, s.listReviews)
	handle(s, route{Method: "GET", Path: "/audit/reviews/due", ID: "getAuditReviewDue", Group: "audit", Right: policies.AuditRead,
		Short: "When the next review of the audit trail is due"}, s.reviewDue)
	handle(s, route{Method: "GET", Path: "/audit/reviews/{id}", ID: "getAuditReview", Group: "audit", Right: policies.AuditRead, Short: "One review"}, s.getReview)
	handle(s, route{Method: "POST", Path: "/audit/reviews", ID: "createAuditReview", Group: "audit", Right: policies.AuditReview, Command: true, Noun: "audit",
		Status: http.StatusCreated, Short: "Write down the review of a period of the audit trail, to be signed"}, s.createReview)
}

type scopeInput struct {
	From    time.Time `query:"from" required:"true" doc:"First moment."`
	To      time.Time `query:"to" required:"true" doc:"First moment that is left out."`
	Noun    string    `query:"noun" maxLength:"40"`
	Subject string    `query:"subject" maxLength:"100"`
	Actor   string    `query:"actor" maxLength:"100"`
	Action  string    `query:"action" maxLength:"40"`
}

func (s *Server) summariseAudit(ctx context.Context, in *scopeInput) (*one[mes.AuditSummary], error) {
	return answer(s.Reviews.Summary(ctx, mes.AuditScope{From: in.From, To: in.To, Noun: in.Noun, Subject: in.Subject, Actor: in.Actor, Action: in.Action}))
}

func (s *Server) listReviews(ctx context.Context, in *ListInput) (*one[mes.Page[mes.AuditReviewView]], error) {
	f := mes.AuditReviewFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.AuditReviewView], error) { return s.Reviews.List(ctx, f) })
}

type reviewPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) getReview(ctx context.Context, in *reviewPath) (*one[mes.AuditReviewView], error) {
	return answer(s.Reviews.Get(ctx, requestOf(ctx).who.Site, in.ID))
}

// ReviewDue says when the next review is due.
type ReviewDue struct {
	Due     time.Time `json:"due"`
	Overdue bool      `json:"overdue"`
}

func (s *Server) reviewDue(ctx context.Context, _ *struct{}) (*one[ReviewDue], error) {
	due, err := s.Reviews.DueReview(ctx, requestOf(ctx).who.Site, s.ReviewEvery)
	return answer(ReviewDue{Due: due.UTC(), Overdue: s.Now().After(due)}, err)
}

type auditReviewInput struct {
	Body struct {
		From     time.Time `json:"from" doc:"First moment of the period."`
		To       time.Time `json:"to" doc:"First moment after it."`
		Noun     string    `json:"noun,omitempty" maxLength:"40"`
		Subject  string    `json:"subject,omitempty" maxLength:"100"`
		Actor    string    `json:"actor,omitempty" maxLength:"100"`
		Action   string    `json:"action,omitempty" maxLength:"40"`
		Findings string    `json:"findings" maxLength:"4000" doc:"What was found, also when it is nothing."`
	}
}

func (s *Server) createReview(ctx context.Context, in *auditReviewInput) (*made[mes.AuditReviewView], error) {
	r, b := requestOf(ctx), in.Body
	scope := mes.AuditScope{From: b.From, To: b.To, Noun: b.Noun, Subject: b.Subject, Actor: b.Actor, Action: b.Action}
	v, err := s.Reviews.Create(ctx, r.scopedKey(), r.who.Site, r.actor(), scope, b.Findings)
	return &made[mes.AuditReviewView]{Status: http.StatusCreated, Body: v}, err
}
