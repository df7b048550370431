package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// holdLots is how many lots the large containment finds: one component, in 99 packed sub-assemblies, each in 100 units.
const holdLots = 10_000

// loadHeld writes lots that can be held straight into the tables, in the benchmark's own database and nowhere else: the
// component and the family that was built with it, and single lots to hold one by one.
const loadHeld = `WITH lots AS (INSERT INTO lot (id, site, material, origin, state, quantity, remaining, created_by, created_at)
		SELECT 'HB-0', 'HAM', 'BENCH-8', 'received', 'available', 10000, 5000, 'bench', now()
		UNION ALL SELECT 'HB-1-' || i, 'HAM', 'BENCH-8', 'produced', 'packed', 100, 50, 'bench', now() FROM generate_series(1, 99) i
		UNION ALL SELECT 'HB-2-' || i, 'HAM', 'BENCH-8', 'produced', 'packed', 1, 1, 'bench', now() FROM generate_series(1, 9900) i
		UNION ALL SELECT 'HS-' || i, 'HAM', 'BENCH-8', 'received', 'available', 10, 10, 'bench', now() FROM generate_series(1, 400) i
		ON CONFLICT DO NOTHING RETURNING id)
	INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
		SELECT 'hb/1/' || i, 1, 'HB-0', 'HB-1-' || i, 'BENCH-8', 1, '10', '10-1', 'BS10', 'bench', '', now() FROM generate_series(1, 99) i WHERE (SELECT count(*) FROM lots) > 0
		UNION ALL SELECT 'hb/2/' || i, 1, 'HB-1-' || (i % 99 + 1), 'HB-2-' || i, 'BENCH-8', 1, '10', '10-1', 'BS10', 'bench', '', now()
		FROM generate_series(1, 9900) i WHERE (SELECT count(*) FROM lots) > 0`

// measureHolds measures how long material still moves after somebody has said that it must not.
func (r *results) measureHolds(ctx context.Context, p *plant.Plant, s *shop) error {
	dsn, err := plant.DatabaseURL(p.DataDir(), "mes")
	if err != nil {
		return err
	}
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	for _, q := range []string{loadHeld, "ANALYZE lot", "ANALYZE consumption"} {
		if _, err := db.Exec(ctx, q); err != nil {
			return fmt.Errorf("load lots: %w", err)
		}
	}
	quality, err := p.Person(ctx, "qe-02")
	if err != nil {
		return err
	}
	guard, shown, err := holdOneByOne(ctx, quality)
	if err != nil {
		return err
	}
	r.add("hold asked for to database guard, p50", ms(percentile(guard, 0.5)), "ms", "")
	r.add("hold asked for to database guard, p99", ms(percentile(guard, 0.99)), "ms", "< 100")
	r.add("hold asked for to the last of 20 stations' streams, p50", ms(percentile(shown, 0.5)), "ms", "")
	r.add("hold asked for to the last of 20 stations' streams, p99", ms(percentile(shown, 0.99)), "ms", "< 1000")
	verdict, err := verdictToGuard(ctx, p, s, db, quality)
	if err != nil {
		return err
	}
	r.add("failed verdict sent to database guard, by a rule, p50", ms(percentile(verdict, 0.5)), "ms", "")
	r.add("failed verdict sent to database guard, by a rule, p99", ms(percentile(verdict, 0.99)), "ms", "< 250")
	return r.holdMany(ctx, quality)
}

