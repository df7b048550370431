package paper

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Pictures finds a picture by its hash.
type Pictures func(hash string) (mes.Blob, error)

// Lot writes the record of a lot.
func Lot(w io.Writer, r mes.LotRecord, pictures Pictures, l Language) error {
	c := r.Content
	s, err := newSheet(letterhead(r.Beside.SiteName, c.Site), c.Zone, l.t("Lot record")+" "+c.Site+" / "+c.Lot, r.Hash, lotTime(r), l)
	if err != nil {
		return err
	}
	s.revision = c.Revision
	s.lotHead(r)
	s.deviations(r.Deviations, s.entries(len(r.Deviations))+s.t("; everything else went as planned"))
	s.releases(r.Beside.Releases, r.Beside.Signatures, r.Hash)
	s.signatures("Signatures of steps, reviews and holds", c.Signatures)
	s.components(c, r.Beside.Names)
	s.built(c)
	s.pictures(c.Verdicts, pictures)
	s.verdicts(c.Verdicts)
	s.holds(c.Holds)
	s.nonconformances(c.Nonconformances)
	s.messages(c.Messages, r.Beside.Deliveries)
	s.labour(c.Labour)
	s.documents(c.Documents)
	s.people(r.Beside.Names, r.Beside.Authority)
	s.story(c.Events)
	s.runs(r.Beside.Runs)
	s.audit(r.Beside.Audit)
	s.covers()
	return s.finish(w)
}

func letterhead(name, site string) string {
	if name == "" || name == site {
		return site
	}
	return name + " (" + site + ")"
}

// lotTime is the record's own time: the newest thing in it. It does not depend on when it is read.
func lotTime(r mes.LotRecord) time.Time {
	at := newest(r.Content.CreatedAt, r.Content.EndedAt, r.Beside.ShippedAt)
	for _, e := range r.Content.Events {
		at = newest(at, &e.At)
	}
	return lastOf(at, r.Beside.Audit, r.Beside.Releases)
}

func lastOf(at time.Time, audit []mes.AuditRow, releases []mes.RecordRelease) time.Time {
	for _, a := range audit {
		at = newest(at, &a.At)
	}
	for _, x := range releases {
		at = newest(at, &x.At)
	}
	return at
}

func newest(at time.Time, others ...*time.Time) time.Time {
	for _, o := range others {
		if o != nil && o.After(at) {
			at = *o
		}
	}
	return at
}

// outcomes say how a lot or an order ended, each with its mark.
func outcome(of string) (mark, string) {
	switch of {
	case string(mes.LotPacked):
		return good, "Finished"
	case string(mes.LotScrapped):
		return bad, "Scrapped"
	case string(mes.LotVoid):
		return unknown, "Withdrawn"
	case string(mes.OrderCompleted):
		return good, "Completed"
	case string(mes.OrderCancelled):
		return unknown, "Cancelled"
	}
	return diamond, "In process"
}

// titled writes the record's name in large letters with its state after it.
func (s *sheet) titled(id, what, of string) {
	s.font("", body, quiet)
	s.SetX(left)
	s.Cell(0, 4, clean(s.t(what)))
	s.Ln(4.4)
	s.font("B", title, ink)
	s.SetX(left)
	s.Cell(s.GetStringWidth(clean(id))+5, 8, clean(id))
	m, word := outcome(of)
	word = s.t(word)
	x := s.GetX()
	s.mark(m, x, s.GetY()+3)
	s.font("B", head, ink)
	s.SetXY(x+markWidth, s.GetY()+0.4)
	s.Cell(0, 8, word)
	s.Ln(10)
}

// facts writes names and values in three columns.
func (s *sheet) facts(pairs ...string) {
	const perRow = 3
	width := wide / perRow
	for i := 0; i+1 < len(pairs); i += 2 * perRow {
		s.room(9)
		y, high := s.GetY(), 1
		for n := 0; n < perRow && i+2*n+1 < len(pairs); n++ {
			x := left + float64(n)*width
			s.font("", small, quiet)
			s.SetXY(x, y)
			s.Cell(width, 3, clean(s.t(pairs[i+2*n])))
			s.font("B", body, ink)
			lines := s.SplitText(clean(pairs[i+2*n+1]), width-3)
			for k, line := range lines {
				s.SetXY(x, y+3+float64(k)*lineHeight)
				s.Cell(width, lineHeight, line)
			}
			high = max(high, len(lines))
		}
		s.SetXY(left, y+4+float64(high)*lineHeight)
	}
}

