package system

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// nonconformances takes a packed inverter back: held, decided by the board, through the paste's rework and its own routing
// again, by the engine and at the terminals.
func (s *suite) nonconformances(t *testing.T) {
	order := s.order(t, "INV-200", 2)
	lot := s.packedOf(t, order)
	s.refused(t, s.post(t, s.operator, "/nonconformances", map[string]any{"source": "operator", "description": "Bead broken", "code": "NOPE"}), http.StatusUnprocessableEntity, "defect codes in use")
	var n mes.Nonconformance
	plant.OK(t, s.ok(t, s.post(t, s.quality, "/nonconformances", map[string]any{"source": "customer", "customer": "C-2041", "description": "Runs hot", "code": "BEAD-GAP",
		"lots": []map[string]any{{"lot": lot}}, "hold": true})).Into(&n))
	s.refused(t, s.post(t, s.supervisor, "/shipments", map[string]any{"delivery_note": "DN-NC", "customer": "C-2041", "lots": []string{lot}}), http.StatusConflict, n.ID)
	var fits mes.Page[mes.ReworkInForce]
	plant.OK(t, s.quality.Get(t.Context(), "/rework-routings?product=INV-200&code=BEAD-GAP", &fits))
	if len(fits.Items) != 1 || fits.Items[0].ID != "RW-PASTE" || !fits.Items[0].Fits {
		t.Fatalf("the rework routings are %+v", fits.Items)
	}
	plant.OK(t, s.ok(t, s.post(t, s.quality, "/nonconformances/"+n.ID+"/proposals", map[string]any{"reason": "Opened one, the bead has a gap",
		"dispositions": []map[string]any{{"lot": lot, "kind": "rework", "quantity": 1, "routing": "RW-PASTE"}}})).Into(&n))
	request := n.Proposals[0].Request
	s.refused(t, s.sign(t, s.supervisor, request), http.StatusForbidden, "is not quality")
	s.ok(t, s.sign(t, s.quality, request))
	s.refused(t, s.sign(t, s.quality, request), http.StatusForbidden)
	s.ok(t, s.sign(t, s.supervisor, request))

	l := s.readLot(t, lot)
	if l.State != mes.LotQueued || l.Operation != "RW10" || l.Revision != "B+RW-PASTE.A" || len(l.Holds) != 0 {
		t.Fatalf("after the decision %s is %s at %s by rev %s, holds %v", lot, l.State, l.Operation, l.Revision, l.Holds)
	}
	s.refused(t, s.post(t, s.quality, "/nonconformances/"+n.ID+"/close", map[string]any{"reason": "Done"}), http.StatusConflict, "is in rework")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	plant.OK(t, s.crew(order).Work(ctx, order))
	for _, f := range s.rec.Faults(ctx, order) {
		t.Error(f)
	}
	if o := s.readOrder(t, order); !o.Good.Equal(mes.Count(2)) {
		t.Errorf("the order ended with %s good, %s scrapped", o.Good, o.Scrap)
	}
	s.passages(t, lot, n.ID)
}

// packedOf works on an order of two until the first is packed; the second one stays before its first operation.
func (s *suite) packedOf(t *testing.T, order string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	c := s.crew(order)
	c.Stop = func(l mes.LotView) bool { return l.Number == 2 }
	plant.OK(t, c.Reach(ctx, order, func(o mes.Order, _ []mes.LotView) bool { return o.Good.Equal(mes.One) }))
	var lots mes.Page[mes.LotView]
	plant.OK(t, s.planner.Get(ctx, "/work-orders/"+order+"/lots", &lots))
	for _, l := range lots.Items {
		if l.State == mes.LotPacked {
			return l.Lot
		}
	}
	t.Fatalf("no lot of %s is packed: %+v", order, lots.Items)
	return ""
}

// passages reads that the record has the lot's way there, through the rework, and its way again.
func (s *suite) passages(t *testing.T, lot, nc string) {
	t.Helper()
	var built mes.AsBuilt
	plant.OK(t, s.quality.Get(t.Context(), "/lots/"+url.PathEscape(lot)+"/as-built", &built))
	var way []string
	for _, o := range built.Operations {
		way = append(way, o.Operation)
	}
	if got := strings.Join(way, " "); !strings.HasPrefix(got, "10 20 30") || !strings.Contains(got, "70 RW10 30") || !strings.HasSuffix(got, "70") {
		t.Errorf("its way was %s", got)
	}
	found := false
	for _, d := range s.readLot(t, lot).Deviations {
		found = found || d.Kind == mes.DeviatedNC && d.Ref == nc && !d.Open
	}
	if !found {
		t.Errorf("the record of %s does not tell of %s", lot, nc)
	}
	s.ok(t, s.post(t, s.quality, "/nonconformances/"+nc+"/close", map[string]any{"reason": "Packed again"}))
	var cost mes.CostReport
	plant.OK(t, s.quality.Get(t.Context(), "/quality-cost?by=code", &cost))
	for _, r := range cost.Rows {
		if r.Group == "BEAD-GAP" && r.ReworkCost.IsPositive() && r.HandlingCost.IsPositive() {
			return
		}
	}
	t.Errorf("the cost report does not tell of it: %+v", cost.Rows)
}
