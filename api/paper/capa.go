package paper

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// EightD writes the 8D report of a CAPA.
func EightD(w io.Writer, r mes.EightD) error {
	c := r.CAPA
	at := newest(c.RaisedAt, c.EndedAt)
	s, err := newSheet(letterhead(r.Site, c.Site), r.Zone, "8D report "+c.Site+" / "+c.ID, r.Hash, lastOf(at, r.Audit, nil), English)
	if err != nil {
		return err
	}
	s.capaHead(r)
	for _, f := range c.Former {
		s.heading(fmt.Sprintf("Round %d failed", f.N), s.moment(f.EndedAt))
		s.paragraph(f.Reason+". Its causes were: occurrence: "+f.Record.Occurrence.Text+"; escape: "+f.Record.Escape.Text+". Its whole record is in the JSON form.", body, ink)
	}
	s.team(r)
	s.problem(c)
	s.containment(c)
	s.causes(c)
	s.plan(r)
	s.implemented(c)
	s.effect(r)
	s.prevention(c)
	s.closure(c)
	s.signatures("Signatures", r.Signatures)
	s.runs(r.Runs)
	s.audit(r.Audit)
	s.heading("What the hash covers", "")
	s.paragraph("The SHA-256 at the foot of each page is that of the field \"capa\" of this report's JSON form, written as RFC 8785 has it. A CAPA that goes on gets another one.", body, quiet)
	return s.finish(w)
}

func (s *sheet) capaHead(r mes.EightD) {
	c := r.CAPA
	s.font("", body, quiet)
	s.SetX(left)
	s.Cell(0, 4, "8D report, corrective and preventive action (IATF 16949 10.2.3, 21 CFR 820.100)")
	s.Ln(4.4)
	s.font("B", title, ink)
	s.SetX(left)
	s.Cell(0, 8, clean(c.ID))
	s.Ln(8)
	s.font("B", head, ink)
	for _, line := range s.SplitText(clean(c.Title), wide) {
		s.SetX(left)
		s.Cell(0, 5, line)
		s.Ln(5)
	}
	s.Ln(2)
	raised := c.RaisedBy
	if c.Rule != "" {
		raised = "rule " + c.Rule + ", " + c.Group
	}
	s.facts(
		"State", word(string(c.State))+", round "+strconv.Itoa(c.Iteration),
		"Severity", word(string(c.Severity)),
		"Product, defect codes", commas(c.Product, joined(c.Codes)),
		"Raised", s.moment(c.RaisedAt)+" by "+raised,
		"Leads", s.person(r, c.Owner),
		"Ended", commas(s.orMoment(c.EndedAt), c.EndReason),
		"Why", c.Why,
		"Times", "in "+r.Zone+", each with its zone")
}

func joined(words []string) string { return commas(words...) }

func (s *sheet) person(r mes.EightD, id string) string {
	if name := r.People[id]; name != "" {
		return name + " (" + id + ")"
	}
	return id
}

// discipline writes the heading of one of the eight, with who completed it.
func (s *sheet) discipline(c mes.CAPA, d mes.Discipline) {
	so := "not completed"
	if done, ok := c.Record.Done[d]; ok {
		so = "completed " + s.moment(done.At) + " by " + done.By
	}
	s.heading(d.String()+"  "+map[mes.Discipline]string{mes.D1: "Team", mes.D2: "Problem", mes.D3: "Containment", mes.D4: "Root causes", mes.D5: "Actions chosen",
		mes.D6: "Actions implemented and verified", mes.D7: "Prevention", mes.D8: "Closure"}[d], so)
}

func (s *sheet) team(r mes.EightD) {
	s.discipline(r.CAPA, mes.D1)
	t := s.table(body, column{head: "Person", share: 60}, column{head: "Part", share: 120})
	for _, m := range r.CAPA.Record.Team {
		t.row(cell{text: s.person(r, m.Account), bold: m.Account == r.CAPA.Owner}, text(m.Part))
	}
}

func (s *sheet) problem(c mes.CAPA) {
	s.discipline(c, mes.D2)
	p := c.Record.Problem
	s.facts("What", p.What, "Where", p.Where, "When", p.When, "Extent", p.Extent, "Usual", p.Usual)
	if len(p.Limits) == 0 {
		return
	}
	t := s.table(body, column{head: "", share: 30}, column{head: "Is", share: 50}, column{head: "Is not", share: 50}, column{head: "What differs", share: 52})
	for _, l := range p.Limits {
		t.row(cell{text: l.Aspect, bold: true}, text(l.Is), text(l.Not), text(l.Difference))
	}
}

func (s *sheet) containment(c mes.CAPA) {
	s.discipline(c, mes.D3)
	r := c.Record.Containment
	s.said(r.Text)
	s.said(r.Sorted)
	if r.None != "" {
		s.said("Nothing was contained: " + r.None)
	}
	if len(c.Links) > 0 {
		t := s.table(body, column{head: "Linked record", share: 46}, column{head: "State now", share: 30}, column{head: "What", share: 106})
		for _, l := range c.Links {
			state := cell{text: word(l.State)}
			if l.Open && (l.Noun == "hold" || l.Noun == "containment") {
				state = cell{text: word(l.State), mark: triangle}
			}
			t.row(cell{text: word(l.Noun) + " " + l.Subject, bold: true}, state, text(commas(l.Text, l.Note)))
		}
	}
	s.tasks(c, mes.D3)
}

// said writes a paragraph that is not empty.
func (s *sheet) said(text string) {
	if text != "" {
		s.paragraph(text, body, ink)
	}
}

