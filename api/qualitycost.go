package api

import (
	"context"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) qualityCostRoutes() {
	handle(s, route{Method: "GET", Path: "/quality-cost", ID: "getQualityCost", Group: "nonconformances", Right: policies.QualityCostRead, Table: true,
		Short: "What poor quality cost, from recorded facts", Long: "What has no price is counted in the columns named unpriced, and never taken for zero."}, s.getQualityCost)
	handle(s, route{Method: "GET", Path: "/quality-cost/rate", ID: "getLabourRate", Group: "nonconformances", Right: policies.QualityCostRead, Short: "What an hour of rework costs"},
		func(ctx context.Context, _ *struct{}) (*one[mes.LabourRate], error) {
			return answer(s.Costs.Rate(ctx, requestOf(ctx).who.Site))
		})
	handle(s, route{Method: "POST", Path: "/quality-cost/rate", ID: "setLabourRate", Group: "nonconformances", Right: policies.QualityCostWrite, Command: true, Noun: "site",
		Short: "Say what an hour of rework costs from now on"}, s.setLabourRate)
	handle(s, route{Method: "POST", Path: "/quality-cost/materials/{material}", ID: "setMaterialCost", Group: "nonconformances", Right: policies.QualityCostWrite, Command: true, Noun: "material",
		Short: "Say what one unit of a material costs from now on"}, s.setMaterialCost)
}

type costInput struct {
	By      mes.CostBy `query:"by" default:"code"`
	From    string     `query:"from" format:"date" doc:"First day, in the site's zone. Left out, 30 days ago."`
	To      string     `query:"to" format:"date" doc:"Last day, included. Left out, today."`
	Product string     `query:"product" maxLength:"64"`
	Code    string     `query:"code" maxLength:"64"`
	Format  string     `query:"format" enum:"json,csv"`
}

// maxCostDays is the longest span of a report.
const maxCostDays = 3 * 366

func (s *Server) getQualityCost(ctx context.Context, in *costInput) (*one[mes.CostReport], error) {
	site, err := s.plants.site(ctx, requestOf(ctx).who.Site)
	if err != nil {
		return nil, err
	}
	today := s.Now().In(site.zone)
	from := time.Date(today.Year(), today.Month(), today.Day()-30, 0, 0, 0, 0, site.zone)
	to := time.Date(today.Year(), today.Month(), today.Day()+1, 0, 0, 0, 0, site.zone)
	var f mes.Faults
	if in.From != "" {
		from, err = time.ParseInLocation(time.DateOnly, in.From, site.zone)
		f.Check(err == nil, "query.from", "is no day such as 2026-11-24")
	}
	if in.To != "" {
		to, err = time.ParseInLocation(time.DateOnly, in.To, site.zone)
		f.Check(err == nil, "query.to", "is no day such as 2026-11-24")
		to = to.AddDate(0, 0, 1)
	}
	f.Check(from.Before(to), "query.from", "is after the last day")
	f.Check(to.Sub(from) <= maxCostDays*24*time.Hour, "query.from", "is more than three years before the last day")
	if err := f.Err("The report can't be made like this."); err != nil {
		return nil, err
	}
	return answer(s.Costs.Report(ctx, mes.CostFilter{Site: site.ID, By: in.By, From: from, To: to, Product: in.Product, Code: in.Code}))
}

type setRateInput struct {
	Body struct {
		PerHour  Amount `json:"per_hour"`
		Currency string `json:"currency" minLength:"3" maxLength:"3" doc:"ISO 4217"`
		Reason   string `json:"reason" maxLength:"500"`
	}
}

func (s *Server) setLabourRate(ctx context.Context, in *setRateInput) (*one[mes.LabourRate], error) {
	r := requestOf(ctx)
	r.subject = r.who.Site
	rate := mes.LabourRate{PerHour: in.Body.PerHour.Decimal, Currency: strings.ToUpper(in.Body.Currency)}
	return answer(s.Costs.SetRate(ctx, r.scopedKey(), r.who.Site, r.actor(), rate, strings.TrimSpace(in.Body.Reason)))
}

type setCostInput struct {
	Material string `path:"material" maxLength:"64"`
	Body     struct {
		Cost   Amount `json:"standard_cost"`
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (s *Server) setMaterialCost(ctx context.Context, in *setCostInput) (*one[nothing], error) {
	r := requestOf(ctx)
	return answer(nothing{}, s.Costs.SetMaterialCost(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Material, in.Body.Cost.Decimal, strings.TrimSpace(in.Body.Reason)))
}
