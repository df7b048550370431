package mes_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestTheLifeOfARevision(t *testing.T) {
	way := map[mes.DocumentState]map[mes.DocumentVerb]mes.DocumentState{
		mes.DocDraft:     {mes.DocUpdate: mes.DocDraft, mes.DocSubmit: mes.DocInReview, mes.DocWithdraw: mes.DocWithdrawn},
		mes.DocInReview:  {mes.DocReject: mes.DocDraft, mes.DocApprove: mes.DocApproved, mes.DocWithdraw: mes.DocWithdrawn},
		mes.DocApproved:  {mes.DocTakeEffect: mes.DocEffective, mes.DocWithdraw: mes.DocWithdrawn},
		mes.DocEffective: {mes.DocSupersede: mes.DocSuperseded},
	}
	for _, state := range mes.DocumentStates {
		for _, verb := range []mes.DocumentVerb{mes.DocUpdate, mes.DocSubmit, mes.DocReject, mes.DocApprove, mes.DocTakeEffect, mes.DocSupersede, mes.DocWithdraw} {
			want, allowed := way[state][verb]
			got, err := state.After(verb, "INV-200 rev B")
			switch {
			case allowed && (err != nil || got != want):
				t.Errorf("%s %s: %s, %v, want %s", state, verb, got, err, want)
			case !allowed && (mes.CodeOf(err) != mes.CodeConflict || got != state):
				t.Errorf("%s %s: %s, %v, want a conflict", state, verb, got, err)
			}
			if err != nil {
				wellSaid(t, err)
			}
		}
		if state.Ended() != (len(way[state]) == 0) {
			t.Errorf("%s ended: %v", state, state.Ended())
		}
	}
}

func TestKeysAreReadAsTheyAreWritten(t *testing.T) {
	for _, k := range []mes.RevisionKey{{Kind: mes.DocRouting, ID: "INV-200", Revision: "B"}, {Kind: mes.DocInstruction, ID: "WI/odd", Revision: "2.1"}} {
		got, err := mes.ParseRevisionKey(k.String())
		if err != nil || got != k {
			t.Errorf("%s read as %+v, %v", k, got, err)
		}
	}
	for _, s := range []string{"", "routing", "routing/INV-200", "drawing/X/A", "routing//A", "routing/INV-200/"} {
		if _, err := mes.ParseRevisionKey(s); mes.CodeOf(err) != mes.CodeNotFound {
			t.Errorf("%q is taken: %v", s, err)
		}
	}
	rule{mes.CodeUnprocessable, "revision: must be"}.check(t, mes.RevisionKey{Kind: mes.DocRouting, ID: "X", Revision: "A/B"}.Validate())
	rule{mes.CodeUnprocessable, "kind: \"drawing\""}.check(t, mes.RevisionKey{Kind: "drawing", ID: "X", Revision: "A"}.Validate())
}

func TestContentsAreRefusedFieldByField(t *testing.T) {
	for name, c := range map[string]struct {
		kind    mes.DocumentKind
		content string
		fields  []string
	}{
		"instruction": {mes.DocInstruction, `{"title":" ","text":"","pictures":[]}`, []string{"title", "text"}},
		"pictures":    {mes.DocInstruction, `{"title":"T","text":"x","pictures":[{"id":"a","hash":"h"},{"id":"a","hash":""}]}`, []string{"pictures[1].id", "pictures[1].hash"}},
		"inspection": {mes.DocInspection, `{"title":"B","checks":[{"id":"a","class":"","min_confidence":"1.2","count_min":3,"count_max":1,"zone":{"x":"0.9","y":"0","width":"0.2","height":"0"}}]}`,
			[]string{"checks[0].class", "checks[0].min_confidence", "checks[0].count_min", "checks[0].zone"}},
		"recipe": {mes.DocRecipe, `{"title":"P7","device_type":"TC","program":0,"parameters":[{"id":"t","name":"Torque","value":"2.5","lower":"1.8","upper":"2.2"}]}`,
			[]string{"program", "parameters[0].value"}},
		"routing": {mes.DocRouting, `{"lot_size":"1","lot_pattern":"U-{n}","lot_digits":5,"window":0,"operations":[{"id":"10","name":"","stations":[],"steps":[],"on_fail":{"then":"scrap"}}]}`,
			[]string{"window", "operations[0].stations", "operations[0].steps"}},
		"unknown field": {mes.DocRecipe, `{"titel":"P7"}`, []string{"content"}},
		"no JSON":       {mes.DocRecipe, `{`, []string{"content"}},
	} {
		_, _, err := mes.ReadContent(mes.RevisionKey{Kind: c.kind, ID: "X", Revision: "A"}, json.RawMessage(c.content))
		for _, f := range c.fields {
			if err == nil || !strings.Contains(err.Error(), f+": ") {
				t.Errorf("%s: %v does not name %s", name, err, f)
			}
		}
	}
}

func TestADraftMayLackThingsButKeepsItsForm(t *testing.T) {
	k := mes.RevisionKey{Kind: mes.DocRouting, ID: "INV-200", Revision: "B"}
	stored, refs, err := mes.ReadContent(k, json.RawMessage(`{"product":"OTHER","revision":"Z","operations":[{"id":"10","stations":["ST10"],"steps":[{"id":"1","kind":"confirm","document":"WI"}]}]}`))
	if err == nil || stored == nil {
		t.Fatalf("stored %s, %v", stored, err)
	}
	var r mes.Routing
	if err := json.Unmarshal(stored, &r); err != nil || r.Product != "INV-200" || r.Revision != "B" {
		t.Errorf("the key does not decide on product and revision: %+v, %v", r, err)
	}
	if len(refs.Instructions) != 1 || refs.Instructions[0] != "WI" || refs.Stations[0] != "ST10" {
		t.Errorf("refers to %+v", refs)
	}
}

