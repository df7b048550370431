// Package paper writes history records on A4 as PDF. The same record gives the same bytes: no clock, no random number
// and no setting of the machine goes into a page.
package paper

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// Millimetres. Text sizes are points.
const (
	left, right, top, bottom = 14.0, 14.0, 24.0, 20.0
	pageWidth, pageHeight    = 210.0, 297.0
	wide                     = pageWidth - left - right
	lineHeight               = 3.7
	small, body, head, title = 6.2, 7.8, 10.5, 17.0
)

// sheet is a document that is being written.
type sheet struct {
	*fpdf.Fpdf
	zone *time.Location
	id   string // of the record, on every page
	hash string
	name string // of the letterhead
	l    Language
	// revision is the lot's own, of its routing: a step says only what differs.
	revision string
	// shown counts pictures.
	shown int
}

// newSheet begins a document. at is the record's own time, which the file carries as its date.
func newSheet(site, zone, id, hash string, at time.Time, l Language) (*sheet, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("zone of the site: %w", err)
	}
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), zone: loc, id: id, hash: hash, name: site, l: l}
	s.SetCatalogSort(true)
	s.SetCreationDate(at.UTC())
	s.SetModificationDate(at.UTC())
	s.SetProducer("Steelthread", true)
	s.SetTitle(id, true)
	s.SetSubject("SHA-256 "+hash, true)
	s.SetLang(string(l))
	// The library writes into the bytes of a font that it cuts down, so each document gets its own.
	s.AddUTF8FontFromBytes("go", "", slices.Clone(goregular.TTF))
	s.AddUTF8FontFromBytes("go", "B", slices.Clone(gobold.TTF))
	s.AddUTF8FontFromBytes("mono", "", slices.Clone(gomono.TTF))
	s.SetMargins(left, top, right)
	s.SetCellMargin(0)
	s.SetAutoPageBreak(false, bottom)
	s.newPage()
	return s, s.Error()
}

func (s *sheet) newPage() {
	s.AddPage()
	s.SetXY(left, top)
}

// font switches to a size and style, in ink of a grey level.
func (s *sheet) font(style string, size float64, grey int) {
	s.SetFont("go", style, size)
	s.SetTextColor(grey, grey, grey)
}

const (
	ink   = 20
	quiet = 95
)

// room starts a new page unless so many millimetres are left; it tells whether it did.
func (s *sheet) room(height float64) bool {
	if s.GetY()+height <= pageHeight-bottom {
		return false
	}
	s.newPage()
	return true
}

// finish writes head and foot of every page, now that their number is known, and then the document.
func (s *sheet) finish(w io.Writer) error {
	pages := s.PageCount()
	for n := 1; n <= pages; n++ {
		s.SetPage(n)
		s.SetFont("go", "B", small-1) // the page's own font is not known: force a change
		s.font("B", body, ink)
		s.Text(left, 12, clean(s.name))
		s.font("", body, quiet)
		s.Text(pageWidth-right-s.GetStringWidth(clean(s.id)), 12, clean(s.id))
		s.SetDrawColor(120, 120, 120)
		s.SetLineWidth(0.2)
		s.Line(left, 15, pageWidth-right, 15)
		s.Line(left, pageHeight-14, pageWidth-right, pageHeight-14)
		s.SetFont("mono", "", small)
		s.SetTextColor(quiet, quiet, quiet)
		s.Text(left, pageHeight-10, "SHA-256 "+s.hash)
		s.font("", body, ink)
		of := s.t("Page %d of %d", n, pages)
		s.Text(pageWidth-right-s.GetStringWidth(of), pageHeight-10, of)
	}
	s.SetPage(pages)
	return s.Output(w)
}

// heading begins a section. so is a quiet remark after it.
func (s *sheet) heading(text, so string) {
	s.SetY(s.GetY() + 4)
	s.room(16)
	s.font("B", head, ink)
	s.SetX(left)
	text = clean(s.t(text))
	s.Cell(s.GetStringWidth(text)+3, 6, text)
	s.font("", body, quiet)
	s.Cell(0, 6.6, clean(so))
	s.Ln(7)
}

// paragraph writes text over the whole width.
func (s *sheet) paragraph(text string, size float64, grey int) {
	s.font("", size, grey)
	for _, line := range s.SplitText(clean(text), wide) {
		s.room(lineHeight)
		s.SetX(left)
		s.Cell(wide, lineHeight, line)
		s.Ln(lineHeight)
	}
}

// moment writes a time with its zone.
func (s *sheet) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone).Format("2006-01-02 15:04:05 MST")
}

func (s *sheet) orMoment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return s.moment(*t)
}

var glyphs = func() *sfnt.Font {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return f
}()

// clean makes text printable: what the font has no picture of is named by its code, so that nothing vanishes or looks
// like something else.
func clean(text string) string {
	var b sfnt.Buffer
	var out strings.Builder
	for _, r := range text {
		switch i, err := glyphs.GlyphIndex(&b, r); {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u00a0':
			out.WriteByte(' ')
		case err != nil || i == 0:
			fmt.Fprintf(&out, "[U+%04X]", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
