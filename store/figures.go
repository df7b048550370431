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
	"github.com/steelthread/steelthread/mes/oee"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Figures reads how well machines are used, and keeps what was stated of shifts.
type Figures struct{ db }

var (
	_ mes.Figures      = (*Figures)(nil)
	_ mes.FigureLedger = (*Figures)(nil)
)

// logMargin is how much of the log around a window is read: more than any short stop.
const logMargin = 30 * time.Minute

// visitReach is how long before a window a visit may have begun that still lasts in it.
const visitReach = 30 * 24 * time.Hour

// gathering reads the facts of a site.
type gathering struct {
	q         *sqlcgen.Queries
	db        db
	site      string
	calendar  mes.Calendar
	equipment []sqlcgen.EquipmentOfSiteRow
	now       time.Time
}

func (d db) gather(ctx context.Context, q *sqlcgen.Queries, site string) (*gathering, error) {
	g := &gathering{q: q, db: d, site: site}
	var err error
	if g.calendar, err = calendarOf(ctx, q, site); err != nil {
		return nil, err
	}
	if g.equipment, err = q.EquipmentOfSite(ctx, site); err != nil {
		return nil, err
	}
	g.now, err = q.Now(ctx)
	return g, err
}

// find looks equipment up, with all that it lies in. Codes: not_found.
func (g *gathering) find(id string) (mes.Equipment, []string, error) {
	var out mes.Equipment
	var place []string
	for at := id; at != ""; {
		i := slices.IndexFunc(g.equipment, func(r sqlcgen.EquipmentOfSiteRow) bool { return r.ID == at })
		if i < 0 {
			return out, nil, mes.NotFound("Equipment", id)
		}
		r := g.equipment[i]
		if at == id {
			out = mes.Equipment{ID: r.ID, Level: mes.EquipmentLevel(r.Level), Parent: r.Parent, Name: r.Name, Capacity: r.Capacity}
		}
		place, at = append(place, at), r.Parent
	}
	return out, place, nil
}

// line is the line that equipment stands in, or the equipment itself where it stands in none.
func (g *gathering) line(place []string) string {
	for _, id := range place {
		for _, r := range g.equipment {
			if r.ID == id && mes.EquipmentLevel(r.Level) == mes.LevelLine {
				return id
			}
		}
	}
	return place[0]
}

// recorded reads what figures of the stations are made of: one query a table.
func (g *gathering) recorded(ctx context.Context, stations []string, from, until time.Time) ([]mes.FigureFacts, error) {
	machines, err := g.q.MachinesWatched(ctx, stations)
	if err != nil {
		return nil, err
	}
	states, err := g.q.StatesBetween(ctx, sqlcgen.StatesBetweenParams{Stations: stations, FromAt: from.Add(-logMargin), UntilAt: until.Add(logMargin)})
	if err != nil {
		return nil, err
	}
	counts, err := g.q.CountsBetween(ctx, sqlcgen.CountsBetweenParams{Stations: stations, FromAt: from, UntilAt: until})
	if err != nil {
		return nil, err
	}
	visits, err := g.q.VisitsBetween(ctx, sqlcgen.VisitsBetweenParams{Site: g.site, Stations: stations, FromAt: from, UntilAt: until, Since: from.Add(-visitReach)})
	if err != nil {
		return nil, err
	}
	out := make([]mes.FigureFacts, len(machines))
	at := map[string]*mes.FigureFacts{}
	for i, m := range machines {
		_, place, err := g.find(m.Station)
		if err != nil {
			return nil, err
		}
		out[i] = mes.FigureFacts{Station: m.Station, Name: m.Name, Line: m.Line, Place: place, Short: shortStop(m.Definition), Counted: countsItself(m.Definition)}
		if m.Began.Unix() > 0 {
			out[i].Began = m.Began
		}
		at[m.Station] = &out[i]
	}
	for _, s := range states {
		at[s.Station].Log = append(at[s.Station].Log, figureStretch(s))
	}
	for _, c := range counts {
		at[c.Station].Counts = append(at[c.Station].Counts, mes.MinuteCount{Minute: c.Minute, Produced: c.Produced, Rejected: c.Rejected})
	}
	for _, v := range visits {
		visit, err := g.visit(ctx, v)
		if err != nil {
			return nil, err
		}
		at[v.Station].Visits = append(at[v.Station].Visits, visit)
	}
	return out, nil
}

