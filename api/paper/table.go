package paper

import "strings"

// column of a table: its head and its share of the width.
type column struct {
	head  string
	share float64
	mono  bool
}

// cell is what stands in one place: text, a mark before it, or a drawing instead of it.
type cell struct {
	text string
	bold bool
	mark mark
	draw func(s *sheet, x, y, width float64)
}

func text(t string) cell { return cell{text: t} }

// table writes rows under heads that come again on each page. A row is as high as its longest cell and is not torn apart
// unless it is longer than a page.
type table struct {
	*sheet
	columns []column
	size    float64
	started bool
}

func (s *sheet) table(size float64, columns ...column) *table {
	return &table{sheet: s, columns: columns, size: size}
}

func (t *table) width(i int) float64 {
	total := 0.0
	for _, c := range t.columns {
		total += c.share
	}
	return wide * t.columns[i].share / total
}

func (t *table) heads() {
	t.started = true
	y, x := t.GetY(), left
	t.font("", small, quiet)
	for i, c := range t.columns {
		t.SetXY(x, y)
		t.Cell(t.width(i), lineHeight, clean(t.t(c.head)))
		x += t.width(i)
	}
	t.SetDrawColor(90, 90, 90)
	t.SetLineWidth(0.25)
	t.Line(left, y+lineHeight+0.6, pageWidth-right, y+lineHeight+0.6)
	t.SetXY(left, y+lineHeight+1.4)
}

const (
	gap = 1.5 // between columns
	// linesOfPage is how many lines a row can have before it goes on on the next page.
	linesOfPage = 66
)

func (t *table) split(i int, c cell) []string {
	width := t.width(i) - gap
	if c.mark != none {
		width -= markWidth
	}
	t.as(i, c)
	var lines []string
	for _, line := range t.SplitText(clean(c.text), width) {
		lines = append(lines, t.fit(line, width)...)
	}
	return lines
}

// fit breaks a word that is wider than its column, such as a hash.
func (t *table) fit(line string, width float64) []string {
	var out []string
	for t.GetStringWidth(line) > width {
		n := len(line)
		for n > 1 && t.GetStringWidth(strings.ToValidUTF8(line[:n], "")) > width {
			n--
		}
		for n > 1 && n < len(line) && line[n]&0xc0 == 0x80 { // never inside a rune
			n--
		}
		out, line = append(out, line[:n]), line[n:]
	}
	return append(out, line)
}

func (t *table) as(i int, c cell) {
	style := ""
	if c.bold {
		style = "B"
	}
	if t.columns[i].mono {
		t.SetFont("mono", "", t.size-1.2)
		t.SetTextColor(ink, ink, ink)
		return
	}
	t.font(style, t.size, ink)
}

// row writes one row.
func (t *table) row(cells ...cell) {
	lines, high := make([][]string, len(cells)), 1
	for i, c := range cells {
		lines[i] = t.split(i, c)
		high = max(high, len(lines[i]))
	}
	fits := linesOfPage
	height := float64(min(high, fits))*lineHeight + 1.2
	if !t.started {
		t.room(height + lineHeight + 2)
		t.heads()
	} else if t.room(height) {
		t.heads()
	}
	for from := 0; from < high; from += fits {
		if from > 0 {
			t.newPage()
			t.heads()
		}
		t.part(cells, lines, from, min(high, from+fits))
	}
}

// part writes the lines of a row from one to another.
func (t *table) part(cells []cell, lines [][]string, from, to int) {
	y, x := t.GetY(), left
	for i, c := range cells {
		at := x
		if c.mark != none {
			if from == 0 {
				t.mark(c.mark, at, y+0.55)
			}
			at += markWidth
		}
		if c.draw != nil && from == 0 {
			c.draw(t.sheet, at, y, t.width(i)-gap)
		}
		t.as(i, c)
		for n := from; n < to && n < len(lines[i]); n++ {
			t.SetXY(at, y+float64(n-from)*lineHeight)
			t.Cell(t.width(i), lineHeight, lines[i][n])
		}
		x += t.width(i)
	}
	y += float64(to-from)*lineHeight + 0.7
	t.SetDrawColor(205, 205, 205)
	t.SetLineWidth(0.1)
	t.Line(left, y, pageWidth-right, y)
	t.SetXY(left, y+0.5)
}

// band writes a line across the table that names a group of rows.
func (t *table) band(name, so string) {
	if t.room(lineHeight*3 + 2) {
		t.started = false
	}
	if !t.started {
		t.heads()
	}
	y := t.GetY() + 1.4
	t.SetXY(left, y)
	t.font("B", t.size+0.4, ink)
	t.Cell(t.GetStringWidth(clean(name))+3, lineHeight, clean(name))
	t.font("", t.size, quiet)
	t.Cell(0, lineHeight, clean(so))
	t.SetDrawColor(120, 120, 120)
	t.SetLineWidth(0.15)
	t.Line(left, y+lineHeight+0.6, pageWidth-right, y+lineHeight+0.6)
	t.SetXY(left, y+lineHeight+1.1)
}
