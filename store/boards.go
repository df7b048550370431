package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Boards reads what line boards show.
type Boards struct{ db }

var _ mes.Boards = (*Boards)(nil)

// boardRead is one reading of a line's board.
type boardRead struct {
	db
	site, line string
	now        time.Time
	since      time.Time // of the production day
	shifts     bool      // the site has any
	board      mes.LineBoard
	facts      mes.BoardFacts
}

// Board reads a line's board.
func (s *Boards) Board(ctx context.Context, site, line string) (mes.LineBoard, error) {
	r := &boardRead{db: s.db, site: site, line: line}
	if err := r.begin(ctx); err != nil {
		return mes.LineBoard{}, err
	}
	plan, err := andonPlan(ctx, r.q, site)
	if err != nil {
		return mes.LineBoard{}, translate(err)
	}
	r.facts.Short = plan.ShortStop()
	chosen := plan.BoardOf(line)
	if err := r.product(ctx, &chosen); err != nil {
		return mes.LineBoard{}, translate(err)
	}
	for _, read := range []func(context.Context) error{r.packed, func(ctx context.Context) error { return r.stations(ctx, chosen) }, r.inProcess, r.stops, r.calls, r.safety} {
		if err := read(ctx); err != nil {
			return mes.LineBoard{}, translate(err)
		}
	}
	return r.board.Figures(r.facts), nil
}

// begin reads the line, the clock and the time that is planned.
func (r *boardRead) begin(ctx context.Context) error {
	row, err := r.q.BoardLine(ctx, sqlcgen.BoardLineParams{Site: r.site, Line: r.line})
	if err != nil {
		return missing(err, "Line", r.line)
	}
	calendar, err := calendarOf(ctx, r.q, r.site)
	if err != nil {
		return translate(err)
	}
	r.now, r.shifts = row.Now.UTC(), len(calendar.Patterns) > 0
	r.facts.Now, r.facts.Time = r.now, calendar.TimeAround([]string{r.line, row.Area, r.site}, r.now)
	r.since = r.facts.Time.Day(r.now)
	r.board = mes.LineBoard{Site: r.site, Line: r.line, Name: row.Name, TimeZone: row.TimeZone, At: r.now, Calls: []mes.BoardCall{}, Stations: []mes.BoardStation{}}
	return nil
}

// product finds what the line works on, its planned takt, and the stations that a board without a plan shows.
func (r *boardRead) product(ctx context.Context, stations *[]string) error {
	row, err := r.q.BoardProduct(ctx, sqlcgen.BoardProductParams{Site: r.site, Line: r.line})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	r.board.Product = row.Product
	routing, err := r.routings.get(ctx, r.q, row.Product, row.Revision)
	if mes.CodeOf(err) == mes.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	r.facts.Takt = mes.PlannedTakt(routing)
	if len(*stations) == 0 {
		for _, o := range routing.Operations {
			*stations = append(*stations, o.Stations...)
		}
	}
	return nil
}

func (r *boardRead) packed(ctx context.Context) error {
	rows, err := r.q.BoardPacked(ctx, sqlcgen.BoardPackedParams{Site: r.site, Line: r.line, Since: &r.since})
	for _, p := range rows {
		r.facts.Lots = append(r.facts.Lots, mes.PackedLot{At: p.At, Pieces: int(p.Pieces.IntPart()), Lost: int(p.Lost.IntPart()), Clean: p.Clean})
	}
	return err
}

// stations reads the columns in the order of the plan, or of the line.
func (r *boardRead) stations(ctx context.Context, chosen []string) error {
	rows, err := r.q.BoardStations(ctx, sqlcgen.BoardStationsParams{Line: &r.line, Since: &r.since})
	if err != nil {
		return err
	}
	byWork, err := r.statesByWork(ctx, rows)
	if err != nil {
		return err
	}
	_, working := r.facts.Time.Now(r.now)
	for _, row := range rows {
		if len(chosen) > 0 && !slices.Contains(chosen, row.ID) {
			continue
		}
		s := mes.BoardStation{ID: row.ID, Name: row.Name, State: row.State}
		if row.State != "" {
			s.Since = &row.Since
		} else if v, ok := byWork[row.ID]; ok {
			s.State, s.Since = stateOfWork(v)
		}
		if !working && r.shifts && restful(s.State) {
			s.State, s.Since = mes.StateOffShift, nil
		}
		if row.Cycle >= 0 {
			s.CycleS = &row.Cycle
		}
		r.board.Stations = append(r.board.Stations, s)
	}
	if len(chosen) > 0 {
		at := func(s mes.BoardStation) int { return slices.Index(chosen, s.ID) }
		slices.SortFunc(r.board.Stations, func(a, b mes.BoardStation) int { return at(a) - at(b) })
	}
	return nil
}

