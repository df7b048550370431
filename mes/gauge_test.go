package mes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func calibratedGauge() mes.Gauge {
	return mes.Gauge{ID: "CAL-1", Name: "Caliper", Kind: "caliper", Lower: dp("0"), Upper: dp("150"), IntervalDays: 365, RemindDays: []int{30, 7},
		Last: &mes.Calibration{N: 1, PerformedAt: monday.AddDate(0, -6, 0), AsLeft: mes.InTolerance, DueAt: monday.AddDate(0, 6, 0)}}
}

func TestWhatMayBeMeasuredWith(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*mes.Gauge)
		state  mes.GaugeState
		says   string
	}{
		"calibrated":     {func(*mes.Gauge) {}, mes.GaugeFit, ""},
		"due in 29 days": {func(g *mes.Gauge) { g.Last.DueAt = monday.AddDate(0, 0, 29) }, mes.GaugeDueSoon, ""},
		"due now":        {func(g *mes.Gauge) { g.Last.DueAt = monday }, mes.GaugeOverdue, "overdue for calibration since 2 Mar 2026"},
		"never":          {func(g *mes.Gauge) { g.Last = nil }, mes.GaugeUncalibrated, "never calibrated"},
		"failed":         {func(g *mes.Gauge) { g.Last.AsLeft = mes.OutOfTolerance }, mes.GaugeFailed, "failed its calibration"},
		"blocked":        {func(g *mes.Gauge) { g.Blocked = true }, mes.GaugeBlocked, "is blocked"},
		"retired":        {func(g *mes.Gauge) { g.Retired, g.Blocked = true, true }, mes.GaugeRetired, "is retired"},
	} {
		g := calibratedGauge()
		c.change(&g)
		if got := g.Judge(monday); got != c.state {
			t.Errorf("%s: %s, want %s", name, got, c.state)
		}
		refused := g.Usable(monday, time.UTC)
		if (refused == nil) != (c.says == "") || refused != nil && !strings.Contains(refused.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, refused, c.says)
		}
	}
	g := calibratedGauge()
	if err := g.Fits("manometer", "gauge", nil); mes.CodeOf(err) != mes.CodeUnprocessable {
		t.Errorf("another kind: %v", err)
	}
	if err := g.Fits("caliper", "gauge", dp("150")); err != nil {
		t.Errorf("the end of the range: %v", err)
	}
	if err := g.Fits("caliper", "gauge", dp("150.01")); mes.CodeOf(err) != mes.CodeUnprocessable {
		t.Errorf("outside the range: %v", err)
	}
}

func TestACalibrationIsWhatItsPointsSay(t *testing.T) {
	point := func(found string, left *mes.Decimal) mes.CalibrationPoint {
		return mes.CalibrationPoint{Nominal: mes.Count(10), Tolerance: mes.MustDecimal("0.02"), Found: mes.MustDecimal(found), Left: left}
	}
	for name, c := range map[string]struct {
		c           mes.NewCalibration
		found, left mes.Conformity
		fault       string
	}{
		"in tolerance, at the edge": {mes.NewCalibration{Points: []mes.CalibrationPoint{point("10.02", nil)}}, mes.InTolerance, mes.InTolerance, ""},
		"adjusted":                  {mes.NewCalibration{Points: []mes.CalibrationPoint{point("10.00", nil), point("9.97", dp("9.99"))}}, mes.OutOfTolerance, mes.InTolerance, ""},
		"not to be adjusted":        {mes.NewCalibration{Points: []mes.CalibrationPoint{point("10.03", nil)}}, mes.OutOfTolerance, mes.OutOfTolerance, ""},
		"a person's word":           {mes.NewCalibration{AsFound: mes.InTolerance, AsLeft: mes.InTolerance}, mes.InTolerance, mes.InTolerance, ""},
		"no word at all":            {mes.NewCalibration{}, "", "", "as_found"},
		"a word against the points": {mes.NewCalibration{AsFound: mes.InTolerance, Points: []mes.CalibrationPoint{point("10.03", nil)}}, "", "", "as_found"},
		"before the last one":       {mes.NewCalibration{AsFound: mes.InTolerance, AsLeft: mes.InTolerance, PerformedAt: monday.AddDate(-1, 0, 0)}, "", "", "performed_at"},
		"tomorrow":                  {mes.NewCalibration{AsFound: mes.InTolerance, AsLeft: mes.InTolerance, PerformedAt: monday.AddDate(0, 0, 1)}, "", "", "performed_at"},
	} {
		c.c.PerformedBy = "Lab"
		if c.c.PerformedAt.IsZero() {
			c.c.PerformedAt = monday
		}
		is, err := calibratedGauge().Calibrated(c.c, mes.Actor{ID: "ole"}, monday, time.UTC)
		if c.fault != "" {
			if mes.CodeOf(err) != mes.CodeUnprocessable || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v, want field %s", name, err, c.fault)
			}
			continue
		}
		if err != nil || is.AsFound != c.found || is.AsLeft != c.left || is.Doubtful() != (c.found == mes.OutOfTolerance) || !is.DueAt.Equal(monday.AddDate(0, 0, 365)) {
			t.Errorf("%s: %+v, %v", name, is, err)
		}
	}
}

func TestRemindersOfGauges(t *testing.T) {
	gauge := func(id string, due time.Time, change ...func(*mes.Gauge)) mes.Gauge {
		g := calibratedGauge()
		g.ID, g.Last.DueAt = id, due
		for _, c := range change {
			c(&g)
		}
		return g
	}
	due, next := mes.GaugeReminders([]mes.Gauge{gauge("far", monday.AddDate(0, 0, 40)), gauge("soon", monday.AddDate(0, 0, 10)), gauge("week", monday.AddDate(0, 0, 3)), gauge("over", monday.AddDate(0, 0, -1)),
		gauge("blocked", monday, func(g *mes.Gauge) { g.Blocked = true }), gauge("failed", monday, func(g *mes.Gauge) { g.Last.AsLeft = mes.OutOfTolerance }),
		gauge("never", monday, func(g *mes.Gauge) { g.Last = nil })}, monday)
	var got []string
	for _, d := range due {
		got = append(got, d.Key())
	}
	if want := "gauge/soon/1/30 gauge/week/1/7 gauge/over/1/0"; strings.Join(got, " ") != want {
		t.Errorf("due %v, want %s", got, want)
	}
	if next == nil || !next.Equal(monday.AddDate(0, 0, 3)) { // soon: 7 days before, week: its end
		t.Errorf("next %v", next)
	}
}

func TestAStudyNamesEveryFault(t *testing.T) {
	s := mes.GaugeStudy{Gauge: "C", Characteristic: "Length", Operators: []string{"a", "b"}, Parts: []string{"1", "2"}, Trials: 2, Lower: dp("1"), Upper: dp("3")}
	if err := s.Validate(); err != nil || s.Tolerance() != 2 {
		t.Fatal(err, s.Tolerance())
	}
	for field, change := range map[string]func(*mes.GaugeStudy){
		"gauge": func(s *mes.GaugeStudy) { s.Gauge = "" }, "operators": func(s *mes.GaugeStudy) { s.Operators = []string{"a"} }, "parts[1]": func(s *mes.GaugeStudy) { s.Parts = []string{"1", "1"} },
		"trials": func(s *mes.GaugeStudy) { s.Trials = 6 }, "lower": func(s *mes.GaugeStudy) { s.Lower = dp("4") },
	} {
		x := s
		change(&x)
		if err := x.Validate(); err == nil || !strings.Contains(err.Error(), field+":") {
			t.Errorf("%s: %v", field, err)
		}
	}
}
