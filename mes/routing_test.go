package mes_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func TestRoutingValidate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(r *mes.Routing)
		want   string // "" where it is taken
	}{
		"good":                       {func(*mes.Routing) {}, ""},
		"nothing":                    {func(r *mes.Routing) { *r = mes.Routing{} }, "product: is missing; revision: is missing; lot_size: must be above 0; lot_pattern: is missing"},
		"no window":                  {func(r *mes.Routing) { r.Window = 0 }, "window: must be above 0"},
		"no operations":              {func(r *mes.Routing) { r.Operations = nil }, "operations: at least one is needed"},
		"a pattern no scanner reads": {func(r *mes.Routing) { r.LotPattern = "(10){n}" }, "lot_pattern: must be letters"},
		"a pattern with two places":  {func(r *mes.Routing) { r.LotPattern = "{n}-{n}" }, "lot_pattern: must be letters"},
		"numbers beyond a label":     {func(r *mes.Routing) { r.LotPattern = "INVERTER-200-{n}-HAM" }, "lot_pattern: INVERTER-200-000001-HAM is longer than the 20 characters that fit on a label"},
		"digits beyond measure":      {func(r *mes.Routing) { r.LotDigits = 1 << 40 }, "lot_digits: must be from 0 to 20"},
		"operations of one name":     {func(r *mes.Routing) { r.Operations[1].ID = "10" }, "operations[1].id: must be given and unique"},
		"an operation with a slash":  {func(r *mes.Routing) { r.Operations[0].ID = "1/0" }, "operations[0].id: must be letters, digits"},
		"no station":                 {func(r *mes.Routing) { r.Operations[0].Stations = nil }, "operations[0].stations: at least one is needed"},
		"a nameless station":         {func(r *mes.Routing) { r.Operations[0].Stations = []string{"ST10", ""} }, "operations[0].stations"},
		"no steps":                   {func(r *mes.Routing) { r.Operations[0].Steps = nil }, "operations[0].steps: at least one is needed"},
		"no rule for failures":       {func(r *mes.Routing) { r.Operations[0].OnFail.Then = "" }, `operations[0].on_fail.then: must be "scrap" or "review"`},
		"rework further on": {func(r *mes.Routing) {
			r.Operations[0].OnFail = mes.FailRule{ReworkTo: "20", MaxReworks: 1, Then: mes.FailScrap}
		}, `on_fail.rework_to: "20" is neither this operation nor an earlier one`},
		"rework for ever":                 {func(r *mes.Routing) { r.Operations[1].OnFail.MaxReworks = 0 }, "max_reworks: must be above 0, so that rework ends"},
		"steps of one name":               {func(r *mes.Routing) { r.Operations[0].Steps[1].ID = "10-1" }, "steps[1].id: must be given and unique within the operation"},
		"a step with a slash":             {func(r *mes.Routing) { r.Operations[0].Steps[1].ID = "a/b" }, "steps[1].id: must be letters"},
		"an unknown kind":                 {func(r *mes.Routing) { r.Operations[0].Steps[1].Kind = "pray" }, `steps[1].kind: "pray" is not a kind of step`},
		"a scan of nothing":               {func(r *mes.Routing) { r.Operations[0].Steps[0].Component = nil }, "steps[0].component: is missing"},
		"a scan of no material":           {func(r *mes.Routing) { r.Operations[0].Steps[0].Component.Material = "" }, "component.material: is missing"},
		"a scan of none":                  {func(r *mes.Routing) { r.Operations[0].Steps[0].Component.Quantity = mes.Zero }, "component.quantity: must be above 0"},
		"a machine without a name":        {func(r *mes.Routing) { r.Operations[1].Steps[0].Device = "" }, "operations[1].steps[0].device: is missing"},
		"a machine that measures nothing": {func(r *mes.Routing) { r.Operations[1].Steps[0].Characteristics = nil }, "steps[0].characteristics: at least one is needed"},
		"a machine with a sample":         {func(r *mes.Routing) { r.Operations[1].Steps[0].Sample = 3 }, "steps[0].sample: is the number of pieces that a person measures"},
		"a camera without a name":         {func(r *mes.Routing) { r.Operations[2].Steps[0].Device = "" }, "device: names no camera"},
		"a camera that may guess":         {func(r *mes.Routing) { r.Operations[2].Steps[0].MinConfidence = mes.Zero }, "min_confidence: must be above 0 and at most 1"},
		"a camera in per cent":            {func(r *mes.Routing) { r.Operations[2].Steps[0].MinConfidence = mes.Count(85) }, "min_confidence: must be above 0 and at most 1"},
		"a silence without a policy":      {func(r *mes.Routing) { r.Operations[2].Steps[0].OnSilence = "pass" }, "on_silence: must be hold, ask or retry"},
		"a label without a printer":       {func(r *mes.Routing) { r.Operations[3].Steps[1].Device = "" }, "device: names no printer"},
		"nothing to measure":              {func(r *mes.Routing) { r.Operations[3].Steps[0].Characteristics = nil }, "operations[3].steps[0].characteristics: at least one is needed"},
		"a negative sample":               {func(r *mes.Routing) { r.Operations[3].Steps[0].Sample = -1 }, "sample"},
		"limits crossed":                  {func(r *mes.Routing) { r.Operations[3].Steps[0].Characteristics[0].Lower = decp("11") }, "lower limit is above the upper one"},
		"a target outside":                {func(r *mes.Routing) { r.Operations[3].Steps[0].Characteristics[0].Target = decp("11") }, "characteristics[0].target: lies outside the limits"},
		"a value twice":                   {func(r *mes.Routing) { c := r.Operations[1].Steps[0].Characteristics; c[1].ID = c[0].ID }, "characteristics[1].id: must be given and unique within the step"},
	} {
		t.Run(name, func(t *testing.T) {
			r := inverter()
			c.change(&r)
			want := rule{mes.CodeUnprocessable, c.want}
			if c.want == "" {
				want = rule{}
			}
			want.check(t, r.Validate())
		})
	}
}