// shortStop is the machine's own threshold.
func shortStop(definition []byte) time.Duration {
	var d mes.MachineDefinition
	if json.Unmarshal(definition, &d) != nil || d.MicroStopS <= 0 {
		return mes.DefaultShortStop
	}
	return time.Duration(d.MicroStopS) * time.Second
}

// countsItself tells whether the machine has counters of its own.
func countsItself(definition []byte) bool {
	var d mes.MachineDefinition
	return json.Unmarshal(definition, &d) == nil && d.Tags != nil && d.Tags.Counters.Used()
}

func figureStretch(s sqlcgen.MachineState) mes.StateStretch {
	return mes.StateStretch{ID: s.ID, Site: s.Site, Station: s.Station, From: s.FromAt, Until: s.UntilAt, Observed: mes.MachineState(s.Observed), State: mes.MachineState(s.State),
		Source: mes.StateSource(s.Source), Detail: s.Detail, Alarm: s.Alarm, Reason: s.Reason, ReasonBy: s.ReasonBy, ReasonAt: s.ReasonAt, Note: s.Note, Version: s.Version}
}

// visit adds what the routing says to a lot's visit.
func (g *gathering) visit(ctx context.Context, v sqlcgen.VisitsBetweenRow) (mes.MachineVisit, error) {
	out := mes.MachineVisit{Lot: v.Lot, Operation: v.Operation, Visit: v.Visit, Product: v.Product, Order: v.WorkOrder, Serial: mes.Tracking(v.Tracking) == mes.TrackSerial, Rework: v.Rework,
		State: v.State, Pieces: v.Quantity.Sub(v.ScrappedBefore), Within: v.ScrappedWithin, After: v.ScrappedAfter}
	if v.StartedAt != nil {
		out.Started = *v.StartedAt
	}
	if v.EndedAt != nil {
		out.Ended = *v.EndedAt
		if out.Started.IsZero() { // ended in the queue
			out.Started = out.Ended
		}
	}
	if v.AgainAt.Unix() > 0 {
		out.Again = v.AgainAt
	}
	routing, err := g.db.routings.get(ctx, g.q, v.Product, v.Revision)
	if mes.CodeOf(err) == mes.CodeNotFound {
		return out, nil // received, or of before there were revisions
	}
	if err != nil {
		return out, err
	}
	i, op, ok := routing.At(v.Operation)
	if !ok {
		return out, nil
	}
	if op.PlannedS > 0 {
		pru := mes.Count(int64(op.PlannedS))
		out.PRU = &pru
	}
	out.First = i == 0
	if i > 0 && len(routing.Operations[i-1].Stations) > 0 {
		out.Before = routing.Operations[i-1].Stations[0]
	}
	if i+1 < len(routing.Operations) && len(routing.Operations[i+1].Stations) > 0 {
		out.Next = routing.Operations[i+1].Stations[0]
	}
	return out, nil
}

// asked is a filter with what it comes to.
type asked struct {
	*gathering
	mes.FigureFilter
	equipment mes.Equipment
	place     []string
	line      string
	run       *mes.ShiftRun
	from      time.Time
	until     time.Time // now while the window lasts
	ends      time.Time
	facts     []mes.FigureFacts // of all stations of the line
	windows   []mes.MachineWindow
}

