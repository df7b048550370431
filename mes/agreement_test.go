package mes_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// The published examples: 50 grant proposals read by two people, and the pair of tables with the same observed agreement
// of 60 % (en.wikipedia.org, Cohen's kappa, after Kılıç 2015 and Smeeton 1985).
func TestKappaOfPublishedTables(t *testing.T) {
	for _, c := range []struct {
		table mes.Confusion
		want  float64
	}{
		{mes.Confusion{PassPass: 20, PassFail: 5, FailPass: 10, FailFail: 15}, 0.4},
		{mes.Confusion{PassPass: 45, PassFail: 15, FailPass: 25, FailFail: 15}, 0.1304},
		{mes.Confusion{PassPass: 25, PassFail: 35, FailPass: 5, FailFail: 35}, 0.2593},
	} {
		got, ok := c.table.Kappa()
		if !ok || math.Abs(got-c.want) > 0.00005 {
			t.Errorf("%+v: kappa %.4f (%v), want %.4f", c.table, got, ok, c.want)
		}
	}
	if _, ok := (mes.Confusion{}).Kappa(); ok {
		t.Error("nothing was judged, and a kappa is given")
	}
	if _, ok := (mes.Confusion{PassPass: 9}).Kappa(); ok {
		t.Error("both always say pass, which agrees by chance alone, and a kappa is given")
	}
}

func TestAgreementIsWhatItsCountsSay(t *testing.T) {
	words := []mes.StepResult{mes.ResultPass, mes.ResultFail, mes.ResultUndecided, mes.ResultSilent}
	rapid.Check(t, func(t *rapid.T) {
		var c, back mes.Confusion
		alike, n := 0, 0
		for range rapid.IntRange(0, 40).Draw(t, "pictures") {
			a, b := rapid.SampledFrom(words).Draw(t, "first"), rapid.SampledFrom(words).Draw(t, "second")
			c.Add(a, b, 1)
			back.Add(b, a, 1)
			if a != mes.ResultSilent && b != mes.ResultSilent {
				n++
				if a == b {
					alike++
				}
			}
		}
		if c.Pictures() != n || c.Agreed() != alike {
			t.Fatalf("%+v: %d of %d, want %d of %d", c, c.Agreed(), c.Pictures(), alike, n)
		}
		k, ok := c.Kappa()
		other, _ := back.Kappa()
		if ok && (math.Abs(k-other) > 1e-9 || k > 1+1e-9 || k < -1-1e-9 || alike == n && math.Abs(k-1) > 1e-9) {
			t.Fatalf("%+v: kappa %f, the other way round %f", c, k, other)
		}
	})
}
