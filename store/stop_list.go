package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
)

var _ mes.Stops = (*Machines)(nil)

const (
	stopFrom    = "machine_state s JOIN machine m ON m.station = s.station JOIN equipment e ON e.id = s.station"
	stopProduct = `coalesce((SELECT o.product FROM lot_operation v JOIN lot l ON l.id = v.lot JOIN work_order o ON o.number = l.work_order
		WHERE v.station = s.station AND v.started_at <= s.from_at ORDER BY v.started_at DESC LIMIT 1), '')`
	stopMicro = `(s.state IN ('unplanned_down', 'blocked', 'starved') AND coalesce(s.until_at, now()) - s.from_at <= make_interval(secs => coalesce((m.definition ->> 'micro_stop_s')::int, 60)))`
	stopAsks  = "(s.state = 'unplanned_down' AND s.reason = '' AND NOT " + stopMicro + ")"
	// stopColumns are the fields of stopFields, in their order.
	stopColumns = "s.id, s.site, s.station, s.from_at, s.until_at, s.observed, s.state, s.source, s.detail, s.alarm, s.reason, s.reason_by, s.reason_at, s.note, s.absent, s.version, e.name, " +
		stopProduct + ", extract(epoch FROM coalesce(s.until_at, now()) - s.from_at)::bigint, " + stopMicro + ", " + stopAsks
)

func stopFields(s *mes.Stop) []any {
	return []any{&s.ID, &s.Site, &s.Station, &s.From, &s.Until, &s.Observed, &s.State, &s.Source, &s.Detail, &s.Alarm, &s.Reason, &s.ReasonBy, &s.ReasonAt, &s.Note, &s.Absent, &s.Version, &s.Name,
		&s.Product, &s.Seconds, &s.Micro, &s.Asks}
}

// siteShifts are what stops are laid out by.
type siteShifts struct {
	shifts []mes.Shift
	zone   *time.Location
	tree   mes.StopTree
}

func (s *Machines) shiftsOf(ctx context.Context, site string) (siteShifts, error) {
	var out siteShifts
	name, err := s.q.ZoneOfSite(ctx, site)
	if err != nil {
		return out, translate(err)
	}
	if out.zone, err = time.LoadLocation(name); err != nil {
		return out, fmt.Errorf("zone of %s: %w", site, err)
	}
	plan, err := (&Shifts{s.db}).Plan(ctx, site)
	if err != nil {
		return out, err
	}
	out.shifts = plan.Shifts
	out.tree, err = s.Reasons(ctx, site)
	return out, err
}

// complete fills in what only the site's shifts and tree say.
func (p siteShifts) complete(s *mes.Stop) {
	s.Shift = mes.ShiftAt(p.shifts, p.zone, s.From)
	if s.Asks {
		s.Proposed = p.tree.Propose(s.Station, s.Alarm)
	}
}

// stopListing is the query that the list and the Pareto share.
func stopListing(f mes.DowntimeFilter, p siteShifts) *listing {
	l := newListing(stopFrom, f.Paging, sorts{"": {{"s.from_at", "timestamptz", true}}, "from": {{"s.from_at", "timestamptz", false}}, "seconds": {{"coalesce(s.until_at, now()) - s.from_at", "interval", false}},
		"station": {{"s.station", "text", false}, {"s.from_at", "timestamptz", true}}}, column{"s.id", "bigint", true})
	states := f.States
	if len(states) == 0 {
		states = mes.StopStates
	}
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = string(s)
	}
	l.where("s.site = ?", f.Site).where("s.state = ANY(?)", names).where("s.station = ANY(?)", f.Stations).where("e.parent = ?", f.Line).where("s.reason = ?", f.Reason).where(stopProduct+" = ?", f.Product)
	if !f.From.IsZero() {
		l.where("(s.until_at IS NULL OR s.until_at > ?)", f.From)
	}
	if !f.Until.IsZero() {
		l.where("s.from_at < ?", f.Until)
	}
	l.when(f.Unexplained, stopAsks).when(!f.Micro, "NOT "+stopMicro)
	if f.Shift != "" {
		from, until := p.spans(f)
		l.when(true, "EXISTS (SELECT 1 FROM unnest("+l.arg(from)+"::timestamptz[], "+l.arg(until)+"::timestamptz[]) AS x(a, b) WHERE s.from_at < x.b AND (s.until_at IS NULL OR s.until_at > x.a))")
	}
	return l.search(f.Text, "s.station", "e.name", "s.detail", "s.alarm", "s.reason", "s.note")
}

