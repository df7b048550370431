package mes

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// shift is a tracker with a clock of its own: it is ticked every 100 ms, as the edge does.
type watched struct {
	*Tracker
	testing.TB
	now    time.Time
	events []MachineEvent
	alive  bool // the device gives signs of life
}

var eight = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func watch(t testing.TB, change ...func(*MachineDefinition)) *watched {
	d := MachineDefinition{Station: "ST50", Site: "HAM", Source: MachineByTags, Tags: &MachineTags{Device: "LT-50", State: "state", PackML: true, Mode: "mode", Alarm: "alarm", AlarmText: "alarm_text",
		Counters: MachineCounters{Good: "good", Reject: "bad", Modulus: 65536}}}
	for _, f := range change {
		f(&d)
	}
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	return &watched{Tracker: NewTracker(d, nil), TB: t, now: eight, alive: true}
}

// say feeds a good value whose source time is now.
func (w *watched) say(tag string, v any) { w.sayAt(tag, v, w.now) }

func (w *watched) sayAt(tag string, v any, source time.Time) {
	w.Feed(TagReading{Tag: tag, Value: v, Good: true, Source: source, Received: w.now})
}

func (w *watched) lost(tag, detail string) {
	w.Feed(TagReading{Tag: tag, Detail: detail, Received: w.now})
}

// pass lets time pass, tick by tick.
func (w *watched) pass(d time.Duration) {
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(100 * time.Millisecond)
		alive := time.Time{}
		if w.alive {
			alive = w.now
		}
		w.Tick(w.now, alive)
		w.events = append(w.events, w.Take()...)
	}
	w.Count()
	w.events = append(w.events, w.Take()...)
}

// of gives the events of a kind, and forgets all.
func (w *watched) of(k MachineEventKind) []MachineEvent {
	var out []MachineEvent
	for _, e := range w.events {
		if e.Kind == k {
			out = append(out, e)
		}
	}
	w.events = nil
	return out
}

func (w *watched) wantStates(want ...MachineState) []MachineEvent {
	w.Helper()
	got := w.of(MachineStateEvent)
	var names []string
	for _, e := range got {
		names = append(names, string(e.State))
	}
	var wanted []string
	for _, s := range want {
		wanted = append(wanted, string(s))
	}
	if strings.Join(names, " ") != strings.Join(wanted, " ") {
		w.Fatalf("states %v, wanted %v", names, wanted)
	}
	return got
}

func TestPackMLBecomesTheWordsOfTheScreens(t *testing.T) {
	for raw, want := range map[any]MachineState{int32(6): MachineRunning, "Execute": MachineRunning, "execute": MachineRunning, int64(3): MachineRunning, int32(4): MachineIdle, int32(17): MachineIdle,
		float64(11): MachineUnplannedDown, int32(9): MachineUnplannedDown, uint8(2): MachineUnplannedDown, int32(5): MachineBlocked, int32(99): MachineUnknown, "": MachineUnknown} {
		w := watch(t, func(d *MachineDefinition) { d.Tags.Suspended = MachineBlocked })
		w.say("state", raw)
		w.pass(time.Second)
		e := w.wantStates(want)[0]
		if !e.At.Equal(eight) || want == MachineUnknown && !strings.Contains(e.Detail, "no meaning here") {
			t.Errorf("%v: %+v", raw, e)
		}
	}
}

func TestTheModeStandsAboveTheState(t *testing.T) {
	w := watch(t, func(d *MachineDefinition) { d.Tags.Modes = map[string]MachineState{"Teach": MachineSetup} })
	w.say("state", int32(6))
	w.say("mode", "Produce")
	w.pass(time.Second)
	w.say("mode", "Maintenance")
	w.pass(time.Second)
	w.say("mode", int32(3))
	w.pass(time.Second)
	w.say("mode", "Teach")
	w.pass(time.Second)
	w.say("mode", int32(1))
	w.pass(time.Second)
	w.wantStates(MachineRunning, MachinePlannedDown, MachineSetup, MachineRunning)
}

