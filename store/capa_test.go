package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

var pdf = mes.Evidence{Name: "proof.pdf", ContentType: "application/pdf", Content: []byte("%PDF-1.7 proof")}

// capaFloor is a plant with quinn and arne in quality, paula who plans and oscar who works.
func capaFloor(t *testing.T) *floor {
	f := newFloor(t)
	f.people()
	return f
}

func (f *floor) place(id string, by mes.Actor) mes.CAPAPlace {
	return mes.CAPAPlace{Site: site, ID: id, Key: f.key(), By: by, Reason: "for the test"}
}

func (f *floor) raise(r mes.CAPARequest) mes.CAPA {
	f.Helper()
	r.Site, r.Key = site, f.key()
	if r.Title == "" {
		r.Title, r.Why, r.Severity, r.Source = "Leaks at the seal", "14 of 3,040 leaked", mes.SeverityHigh, mes.CAPAByPerson
	}
	c, err := f.CAPAs.Raise(f.ctx, planner, r)
	f.must(err)
	return c
}

func (f *floor) capa(id string) mes.CAPA {
	f.Helper()
	c, err := f.CAPAs.Get(f.ctx, site, id)
	f.must(err)
	return c
}

// step gives one command and fails the test when it is refused.
func (f *floor) step(c mes.CAPA, err error) mes.CAPA {
	f.Helper()
	f.must(err)
	return c
}

var capaCriterion = mes.CAPACriterion{Codes: []string{"SEAL-02"}, Product: "UNIT", Measure: mes.MeasureRate, Target: mes.MustDecimal("1.0"), Days: 90, MinPieces: mes.Count(2)}

// planned carries a CAPA to the signature of its plan.
func (f *floor) planned(id string) mes.CAPA {
	f.Helper()
	text := "held"
	for _, s := range []struct {
		d mes.Discipline
		n mes.CAPAContent
	}{
		{mes.D1, mes.CAPAContent{Team: []mes.CAPAMember{{Account: "arne", Part: "leads"}, {Account: "oscar", Part: "station"}}}},
		{mes.D2, mes.CAPAContent{Problem: &mes.CAPAProblem{What: "leaks", Extent: "14 of 3,040", Limits: []mes.IsNot{{Aspect: "where", Is: "corner 3", Not: "corner 1"}}}}},
		{mes.D3, mes.CAPAContent{Containment: &mes.CAPAContainment{Text: text, None: "all were scrapped"}}},
	} {
		if f.capa(id).Done(s.d) {
			continue
		}
		if s.d == mes.D1 {
			f.step(f.CAPAs.Rewrite(f.ctx, f.place(id, author), mes.CAPAHead{Title: "Leaks at the seal", Severity: mes.SeverityHigh, Product: "UNIT", Codes: []string{"SEAL-02"}, Owner: "arne"}))
		}
		f.step(f.CAPAs.Write(f.ctx, f.place(id, author), s.d, s.n))
		f.step(f.CAPAs.Complete(f.ctx, f.place(id, author), s.d))
	}
	cause := func(text string) *mes.CAPACause {
		return &mes.CAPACause{Whys: []string{"why", "because"}, Text: text, Verified: "switched on and off"}
	}
	f.step(f.CAPAs.Write(f.ctx, f.place(id, author), mes.D4, mes.CAPAContent{Occurrence: cause("screw order"), Escape: cause("clamp"), Fishbone: []mes.FishboneCause{
		{ID: "c1", Category: "method", Text: "screw order", State: "confirmed", Why: "tilt study"}}}))
	f.step(f.CAPAs.Complete(f.ctx, f.place(id, author), mes.D4))
	for _, against := range []string{mes.CauseOccurrence, mes.CauseEscape} {
		f.step(f.CAPAs.AddTask(f.ctx, f.place(id, author), mes.NewCAPATask{D: mes.D6, Title: "change against " + against, Against: against, Owner: "oscar", DueAt: now().Add(72 * time.Hour)}))
	}
	k := capaCriterion
	f.step(f.CAPAs.Write(f.ctx, f.place(id, author), mes.D5, mes.CAPAContent{Plan: &mes.CAPAPlan{Text: "over a thicker seal", Criterion: &k}}))
	return f.step(f.CAPAs.Complete(f.ctx, f.place(id, author), mes.D5))
}

