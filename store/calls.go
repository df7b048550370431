package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Calls keeps calls for help, the plan that they follow, and when the last accident was.
type Calls struct{ db }

var (
	_ mes.Calls      = (*Calls)(nil)
	_ mes.CallLedger = (*Calls)(nil)
)

func callOf(r sqlcgen.AndonCall) (mes.Call, error) {
	c := mes.Call{ID: r.ID, Site: r.Site, Line: r.Line, Station: r.Station, Kind: mes.CallKind(r.Kind), KindName: r.KindName, Text: r.Text, Severity: mes.Severity(r.Severity),
		Role: mes.Role(r.Role), State: mes.CallState(r.State), Source: mes.CallSource(r.Source), RaisedBy: r.RaisedBy, RaisedAt: r.RaisedAt.UTC(), OpenAt: r.OpenAt.UTC(), Watch: r.Watch,
		AcknowledgedBy: r.AcknowledgedBy, AcknowledgedAt: micro(r.AcknowledgedAt), EndedBy: r.EndedBy, EndedAt: micro(r.EndedAt), EndNote: r.EndNote, Version: r.Version}
	if err := json.Unmarshal(r.Plan, &c.Plan); err != nil {
		return c, fmt.Errorf("plan of %s: %w", r.ID, err)
	}
	return c, nil
}

// Get reads one with its story.
func (s *Calls) Get(ctx context.Context, site, id string) (mes.CallView, error) {
	row, err := s.q.CallByID(ctx, sqlcgen.CallByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.CallView{}, missing(err, "Call", id)
	}
	v := mes.CallView{Events: []mes.CallEvent{}}
	if v.Call, err = callOf(row); err != nil {
		return v, err
	}
	events, err := s.q.CallEvents(ctx, sqlcgen.CallEventsParams{Site: site, Call: id})
	if err != nil {
		return v, translate(err)
	}
	for _, e := range events {
		one := mes.CallEvent{At: e.At.UTC(), Kind: e.Kind, Actor: e.Actor, Text: e.Text, Step: e.Step, Role: e.Role}
		for _, by := range e.By {
			one.By = append(one.By, mes.Channel(by))
		}
		v.Events = append(v.Events, one)
	}
	now, err := s.q.Now(ctx)
	if next, ok := v.Next(now); ok {
		v.NextStep = &next
	}
	return v, translate(err)
}

var callSorts = sorts{
	"":         {{"(c.ended_at IS NULL)::int", "int", true}, {"c.open_at", "timestamptz", true}},
	"open_at":  {{"c.open_at", "timestamptz", false}},
	"station":  {{"c.station", "text", false}},
	"kind":     {{"c.kind", "text", false}},
	"response": {{"coalesce(extract(epoch FROM c.acknowledged_at - c.open_at)::float8, 'infinity'::float8)", "float8", false}},
	"state":    {{"array_position(ARRAY['waiting', 'open', 'acknowledged', 'resolved', 'cancelled'], c.state)", "int", false}},
}

const callColumns = `c.id, c.site, c.line, c.station, c.kind, c.kind_name, c.text, c.severity, c.role, c.state, c.source, c.raised_by, c.raised_at, c.open_at, c.plan, c.watch,
	c.acknowledged_by, c.acknowledged_at, c.ended_by, c.ended_at, c.end_note, c.version`

// List reads a page.
func (s *Calls) List(ctx context.Context, f mes.CallFilter) (mes.Page[mes.Call], error) {
	l := newListing("andon_call c", f.Paging, callSorts, column{"c.id", "text", true})
	l.where("c.site = ?", f.Site).where("c.line = ?", f.Line).where("c.station = ?", f.Station).where("c.kind = ?", string(f.Kind)).where("c.state = ANY (?)", texts(f.States))
	l.when(f.Open, "c.state IN ('open', 'acknowledged')").when(!f.Open && len(f.States) == 0, "c.state <> 'waiting' AND (c.state <> 'cancelled' OR c.ended_at >= c.open_at)")
	l.between("c.open_at", optional(f.From), optional(f.Until))
	l.search(f.Text, "c.id", "c.station", "c.text", "c.kind_name", "c.raised_by", "c.acknowledged_by")
	return page(ctx, s.db, l, callColumns, func(c *mes.Call) []any {
		return []any{&c.ID, &c.Site, &c.Line, &c.Station, &c.Kind, &c.KindName, &c.Text, &c.Severity, &c.Role, &c.State, &c.Source, &c.RaisedBy, &c.RaisedAt, &c.OpenAt, &c.Plan, &c.Watch,
			&c.AcknowledgedBy, &c.AcknowledgedAt, &c.EndedBy, &c.EndedAt, &c.EndNote, &c.Version}
	})
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// maxCallTimes bounds what statistics read at once.
const maxCallTimes = 100_000

// Times reads what the statistics are made of.
func (s *Calls) Times(ctx context.Context, site string, span mes.Span) ([]mes.CallTimes, error) {
	rows, err := s.q.CallTimes(ctx, sqlcgen.CallTimesParams{Site: site, FromAt: span.From, UntilAt: span.Until, Most: maxCallTimes + 1})
	if err != nil {
		return nil, translate(err)
	}
	if len(rows) > maxCallTimes {
		var f mes.Faults
		f.Add("from", "there are more than %d calls in this time", maxCallTimes)
		return nil, f.Err("This is too much at once.")
	}
	out := make([]mes.CallTimes, len(rows))
	for i, r := range rows {
		out[i] = mes.CallTimes{ID: r.ID, Line: r.Line, Station: r.Station, Kind: mes.CallKind(r.Kind), Opened: r.OpenAt, Answered: r.AcknowledgedAt, Ended: r.EndedAt, Escalated: r.Escalated}
	}
	return out, nil
}

// OpenCalls lists the calls of all sites that have not ended.
func (s *Calls) OpenCalls(ctx context.Context) ([]mes.CallRef, error) {
	rows, err := s.q.OpenCalls(ctx)
	out := make([]mes.CallRef, len(rows))
	for i, r := range rows {
		out[i] = mes.CallRef{Site: r.Site, Call: r.ID, Line: r.Line}
	}
	return out, translate(err)
}

// Plan reads the site's plan, or the one that holds where a site has none.
func (s *Calls) Plan(ctx context.Context, site string) (mes.AndonPlan, error) {
	p, err := andonPlan(ctx, s.q, site)
	return p, translate(err)
}

func andonPlan(ctx context.Context, q *sqlcgen.Queries, site string) (mes.AndonPlan, error) {
	row, err := q.AndonPlanOfSite(ctx, site)
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.DefaultAndonPlan(), nil
	}
	if err != nil {
		return mes.AndonPlan{}, err
	}
	return andonPlanOf(row)
}

func andonPlanOf(row sqlcgen.AndonPlan) (mes.AndonPlan, error) {
	var p mes.AndonPlan
	if err := json.Unmarshal(row.Definition, &p); err != nil {
		return p, fmt.Errorf("the plan of calls of %s: %w", row.Site, err)
	}
	p.Version, p.ChangedBy, p.ChangedAt = row.Version, row.ChangedBy, row.ChangedAt.UTC()
	return p, nil
}
