package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) auditRoutes() {
	handle(s, route{Method: "GET", Path: "/audit", ID: "listAudit", Group: "audit", Right: policies.AuditRead, Table: true,
		Short: "The audit trail, newest first"}, s.listAudit)
	handle(s, route{Method: "GET", Path: "/audit/verify", ID: "verifyAuditNow", Group: "audit", Right: policies.AuditRead,
		Short: "Check the audit trail from end to end, and wait for it"},
		func(ctx context.Context, _ *struct{}) (*one[mes.AuditVerdict], error) {
			return answer(s.Proof.Verify(ctx))
		})
	handle(s, route{Method: "GET", Path: "/audit/proof", ID: "getAuditProof", Group: "audit", Right: policies.AuditRead,
		Short: "What proves that the audit trail is whole, and how a verification under way goes"},
		func(ctx context.Context, _ *struct{}) (*one[mes.ProofState], error) {
			return answer(s.Proof.State(ctx))
		})
	handle(s, route{Method: "POST", Path: "/audit/verifications", ID: "verifyAudit", Group: "audit", Right: policies.AuditRead,
		Short: "Check the audit trail: all of it, or what came since the last check",
		Long:  "It goes on behind the answer; GET /audit/proof tells how far it is and what came of it. It changes nothing but the list of verifications."}, s.verifyAudit)
}

type verifyInput struct {
	Body struct {
		Whole bool `json:"whole,omitempty" doc:"From the first row on; otherwise from the last checkpoint that was found right."`
	}
}

func (s *Server) verifyAudit(ctx context.Context, in *verifyInput) (*one[mes.ProofState], error) {
	return answer(s.Proof.Start(ctx, requestOf(ctx).actor(), in.Body.Whole))
}

type auditInput struct {
	ListInput
	Noun    string    `query:"noun" maxLength:"40"`
	Subject string    `query:"subject" maxLength:"100"`
	Actor   string    `query:"actor" maxLength:"100"`
	Action  string    `query:"action" maxLength:"40"`
	Refused bool      `query:"refused" doc:"Only refused attempts."`
	From    time.Time `query:"from" doc:"First moment."`
	To      time.Time `query:"to" doc:"First moment that is left out."`
}

func (in *auditInput) filter() mes.AuditFilter {
	f := mes.AuditFilter{Paging: in.paging(), Noun: in.Noun, Subject: in.Subject, Actor: in.Actor, Action: in.Action}
	if in.Refused {
		f.Action = mes.AuditRefused
	}
	if !in.From.IsZero() {
		f.From = &in.From
	}
	if !in.To.IsZero() {
		f.To = &in.To
	}
	return f
}

func (s *Server) listAudit(ctx context.Context, in *auditInput) (*one[mes.Page[mes.AuditRow]], error) {
	f := in.filter()
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.AuditRow], error) { return s.Audits.List(ctx, f) })
}