func TestAMappingHasItsOwnWords(t *testing.T) {
	w := watch(t, func(d *MachineDefinition) {
		d.Tags.PackML, d.Tags.States = false, map[string]MachineState{"CUTTING": MachineRunning, "BLADE": MachineSetup, "true": MachineIdle}
	})
	for _, v := range []any{"CUTTING", "BLADE", true, "NEW_WORD"} {
		w.say("state", v)
		w.pass(time.Second)
	}
	last := w.wantStates(MachineRunning, MachineSetup, MachineIdle, MachineUnknown)[3]
	if !strings.Contains(last.Detail, `"NEW_WORD"`) || last.At.Sub(eight) != 3*time.Second || !last.Continues {
		t.Errorf("%+v", last)
	}
}

func TestAStateMustLast(t *testing.T) {
	w := watch(t)
	w.say("state", int32(6))
	w.pass(2 * time.Second)
	w.say("state", int32(11))
	w.pass(300 * time.Millisecond) // shorter than the debounce of 500 ms
	w.say("state", int32(6))
	w.pass(2 * time.Second)
	w.wantStates(MachineRunning)
	w.say("state", int32(11))
	began := w.now
	w.pass(2 * time.Second)
	if e := w.wantStates(MachineUnplannedDown)[0]; !e.At.Equal(began) || e.Detail != "Held" {
		t.Errorf("it began at %s: %+v", began, e)
	}
}

// A signal that changes 50 times a second for a minute: one notice, unknown once, and the truth when it is calm again.
func TestAFlickerOf50HzIsOneEvent(t *testing.T) {
	w := watch(t)
	w.say("state", int32(6))
	w.pass(2 * time.Second)
	for i := range 3000 {
		w.now = w.now.Add(20 * time.Millisecond)
		w.say("state", int32(6+5*(i%2)))
		if i%5 == 0 {
			w.Tick(w.now, w.now)
			w.events = append(w.events, w.Take()...)
		}
	}
	var notices, states int
	for _, e := range w.events {
		switch e.Kind {
		case MachineNoticeEvent:
			notices++
			if e.Notice != NoticeFlicker {
				t.Errorf("notice %+v", e)
			}
		case MachineStateEvent:
			states++
		}
	}
	if notices != 1 || states != 2 {
		t.Fatalf("%d notices and %d states of 3,000 changes", notices, states)
	}
	w.wantStates(MachineRunning, MachineUnknown)
	w.say("state", int32(6))
	w.pass(10 * time.Second)
	w.wantStates(MachineRunning)
}

// A machine whose cycles are shorter than the debounce is shown by what it does most of the time.
func TestAFastMachineIsNotFrozen(t *testing.T) {
	w := watch(t, func(d *MachineDefinition) { d.DebounceMS = 1500 })
	w.say("state", int32(4))
	w.pass(3 * time.Second)
	for range 20 {
		w.say("state", int32(6))
		w.pass(1200 * time.Millisecond)
		w.say("state", int32(4))
		w.pass(300 * time.Millisecond)
	}
	if got := w.wantStates(MachineIdle, MachineRunning); got[1].At.Sub(got[0].At) > 20*time.Second {
		t.Errorf("%+v", got)
	}
}

func TestAFloodLeavesMemoryAndOthersAlone(t *testing.T) {
	w := watch(t)
	w.say("state", int32(6))
	w.pass(time.Second)
	for i := range 100_000 { // ten seconds of 10,000 a second
		w.now = w.now.Add(100 * time.Microsecond)
		w.say("alarm_text", fmt.Sprint(i))
		w.say("state", int32(6))
		if i%1000 == 0 {
			w.Tick(w.now, w.now)
		}
	}
	if n := len(w.out); n > 10 {
		t.Errorf("%d events wait", n)
	}
	w.events = append(w.events, w.Take()...)
	notices := w.of(MachineNoticeEvent)
	if len(notices) != 1 || notices[0].Notice != NoticeFlood || len(w.state.spent) > len(MachineStates) {
		t.Errorf("notices %+v", notices)
	}
	w.say("state", int32(11))
	w.pass(time.Second)
	w.wantStates(MachineUnplannedDown)
}

