package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/oee"
)

// shop is a floor whose one shift ended a few hours ago, with a log at ST20 that knows all of it.
type shop struct {
	*floor
	owner *pgx.Conn
	start time.Time // of the shift
	day   mes.Day
}

// newShop has a shift of four hours that ended at least an hour ago, whatever the clock shows now. It has a break of 20 minutes.
func newShop(t *testing.T) *shop {
	t.Helper()
	f := newFloor(t)
	zone, err := time.LoadLocation("Europe/Berlin")
	f.must(err)
	s := &shop{floor: f}
	s.start = time.Now().Add(-5*time.Hour - time.Minute).In(zone).Truncate(time.Minute)
	s.day = mes.DayOf(s.start, zone)
	at := func(d time.Duration) mes.TimeOfDay {
		c := s.start.Add(d)
		return mes.TimeOfDay(c.Hour()*60 + c.Minute())
	}
	f.must(f.Shifts.Put(f.ctx, planner, site, mes.Shift{ID: "S", Name: "Shift", Days: []int{1, 2, 3, 4, 5, 6, 7}, Start: at(0), End: at(4 * time.Hour),
		Breaks: []mes.Break{{Name: "Rest", Start: at(2 * time.Hour), Minutes: 20}}}, "test"))
	s.owner, err = pgx.Connect(f.ctx, f.db.Owner)
	f.must(err)
	t.Cleanup(func() { _ = s.owner.Close(context.Background()) })
	s.exec("INSERT INTO machine (station, site, definition) VALUES ('ST20', $1, '{}')", site)
	return s
}

func (s *shop) exec(sql string, args ...any) {
	s.Helper()
	_, err := s.owner.Exec(s.ctx, "SET search_path TO mes")
	s.must(err)
	_, err = s.owner.Exec(s.ctx, sql, args...)
	s.must(err)
}

// stretch is one of ST20's log, by the minute of the shift at which it begins; it lasts until the next one.
type stretch struct {
	from   float64
	state  string
	reason string
}

// log writes ST20's log anew: a log has no gap, and its last stretch lasts.
func (s *shop) log(list ...stretch) {
	s.Helper()
	tx, err := s.owner.Begin(s.ctx)
	s.must(err)
	_, err = tx.Exec(s.ctx, "SET LOCAL search_path TO mes")
	s.must(err)
	_, err = tx.Exec(s.ctx, "DELETE FROM machine_state")
	s.must(err)
	for i, l := range list {
		var end *time.Time
		if i+1 < len(list) {
			t := s.at(list[i+1].from)
			end = &t
		}
		_, err = tx.Exec(s.ctx, "INSERT INTO machine_state (site, station, from_at, until_at, observed, state, source, reason) VALUES ($1, 'ST20', $2, $3, $4, $4, 'tag', $5)",
			site, s.at(l.from), end, l.state, l.reason)
		s.must(err)
	}
	s.must(tx.Commit(s.ctx))
}

func (s *shop) at(minutes float64) time.Time {
	return s.start.Add(time.Duration(minutes * float64(time.Minute))).UTC()
}

// visit lets a lot have been at ST20.
func (s *shop) visit(lot string, visit int, from, until float64, state string) {
	s.Helper()
	s.exec("INSERT INTO lot_operation (lot, operation, visit, name, station, state, queued_at, started_at, ended_at) VALUES ($1, '20', $2, 'Screw down', 'ST20', $3, $4, $4, $5)",
		lot, visit, state, s.at(from), s.at(until))
}

func (s *shop) filter() mes.FigureFilter {
	return mes.FigureFilter{Site: site, Equipment: "ST20", Shift: "S", Day: s.day}
}

func (s *shop) report(change ...func(*mes.FigureFilter)) mes.FigureReport {
	s.Helper()
	f := s.filter()
	for _, c := range change {
		c(&f)
	}
	r, err := s.Figures.Report(s.ctx, f)
	s.must(err)
	return r
}

func percent(r oee.Ratio) string {
	if r.Value == nil {
		return string(r.Why)
	}
	return r.Value.Mul(mes.Count(100)).StringFixed(1)
}

// units opens n lots of the product with a planned time of 600 s at ST20's operation.
func (s *shop) units(n int) []string {
	s.Helper()
	s.exec("UPDATE routing SET definition = jsonb_set(definition, '{operations,1,planned_s}', '600') WHERE product = 'UNIT'")
	s.order("WO-1", "UNIT", int64(n))
	return s.fill("WO-1")
}

