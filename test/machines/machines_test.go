// Package machines tests the way of a machine's states from its controller to the records: the simulated plant over OPC UA, the
// edge's tracker and buffer, and a real database.
package machines

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/opcua"
	"github.com/steelthread/steelthread/devices/sim"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
	"github.com/steelthread/steelthread/workers/bridge"
)

const station = "ST20"

// shop is one machine that is followed.
type shop struct {
	*testing.T
	plant *sim.Plant
	store *store.Store
	away  atomic.Bool
}

// patience is for a machine that builds, tests and browses at the same time.
const patience = 3 * time.Minute

func newShop(t *testing.T) *shop {
	s := &shop{T: t, store: storetest.Open(t, storetest.Database(t))}
	storetest.Seed(t, s.store)
	ctx := t.Context()
	var err error
	s.plant, err = sim.Start(ctx, sim.Options{Dir: t.TempDir(), Site: storetest.Site, Line: "L1", Speed: 10, Machines: []string{"LT-50"}})
	s.must(err)
	t.Cleanup(func() { _ = s.plant.Close() })
	s.must(s.store.Machines.Define(ctx, mes.Actor{ID: "test"}, mes.MachineDefinition{Station: station, Site: storetest.Site, Source: mes.MachineByTags, DebounceMS: 500, MicroStopS: 1, StaleS: 5,
		Tags: &mes.MachineTags{Device: "LT-50", State: "state", PackML: true, Mode: "mode", Alarm: "alarm", AlarmText: "alarm_text", Counters: mes.MachineCounters{Good: "produced_count", Reject: "rejected_count", Modulus: 1 << 32}}}, "test"))
	configs := slices.DeleteFunc(s.plant.Info().Devices, func(c devices.Config) bool { return c.ID != "LT-50" })
	hub, err := devices.NewHub(map[string]devices.Factory{"opcua": opcua.Factory(opcua.Options{PKIDir: t.TempDir()})}, configs)
	s.must(err)
	t.Cleanup(func() { _ = hub.Close() })
	api := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(api.Close)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&bridge.Machines{Hub: hub, API: bridge.NewAPI(api.URL, "token"), Site: storetest.Site, Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}).Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

// serve stands for the API: what it takes it gives to the store.
func (s *shop) serve(w http.ResponseWriter, r *http.Request) {
	if s.away.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.Method == http.MethodGet {
		all, err := s.store.Machines.Definitions(r.Context(), storetest.Site)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(mes.Page[mes.MachineDefinition]{Items: all})
		return
	}
	var in struct {
		Node    string
		First   int64
		Records []json.RawMessage
		Alive   []string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	taken, err := s.store.Machines.Take(r.Context(), storetest.Site, mes.MachineBatch{Node: in.Node, First: in.First, Records: in.Records, Alive: in.Alive})
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(taken)
}

func (s *shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *shop) fault(k sim.Kind, value float64) {
	s.Helper()
	s.must(s.plant.SetFault(sim.Fault{Target: "LT-50", Kind: k, Value: value}))
}

func (s *shop) log() mes.MachineLog {
	s.Helper()
	l, err := s.store.Machines.Log(context.Background(), storetest.Site, station, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	s.must(err)
	return l
}

// until waits until the machine shows a state, and gives the view.
func (s *shop) until(what string, holds func(mes.MachineView) bool) mes.MachineView {
	s.Helper()
	var v mes.MachineView
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if v, err = s.store.Machines.Get(context.Background(), storetest.Site, station); err == nil && holds(v) {
			return v
		}
	}
	s.Fatalf("%s did not come; it shows %+v and has the log %+v", what, v, s.log())
	return v
}

// notice waits for a notice of a kind.
func (s *shop) notice(k mes.MachineNotice) {
	s.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if slices.ContainsFunc(s.log().Notices, func(n mes.MachineNoticeView) bool { return n.Kind == k }) {
			return
		}
	}
	s.Fatalf("nobody told of %s: %+v", k, s.log().Notices)
}

// rests: nothing is queued at the station, so a machine that is idle is starved of work.
func rests(v mes.MachineView) bool {
	return v.State == mes.MachineStarved || v.State == mes.MachineIdle
}

func TestAMachinesTroublesComeIntoTheRecords(t *testing.T) {
	s := newShop(t)
	s.until("rest", rests)

	s.fault(sim.Stop, 150)
	v := s.until("the stop", func(v mes.MachineView) bool { return v.State == mes.MachineUnplannedDown && v.Alarm == "E150" })
	if v.AlarmText != "Test seal worn" {
		t.Errorf("the alarm says %q", v.AlarmText)
	}
	s.plant.ClearFaults("LT-50")
	s.until("rest after the stop", func(v mes.MachineView) bool { return rests(v) && v.Alarm == "" })

	s.fault(sim.Rename, 0)
	v = s.until("unknown after the tag was renamed", func(v mes.MachineView) bool { return v.State == mes.MachineUnknown })
	if !strings.Contains(v.Detail, "BadNodeIDUnknown") {
		t.Errorf("the reason is %q", v.Detail)
	}
	s.notice(mes.NoticeTag)
	s.plant.ClearFaults("LT-50")
	s.until("rest with its old name", rests)

	s.fault(sim.Flicker, 0)
	s.notice(mes.NoticeFlicker)
	s.until("unknown while it flickers", func(v mes.MachineView) bool { return v.State == mes.MachineUnknown })
	s.plant.ClearFaults("LT-50")
	s.until("rest after the flicker", rests)

	s.fault(sim.Clock, 3600)
	s.notice(mes.NoticeClock)
	s.plant.ClearFaults("LT-50")

	// Its clock is set back: what it tells from now on counts all the same.
	s.until("rest with its own clock", rests)

	// While the API is away the machine stops and goes on. The log has both, at their times.
	s.away.Store(true)
	began := time.Now()
	s.fault(sim.Stop, 201)
	time.Sleep(3 * time.Second) // how long it stands: nobody can be asked meanwhile
	s.plant.ClearFaults("LT-50")
	time.Sleep(3 * time.Second)
	ended := time.Now()
	s.away.Store(false)
	s.until("rest after the outage", func(v mes.MachineView) bool {
		return rests(v) && slices.ContainsFunc(s.log().Stretches, func(x mes.StateStretch) bool {
			return x.State == mes.MachineUnplannedDown && x.Until != nil && !x.From.Before(began.Add(-time.Second)) && x.Until.Before(ended)
		})
	})
	log := s.log().Stretches
	for i, x := range log {
		if last := i == len(log)-1; last != (x.Until == nil) || !last && !x.Until.Equal(log[i+1].From) {
			t.Fatalf("the log is broken at %d: %+v", i, log)
		}
	}
	if len(log) > 40 {
		t.Errorf("%d stretches: a flicker came through", len(log))
	}
}