func TestAClockThatIsOffIsNotBelieved(t *testing.T) {
	w := watch(t)
	w.sayAt("state", int32(6), w.now.Add(-3*time.Hour)) // the first word may be old
	w.pass(time.Second)
	if len(w.events) != 1 || !w.events[0].At.Equal(eight) {
		t.Fatalf("%+v", w.events)
	}
	w.wantStates(MachineRunning)
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 2 * time.Hour} {
		began := w.now
		w.sayAt("state", int32(11), w.now.Add(jump))
		w.pass(time.Second)
		w.sayAt("state", int32(6), w.now.Add(jump))
		w.pass(time.Second)
		var notices int
		for _, e := range w.events {
			if e.Kind == MachineNoticeEvent && e.Notice == NoticeClock {
				notices++
			}
		}
		got := w.wantStates(MachineUnplannedDown, MachineRunning)
		if notices > 1 || !got[0].At.Equal(began) || !got[1].At.Equal(began.Add(time.Second)) {
			t.Errorf("jump of %s: %d notices, %+v", jump, notices, got)
		}
	}
	w.say("state", int32(4)) // mended
	w.pass(time.Second)
	w.sayAt("state", int32(6), w.now.Add(time.Hour))
	w.pass(time.Second)
	if n := w.of(MachineNoticeEvent); len(n) != 1 || !strings.Contains(n[0].Text, "off by 1h0m0s") {
		t.Errorf("a clock that jumps again: %+v", n)
	}
}

func TestSilenceIsUnknownNeverZero(t *testing.T) {
	w := watch(t)
	w.say("state", int32(6))
	w.say("good", int64(10))
	w.pass(5 * time.Second)
	w.wantStates(MachineRunning)
	last := w.now
	w.alive = false
	w.pass(30 * time.Second)
	e := w.wantStates(MachineUnknown)[0]
	if e.Source != FromSilence || !e.At.Equal(last) || !strings.HasPrefix(e.Detail, "silent since") {
		t.Errorf("%+v, heard last at %s", e, last)
	}
	w.alive = true
	w.say("state", int32(6))
	w.say("good", int64(14))
	w.pass(time.Second)
	if counts := w.of(MachineCountEvent); len(counts) != 1 || counts[0].Produced != 4 {
		t.Errorf("counts %+v", counts)
	}
	w.say("state", int32(4))
	w.pass(time.Second)
	w.wantStates(MachineIdle)
}

func TestATagThatIsRenamedIsUnknownWithItsReason(t *testing.T) {
	w := watch(t)
	w.say("state", int32(6))
	w.pass(time.Second)
	w.lost("state", "BadNodeIDUnknown")
	w.lost("state", "BadNodeIDUnknown")
	w.pass(time.Second)
	if n := len(w.events); n != 3 {
		t.Fatalf("%d events: %+v", n, w.events)
	}
	notice := w.events[1]
	got := w.wantStates(MachineRunning, MachineUnknown)
	if notice.Notice != NoticeTag || !strings.Contains(notice.Text, "LT-50 has no tag state") || !strings.Contains(got[1].Detail, "BadNodeIDUnknown") {
		t.Errorf("%+v, %+v", notice, got[1])
	}
	w.say("state", int32(6))
	w.pass(time.Second)
	w.wantStates(MachineRunning)
}