func TestFiguresOfAShift(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	lots := s.units(8)
	s.log(stretch{-600, "setup", ""}, stretch{10, "running", ""}, stretch{60, "unplanned_down", ""}, stretch{60.5, "running", ""}, stretch{150, "unplanned_down", "fixture"},
		stretch{170, "starved", ""}, stretch{180, "running", ""})
	for i, lot := range lots {
		s.visit(lot, 1, 20+10*float64(i), 28+10*float64(i), "completed")
	}
	s.exec("UPDATE lot_operation SET state = 'scrapped' WHERE lot = $1 AND operation = '20'", lots[7])
	r := s.report()
	// 240 min less the break is 220; set-up 10, down 20, starved 10 leave 180 of production; 8 × 10 min are worth 80, 7 of them good.
	for name, c := range map[string]struct{ got, want string }{
		"OEE": {percent(r.Figures.OEE), "31.8"}, "availability": {percent(r.Figures.Availability), "81.8"}, "effectiveness": {percent(r.Figures.Effectiveness), "44.4"},
		"quality": {percent(r.Figures.Quality), "87.5"}, "NEE": {percent(r.Figures.NEE), "33.6"}, "first pass": {percent(r.Figures.FirstPassYield), "87.5"},
		"planned busy": {r.Figures.OEE.Denominator.String(), "13200"}, "made": {r.Counts.Made.String(), "8"}, "allocation": {percent(r.Figures.AllocationEfficiency), "29.1"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %s, want %s", name, c.got, c.want)
		}
	}
	// Losses of the same length go by their kind.
	if got := lossesOf(r.Losses); got != "slow_cycle 5970/0 unplanned_down fixture 1200/1 reject 600/1 setup 600/1 starved by ST10 600/1 short_stop 30/1" {
		t.Errorf("losses: %s", got)
	}
	if r.Todo == nil || r.Todo.Reason != "fixture" || r.Todo.Station != "ST20" || r.Live {
		t.Errorf("to do: %+v", r.Todo)
	}
	events, err := s.Figures.Events(s.ctx, s.filter(), "unplanned_down", "fixture")
	s.must(err)
	if len(events) != 1 || !events[0].From.Equal(s.at(150)) || events[0].Seconds.String() != "1200" {
		t.Errorf("events: %+v", events)
	}
	if bad, err := s.Figures.Events(s.ctx, s.filter(), "reject", ""); err != nil || len(bad) != 1 || bad[0].Lot != lots[7] {
		t.Errorf("rejects: %+v %v", bad, err)
	}
	line := s.report(func(f *mes.FigureFilter) { f.Equipment = "T1-L1" })
	if len(line.Stations) != 4 || percent(line.Figures.OEE) != "31.8" || len(line.Rows) != 5*len(mes.FigureNames) {
		t.Errorf("the line: %d stations, OEE %s, %d rows", len(line.Stations), percent(line.Figures.OEE), len(line.Rows))
	}
	half := s.report(func(f *mes.FigureFilter) { f.Shift, f.Day, f.From, f.Until = "", mes.Day{}, s.at(-30), s.at(60) })
	if half.Figures.OEE.Denominator.String() != "3600" || percent(half.Figures.Availability) != "83.3" {
		t.Errorf("half the shift: %+v", half.Figures.Availability)
	}
	of := s.report(func(f *mes.FigureFilter) { f.Product = "KIT" })
	if percent(of.Figures.OEE) != "nothing_planned" {
		t.Errorf("OEE of a product that was not there: %s", percent(of.Figures.OEE))
	}
	of = s.report(func(f *mes.FigureFilter) { f.Product = "UNIT" })
	if of.Figures.OEE.Denominator.StringFixed(0) != "4680" || of.Counts.Made.String() != "8" || percent(of.Figures.Availability) != "100.0" { // from its first start to its last end
		t.Errorf("OEE of the product: %+v", of.Figures.Availability)
	}
	of = s.report(func(f *mes.FigureFilter) { f.Shift, f.Day, f.Order = "", mes.Day{}, "WO-1" })
	if of.Figures.OEE.Denominator.StringFixed(0) != "4680" || of.Counts.Made.String() != "8" || !of.From.Equal(s.at(20)) {
		t.Errorf("OEE of the order: %+v, %+v", of.Figures.OEE, of.Counts)
	}
	s.must(s.Figures.Aim(s.ctx, planner, site, "T1-L1", mes.MustDecimal("0.82"), "agreed"))
	s.refused(s.Figures.Aim(s.ctx, planner, site, "T1-L1", mes.MustDecimal("1.2"), "agreed"), mes.CodeUnprocessable, "target")
	if r = s.report(); r.Target == nil || r.Target.String() != "0.82" {
		t.Errorf("the target is %v", r.Target)
	}
}

