package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/mqtt"
	"github.com/steelthread/steelthread/devices/sim"
)

func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !cond(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("missing: " + what)
		}
	}
}

// start plays a plant without machines, which are slow to bring up and not meant here.
func start(t *testing.T, o sim.Options) *sim.Plant {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	o.Site, o.Line, o.Seed, o.Speed, o.Machines = "HAM", "L1", 5, 100, []string{"none"}
	p, err := sim.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func broker(t *testing.T) string {
	t.Helper()
	b := mochi.New(nil)
	if err := b.AddHook(new(auth.AllowHook), nil); err != nil {
		t.Fatal(err)
	}
	l := listeners.NewTCP(listeners.Config{ID: "t", Address: "127.0.0.1:0"})
	if err := b.AddListener(l); err != nil {
		t.Fatal(err)
	}
	if err := b.Serve(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return "tcp://" + l.Address()
}

type results struct {
	mu   sync.Mutex
	list []devices.CameraResult
}

func (r *results) keep(_ context.Context, c devices.CameraResult) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, c)
	return nil
}

func (r *results) of(shot string) *devices.CameraResult {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.list {
		if r.list[i].Shot == shot {
			return &r.list[i]
		}
	}
	return nil
}

// vision stands for the API's door for verdicts.
type vision struct {
	mu     sync.Mutex
	bodies []map[string]any
	auth   []string
	answer []int
}

func (v *vision) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	code := http.StatusCreated
	if len(v.answer) > 0 {
		code, v.answer = v.answer[0], v.answer[1:]
	}
	var body map[string]any
	if json.NewDecoder(r.Body).Decode(&body) != nil || r.URL.Path != "/api/v1/vision/results" {
		code = http.StatusBadRequest
	}
	v.bodies, v.auth = append(v.bodies, body), append(v.auth, r.Header.Get("Authorization"))
	w.WriteHeader(code)
}

func (v *vision) got() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.bodies)
}

func camera(t *testing.T, p *sim.Plant, id string) devices.Camera {
	t.Helper()
	for _, c := range p.Info().Devices {
		if c.ID == id {
			d, err := mqtt.Open(c, mqtt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			return d
		}
	}
	t.Fatal("no camera " + id)
	return nil
}

func TestCameraAnswersOverMQTTWithARealPicture(t *testing.T) {
	p := start(t, sim.Options{MQTT: sim.MQTT{URL: broker(t)}})
	cam, got := camera(t, p, "CAM-30"), &results{}
	if err := cam.Results(t.Context(), got.keep); err != nil {
		t.Fatal(err)
	}
	// The camera needs a moment to listen, and a trigger to a deaf camera is lost: that is what repeating a shot is for.
	shoot := func(id string) *devices.CameraResult {
		t.Helper()
		sent := time.Time{}
		eventually(t, "result of "+id, func() bool {
			if time.Since(sent) > time.Second {
				sent = time.Now()
				if err := cam.Trigger(t.Context(), devices.Shot{ID: id, Lot: "L1", Operation: "30", Step: "bead"}); err != nil {
					t.Fatal(err)
				}
			}
			return got.of(id) != nil
		})
		return got.of(id)
	}
	good := shoot("s1")
	picture(t, good.Image)
	if good.Verdict != devices.Pass || len(good.Predictions) != 3 || good.Confidence < 0.9 || good.Lot != "L1" {
		t.Errorf("%s %+v", good.Verdict, good.Predictions)
	}
	fault(t, p, sim.Fault{Target: "CAM-30", Kind: sim.RejectRate, Value: 1})
	bad := shoot("s2")
	if bad.Verdict != devices.Fail || !flawed(bad.Predictions) {
		t.Errorf("%s %+v", bad.Verdict, bad.Predictions)
	}
	p.ClearFaults("")
	fault(t, p, sim.Fault{Target: "CAM-30", Kind: sim.UndecidedRate, Value: 1})
	if odd := shoot("s3"); odd.Verdict != devices.Undecided || odd.Confidence > 0.6 {
		t.Errorf("%s %v", odd.Verdict, odd.Confidence)
	}
	p.ClearFaults("")
	fault(t, p, sim.Fault{Target: "CAM-30", Kind: sim.Silence})
	heard := p.State().Triggers["CAM-30"]
	if err := cam.Trigger(t.Context(), devices.Shot{ID: "s4", Lot: "L1", Step: "bead"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the trigger at the camera", func() bool { return p.State().Triggers["CAM-30"] > heard })
	p.ClearFaults("CAM-30")
	shoot("s5")
	if got.of("s4") != nil {
		t.Error("a silent camera answers")
	}
}

func flawed(ps []devices.Prediction) bool {
	for _, p := range ps {
		if p.Class != "bead" && p.Class != "seal" && p.Class != "screw" {
			return true
		}
	}
	return false
}

func picture(t *testing.T, b []byte) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds().Dx() != 480 || img.Bounds().Dy() != 320 {
		t.Fatalf("no picture of 480 by 320: %v", err)
	}
}

func fault(t *testing.T, p *sim.Plant, f sim.Fault) {
	t.Helper()
	if err := p.SetFault(f); err != nil {
		t.Fatal(err)
	}
}

func TestCameraAnswersOverRESTUntilItIsTaken(t *testing.T) {
	v := &vision{answer: []int{503, 401}}
	api := httptest.NewServer(v)
	defer api.Close()
	p := start(t, sim.Options{MQTT: sim.MQTT{URL: broker(t)}, Vision: sim.Vision{URL: api.URL,
		Token: func(context.Context) (string, error) { return "s3cret", nil }}})
	cam := camera(t, p, "CAM-40")
	if err := cam.Results(t.Context(), nil); err == nil {
		t.Error("a camera that answers over REST offers results over MQTT")
	}
	sent := time.Time{}
	eventually(t, "the third attempt", func() bool {
		if v.got() == 0 && time.Since(sent) > time.Second {
			sent = time.Now()
			if err := cam.Trigger(t.Context(), devices.Shot{ID: "s1", Lot: "L1", Step: "seal"}); err != nil {
				t.Fatal(err)
			}
		}
		return v.got() >= 3
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	b := v.bodies[2]
	if v.auth[2] != "Bearer s3cret" || b["camera"] != "CAM-40" || b["key"] != "s1" || b["lot"] != "L1" || b["step"] != "seal" ||
		b["verdict"] != "pass" || b["image"] == "" || len(b["boxes"].([]any)) != 5 {
		delete(b, "image")
		t.Errorf("%s %v", v.auth[2], b)
	}
}
