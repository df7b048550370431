package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) genealogyRoutes() {
	handle(s, route{Method: "GET", Path: "/lots/{lot}/genealogy", ID: "traceLot", Group: "lots", Right: policies.LotRead, Table: true,
		Short: "Where a lot came from and where it went, over any number of levels",
		Long:  "up is where it came from, down is where it went, both is both. The table has a row per lot; with rows=edges it has one per use of a lot in another."}, s.traceLot)
}

type traceInput struct {
	LotPath
	TableInput
	Direction mes.Direction `query:"direction" default:"both"`
	Rows      string        `query:"rows" enum:"lots,edges" default:"lots" doc:"Of the table."`
}

// Trace is a genealogy.
type Trace struct {
	mes.Graph
	// Rows are the table's, when edges were asked for.
	Rows []mes.GraphEdge `json:"-"`
}

func (s *Server) traceLot(ctx context.Context, in *traceInput) (*one[Trace], error) {
	g, err := s.Genealogy.Trace(ctx, requestOf(ctx).who.Site, in.Lot, in.Direction)
	if err != nil {
		return nil, err
	}
	t := Trace{Graph: g}
	if t.Nodes == nil {
		t.Nodes = []mes.GraphNode{}
	}
	if t.Edges == nil {
		t.Edges = []mes.GraphEdge{}
	}
	if in.Rows == "edges" {
		t.Rows = t.Edges
	}
	return answer(t, nil)
}
