package bridge

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

// talker is a device that tells what a test wants it to.
type talker struct {
	cfg devices.Config
	mu  sync.Mutex
	fns []func(devices.Value)
}

func (d *talker) Config() devices.Config { return d.cfg }
func (d *talker) Health() devices.Health {
	return devices.Health{State: devices.Connected, LastData: time.Now()}
}
func (d *talker) Close() error { return nil }

func (d *talker) Subscribe(_ context.Context, _ []string, fn func(devices.Value)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fns = append(d.fns, fn)
	return nil
}

func (d *talker) watched() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.fns) > 0
}

func (d *talker) say(tag string, v any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	for _, fn := range d.fns {
		fn(devices.Value{Tag: tag, Value: v, Quality: devices.Good, SourceTime: now, ReceivedTime: now})
	}
}

// records is an API that keeps what machines tell as the store does: each record once, by its node and number.
type records struct {
	t    *testing.T
	away atomic.Bool // refuses, or loses its answer after it has stored
	mu   sync.Mutex
	last map[string]int64
	got  []mes.MachineEvent
}

func (a *records) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		d := mes.MachineDefinition{Station: "ST50", Site: "HAM", Source: mes.MachineByTags, DebounceMS: 100, Tags: &mes.MachineTags{Device: "LT-50", State: "state", PackML: true, Counters: mes.MachineCounters{Good: "good"}}}
		_ = json.NewEncoder(w).Encode(mes.Page[mes.MachineDefinition]{Items: []mes.MachineDefinition{d}, Total: 1})
		return
	}
	var in machineEvents
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		a.t.Error(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.away.Load() && in.First%2 == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	for i, text := range in.Records {
		n := in.First + int64(i)
		if n <= a.last[in.Node] {
			continue
		}
		if n != a.last[in.Node]+1 {
			a.t.Errorf("record %d after %d", n, a.last[in.Node])
		}
		a.last[in.Node] = n
		var e mes.MachineEvent
		if err := json.Unmarshal(text, &e); err != nil {
			a.t.Error(err)
		}
		a.got = append(a.got, e)
	}
	if a.away.Load() { // stored, and the answer is lost
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = json.NewEncoder(w).Encode(mes.MachineTaken{Through: a.last[in.Node], Again: []string{}})
}

func (a *records) events(k mes.MachineEventKind) []mes.MachineEvent {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.got), func(e mes.MachineEvent) bool { return e.Kind != k })
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
	}
}

// An outage of the API, answers that are lost, and a restart of the edge: every state arrives once and in order, no piece is
// counted twice or lost, and a flood leaves no more than a notice.
func TestWhatMachinesTellArrivesOnceThroughOutages(t *testing.T) {
	a := &records{t: t, last: map[string]int64{}}
	server := httptest.NewServer(http.HandlerFunc(a.serve))
	defer server.Close()
	device := &talker{cfg: devices.Config{ID: "LT-50", Site: "HAM", Driver: "talker", Address: "x", Tags: map[string]string{"state": "a", "good": "b"}}}
	hub, err := devices.NewHub(map[string]devices.Factory{"talker": func(devices.Config) (devices.Device, error) { return device, nil }}, []devices.Config{device.cfg})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var m *Machines
	run := func() (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		m = &Machines{Hub: hub, API: NewAPI(server.URL, "token"), Site: "HAM", Dir: dir, Log: slog.New(slog.DiscardHandler)}
		done := make(chan struct{})
		go func() { defer close(done); m.Run(ctx) }()
		return func() { cancel(); <-done }
	}
	stop := run()
	until(t, "the watch", device.watched)
	device.say("state", int32(6))
	device.say("good", int64(100))
	until(t, "running", func() bool { return len(a.events(mes.MachineStateEvent)) == 1 })
	a.away.Store(true)
	for i, s := range []int32{11, 6, 4, 6} {
		before := m.spool.Stats().Records
		device.say("state", s)
		until(t, "the state on the disk", func() bool { return m.spool.Stats().Records > before })
		device.say("good", int64(101+i))
	}
	stop()
	device.mu.Lock()
	device.fns = nil
	device.mu.Unlock()
	stop = run() // a new process over the same folder
	until(t, "the watch after the restart", device.watched)
	device.say("good", int64(110))
	device.say("state", int32(6))
	for range 20_000 {
		device.say("state", int32(6))
	}
	a.away.Store(false)
	until(t, "the count", func() bool {
		c := a.events(mes.MachineCountEvent)
		return len(c) > 0 && c[len(c)-1].Produced == 10
	})
	until(t, "the notice of the flood", func() bool {
		return slices.ContainsFunc(a.events(mes.MachineNoticeEvent), func(e mes.MachineEvent) bool { return e.Notice == mes.NoticeFlood })
	})
	until(t, "the state after the restart", func() bool { return len(a.events(mes.MachineStateEvent)) == 6 })
	stop()
	var got []mes.MachineState
	for _, e := range a.events(mes.MachineStateEvent) {
		got = append(got, e.State)
	}
	want := []mes.MachineState{mes.MachineRunning, mes.MachineUnplannedDown, mes.MachineRunning, mes.MachineIdle, mes.MachineRunning, mes.MachineRunning}
	if !slices.Equal(got, want) {
		t.Errorf("states %v", got)
	}
	if n := len(a.events(mes.MachineNoticeEvent)); n > 3 {
		t.Errorf("%d notices of one flood", n)
	}
}
