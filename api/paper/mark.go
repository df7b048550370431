package paper

import (
	"codeberg.org/go-pdf/fpdf"

	"github.com/steelthread/steelthread/mes"
)

// mark is a small shape before a word. Each reads in black and white, and none stands without its word.
type mark int

const (
	none     mark = iota
	good          // circle with a tick
	bad           // filled circle with a cross
	triangle      // high
	octagon       // critical, filled
	diamond       // medium
	dot           // low: circle with an i
	unknown       // dashed circle
)

const (
	markWidth = 3.8
	markSize  = 2.5
)

func severityMark(s mes.Severity) mark {
	return map[mes.Severity]mark{mes.SeverityCritical: octagon, mes.SeverityHigh: triangle, mes.SeverityMedium: diamond, mes.SeverityLow: dot}[s]
}

func resultMark(r mes.StepResult) mark {
	return map[mes.StepResult]mark{mes.ResultPass: good, mes.ResultFail: bad, mes.ResultUndecided: diamond, mes.ResultSilent: unknown}[r]
}

// mark draws a mark with its upper left corner at x, y.
func (s *sheet) mark(m mark, x, y float64) {
	r := markSize / 2
	cx, cy := x+r, y+r
	s.SetDrawColor(ink, ink, ink)
	s.SetFillColor(ink, ink, ink)
	s.SetLineWidth(0.28)
	switch m {
	case good:
		s.Circle(cx, cy, r, "D")
		s.Line(cx-0.6, cy+0.05, cx-0.15, cy+0.55)
		s.Line(cx-0.15, cy+0.55, cx+0.65, cy-0.5)
	case bad:
		s.Circle(cx, cy, r, "F")
		s.SetDrawColor(255, 255, 255)
		s.Line(cx-0.55, cy-0.55, cx+0.55, cy+0.55)
		s.Line(cx-0.55, cy+0.55, cx+0.55, cy-0.55)
	case triangle:
		s.Polygon([]fpdf.PointType{{X: cx, Y: y}, {X: x + markSize, Y: y + markSize}, {X: x, Y: y + markSize}}, "F")
		s.SetDrawColor(255, 255, 255)
		s.Line(cx, y+0.9, cx, y+1.7)
	case octagon:
		c := 0.73
		s.Polygon([]fpdf.PointType{{X: x + c, Y: y}, {X: x + markSize - c, Y: y}, {X: x + markSize, Y: y + c}, {X: x + markSize, Y: y + markSize - c},
			{X: x + markSize - c, Y: y + markSize}, {X: x + c, Y: y + markSize}, {X: x, Y: y + markSize - c}, {X: x, Y: y + c}}, "F")
		s.SetDrawColor(255, 255, 255)
		s.Line(cx, y+0.6, cx, y+1.4)
	case diamond:
		s.Polygon([]fpdf.PointType{{X: cx, Y: y}, {X: x + markSize, Y: cy}, {X: cx, Y: y + markSize}, {X: x, Y: cy}}, "D")
	case dot:
		s.Circle(cx, cy, r, "D")
		s.Line(cx, cy-0.05, cx, cy+0.65)
		s.Line(cx, cy-0.6, cx, cy-0.45)
	case unknown:
		s.SetDashPattern([]float64{0.5, 0.4}, 0)
		s.Circle(cx, cy, r, "D")
		s.SetDashPattern(nil, 0)
	}
}

// limitBar draws a value against its limits: the band is what is allowed, the tick is the value. A value outside its
// limits gets a cross on its tick.
func limitBar(v mes.BuiltValue) func(*sheet, float64, float64, float64) {
	return func(s *sheet, x, y, width float64) {
		if v.Lower == nil && v.Upper == nil {
			return
		}
		lo, hi := span(v)
		at := func(d mes.Decimal) float64 {
			f := d.Sub(lo).Div(hi.Sub(lo)).InexactFloat64()
			return x + width*min(max(f, 0), 1)
		}
		from, to := x, x+width
		if v.Lower != nil {
			from = at(*v.Lower)
		}
		if v.Upper != nil {
			to = at(*v.Upper)
		}
		s.SetFillColor(228, 228, 228)
		s.Rect(x, y+1.2, width, 1.1, "F")
		s.SetFillColor(160, 160, 160)
		s.Rect(from, y+1.2, to-from, 1.1, "F")
		s.SetDrawColor(ink, ink, ink)
		s.SetLineWidth(0.45)
		tick := at(v.Value)
		s.Line(tick, y+0.5, tick, y+3)
		if v.Result != mes.ResultPass {
			s.SetLineWidth(0.25)
			s.Line(tick-0.8, y+0.6, tick+0.8, y+2.9)
			s.Line(tick-0.8, y+2.9, tick+0.8, y+0.6)
		}
	}
}

// span is the scale of a bar: its limits with half their width on either side; with one limit, as much as the value is
// away from it, and a fifth of the limit at least.
func span(v mes.BuiltValue) (lo, hi mes.Decimal) {
	half := mes.MustDecimal("0.5")
	switch {
	case v.Lower != nil && v.Upper != nil:
		w := v.Upper.Sub(*v.Lower).Mul(half)
		lo, hi = v.Lower.Sub(w), v.Upper.Add(w)
	case v.Lower != nil:
		w := reach(*v.Lower, v.Value)
		lo, hi = v.Lower.Sub(w.Mul(half)), v.Lower.Add(w)
	default:
		w := reach(*v.Upper, v.Value)
		lo, hi = v.Upper.Sub(w), v.Upper.Add(w.Mul(half))
	}
	if !hi.GreaterThan(lo) {
		hi = lo.Add(mes.One)
	}
	return lo, hi
}

func reach(limit, value mes.Decimal) mes.Decimal {
	away, least := value.Sub(limit).Abs().Mul(mes.MustDecimal("1.3")), limit.Abs().Mul(mes.MustDecimal("0.2"))
	if away.LessThan(least) {
		away = least
	}
	if away.IsZero() {
		return mes.One
	}
	return away
}
