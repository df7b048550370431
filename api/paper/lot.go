package paper

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// Pictures finds a picture by its hash.
type Pictures func(hash string) (mes.Blob, error)

// Lot writes the record of a lot.
func Lot(w io.Writer, r mes.LotRecord, pictures Pictures) error {
	c := r.Content
	s, err := newSheet(letterhead(r.Beside.SiteName, c.Site), c.Zone, "Lot record "+c.Site+" / "+c.Lot, r.Hash, lotTime(r))
	if err != nil {
		return err
	}
	s.lotHead(r)
	s.deviations(r.Deviations, entries(len(r.Deviations))+"; everything else went as planned")
	s.releases(r.Beside.Releases, r.Beside.Signatures, r.Hash)
	s.signatures("Signatures of steps, reviews and holds", c.Signatures)
	s.components(c, r.Beside.Names)
	s.built(c)
	s.pictures(c.Verdicts, pictures)
	s.verdicts(c.Verdicts)
	s.holds(c.Holds)
	s.nonconformances(c.Nonconformances)
	s.messages(c.Messages, r.Beside.Deliveries)
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
	s.Cell(0, 4, what)
	s.Ln(4.4)
	s.font("B", title, ink)
	s.SetX(left)
	s.Cell(s.GetStringWidth(clean(id))+5, 8, clean(id))
	m, word := outcome(of)
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
			s.Cell(width, 3, pairs[i+2*n])
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
	where := string(b.State)
	if b.Customer != "" {
		where = fmt.Sprintf("shipped to %s, %s, %s", b.Customer, b.DeliveryNote, s.orMoment(b.ShippedAt))
	}
	s.facts(
		"Product, routing", strings.TrimSuffix(c.Product+" rev "+c.Revision+", "+b.ProductName, ", "),
		"Order", fmt.Sprintf("%s, lot %d", c.Order, c.Number),
		"Quantity", fmt.Sprintf("%s %s = %s good + %s scrapped%s", c.Quantity, c.Unit, c.Good, c.Scrapped, s.rest(c)),
		"Built", strings.TrimSuffix(s.orMoment(c.StartedAt)+" to "+s.orMoment(c.EndedAt), " to "),
		"Opened", s.moment(c.CreatedAt)+" by "+c.CreatedBy,
		"Now", where,
		"Routing (SHA-256)", c.Routing,
		"Times", "in "+c.Zone+", each with its zone",
		"Release", releaseWord(b.Releases, r.Hash))
}

func (s *sheet) rest(c mes.LotHistory) string {
	if left := c.Quantity.Sub(c.Good).Sub(c.Scrapped); !left.IsZero() {
		return " + " + left.String() + " in process"
	}
	return ""
}

func releaseWord(releases []mes.RecordRelease, hash string) string {
	if len(releases) == 0 {
		return "not asked for"
	}
	last := releases[len(releases)-1]
	switch {
	case last.State == mes.RecordReleased && last.Hash != hash:
		return "voided: the record has changed since its release"
	case last.State == mes.RecordOpen:
		return "open, waits for a reviewer"
	}
	return string(last.State)
}

// deviations come first: they are what a reviewer reads.
func (s *sheet) deviations(ds []mes.Deviation, so string) {
	s.heading("Not as planned", so)
	if len(ds) == 0 {
		s.paragraph("Nothing. Every step, value and verdict went as planned.", body, ink)
		return
	}
	t := s.table(body, column{head: "Severity", share: 20}, column{head: "What", share: 28}, column{head: "Fact", share: 72}, column{head: "When", share: 38}, column{head: "Who", share: 18}, column{head: "Where", share: 22})
	for _, d := range ds {
		t.row(s.deviation(d)...)
	}
}

func (s *sheet) deviation(d mes.Deviation) []cell {
	kind := word(string(d.Kind))
	if d.Open {
		kind += ", open"
	}
	return []cell{{text: word(string(d.Severity)), mark: severityMark(d.Severity)}, {text: kind, bold: true}, text(d.Text), text(s.moment(d.At)), text(d.By), text(d.Noun + " " + d.Ref)}
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return strconv.Itoa(n) + " entries"
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
	s.heading("As built", "Black tick is the value, dark band its limits; a cross on the tick is out of limits.")
	t := s.table(body-0.4, column{head: "Time", share: 37}, column{head: "Step", share: 38}, column{head: "Value", share: 21}, column{head: "Against limits", share: 22},
		column{head: "Limits", share: 19}, column{head: "Machine, program", share: 26}, column{head: "By", share: 14}, column{head: "Result", share: 25})
	for _, o := range c.Operations {
		t.band(fmt.Sprintf("%s %s at %s", o.Operation, o.Name, o.Station), s.visitWords(o))
		for _, step := range o.Steps {
			s.step(t, step)
		}
	}
}

func (s *sheet) visitWords(o mes.BuiltOperation) string {
	visit := ""
	if o.Visit > 1 {
		visit = fmt.Sprintf("visit %d", o.Visit)
	}
	return commas(visit, word(o.State), strings.TrimSuffix(s.orMoment(o.StartedAt)+" to "+s.orMoment(o.EndedAt), " to "), o.Operator)
}

func (s *sheet) step(t *table, b mes.BuiltStep) {
	name := b.Name
	if b.Attempt > 1 {
		name += fmt.Sprintf(", try %d", b.Attempt)
	}
	machine := b.Device
	if b.Program != 0 {
		machine = commas(machine, "prog "+strconv.Itoa(b.Program))
	}
	if b.ByHand {
		machine = commas(machine, "entered by hand")
	}
	for _, v := range b.Values {
		what := commas(name, v.Name)
		if v.Name == "" {
			what = commas(name, v.Characteristic)
		}
		if v.Sample > 0 {
			what += fmt.Sprintf(", piece %d", v.Sample)
		}
		at := b.At
		if v.At != nil {
			at = *v.At
		}
		t.row(text(s.moment(at)), text(what), cell{text: strings.TrimSpace(v.Value.String() + " " + v.Unit), bold: true}, cell{draw: limitBar(v)}, text(limits(v)),
			text(machine), text(b.Operator), cell{text: judged(v), mark: resultMark(v.Result)})
	}
	if len(b.Values) > 0 && b.Note == "" && b.Result == worst(b.Values) {
		return
	}
	value, by := b.Note, b.Operator
	if v := b.Vision; v != nil {
		value, machine = commas("confidence "+v.Confidence.String(), b.Note), commas(v.Camera, v.Model)
	}
	t.row(text(s.moment(b.At)), text(name), text(value), text(""), text(""), text(machine), text(by), cell{text: word(string(b.Result)), mark: resultMark(b.Result)})
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

func limits(v mes.BuiltValue) string {
	switch {
	case v.Lower != nil && v.Upper != nil:
		return v.Lower.String() + " to " + v.Upper.String()
	case v.Lower != nil:
		return "≥ " + v.Lower.String()
	case v.Upper != nil:
		return "≤ " + v.Upper.String()
	}
	return ""
}