// statesByWork is what the lots say of stations that have no log of states; none is asked for when all have one.
func (r *boardRead) statesByWork(ctx context.Context, rows []sqlcgen.BoardStationsRow) (map[string]sqlcgen.StationsOfSiteRow, error) {
	if !slices.ContainsFunc(rows, func(s sqlcgen.BoardStationsRow) bool { return s.State == "" }) {
		return nil, nil
	}
	all, err := r.q.StationsOfSite(ctx, r.site)
	out := map[string]sqlcgen.StationsOfSiteRow{}
	for _, v := range all {
		out[v.ID] = v
	}
	return out, err
}

// stateOfWork is the state of a station without a log.
func stateOfWork(v sqlcgen.StationsOfSiteRow) (string, *time.Time) {
	state := mes.MachineIdle
	switch v.State {
	case "running":
		state = mes.MachineRunning
	case "down", "stopped":
		state = mes.MachineUnplannedDown
	}
	if v.Since.Unix() <= 0 {
		return string(state), nil
	}
	return string(state), &v.Since
}

// restful states are no news while nobody is planned to work.
func restful(state string) bool {
	switch mes.MachineState(state) {
	case mes.MachineRunning, mes.MachineSetup, mes.MachinePlannedDown:
		return false
	}
	return true
}

// inProcess counts what stands where, and what is held or in review.
func (r *boardRead) inProcess(ctx context.Context) error {
	rows, err := r.q.BoardInProcess(ctx, sqlcgen.BoardInProcessParams{Site: r.site, Line: r.line})
	wip, held, review, places := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, l := range rows {
		pieces := int(l.Remaining.IntPart())
		at := []string{l.Station}
		if l.State == string(mes.LotQueued) {
			at = l.Stations
		}
		for _, s := range at {
			wip[s]++
		}
		switch {
		case l.Hold != "":
			held[l.Hold] += pieces
			places[l.Aside]++
		case l.State == string(mes.LotReview):
			review[l.Station] += pieces
		}
	}
	for i, s := range r.board.Stations {
		r.board.Stations[i].WIP = wip[s.ID]
	}
	delete(places, "")
	r.board.HeldAt = most(places)
	r.facts.Held, r.facts.InReview = lossesOf(mes.LossHold, held), lossesOf(mes.LossReview, review)
	return err
}

// plainHold stands for holds that are no containment and have no number.
const plainHold = "plain"

// lossesOf lists pieces by subject, the most first.
func lossesOf(kind mes.LossKind, pieces map[string]int) []mes.BoardLoss {
	var out []mes.BoardLoss
	for subject, n := range pieces {
		if subject == plainHold {
			subject = ""
		}
		out = append(out, mes.BoardLoss{Kind: kind, Subject: subject, Pieces: n})
	}
	slices.SortFunc(out, func(a, b mes.BoardLoss) int {
		if a.Pieces != b.Pieces {
			return b.Pieces - a.Pieces
		}
		return slices.Compare([]string{a.Subject}, []string{b.Subject})
	})
	return out
}

func most(counts map[string]int) string {
	found := ""
	for name, n := range counts {
		if found == "" || n > counts[found] || n == counts[found] && name < found {
			found = name
		}
	}
	return found
}

func (r *boardRead) stops(ctx context.Context) error {
	ids := make([]string, len(r.board.Stations))
	for i, s := range r.board.Stations {
		ids[i] = s.ID
	}
	rows, err := r.q.BoardStops(ctx, sqlcgen.BoardStopsParams{Stations: ids, Since: r.since})
	for _, s := range rows {
		r.facts.Stops = append(r.facts.Stops, mes.BoardStop{Station: s.Station, Span: mes.Span{From: s.FromAt, Until: s.UntilAt}})
	}
	return err
}

func (r *boardRead) calls(ctx context.Context) error {
	rows, err := r.q.BoardCalls(ctx, sqlcgen.BoardCallsParams{Site: r.site, Line: r.line})
	if err != nil {
		return err
	}
	for _, row := range rows {
		c, err := callOf(row)
		if err != nil {
			return err
		}
		b := mes.BoardCall{ID: c.ID, Station: c.Station, Kind: c.Kind, KindName: c.KindName, Severity: c.Severity, State: c.State, OpenAt: c.OpenAt, AcknowledgedBy: c.AcknowledgedBy,
			AcknowledgedAt: c.AcknowledgedAt}
		if next, ok := c.Next(r.now); ok {
			b.NextRole, b.NextMin = next.Role, next.AfterMin
		}
		r.board.Calls = append(r.board.Calls, b)
	}
	return nil
}

func (r *boardRead) safety(ctx context.Context) error {
	row, err := r.q.NewestSafetyRecord(ctx, r.site)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := safetyOf(row)
	if err != nil {
		return fmt.Errorf("the safety record of %s: %w", r.site, err)
	}
	days := s.DaysWithout(r.now, r.facts.Time.Zone)
	r.board.SafeDays = &days
	return nil
}
