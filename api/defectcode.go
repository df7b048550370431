package api

import (
	"context"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) defectCodeRoutes() {
	handle(s, route{Method: "GET", Path: "/defect-codes", ID: "listDefectCodes", Group: "nonconformances", Right: policies.DefectCodeRead, Table: true,
		Short: "The site's defect codes, parents before children"},
		func(ctx context.Context, _ *struct {
			Format string `query:"format" enum:"json,csv"`
		}) (*one[mes.Page[mes.DefectCode]], error) {
			tree, err := s.DefectCodes.Tree(ctx, requestOf(ctx).who.Site)
			return whole(tree, err)
		})
	handle(s, route{Method: "POST", Path: "/defect-codes/{code}", ID: "putDefectCode", Group: "nonconformances", Right: policies.DefectCodeWrite, Command: true, Noun: "defect_code",
		Short: "Make a defect code, or change it with a reason"}, s.putDefectCode)
}

// PutDefectCode is a code as it shall be.
type PutDefectCode struct {
	Parent    string       `json:"parent,omitempty" maxLength:"64"`
	Name      string       `json:"name" maxLength:"200"`
	Severity  mes.Severity `json:"severity"`
	PieceCost *Amount      `json:"piece_cost,omitempty" doc:"What handling one such piece costs beside scrap and rework."`
	Active    bool         `json:"active"`
	Version   int64        `json:"version" minimum:"0" doc:"The version that was read; 0 for a new code."`
	Reason    string       `json:"reason,omitempty" maxLength:"500" doc:"Needed for a change."`
}

type putDefectCodeInput struct {
	Code string `path:"code" maxLength:"64"`
	Body PutDefectCode
}

func (s *Server) putDefectCode(ctx context.Context, in *putDefectCodeInput) (*one[mes.DefectCode], error) {
	r, b := requestOf(ctx), in.Body
	c := mes.DefectCode{Code: in.Code, Parent: b.Parent, Name: strings.TrimSpace(b.Name), Severity: b.Severity, PieceCost: b.PieceCost.or(), Active: b.Active, Version: b.Version}
	return answer(s.DefectCodes.Put(ctx, r.scopedKey(), r.who.Site, r.actor(), c, strings.TrimSpace(b.Reason)))
}
