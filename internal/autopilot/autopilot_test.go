package autopilot

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func lot(id, left string, o ...func(*mes.LotView)) mes.LotView {
	l := mes.LotView{Lot: id, Remaining: mes.MustDecimal(left)}
	for _, f := range o {
		f(&l)
	}
	return l
}

func expires(in time.Duration) func(*mes.LotView) {
	return func(l *mes.LotView) { at := time.Now().Add(in); l.ExpiresAt = &at }
}

func held(by string, scope mes.HoldScope) func(*mes.LotView) {
	return func(l *mes.LotView) { l.Holds = append(l.Holds, mes.HoldNote{By: by, Scope: scope}) }
}

func TestPickTakesWhatMayBeTaken(t *testing.T) {
	for _, c := range []struct {
		name  string
		shelf []mes.LotView
		need  string
		want  string
	}{
		{"one lot is enough", []mes.LotView{lot("A", "5")}, "3", "A:3"},
		{"two lots together", []mes.LotView{lot("A", "2"), lot("B", "5")}, "3", "A:2 B:1"},
		{"expired and held ones stay", []mes.LotView{lot("A", "5", expires(-time.Hour)), lot("B", "5", held("qe-02", mes.HoldLot)), lot("C", "5")}, "3", "C:3"},
		{"too little", []mes.LotView{lot("A", "2")}, "3", ""},
		{"used up", []mes.LotView{lot("A", "0")}, "1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStock(nil)
			s.shelf["M"] = c.shelf
			use, ok := s.pick("M", mes.MustDecimal(c.need))
			var got []string
			for _, u := range use {
				got = append(got, u.Scan+":"+u.Quantity.String())
			}
			if text := strings.Join(got, " "); text != c.want || ok != (c.want != "") {
				t.Errorf("picked %q, %v", text, ok)
			}
		})
	}
}

func TestPickingTwiceNeverGivesTheSamePieceTwice(t *testing.T) {
	s := newStock(nil)
	s.shelf["CB"] = []mes.LotView{lot("CB-1", "1"), lot("CB-2", "1")}
	seen := map[string]bool{}
	for range 2 {
		use, ok := s.pick("CB", mes.One)
		if !ok || seen[use[0].Scan] {
			t.Fatalf("picked %v, %v after %v", use, ok, seen)
		}
		seen[use[0].Scan] = true
	}
	if _, ok := s.pick("CB", mes.One); ok {
		t.Error("a third piece came from two")
	}
}

func TestARefusedComponentIsLeftAlone(t *testing.T) {
	s := newStock(nil)
	s.distrust([]component{{Scan: "A"}})
	s.shelf["M"] = []mes.LotView{lot("A", "5"), lot("B", "5")}
	if use, _ := s.pick("M", mes.One); use[0].Scan != "B" {
		t.Errorf("picked %s", use[0].Scan)
	}
}

func TestMeasureAnswersEveryPieceOfTheSample(t *testing.T) {
	low, high := mes.MustDecimal("17.8"), mes.MustDecimal("18.2")
	step := mes.Step{Kind: mes.StepMeasure, Sample: 5, Characteristics: []mes.Characteristic{{ID: "diameter", Lower: &low, Upper: &high}}}
	good := 0
	for range 200 {
		vs := measure(step)
		seen := map[int]bool{}
		for _, v := range vs {
			seen[v.Sample] = true
			if step.Characteristics[0].Within(v.Value) {
				good++
			}
		}
		if len(vs) != 5 || len(seen) != 5 {
			t.Fatalf("%d values of %d pieces", len(vs), len(seen))
		}
	}
	if good < 900 || good == 1000 {
		t.Errorf("%d of 1000 values lie within; most should, and a few should not", good)
	}
}

func TestAPersonAtAStationIsSeen(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name      string
		operators []string
		person    bool
	}{{"only the autopilot", []string{"auto-1", "auto-1"}, false}, {"machines have no operator", []string{"", "auto-1"}, false}, {"a person did one step", []string{"auto-1", "op-114"}, true}} {
		t.Run(c.name, func(t *testing.T) {
			var steps []mes.BuiltStep
			for i, o := range c.operators {
				steps = append(steps, mes.BuiltStep{Operator: o, At: now.Add(time.Duration(i) * time.Second)})
			}
			if _, person := lastPerson(steps); person != c.person {
				t.Errorf("person = %v", person)
			}
		})
	}
}

func TestOnlyTheCamerasHoldsAreTheAutopilotsBusiness(t *testing.T) {
	for _, c := range []struct {
		name string
		l    mes.LotView
		want bool
	}{
		{"no hold", lot("A", "1"), false},
		{"the camera's", lot("A", "1", held("vision", mes.HoldLot)), true},
		{"a person's beside it", lot("A", "1", held("vision", mes.HoldLot), held("qe-02", mes.HoldLot)), false},
		{"the order's", lot("A", "1", held("vision", mes.HoldOrder)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := byCamera(c.l); got != c.want {
				t.Errorf("byCamera = %v", got)
			}
		})
	}
}

func TestDeliveryFile(t *testing.T) {
	text, err := delivery{material: "TP", supplier: "S-118", prefix: "W", lots: 2, quantity: 2400, days: 90}.file(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][0] == rows[2][0] || rows[1][5] != "2027-02-22" {
		t.Errorf("rows are %v, %v", rows, err)
	}
}

func TestPausesAreKeptAndLifted(t *testing.T) {
	dir := t.TempDir()
	if at, err := Pause(dir, []string{"ST30", "ST20", "ST30"}, nil); err != nil || strings.Join(at, " ") != "ST20 ST30" {
		t.Fatalf("pauses are %v, %v", at, err)
	}
	if p := newPauses(dir); !p.paused("ST30") || p.paused("ST10") {
		t.Error("the file is not heeded")
	}
	if at, err := Pause(dir, nil, []string{"ST30"}); err != nil || strings.Join(at, " ") != "ST20" {
		t.Errorf("pauses are %v, %v", at, err)
	}
}
