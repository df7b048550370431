package mes

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func clockAt(s int) time.Time { return eight.Add(time.Duration(s) * time.Second) }

// seen is a stretch as a machine tells it.
func told(from int, s MachineState) StateStretch {
	return StateStretch{Site: "HAM", Station: "ST50", From: clockAt(from), Observed: s, State: s, Source: FromTag}
}

func silent(from int) StateStretch {
	return StateStretch{Site: "HAM", Station: "ST50", From: clockAt(from), Observed: MachineUnknown, State: MachineUnknown, Source: FromSilence, Absent: true}
}

// whole fails when a log has a gap, an overlap, an empty stretch, or no open end.
func wholeLog(t *testing.T, log []StateStretch) {
	t.Helper()
	for i, s := range log {
		last := i == len(log)-1
		if last != (s.Until == nil) || !last && (!s.Until.Equal(log[i+1].From) || !s.Until.After(s.From)) {
			t.Fatalf("the log is broken at %d: %+v", i, log)
		}
	}
}

// stateAt is what a log says of an instant.
func stateAt(log []StateStretch, x time.Time) MachineState {
	for _, s := range log {
		if !x.Before(s.From) && s.lasts(x) {
			return s.State
		}
	}
	return ""
}

func TestLateWordsSplitThePast(t *testing.T) {
	log := Splice(nil, told(0, MachineRunning), false)
	log = Splice(log, told(100, MachineIdle), true)
	log = Splice(log, told(40, MachineUnplannedDown), true) // told late
	wholeLog(t, log)
	for x, want := range map[int]MachineState{10: MachineRunning, 40: MachineUnplannedDown, 99: MachineUnplannedDown, 100: MachineIdle, 500: MachineIdle} {
		if got := stateAt(log, clockAt(x)); got != want {
			t.Errorf("at %d it was %s, wanted %s", x, got, want)
		}
	}
	before := Splice(log, told(-50, MachineIdle), false) // before all that was known
	wholeLog(t, before)
	if stateAt(before, clockAt(-10)) != MachineIdle || stateAt(before, clockAt(10)) != MachineRunning {
		t.Errorf("%+v", before)
	}
}

func TestSilenceGivesWayToWhatWasSoAllAlong(t *testing.T) {
	log := Splice(Splice(nil, told(0, MachineRunning), false), silent(100), false)
	wholeLog(t, log)
	// It stopped at 160 and had run until then.
	continued := Splice(log, told(160, MachineUnplannedDown), true)
	wholeLog(t, continued)
	if len(continued) != 2 || stateAt(continued, clockAt(130)) != MachineRunning || stateAt(continued, clockAt(200)) != MachineUnplannedDown {
		t.Errorf("%+v", continued)
	}
	// A node that has started anew does not know what was between.
	anew := Splice(log, told(160, MachineUnplannedDown), false)
	wholeLog(t, anew)
	if len(anew) != 3 || stateAt(anew, clockAt(130)) != MachineUnknown {
		t.Errorf("%+v", anew)
	}
	// Nothing has happened: the state before goes on.
	same := Splice(log, told(100, MachineRunning), false)
	if wholeLog(t, same); len(same) != 1 {
		t.Errorf("%+v", same)
	}
}

func TestAPersonsWordAboutThePastStands(t *testing.T) {
	log := Splice(nil, told(0, MachineRunning), false)
	person := told(50, MachineSetup)
	person.Source = FromPerson
	log = Splice(Splice(log, person, false), told(90, MachineRunning), true)
	for i := range log {
		log[i].ID = int64(i + 1)
	}
	late := Splice(log, told(60, MachineIdle), true)
	if wholeLog(t, late); stateAt(late, clockAt(70)) != MachineSetup {
		t.Errorf("%+v", late)
	}
	// What a person explained keeps its word when the machine says the same again.
	log[0].Reason, log[0].State = "maintenance", MachinePlannedDown
	again := Splice(log, told(20, MachineRunning), true)
	if wholeLog(t, again); len(again) != 3 || again[0].Reason != "maintenance" || stateAt(again, clockAt(30)) != MachinePlannedDown {
		t.Errorf("%+v", again)
	}
}

