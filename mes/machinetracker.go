package mes

import (
	"fmt"
	"time"
)

// TagReading is what a device said of one of its tags.
type TagReading struct {
	Tag   string
	Value any // nil when the quality is bad
	Good  bool
	// Detail is the device's word for a quality that is not good.
	Detail   string
	Source   time.Time // the device's clock; zero where it has none
	Received time.Time
}

// MachineEventKind says what an edge node tells of a machine.
type MachineEventKind string

// The kinds of event.
const (
	MachineStateEvent  MachineEventKind = "state"
	MachineAlarmEvent  MachineEventKind = "alarm"
	MachineCountEvent  MachineEventKind = "count"
	MachineNoticeEvent MachineEventKind = "notice"
)

// MachineNotice names what is wrong with a machine's signals.
type MachineNotice string

// The notices. Each is told once when it begins, not once per value.
const (
	NoticeFlicker MachineNotice = "flicker" // a signal changes too fast to be true
	NoticeFlood   MachineNotice = "flood"   // the device tells more changes than anybody needs
	NoticeClock   MachineNotice = "clock"   // the device's clock is off, its times are not believed
	NoticeCounter MachineNotice = "counter" // a counter was reset, went backwards or jumped
	NoticeTag     MachineNotice = "tag"     // a tag is not there, or can't be read
	NoticeLost    MachineNotice = "lost"    // the edge node had no room for what it had to tell
)

// MachineEvent is one thing that an edge node tells of a machine.
type MachineEvent struct {
	Station string           `json:"station"`
	Kind    MachineEventKind `json:"kind"`
	At      time.Time        `json:"at"`
	// State, Source and Detail belong to a state.
	State  MachineState `json:"state,omitempty"`
	Source StateSource  `json:"source,omitempty"`
	Detail string       `json:"detail,omitempty"`
	// Alarm is the code of the alarm that is on, empty for none; Text is the machine's sentence for it, or that of a notice.
	Alarm string `json:"alarm,omitempty"`
	Text  string `json:"text,omitempty"`
	// Produced and Rejected are totals since this node follows the machine. Whoever stores them adds the difference, so that
	// nothing is counted twice.
	Produced int64         `json:"produced,omitempty"`
	Rejected int64         `json:"rejected,omitempty"`
	Notice   MachineNotice `json:"notice,omitempty"`
	// Continues says that the machine was followed without a break since the state before this one, so that one lasted until now.
	Continues bool `json:"continues,omitempty"`
	// Again says that this was told before: it fills only a stretch in which the node was not heard.
	Again bool `json:"again,omitempty"`
}

// Tracker follows one machine's tags. It keeps the newest of everything and no queue of readings, so that its memory does not
// grow with what a device tells. It has no clock and no goroutine: it is fed, ticked, and gives its events.
type Tracker struct {
	def    MachineDefinition
	state  debounce // of state and detail
	alarm  debounce
	mode   string
	raw    string
	bad    map[string]string // detail by tag, for the tags that can't be read
	told   map[string]bool   // tags that were good or bad before
	detail string
	text   string
	// dead says that the device was silent for too long.
	dead  bool
	heard time.Time
	last  time.Time // newest event's time: events never go back
	// off says that the device's clock is not believed.
	off      bool
	rate     rate
	counters map[string]*Counter
	counted  [2]int64
	countAt  time.Time
	strange  map[string]time.Time // counters that were strange, and when
	out      []MachineEvent
}

// maxPending bounds the events that wait to be taken; the newest matter.
const maxPending = 256

// NewTracker follows a machine by a definition that is valid and has tags. counters are those of an earlier run; nil begins anew.
func NewTracker(d MachineDefinition, counters map[string]Counter) *Tracker {
	t := &Tracker{def: d, bad: map[string]string{}, told: map[string]bool{}, counters: map[string]*Counter{}, strange: map[string]time.Time{}}
	t.state.hold, t.alarm.hold = d.Debounce(), d.Debounce()
	for _, name := range []string{d.Tags.Counters.Total, d.Tags.Counters.Good, d.Tags.Counters.Reject} {
		if name != "" {
			c := counters[name]
			t.counters[name] = &c
		}
	}
	t.counted = t.totals()
	return t
}

// Counters is what a restart needs in order to count on.
func (t *Tracker) Counters() map[string]Counter {
	out := map[string]Counter{}
	for name, c := range t.counters {
		out[name] = *c
	}
	return out
}