// verdictToGuard lets a rule hold each lot that a camera fails, and looks into the table of holds until the lot is there.
func verdictToGuard(ctx context.Context, p *plant.Plant, s *shop, db *pgx.Conn, quality *plant.Client) (took []time.Duration, err error) {
	rule := map[string]any{"name": "Benchmark", "active": true, "kind": "verdict", "group": "lot", "count": 1, "window_min": 60, "severity": "low", "then": []string{"hold"}, "version": 0, "reason": "benchmark"}
	if err := s.must(ctx, quality, "/reaction-rules/BENCH", rule, "bench-rule"); err != nil {
		return nil, err
	}
	camera, err := p.Service("vision")
	if err != nil {
		return nil, err
	}
	_, lots, err := s.order(ctx, 100)
	if err != nil {
		return nil, err
	}
	for _, lot := range lots {
		began := time.Now()
		body := map[string]any{"camera": "CAM-30", "lot": lot, "step": "30-4", "verdict": "fail", "confidence": "0.97", "model": "bench/1", "code": "gap"}
		if err := s.must(ctx, camera, "/vision/results", body, "bench-verdict-"+lot); err != nil {
			return nil, err
		}
		for held := false; !held; {
			if err := db.QueryRow(ctx, "SELECT EXISTS (SELECT FROM hold WHERE subject = $1 AND containment <> '')", lot).Scan(&held); err != nil {
				return nil, err
			}
			if time.Since(began) > 10*time.Second {
				return nil, fmt.Errorf("the failed verdict on %s has held nothing", lot)
			}
		}
		took = append(took, time.Since(began))
		time.Sleep(20 * time.Millisecond)
	}
	return took, nil
}

// stationStreams is how many stations listen.
const stationStreams = 20

// holdOneByOne places 200 holds, one every 20 ms, while 20 event streams are open.
func holdOneByOne(ctx context.Context, quality *plant.Client) (guard, shown []time.Duration, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	heard := make(chan string, 4096)
	for range stationStreams {
		lines, err := quality.Stream(ctx, "/api/v1/events")
		if err != nil {
			return nil, nil, err
		}
		go func() {
			for line := range lines {
				if strings.HasPrefix(line, "data:") && strings.Contains(line, `"H-`) {
					heard <- line
				}
			}
		}()
	}
	for i := range 200 {
		lot := fmt.Sprintf("HS-%d", i+1)
		began := time.Now()
		id, err := place(ctx, quality, lot)
		if err != nil {
			return nil, nil, err
		}
		guard = append(guard, time.Since(began))
		for streams := 0; streams < stationStreams; {
			select {
			case line := <-heard:
				if strings.Contains(line, `"`+id+`"`) {
					streams++
				}
			case <-time.After(10 * time.Second):
				return nil, nil, fmt.Errorf("%d of %d streams told of %s", streams, stationStreams, id)
			}
		}
		shown = append(shown, time.Since(began))
		time.Sleep(20 * time.Millisecond)
		for len(heard) > 0 { // later words about the same hold
			<-heard
		}
	}
	return guard, shown, nil
}

// place asks for a hold of what was built with a component, and answers its number.
func place(ctx context.Context, quality *plant.Client, lot string) (string, error) {
	body := map[string]any{"criterion": map[string]any{"kind": "component", "lots": []string{lot}}, "reason": "benchmark", "severity": "low"}
	reply, err := quality.Post(ctx, "/holds", body, "bench-hold-"+lot)
	if err != nil {
		return "", err
	}
	if !reply.OK() {
		return "", fmt.Errorf("POST /holds answers %d: %s", reply.Status, reply.Body)
	}
	var c mes.Containment
	return c.ID, reply.Into(&c)
}

// holdMany contains 10,000 lots, and takes the times from the records.
func (r *results) holdMany(ctx context.Context, quality *plant.Client) error {
	began := time.Now()
	id, err := place(ctx, quality, "HB-0")
	if err != nil {
		return err
	}
	var v mes.ContainmentView
	err = plant.Until(ctx, func() string {
		if err := quality.Get(ctx, "/holds/"+id, &v); err != nil {
			return err.Error()
		}
		if v.ContainedAt == nil {
			return fmt.Sprintf("%s holds %d lots and is %s", id, v.Found, v.State)
		}
		return ""
	})
	if err != nil {
		return err
	}
	if v.Found != holdLots || v.Held != holdLots {
		return fmt.Errorf("%s found %d lots and holds %d, want %d", id, v.Found, v.Held, holdLots)
	}
	took := v.FoundAt.Sub(v.RequestedAt)
	r.add("containment of 10,000 lots, asked for to the last under the guard", ms(took), "ms", "< 2000")
	r.add("lots brought under the guard", holdLots/took.Seconds(), "1/s", "")
	r.add("the same, until the page says that all stand still", ms(time.Since(began)), "ms", "")
	return nil
}
