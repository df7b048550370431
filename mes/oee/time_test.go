package oee_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes/oee"
)

var six = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC) // 06:00 in Hamburg

func at(minutes float64) time.Time { return six.Add(min(minutes)) }

func TestLay(t *testing.T) {
	t.Parallel()
	shift := []oee.Slot{{at(0), at(180), oee.PlannedShift}, {at(180), at(195), oee.PlannedBreak}, {at(195), at(300), oee.PlannedShift}, {at(300), at(360), oee.PlannedStop}, {at(360), at(480), oee.PlannedShift}}
	reading := oee.Reading{From: at(-60), Until: at(480), Began: at(-600), Short: time.Minute, Now: at(480)}
	for name, c := range map[string]struct {
		log  []oee.Stretch
		want oee.Times
		with func(*oee.Reading)
	}{
		"runs all along": {[]oee.Stretch{{1, at(-600), time.Time{}, "running"}}, oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(405)}, nil},
		"down across a break is no stop in it": {[]oee.Stretch{{1, at(-600), at(170), "running"}, {2, at(170), at(205), "unplanned_down"}, {3, at(205), time.Time{}, "running"}},
			oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(385), oee.Down: min(20)}, nil},
		"short stops are apart": {[]oee.Stretch{{1, at(-600), at(10), "running"}, {2, at(10), at(10.5), "unplanned_down"}, {3, at(10.5), at(20), "running"}, {4, at(20), at(21), "unplanned_down"}, {5, at(21), time.Time{}, "running"}},
			oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(403.5), oee.ShortStop: min(0.5), oee.Down: min(1)}, nil},
		"a stop divided among reasons stays one stop": {[]oee.Stretch{{1, at(-600), at(10), "running"}, {2, at(10), at(10.6), "unplanned_down"}, {3, at(10.6), at(11.2), "idle"}, {5, at(11.2), time.Time{}, "running"}},
			oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(403.8), oee.Down: min(.6), oee.Idle: min(.6)}, nil},
		"a long stop that the window cuts is long": {[]oee.Stretch{{1, at(-600), at(5), "unplanned_down"}, {2, at(5), time.Time{}, "running"}},
			oee.Times{oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(400), oee.Down: min(.5)}, func(r *oee.Reading) { r.From = at(4.5) }},
		"waiting for neighbours is never a short stop": {[]oee.Stretch{{1, at(-600), at(10), "running"}, {2, at(10), at(10.1), "blocked"}, {3, at(10.1), at(10.2), "starved"}, {4, at(10.2), time.Time{}, "running"}},
			oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(404.8), oee.Blocked: min(.1), oee.Starved: min(.1)}, nil},
		"a gap is unknown, never zero": {[]oee.Stretch{{1, at(-600), at(100), "running"}, {2, at(110), time.Time{}, "running"}},
			oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(395), oee.Unknown: min(10)}, nil},
		"a word that nobody knows is unknown": {[]oee.Stretch{{1, at(-600), time.Time{}, "party"}}, oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Unknown: min(405)}, nil},
		"of two that overlap the later one counts": {[]oee.Stretch{{1, at(-600), time.Time{}, "running"}, {2, at(10), at(30), "setup"}},
			oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(60), oee.Running: min(385), oee.Setup: min(20)}, nil},
		"before its log the machine was not watched": {[]oee.Stretch{{1, at(400), time.Time{}, "running"}}, oee.Times{oee.Off: min(60), oee.Unwatched: min(400), oee.Running: min(80)},
			func(r *oee.Reading) { r.Began = at(400) }},
		"without a log nothing was watched": {nil, oee.Times{oee.Off: min(60), oee.Unwatched: min(480)}, func(r *oee.Reading) { r.Began = time.Time{} }},
		"planned down at the machine":       {[]oee.Stretch{{1, at(-600), time.Time{}, "planned_down"}}, oee.Times{oee.Off: min(60), oee.Break: min(15), oee.PlannedDown: min(465)}, nil},
	} {
		r := reading
		if c.with != nil {
			c.with(&r)
		}
		got := oee.Sum(oee.Lay(c.log, shift, r))
		if got.Clock() != r.Until.Sub(r.From) {
			t.Errorf("%s: the clock shows %s", name, got.Clock())
		}
		for _, k := range oee.Categories {
			if got[k] != c.want[k] {
				t.Errorf("%s: %s is %s, want %s", name, k, got[k], c.want[k])
			}
		}
	}
}

