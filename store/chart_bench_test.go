package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
)

// BenchmarkChartOnTheWay measures what control charts cost the record of a step with two measured values. Three plants take a
// record in turn, so that a busy machine slows all of them alike: one without charts, one whose twenty charts watch another
// step, one with a chart that takes both values as a subgroup and judges it. It tells the median of each in microseconds.
func BenchmarkChartOnTheWay(b *testing.B) {
	plants := []func(f *floor){
		func(*floor) {},
		func(f *floor) {
			for i := range 20 {
				f.must(second(f.Charts.Put(f.ctx, qe, diameterChart(func(c *mes.Chart) { c.ID, c.Operation = fmt.Sprint("D", i), "20" }), "")))
			}
		},
		judgedDiameter,
	}
	names := []string{"none-us/op", "others-us/op", "judged-us/op"}
	pieces := make([]*piece, len(plants))
	for i, prepare := range plants {
		f := newFloor(b)
		prepare(f)
		pieces[i] = f.lots("WO-1", "KIT", 50)[0]
		f.must(pieces[i].start("ST10"))
	}
	took := make([][]time.Duration, len(plants))
	b.ResetTimer()
	for n := range b.N {
		for i, p := range pieces {
			started := time.Now()
			p.attempt(b, int64(n))
			took[i] = append(took[i], time.Since(started))
		}
	}
	b.StopTimer()
	for i := range took {
		slices.Sort(took[i])
		b.ReportMetric(float64(took[i][len(took[i])/2].Microseconds()), names[i])
	}
	if got, err := pieces[2].f.Charts.Get(b.Context(), site, "D"); err != nil || got.Points != int64(b.N+20) {
		b.Fatalf("%d points of %d records, %v", got.Points, b.N, err)
	}
}

func diameterChart(change func(*mes.Chart)) mes.Chart {
	return torqueChart(func(c *mes.Chart) {
		c.ID, c.Kind, c.Product, c.Operation, c.Characteristic, c.Grouping, c.Size, c.Rules = "D", spc.XbarR, "KIT", "10", "D", mes.SubgroupRecord, 0, []spc.Rule{spc.N1, spc.N5}
		if change != nil {
			change(c)
		}
	})
}

// judgedDiameter has limits so wide that what the benchmark measures breaks no rule.
func judgedDiameter(f *floor) {
	f.must(second(f.Charts.Put(f.ctx, qe, diameterChart(nil), "")))
	for i := range 20 {
		o := mes.Observation{Key: fmt.Sprint("phase I ", i), Site: site, Product: "KIT", Operation: "10", Step: "1", At: now()}
		for _, v := range []string{"4.0", []string{"17.0", "16.0"}[i%2]} {
			o.Values = append(o.Values, mes.ObservedValue{Characteristic: "D", Value: mes.MustDecimal(v)})
		}
		f.must(f.Charts.Observe(f.ctx, o))
	}
	l, err := f.Charts.Propose(f.ctx, f.key(), qe, site, "D", mes.StudyWindow{}, "benchmark")
	f.must(err)
	f.must(second(f.Charts.Approve(f.ctx, qe, site, "D", l.Version, "benchmark")))
}
