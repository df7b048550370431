package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Containments keeps containments: holds that find by themselves what they must hold.
type Containments struct{ db }

var (
	_ mes.Containments      = (*Containments)(nil)
	_ mes.ContainmentLedger = (*Containments)(nil)
)

// Place stores a containment in a transaction of its own.
func (c *Containments) Place(ctx context.Context, by mes.Actor, r mes.ContainmentRequest) (mes.Containment, error) {
	var id string
	err := c.change(ctx, func(w *work) (err error) {
		id, err = w.contain(ctx, by, r)
		return err
	})
	if err != nil {
		return mes.Containment{}, err
	}
	v, err := c.Get(ctx, r.Site, id)
	return v.Containment, err
}

// noteChunk is how many lots' records are looked at in one transaction: reading a whole record takes milliseconds.
const noteChunk = 20

// findSoon begins the finding at once, so that stations need not wait for the engine to start the workflow. The workflow does
// the same in any case: whatever is lost here, or done twice, changes nothing.
func (c *Containments) findSoon(ctx context.Context, site, id string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for {
		if found, err := c.Find(ctx, site, id); err != nil || !found.Busy {
			return
		}
	}
}

// finding is one step of following what a containment holds.
type finding struct {
	*work
	c    sqlcgen.Containment
	took int
	more bool
}

// Find goes one step: it takes what the criterion names and is not held yet, or else the neighbours of the nearest lots that
// were not followed yet. A lot is under the guard, committed, before its neighbours are read. So whatever was consumed before
// the hold is seen then, and nothing is consumed after: no lot slips through, however busy the stations are.
func (c *Containments) Find(ctx context.Context, site, id string) (mes.Found, error) {
	var f finding
	err := c.change(ctx, func(w *work) error {
		f = finding{work: w}
		row, err := w.ContainmentByID(ctx, sqlcgen.ContainmentByIDParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Hold", id)
		}
		f.c = row
		for _, step := range []func(context.Context) error{f.named, f.follow, f.note} {
			if err := step(ctx); err != nil || f.more {
				return err
			}
		}
		return nil
	})
	return mes.Found{Took: f.took, More: f.more || !f.c.Named, Busy: f.more}, err
}

// take counts what is taken.
func (f *finding) take(ctx context.Context, c containing) error {
	n, err := f.work.take(ctx, c)
	f.took += n
	return err
}

// named takes what the criterion names now. It is final once every transaction that ran beside the placing has ended.
func (f *finding) named(ctx context.Context) error {
	if f.c.Named && !f.c.Watching {
		return nil
	}
	settled, err := f.ContainmentSettled(ctx, sqlcgen.ContainmentSettledParams{Site: f.c.Site, ID: f.c.ID})
	if err != nil {
		return err
	}
	lots, err := f.MatchesOf(ctx, sqlcgen.MatchesOfParams{Site: f.c.Site, Kind: f.c.Kind, Criterion: f.c.Criterion, Containment: f.c.ID, Most: containChunk})
	if err != nil {
		return err
	}
	if len(lots) > 0 {
		f.more = true
		follow, err := f.criterion()
		if err != nil {
			return err
		}
		return f.take(ctx, containing{site: f.c.Site, id: f.c.ID, by: system, why: "named", lots: lots, up: follow.Follow.Up(), down: follow.Follow.Down(), joined: f.c.Named})
	}
	if settled && !f.c.Named {
		f.c.Named = true
		return f.later.ContainmentNamed(ctx, sqlcgen.ContainmentNamedParams{Site: f.c.Site, ID: f.c.ID})
	}
	return nil
}

// system is the actor of what a containment does by itself.
var system = mes.Actor{ID: mes.ActorSystem}

func (f *finding) criterion() (mes.Criterion, error) {
	var c mes.Criterion
	err := json.Unmarshal(f.c.Criterion, &c)
	return c, err
}

// follow takes the neighbours of the nearest lots that were not followed yet.
func (f *finding) follow(ctx context.Context) error {
	frontier, err := f.Frontier(ctx, sqlcgen.FrontierParams{Site: f.c.Site, Containment: f.c.ID, Most: containChunk})
	if err != nil || len(frontier) == 0 {
		return err
	}
	f.more = true
	first := frontier[0]
	var lots []string
	for _, l := range frontier {
		if l.Depth == first.Depth && l.Up == first.Up && l.Down == first.Down {
			lots = append(lots, l.Lot)
		}
	}
	c, err := f.criterion()
	if err != nil {
		return err
	}
	whole := true
	near := func(depth int) bool { return c.Depth == 0 || max(depth, -depth) <= c.Depth }
	if first.Down && near(first.Depth+1) {
		if whole, err = f.products(ctx, lots, first.Depth+1); err != nil {
			return err
		}
	}
	if whole && first.Up && near(first.Depth-1) {
		if whole, err = f.sources(ctx, lots, first.Depth-1, c.Follow == mes.FollowAround); err != nil {
			return err
		}
	}
	if !whole {
		return nil
	}
	return f.later.Expanded(ctx, sqlcgen.ExpandedParams{Site: f.c.Site, Containment: f.c.ID, Lots: lots})
}

