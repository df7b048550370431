package paper

import (
	"maps"
	"slices"
	"strconv"

	"github.com/steelthread/steelthread/mes"
)

// releases tells who let the record go, and what the signatures on the record itself say.
func (s *sheet) releases(releases []mes.RecordRelease, signatures []mes.Signature, hash string) {
	if len(releases) > 0 {
		s.heading("Release of this record", "")
		t := s.table(body, column{head: "State", share: 20}, column{head: "When, with zone", share: 38}, column{head: "By", share: 22}, column{head: "Reason", share: 50},
			column{head: "Of the record (SHA-256)", share: 55, mono: true})
		for _, r := range releases {
			word := s.word(string(r.State))
			if r.State == mes.RecordReleased && r.Hash != hash {
				word += s.t(", changed since")
			}
			t.row(cell{text: word, bold: true}, text(s.moment(r.At)), text(r.By), text(r.Reason), text(r.Hash))
		}
	}
	s.signatures("Signatures on this record", signatures)
}

// signatures shows printed name, time with zone and meaning of each (21 CFR 11.50), and what it is worth now.
func (s *sheet) signatures(name string, of []mes.Signature) {
	if len(of) == 0 {
		return
	}
	s.heading(name, s.t("Each is bound to what was signed. A later change voids it."))
	t := s.table(body, column{head: "Meaning", share: 22}, column{head: "Printed name", share: 40}, column{head: "Signed, with zone", share: 40}, column{head: "What", share: 34},
		column{head: "Now", share: 28}, column{head: "Bound to (SHA-256)", share: 42, mono: true})
	for _, g := range of {
		now := cell{text: s.word(string(g.State)), mark: good}
		if g.State != mes.SignatureValid {
			now = cell{text: commas(s.word(string(g.State)), g.Why), mark: bad}
		}
		at := g.At
		t.row(cell{text: s.word(string(g.Meaning)), bold: true}, text(g.Name+" ("+g.Signer+")"), text(s.moment(at)),
			text(commas(s.word(string(g.Record.Noun))+" "+g.Record.ID, g.Reason)), now, text(g.Hash))
	}
}

func (s *sheet) verdicts(vs []mes.VisionView) {
	if len(vs) == 0 {
		return
	}
	s.heading("Verdicts of cameras", "")
	t := s.table(body-0.4, column{head: "Received", share: 37}, column{head: "Camera, model", share: 32}, column{head: "Step", share: 14}, column{head: "Verdict, confidence", share: 28},
		column{head: "Came", share: 14}, column{head: "Picture (SHA-256)", share: 50, mono: true})
	for _, v := range vs {
		verdict := cell{text: commas(s.word(string(v.Verdict)), v.Confidence.String()), mark: resultMark(v.Verdict)}
		if o := v.Overridden; o != nil {
			verdict.text = commas(verdict.text, s.t("decided %s by %s: %s", o.Decision, o.By, o.Reason))
		}
		came := s.t("In time")
		if v.Match != mes.MatchWaiting {
			came = s.word(string(v.Match))
		}
		t.row(text(s.moment(v.ReceivedAt)), text(commas(v.Camera, v.Model)), text(v.Operation+"/"+v.Step), verdict, text(came), text(v.Image))
	}
}

func (s *sheet) holds(hs []mes.HoldRecord) {
	if len(hs) == 0 {
		return
	}
	s.heading("Holds", "")
	t := s.table(body, column{head: "On", share: 28}, column{head: "Placed", share: 42}, column{head: "Reason", share: 40}, column{head: "Released", share: 42}, column{head: "Reason", share: 36})
	for _, h := range hs {
		end := cell{text: s.t("Open"), bold: true, mark: triangle}
		if h.ReleasedAt != nil {
			end = text(commas(s.moment(*h.ReleasedAt), h.ReleasedBy))
		}
		t.row(text(s.word(string(h.Scope))+" "+h.Subject), text(commas(s.moment(h.PlacedAt), h.PlacedBy)), text(h.Reason), end, text(h.ReleaseReason))
	}
}

func (s *sheet) nonconformances(of []mes.NCRecord) {
	if len(of) == 0 {
		return
	}
	s.heading("Nonconformances", "")
	t := s.table(body, column{head: "Number", share: 20}, column{head: "What", share: 62}, column{head: "Affected", share: 20}, column{head: "Found", share: 38}, column{head: "Disposition", share: 48})
	for _, n := range of {
		end := cell{text: "Open", bold: true, mark: triangle}
		if !n.Undecided().IsPositive() {
			end = text("")
		}
		for _, d := range n.Disposals {
			end.text = commas(end.text, d.Phrase(), s.moment(d.At))
		}
		t.row(text(n.ID), text(commas(n.Code, n.Description)), text(n.Quantity.String()), text(commas(s.moment(n.AddedAt), n.AddedBy)), end)
	}
}

func (s *sheet) messages(ms []mes.ERPMessage, ds []mes.Delivery) {
	if len(ms) == 0 {
		return
	}
	s.heading("Messages to the ERP", "")
	t := s.table(body, column{head: "Queued", share: 38}, column{head: "What", share: 36}, column{head: "Key", share: 50}, column{head: "State", share: 60})
	for i, m := range ms {
		state := ""
		if i < len(ds) {
			state = commas(s.word(ds[i].State), s.orMoment(ds[i].DeliveredAt), ds[i].Error)
		}
		t.row(text(s.moment(m.CreatedAt)), text(s.word(m.Kind)), text(m.Key), text(state))
	}
}

