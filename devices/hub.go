package devices

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
)

// Factory opens one device. It returns at once; connecting goes on behind it and shows in the device's health.
type Factory func(Config) (Device, error)

// Hub keeps the devices of one process. A device is opened when it is first asked for; after that one goroutine of its
// driver owns its connection until the hub is closed or its configuration changes.
type Hub struct {
	factories map[string]Factory
	mu        sync.Mutex
	entries   map[string]*entry
	closed    bool
}

type entry struct {
	cfg Config
	mu  sync.Mutex
	dev Device
	err error
	// busy holds one token while a cycle runs, since a machine runs one at a time.
	busy chan struct{}
	// gone is set when the entry has left the hub, so that a late caller does not open it again.
	gone bool
}

// NewHub makes a hub over the factories, which are keyed by driver name. It fails when a configuration is not valid or
// names a driver that is not there.
func NewHub(factories map[string]Factory, cfgs []Config) (*Hub, error) {
	h := &Hub{factories: factories, entries: map[string]*entry{}}
	if _, err := h.Apply(cfgs); err != nil {
		return nil, err
	}
	return h, nil
}

// Apply replaces the configuration. Devices that are new, changed or removed are named in the answer; changed and removed
// ones are closed, so their watchers have to subscribe again. When any configuration is wrong nothing changes.
func (h *Hub) Apply(cfgs []Config) (changed []string, err error) {
	if err := h.validate(cfgs); err != nil {
		return nil, err
	}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, ErrClosed
	}
	next := make(map[string]*entry, len(cfgs))
	for _, c := range cfgs {
		old := h.entries[c.ID]
		if old != nil && reflect.DeepEqual(old.cfg, c) {
			next[c.ID] = old
			continue
		}
		next[c.ID] = &entry{cfg: c, busy: make(chan struct{}, 1)}
		changed = append(changed, c.ID)
	}
	var drop []*entry
	for id, e := range h.entries {
		if next[id] != e {
			drop = append(drop, e)
		}
		if next[id] == nil {
			changed = append(changed, id)
		}
	}
	h.entries = next
	h.mu.Unlock()
	slices.Sort(changed)
	return changed, closeAll(drop)
}

func (h *Hub) validate(cfgs []Config) error {
	errs := []error{validateAll(cfgs)}
	for _, c := range cfgs {
		if c.Driver != "" && h.factories[c.Driver] == nil {
			known := slices.Sorted(maps.Keys(h.factories))
			errs = append(errs, &FieldError{c.ID, "driver", fmt.Sprintf("%q is not one of %v", c.Driver, known)})
		}
	}
	return errors.Join(errs...)
}

// Get gives the device with this ID and opens it when needed. It fails with ErrUnknownDevice, ErrClosed, or with what the
// driver says about the configuration.
func (h *Hub) Get(id string) (Device, error) {
	e, err := h.entry(id)
	if err != nil {
		return nil, err
	}
	return h.open(e)
}

func (h *Hub) entry(id string) (*entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosed
	}
	e, ok := h.entries[id]
	if !ok {
		return nil, fmt.Errorf("%q: %w", id, ErrUnknownDevice)
	}
	return e, nil
}

func (h *Hub) open(e *entry) (Device, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.gone {
		return nil, fmt.Errorf("%s: %w", e.cfg.ID, ErrClosed)
	}
	if e.dev == nil {
		e.dev, e.err = h.factories[e.cfg.Driver](e.cfg)
	}
	if e.err != nil {
		e.dev = nil
		return nil, fmt.Errorf("open %s: %w", e.cfg.ID, e.err)
	}
	return e.dev, nil
}

// OpenAll opens every device, so that health and live values are there before the first order. The error joins those of
// the devices that could not be opened; the others are open.
func (h *Hub) OpenAll() error {
	var errs []error
	for _, id := range h.IDs() {
		_, err := h.Get(id)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// IDs lists the configured devices in order.
func (h *Hub) IDs() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Sorted(maps.Keys(h.entries))
}

// Configs lists the configurations in order of ID.
func (h *Hub) Configs() []Config {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Config
	for _, id := range slices.Sorted(maps.Keys(h.entries)) {
		out = append(out, h.entries[id].cfg)
	}
	return out
}

// Machine gives a device that is read, written and watched. Errors as Get, and ErrUnsupported.
func (h *Hub) Machine(id string) (Machine, error) { return as[Machine](h, id) }

// Camera gives a device that takes pictures. Errors as Get, and ErrUnsupported.
func (h *Hub) Camera(id string) (Camera, error) { return as[Camera](h, id) }

// Printer gives a device that prints labels. Errors as Get, and ErrUnsupported.
func (h *Hub) Printer(id string) (Printer, error) { return as[Printer](h, id) }

func as[T Device](h *Hub, id string) (T, error) {
	var none T
	d, err := h.Get(id)
	if err != nil {
		return none, err
	}
	t, ok := d.(T)
	if !ok {
		return none, fmt.Errorf("%s has driver %s: %w", id, d.Config().Driver, ErrUnsupported)
	}
	return t, nil
}

// RunCycle runs one cycle on the machine with this ID; a second caller waits its turn. See [RunCycle].
func (h *Hub) RunCycle(ctx context.Context, id string, req CycleRequest) (CycleResult, error) {
	e, err := h.entry(id)
	if err != nil {
		return CycleResult{}, err
	}
	m, err := h.Machine(id)
	if err != nil {
		return CycleResult{}, err
	}
	select {
	case e.busy <- struct{}{}:
		defer func() { <-e.busy }()
	case <-ctx.Done():
		return CycleResult{}, ctx.Err()
	}
	return RunCycle(ctx, m, req)
}

// DeviceHealth is the health of one configured device.
type DeviceHealth struct {
	ID      string `json:"id"`
	Station string `json:"station,omitempty"`
	Driver  string `json:"driver"`
	Health
}

// Health lists every configured device in order of ID. One that nobody has asked for yet is down and says so.
func (h *Hub) Health() []DeviceHealth {
	h.mu.Lock()
	entries := maps.Clone(h.entries)
	h.mu.Unlock()
	out := make([]DeviceHealth, 0, len(entries))
	for _, id := range slices.Sorted(maps.Keys(entries)) {
		e := entries[id]
		out = append(out, DeviceHealth{ID: id, Station: e.cfg.Station, Driver: e.cfg.Driver, Health: e.health()})
	}
	return out
}

func (e *entry) health() Health {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.dev != nil:
		return e.dev.Health()
	case e.err != nil:
		return Health{State: Down, LastError: e.err.Error()}
	default:
		return Health{State: Down, LastError: "not opened yet"}
	}
}

// Close closes every device. The hub cannot be used afterwards.
func (h *Hub) Close() error {
	h.mu.Lock()
	entries := slices.Collect(maps.Values(h.entries))
	h.closed, h.entries = true, map[string]*entry{}
	h.mu.Unlock()
	return closeAll(entries)
}

func closeAll(entries []*entry) error {
	errs := make([]error, len(entries))
	var wg sync.WaitGroup
	for i, e := range entries {
		wg.Go(func() { errs[i] = e.close() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (e *entry) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.gone = true
	if e.dev == nil {
		return nil
	}
	err := e.dev.Close()
	e.dev = nil
	return err
}
