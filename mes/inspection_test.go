package mes_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/sampling"
)

func dp(s string) *mes.Decimal {
	d := mes.MustDecimal(s)
	return &d
}

func boardPlan() mes.InspectionPlan {
	return mes.InspectionPlan{Title: "Boards", Point: mes.PlanIncoming, Material: "CB", Blocks: true, Sampling: mes.Sampling{Method: mes.SampleFixed, Size: 3, Ac: 1},
		Characteristics: []mes.PlanCharacteristic{
			{ID: "look", Name: "Look", Kind: mes.Attribute, Code: "SCRATCH"},
			{ID: "height", Name: "Height", Kind: mes.Variable, Unit: "mm", Lower: dp("11.8"), Upper: dp("12.2"), Gauge: "caliper", Samples: 2, Code: "HEIGHT"},
		}}
}

func TestAnInspectionPlanNamesEveryFault(t *testing.T) {
	if err := boardPlan().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*mes.InspectionPlan)
		field  string
	}{
		"no title":                {func(p *mes.InspectionPlan) { p.Title = " " }, "title"},
		"point":                   {func(p *mes.InspectionPlan) { p.Point = "later" }, "point"},
		"operation without point": {func(p *mes.InspectionPlan) { p.Operation = "10" }, "operation"},
		"point without operation": {func(p *mes.InspectionPlan) { p.Point = mes.PlanOperation }, "operation"},
		"supplier at the end":     {func(p *mes.InspectionPlan) { p.Point, p.Supplier = mes.PlanFinal, "S" }, "supplier"},
		"method":                  {func(p *mes.InspectionPlan) { p.Sampling.Method = "some" }, "sampling.method"},
		"size for percent": {func(p *mes.InspectionPlan) {
			p.Sampling = mes.Sampling{Method: mes.SamplePercent, Percent: dp("5"), Size: 3}
		}, "sampling.size"},
		"percent": {func(p *mes.InspectionPlan) { p.Sampling = mes.Sampling{Method: mes.SamplePercent, Percent: dp("101")} }, "sampling.percent"},
		"AQL":     {func(p *mes.InspectionPlan) { p.Sampling = mes.Sampling{Method: mes.SampleAQL, AQL: "1", Level: "II"} }, "sampling.aql"},
		"level":   {func(p *mes.InspectionPlan) { p.Sampling = mes.Sampling{Method: mes.SampleAQL, AQL: "1.0", Level: "IV"} }, "sampling.level"},
		"Ac with AQL": {func(p *mes.InspectionPlan) {
			p.Sampling = mes.Sampling{Method: mes.SampleAQL, AQL: "1.0", Level: "II", Ac: 2}
		}, "sampling.ac"},
		"Ac of the whole sample":  {func(p *mes.InspectionPlan) { p.Sampling.Ac = 3 }, "sampling.ac"},
		"no characteristics":      {func(p *mes.InspectionPlan) { p.Characteristics = nil }, "characteristics"},
		"twice":                   {func(p *mes.InspectionPlan) { p.Characteristics[1].ID = "look" }, "characteristics[1].id"},
		"variable without limits": {func(p *mes.InspectionPlan) { p.Characteristics[1].Lower, p.Characteristics[1].Upper = nil, nil }, "characteristics[1].lower"},
		"limits crossed":          {func(p *mes.InspectionPlan) { p.Characteristics[1].Lower = dp("13") }, "characteristics[1].lower"},
		"attribute with limits":   {func(p *mes.InspectionPlan) { p.Characteristics[0].Upper = dp("13") }, "characteristics[0].unit"},
		"pieces nobody looks at":  {func(p *mes.InspectionPlan) { p.Characteristics[0].Samples = 1 }, "characteristics"},
	} {
		p := boardPlan()
		c.change(&p)
		err := p.Validate()
		if mes.CodeOf(err) != mes.CodeUnprocessable || !strings.Contains(err.Error(), c.field+":") {
			t.Errorf("%s: %v, want field %s", name, err, c.field)
		}
	}
}