func (s *sheet) people(names mes.RecordNames, authority []mes.Authority) {
	if len(names.People) == 0 {
		return
	}
	s.heading("People", s.t("Names as they are printed now."))
	t := s.table(body, column{head: "Account", share: 30}, column{head: "Name", share: 50}, column{head: "Certificates asked for and held", share: 100})
	for _, id := range slices.Sorted(maps.Keys(names.People)) {
		held := ""
		for _, a := range authority {
			if a.Person != id {
				continue
			}
			word := s.t("held")
			if !a.Held {
				word = s.t("NOT held")
			}
			at := a.Operation + "/" + strconv.Itoa(a.Visit)
			if a.Step != "" {
				at += "/" + a.Step
			}
			held = commas(held, s.t("%s level %d at %s: %s", a.Need.ID, a.Need.Level, at, word))
		}
		t.row(text(id), text(names.People[id]), text(held))
	}
}

// labour tells who worked how long on what, as the clock adds up.
func (s *sheet) labour(ls []mes.RecordLabour) {
	if len(ls) == 0 {
		return
	}
	total := int64(0)
	for _, l := range ls {
		total += l.Millis
	}
	s.heading("Labour", s.t("%s h in all. The clock adds up; what runs still is not counted.", mes.HoursOf(total)))
	t := s.table(body, column{head: "Operation", share: 30}, column{head: "Person", share: 40}, column{head: "Hours", share: 30}, column{head: "Remark", share: 88})
	for _, l := range ls {
		at, remark := l.Operation, ""
		if l.Visit > 0 {
			at += "/" + strconv.Itoa(l.Visit)
		}
		if l.Cut {
			remark = s.t("some of it ended without a clock-off")
		}
		if l.Corrected {
			remark = commas(remark, s.t("corrected, see the audit trail"))
		}
		t.row(text(at), text(l.Person), cell{text: l.Hours.String(), bold: true}, text(remark))
	}
}

// documents tells by which revisions the work was done, and who had read them.
func (s *sheet) documents(ds []mes.RecordDocument) {
	if len(ds) == 0 {
		return
	}
	s.heading("Documents", s.t("As they were frozen for the order."))
	t := s.table(body, column{head: "Kind", share: 24}, column{head: "Document", share: 40}, column{head: "Frozen", share: 38}, column{head: "Read and understood by", share: 52},
		column{head: "Content (SHA-256)", share: 42, mono: true})
	for _, d := range ds {
		read := ""
		for _, r := range d.Read {
			read = commas(read, r.Person+" "+s.moment(r.At))
			if r.Hash != d.Hash {
				read += s.t(" (of another content)")
			}
		}
		t.row(text(s.word(string(d.Kind))), cell{text: s.t("%s rev %s", d.ID, d.Revision), bold: true}, text(s.moment(d.FrozenAt)), text(read), text(d.Hash))
	}
}

func (s *sheet) story(es []mes.LotEvent) {
	s.heading("Way of the lot", s.t("Each entry of the ledger."))
	t := s.table(body-0.4, column{head: "Time", share: 37}, column{head: "What", share: 32}, column{head: "Where", share: 28}, column{head: "By", share: 22}, column{head: "Remark", share: 66})
	for _, e := range es {
		where := e.Station
		if e.Operation != "" {
			where = commas(where, e.Operation+"/"+strconv.Itoa(e.Visit)+"/"+e.Step)
		}
		remark := commas(e.Code, e.Reason)
		if e.Quantity.IsPositive() {
			remark = commas(s.t("%s pieces", e.Quantity), remark)
		}
		t.row(text(s.moment(e.At)), text(s.word(string(e.Kind))), text(where), text(e.Actor), text(remark))
	}
}

func (s *sheet) runs(rs []mes.ArchivedRun) {
	if len(rs) == 0 {
		return
	}
	s.heading("Workflow history", s.t("Exported, with its hash in the audit trail."))
	t := s.table(body, column{head: "Workflow", share: 46}, column{head: "Closed", share: 26}, column{head: "Events", share: 14}, column{head: "Archived", share: 38}, column{head: "History (SHA-256)", share: 60, mono: true})
	for _, r := range rs {
		t.row(text(r.WorkflowID), text(s.word(r.Status)), text(strconv.Itoa(r.Events)), text(s.moment(r.ArchivedAt)), text(r.Blob))
	}
}

func (s *sheet) audit(rows []mes.AuditRow) {
	s.heading("Audit trail", s.t("%d rows. Before and after stand in the JSON form.", len(rows)))
	t := s.table(body-0.8, column{head: "Row", share: 13}, column{head: "Time", share: 35}, column{head: "By", share: 22}, column{head: "Action", share: 28}, column{head: "Reason", share: 36},
		column{head: "Hash in the chain", share: 52, mono: true})
	for _, a := range rows {
		t.row(text(strconv.FormatInt(a.ID, 10)), text(s.moment(a.At)), text(a.Actor), text(word(a.Action)), text(a.Reason), text(a.Hash))
	}
}

// covers says what the hash is the hash of.
func (s *sheet) covers() {
	s.heading("What the hash covers", "")
	s.paragraph(s.t("The SHA-256 at the foot of each page is that of the field \"content\" of this record's JSON form, written as RFC 8785 has it. It covers what was done, who worked on it how long and by which documents, and every hold, verdict and signature on it whenever they came. It does not cover what goes on after the end (shipping, delivery of messages, archiving), names of master data, the audit rows, which have a chain of their own, and the release of this record, which names the hash that it was given for."), body, quiet)
}
