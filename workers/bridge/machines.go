package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workers/spool"
)

// Machines follows the machines of the site by their tags. What it has to tell is on disk before it goes out, so that an outage
// of the API loses nothing; the API takes each record once, so that nothing comes twice. Its memory does not grow with what
// devices tell: one tracker a machine, which keeps states and no queue.
type Machines struct {
	Hub  *devices.Hub
	API  *API
	Site string
	Dir  string
	Log  *slog.Logger

	mu       sync.Mutex
	spool    *spool.Spool
	machines map[string]*followed
	kept     map[string]map[string]mes.Counter
}

// followed is one machine.
type followed struct {
	mu      sync.Mutex
	def     mes.MachineDefinition
	tracker *mes.Tracker
	stop    context.CancelFunc
}

const (
	machineTick   = 100 * time.Millisecond
	countEvery    = 2 * time.Second
	machineAlive  = 3 * time.Second
	definedEvery  = 30 * time.Second
	machineBatch  = 1000
	machineBytes  = 512 << 10
	countersFile  = "counters.json"
	maxRetryPause = 5 * time.Second
)

// Run follows until ctx ends.
func (m *Machines) Run(ctx context.Context) {
	if err := m.open(); err != nil {
		m.Log.Error("machines can't be followed: there is no place for what they tell", "error", err)
		return
	}
	defer m.spool.Close()
	var parts sync.WaitGroup
	parts.Go(func() { m.send(ctx) })
	m.follow(ctx)
	parts.Wait()
}

func (m *Machines) open() error {
	var err error
	if m.spool, err = spool.Open(m.Dir, spool.Options{}); err != nil {
		return err
	}
	m.machines, m.kept = map[string]*followed{}, map[string]map[string]mes.Counter{}
	text, err := os.ReadFile(filepath.Join(m.Dir, countersFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m.kept)
	}
	if err != nil { // counting begins anew; what was counted stands in the records
		m.Log.Warn("the state of the counters is not readable; they are taken as they stand", "error", err)
	}
	return nil
}

// follow keeps the trackers in line with the definitions, lets time pass, and puts down what they tell.
func (m *Machines) follow(ctx context.Context) {
	tick := time.NewTicker(machineTick)
	defer tick.Stop()
	var defined, counted time.Time
	for {
		select {
		case <-ctx.Done():
			m.collect(time.Now(), true)
			return
		case now := <-tick.C:
			if now.Sub(defined) >= definedEvery || len(m.machines) == 0 && now.Sub(defined) >= time.Second {
				defined = now
				m.define(ctx)
			}
			count := now.Sub(counted) >= countEvery
			if count {
				counted = now
			}
			m.collect(now, count)
		}
	}
}

// define asks for the definitions and follows what is new or changed. Without an answer all stays as it is.
func (m *Machines) define(ctx context.Context) {
	var page mes.Page[mes.MachineDefinition]
	if err := m.API.Get(ctx, "/edge/machines", &page); err != nil {
		m.Log.Debug("the definitions of machines are not there yet", "error", err)
		return
	}
	there := map[string]bool{}
	for _, d := range page.Items {
		if d.Source != mes.MachineByTags || d.Tags == nil || d.Validate() != nil {
			continue
		}
		there[d.Station] = true
		if f := m.of(d.Station); f == nil || !reflect.DeepEqual(f.def, d) {
			m.replace(ctx, f, d)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for station, f := range m.machines {
		if !there[station] {
			f.stop()
			delete(m.machines, station)
		}
	}
}

func (m *Machines) of(station string) *followed {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.machines[station]
}

// replace follows a machine by a new definition. Its counters count on.
func (m *Machines) replace(ctx context.Context, old *followed, d mes.MachineDefinition) {
	counters := m.kept[d.Station]
	if old != nil {
		old.stop()
		old.mu.Lock()
		counters = old.tracker.Counters()
		old.mu.Unlock()
	}
	ctx, cancel := context.WithCancel(ctx)
	f := &followed{def: d, tracker: mes.NewTracker(d, counters), stop: cancel}
	if err := m.subscribe(ctx, f); err != nil {
		cancel()
		m.Log.Error("a machine can't be followed", "station", d.Station, "device", d.Tags.Device, "error", err)
		f.tracker.Feed(mes.TagReading{Tag: d.Tags.State, Detail: err.Error(), Received: time.Now()})
	}
	m.mu.Lock()
	m.machines[d.Station] = f
	m.mu.Unlock()
}

// subscribe watches the tags. One that the device's mapping does not have is told as one that can't be read.
func (m *Machines) subscribe(ctx context.Context, f *followed) error {
	device, err := m.Hub.Get(f.def.Tags.Device)
	if err != nil {
		return err
	}
	s, ok := device.(devices.Subscriber)
	if !ok {
		return fmt.Errorf("%s has driver %s: %w", f.def.Tags.Device, device.Config().Driver, devices.ErrUnsupported)
	}
	var tags []string
	for _, name := range f.def.Tags.Names() {
		if _, known := device.Config().Tags[name]; known {
			tags = append(tags, name)
			continue
		}
		f.feed(devices.Value{Tag: name, Detail: devices.ErrUnknownTag.Error(), ReceivedTime: time.Now()})
	}
	return s.Subscribe(ctx, tags, f.feed)
}

// feed gives one value to the tracker. It is called for each change, so it does as little as it can.
func (f *followed) feed(v devices.Value) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tracker.Feed(mes.TagReading{Tag: v.Tag, Value: v.Value, Good: v.Usable(), Detail: v.Detail, Source: v.SourceTime, Received: v.ReceivedTime})
}

// collect lets time pass for every machine, and writes what they tell into the buffer. The counters' memory is on disk before
// their totals are, so that a restart never counts a piece twice.
func (m *Machines) collect(now time.Time, count bool) {
	m.mu.Lock()
	machines := maps.Clone(m.machines)
	m.mu.Unlock()
	var bodies [][]byte
	for _, station := range slices.Sorted(maps.Keys(machines)) {
		for _, e := range machines[station].take(now, m.alive(machines[station].def), count) {
			body, err := json.Marshal(e)
			if err != nil {
				m.Log.Error("an event can't be written", "station", station, "error", err)
				continue
			}
			bodies = append(bodies, body)
		}
	}
	if len(bodies) == 0 {
		return
	}
	if count {
		if err := m.keep(machines); err != nil {
			m.Log.Error("the state of the counters is not kept", "error", err)
		}
	}
	if err := m.spool.Append(bodies...); err != nil {
		m.Log.Error("what machines tell is not kept", "records", len(bodies), "error", err)
	}
}

func (f *followed) take(now, alive time.Time, count bool) []mes.MachineEvent {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tracker.Tick(now, alive)
	if count {
		f.tracker.Count()
	}
	return f.tracker.Take()
}

// alive is when the machine's device gave its last sign of life.
func (m *Machines) alive(d mes.MachineDefinition) time.Time {
	device, err := m.Hub.Get(d.Tags.Device)
	if err != nil {
		return time.Time{}
	}
	if h := device.Health(); h.State == devices.Connected {
		return h.LastData
	}
	return time.Time{}
}

// keep writes the memory of all counters, whole or not at all.
func (m *Machines) keep(machines map[string]*followed) error {
	all := map[string]map[string]mes.Counter{}
	maps.Copy(all, m.kept)
	for station, f := range machines {
		f.mu.Lock()
		all[station] = f.tracker.Counters()
		f.mu.Unlock()
	}
	m.kept = all
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	path := filepath.Join(m.Dir, countersFile)
	f, err := os.CreateTemp(m.Dir, ".counters-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
