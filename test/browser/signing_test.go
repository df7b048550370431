package browser

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// TestSigning lets two people sign a step in a real browser.
func TestSigning(t *testing.T) {
	plant.Gate(t)
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	p := plant.New(t, plant.Options{Speed: 100, Seed: 11})
	in := input{URL: p.Base, Chromium: chromium, Lot: toSign(t, p)}
	in.people(t, p)
	in.Artifacts = filepath.Join(plant.Root(), "test", "artifacts", "signing")
	found := walk(t, node, "signing.mjs", in)
	for _, f := range found {
		t.Run(f.Name, func(t *testing.T) {
			if !f.OK {
				t.Error(f.Detail)
			}
		})
	}
	if len(found) != 4 {
		t.Errorf("the walk told %d findings, want 4", len(found))
	}
}

// toSign brings one inverter to where its release for packing waits for signatures, and returns its lot.
func toSign(t *testing.T, p *plant.Plant) string {
	t.Helper()
	const order = "BROWSER-S"
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	planner := p.As(t, "pl-07")
	due := time.Now().UTC().Add(72 * time.Hour).Format(time.RFC3339)
	for _, c := range []struct {
		path, key string
		body      any
	}{
		{"/work-orders", "signing-create", map[string]any{"number": order, "product": "INV-200", "quantity": 1, "due": due, "priority": 50, "line": "L1"}},
		{"/work-orders/" + order + "/release", "signing-release", nil},
	} {
		r, err := planner.Insist(ctx, c.path, c.body, c.key)
		plant.OK(t, err)
		if !r.OK() {
			t.Fatalf("POST %s: status %d: %s", c.path, r.Status, r.Body)
		}
	}
	var lot string
	crew := p.NewCrew(t, "signing")
	crew.Stop = func(l mes.LotView) bool { return l.Wait != nil && l.Wait.Kind == mes.WaitSigned }
	plant.OK(t, crew.Reach(ctx, order, func(_ mes.Order, lots []mes.LotView) bool {
		for _, l := range lots {
			if crew.Stop(l) {
				lot = l.Lot
			}
		}
		return lot != ""
	}))
	return lot
}
