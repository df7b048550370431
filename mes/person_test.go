package mes_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestQualified(t *testing.T) {
	hamburg, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	// 28 February, 23:30 UTC is 1 March in Hamburg.
	ended, before, soon, now := time.Date(2026, 2, 28, 23, 30, 0, 0, time.UTC), later(-1000*time.Hour), later(time.Second), monday
	need := &mes.QualificationNeed{ID: "Torque", Level: 2}
	for name, c := range map[string]struct {
		need *mes.QualificationNeed
		held []mes.Qualification
		want rule
	}{
		"nothing needed":           {nil, nil, rule{}},
		"the level":                {need, []mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: &soon}}, rule{}},
		"a higher level":           {need, []mes.Qualification{{ID: "Torque", Level: 3}}, rule{}},
		"none":                     {need, nil, rule{mes.CodeForbidden, "This operation needs Torque level 2. Nothing was started. Call your supervisor."}},
		"another one":              {need, []mes.Qualification{{ID: "Paste", Level: 5}}, rule{mes.CodeForbidden, "needs Torque level 2."}},
		"a lower level":            {need, []mes.Qualification{{ID: "Torque", Level: 1}}, rule{mes.CodeForbidden, "needs Torque level 2; you have level 1."}},
		"ended at this moment":     {need, []mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: &now}}, rule{mes.CodeForbidden, "yours ended on 2 Mar 2026."}},
		"ended, in the site's day": {need, []mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: &ended}}, rule{mes.CodeForbidden, "yours ended on 1 Mar 2026."}},
		"the last of several ends": {need, []mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: &ended}, {ID: "Torque", Level: 3, ExpiresAt: &before}}, rule{mes.CodeForbidden, "yours ended on 1 Mar 2026."}},
		"renewed":                  {need, []mes.Qualification{{ID: "Torque", Level: 2, ExpiresAt: &ended}, {ID: "Torque", Level: 2, ExpiresAt: &soon}}, rule{}},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, mes.Qualified(c.need, c.held, monday, hamburg)) })
	}
}