func (s *sheet) lotHead(r mes.LotRecord) {
	c, b := r.Content, r.Beside
	what := "Device history record (21 CFR 820.184)"
	if c.Tracking == mes.TrackLot {
		what = "Batch record"
	}
	s.titled(c.Lot, what, string(c.Outcome))
	where := s.word(string(b.State))
	if b.Customer != "" {
		where = s.t("shipped to %s, %s, %s", b.Customer, b.DeliveryNote, s.orMoment(b.ShippedAt))
	}
	s.facts(
		"Product, routing", strings.TrimSuffix(c.Product+" rev "+c.Revision+", "+b.ProductName, ", "),
		"Order", s.t("%s, lot %d", c.Order, c.Number),
		"Quantity", s.t("%s %s = %s good + %s scrapped%s", c.Quantity, c.Unit, c.Good, c.Scrapped, s.rest(c)),
		"Built", s.span(c.StartedAt, c.EndedAt),
		"Opened", s.t("%s by %s", s.moment(c.CreatedAt), c.CreatedBy),
		"Now", where,
		"Routing (SHA-256)", c.Routing,
		"Times", s.t("in %s, each with its zone", c.Zone),
		"Release", s.releaseWord(b.Releases, r.Hash))
}

func (s *sheet) rest(c mes.LotHistory) string {
	if left := c.Quantity.Sub(c.Good).Sub(c.Scrapped); !left.IsZero() {
		return s.t(" + %s in process", left)
	}
	return ""
}

func (s *sheet) releaseWord(releases []mes.RecordRelease, hash string) string {
	if len(releases) == 0 {
		return s.t("not asked for")
	}
	last := releases[len(releases)-1]
	switch {
	case last.State == mes.RecordReleased && last.Hash != hash:
		return s.t("voided: the record has changed since its release")
	case last.State == mes.RecordOpen:
		return s.t("open, waits for a reviewer")
	}
	return s.word(string(last.State))
}

// deviations come first: they are what a reviewer reads.
func (s *sheet) deviations(ds []mes.Deviation, so string) {
	s.heading("Not as planned", so)
	if len(ds) == 0 {
		s.paragraph(s.t("Nothing. Every step, value and verdict went as planned."), body, ink)
		return
	}
	t := s.table(body, column{head: "Severity", share: 20}, column{head: "What", share: 28}, column{head: "Fact", share: 72}, column{head: "When", share: 38}, column{head: "Who", share: 18}, column{head: "Where", share: 22})
	for _, d := range ds {
		t.row(s.deviation(d)...)
	}
}

func (s *sheet) deviation(d mes.Deviation) []cell {
	kind := s.word(string(d.Kind))
	if d.Open {
		kind += s.t(", open")
	}
	return []cell{{text: s.word(string(d.Severity)), mark: severityMark(d.Severity)}, {text: kind, bold: true}, text(d.Text), text(s.moment(d.At)), text(d.By), text(d.Noun + " " + d.Ref)}
}

func (s *sheet) entries(n int) string {
	if n == 1 {
		return s.t("1 entry")
	}
	return s.t("%d entries", n)
}

// span writes when something began and ended.
func (s *sheet) span(from, to *time.Time) string {
	if to == nil {
		return s.orMoment(from)
	}
	return s.t("%s to %s", s.orMoment(from), s.orMoment(to))
}

// word writes a code as a word.
func word(code string) string {
	t := strings.ReplaceAll(code, "_", " ")
	if t == "" {
		return t
	}
	return strings.ToUpper(t[:1]) + t[1:]
}

