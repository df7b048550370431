package devices_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// fakeMachine is a machine in memory that follows the sequence handshake. Hooks let a test break it.
type fakeMachine struct {
	cfg    devices.Config
	mu     sync.Mutex
	tags   map[string]any
	bad    map[string]bool
	pulses int
	// cycle is how long the machine works.
	cycle time.Duration
	// onRead and onPulse may fail a request; onPulse is asked before the machine sees the pulse.
	onRead  func() error
	onPulse func() (deliver bool, err error)
	closed  bool
}

func newFake() *fakeMachine {
	tags := map[string]any{
		"state": int32(devices.StateIdle), "control": int32(0), "program_set": int32(0), "program_actual": int32(0),
		"command_seq": uint32(0), "command_lot": "", "ack_seq": uint32(0), "result_seq": uint32(0), "result_lot": "",
		"result_ok": false, "torque_1": 0.0, "target": float32(0),
	}
	cfg := devices.Config{ID: "TC-20", Site: "HAM", Driver: "fake", Address: "x", Tags: map[string]string{},
		Profile: devices.Profile{Attempts: 3, Timeout: devices.Duration(time.Second),
			CycleTimeout: devices.Duration(30 * time.Second), Poll: devices.Duration(100 * time.Millisecond)},
		Values: []devices.ValueSpec{{Name: "torque", Tag: "torque_1", Unit: "Nm"}}}
	for t := range tags {
		cfg.Tags[t] = "ns=1;s=" + t
	}
	return &fakeMachine{cfg: cfg, tags: tags, bad: map[string]bool{}, cycle: 2 * time.Second}
}

func (f *fakeMachine) Config() devices.Config { return f.cfg }
func (f *fakeMachine) Health() devices.Health { return devices.Health{State: devices.Connected} }
func (f *fakeMachine) Close() error           { f.closed = true; return nil }
func (f *fakeMachine) Subscribe(context.Context, []string, func(devices.Value)) error {
	return devices.ErrUnsupported
}

func (f *fakeMachine) Read(_ context.Context, tags ...string) ([]devices.Value, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.onRead != nil {
		if err := f.onRead(); err != nil {
			return nil, err
		}
	}
	var out []devices.Value
	for _, t := range tags {
		v := devices.Value{Tag: t, Value: f.tags[t], Quality: devices.Good, ReceivedTime: time.Now()}
		if f.bad[t] {
			v.Quality = devices.Bad
		}
		out = append(out, v)
	}
	return out, nil
}

func (f *fakeMachine) WriteVerified(ctx context.Context, tag string, v any) (devices.Written, error) {
	return devices.VerifyWrite(ctx, f, f.write, tag, v)
}

func (f *fakeMachine) WriteOnce(ctx context.Context, tag string, v any) error {
	deliver, err := true, error(nil)
	if tag == "command_seq" && f.onPulse != nil {
		deliver, err = f.onPulse()
	}
	if deliver {
		if werr := f.write(ctx, tag, v); werr != nil {
			return werr
		}
	}
	return err
}

func (f *fakeMachine) write(_ context.Context, tag string, v any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.tags[tag]; !ok {
		return fmt.Errorf("%s: %w", tag, devices.ErrUnknownTag)
	}
	f.tags[tag] = v
	switch tag {
	case "program_set":
		f.tags["program_actual"] = v
	case "control":
		if f.tags["state"] == int32(devices.StateComplete) && v == devices.ControlReset {
			f.tags["state"] = int32(devices.StateIdle)
		}
	case "command_seq":
		if !devices.Same(f.tags["ack_seq"], v) {
			f.pulses++
			f.tags["ack_seq"], f.tags["state"] = v, int32(devices.StateExecute)
			time.AfterFunc(f.cycle, f.finish)
		}
	}
	return nil
}

func (f *fakeMachine) finish() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tags["result_seq"], f.tags["result_lot"] = f.tags["ack_seq"], f.tags["command_lot"]
	f.tags["result_ok"], f.tags["torque_1"] = true, 2.5
	f.tags["state"] = int32(devices.StateComplete)
}

func (f *fakeMachine) set(kv map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.Copy(f.tags, kv)
}
