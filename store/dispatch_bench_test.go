package store_test

import (
	"testing"

	"github.com/steelthread/steelthread/store/storetest"
)

// BenchmarkQueue reads the queue of a station with 500 jobs, 50 of them held, 20 boards for all of them: facts, order and reasons.
func BenchmarkQueue(b *testing.B) {
	f := newFloor(b)
	lot := f.lots("WO-1", "UNIT", 1)[0].id
	f.exec(`INSERT INTO lot SELECT (jsonb_populate_record(l, jsonb_build_object('id', 'B-' || n, 'number', 1000 + n, 'created_at', l.created_at + n * interval '1 s'))).* FROM lot l, generate_series(1, 499) n WHERE l.id = $1`, lot)
	f.exec(`INSERT INTO lot_operation SELECT (jsonb_populate_record(v, jsonb_build_object('lot', 'B-' || n))).* FROM lot_operation v, generate_series(1, 499) n WHERE v.lot = $1`, lot)
	f.exec(`INSERT INTO hold (id, site, scope, subject, reason, placed_by, placed_at) SELECT 'h' || n, $1, 'lot', 'B-' || n, 'bent', 'paula', now() FROM generate_series(1, 50) n`, site)
	f.exec(`ANALYZE lot, lot_operation, hold`)
	b.Run("station", func(b *testing.B) {
		for b.Loop() {
			q, err := f.Stations.Queue(f.ctx, site, "ST10")
			if err != nil || len(q.Next) != 500 {
				b.Fatalf("%d jobs, %v", len(q.Next), err)
			}
		}
	})
	b.Run("line", func(b *testing.B) {
		for b.Loop() {
			l, err := f.Dispatching.Line(f.ctx, site, storetest.Line)
			if err != nil || len(l.Stations) != 4 {
				b.Fatalf("%d stations, %v", len(l.Stations), err)
			}
		}
	})
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.Dispatching.Notice(f.ctx, site); err != nil {
				b.Fatal(err)
			}
		}
	})
}
