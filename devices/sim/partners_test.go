package sim_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
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
	for deadline := time.Now().Add(10 * time.Second); !cond(); time.Sleep(10 * time.Millisecond) {
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
	before := p.State().Shots["CAM-30"]
	if err := cam.Trigger(t.Context(), devices.Shot{ID: "s4", Lot: "L1", Step: "bead"}); err != nil {
		t.Fatal(err)
	}
	p.ClearFaults("CAM-30")
	shoot("s5")
	if got.of("s4") != nil || p.State().Shots["CAM-30"] < before+1 {
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

func post(t *testing.T, url, secret, key, body string) int {
	t.Helper()
	stamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "." + body))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Steelthread-Signature", "t="+stamp+",v1="+hex.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Idempotency-Key", key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func inbox(t *testing.T, url string) []sim.Message {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var page struct{ Items []sim.Message }
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func TestERPKeepsEachMessageOnceAndChecksWhoSentIt(t *testing.T) {
	dir := t.TempDir()
	p := start(t, sim.Options{Dir: dir})
	erp := p.Info().ERP
	fault(t, p, sim.Fault{Target: "ERP", Kind: sim.FailTimes, Value: 2})
	for i, tt := range []struct {
		secret, key, body string
		want              int
	}{
		{erp.Secret, "k1", `{"n":1}`, 503}, {erp.Secret, "k1", `{"n":1}`, 503}, {erp.Secret, "k1", `{"n":1}`, 200},
		{erp.Secret, "k1", `{"n": 1}`, 200}, {erp.Secret, "k1", `{"n":2}`, 409}, {"wrong", "k2", `{"n":3}`, 401},
		{erp.Secret, "", `{"n":4}`, 401}, {erp.Secret, "k3", `nonsense`, 400}, {erp.Secret, "k4", `{"n":5}`, 200},
	} {
		if got := post(t, erp.Webhook, tt.secret, tt.key, tt.body); got != tt.want {
			t.Errorf("message %d: %d, want %d", i, got, tt.want)
		}
	}
	check := func(url string) {
		t.Helper()
		got := inbox(t, url)
		if len(got) != 4 || got[0].Key != "k4" || got[3].Key != "k1" || got[3].Duplicates != 2 || !got[3].Verified ||
			got[2].Verified || got[2].Why == "" {
			t.Errorf("%+v", got)
		}
	}
	check(erp.Messages)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, sim.Options{Dir: dir})
	if again.Info().ERP != erp {
		t.Errorf("after a restart the ERP is %+v, it was %+v", again.Info().ERP, erp)
	}
	check(again.Info().ERP.Messages)
}

func TestFaultBoard(t *testing.T) {
	dir := t.TempDir()
	p, err := sim.Start(t.Context(), sim.Options{Dir: dir, Site: "HAM", Line: "L1", Machines: []string{"CR-82"}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if st, err := os.Stat(filepath.Join(dir, "sim.json")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("sim.json: %v %v", st, err)
	}
	if i, err := sim.ReadInfo(dir); err != nil || i.OPCUA["CR-82"] != p.Info().OPCUA["CR-82"] || len(i.Devices) != 3 {
		t.Errorf("%+v %v", i, err)
	}
	board := p.Info().Faults.URL
	for _, tt := range []struct {
		path, body string
		want       int
	}{
		{"/faults", `{"machine":"CR-82","kind":"reject_rate","value":0.5,"duration":"1h"}`, 200},
		{"/faults", `{"printer":"PR-70","kind":"paper_out"}`, 200},
		{"/faults", `{"erp":true,"kind":"fail","value":3}`, 200},
		{"/faults", `{"machine":"XX-1","kind":"silence"}`, 422},
		{"/faults", `{"machine":"CR-82","kind":"paper_out"}`, 422},
		{"/faults", `{"machine":"CR-82","kind":"reject_rate","value":7}`, 422},
		{"/faults", `{"machine":"CR-82","kind":"late","duration":"soon"}`, 400},
		{"/faults", `{"nonsense":1}`, 400},
		{"/stop", `{"machine":"XX-1"}`, 422},
		{"/stop", `{"machine":"CR-82"}`, 204},
		{"/stop", `{"machine":"CR-82"}`, 204},
	} {
		res, err := http.Post(board+tt.path, "application/json", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != tt.want {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, res.StatusCode, text)
		}
	}
	state := func() (s sim.PlantState) {
		res, err := http.Get(board + "/state")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := state(); len(s.Faults) != 3 || s.Machines["CR-82"].Running {
		t.Errorf("%+v", s)
	}
	res, err := http.Post(board+"/start", "application/json", strings.NewReader(`{"machine":"CR-82"}`))
	if err != nil || res.StatusCode != 204 {
		t.Fatal(res, err)
	}
	p.ClearFaults("")
	if s := state(); len(s.Faults) != 0 || !s.Machines["CR-82"].Running || s.Machines["CR-82"].Tags["state_name"] != "Idle" {
		t.Errorf("%+v", s)
	}
}