// watched carries a CAPA from its plan's signature into the effectiveness check.
func (f *floor) watched(id string) mes.CAPA {
	f.Helper()
	c := f.planned(id)
	f.must(f.signNext(c.Record.Requests[mes.CAPASignPlan], quality, mes.RoleQuality))
	c = f.capa(id)
	if c.State != mes.CAPAImplementing {
		f.Fatalf("after the plan's signature it is %s", c.State)
	}
	for _, t := range c.Tasks {
		if t.D == mes.D6 {
			f.step(f.CAPAs.DoTask(f.ctx, f.place(id, mes.Actor{ID: "oscar"}), t.ID, mes.CAPAReport{Note: "done", Files: []mes.Evidence{pdf}}))
			f.step(f.CAPAs.VerifyTask(f.ctx, f.place(id, author), t.ID, mes.CAPAReport{Works: true, Note: "300 without a leak"}))
		}
	}
	text := "0 of 300"
	f.step(f.CAPAs.Write(f.ctx, f.place(id, author), mes.D6, mes.CAPAContent{Verified: &text}))
	c = f.step(f.CAPAs.Complete(f.ctx, f.place(id, author), mes.D6))
	if c.State != mes.CAPAWatching || c.Record.Effect == nil {
		f.Fatalf("after D6 it is %s", c.State)
	}
	return c
}

// passTime moves the effectiveness check's period into the past, as if it had gone by.
func (f *floor) passTime(id string, days int) {
	f.Helper()
	f.must(f.asOwner(fmt.Sprintf(`UPDATE capa SET record = jsonb_set(jsonb_set(record, '{effect,since}', to_jsonb(to_char((record->'effect'->>'since')::timestamptz AT TIME ZONE 'UTC' - interval '%d days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))),
		'{effect,check_at}', to_jsonb(to_char((record->'effect'->>'check_at')::timestamptz AT TIME ZONE 'UTC' - interval '%d days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))) WHERE id = '%s'`, days, days, id)))
}

// made makes pieces of UNIT that ended so many days ago.
func (f *floor) made(n, daysAgo int) {
	f.Helper()
	for i := range n {
		f.must(f.asOwner(fmt.Sprintf(`INSERT INTO lot (id, site, material, origin, state, quantity, remaining, created_by, created_at, ended_at)
			VALUES ('M-%d-%d', '%s', 'UNIT', 'produced', 'finished', 1, 1, 'x', now(), now() - interval '%d days')`, daysAgo, i, site, daysAgo)))
	}
}

func (f *floor) leak(key string, daysAgo int) {
	f.Helper()
	f.must(f.Reactions.Tell(f.ctx, mes.QualityEvent{Key: key, Site: site, Kind: mes.QualityDefect, Code: "SEAL-02", Noun: "lot", Subject: "X", Product: "UNIT", Text: "leaks",
		At: now().Add(-time.Duration(daysAgo) * 24 * time.Hour)}))
}

func TestTheVerdictComesFromTheDefectData(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	f.leak("before", 5) // before the CAPA was raised: the baseline
	f.made(10, 4)
	c := f.raise(mes.CAPARequest{})
	if c.ID != "CAPA-0001" || c.State != mes.CAPAOpen || c.Record.Due[mes.D1].IsZero() {
		t.Fatalf("raised %+v", c)
	}
	f.watched(c.ID)
	base := f.capa(c.ID).Record.Plan.Criterion.Baseline
	if base == nil || base.Events != 1 || !base.Pieces.Equal(mes.Count(10)) {
		t.Errorf("baseline %+v", base)
	}
	wait, err := f.CAPAs.Check(f.ctx, site, c.ID)
	f.must(err)
	if wait.State != mes.CAPAWatching {
		t.Errorf("read before its time: %+v", wait)
	}
	f.passTime(c.ID, 91)
	f.made(1500, 2)
	f.leak("one", 3)
	wait, err = f.CAPAs.Check(f.ctx, site, c.ID)
	f.must(err)
	got := f.capa(c.ID)
	e := got.Record.Effect
	// Two leaks fall into the moved period, the one before it included: 2 of 1,510 is more than 1 per 1,000.
	if wait.State != mes.CAPAVerdictSigning || e.Outcome != mes.OutcomeNotEffective || e.Reading.Events != 2 || !e.Reading.Pieces.Equal(mes.Count(1510)) {
		t.Errorf("read %+v, %+v", wait, e)
	}
}

