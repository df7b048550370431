package mes_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestAGateAsksAtTheMoment(t *testing.T) {
	hamburg, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC) // midnight of 1 July in Hamburg
	at := func(d time.Duration) *time.Time { v := now.Add(d); return &v }
	torque, hv := &mes.QualificationNeed{ID: "Torque", Level: 2}, &mes.QualificationNeed{ID: "HV", Level: 1}
	for name, c := range map[string]struct {
		held  []mes.Qualification
		needs []*mes.QualificationNeed
		says  string // empty lets pass
	}{
		"nothing is asked":                 {nil, nil, ""},
		"a nil need asks nothing":          {nil, []*mes.QualificationNeed{nil}, ""},
		"no certificate":                   {nil, []*mes.QualificationNeed{torque}, "This step needs Torque level 2."},
		"without end":                      {[]mes.Qualification{{ID: "Torque", Level: 2}}, []*mes.QualificationNeed{torque}, ""},
		"a moment before the end":          {[]mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: at(time.Nanosecond)}}, []*mes.QualificationNeed{torque}, ""},
		"at the end, in the site's zone":   {[]mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: at(0)}}, []*mes.QualificationNeed{torque}, "yours ended on 1 Jul 2026"},
		"a moment after the end":           {[]mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: at(-time.Nanosecond)}}, []*mes.QualificationNeed{torque}, "yours ended on 30 Jun 2026"},
		"a lower level":                    {[]mes.Qualification{{ID: "Torque", Level: 1}}, []*mes.QualificationNeed{torque}, "you have level 1"},
		"a higher level":                   {[]mes.Qualification{{ID: "Torque", Level: 3}}, []*mes.QualificationNeed{torque}, ""},
		"higher ended, lower valid":        {[]mes.Qualification{{ID: "Torque", Level: 1}, {ID: "Torque", Level: 2, ExpiresAt: at(-time.Hour)}}, []*mes.QualificationNeed{torque}, "yours ended on 30 Jun 2026"},
		"the second need of two":           {[]mes.Qualification{{ID: "Torque", Level: 2}}, []*mes.QualificationNeed{torque, hv}, "This step needs HV level 1."},
		"both needs":                       {[]mes.Qualification{{ID: "Torque", Level: 2}, {ID: "HV", Level: 1}}, []*mes.QualificationNeed{torque, hv}, ""},
		"a certificate for something else": {[]mes.Qualification{{ID: "torque", Level: 9}}, []*mes.QualificationNeed{torque}, "needs Torque"},
	} {
		err := mes.GateStep.Admit(c.held, now, hamburg, c.needs...)
		if (err == nil) != (c.says == "") || err != nil && (mes.CodeOf(err) != mes.CodeForbidden || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "stays on the screen")) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestWhatAnEntryAsksFor(t *testing.T) {
	op, step := &mes.QualificationNeed{ID: "O", Level: 1}, &mes.QualificationNeed{ID: "S", Level: 1}
	r := mes.Routing{Operations: []mes.Operation{{ID: "10", Qualification: op, Steps: []mes.Step{{ID: "1", Qualification: step}, {ID: "2"}}}, {ID: "20", Steps: []mes.Step{{ID: "1"}}}}}
	at := func(op, step string) mes.Progress { return mes.Progress{Operation: op, Step: step} }
	person := mes.Actor{ID: "olga"}
	for name, c := range map[string]struct {
		e    mes.Entry
		want string
	}{
		"start asks the operation that it starts": {mes.Entry{Kind: mes.EntryStarted, Actor: person, After: at("10", "1")}, "O"},
		"start of a free operation":               {mes.Entry{Kind: mes.EntryStarted, Actor: person, After: at("20", "1")}, ""},
		"a step asks both":                        {mes.Entry{Kind: mes.EntryStep, Actor: person, Before: at("10", "1"), After: at("10", "2")}, "OS"},
		"a failed attempt too":                    {mes.Entry{Kind: mes.EntryAttempt, Actor: person, Before: at("10", "1"), After: at("10", "1")}, "OS"},
		"a step without a need of its own":        {mes.Entry{Kind: mes.EntryStep, Actor: person, Before: at("10", "2")}, "O"},
		"completion asks the operation left":      {mes.Entry{Kind: mes.EntryCompleted, Actor: person, Before: at("10", ""), After: at("20", "")}, "O"},
		"going on asks it again":                  {mes.Entry{Kind: mes.EntryResumed, Actor: person, Before: at("10", "1")}, "O"},
		"a machine is not asked":                  {mes.Entry{Kind: mes.EntryStep, Before: at("10", "1")}, ""},
		"nor by its own name":                     {mes.Entry{Kind: mes.EntryStep, Actor: mes.Actor{ID: "DP-30"}, Step: &mes.StepRecord{Kind: mes.StepDevice, Device: "DP-30"}, Before: at("10", "1")}, ""},
		"a machine's value entered by hand is":    {mes.Entry{Kind: mes.EntryStep, Actor: person, Step: &mes.StepRecord{Kind: mes.StepDevice, Device: "DP-30", ByHand: true}, Before: at("10", "1")}, "OS"},
		"nor is a camera":                         {mes.Entry{Kind: mes.EntryStep, Actor: mes.Actor{ID: "CAM"}, Before: at("10", "1"), Step: &mes.StepRecord{Kind: mes.StepVision}}, ""},
		"nor is the system":                       {mes.Entry{Kind: mes.EntryStep, Actor: mes.Actor{ID: mes.ActorSystem}, Before: at("10", "1")}, ""},
		"scrap is open to all":                    {mes.Entry{Kind: mes.EntryScrapped, Actor: person, Before: at("10", "1")}, ""},
		"so is a pause":                           {mes.Entry{Kind: mes.EntryPaused, Actor: person, Before: at("10", "1")}, ""},
	} {
		_, needs := c.e.Gate(r)
		got := ""
		for _, n := range needs {
			got += n.ID
		}
		if got != c.want {
			t.Errorf("%s: asks for %q, want %q", name, got, c.want)
		}
	}
}