// Feed takes one reading. It does little, since a device may tell ten thousand a second.
func (t *Tracker) Feed(r TagReading) {
	t.heard = later(t.heard, r.Received)
	if t.rate.over(r.Received) {
		t.notice(NoticeFlood, r.Received, fmt.Sprintf("%s tells more than %d changes a second; the newest of each tag counts", t.def.Tags.Device, floodLimit))
	}
	if !r.Good || r.Value == nil {
		t.lose(r)
		return
	}
	at := t.believed(r)
	delete(t.bad, r.Tag)
	t.told[r.Tag] = true
	tags := t.def.Tags
	switch r.Tag {
	case tags.State:
		t.dead, t.raw = false, rawWord(r.Value)
		t.see(at, r.Received)
	case tags.Mode:
		t.mode = rawWord(r.Value)
		t.see(at, r.Received)
	case tags.Alarm:
		t.alarm.see(alarmOf(r.Value), at, r.Received)
	case tags.AlarmText:
		t.text = rawWord(r.Value)
	default:
		t.count(r, at)
	}
}

// see judges state and mode together.
func (t *Tracker) see(at, now time.Time) {
	if !t.told[t.def.Tags.State] || t.bad[t.def.Tags.State] != "" {
		return // a mode alone says nothing
	}
	s, detail := t.def.Tags.stateOf(t.raw, t.mode)
	t.detail = detail
	t.state.see(string(s), at, now)
}

// lose takes a reading that the device does not vouch for. It is no production and no state.
func (t *Tracker) lose(r TagReading) {
	detail := r.Detail
	if detail == "" {
		detail = "bad quality"
	}
	first := t.bad[r.Tag] == "" && !t.dead
	t.bad[r.Tag] = detail
	switch {
	case r.Tag == t.def.Tags.State:
		t.detail = r.Tag + ": " + detail
		t.state.see(string(MachineUnknown), r.Received, r.Received)
	case r.Tag == t.def.Tags.Alarm, r.Tag == t.def.Tags.AlarmText:
		// What was on stays on: silence is not the end of an alarm.
	}
	if first && Missing(detail) {
		t.notice(NoticeTag, r.Received, fmt.Sprintf("%s has no tag %s any more, or it was renamed: %s", t.def.Tags.Device, r.Tag, detail))
	}
}

// believed is the time of a reading: the device's own while its clock is near ours, else when it came. The first word after a
// gap may tell of something old, and says nothing about the clock.
func (t *Tracker) believed(r TagReading) time.Time {
	if r.Source.IsZero() {
		return r.Received
	}
	ahead := r.Source.Sub(r.Received)
	if ahead <= t.def.ClockLimit() && ahead >= -t.def.ClockLimit() {
		t.off = false
		if ahead > 0 {
			return r.Received
		}
		return r.Source
	}
	fresh := t.told[r.Tag] && t.bad[r.Tag] == ""
	if (ahead > 0 || fresh) && !t.off {
		t.off = true
		t.notice(NoticeClock, r.Received, fmt.Sprintf("The clock of %s is off by %s; the times of arrival are taken", t.def.Tags.Device, ahead.Round(time.Second).Abs()))
	}
	return r.Received
}

// count takes a counter's value.
func (t *Tracker) count(r TagReading, at time.Time) {
	c := t.counters[r.Tag]
	if c == nil {
		return
	}
	n, whole := WholeNumber(r.Value)
	strange := fmt.Sprintf("shows %v, which is no whole number; not counted", r.Value)
	if whole {
		strange = c.See(n, at, t.def.Tags.Counters)
	}
	if totals := t.totals(); totals != t.counted {
		t.countAt = later(t.countAt, at)
	}
	if strange == "" {
		return
	}
	if before, ok := t.strange[r.Tag]; !ok || r.Received.Sub(before) > time.Minute {
		t.notice(NoticeCounter, r.Received, "Counter "+r.Tag+" "+strange)
	}
	t.strange[r.Tag] = r.Received
}

// totals are produced and rejected as far as the counters say.
func (t *Tracker) totals() [2]int64 {
	c := t.def.Tags.Counters
	of := func(name string) int64 {
		if name == "" {
			return 0
		}
		return t.counters[name].Total
	}
	total, good, reject := of(c.Total), of(c.Good), of(c.Reject)
	switch {
	case c.Total == "":
		return [2]int64{good + reject, reject}
	case c.Reject == "" && c.Good != "":
		return [2]int64{total, max(total-good, 0)}
	default:
		return [2]int64{total, min(reject, total)}
	}
}

