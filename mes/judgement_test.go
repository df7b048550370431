package mes_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func whole(n int) *int { return &n }

func decimal(s string) *mes.Decimal {
	d := dec(s)
	return &d
}

func seen(class string, confidence, x, y, w, h float64) mes.Prediction {
	return mes.Prediction{Class: class, Confidence: confidence, X: x, Y: y, Width: w, Height: h}
}

var frame = mes.Picture{Width: 400, Height: 200}

func TestJudgeACheck(t *testing.T) {
	zone := &mes.Zone{X: dec("0.25"), Y: dec("0"), Width: dec("0.5"), Height: dec("1")}
	bead := mes.InspectionCheck{ID: "bead", Class: "bead", MinConfidence: dec("0.8")}
	with := func(f func(c *mes.InspectionCheck)) mes.InspectionCheck {
		c := bead
		f(&c)
		return c
	}
	none := with(func(c *mes.InspectionCheck) { c.CountMax = whole(0) })
	zoned := with(func(c *mes.InspectionCheck) { c.Zone = zone })
	long := with(func(c *mes.InspectionCheck) { c.SizeMin, c.Unit = decimal("20"), mes.SizeMM })
	for name, c := range map[string]struct {
		check mes.InspectionCheck
		found []mes.Prediction
		pic   mes.Picture
		want  mes.StepResult
		why   string
	}{
		"nothing found where one is wanted":  {bead, nil, frame, mes.ResultFail, "bead: 0 found, at least 1 wanted"},
		"found":                              {bead, []mes.Prediction{seen("bead", 0.8, 5, 5, 2, 2)}, frame, mes.ResultPass, "bead: 1 found, at least 1 wanted"},
		"found, but not sure enough":         {bead, []mes.Prediction{seen("bead", 0.79999, 5, 5, 2, 2)}, frame, mes.ResultUndecided, "bead: 0 found, 1 doubtful, at least 1 wanted"},
		"another class":                      {bead, []mes.Prediction{seen("Bead", 0.99, 5, 5, 2, 2)}, frame, mes.ResultFail, "0 found"},
		"a percentage is no confidence":      {bead, []mes.Prediction{seen("bead", 98, 5, 5, 2, 2)}, frame, mes.ResultUndecided, "1 doubtful"},
		"no number is no confidence":         {bead, []mes.Prediction{seen("bead", math.NaN(), 5, 5, 2, 2)}, frame, mes.ResultUndecided, "1 doubtful"},
		"forbidden, not found":               {none, nil, frame, mes.ResultPass, "none allowed"},
		"forbidden, found":                   {none, []mes.Prediction{seen("bead", 0.9, 5, 5, 2, 2)}, frame, mes.ResultFail, "1 found, none allowed"},
		"forbidden, perhaps":                 {none, []mes.Prediction{seen("bead", 0.1, 5, 5, 2, 2)}, frame, mes.ResultUndecided, "1 doubtful"},
		"forbidden, but noise":               {with(func(c *mes.InspectionCheck) { c.CountMax, c.IgnoreBelow = whole(0), decimal("0.3") }), []mes.Prediction{seen("bead", 0.29, 5, 5, 2, 2)}, frame, mes.ResultPass, ""},
		"forbidden, at the edge of noise":    {with(func(c *mes.InspectionCheck) { c.CountMax, c.IgnoreBelow = whole(0), decimal("0.3") }), []mes.Prediction{seen("bead", 0.3, 5, 5, 2, 2)}, frame, mes.ResultUndecided, ""},
		"a doubt that can't change it":       {bead, []mes.Prediction{seen("bead", 0.9, 5, 5, 2, 2), seen("bead", 0.5, 9, 5, 2, 2)}, frame, mes.ResultPass, "1 found, 1 doubtful"},
		"a doubt that may be one too many":   {with(func(c *mes.InspectionCheck) { c.CountMin, c.CountMax = whole(1), whole(1) }), []mes.Prediction{seen("bead", 0.9, 5, 5, 2, 2), seen("bead", 0.5, 9, 5, 2, 2)}, frame, mes.ResultUndecided, "1 wanted"},
		"too many":                           {with(func(c *mes.InspectionCheck) { c.CountMin, c.CountMax = whole(0), whole(1) }), []mes.Prediction{seen("bead", 0.9, 5, 5, 2, 2), seen("bead", 0.95, 9, 5, 2, 2)}, frame, mes.ResultFail, "2 found, at most 1 allowed"},
		"too few even with the doubtful":     {with(func(c *mes.InspectionCheck) { c.CountMin, c.CountMax = whole(3), whole(4) }), []mes.Prediction{seen("bead", 0.9, 5, 5, 2, 2), seen("bead", 0.5, 9, 5, 2, 2)}, frame, mes.ResultFail, "3 to 4 wanted"},
		"in the zone, on its edge":           {zoned, []mes.Prediction{seen("bead", 0.9, 100, 0, 2, 2)}, frame, mes.ResultPass, ""},
		"beside the zone":                    {zoned, []mes.Prediction{seen("bead", 0.9, 99.9, 0, 2, 2)}, frame, mes.ResultFail, ""},
		"a zone without the picture's size":  {zoned, []mes.Prediction{seen("bead", 0.9, 200, 100, 2, 2)}, mes.Picture{}, mes.ResultUndecided, "1 doubtful"},
		"a zone for a class without a box":   {zoned, []mes.Prediction{{Class: "bead", Confidence: 0.9}}, frame, mes.ResultUndecided, "1 doubtful"},
		"a class without a box":              {bead, []mes.Prediction{{Class: "bead", Confidence: 0.9}}, frame, mes.ResultPass, ""},
		"long enough":                        {long, []mes.Prediction{seen("bead", 0.9, 200, 100, 100, 2)}, frame, mes.ResultPass, ""},
		"too short to count":                 {long, []mes.Prediction{seen("bead", 0.9, 200, 100, 99, 2)}, frame, mes.ResultFail, ""},
		"an outline is smaller than its box": {with(func(c *mes.InspectionCheck) { c.SizeMin, c.Unit = decimal("60"), mes.SizeArea }), []mes.Prediction{{Class: "bead", Confidence: 0.9, X: 5, Y: 5, Width: 10, Height: 10, Points: [][2]float64{{0, 0}, {10, 0}, {0, 10}}}}, frame, mes.ResultFail, ""},
		"a share of the picture": {with(func(c *mes.InspectionCheck) {
			c.SizeMin, c.SizeMax, c.Unit = decimal("25"), decimal("25"), mes.SizePercent
		}), []mes.Prediction{seen("bead", 0.9, 5, 5, 200, 100)}, frame, mes.ResultPass, ""},
		"a share of a picture of unknown size": {with(func(c *mes.InspectionCheck) { c.SizeMin, c.Unit = decimal("25"), mes.SizePercent }), []mes.Prediction{seen("bead", 0.9, 5, 5, 200, 100)}, mes.Picture{}, mes.ResultUndecided, ""},
		"a unit of another house":              {with(func(c *mes.InspectionCheck) { c.SizeMin, c.Unit = decimal("25"), "inch" }), []mes.Prediction{seen("bead", 0.9, 5, 5, 200, 100)}, frame, mes.ResultUndecided, ""},
	} {
		t.Run(name, func(t *testing.T) {
			rule := mes.InspectionRule{PixelsPerMM: decimal("5"), Checks: []mes.InspectionCheck{c.check}}
			got := rule.Judge(c.found, c.pic)
			if got.Verdict != c.want || !strings.Contains(got.Checks[0].Why, c.why) {
				t.Errorf("%s (%s), want %s (%s)", got.Verdict, got.Checks[0].Why, c.want, c.why)
			}
		})
	}
}

