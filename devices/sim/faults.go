package sim

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Kind names a way in which a part of the plant can fail.
type Kind string

// The kinds of fault. Value means what the comment says; where it says nothing, the value is not used.
const (
	// RejectRate makes that share (0 to 1) of machine cycles and pictures bad.
	RejectRate Kind = "reject_rate"
	// UndecidedRate makes that share (0 to 1) of pictures come back undecided, with a low confidence.
	UndecidedRate Kind = "undecided_rate"
	// Silence makes a machine ignore starts, a camera ignore triggers, a printer ignore jobs, the ERP never answer.
	Silence Kind = "silence"
	// Disconnect refuses connections while it lasts, and cuts those that are there.
	Disconnect Kind = "disconnect"
	// BlackHole keeps connections open and swallows every byte.
	BlackHole Kind = "black_hole"
	// Late adds that many seconds to each answer, whatever the plant's speed.
	Late Kind = "late"
	// Duplicate sends each camera result that many times more.
	Duplicate Kind = "duplicate"
	// BadQuality makes a machine report its values with bad quality.
	BadQuality Kind = "bad_quality"
	// Stop holds a machine with the alarm of that number until it is cleared.
	Stop Kind = "stop"
	// Flicker makes a machine's state change fifty times a second.
	Flicker Kind = "flicker"
	// CounterReset sets a machine's counters to 0 once; CounterBack sets the good ones back by that many.
	CounterReset Kind = "counter_reset"
	CounterBack  Kind = "counter_back"
	// Clock sets a machine's clock that many seconds ahead, or back.
	Clock Kind = "clock"
	// Rename lets the tag of a machine's state have another name.
	Rename Kind = "rename"
	// Flood makes a machine tell its state that many times a second.
	Flood Kind = "flood"
	// PaperOut makes a printer report that it has no labels.
	PaperOut Kind = "paper_out"
	// FailTimes makes the ERP answer 503 that many times.
	FailTimes Kind = "fail"
	// RefuseTimes makes the ERP answer 422 that many times: a message that it will never take.
	RefuseTimes Kind = "refuse"
)

var kindsOf = map[string][]Kind{
	"machine": {RejectRate, Silence, Disconnect, BlackHole, Late, BadQuality, Stop, Flicker, CounterReset, CounterBack, Clock, Rename},
	"cutter":  {RejectRate, Silence, Disconnect, Stop, Flicker, CounterReset, CounterBack, Clock, Rename, Flood},
	"camera":  {RejectRate, UndecidedRate, Silence, Disconnect, Late, Duplicate},
	"printer": {Silence, Disconnect, BlackHole, PaperOut},
	"erp":     {FailTimes, RefuseTimes, Silence, Late},
}

// Fault is one fault on one part of the plant.
type Fault struct {
	Target string  `json:"target"`
	Kind   Kind    `json:"kind"`
	Value  float64 `json:"value"`
	// Until is the end of the fault; zero means until it is cleared.
	Until time.Time `json:"until,omitzero"`
}

// faults is the board of present faults. The parts look at it when they act.
type faults struct {
	mu     sync.Mutex
	active map[string]Fault
}

func newFaults() *faults { return &faults{active: map[string]Fault{}} }

// set puts a fault on the board. A value of 0 for a rate or a count takes it off again.
func (f *faults) set(class string, x Fault) error {
	if !slices.Contains(kindsOf[class], x.Kind) {
		return fmt.Errorf("a %s knows no fault %q, but %v", class, x.Kind, kindsOf[class])
	}
	if (x.Kind == RejectRate || x.Kind == UndecidedRate) && (x.Value < 0 || x.Value > 1) {
		return fmt.Errorf("%s is a share from 0 to 1", x.Kind)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active[x.Target+"/"+string(x.Kind)] = x
	return nil
}

// get tells whether a fault is present now, and its value.
func (f *faults) get(target string, k Kind) (float64, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x, ok := f.active[target+"/"+string(k)]
	if ok && !x.Until.IsZero() && time.Now().After(x.Until) {
		delete(f.active, target+"/"+string(k))
		return 0, false
	}
	return x.Value, ok
}

// on reports whether a fault is present now.
func (f *faults) on(target string, k Kind) bool {
	_, ok := f.get(target, k)
	return ok
}

// late gives the delay that a part adds to its answers.
func (f *faults) late(target string) time.Duration {
	v, _ := f.get(target, Late)
	return time.Duration(v * float64(time.Second))
}

// use takes one of a counted fault, and reports whether there was one.
func (f *faults) use(target string, k Kind) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := target + "/" + string(k)
	x, ok := f.active[key]
	if !ok || x.Value < 1 || (!x.Until.IsZero() && time.Now().After(x.Until)) {
		delete(f.active, key)
		return false
	}
	x.Value--
	f.active[key] = x
	return true
}

// clear takes faults off the board; an empty target means all.
func (f *faults) clear(target string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.active, func(_ string, x Fault) bool { return target == "" || x.Target == target })
}

func (f *faults) list() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []Fault{}
	for _, k := range slices.Sorted(maps.Keys(f.active)) {
		if x := f.active[k]; x.Until.IsZero() || time.Now().Before(x.Until) {
			out = append(out, x)
		}
	}
	return out
}
