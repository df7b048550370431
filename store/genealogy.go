package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
)

// Genealogy traces what went into what.
type Genealogy struct{ db }

var _ mes.Genealogy = (*Genealogy)(nil)

// A trace goes level by level: each lot's edges are read once, by index, however many ways lead to it; a circle ends
// where it began; and a trace that is too large stops where the answer ends, not after reading everything.
const (
	edgesUp   = `SELECT c.id, c.component, c.lot, c.quantity, c.operation, c.at FROM consumption c WHERE c.lot = ANY ($1::text[])`
	edgesDown = `SELECT c.id, c.component, c.lot, c.quantity, c.operation, c.at FROM consumption c WHERE c.component = ANY ($1::text[])`
	nodes     = `SELECT l.id, l.material, m.name, l.origin, l.state, l.supplier, l.supplier_lot, l.quantity, m.unit, l.expires_at, coalesce(l.work_order, ''),
		l.customer, l.delivery_note,
		EXISTS (SELECT FROM hold h WHERE h.released_at IS NULL AND (h.scope = 'lot' AND h.subject = l.id OR h.scope = 'order' AND h.subject = l.work_order))
		FROM lot l JOIN material m ON m.id = l.material WHERE l.id = ANY ($1::text[])`
)

// Trace follows consumption from a lot, over any number of levels.
func (g *Genealogy) Trace(ctx context.Context, site, lot string, d mes.Direction) (mes.Graph, error) {
	if d != mes.TraceUp && d != mes.TraceDown && d != mes.TraceBoth {
		var f mes.Faults
		f.Add("direction", "must be up, down or both")
		return mes.Graph{}, f.Err("The genealogy can't be read like this.")
	}
	t := newTrace(lot)
	err := pgx.BeginTxFunc(ctx, g.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var known bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM lot WHERE site = $1 AND id = $2)", site, lot).Scan(&known); err != nil {
			return err
		}
		if !known {
			return mes.NotFound("Lot", lot)
		}
		if d != mes.TraceDown {
			if err := t.follow(ctx, tx, edgesUp, -1); err != nil {
				return err
			}
		}
		if d != mes.TraceUp {
			if err := t.follow(ctx, tx, edgesDown, 1); err != nil {
				return err
			}
		}
		t.keep()
		return t.describe(ctx, tx)
	})
	return t.graph, translate(err)
}

// trace is a graph while it is put together.
type trace struct {
	graph mes.Graph
	depth map[string]int
	kept  map[edgeKey]int // place of an edge in the graph
	edges []mes.GraphEdge
	read  map[int64]bool // in a circle, both directions meet the same rows
}

type edgeKey struct{ from, to, operation string }

func newTrace(root string) *trace {
	return &trace{graph: mes.Graph{Root: root, Nodes: []mes.GraphNode{}, Edges: []mes.GraphEdge{}}, depth: map[string]int{root: 0}, read: map[int64]bool{}}
}

// follow walks one direction from the root, nearest lots first.
func (t *trace) follow(ctx context.Context, tx pgx.Tx, sql string, sign int) error {
	level, seen := []string{t.graph.Root}, map[string]bool{t.graph.Root: true}
	for depth := sign; len(level) > 0 && !t.graph.Truncated; depth += sign {
		found, err := t.step(ctx, tx, sql, level, sign)
		if err != nil {
			return err
		}
		level = nil
		for _, far := range found {
			if !seen[far] && t.meet(far, depth) {
				seen[far] = true
				level = append(level, far)
			}
		}
	}
	return nil
}

// meet notes a lot's shortest distance from the root; in a circle, the lot may have been met the other way already.
// It is false when no more lots fit.
func (t *trace) meet(lot string, depth int) bool {
	if _, known := t.depth[lot]; known {
		return true
	}
	if len(t.depth) >= mes.MaxGraph {
		t.graph.Truncated = true
		return false
	}
	t.depth[lot] = depth
	return true
}

// step reads the edges of one level of lots and answers the lots at their far ends.
func (t *trace) step(ctx context.Context, tx pgx.Tx, sql string, lots []string, sign int) ([]string, error) {
	rows, err := tx.Query(ctx, sql, lots)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var far []string
	for rows.Next() {
		var id int64
		var e mes.GraphEdge
		if err := rows.Scan(&id, &e.From, &e.To, &e.Quantity, &e.Operation, &e.At); err != nil {
			return nil, err
		}
		if sign < 0 {
			far = append(far, e.From)
		} else {
			far = append(far, e.To)
		}
		if !t.read[id] {
			t.read[id] = true
			t.edges = append(t.edges, e)
		}
	}
	return far, rows.Err()
}

// keep adds the edges between kept lots; repeated consumption of one component at one operation adds up.
func (t *trace) keep() {
	t.kept = make(map[edgeKey]int, len(t.edges))
	t.graph.Edges = make([]mes.GraphEdge, 0, len(t.edges))
	for _, e := range t.edges {
		_, from := t.depth[e.From]
		_, to := t.depth[e.To]
		if !from || !to {
			continue
		}
		k := edgeKey{e.From, e.To, e.Operation}
		if i, ok := t.kept[k]; ok {
			t.graph.Edges[i].Quantity = t.graph.Edges[i].Quantity.Add(e.Quantity)
			continue
		}
		t.kept[k] = len(t.graph.Edges)
		t.graph.Edges = append(t.graph.Edges, e)
	}
}

// describe reads the lots themselves.
func (t *trace) describe(ctx context.Context, tx pgx.Tx) error {
	ids := make([]string, 0, len(t.depth))
	for id := range t.depth {
		ids = append(ids, id)
	}
	rows, err := tx.Query(ctx, nodes, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n mes.GraphNode
		err := rows.Scan(&n.ID, &n.Material, &n.Name, &n.Origin, &n.State, &n.Supplier, &n.SupplierLot, &n.Quantity, &n.Unit, &n.ExpiresAt, &n.Order,
			&n.Customer, &n.DeliveryNote, &n.Held)
		if err != nil {
			return err
		}
		n.Depth = t.depth[n.ID]
		t.graph.Nodes = append(t.graph.Nodes, n)
	}
	slices.SortFunc(t.graph.Nodes, func(a, b mes.GraphNode) int {
		if a.Depth != b.Depth {
			return a.Depth - b.Depth
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return rows.Err()
}
