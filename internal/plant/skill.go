package plant

import (
	"errors"
	"fmt"

	"github.com/steelthread/steelthread/mes"
)

// checkSkills names what does not fit: a skill or labour code that can't be, and, where the plant lists its skills, a
// certificate or a need that names another. Without skills.yaml each certificate's name is its skill.
func (c checker) checkSkills() {
	known := map[string]bool{}
	for i, s := range c.Skills {
		at := fmt.Sprintf("skills[%d]", i)
		c.check(!known[s.ID], "skills.yaml", at+".id", "%q is used twice", s.ID)
		known[s.ID] = true
		c.refusal("skills.yaml", at, s.Validate())
	}
	codes := map[string]bool{}
	for i, l := range c.Codes {
		at := fmt.Sprintf("codes[%d]", i)
		c.check(!codes[l.ID], "labour.yaml", at+".id", "%q is used twice", l.ID)
		codes[l.ID] = true
		c.refusal("labour.yaml", at, l.Validate())
	}
	if len(known) > 0 {
		c.checkSkillNames(known)
	}
}

func (c checker) checkSkillNames(known map[string]bool) {
	for i, a := range c.Accounts {
		for j, q := range a.Qualifications {
			c.check(known[q.ID], "accounts.yaml", fmt.Sprintf("accounts[%d].qualifications[%d].id", i, j), "%q is not in skills.yaml", q.ID)
		}
	}
	for _, r := range c.Routings {
		for i, o := range r.routing.Operations {
			at := fmt.Sprintf("operations[%d]", i)
			c.check(o.Qualification == nil || known[o.Qualification.ID], r.file, at+".qualification.id", "is not in skills.yaml")
			for j, s := range o.Steps {
				c.check(s.Qualification == nil || known[s.Qualification.ID], r.file, fmt.Sprintf("%s.steps[%d].qualification.id", at, j), "is not in skills.yaml")
			}
		}
	}
}

// refusal adds the faults that a rule of the domain names.
func (c checker) refusal(file, at string, err error) {
	var e *mes.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			c.add(file, at+"."+f.Field, "%s", f.Message)
		}
	}
}