func TestBadQualityIsNoProductionAndNoState(t *testing.T) {
	w := watch(t)
	w.say("state", int32(6))
	w.say("good", int64(100))
	w.pass(time.Second)
	w.Feed(TagReading{Tag: "good", Value: int64(5000), Good: false, Detail: "BadSensorFailure", Received: w.now})
	w.Feed(TagReading{Tag: "good", Value: nil, Good: true, Received: w.now})
	w.Feed(TagReading{Tag: "state", Value: int32(6), Good: false, Detail: "UncertainLastUsableValue", Received: w.now})
	w.pass(time.Second)
	for _, e := range w.events {
		if e.Kind == MachineCountEvent {
			t.Errorf("counted %+v", e)
		}
	}
	w.wantStates(MachineRunning, MachineUnknown)
	w.say("good", int64(103))
	w.pass(time.Second)
	if c := w.of(MachineCountEvent); len(c) != 1 || c[0].Produced != 3 {
		t.Errorf("counts %+v", c)
	}
}

func TestAlarmsComeAndGo(t *testing.T) {
	w := watch(t)
	w.say("state", int32(6))
	w.say("alarm", uint32(0))
	w.pass(time.Second)
	w.of(MachineStateEvent)
	w.say("state", int32(11))
	w.say("alarm_text", "Test seal worn")
	w.say("alarm", "E150")
	w.pass(time.Second)
	alarms := w.of(MachineAlarmEvent)
	if len(alarms) != 1 || alarms[0].Alarm != "E150" || alarms[0].Text != "Test seal worn" {
		t.Errorf("alarms %+v", alarms)
	}
	w.say("alarm", "")
	w.pass(time.Second)
	if alarms = w.of(MachineAlarmEvent); len(alarms) != 1 || alarms[0].Alarm != "" || alarms[0].Text != "" {
		t.Errorf("alarms %+v", alarms)
	}
	for i := range 500 { // an alarm that flickers tells once, and the state is still known
		w.now = w.now.Add(20 * time.Millisecond)
		w.say("alarm", fmt.Sprint("E", i%2))
		w.Tick(w.now, w.now)
	}
	w.events = w.Take()
	if len(w.events) != 1 || w.events[0].Notice != NoticeFlicker {
		t.Errorf("%+v", w.events)
	}
}

// Whatever a device says in whatever order: events have an order, states alternate, and there are few of them.
func TestAnyReadingsMakeAnOrderlyLog(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		w := watch(t)
		tags := []string{"state", "mode", "alarm", "alarm_text", "good", "bad", "nonsense"}
		values := []any{int32(6), int32(11), int32(4), "Execute", nil, "", true, 3.5, int64(-1), uint64(1 << 63), "Maintenance", []int{1}, int64(r.IntN(70000))}
		for range 2000 {
			w.now = w.now.Add(time.Duration(r.IntN(400)) * time.Millisecond)
			w.Feed(TagReading{Tag: tags[r.IntN(len(tags))], Value: values[r.IntN(len(values))], Good: r.IntN(10) > 0, Source: w.now.Add(time.Duration(r.IntN(7200)-3600) * time.Second * time.Duration(r.IntN(2))), Received: w.now})
			if r.IntN(3) == 0 {
				w.Tick(w.now, time.Time{})
				w.Count()
				w.events = append(w.events, w.Take()...)
			}
		}
		var last MachineEvent
		var produced, rejected int64
		for _, e := range w.events {
			switch e.Kind {
			case MachineStateEvent:
				if e.At.Before(last.At) || e.At.After(w.now) {
					t.Fatalf("seed %d: a state at %s after one at %s", seed, e.At, last.At)
				}
				if e.At.Equal(eight) && e.State == "" {
					t.Fatalf("seed %d: no state", seed)
				}
				last = e
			case MachineCountEvent:
				if e.Produced < produced || e.Produced > 1_000_000 || e.Rejected > e.Produced || e.Rejected < rejected {
					t.Fatalf("seed %d: counted %+v after %d", seed, e, produced)
				}
				produced, rejected = e.Produced, e.Rejected
			}
		}
		if len(w.events) > 2000 {
			t.Errorf("seed %d: %d events", seed, len(w.events))
		}
	}
}
