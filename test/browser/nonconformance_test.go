package browser

import (
	"path/filepath"
	"testing"

	"github.com/steelthread/steelthread/test/plant"
)

// TestNonconformance walks from a defect at the terminal to the board's decision in a real browser.
func TestNonconformance(t *testing.T) {
	plant.Gate(t)
	node, chromium := plant.Peer(t, "node"), plant.Peer(t, "chromium")
	p := plant.New(t, plant.Options{Speed: 100, Seed: 11})
	in := input{URL: p.Base, Chromium: chromium}
	in.people(t, p)
	in.Artifacts = filepath.Join(plant.Root(), "test", "artifacts", "nonconformance")
	found := walk(t, node, "nonconformance.mjs", in)
	for _, f := range found {
		t.Run(f.Name, func(t *testing.T) {
			if !f.OK {
				t.Error(f.Detail)
			}
		})
	}
	if len(found) != 7 {
		t.Errorf("the walk told %d findings, want 7", len(found))
	}
}