// However words come, in whatever order and however often: the log is whole, and words that come twice change nothing.
func TestTheLogIsWholeWhateverComes(t *testing.T) {
	kinds := []MachineState{MachineRunning, MachineIdle, MachineUnplannedDown, MachineStarved}
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 3))
		var log []StateStretch
		next := int64(1)
		for range 30 {
			in := told(r.IntN(120), kinds[r.IntN(len(kinds))])
			if open := len(log) - 1; open >= 0 && !log[open].Absent && r.IntN(4) == 0 { // as the watch writes it: after all that is known
				in = silent(int(log[open].From.Sub(eight)/time.Second) + 1 + r.IntN(8))
			}
			if r.IntN(6) == 0 {
				in.Source = FromPerson
			}
			was := log
			log = Splice(log, in, r.IntN(2) == 0)
			wholeLog(t, log)
			for j := range log {
				if log[j].ID == 0 {
					log[j].ID, next = next, next+1
				}
			}
			again := Splice(log, in, false)
			for x := range 140 {
				if stateAt(again, clockAt(x)) != stateAt(log, clockAt(x)) {
					t.Fatalf("seed %d: told twice, it is another log at %d:\n%s\nwith %s\n%s\n%s", seed, x, show(was), show([]StateStretch{in}), show(log), show(again))
				}
			}
		}
	}
}

// One node tells in order. Whenever it was silent in between, and however late it tells the rest: in the end each instant shows what
// was so.
func TestWhatIsToldLateIsAsIfItWasToldAtOnce(t *testing.T) {
	kinds := []MachineState{MachineRunning, MachineIdle, MachineUnplannedDown, MachineStarved}
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 3))
		var log, truth []StateStretch
		last := MachineState("")
		for i := range 40 {
			s := told(10*i+r.IntN(9), kinds[r.IntN(len(kinds))])
			if s.State == last {
				continue
			}
			last = s.State
			truth = append(truth, s)
			if open := len(log) - 1; open >= 0 && !log[open].Absent && r.IntN(3) == 0 {
				log = Splice(log, silent(int(log[open].From.Sub(eight)/time.Second)+1+r.IntN(40)), false)
			}
			log = Splice(log, s, true)
			wholeLog(t, log)
		}
		for i, s := range truth {
			end := s.From.Add(time.Hour)
			if i+1 < len(truth) {
				end = truth[i+1].From.Add(-time.Second)
			}
			if a, b := stateAt(log, s.From), stateAt(log, end); a != s.State || b != s.State && i+1 < len(truth) {
				t.Fatalf("seed %d: %s from %s shows %s and %s: %+v", seed, s.State, s.From, a, b, log)
			}
		}
		if len(log) != len(truth) && !log[len(log)-1].Absent {
			t.Fatalf("seed %d: %d stretches of %d states", seed, len(log), len(truth))
		}
	}
}

func TestOneStateIsOneStretch(t *testing.T) {
	log := Splice(nil, told(0, MachineRunning), false)
	log[0].ID = 7
	for i := 1; i < 20; i++ {
		log = Splice(log, told(i, MachineRunning), true)
	}
	if len(log) != 1 || log[0].ID != 7 || !log[0].From.Equal(clockAt(0)) {
		t.Errorf("%+v", log)
	}
	person := told(30, MachineSetup)
	person.Source, person.Note = FromPerson, "new tool"
	for i := range 5 {
		person.From = clockAt(30 + i)
		log = Splice(log, person, false)
		log[len(log)-1].ID = 8
	}
	if len(log) != 2 {
		t.Errorf("%+v", log)
	}
}

// show is a log in one line.
func show(log []StateStretch) string {
	var out []string
	for _, s := range log {
		word := fmt.Sprintf("%d %s/%s", s.From.Sub(eight)/time.Second, s.State, s.Source)
		if s.Absent {
			word += " absent"
		}
		out = append(out, word)
	}
	return strings.Join(out, ", ")
}