// ask resolves the window and reads its facts.
func (s *Figures) ask(ctx context.Context, f mes.FigureFilter) (*asked, error) {
	g, err := s.gather(ctx, s.q, f.Site)
	if err != nil {
		return nil, err
	}
	a := &asked{gathering: g, FigureFilter: f}
	if a.equipment, a.place, err = g.find(f.Equipment); err != nil {
		return nil, err
	}
	a.line = g.line(a.place)
	if err := a.window(ctx); err != nil {
		return nil, err
	}
	if a.facts, err = g.recorded(ctx, stationsIn(g.equipment, []string{a.line}), a.from, a.until); err != nil {
		return nil, err
	}
	for _, m := range a.facts {
		a.windows = append(a.windows, m.Measure(g.calendar, a.from, a.until, g.now, f.Product, f.Order))
	}
	return a, nil
}

func (a *asked) window(ctx context.Context) error {
	switch {
	case !a.From.IsZero() || !a.Until.IsZero():
		a.from, a.ends = a.From, a.Until
		if a.ends.IsZero() {
			a.ends = a.now
		}
		var f mes.Faults
		f.Check(!a.from.IsZero() && a.from.Before(a.ends), "query.from", "must be before the end")
		f.Check(a.ends.Sub(a.from) <= mes.MaxFigureWindow, "query.from", "is more than %d days before the end", int(mes.MaxFigureWindow.Hours()/24))
		f.Check(a.from.Before(a.now), "query.from", "lies ahead")
		if err := f.Err("There are no figures of this window."); err != nil {
			return err
		}
	case a.Order != "" && a.Shift == "":
		span, err := a.q.OrderSpan(ctx, sqlcgen.OrderSpanParams{Site: a.Site, WorkOrder: &a.Order})
		if err != nil {
			return missing(err, "Order in work", a.Order)
		}
		// A window's end does not belong to it, and the order's last piece was made at its very end.
		a.from, a.ends = laterTime(span.FromAt, a.now.Add(-mes.MaxFigureWindow)), span.UntilAt.Add(time.Microsecond)
	default:
		run, ok := a.calendar.Run(a.place, a.Shift, a.Day, a.now)
		if !ok && a.Shift != "" || ok && run.From.After(a.now) {
			return mes.NotFound("Shift that has begun", a.Shift+" "+a.Day.String())
		}
		if !ok { // no shift for a month: the last day
			a.from, a.ends = a.now.Add(-24*time.Hour), a.now
			break
		}
		a.run, a.from, a.ends = &run, run.From, run.Until
	}
	a.until = a.ends
	if a.until.After(a.now) {
		a.until = a.now
	}
	if !a.until.After(a.from) { // a shift that begins this very moment
		a.until = a.from.Add(time.Millisecond)
	}
	return nil
}

func laterTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// own are the windows of the asked equipment itself, of the line's.
func (a *asked) own() []mes.MachineWindow {
	mine := stationsIn(a.gathering.equipment, []string{a.equipment.ID})
	return slices.DeleteFunc(slices.Clone(a.windows), func(w mes.MachineWindow) bool { return !slices.Contains(mine, w.Facts.Station) })
}

// sums adds the asked equipment up. The fall-off of a station is of what its line began.
func (a *asked) sums() oee.Sums {
	out := mes.Whole(a.own())
	out.First = mes.Whole(a.windows).First
	return out
}

