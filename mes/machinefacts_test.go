package mes

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheWorkSaysWhyAMachineIsIdle(t *testing.T) {
	tags := MachineFacts{By: MachineByTags, Signal: MachineIdle, SignalSource: FromTag, Queued: 1}
	work := MachineFacts{By: MachineByWork, Queued: 1}
	with := func(f MachineFacts, change func(*MachineFacts)) MachineFacts { change(&f); return f }
	for name, c := range map[string]struct {
		f    MachineFacts
		want MachineState
		from StateSource
	}{
		"idle":                   {tags, MachineIdle, FromTag},
		"nothing queued":         {with(tags, func(f *MachineFacts) { f.Queued = 0 }), MachineStarved, FromWork},
		"a lot stands in it":     {with(tags, func(f *MachineFacts) { f.Queued, f.Working = 0, 1 }), MachineIdle, FromTag},
		"next is down":           {with(tags, func(f *MachineFacts) { f.Blocked = "ST60 is down" }), MachineBlocked, FromWork},
		"starved before blocked": {with(tags, func(f *MachineFacts) { f.Queued, f.Blocked = 0, "ST60 is down" }), MachineStarved, FromWork},
		"running stands":         {with(tags, func(f *MachineFacts) { f.Signal, f.Blocked, f.Queued = MachineRunning, "x", 0 }), MachineRunning, FromTag},
		"its own blocked stands": {with(tags, func(f *MachineFacts) { f.Signal = MachineBlocked }), MachineBlocked, FromTag},
		"not heard yet":          {MachineFacts{By: MachineByTags}, MachineUnknown, FromSilence},
		"work: in work":          {with(work, func(f *MachineFacts) { f.Working = 1 }), MachineRunning, FromWork},
		"work: waits":            {work, MachineIdle, FromWork},
		"work: stopped":          {with(work, func(f *MachineFacts) { f.Working, f.Stopped = 1, "oil" }), MachineUnplannedDown, FromWork},
		"work: blocked":          {with(work, func(f *MachineFacts) { f.Blocked = "ST20 is full" }), MachineBlocked, FromWork},
		"by hand: nobody":        {MachineFacts{By: MachineByHand}, MachineUnknown, FromSilence},
		"by hand":                {MachineFacts{By: MachineByHand, Declared: MachineRunning}, MachineRunning, FromPerson},
		"a person on a machine":  {with(tags, func(f *MachineFacts) { f.Declared = MachineSetup }), MachineSetup, FromPerson},
		"that runs":              {with(tags, func(f *MachineFacts) { f.Declared, f.Signal = MachineSetup, MachineRunning }), MachineRunning, FromTag},
		"a trial runs":           {with(tags, func(f *MachineFacts) { f.Declared, f.Signal = MachinePlannedDown, MachineRunning }), MachinePlannedDown, FromPerson},
	} {
		if got := c.f.Now(); got.State != c.want || got.Source != c.from || got.Observed != got.State {
			t.Errorf("%s: %+v, wanted %s by %s", name, got, c.want, c.from)
		}
	}
}

func TestADefinitionNamesEveryFault(t *testing.T) {
	bad := MachineDefinition{Source: "guess", DebounceMS: 1, MicroStopS: -1, StaleS: 1, ClockLimitS: -3, AskAfterS: -1, Buffer: -1, Next: []string{"A", "A", ""}, Tags: &MachineTags{
		States: map[string]MachineState{"1": "flying", "2": MachineUnknown}, Modes: map[string]MachineState{"m": MachineRunning}, Suspended: MachineIdle, AlarmText: "t",
		Counters: MachineCounters{Total: "t", Good: "g", Reject: "g", Modulus: 2, MaxPerMinute: -1}}}
	text := fmt.Sprint(bad.Validate())
	for _, field := range []string{"station:", "source:", "tags:", "debounce_ms:", "micro_stop_s:", "stale_s:", "clock_limit_s:", "ask_after_s:", "buffer:", "next[1]:", "next[2]:", "tags.device:", "tags.state:",
		"tags.states.1:", "tags.states.2:", "tags.mode:", "tags.modes.m:", "tags.suspended:", "tags.alarm:", "tags.counters.good:", "tags.counters.modulus:", "tags.counters.max_per_minute:", `"g" is named twice`} {
		if !strings.Contains(text, field) {
			t.Errorf("%s is not named in: %s", field, text)
		}
	}
	if err := (MachineDefinition{Station: "ST10", Source: MachineByWork}).Validate(); err != nil {
		t.Error(err)
	}
	if err := (MachineDefinition{Station: "ST10", Source: MachineByTags}).Validate(); err == nil {
		t.Error("tags without tags are taken")
	}
}
