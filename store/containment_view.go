package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func containmentOf(r sqlcgen.Containment) (mes.Containment, error) {
	c := mes.Containment{ID: r.ID, Site: r.Site, Title: r.Title, State: mes.ContainmentState(r.State), Reason: r.Reason, Severity: mes.Severity(r.Severity),
		Source: mes.Source{Noun: r.SourceNoun, Subject: r.SourceSubject}, PlacedBy: r.PlacedBy, Since: r.Since, RequestedAt: r.RequestedAt, GuardedAt: r.GuardedAt,
		FoundAt: r.FoundAt, ContainedAt: r.ContainedAt, DecidedAt: r.DecidedAt, ClosedAt: r.ClosedAt, WatchEndedAt: r.WatchEndedAt, WatchEndedBy: r.WatchEndedBy}
	if err := json.Unmarshal(r.Criterion, &c.Criterion); err != nil {
		return c, fmt.Errorf("criterion of %s: %w", r.ID, err)
	}
	return c, nil
}

func tallyOf(r sqlcgen.Containment, t sqlcgen.TallyContainmentRow) mes.ContainmentTally {
	return mes.ContainmentTally{Found: t.Found, Held: t.Held, Unacknowledged: t.Unacknowledged, Undecided: t.Undecided, Proposed: t.Proposed, Open: t.Open,
		Unnotified: t.Unnotified, Joined: t.Joined, Complete: t.Complete && r.Named, Watching: r.Watching}
}

// Get reads one containment as its page shows it.
func (c *Containments) Get(ctx context.Context, site, id string) (mes.ContainmentView, error) {
	var out mes.ContainmentView
	row, err := c.q.ContainmentByID(ctx, sqlcgen.ContainmentByIDParams{Site: site, ID: id})
	if err != nil {
		return out, missing(err, "Hold", id)
	}
	if out.Containment, err = containmentOf(row); err != nil {
		return out, err
	}
	t, err := c.q.TallyContainment(ctx, sqlcgen.TallyContainmentParams{Site: site, Containment: id})
	if err != nil {
		return out, translate(err)
	}
	out.ContainmentTally = tallyOf(row, t)
	now := time.Now()
	for _, e := range out.Escalations() {
		if e.At.After(now) {
			out.Next = &e.At
			break
		}
	}
	if out.Places, err = c.places(ctx, site, id); err != nil {
		return out, translate(err)
	}
	if out.Refused, err = c.refused(ctx, site, id); err != nil {
		return out, translate(err)
	}
	out.Requests, err = c.requests(ctx, site, id)
	return out, translate(err)
}

func (c *Containments) places(ctx context.Context, site, id string) ([]mes.PlaceCount, error) {
	rows, err := c.q.ContainedPlaces(ctx, sqlcgen.ContainedPlacesParams{Site: site, Containment: id})
	out := make([]mes.PlaceCount, len(rows))
	for i, r := range rows {
		out[i] = mes.PlaceCount{Place: mes.Place(r.Place), At: r.At, Note: r.Note, Material: r.Material, Unit: r.Unit, Lots: r.Lots, Quantity: r.Quantity, Held: r.Held,
			Stopped: r.Stopped, Aside: r.Aside, Ended: r.Ended, Last: since1970(r.Last), Notified: since1970(r.Notified)}
	}
	return out, err
}

// since1970 reads the time that stands for none as none.
func since1970(t time.Time) *time.Time {
	if t.Unix() == 0 {
		return nil
	}
	return &t
}

