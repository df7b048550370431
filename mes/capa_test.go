package mes

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	capaNow = time.Date(2026, 9, 14, 6, 10, 0, 0, time.UTC)
	qe, pe  = Actor{ID: "qe"}, Actor{ID: "pe"}
)

const capaDay = 24 * time.Hour

func leakCAPA() CAPA {
	return CAPARequest{Site: "HAM", Title: "Leaks", Why: "14 of 3,040", Severity: SeverityHigh, Owner: "qe"}.Open("CAPA-0006", Actor{ID: "pm"}, capaNow)
}

// whole is content that completes each discipline.
func whole() map[Discipline]CAPAContent {
	cause := func(text string) *CAPACause {
		return &CAPACause{Whys: []string{"a", "b", "c"}, Text: text, Verified: "measured"}
	}
	verified := "0 of 300"
	return map[Discipline]CAPAContent{
		D1: {Team: []CAPAMember{{Account: "qe"}, {Account: "pe"}}},
		D2: {Problem: &CAPAProblem{What: "leaks", Extent: "14 of 3,040", Limits: []IsNot{{Is: "corner 3", Not: "corner 1"}}}},
		D3: {Containment: &CAPAContainment{None: "all scrapped"}},
		D4: {Occurrence: cause("screw order"), Escape: cause("clamp")},
		D5: {Plan: &CAPAPlan{Text: "over a thicker seal", Criterion: &CAPACriterion{Codes: []string{"SEAL-02"}, Measure: MeasureRate, Target: One, Days: 90, MinPieces: Count(8000),
			Baseline: &CAPAReading{Events: 14, Pieces: Count(3040)}}}},
		D6: {Verified: &verified},
		D7: {Prevention: &CAPAPrevention{Text: "PFMEA", Similar: []CAPASimilar{{Product: "HK-20"}}}},
		D8: {Closure: &CAPAClosure{Lessons: "look", Recognition: "Oscar"}},
	}
}

