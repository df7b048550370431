package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// stretch locks a machine and reads one stretch of its log as somebody saw it.
func (w *work) stretch(ctx context.Context, site, station string, id, version int64) (machine, mes.StateStretch, error) {
	m, err := w.machine(ctx, site, station)
	if err != nil {
		return m, mes.StateStretch{}, err
	}
	row, err := w.StretchByID(ctx, sqlcgen.StretchByIDParams{Site: site, Station: station, ID: id})
	if err != nil {
		return m, mes.StateStretch{}, missing(err, "Stop", stopName(station, id))
	}
	s := stretchOf(row)
	if s.Version != version {
		return m, s, mes.Refuse(mes.CodeConflict, fmt.Sprintf("This stop of %s was changed meanwhile.", station), "Your change was not stored.", "Look at it again, and say it again if it still holds.")
	}
	return m, s, nil
}

// onceStretch runs one command on the log, once per key.
func onceStretch[T any](ctx context.Context, s *Machines, key string, do func(w *work, key string) (T, error)) (T, error) {
	var out T
	key = "stop/" + key
	err := s.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		var err error
		if out, err = do(w, key); err != nil {
			return err
		}
		return w.remember(ctx, key, "stop", out)
	})
	return out, err
}

// said stores what a person says of a stretch, with the trail and all who care.
func (w *work) said(ctx context.Context, m machine, by mes.Actor, action, key, why string, before, after mes.StateStretch) (mes.StateStretch, error) {
	now, err := w.Now(ctx)
	if err != nil {
		return after, err
	}
	after.ReasonBy, after.ReasonAt = by.ID, &now
	if after.Reason == "" {
		after.ReasonBy, after.ReasonAt = "", nil
	}
	if err := w.putStretch(ctx, after); err != nil {
		return after, err
	}
	after.Version = before.Version + 1
	if after.Reason != "" || after.State != mes.MachineUnplannedDown {
		if err := w.settle(ctx, m.site, mes.NounStop, stopName(m.station, after.ID), "explained by "+by.ID, mes.AlertStopUnexplained); err != nil {
			return after, err
		}
	}
	w.tell(m.site, mes.EventMachine, m.station)
	if err := w.audit(by, action, mes.NounStop, stopName(m.station, after.ID), why, key, before, after); err != nil {
		return after, err
	}
	if before.State == after.State {
		return after, nil
	}
	until := now
	if after.Until != nil {
		until = *after.Until
	}
	if err := w.askRestatement(ctx, m.site, m.station, after.From, until, fmt.Sprintf("%s corrected %s from %s to %s", by.ID, m.station, before.State, after.State)); err != nil || after.Until != nil {
		return after, err
	}
	return after, w.tellChange(ctx, m, []mes.StateStretch{before}, []mes.StateStretch{after})
}

// Explain names a stop's reason; what the time counts as follows from the reason's category.
func (s *Machines) Explain(ctx context.Context, key, site, station string, id int64, by mes.Actor, e mes.Explanation) (mes.StateStretch, error) {
	return onceStretch(ctx, s, key, func(w *work, key string) (mes.StateStretch, error) {
		m, before, err := w.stretch(ctx, site, station, id, e.Version)
		if err != nil {
			return before, err
		}
		if !mes.Stopping(before.State) {
			return before, mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s was %s then, which is no stop.", station, before.State), "Nothing was changed.", "Correct its state first, if that is wrong.")
		}
		r, err := w.reasonFor(ctx, site, station, e.Reason)
		if err != nil {
			return before, err
		}
		if before.Reason != "" && before.Reason != r.Code && strings.TrimSpace(e.Why) == "" {
			return before, whyMissing("This stop has a reason already.")
		}
		after := before
		after.Reason, after.State = r.Code, r.Category.State()
		if e.Note != "" {
			after.Note = e.Note
		}
		return w.said(ctx, m, by, "stop_explained", key, strings.TrimSpace(e.Why), before, after)
	})
}

// reasonFor reads a reason that can be chosen at a station.
func (w *work) reasonFor(ctx context.Context, site, station, code string) (mes.StopReason, error) {
	tree, err := w.db.stopTree(ctx, w.Queries, site)
	if err != nil {
		return mes.StopReason{}, err
	}
	if err := tree.Refuse(code, station); err != nil {
		return mes.StopReason{}, err
	}
	r, _ := tree.Get(code)
	return r, nil
}

func whyMissing(what string) error {
	var f mes.Faults
	f.Add("why", "is missing")
	return f.Err(what)
}