// Every number that a valid routing gives fits on a label and is read back from it, and no two lots share one.
func TestLotNumbers(t *testing.T) {
	for _, c := range []struct {
		pattern string
		digits  int
		n       int64
		want    string
	}{{"INV-{n}", 6, 42, "INV-000042"}, {"INV-", 3, 7, "INV-007"}, {"{n}-HAM", 0, 7, "7-HAM"}, {"INV-{n}", 2, 12345, "INV-12345"}} {
		if got := (mes.Routing{LotPattern: c.pattern, LotDigits: c.digits}).LotID(c.n); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := inverter()
		r.LotPattern, r.LotDigits = rapid.StringMatching(`[A-Z-]{0,12}(\{n\}[A-Z-]{0,8})?`).Draw(t, "pattern"), rapid.IntRange(-1, 22).Draw(t, "digits")
		n, m := rapid.Int64Range(1, 9).Draw(t, "n"), rapid.Int64Range(1, 9).Draw(t, "m")
		if r.Validate() != nil {
			return
		}
		id := r.LotID(n)
		scan, err := mes.ParseScan(mes.SerialLabel("04012345678901", id))
		if err != nil || scan.Identity() != id {
			t.Fatalf("%s is read as %+v, %v", id, scan, err)
		}
		if plain, err := mes.ParseScan(id); err != nil || plain.Identity() != id {
			t.Fatalf("%s is read as %+v, %v", id, plain, err)
		}
		if n != m && id == r.LotID(m) {
			t.Fatalf("lots %d and %d are both %s", n, m, id)
		}
	})
}

// An order is cut into full lots and one rest, without a piece more or less.
func TestNextLot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := mes.Routing{LotSize: mes.Count(rapid.Int64Range(1, 40).Draw(t, "size")).Div(mes.Count(4))}
		left := mes.Count(rapid.Int64Range(1, 400).Draw(t, "ordered")).Div(mes.Count(4))
		for lots := 0; left.IsPositive(); lots++ {
			q := r.NextLot(left)
			if !q.IsPositive() || q.GreaterThan(r.LotSize) || q.GreaterThan(left) || q.LessThan(r.LotSize) && !q.Equal(left) {
				t.Fatalf("%s of %s in lots of %s", q, left, r.LotSize)
			}
			left = left.Sub(q)
		}
		if !left.IsZero() {
			t.Fatalf("%s left", left)
		}
	})
}

func TestStepTimes(t *testing.T) {
	for s, want := range map[int]time.Duration{-1: 30 * time.Second, 0: 30 * time.Second, 90: 90 * time.Second} {
		if got := (mes.Step{TimeoutS: s}).Timeout(); got != want {
			t.Errorf("%d: %s", s, got)
		}
	}
}

func TestSamples(t *testing.T) {
	for _, c := range []struct {
		sample int
		pieces string
		want   int
	}{{0, "50", 1}, {5, "50", 5}, {5, "5", 5}, {5, "3", 3}, {5, "2.5", 3}, {5, "0.5", 1}, {5, "0", 1}, {1, "1", 1}, {5, "99999999999999999999", 5}} {
		if got := (mes.Step{Sample: c.sample}).Samples(dec(c.pieces)); got != c.want {
			t.Errorf("%d of %s: %d", c.sample, c.pieces, got)
		}
	}
}

// Who brings a step's result is said once: kinds that wait for a machine or a camera need no operator.
func TestAutomaticKinds(t *testing.T) {
	for _, k := range kinds {
		if got, want := k.Automatic(), strings.Contains("device vision", string(k)); got != want {
			t.Errorf("%s: %v", k, got)
		}
	}
}