func TestAFailedCheckFailsThePicture(t *testing.T) {
	rule := mes.InspectionRule{Checks: []mes.InspectionCheck{{ID: "a", Class: "a", MinConfidence: dec("0.5")},
		{ID: "b", Class: "b", MinConfidence: dec("0.5")}, {ID: "c", Class: "c", MinConfidence: dec("0.5")}}}
	got := rule.Judge([]mes.Prediction{seen("a", 0.9, 0, 0, 1, 1), seen("b", 0.4, 0, 0, 1, 1)}, frame)
	if got.Verdict != mes.ResultFail || got.Why() != "b: 0 found, 1 doubtful, at least 1 wanted; c: 0 found, at least 1 wanted" {
		t.Errorf("%s: %s", got.Verdict, got.Why())
	}
	if got := rule.Judge([]mes.Prediction{seen("a", 0.9, 0, 0, 1, 1), seen("b", 0.4, 0, 0, 1, 1), seen("c", 0.8, 0, 0, 1, 1)}, frame); got.Verdict != mes.ResultUndecided || !got.Confidence.Equal(dec("0.4")) {
		t.Errorf("%s at %s, want undecided at 0.4", got.Verdict, got.Confidence)
	}
	if got := rule.Judge([]mes.Prediction{seen("a", 0.9, 0, 0, 1, 1), seen("b", 0.6, 0, 0, 1, 1), seen("c", 0.8, 0, 0, 1, 1)}, frame); got.Verdict != mes.ResultPass || !got.Confidence.Equal(dec("0.6")) {
		t.Errorf("%s at %s, want a pass at 0.6", got.Verdict, got.Confidence)
	}
	if got := (mes.InspectionRule{}).Judge(nil, frame); got.Verdict != mes.ResultUndecided {
		t.Errorf("a rule without checks says %s", got.Verdict)
	}
}

