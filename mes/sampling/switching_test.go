package sampling_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes/sampling"
)

// play decides lots one after another: a accepted, r not accepted, t accepted and also one AQL step tighter (Ac 2).
func play(s sampling.Scheme, lots string, terms sampling.Terms) (sampling.Scheme, []sampling.Rule) {
	var rules []sampling.Rule
	for _, c := range lots {
		l := map[rune]sampling.Lot{'a': {Accepted: true, Ac: 1}, 'r': {Ac: 1}, 't': {Accepted: true, Ac: 2, AtTighter: true}, 'n': {Accepted: true, Ac: 2}}[c]
		var rule sampling.Rule
		if s, rule = s.After(l, terms); rule != "" {
			rules = append(rules, rule)
		}
	}
	return s, rules
}

func TestSwitchingRules(t *testing.T) {
	reduced := sampling.Terms{Reduced: true}
	for _, c := range []struct {
		name, lots string
		terms      sampling.Terms
		want       sampling.Mode
		rules      []sampling.Rule
	}{
		{"begins normal", "", reduced, sampling.Normal, nil},
		{"one refused changes nothing", "ara", reduced, sampling.Normal, nil},
		{"two of two", "rr", reduced, sampling.Tightened, []sampling.Rule{sampling.RuleTighten}},
		{"two of five", "raaar", reduced, sampling.Tightened, []sampling.Rule{sampling.RuleTighten}},
		{"two of six", "raaaar", reduced, sampling.Normal, nil},
		{"five accepted in a row", "rraaaaa", reduced, sampling.Normal, []sampling.Rule{sampling.RuleTighten, sampling.RuleNormal}},
		{"four in a row are not enough", "rraaaaraaaa", reduced, sampling.Tightened, []sampling.Rule{sampling.RuleTighten}},
		{"five refused under tightened", "rrrarararar", reduced, sampling.Discontinued, []sampling.Rule{sampling.RuleTighten, sampling.RuleDiscontinue}},
		{"four refused under tightened", "rrrarararaaaa", reduced, sampling.Tightened, []sampling.Rule{sampling.RuleTighten}},
		{"discontinued stays", "rrrrrrraaaaaaaa", reduced, sampling.Discontinued, []sampling.Rule{sampling.RuleTighten, sampling.RuleDiscontinue}},
		{"score of 30 by 15 lots with Ac 1", "aaaaaaaaaaaaaaa", reduced, sampling.Reduced, []sampling.Rule{sampling.RuleReduce}},
		{"score of 28", "aaaaaaaaaaaaaa", reduced, sampling.Normal, nil},
		{"score of 30 by 10 lots with Ac 2", "tttttttttt", reduced, sampling.Reduced, []sampling.Rule{sampling.RuleReduce}},
		{"a lot that fails one step tighter begins anew", "tttttttttnt", reduced, sampling.Normal, nil},
		{"a refused lot begins anew", "aaaaaaaaaaaaaaraaaaaaaaaaaaaa", reduced, sampling.Normal, nil},
		{"reduction that is not wanted", "aaaaaaaaaaaaaaaaaaaa", sampling.Terms{}, sampling.Normal, nil},
		{"reduced to normal", "ttttttttttaar", reduced, sampling.Normal, []sampling.Rule{sampling.RuleReduce, sampling.RuleNotAccepted}},
	} {
		s, rules := play(sampling.Begin(), c.lots, c.terms)
		if s.Mode != c.want || len(rules) != len(c.rules) {
			t.Errorf("%s: %s by %v, want %s by %v", c.name, s.Mode, rules, c.want, c.rules)
			continue
		}
		for i := range rules {
			if rules[i] != c.rules[i] {
				t.Errorf("%s: rules %v, want %v", c.name, rules, c.rules)
			}
		}
	}
}

func TestPeopleSwitchOnlyWhereTheyMay(t *testing.T) {
	normal := sampling.Begin()
	if _, ok := normal.Irregular(); ok {
		t.Error("normal inspection was made normal")
	}
	if _, ok := normal.Resume(); ok {
		t.Error("normal inspection was resumed")
	}
	stopped, _ := play(normal, "rrrrrrr", sampling.Terms{})
	if s, ok := stopped.Resume(); !ok || s.Mode != sampling.Tightened || s.Refused != 0 {
		t.Errorf("resumed %+v (%t)", s, ok)
	}
	reduced, _ := play(normal, "tttttttttt", sampling.Terms{Reduced: true})
	if s, ok := reduced.Irregular(); !ok || s.Mode != sampling.Normal || s.Score != 0 {
		t.Errorf("irregular %+v (%t)", s, ok)
	}
}

// Whatever comes, the scheme only takes the ways that the standard knows.
func TestSwitchingTakesNoOtherWay(t *testing.T) {
	allowed := map[[2]sampling.Mode]sampling.Rule{
		{sampling.Normal, sampling.Tightened}: sampling.RuleTighten, {sampling.Tightened, sampling.Normal}: sampling.RuleNormal,
		{sampling.Tightened, sampling.Discontinued}: sampling.RuleDiscontinue, {sampling.Normal, sampling.Reduced}: sampling.RuleReduce,
		{sampling.Reduced, sampling.Normal}: sampling.RuleNotAccepted,
	}
	rapid.Check(t, func(t *rapid.T) {
		s, terms := sampling.Begin(), sampling.Terms{Reduced: rapid.Bool().Draw(t, "reduced")}
		for range rapid.IntRange(1, 80).Draw(t, "lots") {
			l := sampling.Lot{Accepted: rapid.Float64Range(0, 1).Draw(t, "p") < 0.8, Ac: rapid.IntRange(0, 5).Draw(t, "ac"), AtTighter: rapid.Bool().Draw(t, "tighter")}
			next, rule := s.After(l, terms)
			if next.Mode != s.Mode && allowed[[2]sampling.Mode{s.Mode, next.Mode}] != rule {
				t.Fatalf("%s to %s by %q", s.Mode, next.Mode, rule)
			}
			if next.Mode == s.Mode && rule != "" || len(next.Recent) > 5 || !terms.Reduced && next.Mode == sampling.Reduced {
				t.Fatalf("%+v after %+v by %q", next, s, rule)
			}
			s = next
		}
	})
}