func commas(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

func (s *sheet) components(c mes.LotHistory, names mes.RecordNames) {
	t := s.table(body, column{head: "Material", share: 45}, column{head: "Lot or serial", share: 35}, column{head: "Quantity", share: 20},
		column{head: "Supplier, supplier's lot", share: 45}, column{head: "Step", share: 16}, column{head: "Time", share: 37})
	n := 0
	for _, o := range c.Operations {
		for _, step := range o.Steps {
			for _, p := range step.Components {
				if n++; n == 1 {
					s.heading("Components", "")
				}
				t.row(text(commas(p.Material, names.Materials[p.Material])), cell{text: p.Lot, bold: true}, text(p.Quantity.String()+" "+p.Unit),
					text(commas(p.Supplier, p.SupplierLot)), text(o.Operation+"/"+strconv.Itoa(o.Visit)+"/"+step.Step), text(s.moment(step.At)))
			}
		}
	}
}

// built lists every visit with its steps and values.
func (s *sheet) built(c mes.LotHistory) {
	s.heading("As built", s.t("Black tick is the value, dark band its limits; a cross on the tick is out of limits."))
	t := s.table(body-0.4, column{head: "Time", share: 37}, column{head: "Step", share: 38}, column{head: "Value", share: 21}, column{head: "Against limits", share: 22},
		column{head: "Limits", share: 19}, column{head: "Machine, program", share: 26}, column{head: "By", share: 14}, column{head: "Result", share: 25})
	for _, o := range c.Operations {
		t.band(s.t("%s %s at %s", o.Operation, o.Name, o.Station), s.visitWords(o))
		for _, step := range o.Steps {
			s.step(t, step)
		}
	}
}

func (s *sheet) visitWords(o mes.BuiltOperation) string {
	visit := ""
	if o.Visit > 1 {
		visit = s.t("visit %d", o.Visit)
	}
	return commas(visit, s.word(o.State), s.span(o.StartedAt, o.EndedAt), o.Operator)
}

func (s *sheet) step(t *table, b mes.BuiltStep) {
	name := b.Name
	if b.Attempt > 1 {
		name += s.t(", try %d", b.Attempt)
	}
	machine := b.Device
	if b.Program != 0 {
		machine = commas(machine, s.t("prog %d", b.Program))
	}
	if b.Revision != "" && b.Revision != s.revision {
		name += s.t(", rev %s", b.Revision)
	}
	if b.ByHand {
		machine = commas(machine, s.t("entered by hand"))
	}
	for _, v := range b.Values {
		what := commas(name, v.Name)
		if v.Name == "" {
			what = commas(name, v.Characteristic)
		}
		if v.Sample > 0 {
			what += s.t(", piece %d", v.Sample)
		}
		at := b.At
		if v.At != nil {
			at = *v.At
		}
		t.row(text(s.moment(at)), text(what), cell{text: strings.TrimSpace(v.Value.String() + " " + v.Unit), bold: true}, cell{draw: limitBar(v)}, text(s.limits(v)),
			text(machine), text(b.Operator), cell{text: s.t(judged(v)), mark: resultMark(v.Result)})
	}
	if len(b.Values) > 0 && b.Note == "" && b.Result == worst(b.Values) {
		return
	}
	value, by := b.Note, b.Operator
	if v := b.Vision; v != nil {
		value, machine = commas(s.t("confidence %s", v.Confidence), b.Note), commas(v.Camera, v.Model)
	}
	t.row(text(s.moment(b.At)), text(name), text(value), text(""), text(""), text(machine), text(by), cell{text: s.word(string(b.Result)), mark: resultMark(b.Result)})
}

func worst(values []mes.BuiltValue) mes.StepResult {
	for _, v := range values {
		if v.Result != mes.ResultPass {
			return v.Result
		}
	}
	return mes.ResultPass
}

func judged(v mes.BuiltValue) string {
	switch {
	case v.Lower == nil && v.Upper == nil:
		return "No limits"
	case v.Result == mes.ResultPass:
		return "In limits"
	}
	return "Out of limits"
}

func (s *sheet) limits(v mes.BuiltValue) string {
	switch {
	case v.Lower != nil && v.Upper != nil:
		return s.t("%s to %s", v.Lower, v.Upper)
	case v.Lower != nil:
		return "≥ " + v.Lower.String()
	case v.Upper != nil:
		return "≤ " + v.Upper.String()
	}
	return ""
}