func TestAnEffectiveCAPAClosesWithItsSignatures(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	c := f.watched(f.raise(mes.CAPARequest{}).ID)
	f.passTime(c.ID, 91)
	f.made(1500, 2)
	f.leak("one", 3)
	_, err := f.CAPAs.Check(f.ctx, site, c.ID)
	f.must(err)
	c = f.capa(c.ID)
	f.refused(f.signNext(c.Record.Requests[mes.CAPASignVerdict], planner, mes.RoleQuality), mes.CodeForbidden, "raised")
	f.must(f.signNext(c.Record.Requests[mes.CAPASignVerdict], quality, mes.RoleQuality))
	if c = f.capa(c.ID); c.State != mes.CAPAProven {
		t.Fatalf("after the verdict it is %s", c.State)
	}
	f.step(f.CAPAs.Write(f.ctx, f.place(c.ID, author), mes.D7, mes.CAPAContent{Prevention: &mes.CAPAPrevention{Text: "PFMEA changed", Similar: []mes.CAPASimilar{{Product: "KIT", Text: "has no seal"}},
		Documents: []mes.CAPADocument{{RevisionKey: unitRev("A")}}}}))
	f.step(f.CAPAs.Complete(f.ctx, f.place(c.ID, author), mes.D7))
	f.step(f.CAPAs.Write(f.ctx, f.place(c.ID, author), mes.D8, mes.CAPAContent{Closure: &mes.CAPAClosure{Lessons: "look at the clamp", Recognition: "Oscar, who saw it"}}))
	c = f.step(f.CAPAs.Complete(f.ctx, f.place(c.ID, author), mes.D8))
	if c.State != mes.CAPAClosureSigning {
		t.Fatalf("after D8 it is %s", c.State)
	}
	f.must(f.signNext(c.Record.Requests[mes.CAPASignClosure], quality, mes.RoleQuality))
	c = f.capa(c.ID)
	if c.State != mes.CAPAClosed || c.EndedAt == nil {
		t.Fatalf("ended %+v", c)
	}
	for _, part := range []mes.CAPASigning{mes.CAPASignPlan, mes.CAPASignVerdict, mes.CAPASignClosure} {
		signatures, err := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: mes.SignedCAPA, ID: c.SignedID(part)})
		f.must(err)
		if len(signatures) != 1 || signatures[0].State != mes.SignatureValid {
			t.Errorf("%s is signed %+v", part, signatures)
		}
	}
	if _, err := f.CAPAs.Write(f.ctx, f.place(c.ID, author), mes.D2, mes.CAPAContent{Problem: &mes.CAPAProblem{What: "other"}}); mes.CodeOf(err) != mes.CodeConflict {
		t.Errorf("a closed one was changed: %v", err)
	}
	// A change in the table past the program voids what was signed.
	f.must(f.asOwner(`UPDATE capa SET record = jsonb_set(record, '{occurrence,text}', '"another"') WHERE id = '` + c.ID + `'`))
	signatures, err := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: mes.SignedCAPA, ID: c.SignedID(mes.CAPASignPlan)})
	f.must(err)
	if signatures[0].State != mes.SignatureVoided {
		t.Errorf("after a change the plan's signature is %s", signatures[0].State)
	}
}

func TestAFailedCheckOpensTheCausesAgainAndKeepsTheRound(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	c := f.watched(f.raise(mes.CAPARequest{}).ID)
	first := c.SignedID(mes.CAPASignPlan)
	f.passTime(c.ID, 91)
	f.made(20, 2)
	f.leak("one", 3)
	_, err := f.CAPAs.Check(f.ctx, site, c.ID)
	f.must(err)
	c = f.capa(c.ID)
	f.must(f.signNext(c.Record.Requests[mes.CAPASignVerdict], quality, mes.RoleQuality))
	c = f.capa(c.ID)
	if c.State != mes.CAPAOpen || c.Iteration != 2 || c.Discipline() != 4 || len(c.Former) != 1 || len(c.Tasks) != 0 {
		t.Fatalf("open again: %s, round %d, D%d, %d former, %d tasks", c.State, c.Iteration, c.Discipline(), len(c.Former), len(c.Tasks))
	}
	if old := c.Former[0]; old.Record.Effect.Outcome != mes.OutcomeNotEffective || len(old.Tasks) != 2 || old.Record.Occurrence.Text != "screw order" || !strings.Contains(old.Reason, "1 events in 20 pieces") {
		t.Errorf("kept %+v", old)
	}
	signatures, err := f.Signatures.Of(f.ctx, site, mes.SignedRecord{Noun: mes.SignedCAPA, ID: first})
	f.must(err)
	if len(signatures) != 1 || signatures[0].State != mes.SignatureValid {
		t.Errorf("the first round's plan is signed %+v", signatures)
	}
	if !f.raised(mes.AlertCAPAReopened) {
		t.Error("nobody was told")
	}
	if again := f.watched(c.ID); again.Iteration != 2 || again.Tasks[0].ID == "T1" {
		t.Errorf("the second round %+v", again.Tasks)
	}
	f.refused(f.asOwner("UPDATE capa_iteration SET content = '{}'"), "internal", "")
}

