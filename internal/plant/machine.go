package plant

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// machineFile is machines.yaml: how each machine is followed, and why machines stop.
type machineFile struct {
	Machines []mes.MachineDefinition `json:"machines"`
	Reasons  []stopGroup             `json:"reasons"`
}

// stopGroup is a group of reasons as people write it: the reasons stand in it. A reason without a category has its group's.
type stopGroup struct {
	Code     string            `json:"code"`
	Names    map[string]string `json:"names"`
	Category mes.StopCategory  `json:"category"`
	Stations []string          `json:"stations"`
	Reasons  []stopEntry       `json:"reasons"`
}

type stopEntry struct {
	Code     string            `json:"code"`
	Names    map[string]string `json:"names"`
	Category mes.StopCategory  `json:"category"`
	Alarms   []string          `json:"alarms"`
	Stations []string          `json:"stations"`
}

// tree is the groups as the store takes them, parents first.
func (m machineFile) tree() mes.StopTree {
	var out mes.StopTree
	for i, g := range m.Reasons {
		out = append(out, mes.StopReason{Code: g.Code, Names: g.Names, Category: g.Category, Stations: g.Stations, Position: 100 * (i + 1), Active: true})
		for j, r := range g.Reasons {
			if r.Category == "" {
				r.Category = g.Category
			}
			out = append(out, mes.StopReason{Code: r.Code, Parent: g.Code, Names: r.Names, Category: r.Category, Alarms: r.Alarms, Stations: r.Stations, Position: 100*(i+1) + j + 1, Active: true})
		}
	}
	return out
}

const machinesYAML = "machines.yaml"

func (c checker) checkMachines() {
	seen := map[string]bool{}
	for i, m := range c.Machines.Machines {
		at := fmt.Sprintf("machines[%d]", i)
		c.check(!seen[m.Station], machinesYAML, at+".station", "%q is given twice", m.Station)
		seen[m.Station] = true
		c.check(c.isStation(m.Station), machinesYAML, at+".station", "%q is not a station", m.Station)
		c.fields(machinesYAML, at, m.Validate())
		for j, n := range m.Next {
			c.check(c.isStation(n), machinesYAML, fmt.Sprintf("%s.next[%d]", at, j), "%q is not a station", n)
		}
		if m.Tags != nil {
			c.checkMachineTags(at, m)
		}
	}
	c.checkStopReasons()
}

func (c checker) checkMachineTags(at string, m mes.MachineDefinition) {
	d, known := c.devices[m.Tags.Device]
	c.check(known, machinesYAML, at+".tags.device", "%q is not in devices.yaml", m.Tags.Device)
	c.check(!known || slices.Contains([]string{"opcua", "mqtt"}, d.Driver), machinesYAML, at+".tags.device", "%s has driver %s, which has no tags to watch", m.Tags.Device, d.Driver)
	for _, tag := range m.Tags.Names() {
		c.check(!known || d.Tags[tag] != "", machinesYAML, at+".tags", "%q is not among the tags of %s", tag, m.Tags.Device)
	}
}

func (c checker) checkStopReasons() {
	var tree mes.StopTree
	for _, r := range c.Machines.tree() {
		at := "reasons " + r.Code
		_, twice := tree.Get(r.Code)
		c.check(!twice, machinesYAML, at, "is given twice")
		c.fields(machinesYAML, at, r.Validate())
		c.fields(machinesYAML, at, tree.Fits(r))
		for i, s := range r.Stations {
			c.check(c.isStation(s), machinesYAML, fmt.Sprintf("%s.stations[%d]", at, i), "%q is not a station", s)
		}
		tree = append(tree, r)
	}
}

// storeMachines writes definitions that differ from what is there, and reasons that are not there: later people look after the tree.
func (d Definition) storeMachines(ctx context.Context, p Ports, by mes.Actor) error {
	site := d.Site()
	have, err := p.Machines.Definitions(ctx, site)
	if err != nil {
		return err
	}
	for _, m := range d.Machines {
		m.Site = site
		if slices.ContainsFunc(have, func(h mes.MachineDefinition) bool { return reflect.DeepEqual(h, m) }) {
			continue
		}
		if err := p.Machines.Define(ctx, by, m, byFiles); err != nil {
			return err
		}
	}
	tree, err := p.Stops.Reasons(ctx, site)
	if err != nil {
		return err
	}
	for _, r := range d.StopReasons {
		if _, known := tree.Get(r.Code); known {
			continue
		}
		if _, err := p.Stops.PutReason(ctx, by, site, r, byFiles); err != nil {
			return err
		}
	}
	return nil
}