func lossesOf(ls []mes.Loss) string {
	var out []string
	for _, l := range ls {
		words := []string{l.Kind}
		if l.Reason != "" {
			words = append(words, l.Reason)
		}
		if l.By != "" {
			words = append(words, "by "+l.By)
		}
		out = append(out, strings.Join(words, " ")+fmt.Sprintf(" %s/%d", l.Seconds, l.Events))
	}
	return strings.Join(out, " ")
}

// An ended shift is stated once, by whichever of several processes comes first; a late reject and a correction state it again,
// and the former figures stay.
func TestAShiftIsStatedOnceAndAgainWithItsCause(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	lots := s.units(2)
	s.log(stretch{0, "running", ""})
	s.visit(lots[0], 1, 10, 18, "completed")
	s.visit(lots[1], 1, 20, 28, "completed")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := s.Figures.State(s.ctx, site); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	versions := s.report().Versions
	if len(versions) != 1 || percent(versions[0].Figures.OEE) != "9.1" || versions[0].Cause != "" {
		t.Fatalf("stated: %+v", versions)
	}
	if n, err := s.Figures.State(s.ctx, site); err != nil || n != 0 {
		t.Errorf("nothing has changed, and %d were stated: %v", n, err)
	}
	// The second unit fails later and is sent back here.
	s.exec("INSERT INTO lot_operation (lot, operation, visit, name, station, state, queued_at) VALUES ($1, '20', 2, 'Screw down', 'ST20', 'queued', now())", lots[1])
	if n, err := s.Figures.State(s.ctx, site); err != nil || n != 2 { // the station and its line
		t.Errorf("a late reject stated %d again: %v", n, err)
	}
	// A correction of the log: 44 minutes were not production.
	s.log(stretch{0, "running", ""}, stretch{196, "unplanned_down", "fixture"}, stretch{240, "running", ""})
	s.exec("INSERT INTO restatement (site, station, from_at, until_at, cause) VALUES ($1, 'ST20', $2, $3, 'Paula corrected the stop.')", site, s.at(196), s.at(240))
	_, err := s.Figures.State(s.ctx, site)
	s.must(err)
	versions = s.report().Versions
	if len(versions) != 3 || percent(versions[0].Figures.OEE) != "9.1" || percent(versions[1].Figures.OEE) != "4.5" || versions[1].Good.String() != "1" ||
		!strings.Contains(versions[1].Cause, lots[1]+" was sent back") || percent(versions[2].Figures.Availability) != "80.0" || versions[2].Cause != "Paula corrected the stop." {
		t.Errorf("versions: %+v", versions)
	}
	trend := s.report().Trend
	if len(trend) != 1 || trend[0].Version != 3 {
		t.Errorf("trend: %+v", trend)
	}
	rows, err := s.Audits.List(s.ctx, mes.AuditFilter{Noun: "figure"})
	s.must(err)
	if rows.Total != 4 {
		t.Errorf("%d audit rows tell of two restatements of a station and its line", rows.Total)
	}
	for _, sql := range []string{"UPDATE shift_figure SET sums = '{}'", "DELETE FROM shift_figure"} {
		if _, err := s.owner.Exec(s.ctx, sql); err == nil {
			t.Errorf("%s was let through", sql)
		}
	}
}

// A scrap between stations is charged to where the piece had counted as good last.
func TestALateScrapAsksForTheShiftInWhichItCountedAsGood(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	lots := s.units(1)
	s.log(stretch{0, "running", ""})
	s.visit(lots[0], 1, 10, 18, "completed")
	_, err := s.Figures.State(s.ctx, site)
	s.must(err)
	s.exec(`INSERT INTO lot_event (key, lot, work_order, kind, actor, station, operation, visit, step, code, quantity, wait_kind, wait_on, reason, at)
	        VALUES ('k', $1, 'WO-1', 'scrapped', 'olga', '', '30', 1, '', 'SCR', 1, '', '', '', now())`, lots[0])
	_, err = s.Figures.State(s.ctx, site)
	s.must(err)
	v := s.report().Versions
	if len(v) != 2 || v[1].Good.String() != "0" || !strings.Contains(v[1].Cause, "was scrapped") || percent(v[1].Figures.ScrapRatio) != "100.0" {
		t.Errorf("%+v", v)
	}
}

