package msa_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes/msa"
)

// aiag is the study of the AIAG manual (MSA, 4th edition, chapter III): 3 appraisers, 10 parts, 3 trials.
func aiag() msa.Data {
	rows := [][][]float64{
		{{0.29, -0.56, 1.34, 0.47, -0.80, 0.02, 0.59, -0.31, 2.26, -1.36}, {0.41, -0.68, 1.17, 0.50, -0.92, -0.11, 0.75, -0.20, 1.99, -1.25}, {0.64, -0.58, 1.27, 0.64, -0.84, -0.21, 0.66, -0.17, 2.01, -1.31}},
		{{0.08, -0.47, 1.19, 0.01, -0.56, -0.20, 0.47, -0.63, 1.80, -1.68}, {0.25, -1.22, 0.94, 1.03, -1.20, 0.22, 0.55, 0.08, 2.12, -1.62}, {0.07, -0.68, 1.34, 0.20, -1.28, 0.06, 0.83, -0.34, 2.19, -1.50}},
		{{0.04, -1.38, 0.88, 0.14, -1.46, -0.29, 0.02, -0.46, 1.77, -1.49}, {-0.11, -1.13, 1.09, 0.20, -1.07, -0.67, 0.01, -0.56, 1.45, -1.77}, {-0.15, -0.96, 0.67, 0.11, -1.45, -0.49, 0.21, -0.49, 1.87, -2.16}},
	}
	d := make(msa.Data, len(rows))
	for o, trials := range rows {
		d[o] = make([][]float64, len(trials[0]))
		for _, parts := range trials {
			for p, v := range parts {
				d[o][p] = append(d[o][p], v)
			}
		}
	}
	return d
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within || math.IsNaN(got) {
		t.Errorf("%s: %.6f, want %.6f", what, got, want)
	}
}

func TestAverageAndRangeOfTheManual(t *testing.T) {
	r, err := msa.AverageRange(aiag(), 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "EV", r.EV.Sigma, 0.20188, 5e-5)
	near(t, "AV", r.AV.Sigma, 0.22963, 1e-4) // the manual rounds its factors to four digits
	near(t, "GRR", r.GRR.Sigma, 0.30575, 5e-5)
	near(t, "PV", r.PV.Sigma, 1.10456, 2e-4)
	near(t, "TV", r.TV.Sigma, 1.14610, 2e-4)
	near(t, "%EV", r.EV.OfTotal, 17.62, 0.02)
	near(t, "%AV", r.AV.OfTotal, 20.04, 0.02)
	near(t, "%GRR", r.GRR.OfTotal, 26.68, 0.02)
	near(t, "%PV", r.PV.OfTotal, 96.38, 0.02)
	if r.NDC != 5 || r.Judge() != msa.Limits || r.ANOVA != nil {
		t.Errorf("ndc %d, verdict %s", r.NDC, r.Judge())
	}
}

func TestANOVAOfTheManual(t *testing.T) {
	r, err := msa.ANOVA(aiag(), 8)
	if err != nil {
		t.Fatal(err)
	}
	a := r.ANOVA
	for _, c := range []struct {
		name   string
		row    msa.Row
		df     int
		ss, ms float64
	}{{"operators", a.Operators, 2, 3.1673, 1.58363}, {"parts", a.Parts, 9, 88.3619, 9.81799}, {"interaction", a.Interaction, 18, 0.3590, 0.01994},
		{"equipment", a.Equipment, 60, 2.7589, 0.04598}, {"total", a.Total, 89, 94.6471, 0}} {
		near(t, c.name+" SS", c.row.SS, c.ss, 6e-5)
		near(t, c.name+" MS", c.row.MS, c.ms, 6e-6)
		if c.row.DF != c.df {
			t.Errorf("%s: %d degrees of freedom, want %d", c.name, c.row.DF, c.df)
		}
	}
	near(t, "F of the interaction", a.Interaction.F, 0.434, 0.001)
	near(t, "P of the interaction", a.Interaction.P, 0.974, 0.001)
	if !a.Pooled {
		t.Error("the interaction is not significant, so it is pooled")
	}
	near(t, "EV", r.EV.Sigma, 0.199933, 5e-6)
	near(t, "AV", r.AV.Sigma, 0.226838, 5e-6)
	near(t, "GRR", r.GRR.Sigma, 0.302373, 5e-6)
	near(t, "PV", r.PV.Sigma, 1.042327, 5e-6)
	near(t, "%GRR of the total", r.GRR.OfTotal, 27.86, 0.01)
	near(t, "%GRR of the tolerance", r.GRR.OfTolerance, 100*6*0.302373/8, 0.001)
	if r.NDC != 4 {
		t.Errorf("ndc %d, want 4", r.NDC)
	}
}

