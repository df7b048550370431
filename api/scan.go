package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) scanRoutes() {
	handle(s, route{Method: "POST", Path: "/scans", ID: "identifyScan", Group: "stations", Right: policies.ScanRead,
		Short: "Ask what a scanned code is", Long: "Takes plain codes and GS1 element strings. Changes nothing."}, s.identifyScan)
}

// NewScan is a scanner's text as it came.
type NewScan struct {
	Code    string `json:"code" minLength:"1" maxLength:"400"`
	Station string `json:"station,omitempty" maxLength:"64"`
	Lot     string `json:"lot,omitempty" maxLength:"64" doc:"The lot in work, to ask whether the code fits its step."`
}

func (s *Server) identifyScan(ctx context.Context, in *struct{ Body NewScan }) (*one[mes.ScanAnswer], error) {
	return answer(s.Scans.Identify(ctx, requestOf(ctx).who.Site, in.Body.Code, in.Body.Lot))
}
