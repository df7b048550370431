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

// streamMachines is the stream of edge nodes that tells of machines.
const streamMachines = "machines"

// Take stores what an edge node tells, each record once and in order, in one transaction.
func (s *Machines) Take(ctx context.Context, site string, b mes.MachineBatch) (mes.MachineTaken, error) {
	var out mes.MachineTaken
	err := s.change(ctx, func(w *work) error {
		out = mes.MachineTaken{Through: b.First + int64(len(b.Records)) - 1, Again: []string{}}
		events, unread, err := w.newEvents(ctx, site, b)
		if err != nil {
			return err
		}
		out.Unread = unread
		machines, err := w.machinesOf(ctx, site, events, b.Alive)
		if err != nil {
			return err
		}
		for _, e := range events {
			m := machines[e.Station]
			if m == nil {
				out.Unread++
				continue
			}
			if err := w.takeEvent(ctx, m, b.Node, e); err != nil {
				return fmt.Errorf("%s of %s: %w", e.Kind, e.Station, err)
			}
		}
		out.Again, err = w.hear(ctx, site, machines)
		return err
	})
	return out, err
}

// newEvents reads the records that were not taken before. One that can't be read is left out: it would come again for ever.
func (w *work) newEvents(ctx context.Context, site string, b mes.MachineBatch) (events []mes.MachineEvent, unread int, err error) {
	if len(b.Records) == 0 {
		return nil, 0, nil
	}
	fresh, lost, err := w.takeStream(ctx, site, b.Node, streamMachines, b.First, len(b.Records))
	if err != nil {
		return nil, 0, err
	}
	for _, r := range b.Records[fresh:] {
		var e mes.MachineEvent
		if json.Unmarshal(r, &e) != nil || e.Station == "" || e.At.IsZero() {
			unread++
			continue
		}
		events = append(events, e)
	}
	if lost > 0 && len(events) > 0 {
		text := fmt.Sprintf("The edge node had no room for %d records of its machines; they are lost", lost)
		events = append([]mes.MachineEvent{{Station: events[0].Station, Kind: mes.MachineNoticeEvent, Notice: mes.NoticeLost, At: events[0].At, Text: text}}, events...)
	}
	return events, unread, nil
}

// machinesOf locks the machines that a batch tells of, always in the same order.
func (w *work) machinesOf(ctx context.Context, site string, events []mes.MachineEvent, alive []string) (map[string]*machine, error) {
	names := slices.Clone(alive)
	for _, e := range events {
		names = append(names, e.Station)
	}
	slices.Sort(names)
	rows, err := w.LockMachines(ctx, sqlcgen.LockMachinesParams{Site: site, Stations: slices.Compact(names)})
	if err != nil {
		return nil, err
	}
	out := map[string]*machine{}
	for _, r := range rows {
		m, err := w.machineOf(ctx, r.Site, r.Station, r.Definition)
		if err != nil {
			return nil, err
		}
		out[r.Station] = &m
	}
	return out, nil
}

