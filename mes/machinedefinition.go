package mes

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// MachineSource says from what a machine's state is known.
type MachineSource string

// The sources of a definition.
const (
	MachineByTags MachineSource = "tags" // signals of a device
	MachineByWork MachineSource = "work" // the lots that stand there: a station without a machine
	MachineByHand MachineSource = "hand" // people say it
)

// MachineDefinition says how the state of a station is known, and what counts as what.
type MachineDefinition struct {
	Station string        `json:"station"`
	Site    string        `json:"site,omitempty"`
	Source  MachineSource `json:"source"`
	Tags    *MachineTags  `json:"tags,omitempty"` // for source tags
	// DebounceMS is how long, in ms, a signal must keep its state before it counts; 0 means 500.
	DebounceMS int `json:"debounce_ms,omitempty"`
	// MicroStopS is how long, in s, a stop may last and still be a micro-stop, which nobody is asked about; 0 means 60.
	MicroStopS int `json:"micro_stop_s,omitempty"`
	// StaleS is after how many s of silence the state is unknown; 0 means 15.
	StaleS int `json:"stale_s,omitempty"`
	// ClockLimitS is how far, in s, the device's clock may be off before its times are not believed; 0 means 30.
	ClockLimitS int `json:"clock_limit_s,omitempty"`
	// AskAfterS is after how many s an unexplained stop is told to the supervisor; 0 means 300.
	AskAfterS int `json:"ask_after_s,omitempty"`
	// Next are the stations that take what is made here. While all of them are down or full, this one is blocked.
	Next []string `json:"next,omitempty"`
	// Buffer is how many lots there is room for before this station; 0 means without limit.
	Buffer int `json:"buffer,omitempty"`
}

// MachineTags names the tags of a device that tell of a machine.
type MachineTags struct {
	Device string `json:"device"`
	State  string `json:"state"`
	// PackML says that the state tag holds PackML's states (OPC 30050), by number or word. States then holds exceptions only.
	PackML bool `json:"packml,omitempty"`
	// States maps raw values to states.
	States map[string]MachineState `json:"states,omitempty"`
	// Suspended is what PackML's Suspended means here: blocked or starved (the default).
	Suspended MachineState `json:"suspended,omitempty"`
	// Mode is the tag of the mode. PackML's Maintenance (2) is planned down, Manual (3) is set-up; Modes says otherwise.
	Mode  string                  `json:"mode,omitempty"`
	Modes map[string]MachineState `json:"modes,omitempty"`
	// Alarm is the tag of the active alarm's code; empty, 0 and false are no alarm. AlarmText is its sentence.
	Alarm     string          `json:"alarm,omitempty"`
	AlarmText string          `json:"alarm_text,omitempty"`
	Counters  MachineCounters `json:"counters,omitzero"`
}

// MachineCounters names the tags of counters. Total and good, total and reject, or good and reject go together.
type MachineCounters struct {
	Total  string `json:"total,omitempty"`
	Good   string `json:"good,omitempty"`
	Reject string `json:"reject,omitempty"`
	// Modulus is the value at which a counter begins again at 0, such as 65536; 0 means that it never does.
	Modulus int64 `json:"modulus,omitempty"`
	// MaxPerMinute is what the machine can make at most; a counter that runs faster is not believed. 0 means 6,000.
	MaxPerMinute int `json:"max_per_minute,omitempty"`
}

// Used tells whether there is a counter at all.
func (c MachineCounters) Used() bool { return c.Total != "" || c.Good != "" || c.Reject != "" }

// lasting is so many units of time; 0 takes the other number.
func lasting(v, other int, unit time.Duration) time.Duration {
	if v == 0 {
		v = other
	}
	return time.Duration(v) * unit
}

// Debounce is how long a signal must keep its state.
func (d MachineDefinition) Debounce() time.Duration {
	return lasting(d.DebounceMS, 500, time.Millisecond)
}

// MicroStop is how long a stop may last that nobody is asked about.
func (d MachineDefinition) MicroStop() time.Duration { return lasting(d.MicroStopS, 60, time.Second) }

