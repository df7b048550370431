package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Calendars keeps when a site plans to work.
type Calendars struct{ db }

var _ mes.Calendars = (*Calendars)(nil)

// Calendar reads all that a site's spans are made of.
func (c *Calendars) Calendar(ctx context.Context, site string) (mes.Calendar, error) {
	out, err := calendarOf(ctx, c.q, site)
	return out, translate(err)
}

func calendarOf(ctx context.Context, q *sqlcgen.Queries, site string) (mes.Calendar, error) {
	var out mes.Calendar
	name, err := q.ZoneOfSite(ctx, site)
	if err != nil {
		return out, missing(err, "Site", site)
	}
	if out.Zone, err = time.LoadLocation(name); err != nil {
		return out, fmt.Errorf("time zone of site %s: %w", site, err)
	}
	patterns, err := q.ShiftPatterns(ctx, site)
	if err != nil {
		return out, err
	}
	for _, p := range patterns {
		var s mes.Shift
		if err := json.Unmarshal(p, &s); err != nil {
			return out, fmt.Errorf("a shift of site %s: %w", site, err)
		}
		out.Patterns = append(out.Patterns, s)
	}
	entries, err := q.CalendarEntries(ctx, site)
	if err != nil {
		return out, err
	}
	for _, r := range entries {
		e, err := entryOf(r.ID, r.Definition, r.ByAccount, r.At)
		if err != nil {
			return out, err
		}
		out.Entries = append(out.Entries, e)
	}
	return out, nil
}

func entryOf(id int64, definition []byte, by string, at time.Time) (mes.CalendarEntry, error) {
	var e mes.CalendarEntry
	if err := json.Unmarshal(definition, &e); err != nil {
		return e, fmt.Errorf("entry %d of the calendar: %w", id, err)
	}
	e.ID, e.By, e.At = strconv.FormatInt(id, 10), by, at
	return e, nil
}

// Enter writes an entry.
func (c *Calendars) Enter(ctx context.Context, by mes.Actor, site string, e mes.CalendarEntry, reason string) (mes.CalendarEntry, error) {
	e.ID, e.By, e.At = "", "", time.Time{}
	if err := e.Validate(); err != nil {
		return e, err
	}
	definition, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	err = c.change(ctx, func(w *work) error {
		calendar, err := calendarOf(ctx, w.Queries, site)
		if err != nil {
			return err
		}
		if e.Kind == mes.CalendarExtra && !slices.ContainsFunc(calendar.Patterns, func(s mes.Shift) bool { return s.ID == e.Shift }) {
			return mes.NotFound("Shift", e.Shift)
		}
		stations, err := w.stationsUnder(ctx, site, e.Equipment)
		if err != nil {
			return err
		}
		row, err := w.AddCalendarEntry(ctx, sqlcgen.AddCalendarEntryParams{Site: site, Kind: string(e.Kind), Definition: definition, ByAccount: by.ID})
		if err != nil {
			return err
		}
		e.ID, e.By, e.At = strconv.FormatInt(row.ID, 10), by.ID, row.At
		if err := w.restateCalendar(ctx, site, stations, e.Touches(calendar.Zone, row.At), "The calendar was changed: "+e.Name+"."); err != nil {
			return err
		}
		w.tell(site, mes.EventCalendar, e.ID)
		return w.audit(by, "calendar_entered", "calendar", e.ID, reason, "", nil, e)
	})
	return e, err
}

// Strike takes an entry back.
func (c *Calendars) Strike(ctx context.Context, by mes.Actor, site, id, reason string) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return mes.NotFound("Entry of the calendar", id)
	}
	return c.change(ctx, func(w *work) error {
		row, err := w.LockCalendarEntry(ctx, sqlcgen.LockCalendarEntryParams{Site: site, ID: n})
		if err != nil {
			return missing(err, "Entry of the calendar", id)
		}
		e, err := entryOf(row.ID, row.Definition, row.ByAccount, row.At)
		if err != nil {
			return err
		}
		calendar, err := calendarOf(ctx, w.Queries, site)
		if err != nil {
			return err
		}
		stations, err := w.stationsUnder(ctx, site, e.Equipment)
		if err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		if err := w.later.EndCalendarEntry(ctx, sqlcgen.EndCalendarEntryParams{ID: n, EndedBy: by.ID}); err != nil {
			return err
		}
		if err := w.restateCalendar(ctx, site, stations, e.Touches(calendar.Zone, now), "The calendar was changed: "+e.Name+" was taken back."); err != nil {
			return err
		}
		w.tell(site, mes.EventCalendar, id)
		return w.audit(by, "calendar_struck", "calendar", id, reason, "", e, nil)
	})
}

// stationsUnder lists the stations that are named or lie in what is named; without names, all of the site. Codes: not_found.
func (w *work) stationsUnder(ctx context.Context, site string, names []string) ([]string, error) {
	rows, err := w.EquipmentOfSite(ctx, site)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if !slices.ContainsFunc(rows, func(r sqlcgen.EquipmentOfSiteRow) bool { return r.ID == n }) {
			return nil, mes.NotFound("Equipment", n)
		}
	}
	return stationsIn(rows, names), nil
}

func stationsIn(rows []sqlcgen.EquipmentOfSiteRow, names []string) []string {
	var out []string
	in := map[string]bool{}
	for _, r := range rows { // parents come first
		in[r.ID] = len(names) == 0 || slices.Contains(names, r.ID) || in[r.Parent]
		if in[r.ID] && mes.EquipmentLevel(r.Level) == mes.LevelStation {
			out = append(out, r.ID)
		}
	}
	return out
}

// restateCalendar asks for the figures that a change of the calendar makes wrong. What lies ahead has none.
func (w *work) restateCalendar(ctx context.Context, site string, stations []string, s mes.Span, cause string) error {
	if !s.Until.After(s.From) {
		return nil
	}
	for _, station := range stations {
		if err := w.askRestatement(ctx, site, station, s.From, s.Until, cause); err != nil {
			return err
		}
	}
	return nil
}

// putPattern keeps what a shift was and is. The first definition of a shift holds for all time, a change from its first day on.
func (w *work) putPattern(ctx context.Context, by mes.Actor, site string, n mes.Shift, known bool) (mes.Shift, error) {
	calendar, err := calendarOf(ctx, w.Queries, site)
	if err != nil {
		return n, err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return n, err
	}
	today := mes.DayOf(now, calendar.Zone)
	if known && n.From.IsZero() {
		n.From = today
	}
	if today.Before(n.From) {
		var f mes.Faults
		f.Check(false, "from", "must not be after today, %s", today)
		return n, f.Err("The shift was not stored.")
	}
	stations, err := w.stationsUnder(ctx, site, n.Equipment)
	if err != nil {
		return n, err
	}
	if known && len(n.Equipment) > 0 { // who had the shift before may have lost it
		if stations, err = w.stationsUnder(ctx, site, nil); err != nil {
			return n, err
		}
	}
	definition, err := json.Marshal(n)
	if err != nil {
		return n, err
	}
	if err := w.later.AddShiftPattern(ctx, sqlcgen.AddShiftPatternParams{Site: site, Shift: n.ID, Definition: definition, ByAccount: by.ID}); err != nil {
		return n, err
	}
	from := now.Add(-restateAtMost)
	if !n.From.IsZero() {
		from = n.From.At(0, calendar.Zone)
	}
	return n, w.restateCalendar(ctx, site, stations, mes.Span{From: from, Until: now}, "The shift "+n.Name+" was changed.")
}

// restateAtMost is how far back a shift without a first day asks for figures to be stated again.
const restateAtMost = 31 * 24 * time.Hour
