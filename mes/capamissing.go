package mes

import (
	"fmt"
	"slices"
	"strings"
)

// Missing names what a discipline lacks to be completed; empty when it can be.
func (c CAPA) Missing(d Discipline) []FieldError {
	var f Faults
	for _, n := range capaNeeds[d] {
		f.Check(c.Done(n), strings.ToLower(n.String()), "must be completed first")
	}
	r := c.Record
	switch d {
	case D1:
		f.Check(c.Owner != "", "owner", "nobody leads the team")
		f.Check(slices.ContainsFunc(r.Team, func(m CAPAMember) bool { return m.Account == c.Owner }), "team", "must include the owner")
		f.Check(len(r.Team) >= 2, "team", "needs at least two people")
	case D2:
		f.Check(!blank(r.Problem.What), "problem.what", "is missing")
		f.Check(!blank(r.Problem.Extent), "problem.extent", "says how many of how many")
		f.Check(slices.ContainsFunc(r.Problem.Limits, func(l IsNot) bool { return !blank(l.Is) && !blank(l.Not) }), "problem.limits", "needs one line of is and is not")
	case D3:
		c.missingContainment(&f)
	case D4:
		r.Occurrence.missing(&f, "occurrence")
		r.Escape.missing(&f, "escape")
	case D5:
		c.missingPlan(&f)
	case D6:
		f.Check(c.Signed(CAPASignPlan), "plan", "is not signed")
		f.Check(!blank(r.Verified), "verified", "says what the verification showed")
		c.missingTasks(&f, D6, true)
	case D7:
		c.missingPrevention(&f)
	case D8:
		c.missingClosure(&f)
	}
	c.missingTasks(&f, d, false)
	return f
}

// missing asks for a root cause with its whys and its proof.
func (r CAPACause) missing(f *Faults, name string) {
	f.Check(len(r.Whys) >= 2, name+".whys", "needs at least two whys")
	f.Check(!blank(r.Text), name+".text", "the root cause is missing")
	f.Check(!blank(r.Verified), name+".verified", "says how the cause was proven")
}

// missingContainment asks for the holds, or for why there are none. A hold need not have ended to protect the customer.
func (c CAPA) missingContainment(f *Faults) {
	r := c.Record.Containment
	holds := slices.ContainsFunc(c.Links, CAPALink.contains)
	tasks := slices.ContainsFunc(c.Tasks, func(t CAPATask) bool { return t.D == D3 && t.State != TaskDropped })
	f.Check(holds || tasks || !blank(r.None), "containment", "link a hold, add a task, or say why nothing had to be contained")
	f.Check(!blank(r.Text) || !blank(r.None), "containment.text", "says what protects the customer")
}

// contains tells that the linked record holds material.
func (l CAPALink) contains() bool { return l.Noun == "hold" || l.Noun == "containment" }

// missingPlan asks for actions against both causes, and for the criterion.
func (c CAPA) missingPlan(f *Faults) {
	for _, cause := range []string{CauseOccurrence, CauseEscape} {
		ok := slices.ContainsFunc(c.Tasks, func(t CAPATask) bool { return t.D == D6 && t.Against == cause && t.State != TaskDropped })
		f.Check(ok, "tasks", "needs an action against the cause of %s", cause)
	}
	f.Check(!blank(c.Record.Plan.Text), "plan.text", "says why these actions were chosen")
	f.Check(c.Record.Plan.Criterion != nil, "plan.criterion", "the criterion of effectiveness is missing")
	if k := c.Record.Plan.Criterion; k != nil {
		f.Check(k.Baseline != nil, "plan.criterion.baseline", "the baseline was not read from the data yet")
	}
}

func (c CAPA) missingPrevention(f *Faults) {
	r := c.Record.Prevention
	f.Check(!blank(r.Text), "prevention.text", "says what keeps it from coming back")
	f.Check(len(r.Similar) > 0, "prevention.similar", "at least one similar product or process must be looked at")
	for i, d := range r.Documents {
		at := fmt.Sprintf("prevention.documents[%d]", i)
		f.Check(d.State == DocEffective || d.State == DocSuperseded, at, "%s is not in force yet", d.Title())
		f.Check(d.Read >= d.Readers, at, "%d of %d people have read %s", d.Read, d.Readers, d.Title())
	}
}

// missingClosure asks for proof: effectiveness signed, nothing contained left without an end.
func (c CAPA) missingClosure(f *Faults) {
	r := c.Record
	f.Check(r.Effect != nil && r.Effect.Effective() && c.Signed(CAPASignVerdict), "effect", "effectiveness is not proven")
	for _, l := range c.Links {
		f.Check(!l.contains() || !l.Open, "links", "%s %s still holds material", l.Noun, l.Subject)
	}
	f.Check(!blank(r.Closure.Lessons), "closure.lessons", "is missing")
	f.Check(!blank(r.Closure.Recognition), "closure.recognition", "says to whom the thanks go")
	for _, t := range c.Tasks {
		f.Check(t.Ended(), "tasks", "%s is open: %s", t.ID, t.Title)
	}
}
