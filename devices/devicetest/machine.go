package devicetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

// Harness is a machine of some protocol, with the handles by which the suite breaks it. The machine follows the sequence
// handshake and takes any program.
type Harness struct {
	// Config reaches the machine through Relay. It maps the handshake's tags, "value" (measured at the end of a cycle and
	// named in Values), "missing" (a node that is not there), and "wrong", a writable whole number of at most 32 bits.
	Config devices.Config
	Relay  *relay.Relay
	Open   func(devices.Config) (devices.Device, error)
	// Kill ends the server as a power cut would. Restart brings it back with its retentive memory.
	Kill, Restart func(t *testing.T)
	// BadQuality makes "value" bad.
	BadQuality func(t *testing.T, on bool)
	// Pulses counts on the machine's side the starts it has taken, over restarts.
	Pulses func(t *testing.T) int
}

// suite is one run of the suite. Sequence numbers and programs grow through it, since the machine remembers them.
type suite struct {
	Harness
	seq     uint32
	program int
}

// Run puts a machine's driver through the suite. The cases share one server and run one after the other.
func Run(t *testing.T, h Harness) {
	h.Config.Profile = devices.Profile{Attempts: 3, Timeout: devices.Duration(4 * time.Second),
		CycleTimeout: devices.Duration(60 * time.Second), Poll: devices.Duration(50 * time.Millisecond)}
	s := &suite{Harness: h, seq: 100, program: 20}
	for _, c := range []struct {
		name string
		run  func(*testing.T, *suite)
	}{
		{"reads many tags in one call", readsMany},
		{"names a missing node and keeps the connection", namesMissing},
		{"refuses a wrong type", refusesWrongType},
		{"writes only what differs and reads it back", writesVerified},
		{"never takes bad quality for a reading", badQuality},
		{"fails a request to a dead machine in time", deadMachine},
		{"tells watchers all values after a TCP cut", subscriptionSurvives((*suite).cut)},
		{"tells watchers all values after a black hole", subscriptionSurvives((*suite).blackHole)},
		{"tells watchers all values after the server was killed", subscriptionSurvives((*suite).killed)},
		{"starts a cycle once, told twice", cycleTwice},
		{"starts a cycle once, cut at every moment", cycleUnderCuts},
		{"starts a cycle once, server killed in mid-cycle", cycleUnderKill},
		{"is not started for numbers of before a restore", afterRestore},
		{"closes at once, also in the middle of things", closes},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

// open gives a fresh device that is connected.
func (s *suite) open(t *testing.T) devices.Machine {
	t.Helper()
	d, err := s.Open(s.Config)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := d.(devices.Machine)
	if !ok {
		t.Fatalf("%T is no machine", d)
	}
	t.Cleanup(func() { m.Close() })
	s.connected(t, m)
	return m
}

func (s *suite) connected(t *testing.T, m devices.Machine) {
	t.Helper()
	eventually(t, func() (bool, string) {
		h := m.Health()
		return h.State == devices.Connected, "connected, it is " + string(h.State) + " " + h.LastError
	})
}

func (s *suite) next() devices.CycleRequest {
	s.seq++
	s.program++
	return devices.CycleRequest{Seq: s.seq, Lot: "LOT-" + string(rune('A'+s.seq%26)), Program: s.program}
}

func readsMany(t *testing.T, s *suite) {
	m := s.open(t)
	var tags []string
	for tag := range s.Config.Tags {
		if tag != "missing" {
			tags = append(tags, tag)
		}
	}
	vs, err := m.Read(t.Context(), tags...)
	if err != nil || len(vs) != len(tags) {
		t.Fatalf("%d values for %d tags, error %v", len(vs), len(tags), err)
	}
	for i, v := range vs {
		if v.Tag != tags[i] || v.ReceivedTime.IsZero() || !v.Usable() {
			t.Errorf("asked %s, got %+v", tags[i], v)
		}
	}
	if vs, err := m.Read(t.Context()); err != nil || len(vs) != 0 {
		t.Errorf("nothing asked: %v %v", vs, err)
	}
	if m.Health().LastData.IsZero() {
		t.Error("health knows no data")
	}
}

func namesMissing(t *testing.T, s *suite) {
	m := s.open(t)
	if _, err := m.Read(t.Context(), "state", "missing"); !errors.Is(err, devices.ErrUnknownTag) ||
		!strings.Contains(err.Error(), "missing") {
		t.Errorf("missing node: %v", err)
	}
	if _, err := m.Read(t.Context(), "nobody mapped this"); !errors.Is(err, devices.ErrUnknownTag) {
		t.Errorf("unmapped tag: %v", err)
	}
	if err := m.WriteOnce(t.Context(), "missing", 1); !errors.Is(err, devices.ErrUnknownTag) {
		t.Errorf("write to a missing node: %v", err)
	}
	if err := m.Subscribe(t.Context(), []string{"nobody mapped this"}, nil); !errors.Is(err, devices.ErrUnknownTag) {
		t.Errorf("watch of an unmapped tag: %v", err)
	}
	w := watch(t, m, "missing", "state")
	eventually(t, func() (bool, string) {
		return w.last("state").Usable() && w.seen("missing") && !w.last("missing").Usable(),
			"a good state beside a bad value of the missing node"
	})
	if st := m.Health().State; st != devices.Connected {
		t.Errorf("the connection is %s after all this", st)
	}
}

func refusesWrongType(t *testing.T, s *suite) {
	m := s.open(t)
	for _, v := range []any{"seven", true, 7.5, int64(1) << 40, nil} {
		if err := m.WriteOnce(t.Context(), "wrong", v); !errors.Is(err, devices.ErrWrongType) {
			t.Errorf("%T %v: %v", v, v, err)
		}
	}
	for _, v := range []any{7, int64(8), uint16(9), 10.0, uint8(11)} {
		if w, err := m.WriteVerified(t.Context(), "wrong", v); err != nil || !devices.Same(w.After, v) {
			t.Errorf("%T %v: %+v %v", v, v, w, err)
		}
	}
	if _, err := m.WriteVerified(t.Context(), "command_lot", 7); !errors.Is(err, devices.ErrWrongType) {
		t.Errorf("a number into a text: %v", err)
	}
}

func writesVerified(t *testing.T, s *suite) {
	m := s.open(t)
	s.program++
	if w, err := m.WriteVerified(t.Context(), "program_set", s.program); err != nil || !w.Changed || !devices.Same(w.After, s.program) {
		t.Errorf("first write: %+v %v", w, err)
	}
	if w, err := m.WriteVerified(t.Context(), "program_set", s.program); err != nil || w.Changed || !devices.Same(w.Before, s.program) {
		t.Errorf("second write: %+v %v", w, err)
	}
	if w, err := m.WriteVerified(t.Context(), "command_lot", "Größe 5 µm"); err != nil || w.After != "Größe 5 µm" {
		t.Errorf("text: %+v %v", w, err)
	}
	if _, err := m.WriteVerified(t.Context(), "ack_seq", 1); !errors.Is(err, devices.ErrRefused) {
		t.Errorf("a read-only tag: %v", err)
	}
}

func badQuality(t *testing.T, s *suite) {
	m := s.open(t)
	w := watch(t, m, "value")
	s.BadQuality(t, true)
	defer s.BadQuality(t, false)
	vs, err := m.Read(t.Context(), "value", "state")
	if err != nil || vs[0].Usable() || vs[0].Detail == "" || !vs[1].Usable() {
		t.Fatalf("%+v %v", vs, err)
	}
	req := s.next()
	if res, err := devices.RunCycle(t.Context(), m, req); !errors.Is(err, devices.ErrBadQuality) || res.OK {
		t.Errorf("a cycle with a bad value: %+v %v", res, err)
	}
	s.BadQuality(t, false)
	res, err := devices.RunCycle(t.Context(), m, req)
	if err != nil || !res.OK || !res.Resumed {
		t.Errorf("the same cycle when the sensor is well again: %+v %v", res, err)
	}
	eventually(t, func() (bool, string) { return w.wasBad("value"), "the watcher told of bad quality" })
}

// deadMachine runs with a short time-out: two requests of 1.5 s, of which the cycle tries one three times.
func deadMachine(t *testing.T, s *suite) {
	hasty := *s
	hasty.Config.Profile.Timeout = devices.Duration(1500 * time.Millisecond)
	m := hasty.open(t)
	s.Relay.BlackHole(true)
	defer s.Relay.BlackHole(false)
	began := time.Now()
	if _, err := m.Read(t.Context(), "state"); !errors.Is(err, devices.ErrNoAnswer) {
		t.Errorf("read: %v", err)
	}
	if _, err := devices.RunCycle(t.Context(), m, s.next()); !errors.Is(err, devices.ErrNoAnswer) {
		t.Errorf("cycle: %v", err)
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("giving up took %s", d)
	}
	eventually(t, func() (bool, string) {
		h := m.Health()
		return h.State != devices.Connected && h.LastError != "", "the health to tell"
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Read(ctx, "state"); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that has left: %v", err)
	}
}

func (s *suite) cut(*testing.T, devices.Machine) { s.Relay.Cut() }

func (s *suite) blackHole(t *testing.T, m devices.Machine) {
	s.Relay.BlackHole(true)
	eventually(t, func() (bool, string) { return m.Health().State != devices.Connected, "silence noticed" })
	s.Relay.BlackHole(false)
}

func (s *suite) killed(t *testing.T, m devices.Machine) {
	s.Kill(t)
	eventually(t, func() (bool, string) { return m.Health().State != devices.Connected, "death noticed" })
	s.Restart(t)
}

// subscriptionSurvives checks that a watcher hears of the gap, then of the value that changed behind its back, then of
// later changes. It does so twice, because a rebuilt connection can be wrong in its own way.
func subscriptionSurvives(hurt func(*suite, *testing.T, devices.Machine)) func(*testing.T, *suite) {
	return func(t *testing.T, s *suite) {
		m := s.open(t)
		w := watch(t, m, "program_set", "state")
		for range 2 {
			s.changes(t, m, w)
			w.reset()
			hurt(s, t, m)
			eventually(t, func() (bool, string) { return w.wasBad("program_set"), "word of the gap" })
			eventually(t, func() (bool, string) {
				return w.last("program_set").Usable() && w.last("state").Usable(), "all values after the gap"
			})
			s.connected(t, m)
			s.changes(t, m, w)
		}
	}
}

// changes makes a change and waits until the watcher has heard of it.
func (s *suite) changes(t *testing.T, m devices.Machine, w *watcher) {
	t.Helper()
	s.program++
	if _, err := m.WriteVerified(t.Context(), "program_set", s.program); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() (bool, string) {
		return devices.Same(w.last("program_set").Value, s.program), "the change is told"
	})
}

func closes(t *testing.T, s *suite) {
	m := s.open(t)
	w := watch(t, m, "state")
	s.Relay.BlackHole(true)
	defer s.Relay.BlackHole(false)
	failed := make(chan error, 1)
	go func() {
		_, err := m.Read(t.Context(), "state")
		failed <- err
	}()
	began := time.Now()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if d := time.Since(began); d > 4*time.Second {
		t.Errorf("closing took %s", d)
	}
	if err := <-failed; err == nil {
		t.Error("a read through a black hole succeeds")
	}
	if _, err := m.Read(t.Context(), "state"); !errors.Is(err, devices.ErrClosed) {
		t.Errorf("read after Close: %v", err)
	}
	if err := m.Subscribe(t.Context(), []string{"state"}, func(devices.Value) {}); !errors.Is(err, devices.ErrClosed) {
		t.Errorf("watch after Close: %v", err)
	}
	eventually(t, func() (bool, string) { return !w.last("state").Usable(), "the watcher told of the end" })
}