// Report reads a window.
func (s *Figures) Report(ctx context.Context, f mes.FigureFilter) (mes.FigureReport, error) {
	a, err := s.ask(ctx, f)
	if err != nil {
		return mes.FigureReport{}, translate(err)
	}
	names, err := s.reasonNames(ctx, f.Site)
	if err != nil {
		return mes.FigureReport{}, translate(err)
	}
	sums := a.sums()
	out := mes.FigureReport{Equipment: a.equipment, Line: a.line, From: a.from, Until: a.until, Ends: a.ends, Live: a.ends.After(a.now), Product: f.Product, Order: f.Order,
		Figures: sums.Figures(), Counts: mes.Counts(sums), Times: mes.CategoryTimes(sums.Times), Waterfall: sums.Waterfall(), Losses: mes.Losses(a.own(), names),
		Versions: []mes.FigureVersion{}, Trend: []mes.TrendPoint{}}
	out.Products, out.Orders = inWork(a.own())
	out.Rows = mes.Rows(a.equipment.ID, out.Figures)
	for _, w := range a.windows {
		out.Stations = append(out.Stations, w.Timeline())
		if w.Facts.Station != a.equipment.ID {
			of := w.Sums
			of.First = mes.Whole(a.windows).First
			out.Rows = append(out.Rows, mes.Rows(w.Facts.Station, of.Figures())...)
		}
	}
	if a.run != nil {
		out.Shift, out.ShiftName, out.Day = a.run.Shift.ID, a.run.Shift.Name, a.run.Day
	}
	for _, part := range []func(context.Context, *asked, *mes.FigureReport) error{s.aimed, s.versions, s.trend, s.todo} {
		if err := part(ctx, a, &out); err != nil {
			return out, translate(err)
		}
	}
	return out, nil
}

// inWork lists the products and orders of a window.
func inWork(windows []mes.MachineWindow) (products, orders []string) {
	products, orders = []string{}, []string{}
	for _, w := range windows {
		for _, v := range w.Facts.Visits {
			if !slices.Contains(products, v.Product) {
				products = append(products, v.Product)
			}
			if v.Order != "" && !slices.Contains(orders, v.Order) {
				orders = append(orders, v.Order)
			}
		}
	}
	slices.Sort(products)
	slices.Sort(orders)
	return products, orders
}

func (s *Figures) aimed(ctx context.Context, a *asked, out *mes.FigureReport) error {
	for _, id := range a.place { // a station without its own aims at its line's
		target, err := a.q.OEETarget(ctx, sqlcgen.OEETargetParams{Site: a.Site, Equipment: id})
		if err == nil {
			out.Target = &target
			return nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
	}
	return nil
}

func (s *Figures) versions(ctx context.Context, a *asked, out *mes.FigureReport) error {
	if a.run == nil || a.Product != "" || a.Order != "" {
		return nil
	}
	rows, err := a.q.FigureVersions(ctx, sqlcgen.FigureVersionsParams{Site: a.Site, Equipment: a.equipment.ID, Shift: a.run.Shift.ID, Day: a.run.Day.String()})
	if err != nil {
		return err
	}
	for _, r := range rows {
		sums, err := sumsOf(r.Sums)
		if err != nil {
			return err
		}
		out.Versions = append(out.Versions, mes.FigureVersion{Version: r.Version, At: r.At, Cause: r.Cause, Good: sums.Good, Made: sums.Made, Figures: sums.Figures()})
	}
	return nil
}

func sumsOf(b []byte) (oee.Sums, error) {
	var out oee.Sums
	if err := json.Unmarshal(b, &out); err != nil {
		return out, fmt.Errorf("a stated figure: %w", err)
	}
	return out, nil
}

// trendShifts is how many shifts the trend shows.
const trendShifts = 14

func (s *Figures) trend(ctx context.Context, a *asked, out *mes.FigureReport) error {
	today := mes.DayOf(a.until, a.calendar.Zone)
	rows, err := a.q.ShiftFigures(ctx, sqlcgen.ShiftFiguresParams{Site: a.Site, Equipment: []string{a.equipment.ID}, FromDay: today.Add(-trendShifts).String(), UntilDay: today.String()})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if !r.FromAt.Before(a.until) {
			continue
		}
		sums, err := sumsOf(r.Sums)
		if err != nil {
			return err
		}
		p := mes.TrendPoint{Shift: r.Shift, ShiftName: r.ShiftName, From: r.FromAt, Until: r.UntilAt, OEE: sums.Figures().OEE, Version: r.Version}
		if err := p.Day.UnmarshalText([]byte(r.Day)); err != nil {
			return err
		}
		out.Trend = append(out.Trend, p)
	}
	if n := len(out.Trend); n > trendShifts {
		out.Trend = out.Trend[n-trendShifts:]
	}
	return nil
}

