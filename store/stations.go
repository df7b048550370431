package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Stations reads what goes on at the stations, and what a scanned code names.
type Stations struct{ db }

var (
	_ mes.Stations = (*Stations)(nil)
	_ mes.Scans    = (*Stations)(nil)
)

// List reads the stations of a site.
func (s *Stations) List(ctx context.Context, site string) ([]mes.StationView, error) {
	rows, err := s.q.StationsOfSite(ctx, site)
	out := make([]mes.StationView, len(rows))
	for i, r := range rows {
		out[i] = mes.StationView{ID: r.ID, Name: r.Name, Line: r.Line, Capacity: r.Capacity, State: r.State, Reason: r.Reason, Running: r.Running, Waiting: r.Waiting, Barred: r.Barred, Machine: mes.MachineState(r.Machine), MachineSince: r.MachineSince}
		if r.Since.Unix() > 0 {
			out[i].Since = r.Since
		}
	}
	if err != nil {
		return out, translate(err)
	}
	barred, err := barredStations(ctx, s.q, site)
	for i, v := range out {
		if stop, ok := barred[v.ID]; ok && !v.Barred {
			out[i].State, out[i].Reason, out[i].Since, out[i].Barred = "stopped", stop.Reason, stop.PlacedAt, true
		}
	}
	return out, translate(err)
}

const cardColumns = `l.id, l.work_order, l.material, m.name, l.operation, coalesce(v.name, ''), l.visit, l.step, l.remaining, o.priority, o.due, l.state, l.station, l.operator, ` +
	lotWait + `, ` + lotHolds

// cardRow is a lot card with the holds that stop it.
type cardRow struct {
	mes.LotCard
	holds []mes.HoldNote
}

func cardFields(c *cardRow) []any {
	return []any{&c.Lot, &c.Order, &c.Product, &c.ProductName, &c.Operation, &c.OperationName, &c.Visit, &c.Step, &c.Quantity, &c.Priority, &c.Due, &c.State, &c.Station,
		&c.Operator, &c.Wait, &c.holds}
}

// card completes the row: whether it is held, and why it can't go on.
func (c cardRow) card() mes.LotCard {
	c.Held = len(c.holds) > 0
	switch {
	case c.Held:
		c.Why = "On hold: " + c.holds[0].Reason
	case c.State == mes.LotReview:
		c.Why = "Waits for review: " + c.Wait.Reason
	case c.Wait != nil && c.Wait.Kind == mes.WaitAnswer:
		c.Why = fmt.Sprintf("%s gave no answer: %s", c.Wait.On, c.Wait.Reason)
	case c.State == mes.LotPaused:
		c.Why = "Paused"
	}
	return c.LotCard
}

// cards reads lot cards in the queue's order: what is in work first, then by priority, due date and age.
func (d db) cards(ctx context.Context, where string, args ...any) ([]cardRow, error) {
	rows, err := d.pool.Query(ctx, "SELECT "+cardColumns+" FROM "+lotFrom+" WHERE "+where+
		" ORDER BY l.state = 'running' DESC, o.priority DESC, o.due, l.created_at, l.work_order, l.number LIMIT 200", args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var out []cardRow
	for rows.Next() {
		var c cardRow
		if err := rows.Scan(cardFields(&c)...); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, translate(rows.Err())
}

// Queue reads what a station works on and what comes next.
func (s *Stations) Queue(ctx context.Context, site, station string) (mes.Queue, error) {
	row, err := s.q.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: site, Station: station})
	if err != nil {
		return mes.Queue{}, missing(err, "Station", station)
	}
	out := mes.Queue{Station: row.ID, Name: row.Name, Now: []mes.LotCard{}, Next: []mes.LotCard{}}
	stop, err := s.q.OpenStopOf(ctx, station)
	if err == nil {
		open := stopOf(stop)
		out.Stop = &open
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return out, translate(err)
	}
	if out.Stop == nil {
		barred, err := barredStations(ctx, s.q, site)
		if err != nil {
			return out, translate(err)
		}
		if stop, ok := barred[station]; ok {
			out.Stop = &stop
		}
	}
	now, err := s.cards(ctx, "l.station = $1 AND l.state IN ('running', 'paused', 'review')", station)
	if err != nil {
		return out, err
	}
	for _, c := range now {
		out.Now = append(out.Now, c.card())
	}
	facts, err := s.queueReader(site).facts(ctx, []string{station})
	if err != nil {
		return out, translate(err)
	}
	out.Next = facts.Queues()[station]
	return out, nil
}