func (s *sheet) causes(c mes.CAPA) {
	s.discipline(c, mes.D4)
	for _, cause := range []struct {
		name string
		of   mes.CAPACause
	}{{"Why it happened (occurrence)", c.Record.Occurrence}, {"Why it was not found (escape)", c.Record.Escape}} {
		t := s.table(body, column{head: cause.name, share: 30}, column{head: "", share: 150})
		for i, why := range cause.of.Whys {
			t.row(text("Why "+strconv.Itoa(i+1)), text(why))
		}
		t.row(cell{text: "Root cause", bold: true}, cell{text: cause.of.Text, bold: true})
		t.row(text("Proven by"), text(cause.of.Verified))
		s.SetY(s.GetY() + 2)
	}
	if len(c.Record.Fishbone) == 0 {
		return
	}
	t := s.table(body, column{head: "Fishbone", share: 26}, column{head: "Cause", share: 70}, column{head: "State", share: 24}, column{head: "By", share: 62})
	for _, category := range mes.FishboneCategories {
		for _, f := range c.Record.Fishbone {
			if f.Category == category {
				t.row(text(word(category)), cell{text: f.Text, bold: f.State == "confirmed"}, text(word(f.State)), text(f.Why))
			}
		}
	}
	s.tasks(c, mes.D4)
}

func (s *sheet) plan(r mes.EightD) {
	c := r.CAPA
	s.discipline(c, mes.D5)
	s.said(c.Record.Plan.Text)
	for _, t := range c.Tasks {
		if t.D == mes.D6 && t.State != mes.TaskDropped {
			s.said(t.ID + " against " + t.Against + ": " + t.Title)
		}
	}
	if r.Criteria != "" {
		s.said("Criterion of effectiveness: " + r.Criteria + ".")
	}
	if k := c.Record.Plan.Criterion; k != nil && k.Baseline != nil {
		s.said("Baseline " + s.moment(k.Baseline.From) + " to " + s.moment(k.Baseline.Until) + ": " + k.Baseline.Sentence() + ".")
	}
}

func (s *sheet) implemented(c mes.CAPA) {
	s.discipline(c, mes.D6)
	s.said(c.Record.Verified)
	s.tasks(c, mes.D6)
}

// tasks lists those of a discipline, with who did and who verified each, and the hashes of what proves it.
func (s *sheet) tasks(c mes.CAPA, d mes.Discipline) {
	tasks := slices.DeleteFunc(slices.Clone(c.Tasks), func(t mes.CAPATask) bool { return t.D != d })
	if len(tasks) == 0 {
		return
	}
	t := s.table(body-0.4, column{head: "Task", share: 52}, column{head: "State", share: 18}, column{head: "Done", share: 44}, column{head: "Verified", share: 40}, column{head: "Evidence (SHA-256)", share: 34, mono: true})
	for _, k := range tasks {
		evidence := ""
		for _, e := range k.Evidence {
			evidence = commas(evidence, e.Name+" "+e.Hash)
		}
		done, verified := "due "+s.day(k.DueAt)+", "+k.Owner, ""
		if k.DoneAt != nil {
			done = commas(s.moment(*k.DoneAt), k.DoneBy, k.Note)
		}
		if k.VerifiedAt != nil {
			verified = commas(s.moment(*k.VerifiedAt), k.VerifiedBy, k.Verification)
		}
		t.row(cell{text: k.ID + " " + k.Title, bold: true}, text(word(string(k.State))), text(done), text(verified), text(evidence))
	}
}

func (s *sheet) day(t time.Time) string { return t.In(s.zone).Format(time.DateOnly) }

func (s *sheet) effect(r mes.EightD) {
	e := r.CAPA.Record.Effect
	if e == nil {
		return
	}
	s.heading("Effectiveness check", s.moment(e.Since)+" to "+s.moment(e.CheckAt))
	for _, x := range e.Extended {
		s.said("Watched longer, until " + s.moment(x.Until) + " (" + x.By + "): " + x.Why)
	}
	if e.Reading == nil {
		s.said("The data have not been read yet.")
		return
	}
	s.said("The data say: " + e.Reading.Sentence() + ". Verdict: " + word(string(e.Outcome)) + ".")
	if signed, ok := r.CAPA.Record.Signed[mes.CAPASignVerdict]; ok {
		s.said("Signed by " + s.person(r, signed.By) + ", " + s.moment(signed.At) + ".")
	}
}

func (s *sheet) prevention(c mes.CAPA) {
	s.discipline(c, mes.D7)
	p := c.Record.Prevention
	s.said(p.Text)
	if len(p.Documents) > 0 {
		t := s.table(body, column{head: "Document", share: 60}, column{head: "State", share: 30}, column{head: "Read by", share: 30}, column{head: "", share: 62})
		for _, d := range p.Documents {
			t.row(cell{text: d.Title(), bold: true}, text(word(string(d.State))), text(fmt.Sprintf("%d of %d", d.Read, d.Readers)), text(d.Note))
		}
	}
	for _, x := range p.Similar {
		concerned := "not concerned"
		if x.Concerned {
			concerned = "concerned"
		}
		s.said("Looked at " + x.Product + ": " + commas(concerned, x.Text))
	}
	s.tasks(c, mes.D7)
}

func (s *sheet) closure(c mes.CAPA) {
	s.discipline(c, mes.D8)
	s.said(c.Record.Closure.Lessons)
	if c.Record.Closure.Recognition != "" {
		s.said("Thanks to " + c.Record.Closure.Recognition)
	}
}
