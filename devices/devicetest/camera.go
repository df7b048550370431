package devicetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

// CameraHarness is a camera behind a broker, with the handles by which the suite breaks the broker and plays the camera.
type CameraHarness struct {
	// Config reaches the broker through Relay.
	Config devices.Config
	Relay  *relay.Relay
	Open   func(devices.Config) (devices.Device, error)
	// Kill ends the broker as a power cut would, Restart brings it back with what it has stored.
	Kill, Restart func(t *testing.T)
	// Publish plays the camera: it sends bytes to the result topic, by a way of its own.
	Publish func(t *testing.T, payload []byte)
	// Shots lists the triggers that the camera has heard so far.
	Shots func() []devices.Shot
}

type cameraSuite struct {
	CameraHarness
	n int
}

// RunCamera puts a camera's driver through the suite.
func RunCamera(t *testing.T, h CameraHarness) {
	h.Config.Profile = devices.Profile{Attempts: 3, Timeout: devices.Duration(10 * time.Second)}
	s := &cameraSuite{CameraHarness: h}
	for _, c := range []struct {
		name string
		run  func(*testing.T, *cameraSuite)
	}{
		{"hands over a trigger and brings its result", triggers},
		{"tells a result until it is kept, and then no more", untilKept},
		{"tells a result once, however often it comes", once},
		{"brings what came while nobody was there", afterAbsence},
		{"brings again what a crash left unkept", afterCrash},
		{"loses nothing when results come faster than they are kept", flood},
		{"steps over a result that nobody can read", unreadable},
		{"steps round a result that its consumer cannot take", stepsRound},
		{"goes on after a TCP cut", resumes((*cameraSuite).cut)},
		{"goes on after a black hole", resumes((*cameraSuite).blackHole)},
		{"goes on after the broker was killed", resumes((*cameraSuite).killed)},
		{"fails a trigger in time when the broker is away, and does not send it later", lateTrigger},
		{"says so when the broker refuses the password", refusedLogin},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

func (s *cameraSuite) open(t *testing.T) devices.Camera {
	t.Helper()
	d, err := s.Open(s.Config)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := d.(devices.Camera)
	if !ok {
		t.Fatalf("%T is no camera", d)
	}
	t.Cleanup(func() { c.Close() })
	s.connected(t, c)
	return c
}

func (s *cameraSuite) connected(t *testing.T, c devices.Camera) {
	t.Helper()
	eventually(t, func() (bool, string) {
		h := c.Health()
		return h.State == devices.Connected, "connected, it is " + string(h.State) + " " + h.LastError
	})
}

func (s *cameraSuite) consume(t *testing.T, c devices.Camera, fail int) *consumer {
	t.Helper()
	k := &consumer{calls: map[string]int{}, fail: fail}
	if err := c.Results(t.Context(), k.keep); err != nil {
		t.Fatal(err)
	}
	return k
}

// result makes a new result and gives its shot.
func (s *cameraSuite) result(t *testing.T) (shot string, payload []byte) {
	t.Helper()
	s.n++
	shot = fmt.Sprintf("shot-%d", s.n)
	b, err := json.Marshal(devices.CameraResult{Shot: shot, Seq: uint64(s.n), Camera: s.Config.ID, Lot: "L1", Step: "bead",
		Verdict: devices.Pass, Confidence: 0.97, Model: "m/1", CapturedAt: time.Now(), Image: []byte{1, 2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	return shot, b
}

func triggers(t *testing.T, s *cameraSuite) {
	c := s.open(t)
	k := s.consume(t, c, 0)
	want := devices.Shot{ID: "L1/30/1/bead/1/1", Lot: "L1", Operation: "30", Step: "bead"}
	if err := c.Trigger(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	want.Camera = s.Config.ID
	eventually(t, func() (bool, string) { return slices.Contains(s.Shots(), want), "the trigger at the camera" })
	shot, b := s.result(t)
	s.Publish(t, b)
	eventually(t, func() (bool, string) { return k.has(shot) })
	if r := k.kept[len(k.kept)-1]; r.Verdict != devices.Pass || r.Lot != "L1" || len(r.Image) != 3 {
		t.Errorf("%+v", r)
	}
	if err := c.Trigger(t.Context(), devices.Shot{}); err == nil {
		t.Error("a trigger without a shot is sent")
	}
	if err := c.Results(t.Context(), k.keep); err == nil {
		t.Error("results have two consumers")
	}
}

func untilKept(t *testing.T, s *cameraSuite) {
	k := s.consume(t, s.open(t), 2)
	shot, b := s.result(t)
	s.Publish(t, b)
	eventually(t, func() (bool, string) { return k.has(shot) })
	if n := k.calls[shot]; n != 3 {
		t.Errorf("the consumer was asked %d times", n)
	}
}

func once(t *testing.T, s *cameraSuite) {
	k := s.consume(t, s.open(t), 0)
	shot, b := s.result(t)
	for range 5 {
		s.Publish(t, b)
	}
	last, marker := s.result(t)
	s.Publish(t, marker)
	eventually(t, func() (bool, string) { return k.has(last) })
	if n := k.count(shot); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func afterAbsence(t *testing.T, s *cameraSuite) {
	c := s.open(t)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var shots []string
	for range 5 {
		shot, b := s.result(t)
		s.Publish(t, b)
		shots = append(shots, shot)
	}
	k := s.consume(t, s.open(t), 0)
	for _, shot := range shots {
		eventually(t, func() (bool, string) { return k.has(shot) })
	}
}

func afterCrash(t *testing.T, s *cameraSuite) {
	c := s.open(t)
	k := s.consume(t, c, 1000)
	shot, b := s.result(t)
	s.Publish(t, b)
	eventually(t, func() (bool, string) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.calls[shot] > 0, "the consumer is asked"
	})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	k = s.consume(t, s.open(t), 0)
	eventually(t, func() (bool, string) { return k.has(shot) })
}

// flood publishes more than a driver may hold in memory while its consumer keeps nothing.
func flood(t *testing.T, s *cameraSuite) {
	k := s.consume(t, s.open(t), 2)
	shots := make([]string, 400)
	for i := range shots {
		var b []byte
		shots[i], b = s.result(t)
		s.Publish(t, b)
	}
	for _, shot := range shots {
		eventually(t, func() (bool, string) { return k.has(shot) })
	}
	for _, shot := range shots {
		if n := k.count(shot); n != 1 {
			t.Errorf("%s was told %d times", shot, n)
		}
	}
}

func unreadable(t *testing.T, s *cameraSuite) {
	k := s.consume(t, s.open(t), 0)
	s.Publish(t, []byte("{nonsense"))
	s.Publish(t, []byte(`{"verdict":"pass"}`))
	shot, b := s.result(t)
	s.Publish(t, b)
	eventually(t, func() (bool, string) { return k.has(shot) })
	if n := k.count(""); n != 0 {
		t.Errorf("%d results without a shot were kept", n)
	}
}

// stepsRound has one result that is never kept, and others behind it that have to get through.
func stepsRound(t *testing.T, s *cameraSuite) {
	bad, b := s.result(t)
	k := &consumer{calls: map[string]int{}}
	if err := s.open(t).Results(t.Context(), func(ctx context.Context, r devices.CameraResult) error {
		if r.Shot == bad {
			return errors.New("this one breaks the consumer")
		}
		return k.keep(ctx, r)
	}); err != nil {
		t.Fatal(err)
	}
	s.Publish(t, b)
	for range 3 {
		shot, b := s.result(t)
		s.Publish(t, b)
		eventually(t, func() (bool, string) { return k.has(shot) })
	}
}

func (s *cameraSuite) cut(*testing.T, devices.Camera) { s.Relay.Cut() }

func (s *cameraSuite) blackHole(t *testing.T, c devices.Camera) {
	s.Relay.BlackHole(true)
	eventually(t, func() (bool, string) { return c.Health().State != devices.Connected, "silence noticed" })
	s.Relay.BlackHole(false)
}

func (s *cameraSuite) killed(t *testing.T, c devices.Camera) {
	s.Kill(t)
	eventually(t, func() (bool, string) { return c.Health().State != devices.Connected, "death noticed" })
	s.Restart(t)
}

func resumes(hurt func(*cameraSuite, *testing.T, devices.Camera)) func(*testing.T, *cameraSuite) {
	return func(t *testing.T, s *cameraSuite) {
		c := s.open(t)
		k := s.consume(t, c, 0)
		for range 2 {
			hurt(s, t, c)
			during, b := s.result(t)
			s.Publish(t, b)
			eventually(t, func() (bool, string) { return k.has(during) })
			s.connected(t, c)
			want := devices.Shot{ID: "after " + during, Camera: s.Config.ID, Lot: "L1", Step: "bead"}
			if err := c.Trigger(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			eventually(t, func() (bool, string) { return slices.Contains(s.Shots(), want), "the trigger" })
		}
	}
}

func lateTrigger(t *testing.T, s *cameraSuite) {
	hasty := *s
	hasty.Config.Profile.Timeout = devices.Duration(2 * time.Second)
	c := hasty.open(t)
	s.Relay.Down()
	eventually(t, func() (bool, string) { return c.Health().State != devices.Connected, "loss noticed" })
	began := time.Now()
	lost := devices.Shot{ID: "lost", Lot: "L1", Step: "bead"}
	if err := c.Trigger(t.Context(), lost); !errors.Is(err, devices.ErrNoAnswer) {
		t.Errorf("trigger: %v", err)
	}
	if d := time.Since(began); d > 4*time.Second {
		t.Errorf("giving up took %s", d)
	}
	if err := s.Relay.Up(); err != nil {
		t.Fatal(err)
	}
	s.connected(t, c)
	marker := devices.Shot{ID: "marker", Camera: s.Config.ID, Lot: "L1", Step: "bead"}
	if err := c.Trigger(t.Context(), marker); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() (bool, string) { return slices.Contains(s.Shots(), marker), "the marker" })
	if slices.ContainsFunc(s.Shots(), func(x devices.Shot) bool { return x.ID == "lost" }) {
		t.Error("the lost trigger was sent behind the caller's back")
	}
}

func refusedLogin(t *testing.T, s *cameraSuite) {
	cfg := s.Config
	cfg.ID += "-stranger"
	cfg.Security.Password = "wrong"
	d, err := s.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	eventually(t, func() (bool, string) {
		h := d.Health()
		return h.State == devices.Down && h.LastError != "", fmt.Sprintf("down with a reason, it is %+v", h)
	})
}
