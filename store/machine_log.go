package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// lateAfter is how old a word may be without figures being computed again for it.
const lateAfter = 2 * time.Minute

func stretchOf(r sqlcgen.MachineState) mes.StateStretch {
	return mes.StateStretch{ID: r.ID, Site: r.Site, Station: r.Station, From: r.FromAt, Until: r.UntilAt, Observed: mes.MachineState(r.Observed), State: mes.MachineState(r.State),
		Source: mes.StateSource(r.Source), Detail: r.Detail, Alarm: r.Alarm, Reason: r.Reason, ReasonBy: r.ReasonBy, ReasonAt: r.ReasonAt, Note: r.Note, Absent: r.Absent, Version: r.Version}
}

func stretchesOf(rows []sqlcgen.MachineState) []mes.StateStretch {
	out := make([]mes.StateStretch, len(rows))
	for i, r := range rows {
		out[i] = stretchOf(r)
	}
	return out
}

// seeMachine puts what was seen into the machine's log and tells all who care. The machine is locked.
func (w *work) seeMachine(ctx context.Context, m machine, in mes.StateStretch, continues bool) error {
	in.From = in.From.Round(time.Microsecond).UTC() // as the database keeps it
	rows, err := w.StretchesFrom(ctx, sqlcgen.StretchesFromParams{Station: m.station, At: in.From})
	if err != nil {
		return err
	}
	before := stretchesOf(rows)
	after := mes.Splice(before, in, continues)
	if sameLog(before, after) {
		return nil
	}
	if err := w.rewrite(ctx, before, after); err != nil {
		return err
	}
	w.tell(m.site, mes.EventMachine, m.station)
	w.tell(m.site, mes.EventStation, m.station)
	if err := w.restateAfter(ctx, m, before, in); err != nil {
		return err
	}
	return w.tellChange(ctx, m, before, after)
}

// restateAfter asks that figures are computed again when the past is another than it was.
func (w *work) restateAfter(ctx context.Context, m machine, before []mes.StateStretch, in mes.StateStretch) error {
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	late := now.Sub(in.From) > lateAfter || slices.ContainsFunc(before, func(s mes.StateStretch) bool { return s.Absent })
	if !late || len(before) == 0 {
		return nil
	}
	from := in.From
	if i := slices.IndexFunc(before, func(s mes.StateStretch) bool { return s.Absent }); i >= 0 && before[i].From.Before(from) {
		from = before[i].From
	}
	return w.askRestatement(ctx, m.site, m.station, from, now, fmt.Sprintf("%s told late that it was %s", m.station, in.Observed))
}

// tellChange tells of a change of the state that is open now.
func (w *work) tellChange(ctx context.Context, m machine, before, after []mes.StateStretch) error {
	var was mes.StateStretch
	if len(before) > 0 {
		was = before[len(before)-1]
	}
	is := after[len(after)-1]
	if was.State == is.State {
		return nil
	}
	if was.State.Down() != is.State.Down() {
		if err := w.TouchMachines(ctx, []string{m.station}); err != nil {
			return err
		}
	}
	return w.machineChanged(ctx, mes.MachineChange{Site: m.site, Station: m.station, At: is.From, Before: was.State, After: is.State, Detail: is.Detail, Alarm: m.signal.Alarm, Text: m.signal.AlarmText})
}

func sameLog(a, b []mes.StateStretch) bool {
	return slices.EqualFunc(a, b, func(x, y mes.StateStretch) bool { return x.ID == y.ID && sameStretch(x, y) })
}

func sameStretch(x, y mes.StateStretch) bool {
	same := (x.Until == nil) == (y.Until == nil) && (x.Until == nil || x.Until.Equal(*y.Until)) && x.From.Equal(y.From)
	x.From, x.Until, x.ReasonAt = y.From, nil, nil
	y.Until, y.ReasonAt = nil, nil
	return same && x == y
}

// rewrite brings the table from one run of stretches to another over the same time. What goes away goes first and what shrinks
// next, so that no two overlap in between.
func (w *work) rewrite(ctx context.Context, before, after []mes.StateStretch) error {
	kept := map[int64]mes.StateStretch{}
	for _, s := range after {
		kept[s.ID] = s
	}
	var grows []mes.StateStretch
	for _, old := range before {
		s, there := kept[old.ID]
		switch {
		case !there:
			if err := w.DropStretch(ctx, old.ID); err != nil {
				return err
			}
		case sameStretch(old, s):
		case s.Until == nil || old.Until != nil && s.Until.After(*old.Until):
			grows = append(grows, s)
		default:
			if err := w.putStretch(ctx, s); err != nil {
				return err
			}
		}
	}
	for _, s := range grows {
		if err := w.putStretch(ctx, s); err != nil {
			return err
		}
	}
	for i, s := range after {
		if s.ID != 0 {
			continue
		}
		id, err := w.AddStretch(ctx, sqlcgen.AddStretchParams{Site: s.Site, Station: s.Station, FromAt: s.From, UntilAt: s.Until, Observed: string(s.Observed), State: string(s.State),
			Source: string(s.Source), Detail: cut(s.Detail), Alarm: s.Alarm, Reason: s.Reason, ReasonBy: s.ReasonBy, ReasonAt: s.ReasonAt, Note: s.Note, Absent: s.Absent})
		if err != nil {
			return err
		}
		after[i].ID = id
	}
	return nil
}

func (w *work) putStretch(ctx context.Context, s mes.StateStretch) error {
	return w.PutStretch(ctx, sqlcgen.PutStretchParams{ID: s.ID, FromAt: s.From, UntilAt: s.Until, Observed: string(s.Observed), State: string(s.State), Source: string(s.Source), Detail: cut(s.Detail),
		Alarm: s.Alarm, Reason: s.Reason, ReasonBy: s.ReasonBy, ReasonAt: s.ReasonAt, Note: s.Note, Absent: s.Absent})
}

// maxDetail bounds a machine's own words.
const maxDetail = 500

func cut(s string) string {
	if r := []rune(s); len(r) > maxDetail {
		return string(r[:maxDetail])
	}
	return s
}