// Stale is how old the newest word of the machine may be.
func (d MachineDefinition) Stale() time.Duration { return lasting(d.StaleS, 15, time.Second) }

// ClockLimit is how far the device's clock may be off.
func (d MachineDefinition) ClockLimit() time.Duration { return lasting(d.ClockLimitS, 30, time.Second) }

// AskAfter is when an unexplained stop is told to the supervisor.
func (d MachineDefinition) AskAfter() time.Duration { return lasting(d.AskAfterS, 300, time.Second) }

// Validate refuses a definition that can't be followed, and names every field that is at fault.
func (d MachineDefinition) Validate() error {
	var f Faults
	f.Check(d.Station != "", "station", "is missing")
	f.Check(slices.Contains([]MachineSource{MachineByTags, MachineByWork, MachineByHand}, d.Source), "source", "must be tags, work or hand")
	f.Check((d.Tags != nil) == (d.Source == MachineByTags), "tags", "are given for source tags, and only for it")
	within := func(v, least, most int, field string) {
		f.Check(v == 0 || v >= least && v <= most, field, "must be from %d to %d", least, most)
	}
	within(d.DebounceMS, 100, 60_000, "debounce_ms")
	within(d.MicroStopS, 1, 3600, "micro_stop_s")
	within(d.StaleS, 5, 3600, "stale_s")
	within(d.ClockLimitS, 1, 3600, "clock_limit_s")
	within(d.AskAfterS, 1, 86_400, "ask_after_s")
	within(d.Buffer, 1, 10_000, "buffer")
	for i, n := range d.Next {
		f.Check(n != "" && n != d.Station && !slices.Contains(d.Next[:i], n), fmt.Sprintf("next[%d]", i), "must be another station, and stand there once")
	}
	if d.Tags != nil {
		d.Tags.validate(&f)
	}
	return f.Err("This machine can't be followed.")
}

func (t MachineTags) validate(f *Faults) {
	f.Check(t.Device != "", "tags.device", "is missing")
	f.Check(t.State != "", "tags.state", "is missing")
	f.Check(t.PackML || len(t.States) > 0, "tags.states", "must say what each value means, or packml must be true")
	for _, raw := range slices.Sorted(maps.Keys(t.States)) {
		f.Check(signalled(t.States[raw]), "tags.states."+raw, "%q is not a state that a machine can tell", t.States[raw])
	}
	for _, raw := range slices.Sorted(maps.Keys(t.Modes)) {
		s := t.Modes[raw]
		f.Check(s == "" || s == MachineSetup || s == MachinePlannedDown, "tags.modes."+raw, "must be setup, planned_down, or empty for production")
	}
	f.Check(len(t.Modes) == 0 || t.Mode != "", "tags.mode", "is missing, and modes is given")
	f.Check(t.Suspended == "" || t.Suspended == MachineBlocked || t.Suspended == MachineStarved, "tags.suspended", "must be blocked or starved")
	f.Check(t.AlarmText == "" || t.Alarm != "", "tags.alarm", "is missing, and alarm_text is given")
	c := t.Counters
	f.Check(!c.Used() || c.Total != "" || c.Good != "", "tags.counters", "need total or good")
	f.Check(c.Total == "" || c.Good == "" || c.Reject == "", "tags.counters.good", "follows from total and reject; leave one of the three out")
	f.Check(c.Modulus == 0 || c.Modulus >= 100, "tags.counters.modulus", "must be at least 100")
	f.Check(c.MaxPerMinute >= 0, "tags.counters.max_per_minute", "must not be negative")
	seen := map[string]bool{}
	for _, name := range t.Names() {
		f.Check(!seen[name], "tags", "%q is named twice", name)
		seen[name] = true
	}
}

func signalled(s MachineState) bool { return s != MachineUnknown && slices.Contains(MachineStates, s) }

// Names lists the tags that are watched.
func (t MachineTags) Names() []string {
	var out []string
	for _, name := range []string{t.State, t.Mode, t.Alarm, t.AlarmText, t.Counters.Total, t.Counters.Good, t.Counters.Reject} {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}
