package sampling_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes/sampling"
)

// The values are ISO 2859-1:1999's, tables 1, 2-A, 2-B and 2-C, own cells and arrows.
func TestPlansOfTheStandard(t *testing.T) {
	for _, c := range []struct {
		lot   int
		level sampling.Level
		aql   string
		mode  sampling.Mode
		want  sampling.Plan
	}{
		{1000, "II", "1.0", "normal", sampling.Plan{Letter: "J", Size: 80, Ac: 2, Re: 3}},
		{1000, "II", "1.0", "tightened", sampling.Plan{Letter: "J", Size: 80, Ac: 1, Re: 2}},
		{1000, "II", "1.0", "reduced", sampling.Plan{Letter: "J", Size: 32, Ac: 1, Re: 2}},
		{1000, "II", "0.65", "normal", sampling.Plan{Letter: "J", Size: 80, Ac: 1, Re: 2}},
		{1000, "II", "0.40", "normal", sampling.Plan{Letter: "K", Size: 125, Ac: 1, Re: 2}}, // arrow down
		{1000, "II", "0.25", "normal", sampling.Plan{Letter: "H", Size: 50, Ac: 0, Re: 1}},  // arrow up
		{1000, "II", "0.65", "tightened", sampling.Plan{Letter: "K", Size: 125, Ac: 1, Re: 2}},
		{1000, "II", "10", "normal", sampling.Plan{Letter: "J", Size: 80, Ac: 14, Re: 15}},
		{20, "II", "1.0", "normal", sampling.Plan{Letter: "E", Size: 13, Ac: 0, Re: 1}}, // C, arrow down to E
		{10, "II", "1.0", "normal", sampling.Plan{Letter: "E", Size: 10, Ac: 0, Re: 1}}, // the sample is the whole lot
		{50, "II", "2.5", "normal", sampling.Plan{Letter: "C", Size: 5, Ac: 0, Re: 1}},  // D, arrow up to C
		{5000, "II", "2.5", "normal", sampling.Plan{Letter: "L", Size: 200, Ac: 10, Re: 11}},
		{600000, "II", "0.010", "normal", sampling.Plan{Letter: "Q", Size: 1250, Ac: 0, Re: 1}},
		{600000, "III", "0.025", "tightened", sampling.Plan{Letter: "S", Size: 3150, Ac: 1, Re: 2}},
		{600000, "III", "0.015", "tightened", sampling.Plan{Letter: "Q", Size: 1250, Ac: 0, Re: 1}}, // nothing below: up
		{600000, "III", "10", "normal", sampling.Plan{Letter: "K", Size: 125, Ac: 21, Re: 22}},
		{6, "II", "10", "normal", sampling.Plan{Letter: "C", Size: 5, Ac: 1, Re: 2}},
		{4000, "II", "0.65", "reduced", sampling.Plan{Letter: "L", Size: 80, Ac: 2, Re: 3}},
		{20000, "II", "0.65", "reduced", sampling.Plan{Letter: "M", Size: 125, Ac: 3, Re: 4}},
		{1, "II", "1.0", "normal", sampling.Plan{Letter: "E", Size: 1, Ac: 0, Re: 1}},
	} {
		got, err := sampling.For(c.lot, c.level, c.aql, c.mode)
		if err != nil || got != c.want {
			t.Errorf("%d pieces, level %s, AQL %s, %s: %+v (%v), want %+v", c.lot, c.level, c.aql, c.mode, got, err, c.want)
		}
	}
}

func TestCodeLetters(t *testing.T) {
	for _, c := range []struct {
		lot  int
		all  string // S-1 S-2 S-3 S-4 I II III
		name string
	}{{2, "AAAAAAB", "least"}, {8, "AAAAAAB", "end of the first row"}, {9, "AAAAABC", "begin of the second"}, {500, "BCDEFHJ", ""}, {501, "CCEFGJK", ""},
		{1200, "CCEFGJK", ""}, {3200, "CDEGHKL", ""}, {500000, "DEGJMPQ", ""}, {500001, "DEHKNQR", "above all"}} {
		got := ""
		for _, l := range sampling.Levels {
			got += sampling.Letter(c.lot, l)
		}
		if got != c.all {
			t.Errorf("%d pieces %s: %s, want %s", c.lot, c.name, got, c.all)
		}
	}
}

func TestWhatCannotBePlanned(t *testing.T) {
	for name, f := range map[string]func() (sampling.Plan, error){
		"no pieces":    func() (sampling.Plan, error) { return sampling.For(0, "II", "1.0", "normal") },
		"level":        func() (sampling.Plan, error) { return sampling.For(10, "IV", "1.0", "normal") },
		"AQL":          func() (sampling.Plan, error) { return sampling.For(10, "II", "1", "normal") },
		"discontinued": func() (sampling.Plan, error) { return sampling.For(10, "II", "1.0", "discontinued") },
	} {
		if p, err := f(); err == nil {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if _, ok := sampling.Tighter(100, "II", "0.010", "normal"); ok {
		t.Error("there is no AQL tighter than 0.010")
	}
}

// Properties that hold all over the tables.
func TestPropertiesOfPlans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lot := rapid.IntRange(1, 1_000_000).Draw(t, "lot")
		level := rapid.SampledFrom(sampling.Levels).Draw(t, "level")
		col := rapid.IntRange(0, len(sampling.AQLs)-1).Draw(t, "aql")
		get := func(lot int, col int, m sampling.Mode) sampling.Plan {
			p, err := sampling.For(lot, level, sampling.AQLs[col], m)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		for _, m := range []sampling.Mode{sampling.Normal, sampling.Tightened, sampling.Reduced} {
			p := get(lot, col, m)
			if p.Re != p.Ac+1 || p.Ac < 0 || p.Size < 1 || p.Size > lot {
				t.Fatalf("%s: %+v for %d pieces", m, p, lot)
			}
			if q := get(lot*2, col, m); q.Ac < p.Ac {
				t.Fatalf("%s: a larger lot allows %d bad ones, a smaller one %d", m, q.Ac, p.Ac)
			}
			if col > 0 {
				if q := get(lot, col-1, m); q.Ac > p.Ac {
					t.Fatalf("%s: the tighter AQL allows more: %d over %d", m, q.Ac, p.Ac)
				}
			}
		}
		n, tight, red := get(lot, col, sampling.Normal), get(lot, col, sampling.Tightened), get(lot, col, sampling.Reduced)
		// The share of bad pieces that tightened inspection accepts is never larger.
		if tight.Ac > n.Ac && tight.Size <= n.Size {
			t.Fatalf("tightened %+v is easier than normal %+v", tight, n)
		}
		if red.Size > n.Size {
			t.Fatalf("reduced %+v looks at more than normal %+v", red, n)
		}
	})
}