// products takes what was made of the lots; it is false when there is more than a chunk.
func (f *finding) products(ctx context.Context, lots []string, depth int) (bool, error) {
	rows, err := f.ProductsOf(ctx, sqlcgen.ProductsOfParams{Lots: lots, Site: f.c.Site, Containment: f.c.ID, Most: containChunk})
	if err != nil {
		return false, err
	}
	t := containing{site: f.c.Site, id: f.c.ID, by: system, why: "product", depth: depth, down: true}
	for _, r := range rows {
		t.lots, t.vias = append(t.lots, r.Lot), append(t.vias, r.Via)
	}
	return len(rows) < containChunk, f.take(ctx, t)
}

// sources takes what the lots were made of. Around, what else was made of them is followed too.
func (f *finding) sources(ctx context.Context, lots []string, depth int, around bool) (bool, error) {
	rows, err := f.SourcesOf(ctx, sqlcgen.SourcesOfParams{Lots: lots, Site: f.c.Site, Containment: f.c.ID, Down: around, Most: containChunk})
	if err != nil {
		return false, err
	}
	t := containing{site: f.c.Site, id: f.c.ID, by: system, why: "source", depth: depth, up: true, down: around}
	for _, r := range rows {
		t.lots, t.vias = append(t.lots, r.Lot), append(t.vias, r.Via)
	}
	return len(rows) < containChunk, f.take(ctx, t)
}

// note voids the releases of records that a hold, or its end, has changed. It comes after the guard, which waits for nothing.
func (f *finding) note(ctx context.Context) error {
	rows, err := f.Unnoted(ctx, sqlcgen.UnnotedParams{Site: f.c.Site, Containment: f.c.ID, Most: containChunk})
	if err != nil || len(rows) == 0 {
		return err
	}
	f.more = true
	var lots, orders []string
	for _, r := range rows {
		lots, orders = append(lots, r.Lot), append(orders, r.WorkOrder)
	}
	records, err := f.RecordsToVoid(ctx, sqlcgen.RecordsToVoidParams{Lots: lots, Orders: orders})
	if err != nil {
		return err
	}
	if len(records) > noteChunk { // few lots at a time, then; those without a record to void cost nothing
		lots = lots[:min(noteChunk, len(lots))]
		if records, err = f.RecordsToVoid(ctx, sqlcgen.RecordsToVoidParams{Lots: lots, Orders: orders[:len(lots)]}); err != nil {
			return err
		}
	}
	for _, r := range records {
		if err := f.recordChanged(ctx, f.c.Site, mes.SignedRecord{Noun: mes.SignedNoun(r.Noun), ID: r.Subject}, mes.ActorSystem, "on hold by "+f.c.ID+", "+f.c.Reason); err != nil {
			return err
		}
	}
	return f.later.Noted(ctx, sqlcgen.NotedParams{Site: f.c.Site, Containment: f.c.ID, Lots: lots})
}

