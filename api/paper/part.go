package paper

import (
	"fmt"
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
			word := word(string(r.State))
			if r.State == mes.RecordReleased && r.Hash != hash {
				word += ", changed since"
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
	s.heading(name, "Each is bound to what was signed. A later change voids it.")
	t := s.table(body, column{head: "Meaning", share: 22}, column{head: "Printed name", share: 40}, column{head: "Signed, with zone", share: 40}, column{head: "What", share: 34},
		column{head: "Now", share: 28}, column{head: "Bound to (SHA-256)", share: 42, mono: true})
	for _, g := range of {
		now := cell{text: word(string(g.State)), mark: good}
		if g.State != mes.SignatureValid {
			now = cell{text: commas(word(string(g.State)), g.Why), mark: bad}
		}
		at := g.At
		t.row(cell{text: word(string(g.Meaning)), bold: true}, text(g.Name+" ("+g.Signer+")"), text(s.moment(at)),
			text(commas(word(string(g.Record.Noun))+" "+g.Record.ID, g.Reason)), now, text(g.Hash))
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
		verdict := cell{text: commas(word(string(v.Verdict)), v.Confidence.String()), mark: resultMark(v.Verdict)}
		if o := v.Overridden; o != nil {
			verdict.text = commas(verdict.text, fmt.Sprintf("decided %s by %s: %s", o.Decision, o.By, o.Reason))
		}
		came := "In time"
		if v.Match != mes.MatchWaiting {
			came = word(string(v.Match))
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
		end := cell{text: "Open", bold: true, mark: triangle}
		if h.ReleasedAt != nil {
			end = text(commas(s.moment(*h.ReleasedAt), h.ReleasedBy))
		}
		t.row(text(word(string(h.Scope))+" "+h.Subject), text(commas(s.moment(h.PlacedAt), h.PlacedBy)), text(h.Reason), end, text(h.ReleaseReason))
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
			state = commas(word(ds[i].State), s.orMoment(ds[i].DeliveredAt), ds[i].Error)
		}
		t.row(text(s.moment(m.CreatedAt)), text(word(m.Kind)), text(m.Key), text(state))
	}
}

func (s *sheet) people(names mes.RecordNames, authority []mes.Authority) {
	if len(names.People) == 0 {
		return
	}
	s.heading("People", "Names as they are printed now.")
	t := s.table(body, column{head: "Account", share: 30}, column{head: "Name", share: 50}, column{head: "Certificates asked for and held", share: 100})
	for _, id := range slices.Sorted(maps.Keys(names.People)) {
		held := ""
		for _, a := range authority {
			if a.Person != id {
				continue
			}
			word := "held"
			if !a.Held {
				word = "NOT held"
			}
			held = commas(held, fmt.Sprintf("%s level %d at %s/%d: %s", a.Need.ID, a.Need.Level, a.Operation, a.Visit, word))
		}
		t.row(text(id), text(names.People[id]), text(held))
	}
}

func (s *sheet) story(es []mes.LotEvent) {
	s.heading("Way of the lot", "Each entry of the ledger.")
	t := s.table(body-0.4, column{head: "Time", share: 37}, column{head: "What", share: 32}, column{head: "Where", share: 28}, column{head: "By", share: 22}, column{head: "Remark", share: 66})
	for _, e := range es {
		where := e.Station
		if e.Operation != "" {
			where = commas(where, e.Operation+"/"+strconv.Itoa(e.Visit)+"/"+e.Step)
		}
		remark := commas(e.Code, e.Reason)
		if e.Quantity.IsPositive() {
			remark = commas(e.Quantity.String()+" pieces", remark)
		}
		t.row(text(s.moment(e.At)), text(word(string(e.Kind))), text(where), text(e.Actor), text(remark))
	}
}

func (s *sheet) runs(rs []mes.ArchivedRun) {
	if len(rs) == 0 {
		return
	}
	s.heading("Workflow history", "Exported, with its hash in the audit trail.")
	t := s.table(body, column{head: "Workflow", share: 50}, column{head: "Closed", share: 20}, column{head: "Events", share: 14}, column{head: "Archived", share: 38}, column{head: "History (SHA-256)", share: 60, mono: true})
	for _, r := range rs {
		t.row(text(r.WorkflowID), text(word(r.Status)), text(strconv.Itoa(r.Events)), text(s.moment(r.ArchivedAt)), text(r.Blob))
	}
}

func (s *sheet) audit(rows []mes.AuditRow) {
	s.heading("Audit trail", fmt.Sprintf("%d rows. Before and after stand in the JSON form.", len(rows)))
	t := s.table(body-0.8, column{head: "Row", share: 13}, column{head: "Time", share: 35}, column{head: "By", share: 22}, column{head: "Action", share: 28}, column{head: "Reason", share: 36},
		column{head: "Hash in the chain", share: 52, mono: true})
	for _, a := range rows {
		t.row(text(strconv.FormatInt(a.ID, 10)), text(s.moment(a.At)), text(a.Actor), text(word(a.Action)), text(a.Reason), text(a.Hash))
	}
}

// covers says what the hash is the hash of.
func (s *sheet) covers() {
	s.heading("What the hash covers", "")
	s.paragraph("The SHA-256 at the foot of each page is that of the field \"content\" of this record's JSON form, written as RFC 8785 has it. It covers what was done, "+
		"and every hold, verdict and signature on it whenever they came. It does not cover what goes on after the end (shipping, delivery of messages, archiving), names of "+
		"master data, the audit rows, which have a chain of their own, and the release of this record, which names the hash that it was given for.", body, quiet)
}
