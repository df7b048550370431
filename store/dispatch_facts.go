package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// stationBars say of some stations why nothing may start there. A noun that can keep a station from starting registers its own
// in init, and the queues say so before anybody tries. They read only, within the caller's transaction where there is one.
var stationBars []func(ctx context.Context, q *sqlcgen.Queries, site string, stations []string) ([]mes.StationBar, error)

// queueReader reads the facts of queues: from the pool, or within a transaction.
type queueReader struct {
	q        *sqlcgen.Queries
	rows     sqlcgen.DBTX
	routings *routings
	site     string
}

func (d db) queueReader(site string) queueReader { return queueReader{d.q, d.pool, d.routings, site} }

func (w *work) queueReader(site string) queueReader {
	return queueReader{w.Queries, w.tx, w.db.routings, site}
}

// lately is how long somebody who has clocked off a job or touched a terminal still counts as being at work.
const lately = 30 * time.Minute

// maxQueued bounds the jobs that are looked at together.
const maxQueued = 5000

// facts reads all that decides on the queues of some stations, with the stations that their jobs may go to as well. It takes the
// same number of queries for one job and for thousands.
func (r queueReader) facts(ctx context.Context, stations []string) (mes.DispatchFacts, error) {
	f := mes.DispatchFacts{}
	var err error
	if f.Now, err = r.q.Now(ctx); err != nil {
		return f, err
	}
	if f.Zone, err = r.zone(ctx); err != nil {
		return f, err
	}
	reach, err := r.q.DispatchReach(ctx, sqlcgen.DispatchReachParams{Site: r.site, Stations: stations})
	if err != nil {
		return f, err
	}
	for _, part := range []func(context.Context, *mes.DispatchFacts, []string) error{r.stations, r.running, r.jobs, r.places, r.material, r.tools, r.people} {
		if err := part(ctx, &f, reach); err != nil {
			return f, err
		}
	}
	return f, nil
}

func (r queueReader) zone(ctx context.Context) (*time.Location, error) {
	name, err := r.q.ZoneOfSite(ctx, r.site)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.UTC, nil
	}
	if err != nil {
		return nil, err
	}
	return time.LoadLocation(name)
}

// set is the time, and nil for the beginning of time, which stands for none.
func set(at time.Time) *time.Time {
	if at.Unix() <= 0 {
		return nil
	}
	return &at
}

func (r queueReader) stations(ctx context.Context, f *mes.DispatchFacts, ids []string) error {
	rows, err := r.q.DispatchStations(ctx, ids)
	if err != nil {
		return err
	}
	var bars []mes.StationBar
	for _, s := range rows {
		facts := mes.StationFacts{ID: s.ID, Name: s.Name, Line: s.Line, Capacity: s.Capacity, Rule: mes.DispatchRule(s.Rule), SetUp: s.SetUp}
		if s.Machine != "" {
			facts.Machine = &mes.MachineNow{State: mes.MachineState(s.Machine), Since: s.MachineSince, Source: mes.StateSource(s.MachineSource), Detail: s.MachineDetail}
			if b, down := mes.MachineBar(s.ID, *facts.Machine); down {
				bars = append(bars, b)
			}
		}
		if s.Stop != "" {
			bars = append(bars, mes.StationBar{Station: s.ID, Code: mes.ReasonStopped, Text: s.StopReason, Noun: mes.NounStationStop, Subject: s.ID, Since: set(s.StoppedAt)})
		}
		f.Stations = append(f.Stations, facts)
	}
	for _, read := range stationBars {
		more, err := read(ctx, r.q, r.site, ids)
		if err != nil {
			return err
		}
		bars = append(bars, more...)
	}
	for _, b := range bars {
		if i := slices.IndexFunc(f.Stations, func(s mes.StationFacts) bool { return s.ID == b.Station }); i >= 0 {
			f.Stations[i].Bars = append(f.Stations[i].Bars, b)
		}
	}
	return nil
}

func (r queueReader) running(ctx context.Context, f *mes.DispatchFacts, ids []string) error {
	rows, err := r.q.DispatchRunning(ctx, ids)
	if err != nil {
		return err
	}
	for _, l := range rows {
		job := mes.RunningJob{Lot: l.ID}
		if l.Product != "" {
			routing, err := r.routings.get(ctx, r.q, l.Product, l.Revision)
			if err != nil {
				return err
			}
			_, o, _ := routing.At(l.Operation)
			job.Left = max(o.Planned(l.Remaining)-f.Now.Sub(l.StartedAt), 0)
		}
		i := slices.IndexFunc(f.Stations, func(s mes.StationFacts) bool { return s.ID == l.Station })
		if i >= 0 {
			f.Stations[i].Running = append(f.Stations[i].Running, job)
		}
	}
	return nil
}

const queuedColumns = cardColumns + `, coalesce(o.product, ''), l.revision, coalesce(l.number, 0), l.stations, l.created_at, coalesce(v.queued_at, l.created_at)`