// hear notes that an edge node follows these machines now, and names those whose log does not know what they do.
func (w *work) hear(ctx context.Context, site string, machines map[string]*machine) ([]string, error) {
	again, names := []string{}, make([]string, 0, len(machines))
	for station := range machines {
		names = append(names, station)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return again, nil
	}
	if err := w.HearMachines(ctx, sqlcgen.HearMachinesParams{Site: site, Stations: names}); err != nil {
		return nil, err
	}
	for _, station := range names {
		open, err := w.OpenStretch(ctx, station)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && (open.Absent || machines[station].signal.State == "") {
			again = append(again, station)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return again, nil
}

// takeEvent stores one event. Times beyond now are those of a node whose clock is ahead.
func (w *work) takeEvent(ctx context.Context, m *machine, node string, e mes.MachineEvent) error {
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	if e.At.After(now) {
		e.At = now
	}
	e.At = e.At.Round(time.Microsecond).UTC()
	switch e.Kind {
	case mes.MachineStateEvent:
		return w.takeState(ctx, m, e, now)
	case mes.MachineAlarmEvent:
		return w.takeAlarm(ctx, m, e)
	case mes.MachineCountEvent:
		return w.takeCount(ctx, m, node, e, now)
	case mes.MachineNoticeEvent:
		return w.takeNotice(ctx, *m, e)
	}
	return nil // of a newer edge node
}

// takeState stores a state. What is newest stands with the work around it; what is old is taken as it was told, since the work
// around it was another then.
func (w *work) takeState(ctx context.Context, m *machine, e mes.MachineEvent, now time.Time) error {
	if !slices.Contains(mes.MachineStates, e.State) {
		return nil
	}
	if e.Again {
		return w.takeAgain(ctx, m, e)
	}
	g := &m.signal
	newest := g.Since == nil || !e.At.Before(*g.Since)
	if newest {
		g.State, g.Source, g.Since, g.Detail = string(e.State), string(e.Source), &e.At, cut(e.Detail)
		if err := w.setSignal(ctx, *m); err != nil {
			return err
		}
		if now.Sub(e.At) <= lateAfter {
			at, err := w.notBefore(ctx, *m, e.At)
			if err != nil {
				return err
			}
			return w.derive(ctx, *m, at, e.Continues)
		}
	}
	in := mes.StateStretch{Site: m.site, Station: m.station, From: e.At, Observed: e.State, State: e.State, Source: e.Source, Detail: cut(e.Detail)}
	if err := w.seeMachine(ctx, *m, in, e.Continues); err != nil || !newest {
		return err
	}
	return w.TouchMachines(ctx, []string{m.station})
}

// takeAgain fills the time in which an edge node was not heard with what it says that its machine did all along.
func (w *work) takeAgain(ctx context.Context, m *machine, e mes.MachineEvent) error {
	open, err := w.OpenStretch(ctx, m.station)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) || err == nil && !open.Absent && m.signal.State != "" {
		return err
	}
	m.signal.State, m.signal.Source, m.signal.Since, m.signal.Detail = string(e.State), string(e.Source), &e.At, cut(e.Detail)
	if err := w.setSignal(ctx, *m); err != nil {
		return err
	}
	in := mes.StateStretch{Site: m.site, Station: m.station, From: e.At, Observed: e.State, State: e.State, Source: e.Source, Detail: cut(e.Detail)}
	if open.FromAt.After(e.At) {
		in.From = open.FromAt
	}
	if err := w.seeMachine(ctx, *m, in, false); err != nil {
		return err
	}
	return w.TouchMachines(ctx, []string{m.station})
}

// notBefore moves a time up to the beginning of the open stretch, if that was a conclusion or a person's word: what a machine says
// of now is not for the past. A stretch in which nothing was heard gives way.
func (w *work) notBefore(ctx context.Context, m machine, at time.Time) (time.Time, error) {
	open, err := w.OpenStretch(ctx, m.station)
	if errors.Is(err, pgx.ErrNoRows) {
		return at, nil
	}
	if err == nil && !open.Absent && open.FromAt.After(at) {
		at = open.FromAt
	}
	return at, err
}

// takeAlarm stores that an alarm came or went. A stop that has none yet is told to come from it.
func (w *work) takeAlarm(ctx context.Context, m *machine, e mes.MachineEvent) error {
	g := &m.signal
	if g.AlarmSince != nil && e.At.Before(*g.AlarmSince) || g.Alarm == e.Alarm && g.AlarmText == e.Text {
		return nil
	}
	g.Alarm, g.AlarmText, g.AlarmSince = e.Alarm, cut(e.Text), &e.At
	if err := w.setSignal(ctx, *m); err != nil {
		return err
	}
	open, err := w.OpenStretch(ctx, m.station)
	if err != nil {
		return err
	}
	s := stretchOf(open)
	if e.Alarm != "" && s.Alarm == "" && mes.Stopping(s.State) {
		s.Alarm = e.Alarm
		if err := w.putStretch(ctx, s); err != nil {
			return err
		}
	}
	w.tell(m.site, mes.EventMachine, m.station)
	return w.machineChanged(ctx, mes.MachineChange{Site: m.site, Station: m.station, At: e.At, Before: s.State, After: s.State, Detail: s.Detail, Alarm: e.Alarm, Text: e.Text})
}

// takeCount adds what was made since the totals of this node that were taken last. Rejects that are told before their piece wait
// for it.
func (w *work) takeCount(ctx context.Context, m *machine, node string, e mes.MachineEvent, now time.Time) error {
	g := &m.signal
	if g.Node != node {
		g.Node, g.Produced, g.Rejected = node, mes.Count(0), mes.Count(0)
	}
	made := mes.Count(e.Produced).Sub(g.Produced)
	if made.IsNegative() { // the node has lost its memory and counts from 0
		g.Produced, g.Rejected = mes.Count(e.Produced), mes.Count(e.Rejected)
		return w.setSignal(ctx, *m)
	}
	minute := e.At.Truncate(time.Minute)
	row, err := w.CountOfMinute(ctx, sqlcgen.CountOfMinuteParams{Station: m.station, Minute: minute})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	bad := mes.Count(e.Rejected).Sub(g.Rejected)
	if most := row.Produced.Add(made).Sub(row.Rejected); bad.GreaterThan(most) {
		bad = most
	}
	if least := row.Rejected.Neg(); bad.LessThan(least) {
		bad = least
	}
	g.Produced, g.Rejected = g.Produced.Add(made), g.Rejected.Add(bad)
	if err := w.setSignal(ctx, *m); err != nil {
		return err
	}
	if made.IsZero() && bad.IsZero() {
		return nil
	}
	w.tell(m.site, mes.EventMachine, m.station)
	if err := w.PutMachineCount(ctx, sqlcgen.PutMachineCountParams{Site: m.site, Station: m.station, Minute: minute, Produced: row.Produced.Add(made), Rejected: row.Rejected.Add(bad)}); err != nil {
		return err
	}
	if now.Sub(e.At) <= lateAfter {
		return nil
	}
	return w.askRestatement(ctx, m.site, m.station, minute, minute.Add(time.Minute), fmt.Sprintf("%s told late that it made %s", m.station, made))
}

// takeNotice keeps what was wrong with the machine's signals, and tells who looks after them.
func (w *work) takeNotice(ctx context.Context, m machine, e mes.MachineEvent) error {
	if err := w.AddMachineNotice(ctx, sqlcgen.AddMachineNoticeParams{Site: m.site, Station: m.station, Kind: string(e.Notice), Text: cut(e.Text), At: e.At}); err != nil {
		return err
	}
	w.tell(m.site, mes.EventMachine, m.station)
	key := strings.Join([]string{"machine-signal", m.station, string(e.Notice), e.At.Format(time.DateOnly)}, "/")
	return w.alert(ctx, key, mes.Alert{Site: m.site, Kind: mes.AlertMachineSignal, Severity: mes.SeverityMedium, Noun: mes.NounMachine, Subject: m.station,
		Text: fmt.Sprintf("%s: %s", m.station, cut(e.Text)), Role: mes.RoleMaintenance})
}
