package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

const (
	// stateAfter is how long after its end a shift is stated: what terminals and edges had in hand is there by then. What
	// comes later states it again.
	stateAfter = 2 * time.Minute
	// stateBack is how many days back shifts are stated that never were, after an outage.
	stateBack = 31
	// stateAtOnce bounds one transaction.
	stateAtOnce   = 40
	restateAtOnce = 500
)

// State brings the statements of a site up to date. A lock of the database lets one process at a time do it; the others find
// nothing to do. A request is gone with the statement that answers it, in one transaction, so a kill in between changes nothing.
func (s *Figures) State(ctx context.Context, site string) (int, error) {
	written := 0
	err := s.change(ctx, func(w *work) error {
		written = 0
		mine, err := w.TryFigureLock(ctx, site)
		if err != nil || !mine {
			return err
		}
		due, err := w.DueRestatements(ctx, sqlcgen.DueRestatementsParams{Site: site, N: restateAtOnce})
		if err != nil {
			return err
		}
		g, err := s.gather(ctx, w.Queries, site)
		if err != nil {
			return err
		}
		st := &stating{work: w, gathering: g, due: due}
		if err := st.read(ctx); err != nil {
			return err
		}
		if written, err = st.write(ctx); err != nil {
			return err
		}
		return st.done(ctx)
	})
	return written, err
}

// shiftKey names the figure of a shift.
type shiftKey struct{ equipment, shift, day string }

// stating is one round of statements.
type stating struct {
	*work
	*gathering
	due    []sqlcgen.DueRestatementsRow
	stated map[shiftKey]sqlcgen.ShiftFiguresRow
	began  map[string]time.Time // of the logs of stations that have one
}

// read finds out what is stated and what has a log.
func (st *stating) read(ctx context.Context) error {
	stations := stationsIn(st.equipment, nil)
	machines, err := st.gathering.q.MachinesWatched(ctx, stations)
	if err != nil {
		return err
	}
	st.began = map[string]time.Time{}
	for _, m := range machines {
		if m.Began.Unix() > 0 {
			st.began[m.Station] = m.Began
		}
	}
	first := mes.DayOf(st.now, st.calendar.Zone).Add(-stateBack - 1)
	for _, d := range st.due {
		if day := mes.DayOf(d.FromAt, st.calendar.Zone).Add(-1); day.Before(first) {
			first = day
		}
	}
	var all []string
	for _, e := range st.equipment {
		all = append(all, e.ID)
	}
	rows, err := st.gathering.q.ShiftFigures(ctx, sqlcgen.ShiftFiguresParams{Site: st.site, Equipment: all, FromDay: first.String(), UntilDay: mes.DayOf(st.now, st.calendar.Zone).String()})
	if err != nil {
		return err
	}
	st.stated = map[shiftKey]sqlcgen.ShiftFiguresRow{}
	for _, r := range rows {
		st.stated[shiftKey{r.Equipment, r.Shift, r.Day}] = r
	}
	return nil
}

// write states what is new, and again what was asked for.
func (st *stating) write(ctx context.Context) (int, error) {
	n, err := st.restate(ctx)
	if err != nil {
		return n, err
	}
	for _, line := range st.lines() {
		more, err := st.stateLine(ctx, line, stateAtOnce-n)
		if n += more; err != nil || n >= stateAtOnce {
			return n, err
		}
	}
	return n, nil
}

