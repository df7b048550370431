package paper

import (
	"io"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/mes"
)

// Order writes the record of an order: its balance, what was not as planned in it and in its lots, and each lot by the
// hash of its own record, which is a document of its own.
func Order(w io.Writer, r mes.OrderRecord, l Language) error {
	c, b := r.Content, r.Beside
	at := newest(c.CreatedAt, c.ReleasedAt, c.StartedAt, c.EndedAt)
	s, err := newSheet(letterhead(b.SiteName, c.Site), c.Zone, l.t("Order record")+" "+c.Site+" / "+c.Order, r.Hash, lastOf(at, b.Audit, b.Releases), l)
	if err != nil {
		return err
	}
	s.orderHead(r)
	s.deviations(r.Deviations, s.t("%s of the order itself", s.entries(len(r.Deviations))))
	s.lotDeviations(r)
	s.releases(b.Releases, b.Signatures, r.Hash)
	s.lots(r)
	s.holds(c.Holds)
	s.commands(c.Changes)
	s.messages(c.Messages, b.Deliveries)
	s.labour(c.Labour)
	s.documents(c.Documents)
	s.people(b.Names, nil)
	s.runs(b.Runs)
	s.audit(b.Audit)
	s.covers()
	return s.finish(w)
}

func (s *sheet) orderHead(r mes.OrderRecord) {
	c := r.Content
	s.titled(c.Order, "Record of a work order (batch record)", string(c.Outcome))
	balance := cell{text: s.t("Balanced"), mark: good, bold: true}
	if !c.Balanced() {
		balance = cell{text: s.t("DOES NOT BALANCE"), mark: octagon, bold: true}
	}
	t := s.table(body+1, column{head: "Ordered", share: 24}, column{head: "= good", share: 24}, column{head: "+ scrap", share: 24}, column{head: "+ in process", share: 24},
		column{head: "+ not started", share: 24}, column{head: "", share: 40})
	t.row(cell{text: c.Quantity.String() + " " + c.Unit, bold: true}, text(c.Good.String()), text(c.Scrap.String()), text(c.InProcess.String()), text(c.NotStarted.String()), balance)
	s.SetY(s.GetY() + 3)
	s.facts(
		"Product, routing", strings.TrimSuffix(c.Product+" rev "+c.Revision+", "+r.Beside.ProductName, ", "),
		"Line", c.Line,
		"Due", s.moment(c.Due),
		"Created", s.t("%s by %s", s.moment(c.CreatedAt), c.CreatedBy),
		"Released to the line", s.orMoment(c.ReleasedAt),
		"Made", s.span(c.StartedAt, c.EndedAt),
		"Routing (SHA-256)", c.Routing,
		"Times", s.t("in %s, each with its zone", c.Zone),
		"Release", s.releaseWord(r.Beside.Releases, r.Hash))
}

// lotDeviations lists what was not as planned in any lot.
func (s *sheet) lotDeviations(r mes.OrderRecord) {
	total, lots := 0, 0
	for _, l := range r.Lots {
		total += len(l.Deviations)
		if len(l.Deviations) > 0 {
			lots++
		}
	}
	s.heading("Not as planned in its lots", s.t("%s in %d of %d lots; the other %d went as planned", s.entries(total), lots, len(r.Lots), len(r.Lots)-lots))
	if total == 0 {
		return
	}
	t := s.table(body-0.4, column{head: "Lot", share: 30}, column{head: "Severity", share: 20}, column{head: "What", share: 27}, column{head: "Fact", share: 58}, column{head: "When", share: 36}, column{head: "Who", share: 16},
		column{head: "Where", share: 22})
	for _, l := range r.Lots {
		for _, d := range l.Deviations {
			t.row(append([]cell{{text: l.Lot, bold: true}}, s.deviation(d)...)...)
		}
	}
}

func (s *sheet) lots(r mes.OrderRecord) {
	s.heading("Lots", s.t("Each has a record of its own, which its hash names."))
	t := s.table(body-0.8, column{head: "", share: 9}, column{head: "Lot", share: 28}, column{head: "Outcome", share: 20}, column{head: "Good + scrapped", share: 22}, column{head: "Not as planned", share: 18},
		column{head: "Record (SHA-256)", share: 88, mono: true})
	for i, l := range r.Content.Lots {
		m, word := outcome(string(l.Outcome))
		off := 0
		if i < len(r.Lots) {
			off = len(r.Lots[i].Deviations)
		}
		t.row(text(strconv.Itoa(l.Number)), cell{text: l.Lot, bold: true}, cell{text: s.t(word), mark: m}, text(s.t("%s + %s of %s", l.Good, l.Scrapped, l.Quantity)), text(strconv.Itoa(off)), text(l.Hash))
	}
}

func (s *sheet) commands(cs []mes.OrderCommand) {
	if len(cs) == 0 {
		return
	}
	s.heading("Commands on the order", "")
	t := s.table(body, column{head: "Time", share: 36}, column{head: "What", share: 36}, column{head: "By", share: 30}, column{head: "Reason", share: 80})
	for _, c := range cs {
		t.row(text(s.moment(c.At)), text(s.word(c.Action)), text(c.Actor), text(c.Reason))
	}
}