// todo names the fault that cost most, with what it cost in the week before.
func (s *Figures) todo(ctx context.Context, a *asked, out *mes.FigureReport) error {
	i := slices.IndexFunc(out.Losses, func(l mes.Loss) bool { return l.Kind == string(oee.Down) })
	if i < 0 {
		return nil
	}
	todo := mes.FigureTodo{Loss: out.Losses[i]}
	var stations []string
	most := mes.Zero
	for _, w := range a.own() {
		stations = append(stations, w.Facts.Station)
		sum := mes.Zero
		for _, e := range w.Events(todo.Kind, orDash(todo.Reason), nil) {
			sum = sum.Add(e.Seconds)
		}
		if sum.GreaterThan(most) {
			most, todo.Station = sum, w.Facts.Station
		}
	}
	before, err := a.gathering.recorded(ctx, stations, a.from.AddDate(0, 0, -7), a.from)
	if err != nil {
		return err
	}
	todo.Before = mes.Zero
	for _, m := range before {
		for _, e := range m.Measure(a.calendar, a.from.AddDate(0, 0, -7), a.from, a.now, "", "").Events(todo.Kind, orDash(todo.Reason), nil) {
			todo.Before = todo.Before.Add(e.Seconds)
		}
	}
	out.Todo = &todo
	return nil
}

func orDash(reason string) string {
	if reason == "" {
		return "-"
	}
	return reason
}

// Events are what a loss of a window is made of.
func (s *Figures) Events(ctx context.Context, f mes.FigureFilter, kind, reason string) ([]mes.LossEvent, error) {
	a, err := s.ask(ctx, f)
	if err != nil {
		return nil, translate(err)
	}
	names, err := s.reasonNames(ctx, f.Site)
	if err != nil {
		return nil, translate(err)
	}
	out := []mes.LossEvent{}
	for _, w := range a.own() {
		out = append(out, w.Events(kind, reason, names)...)
	}
	slices.SortStableFunc(out, func(x, y mes.LossEvent) int { return x.From.Compare(y.From) })
	return out, nil
}

// Aim sets what OEE is aimed at.
func (s *Figures) Aim(ctx context.Context, by mes.Actor, site, equipment string, target mes.Decimal, reason string) error {
	var f mes.Faults
	f.Check(target.IsPositive() && target.LessThanOrEqual(mes.One), "target", "must be above 0 and at most 1")
	if err := f.Err("The target is as it was."); err != nil {
		return err
	}
	return s.change(ctx, func(w *work) error {
		if _, err := w.stationsUnder(ctx, site, []string{equipment}); err != nil {
			return err
		}
		was, err := w.OEETarget(ctx, sqlcgen.OEETargetParams{Site: site, Equipment: equipment})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err == nil && was.Equal(target) {
			return nil
		}
		var before any
		if err == nil {
			before = map[string]mes.Decimal{"target": was}
		}
		if err := w.later.AddOEETarget(ctx, sqlcgen.AddOEETargetParams{Site: site, Equipment: equipment, Target: target, ByAccount: by.ID}); err != nil {
			return err
		}
		w.tell(site, mes.EventFigure, equipment)
		return w.audit(by, "oee_target_set", "equipment", equipment, reason, "", before, map[string]mes.Decimal{"target": target})
	})
}

// reasonNames are the words for the codes of stop reasons, by language.
func (s *Figures) reasonNames(ctx context.Context, site string) (map[string]map[string]string, error) {
	rows, err := s.q.StopReasonNames(ctx, site)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]string{}
	for _, r := range rows {
		var names map[string]string
		if err := json.Unmarshal(r.Names, &names); err != nil {
			return nil, fmt.Errorf("stop reason %s: %w", r.Code, err)
		}
		out[r.Code] = names
	}
	return out, nil
}
