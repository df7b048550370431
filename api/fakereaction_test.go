package api

import (
	"context"
	"slices"
	"sync"

	"github.com/steelthread/steelthread/mes"
)

// fakeReactions keeps rules as the store does.
type fakeReactions struct {
	mes.Reactions
	mu    sync.Mutex
	rules []mes.ReactionRule
	why   []string
}

func (f *fakeReactions) Rules(_ context.Context, site string) ([]mes.ReactionRule, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.rules), func(r mes.ReactionRule) bool { return r.Site != site }), nil
}

func (f *fakeReactions) Put(_ context.Context, by mes.Actor, r mes.ReactionRule, reason string) (mes.ReactionRule, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := r.Validate(); err != nil {
		return r, err
	}
	r.Version, r.ChangedBy, r.ChangedAt = r.Version+1, by.ID, monday
	f.rules, f.why = append(f.rules, r), append(f.why, reason)
	return r, nil
}

func (f *fakeReactions) Firings(_ context.Context, q mes.FiringFilter) (mes.Page[mes.Firing], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := mes.Page[mes.Firing]{Items: []mes.Firing{}}
	for _, r := range f.rules {
		if r.Site == q.Site && (q.Rule == "" || q.Rule == r.ID) {
			out.Items = append(out.Items, mes.Firing{ID: "f-" + r.ID, Rule: r, Group: "P-1", At: monday, Events: []mes.QualityEvent{{Key: "v", Text: "bead too thin"}},
				Done: []mes.ReactionDone{{Kind: mes.ReactHold, Subject: "H-1"}}})
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}
