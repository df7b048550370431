package devices_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/steelthread/steelthread/devices"
)

var request = devices.CycleRequest{Seq: 7, Lot: "INV-1", Program: 7, Params: map[string]any{"target": 2.5}}

func run(t *testing.T, f *fakeMachine, req devices.CycleRequest) (devices.CycleResult, error) {
	t.Helper()
	return devices.RunCycle(t.Context(), f, req)
}

func TestCycleRunsOnceAndReadsTheResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		var phases []string
		req := request
		req.Heartbeat = func(p string) { phases = append(phases, p) }
		res, err := run(t, f, req)
		if err != nil {
			t.Fatal(err)
		}
		if f.pulses != 1 || !res.OK || res.Program != 7 || res.Lot != "INV-1" || res.Resumed {
			t.Fatalf("pulses %d, result %+v", f.pulses, res)
		}
		if len(res.Values) != 1 || res.Values[0].Name != "torque" || res.Values[0].Unit != "Nm" || res.Values[0].Value != 2.5 {
			t.Fatalf("values %+v", res.Values)
		}
		if !slices.Contains(phases, "waiting for the result") || len(phases) < 15 {
			t.Fatalf("heartbeats are missing: %q", phases)
		}
	})
}

func TestCycleAgainDoesNotStartTheMachineAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := devices.RunCycle(ctx, f, request); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("the crash in mid-cycle gives %v", err)
		}
		for range 3 { // in mid-cycle, and twice after it
			res, err := run(t, f, request)
			if err != nil || !res.Resumed || !res.OK {
				t.Fatalf("result %+v, error %v", res, err)
			}
		}
		if f.pulses != 1 {
			t.Fatalf("the machine was started %d times", f.pulses)
		}
		next := request
		next.Seq, next.Lot = 8, "INV-2"
		if res, err := run(t, f, next); err != nil || res.Resumed || f.pulses != 2 {
			t.Fatalf("next lot: %+v, %v, pulses %d", res, err, f.pulses)
		}
	})
}

func TestCycleWithALostAnswer(t *testing.T) {
	lost := func(deliver bool) func() (bool, error) {
		return func() (bool, error) { return deliver, devices.ErrOutcomeUnknown }
	}
	tests := map[string]struct {
		break_ func(f *fakeMachine)
		want   error
		pulses int
	}{
		"pulse taken": {func(f *fakeMachine) { f.onPulse = lost(true) }, nil, 1},
		"pulse lost":  {func(f *fakeMachine) { f.onPulse = lost(false) }, devices.ErrNoAnswer, 0},
		"machine gone with the pulse": {func(f *fakeMachine) {
			f.onPulse = func() (bool, error) {
				f.onRead = func() error { return devices.ErrNoAnswer }
				return true, devices.ErrOutcomeUnknown
			}
		}, devices.ErrOutcomeUnknown, 1},
		"nothing sent at first": {func(f *fakeMachine) {
			f.onPulse = func() (bool, error) { f.onPulse = nil; return false, devices.ErrNoAnswer }
		}, nil, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				tt.break_(f)
				_, err := run(t, f, request)
				if !errors.Is(err, tt.want) || f.pulses != tt.pulses {
					t.Fatalf("error %v, pulses %d", err, f.pulses)
				}
				time.Sleep(5 * time.Second) // lets the fake's own cycle end inside the bubble
			})
		})
	}
}

