package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Terminals keeps the registered terminals.
type Terminals struct{ db }

var _ mes.Terminals = (*Terminals)(nil)

func terminalOf(t sqlcgen.Terminal) mes.Terminal {
	return mes.Terminal{ID: t.ID, Site: t.Site, Station: t.Station, Name: t.Name, IdleMinutes: t.IdleMinutes, RegisteredBy: t.RegisteredBy,
		RegisteredAt: t.RegisteredAt, LastSeen: t.LastSeen, RevokedBy: t.RevokedBy, RevokedAt: t.RevokedAt, Reason: t.Reason}
}

// List reads a site's terminals, those in use first.
func (t *Terminals) List(ctx context.Context, site string) ([]mes.Terminal, error) {
	rows, err := t.q.TerminalsOfSite(ctx, site)
	out := make([]mes.Terminal, len(rows))
	for i, r := range rows {
		out[i] = mes.Terminal{ID: r.ID, Site: r.Site, Station: r.Station, Name: r.Name, IdleMinutes: r.IdleMinutes, RegisteredBy: r.RegisteredBy,
			RegisteredAt: r.RegisteredAt, LastSeen: r.LastSeen, RevokedBy: r.RevokedBy, RevokedAt: r.RevokedAt, Reason: r.Reason}
	}
	return out, translate(err)
}

// ByToken finds a terminal that is not revoked. The hash is left out of the error.
func (t *Terminals) ByToken(ctx context.Context, hash string) (mes.Terminal, error) {
	row, err := t.q.TerminalByToken(ctx, hash)
	return terminalOf(row), missing(err, "Terminal", "")
}

// Register stores a terminal.
func (t *Terminals) Register(ctx context.Context, by mes.Actor, n mes.Terminal, hash, reason string) (mes.Terminal, error) {
	if err := n.Validate(); err != nil {
		return mes.Terminal{}, err
	}
	var out mes.Terminal
	err := t.change(ctx, func(w *work) error {
		if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: n.Site, Station: n.Station}); err != nil {
			return missing(err, "Station", n.Station)
		}
		row, err := w.AddTerminal(ctx, sqlcgen.AddTerminalParams{Site: n.Site, Station: n.Station, Name: strings.TrimSpace(n.Name), IdleMinutes: n.IdleMinutes, TokenHash: hash, RegisteredBy: by.ID})
		if err != nil {
			return nameInUse(err, n.Name)
		}
		out = terminalOf(row)
		w.tell(n.Site, mes.EventTerminal, out.ID)
		return w.audit(by, "terminal_registered", "terminal", out.ID, reason, "", nil, out)
	})
	return out, err
}

func nameInUse(err error, name string) error {
	if violates(err, "terminal_name") {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("A terminal named %s is registered already.", name), "Nothing was stored.", "Give another name, or revoke that one first.")
	}
	return err
}

// Change sets name and idle time.
func (t *Terminals) Change(ctx context.Context, by mes.Actor, site, id, name string, idleMinutes int, reason string) (mes.Terminal, error) {
	var out mes.Terminal
	err := t.change(ctx, func(w *work) error {
		was, err := w.lockedTerminal(ctx, site, id)
		if err != nil {
			return err
		}
		out = was
		out.Name, out.IdleMinutes = strings.TrimSpace(name), idleMinutes
		if err := out.Validate(); err != nil {
			return err
		}
		if _, err := w.ChangeTerminal(ctx, sqlcgen.ChangeTerminalParams{ID: id, Name: out.Name, IdleMinutes: idleMinutes}); err != nil {
			return nameInUse(err, name)
		}
		w.tell(site, mes.EventTerminal, id)
		return w.audit(by, "terminal_changed", "terminal", id, reason, "", was, out)
	})
	return out, err
}

// Revoke ends a terminal.
func (t *Terminals) Revoke(ctx context.Context, by mes.Actor, site, id, reason string) (mes.Terminal, error) {
	var out mes.Terminal
	var f mes.Faults
	f.Check(strings.TrimSpace(reason) != "", "reason", "is missing")
	if err := f.Err("The terminal was not revoked."); err != nil {
		return out, err
	}
	err := t.change(ctx, func(w *work) error {
		was, err := w.lockedTerminal(ctx, site, id)
		if err != nil {
			return err
		}
		row, err := w.RevokeTerminal(ctx, sqlcgen.RevokeTerminalParams{ID: id, RevokedBy: by.ID, Reason: reason})
		if err != nil {
			return err
		}
		out = terminalOf(row)
		w.tell(site, mes.EventTerminal, id)
		return w.audit(by, "terminal_revoked", "terminal", id, reason, "", was, out)
	})
	return out, err
}

// lockedTerminal finds one that is in use.
func (w *work) lockedTerminal(ctx context.Context, site, id string) (mes.Terminal, error) {
	row, err := w.LockTerminal(ctx, sqlcgen.LockTerminalParams{Site: site, ID: id})
	if err != nil {
		return mes.Terminal{}, missing(err, "Terminal", id)
	}
	if row.RevokedAt != nil {
		return mes.Terminal{}, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s was revoked by %s.", id, row.RevokedBy), "Nothing was changed.", "Register the screen anew.")
	}
	return terminalOf(row), nil
}

// Seen notes a use. It is no change of the record, so it leaves no audit row.
func (t *Terminals) Seen(ctx context.Context, id string) error {
	return translate(t.q.TerminalSeen(ctx, id))
}
