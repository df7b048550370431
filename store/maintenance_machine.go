package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// machineOut tells the machine's log that maintenance has the machine: unplanned for a repair, else planned. A station without a log has none to
// tell. The word is the log's own of a person's: it holds until machineBack, or until another person says otherwise.
func (w *work) machineOut(ctx context.Context, by mes.Actor, j mes.MaintenanceJob, now time.Time) error {
	state := mes.MachinePlannedDown
	if j.Kind == mes.MaintainCorrective {
		state = mes.MachineUnplannedDown
	}
	return w.machineWord(ctx, j, now, func(g *sqlcgen.MachineSignal) bool {
		g.Declared, g.DeclaredBy, g.DeclaredAt, g.DeclaredReason, g.DeclaredNote = string(state), by.ID, &now, "", j.ID+": "+j.Title
		return true
	})
}

// machineBack takes the word back, if it still is the job's.
func (w *work) machineBack(ctx context.Context, j mes.MaintenanceJob, now time.Time) error {
	return w.machineWord(ctx, j, now, func(g *sqlcgen.MachineSignal) bool {
		if !strings.HasPrefix(g.DeclaredNote, j.ID+":") {
			return false
		}
		g.Declared, g.DeclaredBy, g.DeclaredAt, g.DeclaredReason, g.DeclaredNote = "", "", nil, "", ""
		return true
	})
}

func (w *work) machineWord(ctx context.Context, j mes.MaintenanceJob, now time.Time, say func(*sqlcgen.MachineSignal) bool) error {
	row, err := w.LockMachine(ctx, sqlcgen.LockMachineParams{Site: j.Site, Station: j.Station})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := w.machineOf(ctx, row.Site, row.Station, row.Definition)
	if err != nil || !say(&m.signal) {
		return err
	}
	if err := w.setSignal(ctx, m); err != nil {
		return err
	}
	at, err := w.notBefore(ctx, m, now)
	if err != nil {
		return err
	}
	w.tell(j.Site, mes.EventMachine, j.Station)
	return w.derive(ctx, m, at, false)
}

// machineFollows tells the log of what a change of a job means for its machine.
func (w *work) machineFollows(ctx context.Context, by mes.Actor, before, after mes.MaintenanceJob, now time.Time) error {
	was, is := before.Bars(now) == mes.BarredByLocks, after.Bars(now) == mes.BarredByLocks
	switch {
	case !was && is:
		return w.machineOut(ctx, by, after, now)
	case was && !is:
		return w.machineBack(ctx, after, now)
	}
	return nil
}
