package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) auditRoutes() {
	handle(s, route{Method: "GET", Path: "/audit", ID: "listAudit", Group: "audit", Right: policies.AuditRead, Table: true,
		Short: "The audit trail, newest first"}, s.listAudit)
	handle(s, route{Method: "GET", Path: "/audit/verify", ID: "verifyAudit", Group: "audit", Right: policies.AuditRead,
		Short: "Check the audit trail's chain from end to end"},
		func(ctx context.Context, _ *struct{}) (*one[mes.AuditVerdict], error) {
			return answer(s.Audits.Verify(ctx))
		})
}

type auditInput struct {
	ListInput
	Noun    string `query:"noun" maxLength:"40"`
	Subject string `query:"subject" maxLength:"100"`
	Actor   string `query:"actor" maxLength:"100"`
	Action  string `query:"action" maxLength:"40"`
}

func (s *Server) listAudit(ctx context.Context, in *auditInput) (*one[mes.Page[mes.AuditRow]], error) {
	f := mes.AuditFilter{Paging: in.paging(), Noun: in.Noun, Subject: in.Subject, Actor: in.Actor, Action: in.Action}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.AuditRow], error) { return s.Audits.List(ctx, f) })
}
