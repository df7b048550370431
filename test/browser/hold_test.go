package browser

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// TestHolds lets quality hold a paste lot in a real browser: units that are built with it are found and stop, the terminal
// shows it, the customer is told, and what is decided is signed.
func TestHolds(t *testing.T) {
	plant.Gate(t)
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	p := plant.New(t, plant.Options{Speed: 100, Seed: 11})
	in := pasted(t, p)
	in.URL, in.Chromium = p.Base, chromium
	in.people(t, p)
	in.Artifacts = filepath.Join(plant.Root(), "test", "artifacts", "holds")
	found := walk(t, node, "holds.mjs", in)
	for _, f := range found {
		t.Run(f.Name, func(t *testing.T) {
			if !f.OK {
				t.Error(f.Detail)
			}
		})
	}
	if len(found) < 6 {
		t.Errorf("the walk told %d findings; it ended early", len(found))
	}
}

// pasted ships one unit, and brings two more to the station after the dispensing: one of them runs there.
func pasted(t *testing.T, p *plant.Plant) input {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	planner, supervisor := p.As(t, "pl-07"), p.As(t, "sv-05")
	send := func(c *plant.Client, path string, body any) {
		t.Helper()
		r, err := c.Insist(ctx, path, body, "holds-"+path)
		plant.OK(t, err)
		if !r.OK() {
			t.Fatalf("POST %s: status %d: %s", path, r.Status, r.Body)
		}
	}
	build := func(order string, pieces int, stop func(mes.LotView) bool, enough func(mes.Order, []mes.LotView) bool) []mes.LotView {
		due := time.Now().UTC().Add(72 * time.Hour).Format(time.RFC3339)
		r, err := planner.Insist(ctx, "/work-orders", map[string]any{"number": order, "product": "INV-200", "quantity": pieces, "due": due, "priority": 50, "line": "L1"}, "create-"+order)
		plant.OK(t, err)
		if !r.OK() {
			t.Fatalf("order %s: %s", order, r.Body)
		}
		send(planner, "/work-orders/"+order+"/release", nil)
		crew := p.NewCrew(t, order)
		crew.Stop = stop
		var out []mes.LotView
		plant.OK(t, crew.Reach(ctx, order, func(o mes.Order, lots []mes.LotView) bool { out = lots; return enough(o, lots) }))
		return out
	}
	at40 := func(l mes.LotView) bool { return l.Operation == "40" }
	build("HOLD-1", 1, nil, func(o mes.Order, _ []mes.LotView) bool { return o.State == mes.OrderClosed })
	var packed mes.Page[mes.LotView]
	plant.OK(t, planner.Get(ctx, "/work-orders/HOLD-1/lots", &packed))
	send(supervisor, "/shipments", map[string]any{"delivery_note": "DN-5521", "customer": "C-2041", "lots": []string{packed.Items[0].Lot}})
	more := build("HOLD-2", 2, at40, func(_ mes.Order, lots []mes.LotView) bool {
		return len(lots) == 2 && at40(lots[0]) && at40(lots[1])
	})
	operator := p.As(t, "op-121").At("ST40")
	send(operator, "/lots/"+more[0].Lot+"/operations/40/start", map[string]any{"station": "ST40"})
	var up mes.Graph
	plant.OK(t, planner.Get(ctx, "/lots/"+more[0].Lot+"/genealogy?direction=up", &up))
	in := input{Order: "HOLD-2", Lot: more[0].Lot}
	for _, n := range up.Nodes {
		if n.Material == "TP" {
			in.Component = n.ID
		}
	}
	if in.Component == "" {
		t.Fatalf("no paste in %s", more[0].Lot)
	}
	return in
}
