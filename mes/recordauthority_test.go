package mes

import (
	"testing"
	"time"
)

// TestHeldAt judges a certificate's whole history at several moments.
func TestHeldAt(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 6, n, 12, 0, 0, 0, time.UTC) }
	at := func(n int) *time.Time { d := day(n); return &d }
	all := []HeldCertificate{
		{Account: "olga", Skill: "ESD", Level: 1, GivenAt: day(2), ExpiresAt: at(10)},
		{Account: "olga", Skill: "ESD", Level: 1, GivenAt: day(12), WithdrawnAt: at(20)},
		{Account: "hans", Skill: "ESD", Level: 1, GivenAt: day(1)},
	}
	need := &QualificationNeed{ID: "ESD", Level: 1}
	for n, want := range map[int]bool{1: false, 2: true, 9: true, 11: false, 12: true, 19: true, 20: false, 25: false} {
		if got := Qualified(need, HeldAt(all, "olga", day(n)), day(n), time.UTC) == nil; got != want {
			t.Errorf("on day %d she holds it: %v, want %v", n, got, want)
		}
	}
}

// TestAuthorityAsksEachPersonAtEachStep has a second person complete a step, and a step with a need of its own.
func TestAuthorityAsksEachPersonAtEachStep(t *testing.T) {
	at := func(n int) *time.Time { d := time.Date(2026, 6, 1, n, 0, 0, 0, time.UTC); return &d }
	h := LotHistory{
		Route: []PlannedVisit{{Operation: "10", Qualification: &QualificationNeed{ID: "ESD", Level: 1}, Steps: []PlannedStep{{Step: "1"}, {Step: "2", Qualification: &QualificationNeed{ID: "Torque", Level: 2}}, {Step: "3"}}}},
		Operations: []BuiltOperation{{Operation: "10", Visit: 1, Operator: "olga", StartedAt: at(8), EndedAt: at(12), Steps: []BuiltStep{
			{Step: "1", Kind: StepConfirm, Operator: "olga", At: *at(9)}, {Step: "2", Kind: StepConfirm, Operator: "hans", At: *at(10)},
			{Step: "3", Kind: StepDevice, Operator: "nobody", At: *at(11)}}}},
	}
	all := []HeldCertificate{
		{Account: "olga", Skill: "ESD", Level: 1, GivenAt: *at(1), ExpiresAt: at(11)},
		{Account: "hans", Skill: "ESD", Level: 2, GivenAt: *at(1)},
		{Account: "hans", Skill: "Torque", Level: 1, GivenAt: *at(1)},
	}
	got := AuthorityOf(h, all)
	if len(got) != 3 {
		t.Fatalf("judged %+v", got)
	}
	want := []struct {
		person, step string
		held         bool
	}{{"olga", "", false}, {"hans", "", true}, {"hans", "2", false}} // hers ends before the visit does; his torque is level 1
	for i, w := range want {
		if a := got[i]; a.Person != w.person || a.Step != w.step || a.Held != w.held || (a.Why == "") != w.held {
			t.Errorf("%d: %+v, want %+v", i, a, w)
		}
	}
}

// TestADecisionNeedsItsSignatures counts the valid signatures of decisions that took effect.
func TestADecisionNeedsItsSignatures(t *testing.T) {
	h := LotHistory{Lot: "L1", Signatures: []Signature{
		{Record: SignedRecord{SignedReview, "D1"}, State: SignatureValid}, {Record: SignedRecord{SignedHoldRelease, "D2"}, State: SignatureForged}}}
	for name, c := range map[string]struct {
		d    RecordDecision
		want int
	}{
		"signed as asked":           {RecordDecision{Noun: SignedReview, Record: "D1", Needs: 1}, 0},
		"one of two":                {RecordDecision{Noun: SignedReview, Record: "D1", Needs: 2}, 1},
		"a forged one":              {RecordDecision{Noun: SignedHoldRelease, Record: "D2", Needs: 1}, 1},
		"past the rule":             {RecordDecision{Noun: SignedReview, Needs: 1}, 1},
		"where the rule asks none":  {RecordDecision{Noun: SignedHoldRelease, Needs: 0}, 0},
		"another record's approval": {RecordDecision{Noun: SignedHoldRelease, Record: "D1", Needs: 1}, 1},
	} {
		d := &deviations{lot: "L1"}
		d.decisions(h, []RecordDecision{c.d})
		if len(d.found) != c.want {
			t.Errorf("%s: %+v", name, d.found)
		}
	}
}

// TestLotLabour shares time between two lots and leaves out what still runs.
func TestLotLabour(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 6, 1, 8, m, 0, 0, time.UTC) }
	job := func(lot string) LabourJob { return LabourJob{Order: "O", Lot: lot, Operation: "10", Visit: 1} }
	events := []ClockEvent{
		{ID: 1, Kind: ClockOn, Account: "olga", Job: job("A"), At: at(0)},
		{ID: 2, Kind: ClockOn, Account: "olga", Job: job("B"), At: at(10)},
		{ID: 3, Kind: ClockOn, Account: "hans", Job: job("A"), At: at(12)},
		{ID: 4, Kind: ClockJobEnd, Job: job("A"), At: at(20)},
	}
	a := LotLabour("A", events, at(30))
	if len(a) != 2 || a[0].Person != "hans" || a[0].Millis != 8*60_000 || a[1].Person != "olga" || a[1].Millis != 15*60_000 || a[1].Hours.String() != "0.25" {
		t.Errorf("A: %+v", a)
	}
	if b := LotLabour("B", events, at(30)); len(b) != 1 || b[0].Millis != 5*60_000 {
		t.Errorf("B, still running: %+v", b)
	}
}