func TestAPlanIsADocument(t *testing.T) {
	k := mes.RevisionKey{Kind: mes.DocPlan, ID: "IP-CB", Revision: "A"}
	raw, err := json.Marshal(boardPlan())
	if err != nil {
		t.Fatal(err)
	}
	stored, refs, err := mes.ReadContent(k, raw)
	if err != nil || len(refs.Materials) != 1 || refs.Materials[0] != "CB" {
		t.Errorf("%s, %+v, %v", stored, refs, err)
	}
	if stored, _, err := mes.ReadContent(k, json.RawMessage(`{}`)); stored == nil || err == nil {
		t.Errorf("an empty draft: %s, %v", stored, err)
	}
	if _, _, err := mes.ReadContent(k, json.RawMessage(`{"colour": 1}`)); err == nil {
		t.Error("an unknown field was taken")
	}
}

func TestSamplesByEachMethod(t *testing.T) {
	percent := dp("5")
	for name, c := range map[string]struct {
		s        mes.Sampling
		quantity string
		mode     sampling.Mode
		want     sampling.Plan
	}{
		"fixed":              {mes.Sampling{Method: mes.SampleFixed, Size: 5, Ac: 1}, "100", sampling.Normal, sampling.Plan{Size: 5, Ac: 1, Re: 2}},
		"fixed, small lot":   {mes.Sampling{Method: mes.SampleFixed, Size: 5}, "3", sampling.Normal, sampling.Plan{Size: 3, Re: 1}},
		"percent rounds up":  {mes.Sampling{Method: mes.SamplePercent, Percent: percent}, "50", sampling.Normal, sampling.Plan{Size: 3, Re: 1}},
		"percent of one":     {mes.Sampling{Method: mes.SamplePercent, Percent: percent}, "1", sampling.Normal, sampling.Plan{Size: 1, Re: 1}},
		"litres count whole": {mes.Sampling{Method: mes.SamplePercent, Percent: percent}, "250.5", sampling.Normal, sampling.Plan{Size: 13, Re: 1}},
		"AQL":                {mes.Sampling{Method: mes.SampleAQL, AQL: "1.0", Level: "II"}, "1000", sampling.Normal, sampling.Plan{Letter: "J", Size: 80, Ac: 2, Re: 3}},
		"AQL, tightened":     {mes.Sampling{Method: mes.SampleAQL, AQL: "1.0", Level: "II"}, "1000", sampling.Tightened, sampling.Plan{Letter: "J", Size: 80, Ac: 1, Re: 2}},
		"discontinued":       {mes.Sampling{Method: mes.SampleAQL, AQL: "1.0", Level: "II"}, "1000", sampling.Discontinued, sampling.Plan{}},
	} {
		got, err := c.s.Sample(mes.MustDecimal(c.quantity), c.mode)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v (%v), want %+v", name, got, err, c.want)
		}
	}
}

func running() mes.InspectionView {
	p := boardPlan()
	return mes.InspectionView{Inspection: mes.Inspection{ID: "IN-1", Lot: "L", State: mes.InspectionRunning, Sample: sampling.Plan{Size: 3, Ac: 1, Re: 2}}, Content: p}
}

func TestEntriesAreJudgedAllOrNone(t *testing.T) {
	yes, no := true, false
	v := running()
	for name, c := range map[string]struct {
		e     mes.NewEntry
		field string
	}{
		"unknown":               {mes.NewEntry{Piece: 1, Characteristic: "smell", Good: &yes}, "entries[0].characteristic"},
		"piece 0":               {mes.NewEntry{Characteristic: "look", Good: &yes}, "entries[0].piece"},
		"beyond the sample":     {mes.NewEntry{Piece: 4, Characteristic: "look", Good: &yes}, "entries[0].piece"},
		"not asked on it":       {mes.NewEntry{Piece: 3, Characteristic: "height", Value: dp("12"), Gauge: "C"}, "entries[0].piece"},
		"value of an attribute": {mes.NewEntry{Piece: 1, Characteristic: "look", Value: dp("12")}, "entries[0].value"},
		"a word of a variable":  {mes.NewEntry{Piece: 1, Characteristic: "height", Good: &yes, Gauge: "C"}, "entries[0].good"},
		"without its gauge":     {mes.NewEntry{Piece: 1, Characteristic: "height", Value: dp("12")}, "entries[0].gauge"},
		"code of a good piece":  {mes.NewEntry{Piece: 1, Characteristic: "look", Good: &yes, Code: "X"}, "entries[0].code"},
	} {
		out, err := v.Judge([]mes.NewEntry{c.e, {Piece: 2, Characteristic: "look", Good: &yes}})
		if out != nil || err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: %v, %v, want field %s", name, out, err, c.field)
		}
	}
	out, err := v.Judge([]mes.NewEntry{{Piece: 1, Characteristic: "look", Good: &no}, {Piece: 1, Characteristic: "height", Value: dp("12.2"), Gauge: "C"}, {Piece: 2, Characteristic: "look", Good: &no, Code: "DENT"}})
	if err != nil || out[0].Code != "SCRATCH" || out[1].Result != mes.ResultPass || out[2].Code != "DENT" || out[2].N != 3 {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := v.Judge([]mes.NewEntry{{Piece: 1, Characteristic: "look", Good: &no}, {Piece: 1, Characteristic: "look", Good: &yes}}); err == nil {
		t.Error("the same field twice in one call needs no reason")
	}
}