// Watch looks at where a containment stands, moves its state, and raises the calls that are due.
func (c *Containments) Watch(ctx context.Context, site, id string) (mes.ContainmentStanding, error) {
	var out mes.ContainmentStanding
	err := c.change(ctx, func(w *work) error {
		row, err := w.LockContainment(ctx, sqlcgen.LockContainmentParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Hold", id)
		}
		stopped, err := w.StopStanding(ctx, sqlcgen.StopStandingParams{Site: site, Containment: id})
		if err != nil {
			return err
		}
		if len(stopped) > 0 {
			w.tell(site, mes.EventHold, id)
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		out, err = w.standingOf(ctx, row, now)
		return err
	})
	return out, err
}

func (w *work) standingOf(ctx context.Context, row sqlcgen.Containment, now time.Time) (mes.ContainmentStanding, error) {
	t, err := w.TallyContainment(ctx, sqlcgen.TallyContainmentParams{Site: row.Site, Containment: row.ID})
	if err != nil {
		return mes.ContainmentStanding{}, err
	}
	c, err := containmentOf(row)
	if err != nil {
		return mes.ContainmentStanding{}, err
	}
	if row.Watching && !c.Criterion.Watched(now) { // its time is over
		if err := w.later.EndWatch(ctx, sqlcgen.EndWatchParams{Site: row.Site, ID: row.ID, By: mes.ActorSystem}); err != nil {
			return mes.ContainmentStanding{}, err
		}
		row.Watching = false
	}
	c.ContainmentTally = tallyOf(row, t)
	out := mes.ContainmentStanding{State: c.ContainmentTally.State(), ContainmentTally: c.ContainmentTally, Now: now}
	if row.State == string(mes.ContainmentClosed) {
		out.State = mes.ContainmentClosed
		return out, nil
	}
	if err := w.moveContainment(ctx, row, t, out); err != nil {
		return out, err
	}
	c.State = out.State
	for _, e := range c.Escalations() {
		if e.At.After(now) {
			if out.Next == nil {
				out.Next = &e.At
			}
			continue
		}
		a := mes.Alert{Site: row.Site, Kind: mes.AlertContainmentDue, Severity: c.Severity, Noun: mes.NounContainment, Subject: row.ID, Text: e.Text, Role: e.Role}
		if err := w.alert(ctx, "hold/"+row.Site+"/"+row.ID+"/"+e.Key, a); err != nil {
			return out, err
		}
	}
	return out, nil
}

// moveContainment stores a new state, with the times that it brings.
func (w *work) moveContainment(ctx context.Context, row sqlcgen.Containment, t sqlcgen.TallyContainmentRow, s mes.ContainmentStanding) error {
	p := sqlcgen.MoveContainmentParams{Site: row.Site, ID: row.ID, State: string(s.State)}
	if s.Complete {
		p.FoundAt = later(row.GuardedAt, t.LastHeld)
		if s.Unacknowledged == 0 {
			p.ContainedAt = later(*p.FoundAt, t.LastStopped)
		}
	}
	moved := row.State != string(s.State)
	if !moved && (p.FoundAt == nil || row.FoundAt != nil) && (p.ContainedAt == nil || row.ContainedAt != nil) {
		return nil
	}
	w.tell(row.Site, mes.EventHold, row.ID)
	if err := w.later.MoveContainment(ctx, p); err != nil || !moved {
		return err
	}
	if s.State != mes.ContainmentFinding {
		if err := w.settle(ctx, row.Site, mes.NounContainment, row.ID, string(s.State), mes.AlertContainmentDue); err != nil {
			return err
		}
	}
	if s.State == mes.ContainmentClosed {
		if err := w.settle(ctx, row.Site, mes.NounContainment, row.ID, string(s.State), mes.AlertContained); err != nil {
			return err
		}
		if err := w.archive(ctx, mes.NounContainment, row.Site, row.ID); err != nil {
			return err
		}
	}
	return w.audit(system, string(s.State), mes.NounContainment, row.ID, "", "", map[string]string{"state": row.State}, s.ContainmentTally)
}

// later is the later of two times.
func later(a, b time.Time) *time.Time {
	if b.After(a) {
		return &b
	}
	return &a
}

// Stopped says that a running lot stands still. The containment's workflow is told when it was the last one.
func (c *Containments) Stopped(ctx context.Context, site, id, lot, at string) error {
	return c.change(ctx, func(w *work) error {
		row, err := w.LockContainment(ctx, sqlcgen.LockContainmentParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Hold", id)
		}
		_, err = w.StopContained(ctx, sqlcgen.StopContainedParams{By: at, Site: site, Containment: id, Lot: lot})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // it was counted before
		}
		if err != nil {
			return err
		}
		w.tell(site, mes.EventHold, id)
		t, err := w.TallyContainment(ctx, sqlcgen.TallyContainmentParams{Site: site, Containment: id})
		if err != nil {
			return err
		}
		if err := w.audit(system, "stopped", mes.NounContainment, id, at, "", nil, map[string]string{"lot": lot}); err != nil || t.Unacknowledged > 0 {
			return err
		}
		return w.containmentMoved(ctx, row.Site, row.ID, "stopped/"+lot)
	})
}

// containmentMoved wakes a containment's workflow.
func (w *work) containmentMoved(ctx context.Context, site, id, key string) error {
	w.tell(site, mes.EventHold, id)
	return w.send(ctx, mes.ToWorkflow, mes.MessageContainmentMoved, site+"/"+id+"/"+key, containmentSubject(site, id), mes.ContainmentMoved{Site: site, Containment: id})
}