func TestCycleRefusals(t *testing.T) {
	tests := map[string]struct {
		break_ func(f *fakeMachine)
		want   error
	}{
		"held":    {func(f *fakeMachine) { f.set(map[string]any{"state": int32(devices.StateHeld)}) }, devices.ErrNotReady},
		"aborted": {func(f *fakeMachine) { f.set(map[string]any{"state": int32(devices.StateAborted)}) }, devices.ErrNotReady},
		"busy for ever": {func(f *fakeMachine) { f.set(map[string]any{"state": int32(devices.StateExecute)}) },
			devices.ErrNotReady},
		"sequence of another lot": {func(f *fakeMachine) {
			f.set(map[string]any{"result_seq": uint32(7), "ack_seq": uint32(7), "result_lot": "INV-0", "command_lot": "INV-0"})
		}, devices.ErrSequenceUsed},
		"bad value":     {func(f *fakeMachine) { f.bad["torque_1"] = true }, devices.ErrBadQuality},
		"bad handshake": {func(f *fakeMachine) { f.bad["ack_seq"] = true }, devices.ErrBadQuality},
		"silent":        {func(f *fakeMachine) { f.onRead = func() error { return devices.ErrNoAnswer } }, devices.ErrNoAnswer},
		"no tag":        {func(f *fakeMachine) { delete(f.cfg.Tags, "result_ok") }, devices.ErrUnknownTag},
		"no result":     {func(f *fakeMachine) { f.cycle = time.Hour }, devices.ErrNoAnswer},
		"stops on the way": {func(f *fakeMachine) {
			time.AfterFunc(time.Second, func() { f.set(map[string]any{"state": int32(devices.StateAborted)}) })
		}, devices.ErrNotReady},
		"runs another program": {func(f *fakeMachine) {
			time.AfterFunc(time.Second, func() { f.set(map[string]any{"program_actual": int32(3)}) })
		}, devices.ErrReadBack},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				tt.break_(f)
				res, err := run(t, f, request)
				if !errors.Is(err, tt.want) || res.OK {
					t.Fatalf("result %+v, error %v, want %v", res, err, tt.want)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

func TestCycleOutlivesAGapAfterTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		time.AfterFunc(time.Second, func() {
			f.mu.Lock()
			f.onRead = func() error { return devices.ErrNoAnswer }
			f.mu.Unlock()
		})
		time.AfterFunc(20*time.Second, func() {
			f.mu.Lock()
			f.onRead = nil
			f.mu.Unlock()
		})
		if res, err := run(t, f, request); err != nil || !res.OK || f.pulses != 1 {
			t.Fatalf("result %+v, error %v, pulses %d", res, err, f.pulses)
		}
	})
}

func TestCycleResetsAMachineThatShowsTheLastResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.set(map[string]any{"state": int32(devices.StateComplete), "ack_seq": uint32(6), "result_seq": uint32(6)})
		if _, err := run(t, f, request); err != nil || f.pulses != 1 || f.tags["control"] != devices.ControlReset {
			t.Fatalf("error %v, pulses %d, control %v", err, f.pulses, f.tags["control"])
		}
	})
}

// TestNumbersOfBeforeARestore are the cases after the records went back to an earlier moment: the machine remembers what
// they have forgotten.
func TestNumbersOfBeforeARestore(t *testing.T) {
	shows := func(seq uint32, lot string) map[string]any {
		return map[string]any{"ack_seq": seq, "command_lot": lot, "result_seq": seq, "result_lot": lot, "result_ok": true, "torque_1": 2.5, "program_actual": int32(7)}
	}
	tests := map[string]struct {
		machine map[string]any
		seq     uint32
		old     uint32
		want    error
		pulses  int
		resumed bool
		looked  bool
	}{
		"the result of the very cycle is there": {shows(7, "INV-1"), 7, 9, nil, 0, true, false},
		"the machine went on":                   {shows(8, "INV-9"), 7, 9, devices.ErrOldNumber, 0, false, false},
		"the machine was changed meanwhile":     {shows(0, ""), 7, 9, devices.ErrOldNumber, 0, false, false},
		"another lot had the number":            {shows(7, "INV-9"), 7, 9, devices.ErrSequenceUsed, 0, false, false},
		"a number of after the restore":         {shows(12, "INV-9"), 9 + 1<<20, 9, nil, 1, false, false},
		"the last old number":                   {shows(12, "INV-9"), 9, 9, devices.ErrOldNumber, 0, false, false},
		"the registers have wrapped":            {shows(12, "INV-9"), 1<<32 - 5, 3, devices.ErrOldNumber, 0, false, false},
		"wrapped by the gap":                    {shows(1<<32-5, "INV-9"), 1 << 19, 1<<32 - 1<<19, nil, 1, false, false},
		"never restored":                        {shows(8, "INV-9"), 7, 0, nil, 1, false, false},
		"this lot was run in the lost time":     {shows(12, "INV-1"), 9 + 1<<20 + 1, 9, devices.ErrLostCycle, 0, false, false},
		"a person has looked at it":             {shows(12, "INV-1"), 9 + 1<<20 + 1, 9, nil, 1, false, true},
		"an old number of such a lot":           {shows(12, "INV-1"), 7, 9, devices.ErrOldNumber, 0, false, false},
		"it was run again since":                {shows(9+1<<20+1, "INV-1"), 9 + 1<<20 + 2, 9, nil, 1, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				f.set(tt.machine)
				f.cfg.OldNumbers = tt.old
				req := request
				req.Seq, req.Looked = tt.seq, tt.looked
				res, err := run(t, f, req)
				if !errors.Is(err, tt.want) || f.pulses != tt.pulses || res.Resumed != tt.resumed {
					t.Errorf("error %v, %d starts, resumed %v", err, f.pulses, res.Resumed)
				}
			})
		})
	}
}
