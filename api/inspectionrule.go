package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) inspectionRuleRoutes() {
	handle(s, route{Method: "POST", Path: "/inspection-rules/preview", ID: "previewRule", Group: "vision", Right: policies.DocumentDraft,
		Short: "Judge stored verdicts by a rule's content, without storing anything",
		Long:  "The same judgement that counts at the door. Pictures come newest first, of the rule's camera unless another one is named."}, s.previewRule)
	handle(s, route{Method: "POST", Path: "/inspection-rules/{id}/{revision}/tests", ID: "testRule", Group: "vision", Right: policies.DocumentDraft, Command: true, Noun: "document",
		Status: http.StatusCreated, Short: "Try a draft on past verdicts, and keep the outcome with the revision"}, s.testRule)
	handle(s, route{Method: "GET", Path: "/inspection-rules/{id}/{revision}/tests", ID: "listRuleTests", Group: "vision", Right: policies.DocumentRead,
		Short: "How a revision did on past verdicts, newest test first"}, func(ctx context.Context, in *RulePath) (*one[mes.Page[mes.RuleTest]], error) {
		return whole(s.RuleTrials.Tests(ctx, in.key()))
	})
}

// RulePath names a revision of an inspection rule.
type RulePath struct {
	ID       string `path:"id" maxLength:"64"`
	Revision string `path:"revision" maxLength:"16"`
}

func (p RulePath) key() mes.RevisionKey {
	return mes.RevisionKey{Kind: mes.DocInspection, ID: p.ID, Revision: p.Revision}
}

// RulePreview asks what a content would say.
type RulePreview struct {
	Content json.RawMessage `json:"content"`
	Filter  mes.TrialFilter `json:"filter,omitempty"`
}

// maxPreview is how many pictures a preview shows at once.
const maxPreview = 100

func (s *Server) previewRule(ctx context.Context, in *struct{ Body RulePreview }) (*one[mes.Page[mes.TrialPicture]], error) {
	rule, err := mes.ReadRule(in.Body.Content)
	if err != nil {
		return nil, err
	}
	f := in.Body.Filter
	if f.Last == 0 || f.Last > maxPreview {
		f.Last = maxPreview
	}
	return whole(s.RuleTrials.Preview(ctx, requestOf(ctx).who.Site, rule, f))
}

type testRuleInput struct {
	RulePath
	Body mes.TrialFilter
}

func (s *Server) testRule(ctx context.Context, in *testRuleInput) (*made[mes.RuleTest], error) {
	r := requestOf(ctx)
	r.subject = in.key().String()
	t, err := s.RuleTrials.Test(ctx, r.scopedKey(), r.who.Site, r.actor(), in.key(), in.Body)
	if err != nil {
		return nil, err
	}
	return &made[mes.RuleTest]{Status: http.StatusCreated, Body: t}, nil
}
