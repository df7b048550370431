package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Dispatching keeps the queues of stations in order.
type Dispatching struct{ db }

var (
	_ mes.Dispatching    = (*Dispatching)(nil)
	_ mes.DispatchLedger = (*Dispatching)(nil)
)

// Line reads the queues of a line's stations.
func (d *Dispatching) Line(ctx context.Context, site, line string) (mes.LineDispatch, error) {
	row, err := d.q.LineOfSite(ctx, sqlcgen.LineOfSiteParams{Site: site, Line: line})
	if err != nil {
		return mes.LineDispatch{}, missing(err, "Line", line)
	}
	out := mes.LineDispatch{Line: row.ID, Name: row.Name, Stations: []mes.StationQueue{}, Elsewhere: []mes.PersonHere{}}
	if out.Setting, err = settingOf(ctx, d.q, line); err != nil {
		return out, translate(err)
	}
	ids, err := d.q.StationsOfLine(ctx, line)
	if err != nil {
		return out, translate(err)
	}
	facts, err := d.queueReader(site).facts(ctx, ids)
	if err != nil {
		return out, translate(err)
	}
	now, err := d.cards(ctx, "l.station = ANY ($1) AND l.state IN ('running', 'paused', 'review')", ids)
	if err != nil {
		return out, err
	}
	out.At = facts.Now
	queues := facts.Queues()
	for _, s := range facts.Stations {
		if slices.Contains(ids, s.ID) {
			out.Stations = append(out.Stations, stationQueue(s, facts.People, now, queues[s.ID]))
		}
	}
	for _, p := range facts.People {
		if p.Station == "" {
			out.Elsewhere = append(out.Elsewhere, p)
		}
	}
	return out, nil
}

func stationQueue(s mes.StationFacts, people []mes.PersonHere, now []cardRow, next []mes.LotCard) mes.StationQueue {
	out := mes.StationQueue{Station: s.ID, Name: s.Name, Capacity: s.Capacity, Machine: s.Machine, Bars: s.Bars, Next: next,
		People: []mes.PersonHere{}, Now: []mes.LotCard{}, LoadS: int64(s.Load(next).Seconds())}
	if out.Bars == nil {
		out.Bars = []mes.StationBar{}
	}
	for _, p := range people {
		if p.Station == s.ID {
			out.People = append(out.People, p)
		}
	}
	for _, c := range now {
		if c.Station == s.ID {
			out.Now = append(out.Now, c.card())
		}
	}
	for _, c := range next {
		switch c.Dispatch.State {
		case mes.JobReady:
			out.Ready++
		case mes.JobWaits:
			out.Waits++
		case mes.JobBarred:
			out.Barred++
		}
	}
	return out
}

func settingOf(ctx context.Context, q *sqlcgen.Queries, line string) (mes.DispatchSetting, error) {
	row, err := q.DispatchSettingOf(ctx, line)
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.DispatchSetting{Line: line, Rule: mes.DispatchPriority, LeadMin: mes.DefaultLeadMin}, nil
	}
	return mes.DispatchSetting{Line: line, Rule: mes.DispatchRule(row.Rule), LeadMin: row.LeadMin, ChangedBy: row.ChangedBy, ChangedAt: row.ChangedAt, Version: row.Version}, err
}

// Set changes how a line dispatches.
func (d *Dispatching) Set(ctx context.Context, key, site string, by mes.Actor, s mes.DispatchSetting, reason string) (mes.DispatchSetting, error) {
	key = "dispatch-rule/" + key
	out := s
	if err := s.Validate(); err != nil {
		return out, err
	}
	if err := needReason(reason, "The line dispatches as before."); err != nil {
		return out, err
	}
	err := d.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		if _, err := w.LineOfSite(ctx, sqlcgen.LineOfSiteParams{Site: site, Line: s.Line}); err != nil {
			return missing(err, "Line", s.Line)
		}
		if err := w.LockLine(ctx, s.Line); err != nil { // two changes take turns
			return err
		}
		before, err := settingOf(ctx, w.Queries, s.Line)
		if err != nil {
			return err
		}
		if before.Version != s.Version {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s changed the rule of %s meanwhile.", before.ChangedBy, s.Line), "The line dispatches by their rule.", "Look at it again.")
		}
		if out.ChangedAt, err = w.Now(ctx); err != nil {
			return err
		}
		out.ChangedBy, out.Version = by.ID, before.Version+1
		if err := w.later.PutDispatchSetting(ctx, sqlcgen.PutDispatchSettingParams{Line: s.Line, Site: site, Rule: string(s.Rule), LeadMin: s.LeadMin, ChangedBy: by.ID}); err != nil {
			return err
		}
		ids, err := w.StationsOfLine(ctx, s.Line)
		if err != nil {
			return err
		}
		for _, id := range ids {
			w.tell(site, mes.EventStation, id)
		}
		if err := w.remember(ctx, key, s.Line, out); err != nil {
			return err
		}
		return w.audit(by, "dispatch_rule_set", "line", s.Line, strings.TrimSpace(reason), key, before, out)
	})
	return out, err
}

func needReason(reason, kept string) error {
	var f mes.Faults
	if strings.TrimSpace(reason) == "" {
		f.Add("reason", "is missing")
	}
	return f.Err(kept)
}

// Log reads a page of a station's dispatch log, newest first.
func (d *Dispatching) Log(ctx context.Context, f mes.DispatchLogFilter) (mes.Page[mes.DispatchChange], error) {
	l := newListing("dispatch_change c", f.Paging, sorts{"": nil}, column{"c.id", "bigint", true})
	l.where("c.site = ?", f.Site).where("c.station = ?", f.Station)
	return page(ctx, d.db, l, "c.id, c.at, c.station, c.kind, c.state, c.reason, c.lot, c.before_lot, c.lots, c.count", func(c *mes.DispatchChange) []any {
		return []any{&c.ID, &c.At, &c.Station, &c.Kind, &c.State, &c.Reason, &c.Lot, &c.Before, &c.Lots, &c.Count}
	})
}

// Sweep removes old lines of the log.
func (d *Dispatching) Sweep(ctx context.Context, before time.Time) error {
	return translate(d.q.SweepDispatchChanges(ctx, before))
}

// rankedBy writes what a job is ranked by.
func rankedBy(k *mes.DispatchKey) (json.RawMessage, error) {
	if k == nil {
		return nil, nil
	}
	return json.Marshal(k)
}
