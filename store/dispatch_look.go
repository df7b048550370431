package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func init() { machineHooks = append(machineHooks, queuesOfMachine) }

// queuesOfMachine tells the stations whose queues a machine's change touches: its own, and those that its jobs may go to.
func queuesOfMachine(ctx context.Context, w *work, c mes.MachineChange) error {
	if c.Before == c.After {
		return nil
	}
	reach, err := w.DispatchReach(ctx, sqlcgen.DispatchReachParams{Site: c.Site, Stations: []string{c.Station}})
	w.tellReach(c.Site, reach)
	return err
}

// seenJob is what a look saw of one job.
type seenJob struct {
	State  mes.JobState       `json:"state"`
	Reason mes.DispatchReason `json:"reason"` // the first that keeps it from starting
}

// same tells that nothing has changed about a job that would be worth a line.
func (s seenJob) same(o seenJob) bool {
	return s.State == o.State && s.Reason.Code == o.Reason.Code && s.Reason.Subject == o.Reason.Subject
}

// seenQueue is what a look saw of a station's queue.
type seenQueue struct {
	First string             `json:"first"` // of those that may start
	Jobs  map[string]seenJob `json:"jobs"`
}

// seenLine is what a look saw of a line.
type seenLine struct {
	Queues map[string]seenQueue `json:"queues"`
	Late   []string             `json:"late"` // order/material
}