// raised tells whether an alert of the kind is open.
func (f *floor) raised(kind mes.AlertKind) bool {
	f.Helper()
	p, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: kind, Open: true})
	f.must(err)
	return len(p.Items) > 0
}

func TestNothingMadeIsNeverEffective(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	c := f.watched(f.raise(mes.CAPARequest{}).ID)
	f.passTime(c.ID, 91)
	wait, err := f.CAPAs.Check(f.ctx, site, c.ID)
	f.must(err)
	c = f.capa(c.ID)
	if wait.State != mes.CAPAWatching || wait.CheckAt == nil || !wait.CheckAt.After(now().AddDate(0, 0, 89)) || len(c.Record.Effect.Extended) != 1 || c.Record.Effect.Outcome != "" {
		t.Errorf("without a piece made: %+v, %+v", wait, c.Record.Effect)
	}
	if !f.raised(mes.AlertCAPAExtended) {
		t.Error("nobody was told")
	}
}

func TestARuleHasOneOpenCAPAForItsGroup(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	_, err := f.Reactions.Put(f.ctx, planner, mes.ReactionRule{ID: "R-1", Site: site, Name: "Seal leaks again", Active: true, Kind: mes.QualityDefect, Code: "SEAL-02", Group: mes.GroupCode, Count: 2,
		WindowMin: 60, Severity: mes.SeverityHigh, Then: []mes.ReactionKind{mes.ReactCAPA}}, "new")
	f.must(err)
	for i := range 6 {
		f.leak(fmt.Sprint("leak-", i), 0)
	}
	p, err := f.CAPAs.List(f.ctx, mes.CAPAFilter{Site: site, Rule: "R-1"})
	f.must(err)
	if p.Total != 1 {
		t.Fatalf("%d CAPAs were opened", p.Total)
	}
	c := f.capa(p.Items[0].ID)
	firings := slices.DeleteFunc(slices.Clone(c.Links), func(l mes.CAPALink) bool { return l.Noun != "firing" })
	if c.Source != mes.CAPAByRule || c.Group != "SEAL-02" || c.Product != "UNIT" || len(firings) != 3 || !strings.Contains(firings[0].Text, "Seal leaks again") {
		t.Errorf("opened %+v with %+v", c, firings)
	}
	if !f.raised(mes.AlertCAPARaised) {
		t.Error("nobody was told")
	}
	f.step(f.CAPAs.Cancel(f.ctx, f.place(c.ID, author)))
	f.leak("leak-6", 0)
	f.leak("leak-7", 0)
	if p, err = f.CAPAs.List(f.ctx, mes.CAPAFilter{Site: site, Rule: "R-1", Open: true}); err != nil || p.Total != 1 || p.Items[0].ID == c.ID {
		t.Errorf("after the first one ended: %+v, %v", p, err)
	}
}

func TestACommandCountsOnceAndOnItsVersionOnly(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	c := f.raise(mes.CAPARequest{})
	p := f.place(c.ID, author)
	n := mes.NewCAPATask{D: mes.D3, Title: "sort", Owner: "oscar", DueAt: now().Add(time.Hour)}
	f.step(f.CAPAs.AddTask(f.ctx, p, n))
	if c = f.step(f.CAPAs.AddTask(f.ctx, p, n)); len(c.Tasks) != 1 {
		t.Errorf("one key made %d tasks", len(c.Tasks))
	}
	old := f.place(c.ID, author)
	old.Version = c.Version - 1
	_, err := f.CAPAs.AddTask(f.ctx, old, n)
	f.refused(err, mes.CodeConflict, "somebody else")
	_, err = f.CAPAs.AddTask(f.ctx, f.place(c.ID, author), mes.NewCAPATask{D: mes.D3, Title: "sort", Owner: "nobody", DueAt: now().Add(time.Hour)})
	f.refused(err, mes.CodeNotFound, "nobody")
	mine, err := f.CAPAs.Tasks(f.ctx, mes.CAPATaskFilter{Site: site, Owner: "oscar", Open: true})
	f.must(err)
	if mine.Total != 1 || mine.Items[0].CAPATitle != c.Title {
		t.Errorf("oscar's tasks: %+v", mine)
	}
}

