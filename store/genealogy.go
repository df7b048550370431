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

// The recursive part carries lots alone, so that UNION meets each lot once: a diamond costs nothing and a circle ends.
const (
	familyUp   = `WITH RECURSIVE family(lot) AS (SELECT $1::text UNION SELECT c.component FROM family f JOIN consumption c ON c.lot = f.lot)`
	familyDown = `WITH RECURSIVE family(lot) AS (SELECT $1::text UNION SELECT c.lot FROM family f JOIN consumption c ON c.component = f.lot)`
	edgesUp    = familyUp + ` SELECT c.id, c.component, c.lot, c.quantity, c.operation, c.at FROM family f JOIN consumption c ON c.lot = f.lot ORDER BY c.id`
	edgesDown  = familyDown + ` SELECT c.id, c.component, c.lot, c.quantity, c.operation, c.at FROM family f JOIN consumption c ON c.component = f.lot ORDER BY c.id`
	nodes      = `SELECT l.id, l.material, m.name, l.origin, l.state, l.supplier, l.supplier_lot, l.quantity, m.unit, l.expires_at, coalesce(l.work_order, ''),
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
		return t.describe(ctx, tx)
	})
	return t.graph, translate(err)
}

// trace is a graph while it is put together.
type trace struct {
	graph mes.Graph
	depth map[string]int
	kept  map[edgeKey]int // place of an edge in the graph
	read  map[int64]bool  // in a circle, both directions meet the same rows
}

type edgeKey struct{ from, to, operation string }

func newTrace(root string) *trace {
	return &trace{graph: mes.Graph{Root: root, Nodes: []mes.GraphNode{}, Edges: []mes.GraphEdge{}}, depth: map[string]int{root: 0}, kept: map[edgeKey]int{}, read: map[int64]bool{}}
}

// follow reads the edges of one direction and walks them from the root, nearest first, to learn each lot's distance.
func (t *trace) follow(ctx context.Context, tx pgx.Tx, sql string, sign int) error {
	rows, err := tx.Query(ctx, sql, t.graph.Root)
	if err != nil {
		return err
	}
	defer rows.Close()
	next := map[string][]string{}
	var edges []mes.GraphEdge
	for rows.Next() {
		var e mes.GraphEdge
		var id int64
		if err := rows.Scan(&id, &e.From, &e.To, &e.Quantity, &e.Operation, &e.At); err != nil {
			return err
		}
		if !t.read[id] {
			t.read[id] = true
			edges = append(edges, e)
		}
		near, far := e.From, e.To
		if sign < 0 {
			near, far = e.To, e.From
		}
		next[near] = append(next[near], far)
	}
	t.walk(next, sign)
	t.keep(edges)
	return rows.Err()
}

// walk gives every lot its shortest distance from the root. The nearest lots are kept when there are too many.
func (t *trace) walk(next map[string][]string, sign int) {
	level := []string{t.graph.Root}
	for far := sign; len(level) > 0; far += sign {
		var beyond []string
		for _, lot := range level {
			for _, n := range next[lot] {
				if _, seen := t.depth[n]; seen {
					continue
				}
				if len(t.depth) >= mes.MaxGraph {
					t.graph.Truncated = true
					return
				}
				t.depth[n] = far
				beyond = append(beyond, n)
			}
		}
		level = beyond
	}
}

// keep adds the edges between kept lots; repeated consumption of one component at one operation adds up.
func (t *trace) keep(edges []mes.GraphEdge) {
	for _, e := range edges {
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