// drawRule and drawFound make small worlds in which everything meets everything.
func drawRule(t *rapid.T) mes.InspectionRule {
	var r mes.InspectionRule
	for n := range rapid.IntRange(1, 3).Draw(t, "checks") {
		c := mes.InspectionCheck{ID: string(rune('a' + n)), Class: rapid.SampledFrom([]string{"bead", "gap"}).Draw(t, "class"), MinConfidence: dec(rapid.SampledFrom([]string{"0.3", "0.6", "0.9"}).Draw(t, "confidence"))}
		if rapid.Bool().Draw(t, "has min") {
			c.CountMin = whole(rapid.IntRange(0, 2).Draw(t, "min"))
		}
		if rapid.Bool().Draw(t, "has max") {
			c.CountMax = whole(rapid.IntRange(0, 2).Draw(t, "max"))
		}
		if rapid.Bool().Draw(t, "has zone") {
			c.Zone = &mes.Zone{X: dec("0.25"), Y: dec("0.25"), Width: dec("0.5"), Height: dec("0.5")}
		}
		if rapid.Bool().Draw(t, "has size") {
			c.SizeMin, c.Unit = decimal("10"), rapid.SampledFrom(mes.SizeUnits).Draw(t, "unit")
		}
		r.Checks = append(r.Checks, c)
	}
	return r
}

func drawFound(t *rapid.T) []mes.Prediction {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) mes.Prediction {
		return seen(rapid.SampledFrom([]string{"bead", "gap", "other"}).Draw(t, "class"), rapid.SampledFrom([]float64{-1, 0, 0.2, 0.5, 0.7, 1, 1.5, math.NaN(), math.Inf(1)}).Draw(t, "confidence"),
			rapid.Float64().Draw(t, "x"), rapid.Float64Range(0, 200).Draw(t, "y"), rapid.Float64Range(-1, 90).Draw(t, "w"), rapid.Float64Range(-1, 90).Draw(t, "h"))
	}), 0, 5).Draw(t, "found")
}

// Whatever a doubtful finding turns out to be, a decided verdict is the one that stands then: no doubt was passed over.
func TestADecidedVerdictOutlivesItsDoubts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := mes.InspectionRule{Checks: drawRule(t).Checks[:1]}
		for i := range rule.Checks {
			rule.Checks[i].Zone, rule.Checks[i].SizeMin = nil, nil // so that only the confidence is in doubt
		}
		found := drawFound(t)
		got := rule.Judge(found, frame)
		sure := append([]mes.Prediction{}, found...)
		for _, n := range got.Checks[0].Doubted {
			sure[n].Confidence = 1
			if rapid.Bool().Draw(t, "is none") {
				sure[n].Class = "nothing"
			}
		}
		if after := rule.Judge(sure, frame); got.Verdict != mes.ResultUndecided && after.Verdict != got.Verdict || after.Verdict == mes.ResultUndecided {
			t.Fatalf("%s became %s", got.Verdict, after.Verdict)
		}
	})
}

func TestJudgementIsWholeAndDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule, found := drawRule(t), drawFound(t)
		pic := rapid.SampledFrom([]mes.Picture{frame, {}, {Width: -1, Height: 5}}).Draw(t, "picture")
		got := rule.Judge(found, pic)
		if len(got.Checks) != len(rule.Checks) || got.Confidence.IsNegative() || got.Confidence.GreaterThan(mes.One) {
			t.Fatalf("%+v", got)
		}
		worst := mes.ResultPass
		for _, c := range got.Checks {
			if c.Found != len(c.Counted) || c.Doubtful != len(c.Doubted) || c.Why == "" {
				t.Fatalf("%+v", c)
			}
			if c.Result == mes.ResultFail || c.Result == mes.ResultUndecided && worst == mes.ResultPass {
				worst = c.Result
			}
		}
		if got.Verdict != worst {
			t.Fatalf("%s, but its worst check says %s", got.Verdict, worst)
		}
		back := append([]mes.Prediction{}, found...)
		for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
			back[i], back[j] = back[j], back[i]
		}
		if other := rule.Judge(back, pic); other.Verdict != got.Verdict || !other.Confidence.Equal(got.Confidence) {
			t.Fatalf("%s at %s, backwards %s at %s", got.Verdict, got.Confidence, other.Verdict, other.Confidence)
		}
	})
}

// Without the picture's size nothing that a zone asks about is for sure.
func TestNoSizeNoSurety(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := drawRule(t)
		for i := range rule.Checks {
			rule.Checks[i].Zone = &mes.Zone{Width: mes.One, Height: mes.One}
		}
		for _, c := range rule.Judge(drawFound(t), mes.Picture{}).Checks {
			if c.Found > 0 {
				t.Fatalf("%+v", c)
			}
		}
	})
}

func TestSamplesAreDrawnByTheVerdict(t *testing.T) {
	rule := mes.InspectionRule{ReviewShare: decimal("0.1")}
	n := 0
	for i := range 20_000 {
		id := strings.Repeat("v", i%7) + string(rune('a'+i%26)) + strings.Repeat("w", i/26%50) + strings.Repeat("x", i/1300)
		drawn := rule.Samples(id)
		if rule.Samples(id) != drawn {
			t.Fatal("drawn twice, with two answers")
		}
		if drawn {
			n++
		}
	}
	if n < 1700 || n > 2300 {
		t.Errorf("%d of 20,000, a tenth was asked for", n)
	}
	all, none := mes.InspectionRule{ReviewShare: decimal("1")}, mes.InspectionRule{}
	if !all.Samples("v") || none.Samples("v") {
		t.Error("all is not all, or none is not none")
	}
}

func TestRulesThatCanNotJudgeAreRefused(t *testing.T) {
	r := mes.InspectionRule{Title: "Bead", PixelsPerMM: decimal("0"), ReviewShare: decimal("1.5"), Checks: []mes.InspectionCheck{
		{ID: "a", Class: "a", MinConfidence: dec("0.5"), IgnoreBelow: decimal("0.6"), SizeMin: decimal("1"), Unit: "inch"}}}
	rule{mes.CodeUnprocessable, "review_share: must be from 0 to 1; pixels_per_mm: must be above 0; checks[0].unit: must be one of [px mm px2 %]; checks[0].ignore_below: must be from 0"}.check(t, r.Validate())
	r = mes.InspectionRule{Title: "Bead", Checks: []mes.InspectionCheck{{ID: "a", Class: "a", MinConfidence: dec("0.5"), SizeMin: decimal("1"), Unit: "mm"}}}
	rule{mes.CodeUnprocessable, "pixels_per_mm: is missing; checks[0] asks for a size in mm"}.check(t, r.Validate())
}
