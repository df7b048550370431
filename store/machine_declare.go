package store

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Declare stores a person's word on a machine's state.
func (s *Machines) Declare(ctx context.Context, key, site, station string, by mes.Actor, d mes.Declaration) (mes.StateStretch, error) {
	var out mes.StateStretch
	key = "machine-declare/" + key
	err := s.change(ctx, func(w *work) error {
		out = mes.StateStretch{}
		m, err := w.machine(ctx, site, station)
		if err != nil {
			return err
		}
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		if err := w.checkDeclaration(ctx, m, d); err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		before := m.signal
		g := &m.signal
		g.Declared, g.DeclaredBy, g.DeclaredAt, g.DeclaredReason, g.DeclaredNote = string(d.State), by.ID, &now, d.Reason, d.Note
		if d.State == "" {
			g.DeclaredBy, g.DeclaredAt = "", nil
		}
		if err := w.setSignal(ctx, m); err != nil {
			return err
		}
		at, err := w.notBefore(ctx, m, now)
		if err != nil {
			return err
		}
		if err := w.derive(ctx, m, at, false); err != nil {
			return err
		}
		open, err := w.OpenStretch(ctx, station)
		if err != nil {
			return err
		}
		out = stretchOf(open)
		w.tell(site, mes.EventMachine, station)
		was := map[string]string{"state": before.Declared, "reason": before.DeclaredReason, "note": before.DeclaredNote}
		if err := w.audit(by, "machine_declared", mes.NounMachine, station, d.Note, key, was, map[string]any{"state": d.State, "reason": d.Reason, "note": d.Note, "stretch": out.ID}); err != nil {
			return err
		}
		return w.remember(ctx, key, station, out)
	})
	return out, err
}

func (w *work) checkDeclaration(ctx context.Context, m machine, d mes.Declaration) error {
	var f mes.Faults
	f.Check(d.State == "" || slices.Contains(mes.MachineStates, d.State), "state", "%q is not a state of a machine", d.State)
	f.Check(d.State != "" || d.Reason == "", "reason", "is given without a state")
	f.Check(d.State != mes.MachineUnknown, "state", "nobody needs to say that it is unknown")
	f.Check(m.def.Source != mes.MachineByTags || d.State != mes.MachineRunning, "state", "is told by the machine's own signals")
	if d.Reason != "" {
		_, err := w.StopReasonOf(ctx, sqlcgen.StopReasonOfParams{Site: m.site, Code: d.Reason})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		f.Check(err == nil, "reason", "%q is not a reason of this site", d.Reason)
	}
	return f.Err("This state can't be taken.")
}
