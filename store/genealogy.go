package store

import (
	"context"
	"slices"
	"strings"

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
	nodes     = `SELECT l.id, l.material, l.origin, l.state, l.supplier, l.supplier_lot, l.quantity, l.expires_at, coalesce(l.work_order, ''), l.customer, l.delivery_note
		FROM lot l WHERE l.id = ANY ($1::text[])`
	known = `SELECT EXISTS (SELECT FROM lot WHERE site = $1 AND id = $2)`
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
		var found bool
		if err := tx.QueryRow(ctx, known, site, lot).Scan(&found); err != nil {
			return err
		}
		if !found {
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
	return t.graph(), translate(err)
}

// trace is a genealogy while it is read. Lots go by their place in lots, since a large trace names each one many times.
type trace struct {
	words words
	lots  []string
	depth []int // shortest distance from the root, which is lots[0]
	place map[string]int
	edges []edge
	read  map[int64]bool // in a circle, both directions meet the same rows
	nodes []mes.GraphNode
	full  bool
}

// edge says that one lot was consumed into another.
type edge struct {
	from, to int
	mes.GraphEdge
}

func newTrace(root string) *trace {
	return &trace{words: newWords(), lots: []string{root}, depth: []int{0}, place: map[string]int{root: 0}, read: map[int64]bool{}}
}

// follow walks one direction from the root, nearest lots first.
func (t *trace) follow(ctx context.Context, tx pgx.Tx, sql string, sign int) error {
	level, seen := []string{t.lots[0]}, map[int]bool{0: true}
	for depth := sign; len(level) > 0 && !t.full; depth += sign {
		far, err := t.step(ctx, tx, sql, level, depth)
		if err != nil {
			return err
		}
		level = nil
		for _, lot := range far {
			if !seen[lot] {
				seen[lot] = true
				level = append(level, t.lots[lot])
			}
		}
	}
	return nil
}

// step reads the edges of one level of lots and answers the lots at their far ends.
func (t *trace) step(ctx context.Context, tx pgx.Tx, sql string, level []string, depth int) ([]int, error) {
	rows, err := tx.Query(ctx, sql, level)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	far := make([]int, 0, 2*len(level))
	var id int64
	var e edge
	row := []any{&id, t.words.into(&e.From), t.words.into(&e.To), t.words.number(&e.Quantity), t.words.into(&e.Operation), &e.At}
	for rows.Next() {
		if err := rows.Scan(row...); err != nil {
			return nil, err
		}
		end := e.To
		if depth < 0 {
			end = e.From
		}
		lot, ok := t.meet(end, depth)
		if !ok {
			continue
		}
		far = append(far, lot)
		if !t.read[id] {
			t.read[id] = true
			e.from, e.to = t.place[e.From], t.place[e.To]
			t.edges = append(t.edges, e)
		}
	}
	return far, rows.Err()
}

// meet gives a lot its place, and its distance from the root when it is met first. It is false when no more lots fit.
func (t *trace) meet(lot string, depth int) (int, bool) {
	if i, ok := t.place[lot]; ok {
		return i, true
	}
	if len(t.lots) >= mes.MaxGraph {
		t.full = true
		return 0, false
	}
	i := len(t.lots)
	t.place[lot] = i
	t.lots, t.depth = append(t.lots, lot), append(t.depth, depth)
	return i, true
}

// describe reads the lots themselves, and what few materials and holds they share.
func (t *trace) describe(ctx context.Context, tx pgx.Tx) error {
	materials, err := readMaterials(ctx, tx)
	if err != nil {
		return err
	}
	held, err := readHolds(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, nodes, t.lots)
	if err != nil {
		return err
	}
	defer rows.Close()
	w := t.words
	t.nodes = make([]mes.GraphNode, 0, len(t.lots))
	var n mes.GraphNode
	var state string
	row := []any{w.into(&n.ID), w.into(&n.Material), w.into(&n.Origin), w.into(&state), w.into(&n.Supplier), w.into(&n.SupplierLot), w.number(&n.Quantity),
		&n.ExpiresAt, w.into(&n.Order), w.into(&n.Customer), w.into(&n.DeliveryNote)}
	for rows.Next() {
		if err := rows.Scan(row...); err != nil {
			return err
		}
		m := materials[n.Material]
		n.State, n.Name, n.Unit, n.Depth = mes.LotState(state), m.Name, m.Unit, t.depth[t.place[n.ID]]
		n.Held = held[mes.HoldLot][n.ID] || n.Order != "" && held[mes.HoldOrder][n.Order]
		t.nodes = append(t.nodes, n)
	}
	return rows.Err()
}

// graph puts the answer together: lots from the farthest source to the farthest product, and repeated consumption of
// one component at one operation as one edge.
func (t *trace) graph() mes.Graph {
	g := mes.Graph{Root: t.lots[0], Nodes: t.nodes, Edges: make([]mes.GraphEdge, 0, len(t.edges)), Truncated: t.full}
	if g.Nodes == nil {
		g.Nodes = []mes.GraphNode{}
	}
	slices.SortFunc(g.Nodes, func(a, b mes.GraphNode) int {
		if a.Depth != b.Depth {
			return a.Depth - b.Depth
		}
		return strings.Compare(a.ID, b.ID)
	})
	type pair struct {
		from, to  int
		operation string
	}
	at := make(map[pair]int, len(t.edges))
	for _, e := range t.edges {
		k := pair{e.from, e.to, e.Operation}
		if i, ok := at[k]; ok {
			g.Edges[i].Quantity = g.Edges[i].Quantity.Add(e.Quantity)
			continue
		}
		at[k] = len(g.Edges)
		g.Edges = append(g.Edges, e.GraphEdge)
	}
	return g
}

// readMaterials reads the names and units of all materials; a plant has few beside its lots.
func readMaterials(ctx context.Context, tx pgx.Tx) (map[string]mes.Material, error) {
	rows, err := tx.Query(ctx, "SELECT id, name, unit FROM material")
	if err != nil {
		return nil, err
	}
	out := map[string]mes.Material{}
	var m mes.Material
	_, err = pgx.ForEachRow(rows, []any{&m.ID, &m.Name, &m.Unit}, func() error {
		out[m.ID] = m
		return nil
	})
	return out, err
}

// readHolds reads what is on hold now, by scope.
func readHolds(ctx context.Context, tx pgx.Tx) (map[mes.HoldScope]map[string]bool, error) {
	rows, err := tx.Query(ctx, "SELECT scope, subject FROM hold WHERE released_at IS NULL")
	if err != nil {
		return nil, err
	}
	out := map[mes.HoldScope]map[string]bool{mes.HoldLot: {}, mes.HoldOrder: {}}
	var scope, subject string
	_, err = pgx.ForEachRow(rows, []any{&scope, &subject}, func() error {
		out[mes.HoldScope(scope)][subject] = true
		return nil
	})
	return out, err
}