// By hand: 2 operators, 2 parts, 2 trials. Operator A reads part 1 as 1, 1 and part 2 as 3, 3; B reads 2, 2 and 4, 4. No
// repeatability error, no interaction: operators differ by 1, parts by 2.
func TestAStudyByHand(t *testing.T) {
	d := msa.Data{{{1, 1}, {3, 3}}, {{2, 2}, {4, 4}}}
	r, err := msa.ANOVA(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "EV", r.EV.Sigma, 0, 1e-12)
	near(t, "AV", r.AV.Sigma, math.Sqrt(0.5), 1e-12) // MS 2 over 4 readings
	near(t, "PV", r.PV.Sigma, math.Sqrt(2), 1e-12)   // MS 8 over 4 readings
	r, _ = msa.AverageRange(d, 0)
	near(t, "AV by range", r.AV.Sigma, 1/1.41421, 1e-4)
	near(t, "PV by range", r.PV.Sigma, 2/1.41421, 1e-4)
	if r.NDC != 2 { // 1.41 × 2
		t.Errorf("ndc %d", r.NDC)
	}
}

// B reads part 1 low and part 2 high: the operators agree on average, and the interaction is all there is.
func TestAnInteractionIsKeptApart(t *testing.T) {
	d := msa.Data{{{1, 1.01}, {3, 3.01}}, {{0, 0.01}, {4, 4.01}}}
	r, err := msa.ANOVA(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r.ANOVA.Pooled || r.Interaction.Sigma < 0.5 || r.AV.Sigma > 1e-9 {
		t.Errorf("interaction %+v, operators %+v, pooled %t", r.Interaction, r.AV, r.ANOVA.Pooled)
	}
}

func TestNoVariationAtAll(t *testing.T) {
	d := msa.Data{{{5, 5}, {5, 5}}, {{5, 5}, {5, 5}}}
	for name, f := range map[string]func(msa.Data, float64) (msa.Result, error){"range": msa.AverageRange, "anova": msa.ANOVA} {
		r, err := f(d, 1)
		if err != nil || r.NDC != 1 || r.GRR.OfTotal != 0 || math.IsNaN(r.PV.OfTotal) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestDataThatIsNoStudy(t *testing.T) {
	for name, d := range map[string]msa.Data{
		"empty": {}, "one operator": {{{1, 2}, {1, 2}}}, "one part": {{{1, 2}}, {{1, 2}}}, "one trial": {{{1}, {2}}, {{1}, {2}}},
		"missing part": {{{1, 2}, {1, 2}}, {{1, 2}}}, "missing trial": {{{1, 2}, {1, 2}}, {{1, 2}, {1}}}, "no number": {{{1, 2}, {1, math.NaN()}}, {{1, 2}, {1, 2}}},
	} {
		if _, err := msa.ANOVA(d, 0); err == nil {
			t.Errorf("%s was taken by the analysis of variance", name)
		}
		if _, err := msa.AverageRange(d, 0); err == nil {
			t.Errorf("%s was taken by the range method", name)
		}
	}
}

// Whatever was measured: the parts of the variation add up as squares, a shift changes nothing, a scale scales.
func TestPropertiesOfStudies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, p, n := rapid.IntRange(2, 5).Draw(t, "operators"), rapid.IntRange(2, 10).Draw(t, "parts"), rapid.IntRange(2, 5).Draw(t, "trials")
		scale := rapid.Float64Range(0.1, 10).Draw(t, "scale")
		d, scaled := make(msa.Data, o), make(msa.Data, o)
		for i := range d {
			d[i], scaled[i] = make([][]float64, p), make([][]float64, p)
			for j := range d[i] {
				for range n {
					v := float64(rapid.IntRange(-1000, 1000).Draw(t, "v")) / 100
					d[i][j], scaled[i][j] = append(d[i][j], v), append(scaled[i][j], v*scale+100)
				}
			}
		}
		for name, f := range map[string]func(msa.Data, float64) (msa.Result, error){"range": msa.AverageRange, "anova": msa.ANOVA} {
			a, err := f(d, 2)
			b, err2 := f(scaled, 2*scale)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			sq := func(v msa.Variation) float64 { return v.Sigma * v.Sigma }
			if math.Abs(sq(a.EV)+sq(a.AV)+sq(a.Interaction)-sq(a.GRR)) > 1e-9 || math.Abs(sq(a.GRR)+sq(a.PV)-sq(a.TV)) > 1e-9 || a.NDC < 1 {
				t.Fatalf("%s does not add up: %+v", name, a)
			}
			if math.Abs(a.GRR.Sigma*scale-b.GRR.Sigma) > 1e-6*(1+b.GRR.Sigma) || math.Abs(a.GRR.OfTolerance-b.GRR.OfTolerance) > 1e-6*(1+a.GRR.OfTolerance) {
				t.Fatalf("%s: %+v, scaled by %f %+v", name, a.GRR, scale, b.GRR)
			}
			if x := a.ANOVA; x != nil {
				if math.Abs(x.Operators.SS+x.Parts.SS+x.Interaction.SS+x.Equipment.SS-x.Total.SS) > 1e-6 || x.Interaction.P < 0 || x.Interaction.P > 1+1e-9 {
					t.Fatalf("the table does not add up: %+v", x)
				}
			}
		}
	})
}