func TestALateTaskIsRemindedThenEscalatedAndEndsWithItsTask(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	c := f.raise(mes.CAPARequest{})
	f.step(f.CAPAs.AddTask(f.ctx, f.place(c.ID, author), mes.NewCAPATask{D: mes.D3, Title: "sort", Owner: "oscar", DueAt: now().Add(time.Hour)}))
	wait, err := f.CAPAs.Remind(f.ctx, site, c.ID)
	f.must(err)
	if wait.Next == nil || wait.Next.After(now().Add(time.Hour)) || !f.raised(mes.AlertCAPADue) {
		t.Errorf("an hour before: %+v", wait)
	}
	f.must(f.asOwner("UPDATE capa_task SET due_at = now() - interval '4 days'"))
	for range 2 {
		_, err = f.CAPAs.Remind(f.ctx, site, c.ID)
		f.must(err)
	}
	p, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertCAPAOverdue, Open: true})
	f.must(err)
	if p.Total != 1 || p.Items[0].Role != mes.RoleQuality || p.Items[0].Severity != mes.SeverityHigh {
		t.Errorf("escalated %+v", p.Items)
	}
	f.step(f.CAPAs.DoTask(f.ctx, f.place(c.ID, mes.Actor{ID: "oscar"}), "T1", mes.CAPAReport{Note: "sorted 212"}))
	if f.raised(mes.AlertCAPAOverdue) {
		t.Error("the alert stays although the task is done")
	}
}

func TestALinkNamesARecordThatIsHere(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	c := f.raise(mes.CAPARequest{})
	_, err := f.CAPAs.Link(f.ctx, f.place(c.ID, author), []mes.CAPALink{{Noun: "lot", Subject: "NOT-HERE"}})
	f.refused(err, mes.CodeUnprocessable, "NOT-HERE")
	c = f.step(f.CAPAs.Link(f.ctx, f.place(c.ID, author), []mes.CAPALink{{Noun: "lot", Subject: "SCREW-1", Note: "used for all"}}))
	if len(c.Links) != 1 || c.Links[0].Text != "SCREW" {
		t.Errorf("linked %+v", c.Links)
	}
	p, err := f.CAPAs.List(f.ctx, mes.CAPAFilter{Site: site, Noun: "lot", Subject: "SCREW-1"})
	f.must(err)
	if p.Total != 1 {
		t.Errorf("found by its lot: %+v", p)
	}
}

func TestTheTrailTellsWhatChangedOfACAPA(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	c := f.planned(f.raise(mes.CAPARequest{}).ID)
	f.must(f.reject(c.Record.Requests[mes.CAPASignPlan], quality, "the clamp is not proven"))
	if c = f.capa(c.ID); c.State != mes.CAPAOpen || c.Done(mes.D5) {
		t.Fatalf("after a no it is %s, D5 %v", c.State, c.Done(mes.D5))
	}
	f.step(f.CAPAs.Reopen(f.ctx, f.place(c.ID, author), mes.D4))
	f.step(f.CAPAs.MoveDue(f.ctx, f.place(c.ID, author), mes.D4, now().Add(200*time.Hour)))
	f.step(f.CAPAs.ChangeTask(f.ctx, f.place(c.ID, author), "T1", mes.CAPATaskChange{Owner: "paula", DueAt: now().Add(200 * time.Hour)}))
	f.step(f.CAPAs.DropTask(f.ctx, f.place(c.ID, author), "T2"))
	r, err := f.CAPAs.Report(f.ctx, site, c.ID)
	f.must(err)
	seen := map[string]mes.AuditRow{}
	for _, a := range r.Audit {
		seen[a.Action] = a
	}
	for _, action := range []string{"opened", "rewritten", "written", "completed", "task_added", "signature_rejected", "plan_rejected", "reopened", "due_moved", "task_changed", "task_dropped"} {
		if _, ok := seen[action]; !ok && action != "signature_rejected" {
			t.Errorf("%s is not in the trail", action)
		}
	}
	if a := seen["due_moved"]; a.Reason != "for the test" || !strings.Contains(string(a.After), `"due"`) {
		t.Errorf("the moved date: %q, %s", a.Reason, a.After)
	}
	if a := seen["plan_rejected"]; a.Actor != "quinn" || a.Reason != "the clamp is not proven" {
		t.Errorf("the no: %+v", a)
	}
	if r.Hash == "" || r.Zone != "Europe/Berlin" || r.People["arne"] == "" {
		t.Errorf("report %q, %q, %v", r.Hash, r.Zone, r.People)
	}
}