// lines are those that have a station with a log.
func (st *stating) lines() []string {
	var out []string
	for station := range st.began {
		_, place, err := st.find(station)
		if err != nil {
			continue
		}
		if line := st.line(place); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

// stateLine states the shifts of a line that have ended and were never stated.
func (st *stating) stateLine(ctx context.Context, line string, most int) (int, error) {
	n := 0
	for _, equipment := range append(stationsIn(st.equipment, []string{line}), line) {
		_, place, err := st.find(equipment)
		if err != nil {
			return n, err
		}
		for _, run := range st.calendar.Runs(place, st.now.AddDate(0, 0, -stateBack), st.now.Add(-stateAfter)) {
			key := shiftKey{equipment, run.Shift.ID, run.Day.String()}
			if _, known := st.stated[key]; known || run.Until.After(st.now.Add(-stateAfter)) || !st.watched(line, equipment, run.Until) {
				continue
			}
			if n >= most {
				return n, nil
			}
			wrote, err := st.put(ctx, key, run, "")
			if err != nil {
				return n, err
			}
			n += wrote
		}
	}
	return n, nil
}

// watched tells whether the equipment's log had begun by a moment.
func (st *stating) watched(line, equipment string, by time.Time) bool {
	if equipment != line {
		began, ok := st.began[equipment]
		return ok && began.Before(by)
	}
	return slices.ContainsFunc(stationsIn(st.equipment, []string{line}), func(s string) bool { return st.watched(line, s, by) })
}

// restate states again what the requests ask for, the station and its line.
func (st *stating) restate(ctx context.Context) (int, error) {
	causes := map[shiftKey][]string{}
	var keys []shiftKey
	for _, d := range st.due {
		_, place, err := st.find(d.Station)
		if err != nil {
			return 0, err
		}
		for key, was := range st.stated {
			if key.equipment != d.Station && key.equipment != st.line(place) || was.UntilAt.Before(d.FromAt) || d.UntilAt.Before(was.FromAt) {
				continue
			}
			if causes[key] == nil {
				keys = append(keys, key)
			}
			if !slices.Contains(causes[key], d.Cause) {
				causes[key] = append(causes[key], d.Cause)
			}
		}
	}
	n := 0
	for _, key := range keys {
		run, err := st.runOf(key)
		if err != nil {
			return n, err
		}
		wrote, err := st.put(ctx, key, run, shortened(causes[key]))
		if err != nil {
			return n, err
		}
		n += wrote
	}
	return n, nil
}

// maxCauses is how many causes a statement names one by one.
const maxCauses = 5

func shortened(causes []string) string {
	if len(causes) > maxCauses {
		rest := mes.Count(int64(len(causes) - maxCauses)).String()
		causes = append(slices.Clone(causes[:maxCauses]), "And "+rest+" more.")
	}
	return strings.Join(causes, " ")
}

// runOf is when a stated shift works by the calendar of today. One that the calendar no longer has keeps its time, in which
// nobody is planned to work.
func (st *stating) runOf(key shiftKey) (mes.ShiftRun, error) {
	was := st.stated[key]
	var day mes.Day
	if err := day.UnmarshalText([]byte(key.day)); err != nil {
		return mes.ShiftRun{}, err
	}
	_, place, err := st.find(key.equipment)
	if err != nil {
		return mes.ShiftRun{}, err
	}
	if run, ok := st.calendar.Run(place, key.shift, day, st.now); ok {
		return run, nil
	}
	return mes.ShiftRun{Span: mes.Span{From: was.FromAt, Until: was.UntilAt}, Shift: mes.Shift{ID: key.shift, Name: was.ShiftName}, Day: day}, nil
}

// put writes a statement that differs from the last one.
func (st *stating) put(ctx context.Context, key shiftKey, run mes.ShiftRun, cause string) (int, error) {
	facts, err := st.recorded(ctx, stationsIn(st.equipment, []string{key.equipment}), run.From, run.Until)
	if err != nil {
		return 0, err
	}
	windows := make([]mes.MachineWindow, len(facts))
	for i, m := range facts {
		windows[i] = m.Measure(st.calendar, run.From, run.Until, st.now, "", "")
	}
	sums, err := json.Marshal(mes.Whole(windows))
	if err != nil {
		return 0, err
	}
	was, known := st.stated[key]
	if known && sameSums(was.Sums, sums) && was.FromAt.Equal(run.From) && was.UntilAt.Equal(run.Until) {
		return 0, nil
	}
	p := sqlcgen.AddShiftFigureParams{Site: st.site, Equipment: key.equipment, Shift: key.shift, ShiftName: run.Shift.Name, Day: key.day, Version: was.Version + 1,
		FromAt: run.From, UntilAt: run.Until, Sums: sums, Cause: cause}
	n, err := st.AddShiftFigure(ctx, p)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, errors.New("a figure was stated beside the lock")
	}
	st.tell(st.site, mes.EventFigure, key.equipment)
	if !known {
		return 1, nil
	}
	return 1, st.audit(mes.Actor{ID: mes.ActorSystem}, "figure_restated", "figure", strings.Join([]string{key.equipment, key.day, key.shift}, "/"), cause, "",
		map[string]any{"version": was.Version, "sums": was.Sums}, map[string]any{"version": p.Version, "sums": p.Sums})
}

// sameSums compares as numbers: the database writes JSON in its own order.
func sameSums(a, b []byte) bool {
	x, err := sumsOf(a)
	if err != nil {
		return false
	}
	y, err := sumsOf(b)
	if err != nil {
		return false
	}
	xs, err := json.Marshal(x)
	if err != nil {
		return false
	}
	ys, err := json.Marshal(y)
	return err == nil && bytes.Equal(xs, ys)
}

// done takes the requests that were answered away.
func (st *stating) done(ctx context.Context) error {
	if len(st.due) == 0 {
		return nil
	}
	ids := make([]int64, len(st.due))
	for i, d := range st.due {
		ids[i] = d.ID
	}
	return st.later.EndRestatements(ctx, ids)
}
