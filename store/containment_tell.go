package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Notify marks that a customer was told of the shipped lots that it has.
func (c *Containments) Notify(ctx context.Context, key string, by mes.Actor, n mes.Notice) (int, error) {
	var told int
	var f mes.Faults
	f.Check(strings.TrimSpace(n.Customer) != "", "customer", "is missing")
	f.Check(strings.TrimSpace(n.How) != "", "how", "say how and to whom")
	if err := f.Err("Nothing was noted."); err != nil {
		return 0, err
	}
	err := c.command(ctx, "hold-notify", key, n.Site, n.Containment, &told, func(w *work, key string) error {
		lots, err := w.NotifyContained(ctx, sqlcgen.NotifyContainedParams{By: by.ID, How: n.How, Site: n.Site, Containment: n.Containment, Customer: n.Customer, DeliveryNote: n.DeliveryNote})
		if err != nil {
			return err
		}
		if told = len(lots); told == 0 {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has no lot of %s that it was not told of.", n.Customer, n.Containment), "Nothing was noted.", "")
		}
		return w.audit(by, "notified", mes.NounContainment, n.Containment, n.How, key, nil, map[string]any{"customer": n.Customer, "delivery_note": n.DeliveryNote, "lots": lots})
	})
	return told, err
}

// SetAside says that a person has put a held lot aside.
func (c *Containments) SetAside(ctx context.Context, key, site, id, lot, place string, by mes.Actor) error {
	var done bool
	return c.command(ctx, "hold-aside/"+lot, key, site, id, &done, func(w *work, key string) error {
		_, err := w.SetContainedAside(ctx, sqlcgen.SetContainedAsideParams{By: by.ID, Place: place, Site: site, Containment: id, Lot: lot})
		if errors.Is(err, pgx.ErrNoRows) {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s is not held by %s.", lot, id), "Nothing was noted.", "Look at it again.")
		}
		if err != nil {
			return err
		}
		done = true
		w.tell(site, mes.EventLot, lot)
		return w.audit(by, "set_aside", mes.NounContainment, id, place, key, nil, map[string]string{"lot": lot, "place": place})
	})
}

// EndWatch ends the joining of new lots.
func (c *Containments) EndWatch(ctx context.Context, key, site, id string, by mes.Actor, reason string) (mes.Containment, error) {
	var f mes.Faults
	f.Check(strings.TrimSpace(reason) != "", "reason", "is missing")
	if err := f.Err("New lots still join."); err != nil {
		return mes.Containment{}, err
	}
	var done bool
	err := c.command(ctx, "hold-watch", key, site, id, &done, func(w *work, key string) error {
		row, err := w.LockContainment(ctx, sqlcgen.LockContainmentParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Hold", id)
		}
		if !row.Watching {
			return mes.Refuse(mes.CodeConflict, "No new lots join "+id+".", "Nothing was changed.", "")
		}
		done = true
		if err := w.later.EndWatch(ctx, sqlcgen.EndWatchParams{Site: site, ID: id, By: by.ID}); err != nil {
			return err
		}
		return w.audit(by, "watch_ended", mes.NounContainment, id, reason, key, map[string]bool{"watching": true}, map[string]bool{"watching": false})
	})
	if err != nil {
		return mes.Containment{}, err
	}
	v, err := c.Get(ctx, site, id)
	return v.Containment, err
}

// command runs a command on a containment once per key, and wakes its workflow.
func (c *Containments) command(ctx context.Context, verb, key, site, id string, answer any, do func(w *work, key string) error) error {
	key = verb + "/" + site + "/" + id + "#" + key
	return c.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, answer); found || err != nil {
			return err
		}
		if _, err := w.ContainmentByID(ctx, sqlcgen.ContainmentByIDParams{Site: site, ID: id}); err != nil {
			return missing(err, "Hold", id)
		}
		if err := do(w, key); err != nil {
			return err
		}
		if err := w.remember(ctx, key, id, answer); err != nil {
			return err
		}
		return w.containmentMoved(ctx, site, id, key)
	})
}