// Tick lets time pass. alive is when the device last gave a sign of life, heartbeats included; zero where nobody knows.
func (t *Tracker) Tick(now, alive time.Time) {
	t.heard = later(t.heard, alive)
	for _, c := range t.counters {
		c.Settle(now)
	}
	if began, _ := t.state.flickers(now); began {
		t.notice(NoticeFlicker, now, fmt.Sprintf("%s flickers: %d changes in %s", t.def.Tags.State, flickerChanges, flickerWindow))
		t.detail = t.def.Tags.State + " flickers"
		t.tellState(MachineUnknown, FromTag, now)
	}
	if began, _ := t.alarm.flickers(now); began {
		t.notice(NoticeFlicker, now, fmt.Sprintf("%s flickers: %d changes in %s", t.def.Tags.Alarm, flickerChanges, flickerWindow))
	}
	if !t.dead && !t.heard.IsZero() && now.Sub(t.heard) > t.def.Stale() {
		t.dead = true
		t.detail = "silent since " + t.heard.UTC().Format(time.RFC3339)
		t.state = debounce{hold: t.def.Debounce(), known: true, stable: string(MachineUnknown)}
		t.tellState(MachineUnknown, FromSilence, t.heard)
	}
	if v, at, changed := t.state.settle(now); changed && !t.dead {
		source := FromTag
		if MachineState(v) == MachineUnknown && t.bad[t.def.Tags.State] != "" {
			source = FromSilence
		}
		t.tellState(MachineState(v), source, at)
	}
	if v, at, changed := t.alarm.settle(now); changed {
		t.tell(MachineEvent{Kind: MachineAlarmEvent, At: at, Alarm: v, Text: t.alarmText(v)})
	}
}

func (t *Tracker) alarmText(code string) string {
	if code == "" {
		return ""
	}
	return t.text
}

func (t *Tracker) tellState(s MachineState, source StateSource, at time.Time) {
	t.tell(MachineEvent{Kind: MachineStateEvent, At: at, State: s, Source: source, Detail: t.detail})
}

func (t *Tracker) notice(n MachineNotice, at time.Time, text string) {
	t.tell(MachineEvent{Kind: MachineNoticeEvent, At: at, Notice: n, Text: text})
}

// tell adds an event. Times of states never go back, so that the log has an order.
func (t *Tracker) tell(e MachineEvent) {
	e.Station = t.def.Station
	if e.Kind == MachineStateEvent {
		e.At = later(e.At, t.last)
		e.Continues = !t.last.IsZero()
		t.last = e.At
	}
	if len(t.out) >= maxPending {
		t.out = t.out[1:]
	}
	t.out = append(t.out, e)
}

// Count tells the totals, if they have changed since they were told last.
func (t *Tracker) Count() {
	if now := t.totals(); now != t.counted {
		t.counted = now
		t.tell(MachineEvent{Kind: MachineCountEvent, At: later(t.countAt, t.settled()), Produced: now[0], Rejected: now[1]})
	}
}

// settled is the newest time of a counter's value.
func (t *Tracker) settled() time.Time {
	var out time.Time
	for _, c := range t.counters {
		out = later(out, c.At)
	}
	return out
}

// Again tells the present state once more, for whoever has lost it. Nothing is told before anything is known.
func (t *Tracker) Again() {
	if t.last.IsZero() {
		return
	}
	s := MachineState(t.state.stable)
	if t.state.broken {
		s = MachineUnknown
	}
	source := FromTag
	if t.dead {
		source = FromSilence
	}
	t.tell(MachineEvent{Kind: MachineStateEvent, At: t.last, State: s, Source: source, Detail: t.detail, Again: true})
}

// Take gives the events since the last call, in order.
func (t *Tracker) Take() []MachineEvent {
	out := t.out
	t.out = nil
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// floodLimit is how many readings of one machine in a second are more than its states, alarms and counters can need.
const floodLimit = 1000

// rate counts readings by the second.
type rate struct {
	second time.Time
	n      int
	quiet  time.Time // since when the device has been told to be a flood
}

// over tells once that the limit is passed, and again after a minute.
func (r *rate) over(now time.Time) bool {
	if s := now.Truncate(time.Second); !s.Equal(r.second) {
		r.second, r.n = s, 0
	}
	if r.n++; r.n != floodLimit+1 || now.Sub(r.quiet) < time.Minute {
		return false
	}
	r.quiet = now
	return true
}
