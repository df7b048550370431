package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) permitRoutes() {
	handle(s, route{Method: "GET", Path: "/permits", ID: "listPermits", Group: "permits", Right: policies.PermitRead, Table: true, Short: "Deviation permits, newest first"}, s.listPermits)
	handle(s, route{Method: "GET", Path: "/permits/{id}", ID: "getPermit", Group: "permits", Right: policies.PermitRead, Short: "One permit, with what was used of it"},
		func(ctx context.Context, in *PermitPath) (*one[mes.Permit], error) {
			return answer(s.Permits.Get(ctx, requestOf(ctx).who.Site, in.ID))
		})
	handle(s, route{Method: "POST", Path: "/permits", ID: "askPermit", Group: "permits", Right: policies.PermitAsk, Command: true, Noun: "permit", Status: http.StatusCreated,
		Short: "Ask for a deviation permit; it is in force with its last signature"}, s.askPermit)
	handle(s, route{Method: "POST", Path: "/permits/{id}/withdraw", ID: "withdrawPermit", Group: "permits", Right: policies.PermitAsk, Command: true, Noun: "permit",
		Short: "End a permit before its time"},
		func(ctx context.Context, in *withdrawPermitInput) (*one[mes.Permit], error) {
			r := requestOf(ctx)
			return answer(s.Permits.Withdraw(ctx, r.scopedKey(), r.who.Site, in.ID, r.actor(), strings.TrimSpace(in.Body.Reason)))
		})
}

// PermitPath names a permit.
type PermitPath struct {
	ID string `path:"id" maxLength:"32"`
}

type withdrawPermitInput struct {
	PermitPath
	Body Because
}

type permitListInput struct {
	ListInput
	State   mes.PermitState `query:"state"`
	Product string          `query:"product" maxLength:"64"`
	Usable  bool            `query:"usable" doc:"Only those that allow something now."`
}

func (s *Server) listPermits(ctx context.Context, in *permitListInput) (*one[mes.Page[mes.Permit]], error) {
	f := mes.PermitFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, State: in.State, Product: in.Product, Usable: in.Usable}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Permit], error) { return s.Permits.List(ctx, f) })
}

// AskPermit is what shall be allowed.
type AskPermit struct {
	Product        string    `json:"product" maxLength:"64"`
	Operation      string    `json:"operation,omitempty" maxLength:"64"`
	Characteristic string    `json:"characteristic,omitempty" maxLength:"64"`
	Code           string    `json:"code,omitempty" maxLength:"64" doc:"Only for this defect code."`
	Allows         string    `json:"allows" maxLength:"1000" doc:"What deviates, and by how much."`
	Lots           []string  `json:"lots,omitempty" maxItems:"500" doc:"Left out, every lot of the product."`
	Quantity       *Amount   `json:"quantity,omitempty" doc:"Left out, the lots bound it."`
	ValidUntil     time.Time `json:"valid_until"`
	Reason         string    `json:"reason" maxLength:"1000"`
}

type askPermitInput struct{ Body AskPermit }

func (s *Server) askPermit(ctx context.Context, in *askPermitInput) (*made[mes.Permit], error) {
	r, b := requestOf(ctx), in.Body
	out, err := s.Permits.Ask(ctx, r.scopedKey(), r.who.Site, r.actor(), mes.NewPermit{Product: b.Product, Operation: b.Operation, Characteristic: b.Characteristic, Code: b.Code,
		Allows: strings.TrimSpace(b.Allows), Lots: b.Lots, Quantity: b.Quantity.or(), ValidUntil: b.ValidUntil, Reason: strings.TrimSpace(b.Reason)})
	if err != nil {
		return nil, err
	}
	r.subject = out.ID
	return &made[mes.Permit]{Status: http.StatusCreated, Body: out}, nil
}