func (c *Containments) requests(ctx context.Context, site, id string) ([]mes.SignatureRequest, error) {
	ids, err := c.q.ContainedRequests(ctx, sqlcgen.ContainedRequestsParams{Site: site, Containment: id})
	if err != nil {
		return nil, err
	}
	out := make([]mes.SignatureRequest, len(ids))
	for i, r := range ids {
		if out[i], err = (&Signatures{c.db}).Request(ctx, site, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// refused reads the newest attempts to move what is held, as the audit trail has them.
func (c *Containments) refused(ctx context.Context, site, id string) ([]mes.RefusedMove, error) {
	rows, err := c.q.RefusedSince(ctx, sqlcgen.RefusedSinceParams{Site: site, Containment: id})
	out := make([]mes.RefusedMove, len(rows))
	for i, r := range rows {
		out[i] = mes.RefusedMove{At: r.At, Actor: r.Actor, Action: r.Action, Lot: r.Subject, Source: r.Source}
	}
	return out, err
}

var containmentSorts = sorts{
	"":             {{"k.n", "int", true}},
	"requested_at": {{"k.requested_at", "timestamptz", false}},
	"severity":     {{"array_position(ARRAY['critical','high','medium','low'], k.severity)", "int", false}},
	"state":        {{"k.state", "text", false}},
	"id":           nil,
}

// List reads a page of containments, newest first.
func (c *Containments) List(ctx context.Context, f mes.ContainmentFilter) (mes.Page[mes.Containment], error) {
	const from = `containment k LEFT JOIN LATERAL (
		SELECT count(*) AS found, count(*) FILTER (WHERE m.held_at IS NOT NULL AND m.ended_at IS NULL) AS held,
		       count(*) FILTER (WHERE m.acknowledged_at IS NULL AND m.ended_at IS NULL) AS unack,
		       count(*) FILTER (WHERE m.ended_at IS NULL AND m.decision = '') AS undecided, count(*) FILTER (WHERE m.ended_at IS NULL AND m.decision <> '') AS proposed,
		       count(*) FILTER (WHERE m.ended_at IS NULL) AS open,
		       count(*) FILTER (WHERE m.place = 'shipped' AND m.notified_at IS NULL AND m.ended_at IS NULL) AS unnotified, count(*) FILTER (WHERE m.joined) AS joined
		  FROM contained_lot m WHERE m.site = k.site AND m.containment = k.id) t ON true`
	l := newListing(from, f.Paging, containmentSorts, column{"k.id", "text", true})
	l.where("k.site = ?", f.Site).where("k.state = ANY (?)", texts(f.States)).where("k.kind = ?", string(f.Kind)).where("k.severity = ?", string(f.Severity))
	l.where("EXISTS (SELECT FROM contained_lot m WHERE m.site = k.site AND m.containment = k.id AND m.lot = ?)", f.Lot)
	l.search(f.Text, "k.id", "k.title", "k.reason")
	const columns = `k.id, k.site, k.title, k.state, k.criterion, k.reason, k.severity, k.source_noun, k.source_subject, k.placed_by, k.since, k.requested_at, k.guarded_at,
		k.found_at, k.contained_at, k.decided_at, k.closed_at, k.watch_ended_at, k.watch_ended_by, t.found, t.held, t.unack, t.undecided, t.proposed, t.open, t.unnotified, t.joined,
		k.found_at IS NOT NULL, k.watching`
	return page(ctx, c.db, l, columns, func(v *mes.Containment) []any {
		return []any{&v.ID, &v.Site, &v.Title, &v.State, &v.Criterion, &v.Reason, &v.Severity, &v.Source.Noun, &v.Source.Subject, &v.PlacedBy, &v.Since, &v.RequestedAt, &v.GuardedAt,
			&v.FoundAt, &v.ContainedAt, &v.DecidedAt, &v.ClosedAt, &v.WatchEndedAt, &v.WatchEndedBy, &v.Found, &v.Held, &v.Unacknowledged, &v.Undecided, &v.Proposed, &v.Open,
			&v.Unnotified, &v.Joined, &v.Complete, &v.Watching}
	})
}

var containedSorts = sorts{
	"":      {{"abs(c.depth)", "int", false}},
	"depth": {{"c.depth", "int", false}},
	"place": {{"c.place", "text", false}, {"c.at", "text", false}},
	"lot":   nil,
}

const containedColumns = `c.lot, l.material, m.unit, c.why, c.via, c.depth, c.joined, c.place, c.at, c.operation, coalesce(l.work_order, ''), c.quantity, l.customer, l.delivery_note,
	c.found_at, c.held_at, c.acknowledged_at, c.acknowledged_by, c.aside_at, c.aside_by, c.aside_place, c.notified_at, c.notified_by, c.decision,
	coalesce((SELECT r.id FROM signature_request r WHERE r.site = c.site AND r.noun = 'hold_disposition' AND r.record = c.disposition AND r.state = 'open'), ''), c.ended_at, c.outcome`

func containedFields(v *mes.ContainedLot) []any {
	return []any{&v.Lot, &v.Material, &v.Unit, &v.Why, &v.Via, &v.Depth, &v.Joined, &v.Place, &v.At, &v.Operation, &v.Order, &v.Quantity, &v.Customer, &v.DeliveryNote,
		&v.FoundAt, &v.HeldAt, &v.AcknowledgedAt, &v.AcknowledgedBy, &v.AsideAt, &v.AsideBy, &v.AsidePlace, &v.NotifiedAt, &v.NotifiedBy, &v.Decision, &v.Request, &v.EndedAt, &v.End}
}

// Lots reads a page of what a containment holds, nearest first.
func (c *Containments) Lots(ctx context.Context, f mes.ContainedFilter) (mes.Page[mes.ContainedLot], error) {
	l := newListing("contained_lot c JOIN lot l ON l.id = c.lot JOIN material m ON m.id = l.material", f.Paging, containedSorts, column{"c.lot", "text", false})
	l.where("c.site = ?", f.Site).where("c.containment = ?", f.Containment).where("c.place = ?", string(f.Place)).where("c.at = ?", f.At)
	l.when(f.Open, "c.ended_at IS NULL").when(f.Undecided, "c.ended_at IS NULL AND c.decision = ''").search(f.Text, "c.lot", "l.customer", "l.delivery_note")
	return page(ctx, c.db, l, containedColumns, containedFields)
}

// Graph reads how the lots of a containment hang together.
func (c *Containments) Graph(ctx context.Context, site, id string) (mes.Graph, error) {
	row, err := c.q.ContainmentByID(ctx, sqlcgen.ContainmentByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.Graph{}, missing(err, "Hold", id)
	}
	k, err := containmentOf(row)
	if err != nil {
		return mes.Graph{}, err
	}
	g := mes.Graph{Root: id, Nodes: []mes.GraphNode{}, Edges: []mes.GraphEdge{}}
	one := len(k.Criterion.Lots) == 1
	if one {
		g.Root = k.Criterion.Lots[0]
	} else { // the criterion itself stands where the one lot would
		g.Nodes = append(g.Nodes, mes.GraphNode{ID: id, Name: row.Title, Origin: "hold", Quantity: mes.Zero})
	}
	rows, err := c.pool.Query(ctx, `SELECT l.id, l.material, m.name, l.origin, l.state, l.supplier, l.supplier_lot, l.quantity, m.unit, l.expires_at, coalesce(l.work_order, ''), l.customer,
		l.delivery_note, c.depth, c.held_at IS NOT NULL AND c.ended_at IS NULL, c.why = 'named'
		FROM contained_lot c JOIN lot l ON l.id = c.lot JOIN material m ON m.id = l.material WHERE c.site = $1 AND c.containment = $2
		ORDER BY abs(c.depth), c.depth, c.lot LIMIT $3`, site, id, mes.MaxGraph)
	if err != nil {
		return g, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n mes.GraphNode
		var named bool
		if err := rows.Scan(&n.ID, &n.Material, &n.Name, &n.Origin, &n.State, &n.Supplier, &n.SupplierLot, &n.Quantity, &n.Unit, &n.ExpiresAt, &n.Order, &n.Customer, &n.DeliveryNote,
			&n.Depth, &n.Held, &named); err != nil {
			return g, translate(err)
		}
		g.Nodes = append(g.Nodes, n)
		if named && !one {
			g.Edges = append(g.Edges, mes.GraphEdge{From: id, To: n.ID, Quantity: mes.Zero, At: row.RequestedAt})
		}
	}
	if err := rows.Err(); err != nil {
		return g, translate(err)
	}
	edges, err := c.q.EdgesWithin(ctx, sqlcgen.EdgesWithinParams{Site: site, Containment: id, Most: mes.MaxGraph})
	for _, e := range edges {
		g.Edges = append(g.Edges, mes.GraphEdge{From: e.Component, To: e.Lot, Quantity: e.Quantity, Operation: e.Operation, At: e.At})
	}
	g.Truncated = len(g.Nodes) >= mes.MaxGraph
	return g, translate(err)
}
