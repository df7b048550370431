package store_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steelthread/steelthread/mes"
)

// Connections that the database drops are an outage that passes: the caller is told to try again, the cause stays in
// the error for the log, and the same entry is stored once.
func TestADroppedConnectionIsAnOutageThatPasses(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	next, err := p.at.Start(p.plan.Routing, p.id, mes.StartOperation{Actor: operator, Operation: "10", Station: "ST10"}, now())
	f.must(err)
	e := mes.Entry{Key: "once", Site: site, Lot: p.id, Kind: mes.EntryStarted, Actor: operator, At: now(), Before: p.at, After: next}
	outages := 0
	until(t, "an outage that ends", func() bool {
		if outages == 0 {
			f.db.Tamper(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mes_app' AND datname = current_database()")
		}
		r, err := f.Lots.Record(f.ctx, e)
		if err == nil {
			return outages > 0 && r.After.Version == 2
		}
		outages++
		var refusal *mes.Error
		if mes.CodeOf(err) != mes.CodeUnavailable || !errors.As(err, &refusal) || !refusal.Retry {
			t.Fatalf("got %v, want an outage to retry", err)
		}
		var cause *pgconn.PgError
		if !errors.As(err, &cause) && !contains(err.Error(), "does not answer: ") {
			t.Fatalf("the cause is lost: %v", err)
		}
		return false
	})
	if l := f.lot(p.id); l.State != mes.LotRunning {
		t.Errorf("the lot is %s", l.State)
	}
}
