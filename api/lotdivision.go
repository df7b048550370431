package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) lotDivisionRoutes() {
	handle(s, route{Method: "POST", Path: "/lots/{lot}/split", ID: "splitLot", Group: "lots", Right: policies.LotDivide, Command: true, Judged: true, Noun: "lot",
		Short: "Take pieces out of a lot into a new one", Long: "A lot in stock, before an operation or packed can be split. Both lie where the lot lay, and the genealogy leads from one to the other."}, s.splitLot)
	handle(s, route{Method: "POST", Path: "/lots/{lot}/merge", ID: "mergeLots", Group: "lots", Right: policies.LotDivide, Command: true, Judged: true, Noun: "lot",
		Short: "Put alike lots together into a new one"}, s.mergeLots)
}

// NewSplit takes pieces out of a lot.
type NewSplit struct {
	Quantity Amount `json:"quantity" doc:"Of the new lot."`
	Reason   string `json:"reason" minLength:"1" maxLength:"500"`
}

type splitInput struct {
	LotPath
	Body NewSplit
}

func (s *Server) splitLot(ctx context.Context, in *splitInput) (*one[mes.Divided], error) {
	if err := s.decideAtLot(ctx, in.Lot, "Nothing was split."); err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	return answer(s.Lots.Split(ctx, r.scopedKey(), r.who.Site, r.actor(), mes.LotSplit{Lot: in.Lot, Quantity: in.Body.Quantity.Decimal, Reason: in.Body.Reason}))
}

// NewMerge puts other lots together with the one in the path.
type NewMerge struct {
	With   []string `json:"with" minItems:"1" maxItems:"49" doc:"The other lots. All of them end, and a new one begins."`
	Reason string   `json:"reason" minLength:"1" maxLength:"500"`
}

type mergeInput struct {
	LotPath
	Body NewMerge
}

func (s *Server) mergeLots(ctx context.Context, in *mergeInput) (*one[mes.Divided], error) {
	lots := append([]string{in.Lot}, in.Body.With...)
	for _, lot := range lots {
		if err := s.decideAtLot(ctx, lot, "Nothing was merged."); err != nil {
			return nil, err
		}
	}
	r := requestOf(ctx)
	return answer(s.Lots.Merge(ctx, r.scopedKey(), r.who.Site, r.actor(), mes.LotMerge{Lots: lots, Reason: in.Body.Reason}))
}
