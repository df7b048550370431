package browser

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// TestStory walks the quality loop from end to end: the camera finds a bad bead of paste three times on one lot of paste; the
// rule holds that lot; units that were built with it are found and stopped; a nonconformance and a CAPA open; rework is
// dispatched.
func TestStory(t *testing.T) {
	plant.Gate(t)
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	p := plant.New(t, plant.Options{Speed: 100, Seed: 11})
	in := input{URL: p.Base, Chromium: chromium, Phase: "before"}
	in.people(t, p)
	in.Artifacts = filepath.Join(plant.Root(), "test", "artifacts", "story")
	tell := func(want int) {
		t.Helper()
		found := walk(t, node, "story.mjs", in)
		for _, f := range found {
			t.Run(f.Name, func(t *testing.T) {
				if !f.OK {
					t.Error(f.Detail)
				}
			})
		}
		if len(found) < want {
			t.Fatalf("the walk told %d findings, want %d", len(found), want)
		}
	}
	tell(2)
	in.badBeads(t, p)
	in.Phase = "after"
	tell(5)
}

// badBeads builds two units past the dispensing, and then lets the camera find bad beads until the rule acts.
func (in *input) badBeads(t *testing.T, p *plant.Plant) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	planner := p.As(t, "pl-07")
	build := func(order string, pieces int, stop func(mes.LotView) bool, enough func([]mes.LotView) bool) {
		t.Helper()
		due := time.Now().UTC().Add(72 * time.Hour).Format(time.RFC3339)
		send := func(path string, body any) {
			r, err := planner.Insist(ctx, path, body, "story-"+path+order)
			plant.OK(t, err)
			if !r.OK() {
				t.Fatalf("POST %s: status %d: %s", path, r.Status, r.Body)
			}
		}
		send("/work-orders", map[string]any{"number": order, "product": "INV-200", "quantity": pieces, "due": due, "priority": 50, "line": "L1"})
		send("/work-orders/"+order+"/release", nil)
		crew := p.NewCrew(t, order)
		crew.Stop = stop
		plant.OK(t, crew.Reach(ctx, order, func(_ mes.Order, lots []mes.LotView) bool { return enough(lots) }))
	}
	at40 := func(l mes.LotView) bool { return l.Operation == "40" }
	build("STORY-1", 2, at40, func(lots []mes.LotView) bool {
		if len(lots) != 2 || !at40(lots[0]) || !at40(lots[1]) {
			return false
		}
		in.Units = []string{lots[0].Lot, lots[1].Lot}
		return true
	})
	plant.OK(t, p.Sim.Break(ctx, plant.Fault{Target: "CAM-30", Kind: "reject_rate", Value: 1}))
	var acted mes.Page[struct {
		Group  string             `json:"group"`
		Events []mes.QualityEvent `json:"events"`
	}]
	quality := p.As(t, "qe-02")
	build("STORY-2", 3, nil, func([]mes.LotView) bool {
		plant.OK(t, quality.Get(ctx, "/reaction-firings?rule=BEAD-3", &acted))
		return len(acted.Items) > 0
	})
	plant.OK(t, p.Sim.Mend(ctx, "CAM-30"))
	in.Component = acted.Items[0].Group
	in.Bad = acted.Items[0].Events[len(acted.Items[0].Events)-1].Lot
	plant.Eventually(t, time.Minute, func() string {
		var holds mes.Page[struct {
			State string `json:"state"`
		}]
		plant.OK(t, quality.Get(ctx, "/holds", &holds))
		if len(holds.Items) == 0 || holds.Items[0].State != "contained" {
			return "the hold is not contained"
		}
		return ""
	})
}
