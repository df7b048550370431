package api

import (
	"context"
	"net/http"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) recallRoutes() {
	handle(s, route{Method: "POST", Path: "/recalls", ID: "startRecall", Group: "recalls", Right: policies.RecallStart, Command: true, Noun: "recall", Status: http.StatusCreated,
		Short: "Find everything that a lot touched, with where every piece of it is",
		Long:  "It moves nothing and holds nothing. What was found is kept as it was at that moment, with its hash."}, s.startRecall)
	handle(s, route{Method: "GET", Path: "/recalls", ID: "listRecalls", Group: "recalls", Right: policies.RecallRead, Table: true, Short: "Recalls and drills, newest first"}, s.listRecalls)
	handle(s, route{Method: "GET", Path: "/recalls/{id}", ID: "getRecall", Group: "recalls", Right: policies.RecallRead, Table: true,
		Short: "One recall with what was found", Long: "The table has a row per lot that is affected, for the authority; with rows=sources, per lot that it was made of; with rows=customers, per customer."}, s.getRecall)
	handle(s, route{Method: "POST", Path: "/recalls/{id}/complete", ID: "completeRecall", Group: "recalls", Right: policies.RecallComplete, Command: true, Noun: "recall",
		Short: "Say that every piece was reached, and how"}, s.completeRecall)
}

// NewRecall asks for a recall.
type NewRecall struct {
	Lot    string `json:"lot" minLength:"1" maxLength:"64"`
	Mock   bool   `json:"mock" doc:"A drill."`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

func (s *Server) startRecall(ctx context.Context, in *struct{ Body NewRecall }) (*made[mes.Recall], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.Lot
	got, err := s.Recalls.Start(ctx, r.scopedKey(), r.who.Site, r.actor(), mes.NewRecall{Lot: b.Lot, Mock: b.Mock, Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	return &made[mes.Recall]{Status: http.StatusCreated, Body: got}, nil
}

type recallListInput struct{ ListInput }

func (s *Server) listRecalls(ctx context.Context, in *recallListInput) (*one[mes.Page[mes.Recall]], error) {
	f := mes.RecallFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Recall], error) { return s.Recalls.List(ctx, f) })
}

type recallInput struct {
	ID string `path:"id" maxLength:"20"`
	TableInput
	Rows string `query:"rows" enum:"affected,sources,customers" default:"affected" doc:"Of the table."`
}

// RecallReport is a recall with what was found.
type RecallReport struct {
	mes.Recall
	Found mes.RecallFound `json:"found"`
	Rows  any             `json:"-"` // of the table
}

func (s *Server) getRecall(ctx context.Context, in *recallInput) (*one[RecallReport], error) {
	r, found, err := s.Recalls.Get(ctx, requestOf(ctx).who.Site, in.ID)
	out := RecallReport{Recall: r, Found: found, Rows: found.Affected}
	switch in.Rows {
	case "sources":
		out.Rows = found.Sources
	case "customers":
		out.Rows = found.Customers
	}
	return answer(out, err)
}

// CompleteRecall says how every piece was reached.
type CompleteRecall struct {
	Note string `json:"note" minLength:"1" maxLength:"2000"`
}

type completeRecallInput struct {
	ID   string `path:"id" maxLength:"20"`
	Body CompleteRecall
}

func (s *Server) completeRecall(ctx context.Context, in *completeRecallInput) (*one[mes.Recall], error) {
	r := requestOf(ctx)
	r.subject = in.ID
	return answer(s.Recalls.Complete(ctx, r.who.Site, in.ID, r.actor(), in.Body.Note))
}
