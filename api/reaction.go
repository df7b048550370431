package api

import (
	"context"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) reactionRoutes() {
	handle(s, route{Method: "GET", Path: "/reaction-rules", ID: "listReactionRules", Group: "reactions", Right: policies.ReactionRead,
		Short: "Rules that act when quality gets worse"}, s.listReactionRules)
	handle(s, route{Method: "POST", Path: "/reaction-rules/{id}", ID: "putReactionRule", Group: "reactions", Right: policies.ReactionWrite, Command: true, Noun: "reaction_rule",
		Short: "Make or change a rule"}, s.putReactionRule)
	handle(s, route{Method: "GET", Path: "/reaction-firings", ID: "listReactionFirings", Group: "reactions", Right: policies.ReactionRead, Table: true,
		Short: "When rules acted, on what, and what came of it"}, s.listFirings)
}

// ReactionRules are a site's rules.
type ReactionRules struct {
	Items []mes.ReactionRule `json:"items"`
}

func (s *Server) listReactionRules(ctx context.Context, _ *struct{}) (*one[ReactionRules], error) {
	rules, err := s.Reactions.Rules(ctx, requestOf(ctx).who.Site)
	return answer(ReactionRules{Items: rules}, err)
}

// PutReactionRule is a rule as it shall be.
type PutReactionRule struct {
	Name      string            `json:"name" maxLength:"200"`
	Active    bool              `json:"active"`
	Kind      mes.QualityKind   `json:"kind"`
	Code      string            `json:"code,omitempty" maxLength:"64"`
	Product   string            `json:"product,omitempty" maxLength:"64"`
	Operation string            `json:"operation,omitempty" maxLength:"64"`
	Device    string            `json:"device,omitempty" maxLength:"64"`
	Group     mes.ReactionGroup `json:"group"`
	Component string            `json:"component,omitempty" maxLength:"64" doc:"The material whose lots count apart, for the group component."`
	Count     int               `json:"count" doc:"How many events make the rule act."`
	WindowMin int               `json:"window_min" doc:"Within how many minutes."`
	// PerThousand makes it a rule on a rate.
	PerThousand mes.Decimal        `json:"per_thousand,omitempty" doc:"Acts above so many events per 1,000 pieces made in the window; 0 or left out asks for no rate."`
	Severity    mes.Severity       `json:"severity"`
	Then        []mes.ReactionKind `json:"then" maxItems:"10"`
	Version     int                `json:"version" doc:"The version that was read; 0 for a new rule."`
	Reason      string             `json:"reason" minLength:"1" maxLength:"500"`
}

type putReactionRuleInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body PutReactionRule
}

func (s *Server) putReactionRule(ctx context.Context, in *putReactionRuleInput) (*one[mes.ReactionRule], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = in.ID
	reason := strings.TrimSpace(b.Reason)
	if reason == "" {
		var f mes.Faults
		f.Add("reason", "is missing")
		return nil, f.Err("The rule was not changed.")
	}
	rule := mes.ReactionRule{ID: in.ID, Site: r.who.Site, Name: strings.TrimSpace(b.Name), Active: b.Active, Kind: b.Kind, Code: b.Code, Product: b.Product, Operation: b.Operation,
		Device: b.Device, Group: b.Group, Component: b.Component, Count: b.Count, WindowMin: b.WindowMin, PerThousand: b.PerThousand, Severity: b.Severity, Then: b.Then, Version: b.Version}
	return answer(s.Reactions.Put(ctx, r.actor(), rule, reason))
}

// FiringRow is one time that a rule acted.
type FiringRow struct {
	ID     string             `json:"id"`
	At     time.Time          `json:"at"`
	Rule   string             `json:"rule"`
	Name   string             `json:"name"`
	Group  string             `json:"group" doc:"What the events share: a lot, a station, a code."`
	Why    string             `json:"why"`
	Events []mes.QualityEvent `json:"events"`
	Done   []mes.ReactionDone `json:"done"`
}

type firingListInput struct {
	ListInput
	Rule string `query:"rule" maxLength:"64"`
}

func (s *Server) listFirings(ctx context.Context, in *firingListInput) (*one[mes.Page[FiringRow]], error) {
	f := mes.FiringFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Rule: in.Rule}
	return page(ctx, s, &f.Paging, func() (mes.Page[FiringRow], error) {
		p, err := s.Reactions.Firings(ctx, f)
		out := mes.Page[FiringRow]{Items: make([]FiringRow, len(p.Items)), Next: p.Next, Total: p.Total}
		for i, v := range p.Items {
			out.Items[i] = FiringRow{ID: v.ID, At: v.At, Rule: v.Rule.ID, Name: v.Rule.Name, Group: v.Group, Why: v.Why(), Events: v.Events, Done: v.Done}
		}
		return out, err
	})
}
