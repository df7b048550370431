package mes

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestACriterionNamesEveryFieldThatDoesNotFit(t *testing.T) {
	at := time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)
	before := at.Add(-time.Hour)
	for name, c := range map[string]struct {
		c    Criterion
		want string // the fields, in their order
	}{
		"one lot":               {Criterion{Kind: ByLot, Lots: []string{"L1"}}, ""},
		"no kind":               {Criterion{}, "kind"},
		"no lot":                {Criterion{Kind: ByLot}, "lots"},
		"a lot twice":           {Criterion{Kind: ByComponent, Lots: []string{"L1", "L1"}}, "lots[1]"},
		"two roots":             {Criterion{Kind: ByGenealogy, Lots: []string{"L1", "L2"}}, "lots"},
		"a depth without bound": {Criterion{Kind: ByGenealogy, Lots: []string{"L1"}, Depth: 101}, "depth"},
		"a way that is none":    {Criterion{Kind: ByLot, Lots: []string{"L1"}, Follow: "sideways"}, "follow"},
		"serials":               {Criterion{Kind: BySerials, From: "U-007", To: "U-012"}, ""},
		"serials of two stems":  {Criterion{Kind: BySerials, From: "U-007", To: "V-012"}, "to"},
		"serials backwards":     {Criterion{Kind: BySerials, From: "U-012", To: "U-007"}, "to"},
		"serials of one end":    {Criterion{Kind: BySerials, From: "U-012"}, "to"},
		"a supplier's lot":      {Criterion{Kind: BySupplierLot, SupplierLot: "B-1", Supplier: "S"}, ""},
		"a supplier alone":      {Criterion{Kind: BySupplierLot, Supplier: "S"}, "supplier_lot"},
		"a machine":             {Criterion{Kind: ByMachine, Station: "ST30", Since: &before}, ""},
		"two machines":          {Criterion{Kind: ByMachine, Station: "ST30", Device: "DP", Since: &before}, "station"},
		"a machine of no time":  {Criterion{Kind: ByMachine, Device: "DP"}, "since"},
		"a time backwards":      {Criterion{Kind: ByMachine, Device: "DP", Since: &at, Until: &before}, "until"},
		"a routing":             {Criterion{Kind: ByRouting, Product: "P", Revision: "A"}, ""},
		"half a routing":        {Criterion{Kind: ByRouting, Product: "P"}, "revision"},
		"a model":               {Criterion{Kind: ByModel, Model: "bead/7"}, ""},
		"a lot and a model":     {Criterion{Kind: ByLot, Lots: []string{"L1"}, Model: "bead/7"}, "model"},
	} {
		err := ContainmentRequest{Criterion: c.c, Reason: "r", Severity: SeverityLow}.Validate()
		var e *Error
		var got []string
		if errors.As(err, &e) {
			for _, f := range e.Fields {
				got = append(got, strings.TrimPrefix(f.Field, "criterion."))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: fields %v, want %q", name, got, c.want)
		}
	}
	err := ContainmentRequest{Criterion: Criterion{Kind: ByLot, Lots: []string{"L1"}}, Severity: "odd"}.Validate()
	if err == nil || !strings.Contains(err.Error()+fieldsIn(err), "reason") || !strings.Contains(fieldsIn(err), "severity") {
		t.Errorf("%v %s", err, fieldsIn(err))
	}
}

func fieldsIn(err error) string {
	var e *Error
	var out []string
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out = append(out, f.Field)
		}
	}
	return strings.Join(out, " ")
}

// TestAContainmentClosesOnlyWhenNothingIsLeft: whatever the counts are, a closed one has no open lot, nothing to find, nothing
// that runs and nothing that may join; and a lot more to decide on never brings it further.
func TestAContainmentClosesOnlyWhenNothingIsLeft(t *testing.T) {
	order := map[ContainmentState]int{}
	for i, s := range ContainmentStates {
		order[s] = i
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 3).Draw(rt, name) }
		c := ContainmentTally{Unacknowledged: n("running"), Undecided: n("undecided"), Proposed: n("proposed"), Unnotified: n("unnotified"),
			Complete: rapid.Bool().Draw(rt, "complete"), Watching: rapid.Bool().Draw(rt, "watching")}
		c.Open = c.Undecided + c.Proposed
		s := c.State()
		if s == ContainmentClosed && (c.Open > 0 || !c.Complete || c.Unacknowledged > 0 || c.Watching) {
			rt.Fatalf("closed with %+v", c)
		}
		if c.Open == 0 && c.Complete && c.Unacknowledged == 0 && !c.Watching && s != ContainmentClosed {
			rt.Fatalf("%+v is %s", c, s)
		}
		more := c
		more.Open, more.Undecided = more.Open+1, more.Undecided+1
		if order[more.State()] > order[s] {
			rt.Fatalf("a lot more brings %s to %s", s, more.State())
		}
	})
}

func TestCallsGoUpWithTheTime(t *testing.T) {
	at := time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)
	for _, s := range []Severity{SeverityCritical, SeverityHigh, SeverityMedium, SeverityLow} {
		for _, state := range ContainmentStates {
			c := Containment{ID: "H-0001", Severity: s, State: state, RequestedAt: at}
			calls := c.Escalations()
			if state == ContainmentDispositioned || state == ContainmentClosed {
				if len(calls) != 0 {
					t.Errorf("%s %s: %v", s, state, calls)
				}
				continue
			}
			if len(calls) != 2 || !calls[0].At.After(at) || !calls[1].At.After(calls[0].At) || calls[0].Role != RoleSupervisor || calls[1].Role != RoleAdmin || calls[0].Key == calls[1].Key {
				t.Errorf("%s %s: %+v", s, state, calls)
			}
		}
	}
}

func TestADecisionFitsThePlace(t *testing.T) {
	for _, d := range HoldDecisions {
		if d.End() == "" {
			t.Errorf("%s has no end", d)
		}
		for _, p := range []Place{PlaceConsumed, PlaceGone} {
			if (HoldDisposition{Decision: d}).Fits("L1", p) == nil {
				t.Errorf("%s fits a lot that is %s", d, p)
			}
		}
	}
	if err := (HoldDisposition{Decision: HoldRework}).Fits("L1", PlaceShipped); CodeOf(err) != CodeConflict {
		t.Error(err)
	}
	if err := (HoldDisposition{Decision: "burn", ReworkTo: "10"}).Validate(); fieldsIn(err) != "decision lots rework_to reason" {
		t.Error(err, fieldsIn(err))
	}
}

func TestARuleNamesWhatItHolds(t *testing.T) {
	at := time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)
	for group, want := range map[ReactionGroup]Criterion{
		GroupLot:       {Kind: ByLot, Lots: []string{"X"}},
		GroupComponent: {Kind: ByComponent, Lots: []string{"X"}},
		GroupModel:     {Kind: ByModel, Model: "X"},
		GroupDevice:    {Kind: ByMachine, Station: "ST30"},
	} {
		f := Firing{ID: "f", At: at, Group: "X", Rule: ReactionRule{ID: "R-1", Site: "HAM", Name: strings.Repeat("ä", 400), Group: group, WindowMin: 60, Severity: SeverityHigh},
			Events: []QualityEvent{{Station: "ST30", At: at.Add(-time.Second), Text: "gap"}}}
		r := f.Containment()
		if err := r.Validate(); err != nil {
			t.Errorf("%s: %v %s", group, err, fieldsIn(err))
		}
		if r.Criterion.Kind != want.Kind || r.Criterion.Title() == "" || r.Criterion.Station != want.Station || r.Key == "" {
			t.Errorf("%s: %+v", group, r)
		}
	}
}