// Whatever the log and the calendar look like, every moment of the window goes somewhere, once.
func TestTheCategoriesSumToTheClock(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	states := []string{"running", "idle", "blocked", "starved", "setup", "planned_down", "unplanned_down", "unknown", "nonsense"}
	planned := []oee.Planned{oee.PlannedShift, oee.PlannedBreak, oee.PlannedStop, oee.PlannedOff, "nonsense"}
	somewhen := func() time.Time { return six.Add(time.Duration(r.Int64N(int64(30*time.Hour))) - 3*time.Hour) }
	for range 2000 {
		var log []oee.Stretch
		var slots []oee.Slot
		for i := range r.IntN(30) {
			s := oee.Stretch{ID: int64(i + 1), From: somewhen(), Until: somewhen(), State: states[r.IntN(len(states))]}
			if r.IntN(10) == 0 {
				s.Until = time.Time{}
			}
			log = append(log, s)
		}
		for range r.IntN(12) {
			slots = append(slots, oee.Slot{From: somewhen(), Until: somewhen(), Planned: planned[r.IntN(len(planned))]})
		}
		reading := oee.Reading{From: six, Until: six.Add(time.Duration(r.Int64N(int64(24 * time.Hour)))), Began: somewhen(), Short: min(float64(r.IntN(90))), Now: somewhen()}
		pieces := oee.Lay(log, slots, reading)
		edge := reading.From
		for _, p := range pieces {
			if !p.From.Equal(edge) || !p.Until.After(p.From) {
				t.Fatalf("a piece begins at %s where %s was due", p.From, edge)
			}
			edge = p.Until
		}
		if len(pieces) > 0 && !edge.Equal(reading.Until) {
			t.Fatalf("the pieces end at %s, the window at %s", edge, reading.Until)
		}
		whole := oee.Sum(pieces)
		if whole.Clock() != reading.Until.Sub(reading.From) {
			t.Fatalf("the clock shows %s of %s", whole.Clock(), reading.Until.Sub(reading.From))
		}
		// Cut anywhere, the two parts are the whole: a short stop does not depend on the window that looks at it.
		middle := reading
		middle.Until = reading.From.Add(reading.Until.Sub(reading.From) / 3)
		rest := reading
		rest.From = middle.Until
		both := oee.Sum(oee.Lay(log, slots, middle)).Add(oee.Sum(oee.Lay(log, slots, rest)))
		for _, k := range oee.Categories {
			if both[k] != whole[k] {
				t.Fatalf("%s is %s in two parts and %s whole", k, both[k], whole[k])
			}
		}
	}
}

func TestWhatIsMadeOutsideOfShiftsStaysOutside(t *testing.T) {
	t.Parallel()
	one, pru := dec("1"), dec("60")
	batch := func(m float64) oee.Batch {
		return oee.Batch{At: at(m), Made: one, Good: one, PRU: &pru, Took: 2 * time.Minute}
	}
	var s oee.Sums
	s.Count([]oee.Batch{batch(-1), batch(0), batch(479), batch(480), batch(-200), batch(600)}, []oee.Slot{{at(0), at(480), oee.PlannedShift}}, oee.Reading{From: at(-60), Until: at(540), Began: at(-600)})
	if !s.Made.Equal(dec("2")) || !s.Outside.Equal(dec("2")) || !s.Ideal.Equal(dec("120")) || s.Slow != 2 {
		t.Errorf("%+v", s)
	}
}
