package mes

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes/spc"
)

func aChart(change func(*Chart)) Chart {
	c := Chart{ID: "c-1", Site: "S", Name: "Torque", Kind: spc.XbarR, Product: "P", Operation: "10", Step: "1", Characteristic: "T", Grouping: SubgroupRun, Size: 5,
		Rules: spc.WesternElectric, Active: true}
	if change != nil {
		change(&c)
	}
	return c
}

func TestAChartThatCannotWorkNamesEachField(t *testing.T) {
	if err := aChart(nil).Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Chart)
		want   string
	}{
		"no ID":                         {func(c *Chart) { c.ID = "a b" }, "id"},
		"no name":                       {func(c *Chart) { c.Name = " " }, "name"},
		"unknown kind":                  {func(c *Chart) { c.Kind = "pie" }, "kind"},
		"no step":                       {func(c *Chart) { c.Step = "" }, "step"},
		"a mean of no characteristic":   {func(c *Chart) { c.Characteristic = "" }, "characteristic"},
		"a plan and a product":          {func(c *Chart) { c.Plan = "IP-1" }, "plan"},
		"a mean of one":                 {func(c *Chart) { c.Size = 1 }, "size"},
		"a range of 26":                 {func(c *Chart) { c.Size = 26 }, "size"},
		"single values of two":          {func(c *Chart) { c.Kind, c.Size = spc.IMR, 2 }, "size"},
		"single values of a record":     {func(c *Chart) { c.Kind, c.Grouping, c.Size = spc.IMR, SubgroupRecord, 0 }, "grouping"},
		"a day of measured values":      {func(c *Chart) { c.Grouping, c.Size = SubgroupDay, 0 }, "grouping"},
		"a size of records":             {func(c *Chart) { c.Grouping = SubgroupRecord }, "size"},
		"no rule":                       {func(c *Chart) { c.Rules = nil }, "rules"},
		"a rule twice":                  {func(c *Chart) { c.Rules = []spc.Rule{spc.WE1, spc.WE1} }, "rules[1]"},
		"a rule of nobody":              {func(c *Chart) { c.Rules = []spc.Rule{"X"} }, "rules[0]"},
		"rules of both sets":            {func(c *Chart) { c.Rules = []spc.Rule{spc.WE1, spc.N2} }, "rules"},
		"zone rules on a weighted one":  {func(c *Chart) { c.Kind = spc.EWMA }, "rules"},
		"a lambda that weighs too much": {func(c *Chart) { c.Kind, c.Rules, c.Lambda = spc.EWMA, nil, 2 }, "lambda"},
	} {
		err := aChart(c.change).Validate()
		if CodeOf(err) != CodeUnprocessable || !strings.Contains(fmt.Sprint(err), " "+c.want+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := aChart(func(c *Chart) { c.Kind, c.Characteristic, c.Size = spc.P, "", 200 })
	if err := whole.Validate(); err != nil {
		t.Errorf("a chart p counts whole steps: %v", err)
	}
}

func seen(values ...string) Observation {
	o := Observation{Key: "k", Site: "S", Product: "P", Operation: "10", Step: "1", Station: "ST", At: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	for _, v := range values {
		o.Values = append(o.Values, ObservedValue{Characteristic: "T", Value: MustDecimal(v)})
	}
	return o
}

func TestAChartTakesItsOwnValuesOnly(t *testing.T) {
	c := aChart(nil)
	if got := c.Takes(seen("1", "2")); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("takes %v", got)
	}
	for name, change := range map[string]func(*Observation){
		"another site":      func(o *Observation) { o.Site = "X" },
		"another product":   func(o *Observation) { o.Product = "X" },
		"another operation": func(o *Observation) { o.Operation = "X" },
		"another step":      func(o *Observation) { o.Step = "X" },
		"a plan's sample":   func(o *Observation) { o.Plan = "IP-1" },
		"bad quality":       func(o *Observation) { o.Values[0].Bad = true },
		"another one":       func(o *Observation) { o.Values[0].Characteristic = "X" },
	} {
		o := seen("1")
		change(&o)
		if got := c.Takes(o); len(got) != 0 {
			t.Errorf("%s: takes %v", name, got)
		}
	}
	plan := aChart(func(c *Chart) { c.Plan, c.Product, c.Operation, c.Step = "IP-1", "", "", "" })
	o := seen("1")
	o.Plan = "IP-1"
	if got := plan.Takes(o); len(got) != 1 {
		t.Errorf("a plan's chart takes its samples whatever step they come from: %v", got)
	}
	off := aChart(func(c *Chart) { c.Active = false })
	if len(off.Takes(seen("1"))) != 0 {
		t.Error("a chart that is off takes a value")
	}
}

// Values are never lost and never counted twice, however they are cut into records.
func TestGatheringCutsNoValueAndCountsNoneTwice(t *testing.T) {
	c := aChart(func(c *Chart) { c.Size = 3 })
	for _, cut := range [][]int{{1, 1, 1, 1, 1, 1, 1}, {7}, {2, 5}, {4, 0, 3}} {
		var g Gathering
		var got []float64
		next := int64(1)
		n := 0
		for _, size := range cut {
			o := seen()
			for range size {
				n++
				o.Values = append(o.Values, ObservedValue{Characteristic: "T", Value: Count(int64(n))})
			}
			for _, s := range g.Take(c, o, c.Takes(o), time.UTC) {
				if s.First != next || s.Last != next+2 || len(s.Values) != 3 {
					t.Errorf("cut %v: subgroup %+v", cut, s)
				}
				next = s.Last + 1
				got = append(got, s.Values...)
			}
		}
		if !slices.Equal(got, []float64{1, 2, 3, 4, 5, 6}) || len(g.Values) != 1 || g.Readings != 7 || g.Taken != 6 {
			t.Errorf("cut %v: subgroups %v, left %+v", cut, got, g)
		}
	}
}

func TestACountComesFromResultsCountsOrValues(t *testing.T) {
	size := func(n int, kind spc.Kind) Chart {
		return aChart(func(c *Chart) { c.Kind, c.Size, c.Rules = kind, n, []spc.Rule{spc.N1} })
	}
	o := seen("0", "0", "0")
	o.Values[1].Failed = true
	var g Gathering
	if got := g.Take(size(3, spc.P), o, []int{0, 1, 2}, time.UTC); len(got) != 1 || got[0].Found != 1 || got[0].Inspected != 3 {
		t.Errorf("single results: %+v", got)
	}
	sample := seen("4")
	sample.Values[0].Inspected = 125
	g = Gathering{}
	if got := g.Take(size(100, spc.P), sample, []int{0}, time.UTC); len(got) != 1 || got[0].Found != 4 || got[0].Inspected != 125 {
		t.Errorf("a sample's count: %+v", got)
	}
	g = Gathering{}
	if got := g.Take(size(2, spc.U), seen("3", "1"), []int{0, 1}, time.UTC); len(got) != 1 || got[0].Found != 4 || got[0].Inspected != 2 {
		t.Errorf("defects a piece: %+v", got)
	}
}

func TestADayEndsWithTheFirstValueOfALaterOne(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := aChart(func(c *Chart) { c.Kind, c.Grouping, c.Size, c.Rules = spc.P, SubgroupDay, 0, []spc.Rule{spc.N1} })
	var g Gathering
	at := func(text string) []Gathered {
		o := seen("0")
		o.At, _ = time.Parse(time.RFC3339, text)
		return g.Take(c, o, []int{0}, zone)
	}
	// 29 March 2026 has 23 hours there; the late record belongs to the day that is being gathered.
	for text, done := range map[string]int{"2026-03-28T22:59:59Z": 0} {
		if got := at(text); len(got) != done {
			t.Errorf("%s completes %+v", text, got)
		}
	}
	if got := at("2026-03-28T23:00:00Z"); len(got) != 1 || got[0].Inspected != 1 || got[0].At.Format(time.RFC3339) != "2026-03-28T23:59:59+01:00" {
		t.Errorf("the 28th: %+v", got)
	}
	if got := at("2026-03-28T12:00:00Z"); len(got) != 0 {
		t.Errorf("a late record completes %+v", got)
	}
	if got := at("2026-03-30T05:00:00Z"); len(got) != 1 || got[0].Inspected != 2 || got[0].At.Format(time.RFC3339) != "2026-03-29T23:59:59+02:00" {
		t.Errorf("the 29th: %+v", got)
	}
}

func series(values ...float64) []ChartPoint {
	out := make([]ChartPoint, len(values))
	for i, v := range values {
		out[i] = ChartPoint{Seq: int64(i + 1), N: 1, Value: v, Plot: v, Values: []Decimal{FromFloat(v)}}
		if i > 0 {
			out[i].Spread = new(math.Abs(v - values[i-1]))
		}
	}
	return out
}

func TestAStudyLeavesOutWhatHasACause(t *testing.T) {
	c := aChart(func(c *Chart) { c.Kind, c.Size = spc.IMR, 1 })
	points := series(10, 11, 10, 30, 11, 10, 11)
	with, err := StudyPoints(c, StudyWindow{}, points)
	if err != nil {
		t.Fatal(err)
	}
	without, err := StudyPoints(c, StudyWindow{Excluded: []Exclusion{{Seq: 4, Reason: "cold start"}}}, points)
	if err != nil {
		t.Fatal(err)
	}
	// The moving range goes from 10 to 11 over the gap: five ranges of 1 among six kept points.
	if without.Baseline.Points != 6 || math.Abs(without.Baseline.Sigma-1/1.128) > 1e-12 || with.Baseline.Sigma <= without.Baseline.Sigma {
		t.Errorf("with %+v, without %+v", with.Baseline, without.Baseline)
	}
	p := without.Points[3]
	if p.Excluded != "cold start" || len(p.Flags) != 0 || p.Second != nil || p.Upper == nil || without.Flagged != 0 {
		t.Errorf("the point left out is shown and not judged: %+v", p)
	}
	if points[3].Excluded != "" || points[0].Upper != nil {
		t.Error("the study changed what it was given")
	}
	for name, w := range map[string]StudyWindow{
		"no cause": {Excluded: []Exclusion{{Seq: 1}}}, "twice": {Excluded: []Exclusion{{1, "a"}, {1, "b"}}}, "outside": {From: 2, Excluded: []Exclusion{{1, "a"}}}, "backwards": {From: 5, To: 2},
	} {
		if _, err := StudyPoints(c, w, points); CodeOf(err) != CodeUnprocessable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := StudyPoints(c, StudyWindow{}, series(5, 5, 5)); CodeOf(err) != CodeUnprocessable || !strings.Contains(err.Error(), "sigma is 0") {
		t.Errorf("values that do not differ: %v", err)
	}
}

func TestACapabilityReport(t *testing.T) {
	c := aChart(func(c *Chart) { c.Kind, c.Size = spc.IMR, 1 })
	points := series(10, 11, 10, 11, 10, 11, 10, 11)
	low, high, higher := MustDecimal("5"), MustDecimal("15"), MustDecimal("16")
	for i := range points {
		points[i].SpecLower, points[i].SpecUpper, points[i].Unit = &low, &high, "N"
	}
	r, err := CapabilityOf(c, points)
	if err != nil || r.N != 8 || r.Cp == nil || r.SpecChanged || r.Unstable || r.From != 1 || r.To != 8 || r.Unit != "N" {
		t.Fatalf("%+v, %v", r, err)
	}
	points[7].SpecUpper = &higher
	points[3].Flags = []spc.Flag{{Rule: spc.WE1}}
	if r, err = CapabilityOf(c, points); err != nil || !r.SpecChanged || !r.Unstable || !r.SpecUpper.Equal(higher) {
		t.Errorf("%+v, %v", r, err)
	}
	for i := range points {
		points[i].SpecLower, points[i].SpecUpper = nil, nil
	}
	if _, err := CapabilityOf(c, points); CodeOf(err) != CodeUnprocessable {
		t.Errorf("without a specification: %v", err)
	}
	if _, err := CapabilityOf(aChart(func(c *Chart) { c.Kind = spc.P }), points); CodeOf(err) != CodeUnprocessable {
		t.Errorf("of counts: %v", err)
	}
}

func TestARecordWithoutAJudgementIsNoObservation(t *testing.T) {
	for result, want := range map[StepResult]bool{ResultPass: true, ResultFail: true, ResultSilent: false, ResultUndecided: false} {
		o, ok := ObservedStep("k", "S", "P", "L", StepRecord{Result: result, EndedAt: time.Now(), Values: []Judged{{Reading: Reading{Characteristic: "T", Value: One}, Result: ResultFail}}})
		if ok != want {
			t.Errorf("%s: %v", result, ok)
		}
		if ok && (len(o.Values) != 2 || !o.Values[0].Failed || o.Values[1].Failed != (result == ResultFail) || o.Values[1].Inspected != 1) {
			t.Errorf("%s: %+v", result, o.Values)
		}
	}
}

func TestAnAlarmSaysWhatBroke(t *testing.T) {
	c := aChart(nil)
	for want, got := range map[string]string{
		"Torque, point 7: one point is beyond 3 sigma, above the centre (WE1)": AlarmText(c, PlotMain, spc.Flag{Rule: spc.WE1, Side: spc.Above}, 7),
		"Torque, point 7: six points in a row fall (N3)":                       AlarmText(c, PlotMain, spc.Flag{Rule: spc.N3, Side: spc.Below}, 7),
		"Torque, point 7: 15 points in a row are within 1 sigma (N7)":          AlarmText(c, PlotMain, spc.Flag{Rule: spc.N7}, 7),
		"Torque, point 7: the spread is over its upper limit (LIMIT)":          AlarmText(c, PlotSecond, spc.Flag{Rule: spc.Limit, Side: spc.Above}, 7),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
