package oee_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/steelthread/steelthread/mes/oee"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }
func min(n float64) time.Duration  { return time.Duration(n * float64(time.Minute)) }

func shown(r oee.Ratio) string {
	if r.Value == nil {
		return string(r.Why)
	}
	return r.Value.Mul(decimal.NewFromInt(100)).StringFixed(2)
}

// The example that every textbook has: 480 minutes, a break of 60, stops of 47, one part a second, 19,271 made, 423 rejected.
func TestTheWorkedExample(t *testing.T) {
	t.Parallel()
	made, good := dec("19271"), dec("18848")
	s := oee.Sums{Times: oee.Times{oee.Break: min(60), oee.Down: min(47), oee.Running: min(373)},
		Made: made, Good: good, Scrap: dec("423"), Ideal: made, IdealGood: good, Rates: map[string]bool{"1": true}}
	f := s.Figures()
	for name, c := range map[string]struct {
		got  oee.Ratio
		want string
	}{"availability": {f.Availability, "88.81"}, "effectiveness": {f.Effectiveness, "86.11"}, "quality": {f.Quality, "97.80"}, "OEE": {f.OEE, "74.79"}, "NEE": {f.NEE, "74.79"},
		"scrap": {f.ScrapRatio, "2.20"}, "first pass": {f.FirstPassYield, "no_parts"}, "allocation": {f.AllocationRatio, "no_order"}} {
		if got := shown(c.got); got != c.want {
			t.Errorf("%s is %s, want %s", name, got, c.want)
		}
	}
	if got := f.OEE.Value.StringFixed(7); got != "0.7479365" {
		t.Errorf("OEE is %s: a factor was rounded on the way", got)
	}
	if s.Times.Clock() != min(480) {
		t.Errorf("the clock shows %s", s.Times.Clock())
	}
}

// The shift of the mock-up: the losses between the levels are the levels' differences.
func TestTheWaterfallAddsUp(t *testing.T) {
	t.Parallel()
	s := oee.Sums{Times: oee.Times{oee.Break: min(30), oee.Down: min(24.5), oee.Setup: min(12), oee.Blocked: min(11), oee.Starved: min(9.5), oee.Running: min(381.8), oee.ShortStop: min(11.2)},
		Made: dec("101"), Good: dec("98"), Ideal: dec("21816"), IdealGood: dec("21168"), Rates: map[string]bool{"216": true}}
	want := map[string]string{"planned_busy": "450.0", "unplanned_down": "24.5", "setup": "12.0", "blocked": "11.0", "starved": "9.5", "producing": "393.0", "short_stop": "11.2",
		"slow_cycle": "18.2", "net": "363.6", "reject": "10.8", "good": "352.8"}
	level := decimal.Zero
	for i, step := range s.Waterfall() {
		switch {
		case i == 0:
			level = *step.Seconds
		case step.Total && !step.Seconds.Equal(level):
			t.Errorf("%s is %s, the losses before it leave %s", step.Key, step.Seconds, level)
		case !step.Total:
			level = level.Sub(*step.Seconds)
		}
		if w := want[step.Key]; w != "" && step.Seconds.Div(decimal.NewFromInt(60)).StringFixed(1) != w {
			t.Errorf("%s is %s s, want %s min", step.Key, step.Seconds, w)
		}
	}
	f := s.Figures()
	if shown(f.OEE) != "78.40" || shown(f.NEE) != "80.79" {
		t.Errorf("OEE %s, NEE %s", shown(f.OEE), shown(f.NEE))
	}
}

func TestWhatIsNotDefined(t *testing.T) {
	t.Parallel()
	busy := oee.Times{oee.Running: min(10)}
	for name, c := range map[string]struct {
		sums oee.Sums
		pick func(oee.Figures) oee.Ratio
		want string
	}{
		"nothing was planned":      {oee.Sums{Times: oee.Times{oee.Off: min(60)}}, func(f oee.Figures) oee.Ratio { return f.OEE }, "nothing_planned"},
		"silent all along":         {oee.Sums{Times: oee.Times{oee.Unknown: min(60)}}, func(f oee.Figures) oee.Ratio { return f.Availability }, "not_known"},
		"silent for a part":        {oee.Sums{Times: oee.Times{oee.Unknown: min(60), oee.Running: min(20)}}, func(f oee.Figures) oee.Ratio { return f.Availability }, "25.00"},
		"down all along":           {oee.Sums{Times: oee.Times{oee.Down: min(60)}}, func(f oee.Figures) oee.Ratio { return f.Availability }, "0.00"},
		"never produced":           {oee.Sums{Times: oee.Times{oee.Down: min(60)}}, func(f oee.Figures) oee.Ratio { return f.Effectiveness }, "no_production"},
		"nothing made":             {oee.Sums{Times: busy}, func(f oee.Figures) oee.Ratio { return f.Quality }, "nothing_made"},
		"nothing made, but busy":   {oee.Sums{Times: busy}, func(f oee.Figures) oee.Ratio { return f.OEE }, "0.00"},
		"no planned run time":      {oee.Sums{Times: busy, Made: dec("1"), Good: dec("1"), Unrated: dec("1")}, func(f oee.Figures) oee.Ratio { return f.OEE }, "no_planned_time"},
		"no planned run time, NEE": {oee.Sums{Times: busy, Made: dec("1"), Good: dec("1"), Unrated: dec("1")}, func(f oee.Figures) oee.Ratio { return f.NEE }, "no_planned_time"},
		"and yet good":             {oee.Sums{Times: busy, Made: dec("1"), Good: dec("1"), Unrated: dec("1")}, func(f oee.Figures) oee.Ratio { return f.Quality }, "100.00"},
	} {
		got := c.pick(c.sums.Figures())
		if shown(got) != c.want || (got.Value == nil) != (got.Why != "") {
			t.Errorf("%s: %s, want %s", name, shown(got), c.want)
		}
	}
}

