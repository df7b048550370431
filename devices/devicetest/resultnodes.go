package devicetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/sim"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

// ResultNodesHarness is a camera that shows its last result in nodes and counts its results, with the handles by which the
// suite plays and breaks it.
type ResultNodesHarness struct {
	Config devices.Config
	Relay  *relay.Relay
	Open   func(devices.Config) (devices.Device, error)
	// Show shows a result and counts it; Announce tells of the same counter again.
	Show     func(sim.Shown)
	Announce func()
	// BadQuality makes the verdict bad.
	BadQuality    func(on bool)
	Kill, Restart func(t *testing.T)
	Asked         func() (shot, part string)
}

type nodeSuite struct {
	ResultNodesHarness
	cameraSuite
	shown int
}

// RunResultNodes puts the driver of a camera with result nodes through the suite. The camera keeps one result only.
func RunResultNodes(t *testing.T, h ResultNodesHarness) {
	s := &nodeSuite{ResultNodesHarness: h, cameraSuite: cameraSuite{CameraHarness: CameraHarness{Config: h.Config, Relay: h.Relay, Open: h.Open}}}
	for _, c := range []struct {
		name string
		run  func(*testing.T, *nodeSuite)
	}{
		{"has no result before the first", noResult},
		{"reads a result when its counter changes", readsResults},
		{"takes a repeated counter for no new result", repeatedCounter},
		{"takes bad quality for no result, until it is good", badVerdict},
		{"never passes what is simulated, partial or not decidable", neverPasses},
		{"tells a result until it is kept", nodesUntilKept},
		{"reads the last result once after a cut", lastOnce((*nodeSuite).cutNodes)},
		{"reads the last result once after the server was killed", lastOnce((*nodeSuite).killNodes)},
		{"writes the part before the shot", asksForAShot},
		{"closes at once", closesNodes},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

// show shows a new result and gives its key.
func (s *nodeSuite) show(change ...func(*sim.Shown)) string {
	s.shown++
	one := sim.Shown{Result: fmt.Sprintf("result-%d", s.shown), Part: "L1", Step: "bead", Evaluation: 1, Confidence: 0.97, Model: "m/1", Image: []byte{1, 2, 3}}
	for _, f := range change {
		f(&one)
	}
	s.Show(one)
	return one.Result
}

func noResult(t *testing.T, s *nodeSuite) {
	c := s.open(t)
	k := s.consume(t, c, 0)
	first := s.show()
	eventually(t, func() (bool, string) { return k.has(first) })
	if k.total() != 1 {
		t.Errorf("%d results, the camera has shown one", k.total())
	}
}

func readsResults(t *testing.T, s *nodeSuite) {
	k := s.consume(t, s.open(t), 0)
	var keys []string
	for n := range 3 {
		keys = append(keys, s.show(func(x *sim.Shown) { x.Evaluation = int32(n%2 + 1) }))
		eventually(t, func() (bool, string) { return k.has(keys[n]) })
	}
	r := k.kept[len(k.kept)-1]
	if r.Verdict != devices.Pass || r.Lot != "L1" || r.Step != "bead" || r.Confidence != 0.97 || r.Model != "m/1" || len(r.Image) != 3 || r.CapturedAt.IsZero() || r.Camera != s.ResultNodesHarness.Config.ID {
		t.Errorf("%+v", r)
	}
	if before := k.kept[len(k.kept)-2]; before.Verdict != devices.Fail {
		t.Errorf("%+v", before)
	}
}

func repeatedCounter(t *testing.T, s *nodeSuite) {
	k := s.consume(t, s.open(t), 0)
	first := s.show()
	eventually(t, func() (bool, string) { return k.has(first) })
	for range 5 {
		s.Announce()
	}
	last := s.show()
	eventually(t, func() (bool, string) { return k.has(last) })
	if k.count(first) != 1 || k.count(last) != 1 {
		t.Errorf("told %d and %d times", k.count(first), k.count(last))
	}
}

func badVerdict(t *testing.T, s *nodeSuite) {
	k := s.consume(t, s.open(t), 0)
	first := s.show()
	eventually(t, func() (bool, string) { return k.has(first) })
	s.BadQuality(true)
	bad := s.show()
	s.neverTold(t, k, bad)
	s.BadQuality(false)
	eventually(t, func() (bool, string) { return k.has(bad) })
}

// neverTold gives the driver time for several looks.
func (s *nodeSuite) neverTold(t *testing.T, k *consumer, key string) {
	t.Helper()
	looks := 10 * s.ResultNodesHarness.Config.Profile.Poll.Std()
	for end := time.Now().Add(looks); time.Now().Before(end); time.Sleep(looks / 20) {
		if k.count(key) != 0 {
			t.Fatalf("%s was told", key)
		}
	}
}

func neverPasses(t *testing.T, s *nodeSuite) {
	k := s.consume(t, s.open(t), 0)
	for name, change := range map[string]func(*sim.Shown){
		"simulated": func(x *sim.Shown) { x.Simulated = true }, "not decidable": func(x *sim.Shown) { x.Evaluation = 3 }, "undefined": func(x *sim.Shown) { x.Evaluation = 0 }} {
		key := s.show(change)
		eventually(t, func() (bool, string) { return k.has(key) })
		if v := k.verdict(key); v != devices.Undecided {
			t.Errorf("%s is a %s", name, v)
		}
	}
	part := s.show(func(x *sim.Shown) { x.Partial = true })
	s.neverTold(t, k, part)
	whole := s.show()
	eventually(t, func() (bool, string) { return k.has(whole) })
}

func nodesUntilKept(t *testing.T, s *nodeSuite) {
	k := s.consume(t, s.open(t), 2)
	key := s.show()
	eventually(t, func() (bool, string) { return k.has(key) })
	if k.count(key) != 1 {
		t.Errorf("kept %d times", k.count(key))
	}
}

func (s *nodeSuite) cutNodes(t *testing.T, c devices.Camera) string {
	s.ResultNodesHarness.Relay.Down()
	eventually(t, func() (bool, string) { return c.Health().State != devices.Connected, "the cut noticed" })
	s.show() // is overwritten while nobody is there: such a camera keeps one
	key := s.show()
	if err := s.ResultNodesHarness.Relay.Up(); err != nil {
		t.Fatal(err)
	}
	return key
}

func (s *nodeSuite) killNodes(t *testing.T, c devices.Camera) string {
	s.ResultNodesHarness.Kill(t)
	eventually(t, func() (bool, string) { return c.Health().State != devices.Connected, "death noticed" })
	key := s.show()
	s.ResultNodesHarness.Restart(t)
	return key
}

func lastOnce(hurt func(*nodeSuite, *testing.T, devices.Camera) string) func(*testing.T, *nodeSuite) {
	return func(t *testing.T, s *nodeSuite) {
		c := s.open(t)
		k := s.consume(t, c, 0)
		before := s.show()
		eventually(t, func() (bool, string) { return k.has(before) })
		during := hurt(s, t, c)
		eventually(t, func() (bool, string) { return k.has(during) })
		after := s.show()
		eventually(t, func() (bool, string) { return k.has(after) })
		for _, key := range []string{before, during, after} {
			if n := k.count(key); n != 1 {
				t.Errorf("%s was told %d times", key, n)
			}
		}
	}
}

func asksForAShot(t *testing.T, s *nodeSuite) {
	c := s.open(t)
	if err := c.Trigger(t.Context(), devices.Shot{ID: "L9/30/1/bead/1/1", Lot: "L9", Operation: "30", Step: "bead"}); err != nil {
		t.Fatal(err)
	}
	if shot, part := s.Asked(); shot != "L9/30/1/bead/1/1" || part != "L9" {
		t.Errorf("asked for %q of %q", shot, part)
	}
	if err := c.Trigger(t.Context(), devices.Shot{}); err == nil {
		t.Error("a shot without a lot is asked for")
	}
}

func closesNodes(t *testing.T, s *nodeSuite) {
	c := s.open(t)
	k := s.consume(t, c, 0)
	if err := c.Results(t.Context(), k.keep); err == nil {
		t.Error("results have two consumers")
	}
	began := time.Now()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("closing took %s", took)
	}
}
