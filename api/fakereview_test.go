package api

import (
	"context"
	"fmt"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeReviews keeps verdicts and labels, and tries rules on what a test lays into it.
type fakeReviews struct {
	mes.VerdictReviews
	mes.RuleTrials
	mu     sync.Mutex
	items  []mes.ReviewItem
	labels []mes.NewLabel
	asked  mes.VerdictFilter
	past   []mes.PastVerdict
}

func (f *fakeReviews) Queue(_ context.Context, q mes.VerdictFilter) (mes.Page[mes.ReviewItem], error) {
	f.asked = q
	return mes.Page[mes.ReviewItem]{Items: f.items, Total: int64(len(f.items))}, nil
}

func (f *fakeReviews) Item(_ context.Context, _, id string) (mes.ReviewItem, error) {
	for _, i := range f.items {
		if i.ID == id {
			return i, nil
		}
	}
	return mes.ReviewItem{}, mes.NotFound("Vision result", id)
}

func (f *fakeReviews) Label(_ context.Context, _, _ string, by mes.Actor, n mes.NewLabel) (mes.Label, *mes.SignatureRequest, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.labels = append(f.labels, n)
	return mes.Label{ID: fmt.Sprint(len(f.labels)), Verdict: n.Verdict, Label: n.Label, By: by.ID, Request: n.Request}, nil, nil
}

func (f *fakeReviews) Agreement(_ context.Context, q mes.AgreementFilter) ([]mes.Agreement, error) {
	return []mes.Agreement{mes.Agreement{Model: "bead-seg/7", Since: q.From, Until: q.To, Pair: mes.ModelPerson, Confusion: mes.Confusion{PassPass: 20, PassFail: 5, FailPass: 10, FailFail: 15}}.Rated()}, nil
}

func (f *fakeReviews) Export(_ context.Context, q mes.VerdictFilter, limit int, each func(mes.LabelledPicture) error) error {
	f.asked = q
	for _, i := range f.items[:min(limit, len(f.items))] {
		if err := each(mes.LabelledPicture{ID: i.ID, Image: i.Image, Predictions: i.Predictions, CapturedAt: monday}); err != nil {
			return err
		}
	}
	return nil
}

func (f *fakeReviews) Preview(_ context.Context, _ string, rule mes.InspectionRule, _ mes.TrialFilter) ([]mes.TrialPicture, error) {
	var out []mes.TrialPicture
	for _, p := range f.past {
		out = append(out, mes.TrialPicture{PastVerdict: p, Judged: rule.Judge(p.Predictions, p.Picture)})
	}
	return out, nil
}

type models struct{ mes.Models }
type stationStops struct{ mes.StationStops }
type visionEvents struct{ mes.VisionEvents }
