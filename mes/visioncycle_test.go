package mes_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func TestCyclesAreSummedUp(t *testing.T) {
	at := func(minute int) time.Time { return monday.Add(time.Duration(minute) * time.Minute) }
	// One that tells its time, two by the gap between them, a break, and the first after it.
	got := mes.SumCycles([]mes.Cycle{{At: at(0), Seconds: 50, Pieces: 1}, {At: at(1), Pieces: 1}, {At: at(3), Pieces: 2}, {At: at(200), Pieces: 1}})
	if got.Cycles != 4 || got.Pieces != 5 || got.Breaks != 1 || got.Least != 50 || got.Most != 120 || got.Median != 60 || got.Mean != 76.67 || got.P90 != 108 || got.Takt != 46 || len(got.Series) != 3 {
		t.Errorf("%+v", got)
	}
	if none := mes.SumCycles(nil); none.Cycles != 0 || none.Median != 0 || none.Histogram == nil {
		t.Errorf("%+v", none)
	}
}

func TestEveryCycleIsInOneBin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cycles []mes.Cycle
		for i := range rapid.IntRange(1, 60).Draw(t, "cycles") {
			cycles = append(cycles, mes.Cycle{At: monday.Add(time.Duration(i) * time.Hour), Seconds: rapid.Float64Range(0.01, 3600).Draw(t, "seconds"), Pieces: 1})
		}
		got := mes.SumCycles(cycles)
		n := 0
		for _, b := range got.Histogram {
			n += b.Count
		}
		if n != len(cycles) || len(got.Histogram) > 20 || got.Least > got.Median || got.Median > got.P90 || got.P90 > got.Most {
			t.Fatalf("%d of %d in %d bins: %+v", n, len(cycles), len(got.Histogram), got)
		}
	})
}

func TestWhatSendersCallACountOrACycle(t *testing.T) {
	for raw, want := range map[string]string{`{"itemCount":12,"location":"rack 4"}`: "12 rack 4", `{"count":"7"}`: "7 ", `{"count":-1,"quantity":3}`: "3 ", `{"itemCount":null}`: "2 ", ``: "2 ", `[1]`: "2 "} {
		n, place := mes.CountedIn(json.RawMessage(raw), make([]mes.Prediction, 2))
		if got := n.String() + " " + place; got != want {
			t.Errorf("%s is %q, want %q", raw, got, want)
		}
	}
	for raw, want := range map[string]mes.Cycle{`{"cycleTime":"41.5","pieces":2}`: {At: monday, Seconds: 41.5, Pieces: 2}, `{"pieces":0}`: {At: monday, Pieces: 1}, `{"seconds":-4}`: {At: monday, Pieces: 1}, `x`: {At: monday, Pieces: 1}} {
		if got := mes.CycleIn(json.RawMessage(raw), monday); got != want {
			t.Errorf("%s is %+v, want %+v", raw, got, want)
		}
	}
}

func TestModelTextsAreTakenApart(t *testing.T) {
	for _, c := range []struct{ model, version, name, number string }{
		{"bead-seg/7", "", "bead-seg", "7"}, {"bead-seg/7", "7", "bead-seg", "7"}, {"bead@7", "7", "bead", "7"}, {"bead-seg", "7", "bead-seg", "7"},
		{"ws/bead-seg/7", "", "ws/bead-seg", "7"}, {"bead", "", "bead", ""}, {"/7", "7", "/7", "7"},
	} {
		if name, number := mes.ModelOf(c.model, c.version); name != c.name || number != c.number {
			t.Errorf("%s, %s is %s version %s", c.model, c.version, name, number)
		}
	}
}
