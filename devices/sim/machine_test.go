package sim

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
)

// rig is a machine whose clock the test turns.
type rig struct {
	t   *testing.T
	m   *machine
	s   *space
	o   Options
	f   *faults
	now time.Time
}

func newRig(t *testing.T, id string) *rig {
	o := Options{Dir: t.TempDir(), Site: "HAM", Line: "L1", Seed: 3, Speed: 1, Logger: slog.New(slog.DiscardHandler)}
	if err := os.MkdirAll(filepath.Join(o.Dir, "machines"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, o: o, f: newFaults(), now: time.Now()}
	r.boot(id)
	return r
}

func (r *rig) boot(id string) {
	r.t.Helper()
	for _, m := range models {
		if m.id != id {
			continue
		}
		var err error
		if r.m, err = newMachine(m, r.o, r.f); err != nil {
			r.t.Fatal(err)
		}
		r.s = newSpace(r.m)
	}
}

func (r *rig) write(tag string, v any) ua.StatusCode {
	return r.s.SetAttribute(r.s.node(tag), ua.AttributeIDValue, &ua.DataValue{Value: ua.MustVariant(v)})
}

// run lets time pass in steps of the scan.
func (r *rig) run(d time.Duration) {
	for end := r.now.Add(d); r.now.Before(end); r.now = r.now.Add(100 * time.Millisecond) {
		r.m.scan(r.now)
	}
}

func (r *rig) start(seq uint32, lot string) {
	r.t.Helper()
	if c := r.write("command_lot", lot); c != ua.StatusOK {
		r.t.Fatal(c)
	}
	if c := r.write("command_seq", seq); c != ua.StatusOK {
		r.t.Fatal(c)
	}
	r.run(200 * time.Millisecond)
}

func (r *rig) is(tag string, want any) {
	r.t.Helper()
	if got := r.m.tags[tag].value; got != want {
		r.t.Errorf("%s is %v, want %v", tag, got, want)
	}
}

func TestMachineTakesAStartOnce(t *testing.T) {
	r := newRig(t, "TC-20")
	r.start(5, "L1")
	r.is("ack_seq", uint32(5))
	for range 3 {
		r.write("command_seq", uint32(5))
		r.run(time.Minute)
	}
	r.is("result_seq", uint32(5))
	r.is("result_lot", "L1")
	r.is("result_ok", true)
	r.is("state_name", "Complete")
	r.is("produced_count", uint32(1))
	if r.m.pulses != 1 {
		t.Errorf("%d starts", r.m.pulses)
	}
	r.start(6, "L2") // not reset: the start is lost
	r.run(time.Minute)
	r.is("ack_seq", uint32(5))
	r.write("control", devices.ControlReset)
	r.run(2 * time.Second)
	r.is("state_name", "Idle")
	r.is("ack_seq", uint32(5)) // and it is not kept for later
	r.start(6, "L2")
	r.run(time.Minute)
	r.is("result_seq", uint32(6))
}

func TestMachineFinishesAfterAPowerCut(t *testing.T) {
	r := newRig(t, "LT-50")
	r.write("program_set", int32(9))
	r.start(5, "L1")
	r.run(10 * time.Second)
	r.boot("LT-50")
	r.is("ack_seq", uint32(5))
	r.is("program_actual", int32(9))
	r.is("state_name", "Execute")
	r.run(2 * time.Minute)
	r.is("result_seq", uint32(5))
	r.is("result_lot", "L1")
	drop := r.m.tags["pressure_drop"].value
	r.boot("LT-50")
	r.is("pressure_drop", drop)
	r.is("state_name", "Complete")
}

func TestMachineIsStrict(t *testing.T) {
	r := newRig(t, "TC-20")
	for name, tt := range map[string]struct {
		tag  string
		v    any
		want ua.StatusCode
	}{
		"wrong type": {"program_set", int64(7), ua.StatusBadTypeMismatch}, "read-only": {"ack_seq", uint32(1), ua.StatusBadNotWritable},
		"fits": {"program_set", int32(8), ua.StatusOK}, "no such node": {"nothing", int32(1), ua.StatusBadNodeIDUnknown},
	} {
		if got := r.write(tt.tag, tt.v); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestMachineFollowsPackML(t *testing.T) {
	r := newRig(t, "EOL-60")
	step := func(cmd int32, want string) {
		t.Helper()
		r.write("control", cmd)
		r.run(2 * time.Second)
		r.is("state_name", want)
	}
	r.start(1, "L1")
	r.run(2 * time.Second)
	step(devices.ControlHold, "Held")
	step(devices.ControlReset, "Held")
	step(devices.ControlUnhold, "Execute")
	step(devices.ControlSuspend, "Suspended")
	step(devices.ControlUnsuspend, "Execute")
	step(devices.ControlAbort, "Aborted")
	step(devices.ControlReset, "Aborted")
	step(devices.ControlClear, "Stopped")
	step(devices.ControlReset, "Idle")
	r.is("result_seq", uint32(0))
	step(devices.ControlStop, "Stopped")
}

// TestVerdictsFitTheValues runs every machine over many parts and checks its verdict against the limits of the line.
func TestVerdictsFitTheValues(t *testing.T) {
	limits := map[string][2]float64{"volume": {11.5, 12.8}, "pressure": {3, 4}, "pressure_drop": {0, 1},
		"insulation": {500, 1e9}, "current_balance": {0, 2}, "efficiency": {97, 100}, "temperature_rise": {0, 25},
		"standby_current": {10, 50}, "crimp_diameter": {17.8, 18.2}}
	for _, m := range screws(8) {
		limits[m.name] = [2]float64{2.25, 2.75}
		if m.unit == "°" {
			limits[m.name] = [2]float64{45, 75}
		}
	}
	for _, model := range models {
		r := newRig(t, model.id)
		r.m.reject = 0.3
		bad := 0
		for seq := uint32(1); seq <= 100; seq++ {
			r.m.tags["ack_seq"].value, r.m.tags["ack_lot"].value = seq, "L1"
			r.m.finish(r.now)
			fits := true
			for _, v := range model.measures {
				x, lim := r.m.tags[v.name].value.(float64), limits[v.name]
				fits = fits && x >= lim[0] && x <= lim[1]
			}
			if ok := r.m.tags["result_ok"].value.(bool); ok != fits {
				t.Fatalf("%s, cycle %d: verdict %v, values fit %v", model.id, seq, ok, fits)
			} else if !ok {
				bad++
			}
		}
		if bad < 15 || bad > 45 {
			t.Errorf("%s: %d of 100 are bad at a rate of 0.3", model.id, bad)
		}
	}
}

func TestTheSeedDecides(t *testing.T) {
	measure := func(seed uint64) any {
		r := newRig(t, "DP-30")
		r.m.seed = seed
		r.start(1, "L1")
		r.run(time.Minute)
		return r.m.tags["volume"].value
	}
	if a, b := measure(1), measure(1); a != b {
		t.Errorf("the same seed gives %v and %v", a, b)
	}
	if a, b := measure(1), measure(2); a == b {
		t.Errorf("two seeds give %v", a)
	}
}

func TestLiveValuesMoveWhileTheMachineWorks(t *testing.T) {
	r := newRig(t, "TC-20")
	r.run(time.Second)
	rest := r.m.tags["torque"].value
	r.start(1, "L1")
	r.run(20 * time.Second)
	if r.m.tags["torque"].value == rest {
		t.Errorf("torque stays %v", rest)
	}
	r.f.active["TC-20/silence"] = Fault{Target: "TC-20", Kind: Silence}
	r.run(time.Minute)
	r.write("control", devices.ControlReset)
	r.run(2 * time.Second)
	r.start(2, "L2")
	r.is("ack_seq", uint32(1))
}
