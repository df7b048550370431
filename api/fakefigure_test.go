package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/oee"
)

// fakeCalendars keeps a calendar as the store does.
type fakeCalendars struct {
	calendar mes.Calendar
	struck   []string
}

func newFakeCalendars() *fakeCalendars {
	return &fakeCalendars{calendar: mes.Calendar{Zone: time.UTC, Patterns: []mes.Shift{{ID: "early", Name: "Early", Days: []int{1, 2, 3, 4, 5}, Start: 6 * 60, End: 14 * 60,
		Breaks: []mes.Break{{Name: "Breakfast", Start: 9 * 60, Minutes: 15}}}}}}
}

func (f *fakeCalendars) Calendar(context.Context, string) (mes.Calendar, error) {
	return f.calendar, nil
}

func (f *fakeCalendars) Enter(_ context.Context, by mes.Actor, _ string, e mes.CalendarEntry, _ string) (mes.CalendarEntry, error) {
	if err := e.Validate(); err != nil {
		return e, err
	}
	e.ID, e.By = "1", by.ID
	f.calendar.Entries = append(f.calendar.Entries, e)
	return e, nil
}

func (f *fakeCalendars) Strike(_ context.Context, _ mes.Actor, _, id, _ string) error {
	if id != "1" {
		return mes.NotFound("Entry of the calendar", id)
	}
	f.struck = append(f.struck, id)
	return nil
}

// fakeFigures answers a shift's figures.
type fakeFigures struct {
	asked  []mes.FigureFilter
	kinds  []string
	target mes.Decimal
}

func (f *fakeFigures) Report(_ context.Context, q mes.FigureFilter) (mes.FigureReport, error) {
	f.asked = append(f.asked, q)
	if q.Equipment != "ST50" {
		return mes.FigureReport{}, mes.NotFound("Equipment", q.Equipment)
	}
	s := oee.Sums{Times: oee.Times{oee.Running: 6 * time.Hour, oee.Down: 2 * time.Hour}, Made: mes.Count(90), Good: mes.Count(80), Ideal: mes.Count(90 * 216), IdealGood: mes.Count(80 * 216)}
	return mes.FigureReport{Equipment: mes.Equipment{ID: "ST50", Level: mes.LevelStation, Name: "Leak"}, Figures: s.Figures(), Waterfall: s.Waterfall(), Times: mes.CategoryTimes(s.Times),
		Counts: mes.Counts(s), Rows: mes.Rows("ST50", s.Figures())}, nil
}

func (f *fakeFigures) Events(_ context.Context, q mes.FigureFilter, kind, reason string) ([]mes.LossEvent, error) {
	f.asked, f.kinds = append(f.asked, q), append(f.kinds, kind+"/"+reason)
	return []mes.LossEvent{{Station: q.Equipment, Kind: kind, From: monday, Until: monday.Add(time.Minute), Seconds: mes.Count(60), Reason: "fixture", Stretch: 7}}, nil
}

func (f *fakeFigures) Aim(_ context.Context, _ mes.Actor, _, _ string, target mes.Decimal, _ string) error {
	f.target = target
	return nil
}
