package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// BenchmarkRecord writes whole steps, each with two measured values, on 32 lots at once. MES_TEST_FSYNC=on measures as
// in production: every step is on disk when it is answered.
func BenchmarkRecord(b *testing.B) {
	f := newFloor(b)
	var ps []*piece
	for i := range 8 {
		ps = append(ps, f.lots(fmt.Sprintf("WO-%d", i), "KIT", 200)...)
	}
	for _, p := range ps {
		f.must(p.start("ST10"))
	}
	var next, key atomic.Int64
	b.SetParallelism(16) // times GOMAXPROCS
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		p := ps[int(next.Add(1))%len(ps)]
		for pb.Next() {
			p.attempt(b, key.Add(1))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

// attempt records a measurement out of limits, which keeps the lot at its step.
func (p *piece) attempt(t testing.TB, n int64) {
	c := mes.CompleteStep{Actor: operator, Operation: "10", Step: "1", Values: []mes.Reading{
		{Characteristic: "D", Value: mes.MustDecimal("11.0"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.1"), Sample: 2}}}
	after, done, err := p.at.Complete(p.plan.Routing, p.id, c, now())
	if err != nil {
		t.Fatal(err)
	}
	e := mes.Entry{Key: fmt.Sprintf("bench#%d", n), Site: site, Lot: p.id, Kind: mes.EntryAttempt, Actor: operator, At: now(), Before: p.at, After: after}
	p.step(done)(&e)
	r, err := p.f.Lots.Record(p.f.ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	p.at = r.After
}
