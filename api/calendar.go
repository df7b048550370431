package api

import (
	"context"
	"slices"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) calendarRoutes() {
	handle(s, route{Method: "GET", Path: "/calendar", ID: "getCalendar", Group: "shifts", Right: policies.CalendarRead,
		Short: "When a station, a line or the site plans to work: shifts, breaks, holidays, planned stops"}, s.getCalendar)
	handle(s, route{Method: "POST", Path: "/calendar/entries", ID: "enterCalendar", Group: "shifts", Right: policies.CalendarWrite, Command: true, Noun: "calendar",
		Short: "Write a holiday, an extra shift or a planned stop into the calendar",
		Long:  "An entry about the past has the figures of that time stated again."}, s.enterCalendar)
	handle(s, route{Method: "POST", Path: "/calendar/entries/{id}/strike", ID: "strikeCalendar", Group: "shifts", Right: policies.CalendarWrite, Command: true, Noun: "calendar",
		Short: "Take an entry of the calendar back"}, s.strikeCalendar)
}

type calendarInput struct {
	Equipment string `query:"equipment" maxLength:"64" doc:"Station or line. Left out, the whole site: what names equipment is left out then."`
	From      string `query:"from" format:"date" doc:"First day. Left out, this week's Monday."`
	Days      int    `query:"days" minimum:"1" maximum:"31" default:"7"`
}

// CalendarWeek is a stretch of the calendar, and what it is made of.
type CalendarWeek struct {
	mes.CalendarView
	From  mes.Day           `json:"from"`
	Days  int               `json:"days"`
	Spans []mes.PlannedSpan `json:"spans" doc:"They follow each other from the first midnight to the last."`
}

func (s *Server) getCalendar(ctx context.Context, in *calendarInput) (*one[CalendarWeek], error) {
	site := requestOf(ctx).who.Site
	c, err := s.Calendars.Calendar(ctx, site)
	if err != nil {
		return nil, err
	}
	today := mes.DayOf(s.Now(), c.Zone)
	day := today.Add(-(int(today.Weekday()) + 6) % 7)
	if in.From != "" {
		if err := day.UnmarshalText([]byte(in.From)); err != nil {
			var f mes.Faults
			f.Check(false, "query.from", "is no day such as 2026-11-24")
			return nil, f.Err("There is no calendar of this.")
		}
	}
	place, err := s.place(ctx, site, in.Equipment)
	if err != nil {
		return nil, err
	}
	out := CalendarWeek{From: day, Days: in.Days, CalendarView: mes.CalendarView{Shifts: c.Latest(), Entries: append([]mes.CalendarEntry{}, c.Entries...)}}
	out.Spans = append([]mes.PlannedSpan{}, c.Spans(place, day.At(0, c.Zone), day.Add(in.Days).At(0, c.Zone))...)
	return answer(out, nil)
}

// place is equipment with all that it lies in; nothing is the site.
func (s *Server) place(ctx context.Context, site, equipment string) ([]string, error) {
	if equipment == "" {
		return []string{site}, nil
	}
	v, err := s.Plant.View(ctx, site)
	if err != nil {
		return nil, err
	}
	parent := map[string]string{v.Site.ID: ""}
	for _, e := range append(slices.Clone(v.Areas), v.Lines...) {
		parent[e.ID] = e.Parent
	}
	for _, st := range v.Stations {
		parent[st.ID] = st.Line
	}
	if _, known := parent[equipment]; !known {
		return nil, mes.NotFound("Equipment", equipment)
	}
	var out []string
	for at := equipment; at != ""; at = parent[at] {
		out = append(out, at)
	}
	return out, nil
}

// NewCalendarEntry is what to write into the calendar, and why.
type NewCalendarEntry struct {
	Kind      mes.EntryOfCalendar `json:"kind" enum:"holiday,extra_shift,planned_down"`
	Name      string              `json:"name" minLength:"1" maxLength:"100"`
	Equipment []string            `json:"equipment,omitempty" maxItems:"200" doc:"Stations and lines; left out, the whole site."`
	Day       mes.Day             `json:"day"`
	Until     mes.Day             `json:"until,omitzero" doc:"Last day. Left out, a weekly stop goes on for good and all else is of one day."`
	Shift     string              `json:"shift,omitempty" maxLength:"64" doc:"The shift that works on an extra day."`
	Weekdays  []int               `json:"weekdays,omitempty" maxItems:"7" doc:"Make a planned stop weekly; 1 is Monday."`
	Start     mes.TimeOfDay       `json:"start,omitempty"`
	Minutes   int                 `json:"minutes,omitempty"`
	Reason    string              `json:"reason" minLength:"1" maxLength:"500"`
}

func (s *Server) enterCalendar(ctx context.Context, in *struct{ Body NewCalendarEntry }) (*one[mes.CalendarEntry], error) {
	r, b := requestOf(ctx), in.Body
	e, err := s.Calendars.Enter(ctx, r.actor(), r.who.Site, mes.CalendarEntry{Kind: b.Kind, Name: b.Name, Equipment: b.Equipment, Day: b.Day, Until: b.Until, Shift: b.Shift,
		Weekdays: b.Weekdays, Start: b.Start, Minutes: b.Minutes}, b.Reason)
	r.subject = e.ID
	return answer(e, err)
}

type strikeInput struct {
	ID   string `path:"id" maxLength:"20"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (s *Server) strikeCalendar(ctx context.Context, in *strikeInput) (*nothing, error) {
	r := requestOf(ctx)
	r.subject = in.ID
	return &nothing{}, s.Calendars.Strike(ctx, r.actor(), r.who.Site, in.ID, in.Body.Reason)
}
