package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// undoWithin is how long a person may take back a place that they gave, by a click.
const undoWithin = time.Minute

// Move gives a job a place by hand. Moves at one station take turns at its row, since each looks at the queue as the one before
// left it.
func (d *Dispatching) Move(ctx context.Context, key, site string, by mes.Actor, m mes.DispatchMove) (mes.HandPlace, error) {
	key = "dispatch-move/" + key
	var out mes.HandPlace
	if err := needReason(m.Reason, "The queue is as it was."); err != nil {
		return out, err
	}
	m.Reason = strings.TrimSpace(m.Reason)
	err := d.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		job, place, err := w.placeOf(ctx, site, m)
		if err != nil {
			return err
		}
		was, before, err := w.openPlace(ctx, site, m.Station, m.Lot)
		if err != nil {
			return err
		}
		if was != nil {
			if err := w.ReleaseDispatchPlace(ctx, sqlcgen.ReleaseDispatchPlaceParams{ID: *was, ReleasedBy: by.ID, ReleaseReason: "moved again"}); err != nil {
				return err
			}
		}
		as, err := rankedBy(place.As)
		if err != nil {
			return err
		}
		row, err := w.AddDispatchPlace(ctx, sqlcgen.AddDispatchPlaceParams{Site: site, Station: m.Station, Lot: m.Lot, Operation: job.Card.Operation, Visit: job.Card.Visit,
			BeforeLot: m.Before, AsKey: as, Nudge: place.Nudge, ByAccount: by.ID, Reason: m.Reason, Replaces: was})
		if err != nil {
			return err
		}
		out = place
		out.ID, out.At, out.By, out.Reason = row.ID, row.At, by.ID, m.Reason
		w.tellReach(site, job.Stations)
		if err := w.remember(ctx, key, m.Lot, out); err != nil {
			return err
		}
		return w.audit(by, "job_moved", "lot", m.Lot, m.Reason, key, before, placeAudit(m.Station, out))
	})
	return out, err
}

// placeAudit is a place as the trail keeps it.
func placeAudit(station string, p mes.HandPlace) map[string]string {
	before := p.Before
	if before == "" {
		before = "the top"
	}
	return map[string]string{"station": station, "before": before, "by": p.By, "reason": p.Reason}
}

// placeOf finds the job in the station's queue, under the station's row, and the place that it shall have.
func (w *work) placeOf(ctx context.Context, site string, m mes.DispatchMove) (mes.QueuedJob, mes.HandPlace, error) {
	if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: site, Station: m.Station}); err != nil {
		return mes.QueuedJob{}, mes.HandPlace{}, missing(err, "Station", m.Station)
	}
	if _, err := w.LockStation(ctx, m.Station); err != nil {
		return mes.QueuedJob{}, mes.HandPlace{}, missing(err, "Station", m.Station)
	}
	facts, err := w.queueReader(site).facts(ctx, []string{m.Station})
	if err != nil {
		return mes.QueuedJob{}, mes.HandPlace{}, err
	}
	var job *mes.QueuedJob
	var others []mes.QueuedJob
	cards := facts.Queues()[m.Station]
	slices.SortFunc(cards, func(a, b mes.LotCard) int { return a.Dispatch.Rank - b.Dispatch.Rank })
	byLot := make(map[string]int, len(facts.Jobs))
	for i, j := range facts.Jobs {
		byLot[j.Lot] = i
	}
	for _, c := range cards {
		j := facts.Jobs[byLot[c.Lot]]
		if c.Lot == m.Lot {
			job = &j
			continue
		}
		others = append(others, j)
	}
	if job == nil {
		return mes.QueuedJob{}, mes.HandPlace{}, notQueued(m.Lot, m.Station)
	}
	place, found := mes.PlaceOf(m.Station, others, m.Before)
	if !found {
		return *job, place, notQueued(m.Before, m.Station)
	}
	return *job, place, nil
}

