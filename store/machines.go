package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Machines keeps the states of machines.
type Machines struct{ db }

var _ mes.Machines = (*Machines)(nil)

// machine is one whose row is locked: nobody else writes its log meanwhile.
type machine struct {
	site, station string
	def           mes.MachineDefinition
	signal        sqlcgen.MachineSignal
}

// machine locks a machine.
func (w *work) machine(ctx context.Context, site, station string) (machine, error) {
	row, err := w.LockMachine(ctx, sqlcgen.LockMachineParams{Site: site, Station: station})
	if err != nil {
		return machine{}, missing(err, "Machine", station)
	}
	return w.machineOf(ctx, row.Site, row.Station, row.Definition)
}

func (w *work) machineOf(ctx context.Context, site, station string, definition json.RawMessage) (machine, error) {
	m := machine{site: site, station: station}
	if err := json.Unmarshal(definition, &m.def); err != nil {
		return m, fmt.Errorf("definition of machine %s: %w", station, err)
	}
	var err error
	m.signal, err = w.MachineSignalOf(ctx, station)
	return m, err
}

// machineFacts are what the machine's present state follows from.
func (w *work) machineFacts(ctx context.Context, m machine) (mes.MachineFacts, error) {
	row, err := w.MachineFacts(ctx, m.station)
	g := m.signal
	return mes.MachineFacts{By: m.def.Source, Signal: mes.MachineState(g.State), SignalSource: mes.StateSource(g.Source), Detail: g.Detail, Alarm: g.Alarm,
		Declared: mes.MachineState(g.Declared), DeclaredNote: g.DeclaredNote, DeclaredCode: g.DeclaredReason, DeclaredBy: g.DeclaredBy, DeclaredAt: g.DeclaredAt,
		Working: row.Working, Queued: row.Queued, Stopped: row.Stopped, Blocked: row.Blocked}, err
}

// derive writes what follows from the facts now, as it is since at.
func (w *work) derive(ctx context.Context, m machine, at time.Time, continues bool) error {
	f, err := w.machineFacts(ctx, m)
	if err != nil {
		return err
	}
	if f.Outrun() {
		m.signal.Declared, m.signal.DeclaredBy, m.signal.DeclaredAt, m.signal.DeclaredReason, m.signal.DeclaredNote = "", "", nil, "", ""
		if err := w.setSignal(ctx, m); err != nil {
			return err
		}
		f.Declared = ""
	}
	in := f.Now()
	in.Site, in.Station, in.From = m.site, m.station, at
	return w.seeMachine(ctx, m, in, continues)
}

func (w *work) setSignal(ctx context.Context, m machine) error {
	g := m.signal
	return w.SetMachineSignal(ctx, sqlcgen.SetMachineSignalParams{Station: m.station, State: g.State, Source: g.Source, Since: g.Since, Detail: g.Detail, Alarm: g.Alarm, AlarmText: g.AlarmText,
		AlarmSince: g.AlarmSince, Declared: g.Declared, DeclaredBy: g.DeclaredBy, DeclaredAt: g.DeclaredAt, DeclaredReason: g.DeclaredReason, DeclaredNote: g.DeclaredNote,
		Node: g.Node, Produced: g.Produced, Rejected: g.Rejected})
}

// Definitions lists the machines of a site.
func (s *Machines) Definitions(ctx context.Context, site string) ([]mes.MachineDefinition, error) {
	rows, err := s.q.MachinesOfSite(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.MachineDefinition, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r, &out[i]); err != nil {
			return nil, fmt.Errorf("definition of a machine: %w", err)
		}
	}
	return out, nil
}

// Define stores a definition and begins the machine's log.
func (s *Machines) Define(ctx context.Context, by mes.Actor, d mes.MachineDefinition, reason string) error {
	if err := d.Validate(); err != nil {
		return err
	}
	return s.change(ctx, func(w *work) error {
		if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: d.Site, Station: d.Station}); err != nil {
			return missing(err, "Station", d.Station)
		}
		before, err := w.MachineDefinitionOf(ctx, sqlcgen.MachineDefinitionOfParams{Site: d.Site, Station: d.Station})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		after, err := json.Marshal(d)
		if err != nil {
			return err
		}
		if err := w.PutMachine(ctx, sqlcgen.PutMachineParams{Station: d.Station, Site: d.Site, Definition: after, ChangedBy: by.ID}); err != nil {
			return err
		}
		if err := w.AddMachineSignal(ctx, sqlcgen.AddMachineSignalParams{Station: d.Station, Site: d.Site}); err != nil {
			return err
		}
		m, err := w.machine(ctx, d.Site, d.Station)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.derive(ctx, m, now, false); err != nil {
			return err
		}
		var was any
		if before != nil {
			was = before
		}
		return w.audit(by, "machine_defined", mes.NounMachine, d.Station, reason, "", was, d)
	})
}