// Counters of the machine go before lots; a minute's product is what was begun last.
func TestCountersGoBeforeLots(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.exec(`UPDATE machine SET definition = '{"station": "ST20", "source": "tags", "tags": {"device": "TC", "state": "s", "counters": {"good": "g", "reject": "r"}}}'`)
	lots := s.units(1)
	s.log(stretch{0, "running", ""})
	s.visit(lots[0], 1, 10, 18, "completed")
	s.exec("INSERT INTO machine_count (site, station, minute, produced, rejected) VALUES ($1, 'ST20', date_trunc('minute', $2::timestamptz), 5, 1)", site, s.at(30))
	r := s.report()
	if r.Counts.Made.String() != "5" || r.Counts.Good.String() != "4" || r.Counts.Rate == nil || r.Counts.Rate.String() != "600" {
		t.Errorf("%+v", r.Counts)
	}
	s.exec("INSERT INTO machine_count (site, station, minute, produced) VALUES ($1, 'ST20', date_trunc('minute', $2::timestamptz), 1)", site, s.at(1))
	if r = s.report(); percent(r.Figures.OEE) != "no_planned_time" || r.Counts.Unrated.String() != "1" {
		t.Errorf("one was made of nobody knows what, and OEE is %s", percent(r.Figures.OEE))
	}
	s.exec("UPDATE machine_count SET produced = 0 WHERE minute < $1", s.at(10))
	// What the machine had counted as good comes back later.
	s.exec("INSERT INTO lot_operation (lot, operation, visit, name, station, state, queued_at) VALUES ($1, '20', 2, 'Screw down', 'ST20', 'queued', now())", lots[0])
	if r = s.report(); r.Counts.Made.String() != "5" || r.Counts.Good.String() != "3" || r.Counts.Rework.String() != "1" {
		t.Errorf("after a late reject: %+v", r.Counts)
	}
}

func TestTheCalendarIsKept(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.log(stretch{0, "running", ""})
	_, err := s.Figures.State(s.ctx, site)
	s.must(err)
	e := mes.CalendarEntry{Kind: mes.CalendarPlanned, Name: "Trial", Equipment: []string{"T1-L1"}, Day: s.day, Start: mes.TimeOfDay(s.start.Hour()*60 + s.start.Minute()), Minutes: 60}
	kept, err := s.Calendars.Enter(s.ctx, planner, site, e, "the customer asked for it")
	s.must(err)
	_, err = s.Calendars.Enter(s.ctx, planner, site, mes.CalendarEntry{Kind: mes.CalendarExtra, Name: "Rush", Day: s.day, Shift: "none"}, "x")
	s.refused(err, mes.CodeNotFound, "none")
	e.Equipment = []string{"nowhere"}
	_, err = s.Calendars.Enter(s.ctx, planner, site, e, "x")
	s.refused(err, mes.CodeNotFound, "nowhere")
	_, err = s.Figures.State(s.ctx, site)
	s.must(err)
	v := s.report().Versions
	if len(v) != 2 || v[1].Figures.OEE.Denominator.String() != "9600" || !strings.Contains(v[1].Cause, "Trial") {
		t.Errorf("a planned stop in the past left %+v", v)
	}
	s.must(s.Calendars.Strike(s.ctx, planner, site, kept.ID, "it was called off"))
	s.refused(s.Calendars.Strike(s.ctx, planner, site, kept.ID, "again"), mes.CodeNotFound, kept.ID)
	_, err = s.Figures.State(s.ctx, site)
	s.must(err)
	if v = s.report().Versions; len(v) != 3 || v[2].Figures.OEE.Denominator.String() != "13200" {
		t.Errorf("after it was taken back: %+v", v)
	}
	// A change of a shift holds from today on, unless it says from when.
	c, err := s.Calendars.Calendar(s.ctx, site)
	s.must(err)
	was := c.Latest()[0]
	was.Breaks = nil
	s.must(s.Shifts.Put(s.ctx, planner, site, was, "no break any more"))
	c, err = s.Calendars.Calendar(s.ctx, site)
	s.must(err)
	if len(c.Patterns) != 2 || c.Patterns[1].From.IsZero() || len(c.Patterns[0].Breaks) != 1 {
		t.Errorf("patterns: %+v", c.Patterns)
	}
	was.From = s.day.Add(40)
	s.refused(s.Shifts.Put(s.ctx, planner, site, was, "next month"), mes.CodeUnprocessable, "from")
	rows, err := s.Audits.List(s.ctx, mes.AuditFilter{Noun: "calendar"})
	s.must(err)
	if rows.Total != 2 {
		t.Errorf("%d audit rows tell of an entry that was made and taken back", rows.Total)
	}
}