func (r queueReader) jobs(ctx context.Context, f *mes.DispatchFacts, ids []string) error {
	rows, err := r.rows.Query(ctx, "SELECT "+queuedColumns+" FROM "+lotFrom+
		" WHERE l.site = $1 AND l.stations && $2::text[] AND l.state = 'queued' ORDER BY o.priority DESC, o.due, l.created_at LIMIT $3", r.site, ids, maxQueued)
	if err != nil {
		return err
	}
	defer rows.Close()
	var revisions []string
	for rows.Next() {
		var c cardRow
		var j mes.QueuedJob
		var product, revision string
		if err := rows.Scan(append(cardFields(&c), &product, &revision, &j.Number, &j.Stations, &j.Created, &j.Queued)...); err != nil {
			return err
		}
		j.Card, j.Holds = c.card(), c.holds
		j.Lot, j.Order, j.Product, j.Priority, j.Due = c.Lot, c.Order, product, c.Priority, c.Due
		f.Jobs, revisions = append(f.Jobs, j), append(revisions, revision)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i := range f.Jobs {
		j := &f.Jobs[i]
		routing, err := r.routings.get(ctx, r.q, j.Product, revisions[i])
		if err != nil {
			return err
		}
		j.Plan(routing)
	}
	return nil
}

func (r queueReader) places(ctx context.Context, f *mes.DispatchFacts, ids []string) error {
	rows, err := r.q.DispatchPlaces(ctx, ids)
	if err != nil || len(rows) == 0 {
		return err
	}
	at := make(map[string]int, len(f.Jobs))
	for i, j := range f.Jobs {
		at[j.Lot] = i
	}
	for _, p := range rows {
		i, ok := at[p.Lot]
		if !ok {
			continue
		}
		place := mes.HandPlace{ID: p.ID, Before: p.BeforeLot, By: p.ByAccount, At: p.At, Reason: p.Reason, Nudge: p.Nudge}
		if p.AsKey != nil {
			place.As = &mes.DispatchKey{}
			if err := json.Unmarshal(p.AsKey, place.As); err != nil {
				return fmt.Errorf("place of %s: %w", p.Lot, err)
			}
		}
		if f.Jobs[i].Places == nil {
			f.Jobs[i].Places = map[string]*mes.HandPlace{}
		}
		f.Jobs[i].Places[p.Station] = &place
	}
	return nil
}

func (r queueReader) material(ctx context.Context, f *mes.DispatchFacts, _ []string) error {
	needed := wanted(f.Jobs, func(j mes.QueuedJob) (out []string) {
		for _, n := range j.Components {
			out = append(out, n.Material)
		}
		return out
	})
	f.Stock = make(map[string]mes.MaterialStock, len(needed))
	if len(needed) == 0 {
		return nil
	}
	rows, err := r.q.DispatchStock(ctx, sqlcgen.DispatchStockParams{Site: r.site, Materials: needed, At: f.Now})
	for _, m := range rows {
		f.Stock[m.ID] = mes.MaterialStock{Material: m.ID, Name: m.Name, Unit: m.Unit, Free: m.Free, Held: m.Held, Hold: m.Hold, HeldSince: set(m.HeldSince), Expired: m.Expired, ExpiredAt: set(m.ExpiredAt)}
	}
	return err
}

// wanted collects what jobs name, each once.
func wanted(jobs []mes.QueuedJob, of func(mes.QueuedJob) []string) []string {
	out, seen := []string{}, map[string]bool{}
	for _, j := range jobs {
		for _, name := range of(j) {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

func (r queueReader) tools(ctx context.Context, f *mes.DispatchFacts, _ []string) error {
	devices := wanted(f.Jobs, func(j mes.QueuedJob) []string { return j.Devices })
	kinds := wanted(f.Jobs, func(j mes.QueuedJob) []string { return j.Gauges })
	f.Silent = map[string]time.Time{}
	if len(devices) > 0 {
		rows, err := r.q.DispatchSilent(ctx, devices)
		if err != nil {
			return err
		}
		for _, d := range rows {
			f.Silent[d.Device] = d.Since
		}
	}
	if len(devices)+len(kinds) == 0 {
		return nil
	}
	rows, err := r.q.DispatchGauges(ctx, sqlcgen.DispatchGaugesParams{Site: r.site, Kinds: kinds, Devices: devices})
	for _, g := range rows {
		gauge := mes.Gauge{ID: g.ID, Kind: g.Kind, Station: g.Station, Device: g.Device, Blocked: g.Blocked}
		if g.N > 0 {
			gauge.Last = &mes.Calibration{N: g.N, AsLeft: mes.Conformity(g.AsLeft), DueAt: g.DueAt}
		}
		f.Gauges = append(f.Gauges, gauge)
	}
	return err
}

func (r queueReader) people(ctx context.Context, f *mes.DispatchFacts, _ []string) error {
	since := f.Now.Add(-lately)
	rows, err := r.q.PeopleAtWork(ctx, sqlcgen.PeopleAtWorkParams{Site: r.site, Lately: since})
	if err != nil {
		return err
	}
	tolerance, err := tolerance(ctx, r.q, r.site)
	if err != nil {
		return err
	}
	for _, p := range rows {
		person := mes.PersonHere{Account: p.ID, Name: p.Name, Station: p.Station, Since: set(p.Since), Held: []mes.Qualification{}}
		if err := json.Unmarshal(p.Held, &person.Held); err != nil {
			return fmt.Errorf("certificates of %s: %w", p.ID, err)
		}
		if !p.Seen {
			facts, err := shiftFacts(p.Assigned, p.Override, tolerance)
			if err != nil {
				return fmt.Errorf("shifts of %s: %w", p.ID, err)
			}
			if !facts.OnShift(f.Now, f.Zone) {
				continue
			}
		}
		f.People = append(f.People, person)
	}
	return nil
}