// reject says no to a request.
func (f *floor) reject(request string, by mes.Actor, reason string) error {
	f.Helper()
	r, err := f.Signatures.Request(f.ctx, site, request)
	f.must(err)
	_, err = f.Signatures.Reject(f.ctx, f.key(), site, request, mes.Signing{Signer: mes.Signer{ID: by.ID, Name: "Mx " + by.ID, Roles: []mes.Role{mes.RoleQuality}, Method: mes.SignedByPassword},
		Meaning: r.Needs[0].Meaning, Reason: reason, Hash: r.Hash})
	return err
}

func TestTwoWhoRaiseAtOnceGetTwoNumbers(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	ids := make(chan string, 8)
	for i := range 8 {
		go func() {
			c, err := f.CAPAs.Raise(f.ctx, planner, mes.CAPARequest{Site: site, Key: fmt.Sprint("k", i), Title: "t", Why: "w", Severity: mes.SeverityLow, Source: mes.CAPAByPerson})
			if err != nil {
				t.Error(err)
			}
			ids <- c.ID
		}()
	}
	seen := map[string]bool{}
	for range 8 {
		seen[<-ids] = true
	}
	if len(seen) != 8 {
		t.Errorf("numbers %v", seen)
	}
}

// TestALinkedContainmentKeepsACAPAFromItsEnd reads the state of what is linked from its own record.
func TestALinkedContainmentKeepsACAPAFromItsEnd(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	hold := f.contain(mes.Criterion{Kind: mes.ByLot, Lots: []string{"SCREW-1"}})
	c := f.raise(mes.CAPARequest{})
	c = f.step(f.CAPAs.Link(f.ctx, f.place(c.ID, author), []mes.CAPALink{{Noun: mes.NounContainment, Subject: hold}}))
	if l := c.Links[0]; !l.Open || l.State == "" || l.State == "unknown" || !strings.Contains(l.Text, "lots open") {
		t.Errorf("linked %+v", l)
	}
	if !slices.ContainsFunc(c.Missing(mes.D8), func(m mes.FieldError) bool { return m.Field == "links" && strings.Contains(m.Message, hold) }) {
		t.Errorf("D8 lacks %+v", c.Missing(mes.D8))
	}
}

func TestARuleOnARateActsAboveItOnly(t *testing.T) {
	t.Parallel()
	f := capaFloor(t)
	_, err := f.Reactions.Put(f.ctx, planner, mes.ReactionRule{ID: "R-9", Site: site, Name: "Leak rate", Active: true, Kind: mes.QualityDefect, Code: "SEAL-02", Product: "UNIT", Group: mes.GroupProduct, Count: 2,
		WindowMin: 60 * 24 * 30, PerThousand: mes.MustDecimal("3"), Severity: mes.SeverityHigh, Then: []mes.ReactionKind{mes.ReactCAPA}}, "new")
	f.must(err)
	opened := func() int64 {
		p, err := f.CAPAs.List(f.ctx, mes.CAPAFilter{Site: site, Rule: "R-9"})
		f.must(err)
		return p.Total
	}
	f.leak("a", 0)
	f.leak("b", 0) // two events, and nothing made: no rate
	if n := opened(); n != 0 {
		t.Errorf("%d were opened although nothing was made", n)
	}
	f.made(1000, 2)
	f.leak("c", 0) // 3 of 1,000 is the rate, not above it
	if n := opened(); n != 0 {
		t.Errorf("%d were opened at the rate", n)
	}
	f.leak("d", 0)
	if n := opened(); n != 1 {
		t.Errorf("%d were opened above the rate", n)
	}
}