func notQueued(lot, station string) error {
	return mes.Refuse(mes.CodeNotFound, fmt.Sprintf("%s does not wait at %s.", lot, station), "The queue is as it was.", "Look at the queue again; it may have started.")
}

// openPlace is the place that a job has by hand now, locked, with how the trail writes it; nil when it has none.
func (w *work) openPlace(ctx context.Context, site, station, lot string) (id *int64, before any, err error) {
	row, err := w.LockDispatchPlace(ctx, sqlcgen.LockDispatchPlaceParams{Site: site, Station: station, Lot: lot})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return &row.ID, placeAudit(station, mes.HandPlace{Before: row.BeforeLot, By: row.ByAccount, Reason: row.Reason}), nil
}

// tellReach tells the stations whose queues have changed.
func (w *work) tellReach(site string, stations []string) {
	for _, s := range stations {
		w.tell(site, mes.EventStation, s)
	}
}

// Undo takes back a place that the same person has just given: the one before it holds again.
func (d *Dispatching) Undo(ctx context.Context, key, site, station, lot string, by mes.Actor) error {
	return d.end(ctx, "dispatch-undo/"+key, site, station, lot, func(w *work, p sqlcgen.DispatchPlace) error {
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if p.ByAccount != by.ID || now.Sub(p.At) > undoWithin {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s was moved by %s at another time.", lot, p.ByAccount), "The queue is as it was.", "Release its place, or move it again.")
		}
		if err := w.ReleaseDispatchPlace(ctx, sqlcgen.ReleaseDispatchPlaceParams{ID: p.ID, ReleasedBy: by.ID, ReleaseReason: "undone"}); err != nil {
			return err
		}
		var after any
		if p.Replaces != nil {
			if err := w.ReopenDispatchPlace(ctx, *p.Replaces); err != nil {
				return err
			}
			if _, after, err = w.openPlace(ctx, site, station, lot); err != nil {
				return err
			}
		}
		before := placeAudit(station, mes.HandPlace{Before: p.BeforeLot, By: p.ByAccount, Reason: p.Reason})
		return w.audit(by, "job_move_undone", "lot", lot, "", "dispatch-undo/"+key, before, after)
	})
}

// Release lets the rule place a job again.
func (d *Dispatching) Release(ctx context.Context, key, site, station, lot string, by mes.Actor, reason string) error {
	if err := needReason(reason, "The queue is as it was."); err != nil {
		return err
	}
	return d.end(ctx, "dispatch-release/"+key, site, station, lot, func(w *work, p sqlcgen.DispatchPlace) error {
		if err := w.ReleaseDispatchPlace(ctx, sqlcgen.ReleaseDispatchPlaceParams{ID: p.ID, ReleasedBy: by.ID, ReleaseReason: strings.TrimSpace(reason)}); err != nil {
			return err
		}
		before := placeAudit(station, mes.HandPlace{Before: p.BeforeLot, By: p.ByAccount, Reason: p.Reason})
		return w.audit(by, "job_place_released", "lot", lot, strings.TrimSpace(reason), "dispatch-release/"+key, before, nil)
	})
}

// end ends a place by hand, once per key.
func (d *Dispatching) end(ctx context.Context, key, site, station, lot string, how func(*work, sqlcgen.DispatchPlace) error) error {
	return d.change(ctx, func(w *work) error {
		var done bool
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: site, Station: station}); err != nil {
			return missing(err, "Station", station)
		}
		if _, err := w.LockStation(ctx, station); err != nil {
			return missing(err, "Station", station)
		}
		p, err := w.LockDispatchPlace(ctx, sqlcgen.LockDispatchPlaceParams{Site: site, Station: station, Lot: lot})
		if errors.Is(err, pgx.ErrNoRows) {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has no place by hand at %s.", lot, station), "The queue is as it was.", "")
		}
		if err != nil {
			return err
		}
		if err := how(w, p); err != nil {
			return err
		}
		w.tellReach(site, []string{station})
		return w.remember(ctx, key, lot, true)
	})
}