// spans are when a shift was on in the window.
func (p siteShifts) spans(f mes.DowntimeFilter) (from, until []time.Time) {
	from, until = []time.Time{}, []time.Time{}
	for d := mes.DayOf(f.From, p.zone).Add(-1); d.At(0, p.zone).Before(f.Until); d = d.Add(1) {
		for _, s := range p.shifts {
			if span, on := s.On(d, p.zone); on && s.ID == f.Shift {
				from, until = append(from, span.From), append(until, span.Until)
			}
		}
	}
	return from, until
}

// Stops reads a page.
func (s *Machines) Stops(ctx context.Context, f mes.DowntimeFilter) (mes.Page[mes.Stop], error) {
	p, err := s.shiftsOf(ctx, f.Site)
	if err != nil {
		return mes.Page[mes.Stop]{}, err
	}
	out, err := page(ctx, s.db, stopListing(f, p), stopColumns, stopFields)
	for i := range out.Items {
		p.complete(&out.Items[i])
	}
	return out, err
}

// maxPareto bounds the stops that one Pareto adds up.
const maxPareto = 50_000

// Pareto adds up the stops of a window. Each is cut to the window, and to the shift where one is asked for.
func (s *Machines) Pareto(ctx context.Context, f mes.DowntimeFilter, by mes.ParetoBy) (mes.Pareto, error) {
	p, err := s.shiftsOf(ctx, f.Site)
	if err != nil {
		return mes.Pareto{}, err
	}
	f.Micro, f.Paging = true, mes.Paging{Text: f.Text}
	l := stopListing(f, p)
	if l.err != nil {
		return mes.Pareto{}, l.err
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf("SELECT %s FROM %s%s ORDER BY s.from_at LIMIT %d", stopColumns, l.from, l.filter(), maxPareto+1), l.args...)
	if err != nil {
		return mes.Pareto{}, translate(err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (mes.Stop, error) {
		var one mes.Stop
		return one, row.Scan(stopFields(&one)...)
	})
	if err != nil {
		return mes.Pareto{}, translate(err)
	}
	if len(found) > maxPareto {
		var faults mes.Faults
		faults.Add("from", "the window holds more than %d stops", maxPareto)
		return mes.Pareto{}, faults.Err("This window is too long to add up.")
	}
	now, err := s.q.Now(ctx)
	if err != nil {
		return mes.Pareto{}, translate(err)
	}
	var stops []mes.Stop
	for _, one := range found {
		stops = append(stops, p.cut(one, f, by, now)...)
	}
	return mes.AddUp(stops, by, f.From, f.Until), nil
}

// cut is the part of a stop that a Pareto counts, one for each shift where it asks for that.
func (p siteShifts) cut(s mes.Stop, f mes.DowntimeFilter, by mes.ParetoBy, now time.Time) []mes.Stop {
	end := now
	if s.Until != nil && s.Until.Before(end) {
		end = *s.Until
	}
	if f.Until.Before(end) {
		end = f.Until
	}
	if s.From.Before(f.From) {
		s.From = f.From
	}
	if !end.After(s.From) {
		return nil
	}
	s.Until, s.Seconds = &end, int64(end.Sub(s.From)/time.Second)
	if by != mes.ParetoByShift && f.Shift == "" {
		return []mes.Stop{s}
	}
	parts := s.ByShift(p.shifts, p.zone, now)
	return slices.DeleteFunc(parts, func(part mes.Stop) bool { return f.Shift != "" && part.Shift != f.Shift })
}