// Correct changes what a stretch counts as.
func (s *Machines) Correct(ctx context.Context, key, site, station string, id int64, by mes.Actor, c mes.StopCorrection) (mes.StateStretch, error) {
	if strings.TrimSpace(c.Why) == "" {
		return mes.StateStretch{}, whyMissing("A correction needs its reason.")
	}
	return onceStretch(ctx, s, key, func(w *work, key string) (mes.StateStretch, error) {
		m, before, err := w.stretch(ctx, site, station, id, c.Version)
		if err != nil {
			return before, err
		}
		after := before
		after.Reason, after.Note = c.Reason, c.Note
		if c.State != "" {
			after.State = c.State
		}
		if c.Reason != "" && c.Reason != before.Reason {
			r, err := w.reasonFor(ctx, site, station, c.Reason)
			if err != nil {
				return before, err
			}
			if c.State == "" || c.State == before.State {
				after.State = r.Category.State()
			}
		}
		return w.said(ctx, m, by, "stop_corrected", key, strings.TrimSpace(c.Why), before, after)
	})
}

// Split makes two stretches of one. The second has no reason of its own yet.
func (s *Machines) Split(ctx context.Context, key, site, station string, id int64, by mes.Actor, at time.Time, version int64, why string) ([]mes.StateStretch, error) {
	if strings.TrimSpace(why) == "" {
		return nil, whyMissing("A split needs its reason.")
	}
	at = at.Round(time.Microsecond).UTC()
	return onceStretch(ctx, s, key, func(w *work, key string) ([]mes.StateStretch, error) {
		m, before, err := w.stretch(ctx, site, station, id, version)
		if err != nil {
			return nil, err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return nil, err
		}
		if !at.After(before.From) || !at.Before(now) || before.Until != nil && !at.Before(*before.Until) {
			var f mes.Faults
			f.Add("at", "must lie within the stop")
			return nil, f.Err("This stop can't be split there.")
		}
		left, right := before, before
		left.Until = &at
		right.ID, right.Version, right.From = 0, 0, at
		right.State, right.Reason, right.ReasonBy, right.ReasonAt, right.Note = before.Observed, "", "", nil, ""
		out := []mes.StateStretch{left, right}
		if err := w.rewrite(ctx, []mes.StateStretch{before}, out); err != nil {
			return nil, err
		}
		out[0].Version, out[1].Version = before.Version+1, 1
		return out, w.cutUp(ctx, m, by, "stop_split", key, why, before, out)
	})
}

// Merge makes one stretch of a run of them.
func (s *Machines) Merge(ctx context.Context, key, site, station string, first, last int64, by mes.Actor, version int64, why string) (mes.StateStretch, error) {
	if strings.TrimSpace(why) == "" {
		return mes.StateStretch{}, whyMissing("A merge needs its reason.")
	}
	return onceStretch(ctx, s, key, func(w *work, key string) (mes.StateStretch, error) {
		m, a, err := w.stretch(ctx, site, station, first, version)
		if err != nil {
			return a, err
		}
		end, err := w.StretchByID(ctx, sqlcgen.StretchByIDParams{Site: site, Station: station, ID: last})
		if err != nil {
			return a, missing(err, "Stop", stopName(station, last))
		}
		if !end.FromAt.After(a.From) {
			var f mes.Faults
			f.Add("last", "must come after the first one")
			return a, f.Err("These stops can't be merged.")
		}
		rows, err := w.MachineLog(ctx, sqlcgen.MachineLogParams{Site: site, Station: station, Since: &a.From, Until: end.FromAt.Add(time.Microsecond)})
		if err != nil {
			return a, err
		}
		before := stretchesOf(rows)
		after := a
		after.Until = end.UntilAt
		if err := w.rewrite(ctx, before, []mes.StateStretch{after}); err != nil {
			return a, err
		}
		after.Version = a.Version + 1
		if end.UntilAt == nil {
			if err := w.tellChange(ctx, m, before, []mes.StateStretch{after}); err != nil {
				return after, err
			}
		}
		return after, w.cutUp(ctx, m, by, "stops_merged", key, why, before, after)
	})
}

// cutUp leaves the trail of a split or merge, and asks for the figures of the time.
func (w *work) cutUp(ctx context.Context, m machine, by mes.Actor, action, key, why string, before, after any) error {
	var first mes.StateStretch
	switch b := before.(type) {
	case mes.StateStretch:
		first = b
	case []mes.StateStretch:
		first = b[0]
		for _, gone := range b[1:] {
			if err := w.settle(ctx, m.site, mes.NounStop, stopName(m.station, gone.ID), "merged by "+by.ID, mes.AlertStopUnexplained); err != nil {
				return err
			}
		}
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	w.tell(m.site, mes.EventMachine, m.station)
	if err := w.audit(by, action, mes.NounStop, stopName(m.station, first.ID), strings.TrimSpace(why), key, before, after); err != nil {
		return err
	}
	return w.askRestatement(ctx, m.site, m.station, first.From, now, by.ID+" changed the log of "+m.station)
}