func TestNeedsAreValidated(t *testing.T) {
	r := mes.Routing{Product: "P", Revision: "A", LotSize: mes.One, LotPattern: "P{n}", Window: 1, Operations: []mes.Operation{{ID: "10", Stations: []string{"S"}, OnFail: mes.FailRule{Then: mes.FailScrap},
		Qualification: &mes.QualificationNeed{Level: 1}, Steps: []mes.Step{
			{ID: "1", Kind: mes.StepConfirm, Qualification: &mes.QualificationNeed{ID: "Q", Level: 0}},
			{ID: "2", Kind: mes.StepVision, Device: "C", MinConfidence: mes.One, OnSilence: mes.SilenceAsk, Qualification: &mes.QualificationNeed{ID: "Q", Level: 1}}}}}}
	err := r.Validate()
	for _, field := range []string{"operations[0].qualification.id", "operations[0].steps[0].qualification.level", "operations[0].steps[1].qualification"} {
		if !strings.Contains(named(err), field+" ") {
			t.Errorf("%s is not named in %v", field, err)
		}
	}
}

func TestReminders(t *testing.T) {
	now := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	cert := func(id int64, level int, days int) mes.Certificate {
		end := now.AddDate(0, 0, days)
		return mes.Certificate{ID: id, Account: "olga", Skill: "ESD", Level: level, ExpiresAt: &end}
	}
	forever := mes.Certificate{ID: 9, Account: "olga", Skill: "ESD", Level: 2}
	for name, c := range map[string]struct {
		all  []mes.Certificate
		due  string
		next int // days from now; -1 is never
	}{
		"far away":                         {[]mes.Certificate{cert(1, 1, 100)}, "", 70},
		"at thirty days":                   {[]mes.Certificate{cert(1, 1, 30)}, "qualification/1/30", 23},
		"between":                          {[]mes.Certificate{cert(1, 1, 10)}, "qualification/1/30", 3},
		"only the latest":                  {[]mes.Certificate{cert(1, 1, 5)}, "qualification/1/7", 5},
		"at the end":                       {[]mes.Certificate{cert(1, 1, 0)}, "qualification/1/0", -1},
		"long past":                        {[]mes.Certificate{cert(1, 1, -100)}, "", -1},
		"a higher level lasts longer":      {[]mes.Certificate{cert(1, 1, 5), forever}, "", -1},
		"a higher level that ends earlier": {[]mes.Certificate{cert(1, 1, 50), cert(2, 2, 6)}, "qualification/2/7", 6},
		"the earliest next":                {[]mes.Certificate{cert(1, 1, 100), cert(2, 2, 60)}, "", 30},
	} {
		due, next := mes.Reminders(c.all, map[string][]int{"ESD": {30, 7}}, now)
		keys := ""
		for _, d := range due {
			keys += d.Key()
		}
		days := -1
		if next != nil {
			days = int(next.Sub(now).Hours() / 24)
		}
		if keys != c.due || days != c.next {
			t.Errorf("%s: due %q, next in %d days; want %q, %d", name, keys, days, c.due, c.next)
		}
	}
}

// named are the fields that a refusal names.
func named(err error) string {
	var e *mes.Error
	out := ""
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out += f.Field + " "
		}
	}
	return out
}
