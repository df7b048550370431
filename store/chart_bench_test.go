package store_test

import (
	"fmt"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
)

// BenchmarkChartOnTheWay measures what control charts cost the record of a step with two measured values: with no chart at the
// site, with charts that watch other steps, with one that takes both values as a subgroup and judges it.
func BenchmarkChartOnTheWay(b *testing.B) {
	diameter := func(change func(*mes.Chart)) mes.Chart {
		return torqueChart(func(c *mes.Chart) {
			c.ID, c.Kind, c.Product, c.Operation, c.Characteristic, c.Grouping, c.Size, c.Rules = "D", spc.XbarR, "KIT", "10", "D", mes.SubgroupRecord, 0, []spc.Rule{spc.N1, spc.N5}
			if change != nil {
				change(c)
			}
		})
	}
	for name, prepare := range map[string]func(f *floor){
		"no chart": func(*floor) {},
		"twenty others": func(f *floor) {
			for i := range 20 {
				f.must(second(f.Charts.Put(f.ctx, qe, diameter(func(c *mes.Chart) { c.ID, c.Operation = fmt.Sprint("D", i), "20" }), "")))
			}
		},
		"one, judged": func(f *floor) {
			f.must(second(f.Charts.Put(f.ctx, qe, diameter(nil), "")))
			low, high := mes.MustDecimal("9.5"), mes.MustDecimal("10.5")
			for i := range 20 { // limits so wide that the measured values break no rule
				o := mes.Observation{Key: fmt.Sprint("phase I ", i), Site: site, Product: "KIT", Operation: "10", Step: "1", At: now()}
				for _, v := range []string{"4.0", []string{"17.0", "16.0"}[i%2]} {
					o.Values = append(o.Values, mes.ObservedValue{Characteristic: "D", Value: mes.MustDecimal(v), Lower: &low, Upper: &high})
				}
				f.must(f.Charts.Observe(f.ctx, o))
			}
			l, err := f.Charts.Propose(f.ctx, f.key(), qe, site, "D", mes.StudyWindow{}, "benchmark")
			f.must(err)
			f.must(second(f.Charts.Approve(f.ctx, qe, site, "D", l.Version, "benchmark")))
		},
	} {
		b.Run(name, func(b *testing.B) {
			f := newFloor(b)
			prepare(f)
			p := f.lots("WO-1", "KIT", 50)[0]
			f.must(p.start("ST10"))
			b.ResetTimer()
			for i := range b.N {
				p.attempt(b, int64(i))
			}
			b.StopTimer()
			if name == "one, judged" {
				if got, _ := f.Charts.Get(f.ctx, site, "D"); got.Points != int64(b.N+20) {
					b.Fatalf("%d points of %d records", got.Points, b.N)
				}
			}
		})
	}
}
