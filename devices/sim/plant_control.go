package sim

import (
	"context"
	"fmt"
	"time"
)

// SetFault puts a fault on one part of the plant.
func (p *Plant) SetFault(f Fault) error {
	class := ""
	switch {
	case p.plcs[f.Target] != nil:
		class = "machine"
	case p.cutters[f.Target] != nil:
		class = "cutter"
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
		case c.off || p.faults.on(id, Disconnect):
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
	// Triggers counts what the cameras have heard, Shots what they have answered or tried to.
	Triggers map[string]int64 `json:"triggers"`
	Shots    map[string]int64 `json:"shots"`
	Labels   map[string]int   `json:"labels"`
	Messages int              `json:"messages"`
	Faults   []Fault          `json:"faults"`
}

// State looks at the whole plant.
func (p *Plant) State() PlantState {
	s := PlantState{Seed: p.opts.Seed, Speed: p.opts.Speed, Machines: map[string]MachineState{},
		Triggers: map[string]int64{}, Shots: map[string]int64{}, Labels: map[string]int{}, Faults: p.faults.list()}
	p.mu.Lock()
	for id, c := range p.plcs {
		s.Machines[id] = c.look()
	}
	p.mu.Unlock()
	for id, c := range p.cutters {
		s.Machines[id] = c.look()
	}
	for id, c := range p.cameras {
		s.Triggers[id], s.Shots[id] = c.heard.Load(), c.shots.Load()
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
