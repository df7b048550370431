package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func defectRule(change func(*mes.ReactionRule)) mes.ReactionRule {
	r := mes.ReactionRule{ID: "R1", Site: site, Name: "Scratches", Active: true, Kind: mes.QualityDefect, Code: "SCRATCH", Group: mes.GroupStation, Count: 3, WindowMin: 60,
		Severity: mes.SeverityHigh, Then: []mes.ReactionKind{mes.ReactAlert}}
	if change != nil {
		change(&r)
	}
	return r
}

func scratch(n int, station string) mes.QualityEvent {
	return mes.QualityEvent{Key: fmt.Sprintf("defect/%s/%d", station, n), Site: site, Kind: mes.QualityDefect, Code: "SCRATCH", Noun: "lot", Subject: "L", Station: station,
		Text: fmt.Sprintf("scratch %d", n), At: time.Now()}
}

func (f *floor) putRule(r mes.ReactionRule) mes.ReactionRule {
	f.Helper()
	out, err := f.Reactions.Put(f.ctx, planner, r, "Agreed.")
	f.must(err)
	return out
}

func (f *floor) firings() []mes.Firing {
	f.Helper()
	p, err := f.Reactions.Firings(f.ctx, mes.FiringFilter{Site: site})
	f.must(err)
	return p.Items
}

func TestARuleActsOnceItsCountIsReached(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.putRule(defectRule(nil))
	tell := func(e mes.QualityEvent, firings int) {
		t.Helper()
		f.must(f.Reactions.Tell(f.ctx, e))
		if got := len(f.firings()); got != firings {
			t.Fatalf("after %s the rule has acted %d times, want %d", e.Key, got, firings)
		}
	}
	tell(scratch(1, "ST10"), 0)
	tell(scratch(2, "ST10"), 0)
	tell(scratch(2, "ST10"), 0) // told again
	tell(scratch(1, "ST20"), 0) // another group
	other := scratch(3, "ST10")
	other.Code = "DENT"
	tell(other, 0)
	tell(scratch(4, "ST10"), 1)
	tell(scratch(5, "ST10"), 1) // begins to count anew
	tell(scratch(6, "ST10"), 1)
	tell(scratch(7, "ST10"), 2)

	first := f.firings()[1]
	if first.Group != "ST10" || len(first.Events) != 3 || first.Last().Text != "scratch 4" || len(first.Done) != 1 || first.Done[0].Refused != "" {
		t.Errorf("acted %+v", first)
	}
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertReaction})
	f.must(err)
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "rule_acted"})
	f.must(err)
	if alerts.Total != 2 || len(trail.Items) != 2 || !strings.Contains(trail.Items[1].Reason, "3 times within 60 min") {
		t.Errorf("%d alerts, trail %+v", alerts.Total, trail.Items)
	}
}

func TestWhatARuleDoesNotCount(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.putRule(defectRule(func(r *mes.ReactionRule) { r.Count, r.Active = 1, false }))
	f.putRule(defectRule(func(r *mes.ReactionRule) { r.ID, r.Count, r.Product = "R2", 1, "OTHER" }))
	f.putRule(defectRule(func(r *mes.ReactionRule) { r.ID, r.Count, r.Group = "R3", 1, mes.GroupDevice }))
	f.must(f.Reactions.Tell(f.ctx, scratch(1, "ST10")))
	if got := f.firings(); len(got) != 0 {
		t.Errorf("acted %+v", got)
	}
}

func TestAReactionThatIsRefusedKeepsTheEvent(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.putRule(defectRule(func(r *mes.ReactionRule) {
		r.Count, r.Group, r.Then = 1, mes.GroupLot, []mes.ReactionKind{mes.ReactHold, mes.ReactAlert}
	}))
	e := scratch(1, "ST10")
	e.Lot = "NO-SUCH-LOT"
	f.must(f.Reactions.Tell(f.ctx, e))
	got := f.firings()
	if len(got) != 1 || got[0].Done[0].Refused == "" || got[0].Done[1].Subject != "NO-SUCH-LOT" {
		t.Errorf("acted %+v", got)
	}
}

// TestOneOfManyAtOnceIsTheLast lets events race: each three make the rule act, whichever come first.
func TestOneOfManyAtOnceIsTheLast(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.putRule(defectRule(nil))
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if err := f.Reactions.Tell(f.ctx, scratch(i, "ST10")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, v := range f.firings() {
		for _, e := range v.Events {
			if seen[e.Key] {
				t.Errorf("%s was counted twice", e.Key)
			}
			seen[e.Key] = true
		}
	}
	if len(f.firings()) != 4 || len(seen) != 12 {
		t.Errorf("acted %d times on %d events, want 4 on 12", len(f.firings()), len(seen))
	}
}

func TestARuleCountsByTheLotOfAComponent(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.inspected(f.lots("WO-1", "UNIT", 1)[0], 1)
	f.putRule(defectRule(func(r *mes.ReactionRule) { r.Group, r.Component, r.Count = mes.GroupComponent, "BOARD", 2 }))
	for n := range 2 {
		e := scratch(n, "ST30")
		e.Lot = p.id
		f.must(f.Reactions.Tell(f.ctx, e))
	}
	got := f.firings()
	if len(got) != 1 || got[0].Group != board(1) {
		t.Errorf("acted %+v, want once for %s", got, board(1))
	}
}

func TestARuleIsChangedUnderItsVersion(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := f.putRule(defectRule(nil))
	stale := r
	r.Count = 5
	r = f.putRule(r)
	if r.Version != 2 {
		t.Errorf("version %d", r.Version)
	}
	_, err := f.Reactions.Put(f.ctx, planner, stale, "Late.")
	f.refused(err, mes.CodeConflict, "somebody else")
	_, err = f.Reactions.Put(f.ctx, planner, defectRule(nil), "New, but there is one.")
	f.refused(err, mes.CodeConflict, "somebody else")
	rules, err := f.Reactions.Rules(f.ctx, site)
	f.must(err)
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "rule_changed"})
	f.must(err)
	if len(rules) != 1 || rules[0].Count != 5 || len(trail.Items) != 2 || trail.Items[0].Reason != "Agreed." || trail.Items[0].Before == nil {
		t.Errorf("rules %+v, trail %+v", rules, trail.Items)
	}
}