func TestADecisionIsComputed(t *testing.T) {
	yes, no := true, false
	enter := func(v mes.InspectionView, es ...mes.NewEntry) mes.InspectionView {
		out, err := v.Judge(es)
		if err != nil {
			t.Fatal(err)
		}
		v.Entries = append(v.Entries, out...)
		return v
	}
	look := func(piece int, good *bool, reason string) mes.NewEntry {
		return mes.NewEntry{Piece: piece, Characteristic: "look", Good: good, Reason: reason}
	}
	height := func(piece int, v string) mes.NewEntry {
		return mes.NewEntry{Piece: piece, Characteristic: "height", Value: dp(v), Gauge: "C"}
	}
	v := running()
	if _, err := v.Decide(); mes.CodeOf(err) != mes.CodeConflict || !strings.Contains(err.Error(), "0 of 5 entries") {
		t.Errorf("without entries: %v", err)
	}
	// Two faults on one piece are one nonconforming piece.
	v = enter(v, look(1, &no, ""), height(1, "13"), look(2, &yes, ""), height(2, "12"), look(3, &yes, ""))
	if to, err := v.Decide(); err != nil || to != mes.InspectionAccepted || v.Tally().Nonconforming != 1 {
		t.Errorf("one of three, one may: %s, %v", to, err)
	}
	if got := strings.Join(v.Codes(), " "); got != "SCRATCH HEIGHT" {
		t.Errorf("codes %q", got)
	}
	v = enter(v, look(2, &no, "looked again"))
	if to, err := v.Decide(); err != nil || to != mes.InspectionNotAccepted {
		t.Errorf("two of three, one may: %s, %v", to, err)
	}
	early := enter(running(), look(1, &no, ""), look(2, &no, ""))
	if to, err := early.Decide(); err != nil || to != mes.InspectionNotAccepted {
		t.Errorf("what can't be accepted any more may end early: %s, %v", to, err)
	}
	v.State = mes.InspectionDue
	if _, err := v.Decide(); mes.CodeOf(err) != mes.CodeConflict {
		t.Errorf("before it began: %v", err)
	}
}

// Whatever is entered, the decision is Ac/Re's: accepted with at most Ac nonconforming pieces and a whole sample only.
func TestNoEntriesLeadToAnotherDecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := running()
		v.Sample = sampling.Plan{Size: rapid.IntRange(1, 12).Draw(t, "size"), Ac: rapid.IntRange(0, 4).Draw(t, "ac")}
		v.Sample.Re = v.Sample.Ac + 1
		bad := map[int]bool{}
		for piece := 1; piece <= v.Sample.Size; piece++ {
			good := rapid.Bool().Draw(t, "good")
			es := []mes.NewEntry{{Piece: piece, Characteristic: "look", Good: &good}}
			if piece <= 2 {
				es = append(es, mes.NewEntry{Piece: piece, Characteristic: "height", Value: dp("12"), Gauge: "C"})
			}
			out, err := v.Judge(es)
			if err != nil {
				t.Fatal(err)
			}
			v.Entries = append(v.Entries, out...)
			bad[piece] = !good
		}
		n := 0
		for _, b := range bad {
			if b {
				n++
			}
		}
		to, err := v.Decide()
		if err != nil || (to == mes.InspectionAccepted) != (n <= v.Sample.Ac) || v.Tally().Nonconforming != n {
			t.Fatalf("%d bad of %+v: %s, %v", n, v.Sample, to, err)
		}
	})
}
