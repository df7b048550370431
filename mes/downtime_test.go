package mes

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestTheTreeOfReasons(t *testing.T) {
	names := map[string]string{"en": "x", "de": "y"}
	tree := StopTree{{Code: "machine", Names: names, Category: StopUnplanned, Active: true}, {Code: "bit", Parent: "machine", Names: names, Category: StopUnplanned, Alarms: []string{"E120"}, Stations: []string{"ST20"}, Active: true},
		{Code: "gone", Parent: "machine", Names: names, Category: StopUnplanned, Alarms: []string{"E1"}}}
	for _, c := range []struct {
		code, station string
		want          bool
	}{{"bit", "ST20", true}, {"bit", "ST30", false}, {"machine", "ST20", false}, {"gone", "ST20", false}, {"none", "ST20", false}} {
		if got := tree.Allows(c.code, c.station); got != c.want {
			t.Errorf("%s at %s: %v", c.code, c.station, got)
		}
		if (tree.Refuse(c.code, c.station) == nil) != c.want {
			t.Errorf("%s at %s is refused otherwise", c.code, c.station)
		}
	}
	if got := tree.Propose("ST20", "E120") + tree.Propose("ST30", "E120") + tree.Propose("ST20", "") + tree.Propose("ST20", "E1"); got != "bit" {
		t.Errorf("proposed %q", got)
	}
	for name, r := range map[string]StopReason{
		"a third level":         {Code: "tip", Parent: "bit", Names: names, Category: StopUnplanned, Active: true},
		"a group that is below": {Code: "machine", Parent: "other", Names: names, Category: StopUnplanned, Active: true},
		"an alarm of two":       {Code: "blade", Parent: "machine", Names: names, Category: StopUnplanned, Alarms: []string{"E120"}, Active: true},
	} {
		if tree.Fits(r) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := tree.Fits(StopReason{Code: "blade", Parent: "machine", Names: names, Category: StopUnplanned, Alarms: []string{"E120"}, Stations: []string{"ST80"}, Active: true}); err != nil {
		t.Error(err)
	}
	err := StopReason{Code: "Bad Code", Category: "other", Alarms: []string{""}}.Validate()
	for _, field := range []string{"code:", "names.en:", "names.de:", "category:", "alarms:", "alarms[0]:"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not named in %v", field, err)
		}
	}
}

func TestAParetoKeepsMicroStopsApart(t *testing.T) {
	stop := func(reason, station string, s MachineState, seconds int64, micro bool) Stop {
		return Stop{StateStretch: StateStretch{Station: station, Reason: reason, State: s}, Seconds: seconds, Micro: micro}
	}
	stops := []Stop{stop("bit", "ST20", MachineUnplannedDown, 100, false), stop("", "ST50", MachineUnplannedDown, 300, false), stop("bit", "ST50", MachineUnplannedDown, 500, false),
		stop("", "ST50", MachineBlocked, 100, false), stop("", "ST20", MachineUnplannedDown, 20, true), stop("", "ST20", MachineUnplannedDown, 10, true)}
	p := AddUp(stops, ParetoByReason, clockAt(0), clockAt(1000))
	if p.MicroStops != 2 || p.MicroSeconds != 30 || p.Stops != 4 || p.Seconds != 1000 || len(p.Rows) != 3 {
		t.Fatalf("%+v", p)
	}
	if r := p.Rows[0]; r.Key != "bit" || r.Seconds != 600 || r.Stops != 2 || r.Share != 0.6 {
		t.Errorf("first %+v", r)
	}
	if r := p.Rows[2]; r.State != MachineBlocked || r.Cumulated != 1 {
		t.Errorf("last %+v", r)
	}
	if by := AddUp(stops, ParetoByStation, clockAt(0), clockAt(1000)); by.Rows[0].Key != "ST50" || by.Rows[0].Seconds != 900 {
		t.Errorf("by station %+v", by.Rows)
	}
	if empty := AddUp(nil, ParetoByShift, clockAt(0), clockAt(1)); empty.Rows == nil || empty.Seconds != 0 {
		t.Errorf("of nothing %+v", empty)
	}
}

// A stop that lasts over shifts is the sum of its parts, also in the nights in which the clock changes.
func TestAStopIsCutWhereShiftsChange(t *testing.T) {
	zone := zoneOf(t, "Europe/Berlin")
	all := []int{1, 2, 3, 4, 5, 6, 7}
	shifts := []Shift{{ID: "early", Name: "Early", Days: all, Start: hours(6, 0), End: hours(14, 0)}, {ID: "late", Name: "Late", Days: all, Start: hours(14, 0), End: hours(22, 0)}, {ID: "night", Name: "Night", Days: []int{1, 2, 3, 4, 5}, Start: hours(22, 0), End: hours(6, 0)}}
	start := time.Date(2026, 3, 27, 3, 0, 0, 0, zone)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		from := start.Add(time.Duration(r.IntN(72*3600)) * time.Second)
		until := from.Add(time.Duration(1+r.IntN(72*3600)) * time.Second)
		s := Stop{StateStretch: StateStretch{From: from, Until: &until}}
		parts := s.ByShift(shifts, zone, until.Add(time.Hour))
		var sum int64
		end := from
		for _, p := range parts {
			if !p.From.Equal(end) || p.Shift != ShiftAt(shifts, zone, p.From) {
				t.Fatalf("seed %d: part %+v after %s, the shift is %q", seed, p, end, ShiftAt(shifts, zone, p.From))
			}
			sum, end = sum+p.Seconds, *p.Until
		}
		if sum != int64(until.Sub(from)/time.Second) || !end.Equal(until) {
			t.Fatalf("seed %d: parts make %d s of %s", seed, sum, until.Sub(from))
		}
	}
}