// Notice looks at the queues of the lines that the stations belong to, or of all lines of the site. Looks at one line take turns.
func (d *Dispatching) Notice(ctx context.Context, site string, stations ...string) (int, error) {
	if stations == nil {
		stations = []string{}
	}
	lines, err := d.q.LinesToLookAt(ctx, sqlcgen.LinesToLookAtParams{Site: site, Stations: stations})
	if err != nil {
		return 0, translate(err)
	}
	changed := 0
	for _, line := range lines {
		n, err := d.look(ctx, site, line)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// look compares a line's queues with what was seen last, and keeps what is seen now.
func (d *Dispatching) look(ctx context.Context, site, line string) (int, error) {
	changed := 0
	err := d.change(ctx, func(w *work) error {
		changed = 0
		row, err := w.LockDispatchLook(ctx, sqlcgen.LockDispatchLookParams{Line: line, Site: site})
		if err != nil {
			return err
		}
		var before seenLine
		if err := json.Unmarshal(row, &before); err != nil {
			return fmt.Errorf("what was seen of %s: %w", line, err)
		}
		ids, err := w.StationsOfLine(ctx, line)
		if err != nil || len(ids) == 0 {
			return err
		}
		facts, err := w.queueReader(site).facts(ctx, ids)
		if err != nil {
			return err
		}
		l := looking{work: w, site: site, line: line, facts: facts, after: seenLine{Queues: map[string]seenQueue{}, Late: []string{}}}
		if err := l.stations(ctx, ids, before); err != nil {
			return err
		}
		if err := l.late(ctx, before.Late); err != nil {
			return err
		}
		changed = l.changed
		return l.keep(ctx, row)
	})
	return changed, err
}

// looking is one look at a line.
type looking struct {
	*work
	site, line string
	facts      mes.DispatchFacts
	after      seenLine
	shortages  []mes.LateMaterial
	changed    int
}

func (l *looking) stations(ctx context.Context, ids []string, before seenLine) error {
	setting, err := settingOf(ctx, l.Queries, l.line)
	if err != nil {
		return err
	}
	queues := l.facts.Queues()
	for _, id := range ids {
		cards := queues[id]
		now := seenOf(cards)
		l.after.Queues[id] = now
		l.shortages = append(l.shortages, mes.LateMaterials(id, cards, l.facts.Now, time.Duration(setting.LeadMin)*time.Minute, l.facts.Zone)...)
		was, known := before.Queues[id]
		if !known {
			was = seenQueue{Jobs: map[string]seenJob{}}
		}
		if err := l.compare(ctx, id, cards, was, now); err != nil {
			return err
		}
	}
	return nil
}

func seenOf(cards []mes.LotCard) seenQueue {
	out := seenQueue{Jobs: make(map[string]seenJob, len(cards))}
	for i, c := range cards {
		if i == 0 && c.Dispatch.State == mes.JobReady {
			out.First = c.Lot
		}
		s := seenJob{State: c.Dispatch.State}
		if s.State != mes.JobReady {
			s.Reason = c.Dispatch.Reasons[0]
		}
		out.Jobs[c.Lot] = s
	}
	return out
}

// compare writes what changed at a station: jobs of one state and reason in one line, and another first job where it overtook the
// one before. That the next is first when one has started is the ordinary way, and no line.
func (l *looking) compare(ctx context.Context, station string, cards []mes.LotCard, was, now seenQueue) error {
	type group struct {
		state  mes.JobState
		reason mes.DispatchReason
		lots   []string
	}
	groups, order := map[string]*group{}, []string{}
	for _, c := range cards {
		old, known := was.Jobs[c.Lot]
		seen := now.Jobs[c.Lot]
		if known && old.same(seen) {
			now.Jobs[c.Lot] = old // so that a look which sees nothing new writes nothing, though a number in a sentence is another one
			continue
		}
		if !known && seen.State == mes.JobReady {
			continue
		}
		reason := seen.Reason
		if seen.State == mes.JobReady {
			reason = old.Reason
		}
		id := string(seen.State) + "/" + string(reason.Code) + "/" + reason.Subject
		if groups[id] == nil {
			groups[id], order = &group{state: seen.State, reason: reason}, append(order, id)
		}
		groups[id].lots = append(groups[id].lots, c.Lot)
	}
	if len(order) > 0 {
		l.tellOthers(station)
	}
	for _, id := range order {
		g := groups[id]
		if err := l.write(ctx, station, mes.DispatchChange{Kind: mes.DispatchState, State: g.state, Reason: g.reason, Lots: g.lots[:min(len(g.lots), 20)], Count: len(g.lots)}); err != nil {
			return err
		}
	}
	if _, there := now.Jobs[was.First]; !there || was.First == now.First || len(cards) == 0 {
		return nil
	}
	reason := now.Jobs[was.First].Reason
	if now.Jobs[was.First].State == mes.JobReady {
		reason = cards[0].Dispatch.Reasons[0]
	}
	return l.write(ctx, station, mes.DispatchChange{Kind: mes.DispatchFirst, Reason: reason, Lot: now.First, Before: was.First, Lots: []string{}})
}

// tellOthers tells the stations that a station's jobs may go to as well: there they say where they come from.
func (l *looking) tellOthers(station string) {
	for _, j := range l.facts.Jobs {
		if len(j.Stations) > 1 && slices.Contains(j.Stations, station) {
			l.tellReach(l.site, j.Stations)
		}
	}
}

func (l *looking) write(ctx context.Context, station string, c mes.DispatchChange) error {
	reason, err := json.Marshal(c.Reason)
	if err != nil {
		return err
	}
	l.changed++
	l.tell(l.site, mes.EventStation, station)
	return l.later.AddDispatchChange(ctx, sqlcgen.AddDispatchChangeParams{Site: l.site, Station: station, Kind: c.Kind, State: string(c.State), Reason: reason, Lot: c.Lot, BeforeLot: c.Before,
		Lots: c.Lots, Count: c.Count})
}

// late alerts material that an order waits for within the line's lead, and closes the alerts of orders that wait for none any more.
func (l *looking) late(ctx context.Context, before []string) error {
	orders := map[string]bool{}
	for _, s := range l.shortages {
		key := s.Key()
		orders[s.Order] = true
		if slices.Contains(l.after.Late, key) {
			continue
		}
		l.after.Late = append(l.after.Late, key)
		if slices.Contains(before, key) {
			continue
		}
		l.changed++
		if err := l.alert(ctx, fmt.Sprintf("material-late/%s/%d", key, l.facts.Now.UnixMilli()), mes.Alert{Site: l.site, Kind: mes.AlertMaterialLate, Severity: mes.SeverityHigh, Noun: "order", Subject: s.Order, Text: s.Text, Role: mes.RoleSupervisor}); err != nil {
			return err
		}
	}
	over := map[string]bool{}
	for _, key := range before {
		if order, _, _ := strings.Cut(key, "/"); !orders[order] {
			over[order] = true
		}
	}
	for _, order := range slices.Sorted(maps.Keys(over)) {
		if err := l.settle(ctx, l.site, "order", order, "the material is there, or is not waited for any more", mes.AlertMaterialLate); err != nil {
			return err
		}
	}
	slices.Sort(l.after.Late)
	return nil
}

// keep stores what was seen, when it is not what was seen before.
func (l *looking) keep(ctx context.Context, before json.RawMessage) error {
	after, err := json.Marshal(l.after)
	if err != nil {
		return err
	}
	var old, now any
	if err := errors.Join(json.Unmarshal(before, &old), json.Unmarshal(after, &now)); err != nil {
		return err
	}
	if reflect.DeepEqual(old, now) {
		return nil
	}
	return l.later.PutDispatchLook(ctx, sqlcgen.PutDispatchLookParams{Line: l.line, Seen: after})
}