// must fails the test on a refusal.
func mustCAPA(t *testing.T) func(CAPA, error) CAPA {
	return func(c CAPA, err error) CAPA {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// reach carries a CAPA on until the state.
func reach(t *testing.T, c CAPA, want CAPAState) CAPA {
	t.Helper()
	must, content, at := mustCAPA(t), whole(), capaNow.Add(time.Hour)
	for n := 0; c.State != want; n++ {
		if n > 50 {
			t.Fatalf("%s is never reached, it is %s at D%d", want, c.State, c.Discipline())
		}
		switch c.State {
		case CAPAOpen, CAPAImplementing, CAPAProven:
			d := Discipline(c.Discipline())
			c = must(c.Write(d, content[d]))
			switch d {
			case D5:
				for _, against := range []string{CauseOccurrence, CauseEscape} {
					next, _, err := c.AddTask("A"+against, NewCAPATask{D: D6, Title: against, Against: against, Owner: "pe", DueAt: at.Add(capaDay)}, qe, at)
					c = must(next, err)
				}
			case D6:
				for _, k := range c.Tasks {
					next, _, err := c.DoTask(k.ID, "done", []CAPAEvidence{{Hash: "h"}}, pe, at)
					c = must(next, err)
					next, _, err = c.VerifyTask(k.ID, true, "seen", nil, qe, at)
					c = must(next, err)
				}
			}
			c = must(c.Complete(d, qe, at))
		case CAPAPlanSigning:
			c = must(c.PlanSigned("qm", at))
		case CAPAWatching:
			at = c.Record.Effect.CheckAt
			c = must(c.Read(CAPAReading{Events: 4, Pieces: Count(9000)}, at))
		case CAPAVerdictSigning:
			c = must(c.VerdictSigned("qm", at))
		case CAPAClosureSigning:
			c = must(c.ClosureSigned("qm", at))
		}
	}
	return c
}

func TestACAPAIsClosedOnlyThroughAllItsStates(t *testing.T) {
	c := reach(t, leakCAPA(), CAPAClosed)
	if c.EndedAt == nil || !c.Signed(CAPASignPlan) || !c.Signed(CAPASignVerdict) || !c.Signed(CAPASignClosure) || c.Discipline() != 9 {
		t.Errorf("closed %+v", c)
	}
}

// TestNothingIsCompletedWithoutWhatItNeeds takes each thing away in turn from a CAPA that could go on.
func TestNothingIsCompletedWithoutWhatItNeeds(t *testing.T) {
	ready := func(d Discipline) CAPA {
		c := reach(t, leakCAPA(), CAPAClosed)
		delete(c.Record.Done, d)
		c.State = map[bool]CAPAState{true: CAPAProven, false: CAPAImplementing}[d == D8]
		return c
	}
	for name, lacks := range map[string]struct {
		d     Discipline
		take  func(*CAPA)
		field string
	}{
		"a team of one":              {D1, func(c *CAPA) { c.Record.Team = c.Record.Team[:1] }, "team"},
		"nobody who leads":           {D1, func(c *CAPA) { c.Owner = "" }, "owner"},
		"no extent":                  {D2, func(c *CAPA) { c.Record.Problem.Extent = " " }, "problem.extent"},
		"no is and is not":           {D2, func(c *CAPA) { c.Record.Problem.Limits = nil }, "problem.limits"},
		"no containment":             {D3, func(c *CAPA) { c.Record.Containment.None = "" }, "containment"},
		"no cause of occurrence":     {D4, func(c *CAPA) { c.Record.Occurrence.Text = "" }, "occurrence.text"},
		"no cause of escape":         {D4, func(c *CAPA) { c.Record.Escape.Text = "" }, "escape.text"},
		"a cause that is not proven": {D4, func(c *CAPA) { c.Record.Escape.Verified = "" }, "escape.verified"},
		"one why":                    {D4, func(c *CAPA) { c.Record.Occurrence.Whys = []string{"a"} }, "occurrence.whys"},
		"no criterion":               {D5, func(c *CAPA) { c.Record.Plan.Criterion = nil }, "plan.criterion"},
		"no baseline": {D5, func(c *CAPA) {
			k := *c.Record.Plan.Criterion
			k.Baseline = nil
			c.Record.Plan.Criterion = &k
		}, "plan.criterion.baseline"},
		"no action against the escape": {D5, func(c *CAPA) { c.Tasks = c.Tasks[:1] }, "tasks"},
		"an action that is not verified": {D6, func(c *CAPA) {
			c.Tasks = slices.Clone(c.Tasks)
			c.Tasks[0].State = TaskDone
		}, "tasks"},
		"an action without evidence": {D6, func(c *CAPA) {
			c.Tasks = slices.Clone(c.Tasks)
			c.Tasks[0].Evidence = nil
		}, "tasks"},
		"an unsigned plan":        {D6, func(c *CAPA) { delete(c.Record.Signed, CAPASignPlan) }, "plan"},
		"nothing similar":         {D7, func(c *CAPA) { c.Record.Prevention.Similar = nil }, "prevention.similar"},
		"a document not in force": {D7, func(c *CAPA) { c.Record.Prevention.Documents = []CAPADocument{{State: DocInReview}} }, "prevention.documents[0]"},
		"a document not read": {D7, func(c *CAPA) {
			c.Record.Prevention.Documents = []CAPADocument{{State: DocEffective, Readers: 2, Read: 1}}
		}, "prevention.documents[0]"},
		"no proof":                 {D8, func(c *CAPA) { c.Record.Effect = nil }, "effect"},
		"an unsigned verdict":      {D8, func(c *CAPA) { delete(c.Record.Signed, CAPASignVerdict) }, "effect"},
		"a verdict of no effect":   {D8, func(c *CAPA) { c.Record.Effect.Outcome = OutcomeNotEffective }, "effect"},
		"a hold that is open":      {D8, func(c *CAPA) { c.Links = []CAPALink{{Noun: "hold", Subject: "H-1", Open: true}} }, "links"},
		"an open task":             {D8, func(c *CAPA) { c.Tasks = append(slices.Clone(c.Tasks), CAPATask{ID: "T9", D: D7, State: TaskOpen}) }, "tasks"},
		"nobody thanked":           {D8, func(c *CAPA) { c.Record.Closure.Recognition = "" }, "closure.recognition"},
		"prevention not completed": {D8, func(c *CAPA) { delete(c.Record.Done, D7) }, "d7"},
	} {
		t.Run(name, func(t *testing.T) {
			c := ready(lacks.d)
			if missing := c.Missing(lacks.d); len(missing) > 0 {
				t.Fatalf("it could not be completed before: %v", missing)
			}
			lacks.take(&c)
			_, err := c.Complete(lacks.d, qe, capaNow)
			if CodeOf(err) != CodeUnprocessable || !slices.Contains(fieldsOf(err), lacks.field) {
				t.Errorf("%s was not refused for %s: %v", lacks.d, lacks.field, err)
			}
		})
	}
}

func TestAnActionIsVerifiedByAnother(t *testing.T) {
	c := reach(t, leakCAPA(), CAPAImplementing)
	id := c.Tasks[0].ID
	if _, _, err := c.DoTask(id, "done", nil, pe, capaNow); CodeOf(err) != CodeUnprocessable {
		t.Errorf("done without evidence: %v", err)
	}
	if _, _, err := c.DoTask(id, "done", []CAPAEvidence{{Hash: "h"}}, Actor{ID: "stranger"}, capaNow); CodeOf(err) != CodeForbidden {
		t.Errorf("done by a stranger: %v", err)
	}
	c, _, err := c.DoTask(id, "done", []CAPAEvidence{{Hash: "h"}}, pe, capaNow)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.VerifyTask(id, true, "seen", nil, pe, capaNow); CodeOf(err) != CodeForbidden {
		t.Errorf("verified by who did it: %v", err)
	}
	c, task, err := c.VerifyTask(id, false, "still leaks", nil, qe, capaNow)
	if err != nil || task.State != TaskOpen || task.DoneBy != "" || len(task.Evidence) != 1 || task.Verification != "still leaks" {
		t.Errorf("sent back %+v, %v", task, err)
	}
	if _, err := c.Complete(D6, qe, capaNow); CodeOf(err) != CodeUnprocessable {
		t.Errorf("D6 was completed: %v", err)
	}
}

// TestTheDataDecide holds readings against criteria.
func TestTheDataDecide(t *testing.T) {
	rate := CAPACriterion{Measure: MeasureRate, Target: MustDecimal("1.0"), MinPieces: Count(8000)}
	count := CAPACriterion{Measure: MeasureCount, Target: Count(3), MinPieces: Count(100)}
	for name, c := range map[string]struct {
		k      CAPACriterion
		events int64
		pieces string
		want   CAPAOutcome
	}{
		"at the rate":                       {rate, 8, "8000", OutcomeEffective},
		"a hair above the rate":             {rate, 9, "8999", OutcomeNotEffective},
		"exactly at it, no rounding":        {rate, 9, "9000", OutcomeEffective},
		"a third, no rounding":              {CAPACriterion{Measure: MeasureRate, Target: MustDecimal("0.333"), MinPieces: One}, 1, "3000", OutcomeNotEffective},
		"no event, too few pieces":          {rate, 0, "7999", OutcomeNoData},
		"many events, too few pieces":       {rate, 50, "100", OutcomeNoData},
		"nothing made":                      {rate, 0, "0", OutcomeNoData},
		"nothing made, and no minimum":      {CAPACriterion{Measure: MeasureRate, Target: One}, 0, "0", OutcomeNoData},
		"count at the target":               {count, 3, "100", OutcomeEffective},
		"count above it":                    {count, 4, "100", OutcomeNotEffective},
		"count above it, few pieces":        {count, 4, "1", OutcomeNotEffective},
		"count of nothing made":             {count, 0, "0", OutcomeNoData},
		"count of nothing made, no minimum": {CAPACriterion{Measure: MeasureCount}, 0, "0", OutcomeNoData},
	} {
		if got := c.k.Judge(CAPAReading{Events: c.events, Pieces: MustDecimal(c.pieces)}); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestNoReadingWithoutPiecesIsEffective: whatever the criterion, nothing made proves nothing.
func TestNoReadingWithoutPiecesIsEffective(t *testing.T) {
	for _, m := range []CAPAMeasure{MeasureCount, MeasureRate} {
		for target := range int64(5) {
			for events := range int64(5) {
				for least := range int64(3) {
					k := CAPACriterion{Measure: m, Target: Count(target), MinPieces: Count(least)}
					if got := k.Judge(CAPAReading{Events: events}); got == OutcomeEffective {
						t.Fatalf("%+v with %d events and nothing made is effective", k, events)
					}
				}
			}
		}
	}
}

func TestNothingIsReadBeforeItsDate(t *testing.T) {
	c := reach(t, leakCAPA(), CAPAWatching)
	early := c.Record.Effect.CheckAt.Add(-time.Second)
	if _, err := c.Read(CAPAReading{Pieces: Count(9000)}, early); CodeOf(err) != CodeConflict {
		t.Errorf("read early: %v", err)
	}
}

func TestAFailedCheckGoesBackToTheCauses(t *testing.T) {
	c := reach(t, leakCAPA(), CAPAWatching)
	c.Record.Fishbone = []FishboneCause{{ID: "a", Category: "method", Text: "order", State: "confirmed", Why: "study"}}
	first, at := c, c.Record.Effect.CheckAt
	c, err := c.Read(CAPAReading{Events: 30, Pieces: Count(9000)}, at)
	if err != nil {
		t.Fatal(err)
	}
	c, err = c.VerdictSigned("qm", at)
	if err != nil || c.State != CAPAOpen || c.Iteration != 2 || c.Discipline() != 4 {
		t.Fatalf("%s, round %d, D%d, %v", c.State, c.Iteration, c.Discipline(), err)
	}
	old := c.Former[0]
	if old.N != 1 || old.Record.Occurrence.Text != first.Record.Occurrence.Text || old.Record.Effect.Outcome != OutcomeNotEffective || len(old.Tasks) != 2 || old.Record.Fishbone[0].State != "confirmed" {
		t.Errorf("the first round was kept as %+v", old)
	}
	if c.Record.Occurrence.Text != "" || c.Record.Plan.Criterion != nil || c.Record.Effect != nil || len(c.Record.Signed) != 0 || len(c.Tasks) != 0 || c.Record.Fishbone[0].State != "possible" {
		t.Errorf("the second round begins with %+v", c.Record)
	}
	if !c.Record.Due[D4].After(at) {
		t.Errorf("D4 is due %s", c.Record.Due[D4])
	}
	if c = reach(t, c, CAPAClosed); c.Iteration != 2 || len(c.Former) != 1 {
		t.Errorf("closed in round %d with %d former", c.Iteration, len(c.Former))
	}
}

func TestAVerdictThatIsNotBelievedGetsMoreData(t *testing.T) {
	c := reach(t, leakCAPA(), CAPAVerdictSigning)
	at := c.Record.Effect.CheckAt
	c = c.SigningRejected(CAPASignVerdict, "qm", "the line stood for a month", at)
	if c.State != CAPAWatching || len(c.Record.Effect.Extended) != 1 || c.Record.Effect.Outcome != "" || !c.Record.Effect.CheckAt.Equal(at.Add(90*capaDay)) || !c.Record.Effect.Since.Before(at) {
		t.Errorf("%s, %+v", c.State, c.Record.Effect)
	}
}

func TestWhatIsSignedIsNotChanged(t *testing.T) {
	c := reach(t, leakCAPA(), CAPAImplementing)
	if _, err := c.Write(D4, whole()[D4]); CodeOf(err) != CodeConflict {
		t.Errorf("causes were changed: %v", err)
	}
	if _, _, err := c.AddTask("X", NewCAPATask{D: D6, Title: "x", Against: CauseEscape, Owner: "pe", DueAt: capaNow.Add(99 * capaDay)}, qe, capaNow); CodeOf(err) != CodeConflict {
		t.Errorf("an action was added: %v", err)
	}
	if _, _, err := c.DropTask(c.Tasks[0].ID, "no", qe, capaNow); CodeOf(err) != CodeConflict {
		t.Errorf("an action was dropped: %v", err)
	}
	again, err := c.Reopen(D4, "another cause")
	if err != nil || again.State != CAPAOpen || again.Signed(CAPASignPlan) || again.Done(D5) || !again.Done(D3) || !c.Done(D5) {
		t.Errorf("opened again: %s, %+v, %v", again.State, again.Record.Done, err)
	}
	watching := reach(t, leakCAPA(), CAPAWatching)
	if _, err := watching.Reopen(D4, "another cause"); CodeOf(err) != CodeConflict {
		t.Errorf("causes were opened while the effect is watched: %v", err)
	}
}

func TestEveryOffendingFieldIsNamed(t *testing.T) {
	err := CAPARequest{Severity: "bad", Codes: []string{""}, Links: []CAPALink{{Noun: "moon"}}}.Validate()
	fields := fieldsOf(err)
	if want := "title why severity codes[0] links[0].noun links[0].subject"; strings.Join(fields, " ") != want {
		t.Errorf("named %v, want %s", fields, want)
	}
	_, err = leakCAPA().Write(D4, CAPAContent{Occurrence: &CAPACause{Cause: "z"}, Escape: &CAPACause{}, Fishbone: []FishboneCause{{ID: "a", Category: "moon", State: "ruled_out", Under: "b"}}})
	fields = fieldsOf(err)
	if want := "fishbone[0].category fishbone[0].text fishbone[0].why fishbone[0].under occurrence.cause"; strings.Join(fields, " ") != want {
		t.Errorf("named %v, want %s", fields, want)
	}
}

func TestAFiringsEventsBecomeOneRequest(t *testing.T) {
	f := Firing{ID: "f1", Group: "SEAL-02", Rule: ReactionRule{ID: "R-9", Site: "HAM", Name: "Seal leaks", WindowMin: 60, Severity: SeverityHigh},
		Events: []QualityEvent{{Noun: "nonconformance", Subject: "NC-1", Code: "SEAL-02", Product: "INV-200", Text: strings.Repeat("ö", 300)}, {Noun: "step", Subject: "x", Code: "SEAL-02", Product: "INV-200", Text: strings.Repeat("ö", 300)}}}
	f.Done = []ReactionDone{{Kind: ReactAlert, Subject: "TP-1"}, {Kind: ReactHold, Subject: "H-0001"}, {Kind: ReactNonconforming, Refused: "no"}}
	r := CAPAOfFiring(f)
	if !linked(r.Links, CAPALink{Noun: "containment", Subject: "H-0001"}) || linked(r.Links, CAPALink{Noun: "nonconformance"}) {
		t.Errorf("links %+v", r.Links)
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	if r.Rule != "R-9" || r.Product != "INV-200" || len(r.Codes) != 1 || len(r.Links) != 3 || len(r.Title) > maxCAPATitle {
		t.Errorf("asked for %+v", r)
	}
}

func TestRemindersComeOncePerStageAndDate(t *testing.T) {
	c := leakCAPA()
	due := c.Record.Due[D4]
	for at, want := range map[time.Time]string{due.Add(-3 * capaDay): "", due.Add(-capaDay): "remind", due.Add(capaDay): "due", due.Add(4 * capaDay): "escalate"} {
		got := ""
		reminders, _ := c.DueReminders(at)
		for _, r := range reminders {
			if r.Thing == "D4" {
				got += r.Key[strings.LastIndex(r.Key, "/")+1:]
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", at.Sub(due), got, want)
		}
	}
	moved, err := c.MoveDue(D4, due.Add(30*capaDay), "supplier", capaNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range moved.Reminders() {
		if slices.ContainsFunc(c.Reminders(), func(o DatedAlert) bool { return o.Thing == "D4" && o.Key == r.Key }) {
			t.Errorf("%s comes with the old date's key", r.Key)
		}
	}
}

func TestARuleOnARateNeedsPiecesAndMoreThanItsRate(t *testing.T) {
	for _, c := range []struct {
		rate   string
		events int
		pieces string
		want   bool
	}{{"0", 3, "0", true}, {"3.0", 3, "1000", false}, {"3.0", 4, "1000", true}, {"0.333", 1, "3000", true}, {"0.334", 1, "3000", false}, {"3", 50, "0", false}} {
		r := ReactionRule{PerThousand: MustDecimal(c.rate)}
		if got := r.TooMany(c.events, MustDecimal(c.pieces)); got != c.want {
			t.Errorf("%d events in %s pieces over %s: %v", c.events, c.pieces, c.rate, got)
		}
	}
}

// fieldsOf are the fields that a refusal names, in their order.
func fieldsOf(err error) []string {
	var refused *Error
	var out []string
	if errors.As(err, &refused) {
		for _, f := range refused.Fields {
			out = append(out, f.Field)
		}
	}
	return out
}
