package api

import (
	"context"
	"net/http"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) orderRevisionRoutes() {
	path := "/work-orders/{number}/revision-change"
	handle(s, route{Method: "GET", Path: path, ID: "previewRevisionChange", Group: "orders", Right: policies.OrderRead,
		Short: "What a move of a running order to another routing revision would do"}, s.previewRevisionChange)
	handle(s, route{Method: "POST", Path: path, ID: "requestRevisionChange", Group: "orders", Right: policies.OrderRevise, Command: true, Noun: "order",
		Status: http.StatusCreated, Short: "Ask for a running order's move to the routing revision in force",
		Long: "It is done by the signature of somebody else: pieces that are not started at once, each open lot when it stands between two operations."}, s.requestRevisionChange)
	handle(s, route{Method: "GET", Path: path + "s", ID: "listRevisionChanges", Group: "orders", Right: policies.OrderRead,
		Short: "An order's moves to other revisions, with what became of each lot"},
		func(ctx context.Context, in *OrderPath) (*one[mes.Page[mes.RevisionChange]], error) {
			return whole(s.Changes.Of(ctx, requestOf(ctx).who.Site, in.Number))
		})
}

type previewInput struct {
	OrderPath
	To string `query:"to" required:"true" maxLength:"16"`
}

func (s *Server) previewRevisionChange(ctx context.Context, in *previewInput) (*one[mes.RevisionPreview], error) {
	return answer(s.Changes.Preview(ctx, requestOf(ctx).who.Site, in.Number, in.To))
}

// MoveOrder asks for a running order's move.
type MoveOrder struct {
	To     string `json:"to" maxLength:"16" doc:"The routing revision, which must be in force."`
	Reason string `json:"reason" maxLength:"1000"`
}

type moveInput struct {
	OrderPath
	Body MoveOrder
}

func (s *Server) requestRevisionChange(ctx context.Context, in *moveInput) (*made[mes.RevisionChange], error) {
	r := requestOf(ctx)
	c, err := s.Changes.Ask(ctx, r.scopedKey(), r.who.Site, in.Number, r.actor(), in.Body.To, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &made[mes.RevisionChange]{Status: http.StatusCreated, Body: c}, nil
}