// Job reads what a terminal shows of a lot.
func (s *Stations) Job(ctx context.Context, site, station, lot string) (mes.Job, bool, error) {
	queue, err := s.Queue(ctx, site, station)
	if err != nil {
		return mes.Job{}, false, err
	}
	if lot == "" {
		if lot = firstOf(queue); lot == "" {
			return mes.Job{}, false, nil
		}
	}
	found, err := s.cards(ctx, "l.site = $1 AND l.id = $2 AND l.origin = 'produced'", site, lot)
	if err != nil {
		return mes.Job{}, false, err
	}
	if len(found) == 0 {
		return mes.Job{}, false, mes.NotFound("Lot", lot)
	}
	j := mes.Job{Card: found[0].card(), Holds: found[0].holds}
	if i := slices.IndexFunc(queue.Next, func(c mes.LotCard) bool { return c.Lot != lot && !c.Held }); i >= 0 {
		j.Next = &queue.Next[i]
	}
	err = s.fillJob(ctx, site, station, &j)
	return j, err == nil, translate(err)
}

// firstOf is what a terminal opens with: what is in work, else the first of the queue that may move.
func firstOf(q mes.Queue) string {
	for _, cards := range [][]mes.LotCard{q.Now, q.Next} {
		for _, c := range cards {
			if !c.Held && c.State != mes.LotReview {
				return c.Lot
			}
		}
	}
	for _, c := range append(q.Now, q.Next...) {
		return c.Lot
	}
	return ""
}

// fillJob adds the operation, the progress, the records of this visit, the devices and the newest verdict.
func (s *Stations) fillJob(ctx context.Context, site, station string, j *mes.Job) error {
	lot := j.Card.Lot
	row, err := s.q.ProgressOfLot(ctx, sqlcgen.ProgressOfLotParams{Site: site, Lot: lot})
	if err != nil {
		return err
	}
	routing, err := s.routings.get(ctx, s.q, row.Product, row.Revision)
	if err != nil {
		return err
	}
	if row.Progress != nil {
		if err := json.Unmarshal(row.Progress, &j.Progress); err != nil {
			return fmt.Errorf("progress of %s: %w", lot, err)
		}
	}
	j.Revision = row.Revision
	_, j.Operation, _ = routing.At(j.Card.Operation)
	j.Position, j.Of = row.Number, int(row.Ordered.Div(routing.LotSize).Ceil().IntPart())
	steps, err := (&Lots{s.db}).builtSteps(ctx, site, lot)
	if err != nil {
		return err
	}
	j.Steps = steps[visit{j.Card.Operation, j.Card.Visit}]
	if j.Steps == nil {
		j.Steps = []mes.BuiltStep{}
	}
	if j.Devices, err = s.deviceViews(ctx, site, station); err != nil {
		return err
	}
	j.Vision, err = s.newestVerdict(ctx, site, j.Card)
	return err
}

// newestVerdict is the last one that arrived for the lot at this operation since it came here.
func (s *Stations) newestVerdict(ctx context.Context, site string, c mes.LotCard) (*mes.VisionView, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+visionColumns+` FROM vision_result v JOIN lot_operation o ON o.lot = v.lot AND o.operation = $3 AND o.visit = $4
		WHERE v.site = $1 AND v.lot = $2 AND v.operation IN ('', $3) AND v.received_at >= o.started_at ORDER BY v.received_at DESC LIMIT 1`, site, c.Lot, c.Operation, c.Visit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var v mes.VisionView
	return &v, rows.Scan(visionFields(&v)...)
}
