package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) outboxRoutes() {
	handle(s, route{Method: "GET", Path: "/erp/outbox", ID: "listOutbox", Group: "erp", Right: policies.OutboxRead, Table: true,
		Short: "Messages to the ERP, newest first"}, s.listOutbox)
	handle(s, route{Method: "GET", Path: "/erp/outbox/{id}", ID: "getMessage", Group: "erp", Right: policies.OutboxRead, Short: "One message"},
		func(ctx context.Context, in *MessagePath) (*one[mes.MessageView], error) {
			return answer(s.Outboxes.Get(ctx, in.ID))
		})
	handle(s, route{Method: "POST", Path: "/erp/outbox/{id}/resend", ID: "resendMessage", Group: "erp", Right: policies.OutboxResend, Command: true, Noun: "outbox",
		Short: "Send a dead message again, under its old key"},
		func(ctx context.Context, in *resendInput) (*one[mes.MessageView], error) {
			if in.Body == nil || in.Body.Reason == "" {
				return nil, noReason()
			}
			return answer(s.Outboxes.Resend(ctx, in.ID, requestOf(ctx).actor(), in.Body.Reason))
		})
}

// MessagePath names one message.
type MessagePath struct {
	ID int64 `path:"id" minimum:"1"`
}

type resendInput struct {
	MessagePath
	Body *Reason
}

type outboxListInput struct {
	ListInput
	State       mes.MessageState `query:"state"`
	Destination mes.Destination  `query:"destination" default:"erp"`
	Order       string           `query:"order" maxLength:"40"`
}

func (s *Server) listOutbox(ctx context.Context, in *outboxListInput) (*one[mes.Page[mes.MessageView]], error) {
	f := mes.MessageFilter{Paging: in.paging(), Destination: in.Destination, State: in.State, Subject: in.Order}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.MessageView], error) { return s.Outboxes.List(ctx, f) })
}