func TestASubmissionSaysWhyAndWhen(t *testing.T) {
	past := monday.Add(-time.Minute)
	err := mes.Submission{Reason: " ", EffectiveOn: &past, Readers: mes.Readers{Roles: []mes.Role{"boss"}, Qualified: []mes.QualificationNeed{{}}}}.Validate(monday)
	for _, field := range []string{"reason: ", "effective_on: ", "readers.roles[0]: ", "readers.qualified[0]: "} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%v does not name %s", err, field)
		}
	}
	if err := (mes.Submission{Reason: "New screw"}).Validate(monday); err != nil {
		t.Error(err)
	}
}

func TestWhoMustRead(t *testing.T) {
	ended := monday.Add(-time.Hour)
	torque := []mes.QualificationNeed{{ID: "Torque", Level: 2}}
	for name, c := range map[string]struct {
		readers mes.Readers
		who     mes.Reader
		must    bool
	}{
		"nobody":            {mes.Readers{}, mes.Reader{ID: "olga", Roles: []mes.Role{mes.RoleOperator}}, false},
		"role":              {mes.Readers{Roles: []mes.Role{mes.RoleOperator}}, mes.Reader{ID: "olga", Roles: []mes.Role{mes.RolePlanner, mes.RoleOperator}}, true},
		"other role":        {mes.Readers{Roles: []mes.Role{mes.RoleQuality}}, mes.Reader{ID: "olga", Roles: []mes.Role{mes.RoleOperator}}, false},
		"person":            {mes.Readers{People: []string{"olga"}}, mes.Reader{ID: "olga"}, true},
		"certificate":       {mes.Readers{Qualified: torque}, mes.Reader{ID: "olga", Held: []mes.Qualification{{ID: "Torque", Level: 3}}}, true},
		"lower level":       {mes.Readers{Qualified: torque}, mes.Reader{ID: "olga", Held: []mes.Qualification{{ID: "Torque", Level: 1}}}, false},
		"ended certificate": {mes.Readers{Qualified: torque}, mes.Reader{ID: "olga", Held: []mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: &ended}}}, false},
	} {
		if got := c.readers.Include(c.who, monday); got != c.must {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestUnreadDocumentsStopTheWorkTheyGuide(t *testing.T) {
	readers := mes.Readers{Roles: []mes.Role{mes.RoleOperator}}
	olga := mes.Reader{ID: "olga", Roles: []mes.Role{mes.RoleOperator}}
	routing := mes.InForce{RevisionKey: mes.RevisionKey{Kind: mes.DocRouting, ID: "INV", Revision: "B"}, Readers: readers}
	torque := mes.InForce{RevisionKey: mes.RevisionKey{Kind: mes.DocInstruction, ID: "WI-TORQUE", Revision: "A"}, Readers: readers, Operation: "20", Step: "2"}
	again := torque
	again.Step = "4"
	docs := []mes.InForce{routing, torque, again}
	nothing := func(mes.RevisionKey) bool { return false }
	for name, c := range map[string]struct {
		operation, step string
		read            func(mes.RevisionKey) bool
		want            string
	}{
		"another operation":     {"10", "", nothing, "INV rev B"},
		"the operation":         {"20", "", nothing, "INV rev B, WI-TORQUE rev A"},
		"a step that names it":  {"20", "4", nothing, "INV rev B, WI-TORQUE rev A"},
		"a step that does not":  {"20", "1", nothing, "INV rev B"},
		"routing read":          {"20", "2", func(k mes.RevisionKey) bool { return k.Kind == mes.DocRouting }, "WI-TORQUE rev A"},
		"another revision read": {"10", "", func(k mes.RevisionKey) bool { return k.Revision == "A" }, "INV rev B"},
	} {
		err := mes.ReadFirst(mes.Unread(olga, docs, c.operation, c.step, c.read, monday), "Nothing was started.")
		if err == nil || !strings.Contains(err.Error(), "Read "+c.want+" first") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		} else {
			wellSaid(t, err)
		}
	}
	if err := mes.ReadFirst(mes.Unread(olga, docs, "20", "", func(mes.RevisionKey) bool { return true }, monday), ""); err != nil {
		t.Errorf("who has read all is refused: %v", err)
	}
}

func TestOnlyWhatWasShownIsConfirmed(t *testing.T) {
	r := mes.DocumentRevision{RevisionKey: mes.RevisionKey{Kind: mes.DocRouting, ID: "INV", Revision: "B"}, Hash: "abc"}
	for state, want := range map[mes.DocumentState]rule{
		mes.DocDraft: {mes.CodeConflict, "is a draft"}, mes.DocInReview: {mes.CodeConflict, "is in review"}, mes.DocWithdrawn: {mes.CodeConflict, "is withdrawn"},
		mes.DocApproved: {}, mes.DocEffective: {}, mes.DocSuperseded: {},
	} {
		r.State = state
		want.check(t, r.CanConfirm("abc"))
	}
	r.State = mes.DocEffective
	rule{mes.CodeConflict, "not the content"}.check(t, r.CanConfirm("abd"))
}

func TestAChangedDraftNamesWho(t *testing.T) {
	r := mes.DocumentRevision{RevisionKey: mes.RevisionKey{ID: "INV", Revision: "B"}, Version: 4, ChangedBy: "PL-07", ChangedAt: monday}
	rule{}.check(t, r.Changed(4, time.UTC))
	rule{mes.CodeConflict, "PL-07 changed INV rev B at 2 Mar 08:00 UTC"}.check(t, r.Changed(3, time.UTC))
}
