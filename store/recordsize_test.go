package store_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// TestALargeOrdersRecord measures an order of 5,000 lots: RECORD_LOTS=5000 go test -run ALargeOrdersRecord -v ./store
func TestALargeOrdersRecord(t *testing.T) {
	if os.Getenv("RECORD_LOTS") == "" {
		t.Skip("a measurement: set RECORD_LOTS")
	}
	f := newFloor(t)
	p := f.lots("WO-1", "KIT", 250_000)[0]
	p.packed()
	f.db.Tamper(t, "SET session_replication_role = replica",
		"INSERT INTO lot SELECT (jsonb_populate_record(l, jsonb_build_object('id', 'K-X' || n, 'number', n + 1000))).* FROM lot l, generate_series(1, "+os.Getenv("RECORD_LOTS")+") n WHERE l.id = '"+p.id+"'",
		"INSERT INTO lot_operation SELECT (jsonb_populate_record(v, jsonb_build_object('lot', 'K-X' || n))).* FROM lot_operation v, generate_series(1, "+os.Getenv("RECORD_LOTS")+") n WHERE v.lot = '"+p.id+"'",
		"INSERT INTO step_record OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(s, jsonb_build_object('id', s.id + n * 1000, 'key', s.key || n, 'lot', 'K-X' || n))).* FROM step_record s, generate_series(1, "+os.Getenv("RECORD_LOTS")+") n WHERE s.lot = '"+p.id+"'",
		"INSERT INTO step_value SELECT (jsonb_populate_record(v, jsonb_build_object('record', v.record + g.i * 1000))).* FROM step_value v JOIN step_record s ON s.id = v.record, generate_series(1, "+os.Getenv("RECORD_LOTS")+") AS g (i) WHERE s.lot = '"+p.id+"'",
		"INSERT INTO lot_event OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(e, jsonb_build_object('id', e.id + n * 1000, 'key', e.key || n, 'lot', 'K-X' || n))).* FROM lot_event e, generate_series(1, "+os.Getenv("RECORD_LOTS")+") n WHERE e.lot = '"+p.id+"'",
		"ANALYZE")
	began := time.Now()
	o, err := f.Records.Order(f.ctx, site, "WO-1")
	f.must(err)
	t.Logf("order of %d lots read in %s", len(o.Content.Lots), time.Since(began).Round(time.Millisecond))
	began = time.Now()
	n, most := 0, uint64(0)
	f.must(f.Records.Bundle(f.ctx, site, "WO-1", func(mes.OrderRecord) error { return nil }, func(mes.LotRecord) error {
		if n++; n%500 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
		return nil
	}))
	t.Logf("%d lots streamed in %s, heap at most %d MB", n, time.Since(began).Round(time.Millisecond), most>>20)
}
