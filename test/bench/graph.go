package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// The graph has ten levels and 10,000 lots: one supplier lot, eight levels of intermediates, one finished piece. Each
// intermediate takes from two lots of the level before, so that the trace down from the first and the trace up from the
// last both find all 10,000.
const (
	graphTop, graphEnd = "G-0-0", "G-9-0"
	graphLots          = 10_000
)

// loadGraph writes the graph straight into the tables that a trace reads, in the benchmark's own database and nowhere
// else: 20,000 consumptions through the API would only measure what is measured already. Loading it twice changes nothing.
const loadGraph = `WITH width (level, n) AS (SELECT level, CASE WHEN level IN (0, 9) THEN 1 WHEN level <= 6 THEN 1250 ELSE 1249 END FROM generate_series(0, 9) level),
	lots AS (INSERT INTO lot (id, site, material, origin, state, quantity, remaining, supplier, supplier_lot, created_by, created_at)
		SELECT format('G-%s-%s', level, i), 'HAM', 'BENCH-8', CASE level WHEN 0 THEN 'received' ELSE 'produced' END, CASE level WHEN 9 THEN 'packed' ELSE 'consumed' END,
			10000, 5000, CASE level WHEN 0 THEN 'S-1' ELSE '' END, CASE level WHEN 0 THEN 'W-1' ELSE '' END, 'bench', now()
		FROM width, generate_series(0, n - 1) i ON CONFLICT DO NOTHING RETURNING id)
	INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
		SELECT format('graph/%s/%s', w.level, i), k, format('G-%s-%s', w.level - 1, CASE k WHEN 1 THEN i % b.n ELSE (i * 3 + 1) % b.n END), format('G-%s-%s', w.level, i),
			'BENCH-8', 1, '10', '10-1', 'BS10', 'bench', '', now()
		FROM width w JOIN width b ON b.level = w.level - 1 CROSS JOIN LATERAL generate_series(0, w.n - 1) i CROSS JOIN generate_series(1, 2) k
		WHERE w.level BETWEEN 1 AND 8 AND (SELECT count(*) FROM lots) > 0 AND (b.n > 1 OR k = 1)
	UNION ALL
		SELECT 'graph/9/0', i::int, format('G-8-%s', i), 'G-9-0', 'BENCH-8', 1, '10', '10-1', 'BS10', 'bench', '', now()
		FROM generate_series(0, 1248) i WHERE (SELECT count(*) FROM lots) > 0`

// bareTrace is the least that a trace costs: the recursive query alone, answering the lots' IDs.
const bareTrace = `WITH RECURSIVE t (id) AS (SELECT $1::text UNION SELECT c.component FROM t JOIN consumption c ON c.lot = t.id) SELECT id FROM t`

const bareTraceDown = `WITH RECURSIVE t (id) AS (SELECT $1::text UNION SELECT c.lot FROM t JOIN consumption c ON c.component = t.id) SELECT id FROM t`

// traceTimes is what a trace takes in each direction, through the API and as a bare query, and the processor time of mes
// and PostgreSQL for one through the API.
type traceTimes struct {
	UpAPI, DownAPI, UpBare, DownBare, CPU time.Duration
}

func measureTrace(ctx context.Context, p *plant.Plant, api *plant.Client, rounds int) (t traceTimes, err error) {
	dsn, err := plant.DatabaseURL(p.DataDir(), "mes")
	if err != nil {
		return t, err
	}
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return t, err
	}
	defer db.Close(ctx)
	for _, q := range []string{loadGraph, "ANALYZE lot", "ANALYZE consumption"} {
		if _, err := db.Exec(ctx, q); err != nil {
			return t, fmt.Errorf("load the graph: %w", err)
		}
	}
	before, err := p.CPU()
	if err != nil {
		return t, err
	}
	for i, m := range []struct {
		into  *time.Duration
		trace func() (int, time.Duration, error)
	}{
		{&t.UpAPI, func() (int, time.Duration, error) { return apiTrace(ctx, api, graphEnd, "up") }},
		{&t.DownAPI, func() (int, time.Duration, error) { return apiTrace(ctx, api, graphTop, "down") }},
		{&t.UpBare, func() (int, time.Duration, error) { return queryTrace(ctx, db, bareTrace, graphEnd) }},
		{&t.DownBare, func() (int, time.Duration, error) { return queryTrace(ctx, db, bareTraceDown, graphTop) }},
	} {
		if *m.into, err = medianTime(rounds, m.trace); err != nil {
			return t, err
		}
		if i == 1 { // both ways through the API are done
			after, err := p.CPU()
			if err != nil {
				return t, err
			}
			used := after.Sub(before)
			t.CPU = (used.MES + used.Postgres) / time.Duration(2*(rounds+1))
		}
	}
	return t, nil
}

// medianTime repeats a trace after one round that warms the caches.
func medianTime(rounds int, trace func() (int, time.Duration, error)) (time.Duration, error) {
	var all []time.Duration
	for i := range rounds + 1 {
		n, took, err := trace()
		if err != nil {
			return 0, err
		}
		if n != graphLots {
			return 0, fmt.Errorf("the trace found %d lots of %d", n, graphLots)
		}
		if i > 0 {
			all = append(all, took)
		}
	}
	return percentile(all, 0.5), nil
}

// apiTrace measures until the whole answer is here; reading it is the client's affair.
func apiTrace(ctx context.Context, api *plant.Client, lot, direction string) (int, time.Duration, error) {
	began := time.Now()
	r, err := api.Send(ctx, plant.Request{Method: "GET", Path: "/api/v1/lots/" + lot + "/genealogy?direction=" + direction})
	if err != nil {
		return 0, 0, err
	}
	took := time.Since(began)
	var g mes.Graph
	err = r.Into(&g)
	return len(g.Nodes), took, err
}

func queryTrace(ctx context.Context, db *pgx.Conn, query, lot string) (int, time.Duration, error) {
	began := time.Now()
	rows, err := db.Query(ctx, query, lot)
	if err != nil {
		return 0, 0, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return len(ids), time.Since(began), err
}
