package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestATraceRunsFromSupplierToCustomer(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Plant.Import(f.ctx, planner, systemPlant())
	f.must(err)
	kit := f.lots("WO-1", "KIT", 50)[0]
	kit.packed()
	system := f.lots("WO-2", "SYSTEM", 1)[0]
	f.must(system.start("ST10"))
	f.must(system.scan(kit.id))
	f.must(system.finish())
	_, err = f.Materials.Ship(f.ctx, "s", site, planner, mes.Shipment{DeliveryNote: "DN-7", Customer: "Acme", Lots: []string{system.id}})
	f.must(err)
	down, err := f.Genealogy.Trace(f.ctx, site, kit.id, mes.TraceDown)
	f.must(err)
	if len(down.Nodes) != 2 || down.Nodes[1].ID != system.id || down.Nodes[1].Customer != "Acme" || down.Nodes[1].Depth != 1 || down.Nodes[1].Order != "WO-2" {
		t.Errorf("down: %+v", down.Nodes)
	}
	if len(down.Edges) != 1 || down.Edges[0].From != kit.id || !down.Edges[0].Quantity.Equal(mes.Count(10)) || down.Edges[0].Operation != "10" {
		t.Errorf("edges: %+v", down.Edges)
	}
	up, err := f.Genealogy.Trace(f.ctx, site, system.id, mes.TraceUp)
	f.must(err)
	if len(up.Nodes) != 2 || up.Nodes[0].ID != kit.id || up.Nodes[0].Depth != -1 {
		t.Errorf("up: %+v", up.Nodes)
	}
	_, err = f.Genealogy.Trace(f.ctx, site, "NOTHING", mes.TraceBoth)
	f.refused(err, mes.CodeNotFound, "NOTHING")
	_, err = f.Genealogy.Trace(f.ctx, site, system.id, "sideways")
	f.refused(err, mes.CodeUnprocessable, "direction")
}

// graph stores a genealogy of so many levels with so many lots each: every lot is made of three lots of the level below.
func (f *floor) graph(levels, width int) {
	f.Helper()
	f.db.Tamper(f, fmt.Sprintf(`INSERT INTO lot (id, site, material, origin, state, quantity, remaining, created_by, created_at)
		SELECT 'G-' || l || '-' || i, '%[3]s', 'SCREW', 'received', 'available', 10, 5, 'x', now() FROM generate_series(1, %[1]d) l, generate_series(0, %[2]d - 1) i`, levels, width, site),
		fmt.Sprintf(`INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
		SELECT 'g' || l || '-' || i, k, 'G-' || (l - 1) || '-' || ((i * 3 + k) %% %[2]d), 'G-' || l || '-' || i, 'SCREW', 1.5, '10', '1', 'ST10', 'x', '', now()
		  FROM generate_series(2, %[1]d) l, generate_series(0, %[2]d - 1) i, generate_series(1, 3) k`, levels, width), "ANALYZE lot", "ANALYZE consumption")
}

func TestATraceHasNoDepthLimitAndEndsInACircle(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.graph(60, 2)
	g, err := f.Genealogy.Trace(f.ctx, site, "G-60-0", mes.TraceUp)
	f.must(err)
	if deepest := g.Nodes[0]; deepest.Depth != -59 {
		t.Errorf("the deepest lot is at %d, want -59", deepest.Depth)
	}
	f.db.Tamper(t, `INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
		VALUES ('circle', 0, 'G-60-0', 'G-1-0', 'SCREW', 1, '10', '1', 'ST10', 'x', '', now())`)
	both, err := f.Genealogy.Trace(f.ctx, site, "G-60-0", mes.TraceBoth)
	f.must(err)
	if len(both.Nodes) != 120 {
		t.Errorf("%d lots in the circle, want 120", len(both.Nodes))
	}
	for _, e := range both.Edges {
		if e.To == "G-1-0" && !e.Quantity.Equal(mes.One) {
			t.Errorf("the closing edge counts %s", e.Quantity)
		}
	}
}

// tree stores 10,000 lots in 10 levels: one product, each lot made of three others, and all leaves of one raw material.
func (f *floor) tree() {
	f.Helper()
	f.db.Tamper(f, fmt.Sprintf(`INSERT INTO lot (id, site, material, origin, state, quantity, remaining, created_by, created_at)
		SELECT 'TREE-' || i, '%s', 'SCREW', 'received', 'available', 10, 5, 'x', now() FROM generate_series(0, 9999) i`, site),
		`INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
		SELECT 'tree' || i, 0, 'TREE-' || i, 'TREE-' || (i - 1) / 3, 'SCREW', 1.5, '10', '1', 'ST10', 'x', '', now() FROM generate_series(1, 9998) i
		UNION ALL
		SELECT 'raw' || i, 0, 'TREE-9999', 'TREE-' || i, 'SCREW', 0.25, '10', '1', 'ST10', 'x', '', now() FROM generate_series(3333, 9998) i`,
		"ANALYZE lot", "ANALYZE consumption")
}

// BenchmarkTrace follows 10,000 lots in 10 levels both ways, and a web of shared components.
func BenchmarkTrace(b *testing.B) {
	f := newFloor(b)
	f.tree()
	f.graph(10, 1000)
	for _, c := range []struct {
		name, lot string
		d         mes.Direction
	}{{"tree up", "TREE-0", mes.TraceUp}, {"tree down", "TREE-9999", mes.TraceDown}, {"web up", "G-10-0", mes.TraceUp}, {"web both", "G-5-0", mes.TraceBoth}} {
		b.Run(c.name, func(b *testing.B) {
			var g mes.Graph
			var err error
			for b.Loop() {
				g, err = f.Genealogy.Trace(f.ctx, site, c.lot, c.d)
				f.must(err)
			}
			b.ReportMetric(float64(len(g.Nodes)), "lots")
			b.ReportMetric(float64(len(g.Edges)), "edges")
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/trace")
		})
	}
}
