package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// routings keeps parsed routing revisions. A stored revision never changes, so nothing here ever grows old.
type routings struct{ byRevision sync.Map }

type revisionKey struct{ product, revision string }

// get reads a routing revision whole, with instructions and pictures. Codes: not_found.
func (c *routings) get(ctx context.Context, q *sqlcgen.Queries, product, revision string) (mes.Routing, error) {
	key := revisionKey{product, revision}
	if r, ok := c.byRevision.Load(key); ok {
		return r.(mes.Routing), nil
	}
	row, err := q.RoutingRevision(ctx, sqlcgen.RoutingRevisionParams{Product: product, Revision: revision})
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.Routing{}, mes.NotFound("Routing", product+" rev "+revision)
	}
	if err != nil {
		return mes.Routing{}, err
	}
	var r mes.Routing
	if err := json.Unmarshal(row.Definition, &r); err != nil {
		return mes.Routing{}, fmt.Errorf("routing %s rev %s: %w", product, revision, err)
	}
	c.byRevision.Store(key, r)
	return r, nil
}

// lean drops what a workflow does not need, so that plans stay small in its history.
func lean(r mes.Routing) mes.Routing {
	ops := make([]mes.Operation, len(r.Operations))
	for i, o := range r.Operations {
		steps := make([]mes.Step, len(o.Steps))
		copy(steps, o.Steps)
		for j := range steps {
			steps[j].Instruction, steps[j].Picture = "", ""
		}
		o.Steps, ops[i] = steps, o
	}
	r.Operations = ops
	return r
}
