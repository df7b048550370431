package sim

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// Plant is a running simulated plant.
type Plant struct {
	opts   Options
	faults *faults
	erp    *erp
	board  *control
	cancel context.CancelFunc
	wg     sync.WaitGroup
	info   Info

	mu       sync.Mutex // guards starting and stopping machines
	plcs     map[string]*plc
	cameras  map[string]*camera
	printers map[string]*printer
}

// Run plays the plant until ctx ends. It is the whole of the command mes sim: it also quiets the OPC UA library, which
// prints to the standard logger.
func Run(ctx context.Context, o Options) error {
	log.SetOutput(io.Discard)
	p, err := Start(ctx, o)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return p.Close()
}

// Start brings the plant up and returns when all its ports listen and sim.json is written.
func Start(ctx context.Context, o Options) (_ *Plant, err error) {
	o, err = o.withDefaults()
	if err != nil {
		return nil, err
	}
	for _, d := range []string{"machines", "pki", "printers", "erp"} {
		if err := os.MkdirAll(o.path(d), 0o700); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Plant{opts: o, faults: newFaults(), cancel: cancel, plcs: map[string]*plc{}, cameras: map[string]*camera{},
		printers: map[string]*printer{}}
	if err := p.build(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	for _, c := range p.cameras {
		p.wg.Go(func() { c.run(ctx) })
	}
	p.wg.Go(func() { p.network(ctx) })
	p.info = p.describe()
	if err := p.info.write(p.opts); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Plant) build() error {
	last, secret, err := lastPorts(p.opts)
	if err != nil {
		return err
	}
	port := func(id string) int { return or(p.opts.Ports.ByID[id], last.ByID[id]) }
	if err := p.buildMachines(port); err != nil {
		return err
	}
	for _, m := range printerModels {
		pr, err := newPrinter(m.id, m.station, p.opts, p.faults, port(m.id))
		if err != nil {
			return err
		}
		p.printers[m.id] = pr
	}
	if p.opts.MQTT.URL != "" {
		for _, m := range cameraModels {
			p.cameras[m.id] = newCamera(m, p.opts, p.faults)
		}
	}
	if p.opts.ERPSecret != "" {
		secret = p.opts.ERPSecret
	}
	if secret == "" {
		secret = newSecret()
	}
	if p.erp, err = newERP(p.opts, secret, p.faults, or(p.opts.Ports.ERP, last.ERP)); err != nil {
		return err
	}
	p.board, err = newControl(p, or(p.opts.Ports.Control, last.Control))
	return err
}

// buildMachines brings the machines up side by side, since each server reads the whole OPC UA standard node set first.
func (p *Plant) buildMachines(port func(id string) int) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	for _, m := range models {
		if len(p.opts.Machines) > 0 && !slices.Contains(p.opts.Machines, m.id) {
			continue
		}
		wg.Go(func() {
			c, err := newPLC(m, p.opts, p.faults, port(m.id))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
				return
			}
			p.plcs[m.id] = c
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func newSecret() string {
	b := make([]byte, 24)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Close ends the plant. What it keeps stays in its folder.
func (p *Plant) Close() error {
	p.cancel()
	var errs []error
	if p.board != nil {
		errs = append(errs, shutdown(p.board.server))
	}
	p.wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.plcs {
		errs = append(errs, c.close())
	}
	for _, c := range p.printers {
		errs = append(errs, c.close())
	}
	if p.erp != nil {
		errs = append(errs, p.erp.close())
	}
	return errors.Join(errs...)
}

// Info tells where everything is.
func (p *Plant) Info() Info { return p.info }

func (p *Plant) describe() Info {
	i := Info{PID: os.Getpid(), OPCUA: map[string]Endpoint{}, Printer: map[string]string{},
		ERP: ERPInfo{URL: p.erp.url(), Webhook: p.erp.url() + "/webhook", Messages: p.erp.url() + "/messages",
			Secret: p.erp.secret},
		Faults: FaultsInfo{URL: p.board.url()}}
	for _, id := range slices.Sorted(maps.Keys(p.plcs)) {
		c := p.plcs[id]
		i.OPCUA[id] = Endpoint{Endpoint: c.endpoint(), Pin: c.thumbprint()}
		sec := devices.Security{Policy: "Basic256Sha256", Mode: "SignAndEncrypt", Pin: c.thumbprint()}
		cycle := time.Duration(float64(c.model.cycle) / p.opts.Speed)
		i.Devices = append(i.Devices, c.model.config(p.opts.Site, c.endpoint(), sec, cycle))
	}
	if len(p.cameras) > 0 {
		i.MQTT = MQTTInfo{URL: p.opts.MQTT.URL, Trigger: map[string]string{}, Result: map[string]string{}}
	}
	for _, id := range slices.Sorted(maps.Keys(p.cameras)) {
		cfg := p.cameras[id].config()
		i.MQTT.Trigger[id] = cfg.Tags["trigger"]
		if t := cfg.Tags["result"]; t != "" {
			i.MQTT.Result[id] = t
		}
		i.Devices = append(i.Devices, cfg)
	}
	for _, id := range slices.Sorted(maps.Keys(p.printers)) {
		i.Printer[id] = p.printers[id].relay.Addr()
		i.Devices = append(i.Devices, p.printers[id].config())
	}
	return i
}

// SetFault puts a fault on one part of the plant.
func (p *Plant) SetFault(f Fault) error {
	class := ""
	switch {
	case p.plcs[f.Target] != nil:
		class = "machine"
	case p.cameras[f.Target] != nil:
		class = "camera"
	case p.printers[f.Target] != nil:
		class = "printer"
	case f.Target == "ERP":
		class = "erp"
	default:
		return fmt.Errorf("%q: %w", f.Target, errNoSuchPart)
	}
	if err := p.faults.set(class, f); err != nil {
		return err
	}
	p.apply()
	return nil
}

// ClearFaults takes the faults of one part off, or of all when the target is empty.
func (p *Plant) ClearFaults(target string) {
	p.faults.clear(target)
	p.apply()
}

// network keeps the relays in line with faults that run out by themselves.
func (p *Plant) network(ctx context.Context) {
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			p.apply()
		}
	}
}

// apply brings the relays in line with the faults of the network. Both directions are safe to repeat.
func (p *Plant) apply() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, c := range p.plcs {
		c.relay.BlackHole(p.faults.on(id, BlackHole))
		switch {
		case c.stop == nil || p.faults.on(id, Disconnect):
			c.relay.Down()
		default:
			if err := c.relay.Up(); err != nil {
				p.opts.Logger.Error("the machine's port is taken", "machine", id, "error", err)
			}
		}
	}
	for id, c := range p.printers {
		c.relay.BlackHole(p.faults.on(id, BlackHole))
		if p.faults.on(id, Disconnect) {
			c.relay.Down()
		} else if err := c.relay.Up(); err != nil {
			p.opts.Logger.Error("the printer's port is taken", "printer", id, "error", err)
		}
	}
}

// StopMachine switches a machine off at once, as a power cut does. StartMachine brings it back with its retentive memory.
func (p *Plant) StopMachine(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.plcs[id]
	if c == nil {
		return fmt.Errorf("%q: %w", id, errNoSuchPart)
	}
	c.halt()
	return nil
}

// StartMachine switches a machine on again.
func (p *Plant) StartMachine(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.plcs[id]
	if c == nil {
		return fmt.Errorf("%q: %w", id, errNoSuchPart)
	}
	return c.start()
}

// Labels lists what a printer has printed, newest first.
func (p *Plant) Labels(id string) ([]Label, error) {
	pr := p.printers[id]
	if pr == nil {
		return nil, fmt.Errorf("%q: %w", id, errNoSuchPart)
	}
	return pr.printed(), nil
}

// Pulses counts the starts that a machine has taken since the plant came up, restarts of the machine included.
func (p *Plant) Pulses(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.plcs[id]; c != nil {
		return c.pulses()
	}
	return 0
}

// MachineState is one machine as the fault board shows it.
type MachineState struct {
	Running bool           `json:"running"`
	Pulses  int            `json:"pulses"`
	Tags    map[string]any `json:"tags,omitempty"`
}

// PlantState is the whole plant as the fault board shows it.
type PlantState struct {
	Seed     uint64                  `json:"seed"`
	Speed    float64                 `json:"speed"`
	Machines map[string]MachineState `json:"machines"`
	Shots    map[string]int64        `json:"shots"`
	Labels   map[string]int          `json:"labels"`
	Messages int                     `json:"messages"`
	Faults   []Fault                 `json:"faults"`
}

// State looks at the whole plant.
func (p *Plant) State() PlantState {
	s := PlantState{Seed: p.opts.Seed, Speed: p.opts.Speed, Machines: map[string]MachineState{},
		Shots: map[string]int64{}, Labels: map[string]int{}, Faults: p.faults.list()}
	p.mu.Lock()
	for id, c := range p.plcs {
		s.Machines[id] = c.look()
	}
	p.mu.Unlock()
	for id, c := range p.cameras {
		s.Shots[id] = c.shots.Load()
	}
	for id, c := range p.printers {
		s.Labels[id] = len(c.printed())
	}
	p.erp.mu.Lock()
	s.Messages = len(p.erp.messages)
	p.erp.mu.Unlock()
	return s
}

func (p *plc) look() MachineState {
	s := MachineState{Running: p.stop != nil, Pulses: p.pulses()}
	if !s.Running {
		return s
	}
	p.machine.mu.Lock()
	defer p.machine.mu.Unlock()
	s.Tags = map[string]any{}
	for name, t := range p.machine.tags {
		s.Tags[name] = t.value
	}
	return s
}