func TestFasterThanPlannedIsFlaggedAndNotClamped(t *testing.T) {
	t.Parallel()
	s := oee.Sums{Times: oee.Times{oee.Running: min(10)}, Made: dec("12"), Good: dec("12"), Ideal: dec("720"), IdealGood: dec("720")}
	f := s.Figures()
	if shown(f.Effectiveness) != "120.00" || !f.Effectiveness.Over || shown(f.OEE) != "120.00" || f.Availability.Over {
		t.Errorf("effectiveness %+v, OEE %+v", f.Effectiveness, f.OEE)
	}
	for _, step := range s.Waterfall() {
		if step.Key == "slow_cycle" && !step.Seconds.Equal(dec("-120")) {
			t.Errorf("a gain of 120 s shows as %s", step.Seconds)
		}
	}
}

// A line's figure is the ratio of sums: a short good shift must not lift a long bad one to the middle.
func TestTheFigureOfSeveralIsTheRatioOfTheirSums(t *testing.T) {
	t.Parallel()
	short := oee.Sums{Times: oee.Times{oee.Running: min(10)}, Made: dec("10"), Good: dec("10"), Ideal: dec("600"), IdealGood: dec("600")}
	long := oee.Sums{Times: oee.Times{oee.Running: min(45), oee.Down: min(45)}, Made: dec("30"), Good: dec("30"), Ideal: dec("1800"), IdealGood: dec("1800")}
	if got := shown(short.Add(long).Figures().OEE); got != "40.00" {
		t.Errorf("%s; the mean of 100 and 33.33 would be 66.67, the ratio of sums is 40", got)
	}
}

// randomSums makes any sums that can be: several products, unknown time, nothing at all.
func randomSums(r *rand.Rand) oee.Sums {
	s := oee.Sums{Times: oee.Times{}}
	for _, c := range oee.Categories {
		if r.IntN(2) == 0 {
			s.Times[c] = time.Duration(r.Int64N(int64(8 * time.Hour)))
		}
	}
	start := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	calendar := []oee.Slot{{From: start, Until: start.Add(time.Hour), Planned: oee.PlannedShift}}
	var made []oee.Batch
	for range r.IntN(6) {
		pru := decimal.New(1+r.Int64N(5000), -1)
		n, bad := 1+r.Int64N(50), int64(0)
		bad = r.Int64N(n + 1)
		b := oee.Batch{At: start.Add(time.Duration(r.IntN(60)) * time.Minute), Made: decimal.NewFromInt(n), Good: decimal.NewFromInt(n - bad), Scrap: decimal.NewFromInt(bad), PRU: &pru}
		if r.IntN(10) == 0 {
			b.PRU = nil
		}
		made = append(made, b)
	}
	s.Count(made, calendar, oee.Reading{From: start, Until: start.Add(time.Hour), Began: start})
	return s
}

func TestPropertiesOfFigures(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	defined := 0
	for range 5000 {
		s := randomSums(r)
		f := s.Figures()
		if f.OEE.Value != nil && f.Effectiveness.Value != nil && f.Quality.Value != nil {
			defined++
			// OEE = A × E × Q, exactly: cross-multiplied, so that nothing is rounded.
			left := f.Availability.Numerator.Mul(f.Effectiveness.Numerator).Mul(f.Quality.Numerator).Mul(f.OEE.Denominator)
			right := f.Availability.Denominator.Mul(f.Effectiveness.Denominator).Mul(f.Quality.Denominator).Mul(f.OEE.Numerator)
			if !left.Equal(right) {
				t.Fatalf("OEE is not A × E × Q of %+v", s)
			}
		}
		if f.NEE.Value != nil && f.NEE.Value.LessThan(*f.OEE.Value) {
			t.Fatalf("NEE %s is below OEE %s of %+v", f.NEE.Value, f.OEE.Value, s)
		}
		o := randomSums(r)
		both := s.Add(o)
		if both.Times.Clock() != s.Times.Clock()+o.Times.Clock() || both.Times.PBT() != s.Times.PBT()+o.Times.PBT() || !both.Ideal.Equal(s.Ideal.Add(o.Ideal)) {
			t.Fatal("a sum has lost something")
		}
		level := decimal.Zero
		for i, step := range s.Waterfall() {
			switch {
			case step.Seconds == nil:
			case i == 0:
				level = *step.Seconds
			case step.Total && !step.Seconds.Equal(level):
				t.Fatalf("%s is %s, want %s, of %+v", step.Key, step.Seconds, level, s)
			case !step.Total:
				level = level.Sub(*step.Seconds)
			}
		}
	}
	if defined < 500 {
		t.Errorf("only %d of 5000 cases tried A × E × Q", defined)
	}
}
