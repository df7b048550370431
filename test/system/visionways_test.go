package system

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/mqtt"
	"github.com/steelthread/steelthread/devices/opcua"
	"github.com/steelthread/steelthread/devices/sim"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
	"github.com/steelthread/steelthread/workers/bridge"
)

// ways sends one verdict in every way that a plant has. Each leads through what the product has for it: the API, and the
// drivers with the edge's bridge, here with a camera that the test plays.
type ways struct {
	*suite
	t      *testing.T
	token  string
	topic  string
	mv     *sim.VisionServer
	broker paho.Client
	sql    *pgx.Conn
}

const roboflowFail = `{"inference_id":%q,"image":{"width":480,"height":320},"predictions":[{"x":100,"y":80,"width":26,"height":26,"confidence":0.94,"class":"screw_missing","class_id":2,"detection_id":"d-%s"}]}`

func (s *suite) openWays(t *testing.T) *ways {
	info, err := s.p.Info()
	plant.OK(t, err)
	w := &ways{suite: s, t: t, token: info.Tokens["vision"]}
	w.mv, err = sim.StartVisionServer("CAM-40")
	plant.OK(t, err)
	t.Cleanup(func() { w.mv.Close() })
	door := bridge.NewAPI(s.p.Base, info.Tokens["edge"])
	var answer mes.Page[struct{ Config devices.Config }]
	plant.OK(t, door.Get(t.Context(), "/edge/devices", &answer))
	var over devices.Config
	for _, d := range answer.Items {
		if d.Config.ID == "CAM-30" {
			over = d.Config
		}
	}
	w.topic = strings.TrimSuffix(over.Tags["result"], "/CAM-30/result") + "/CAM-40/answers/" // the broker lets its users no further
	over.ID, over.Profile, over.Tags = "CAM-40", devices.Profile{Name: mqtt.ProfileRoboflow}, map[string]string{"result": w.topic + "{lot}/{step}"}
	w.runBridge(door, w.mv.Config(over.Site, "ST40"), over)
	o := paho.NewClientOptions().AddBroker(over.Address).SetClientID("inference-server").SetUsername(over.Security.User).SetPassword(over.Security.Password)
	w.broker = paho.NewClient(o)
	if c := w.broker.Connect(); !c.WaitTimeout(10*time.Second) || c.Error() != nil {
		t.Fatalf("broker: %v", c.Error())
	}
	t.Cleanup(func() { w.broker.Disconnect(100) })
	w.openSQL()
	return w
}

// runBridge runs an edge's part for each of the configurations: the same camera, reached in two ways.
func (w *ways) runBridge(door *bridge.API, configs ...devices.Config) {
	log := slog.New(slog.NewTextHandler(w.t.Output(), nil))
	overOPCUA := opcua.Factory(opcua.Options{PKIDir: w.t.TempDir(), Logger: log})
	for _, c := range configs {
		hub, err := devices.NewHub(map[string]devices.Factory{opcua.CameraDriver: overOPCUA, "mqtt-camera": mqtt.Factory(mqtt.Options{Logger: log, ClientPrefix: "test"})}, []devices.Config{c})
		plant.OK(w.t, err)
		w.t.Cleanup(func() { hub.Close() })
		ctx, cancel := context.WithCancel(context.Background())
		w.t.Cleanup(cancel)
		go bridge.Results{Hub: hub, API: door, Site: c.Site, Log: log}.Run(ctx)
		plant.Eventually(w.t, 20*time.Second, func() string {
			if h := hub.Health()[0]; h.State != devices.Connected {
				return "a connection of " + c.Driver + ", it is " + string(h.State) + " " + h.LastError
			}
			return ""
		})
	}
}

// openSQL is a program of the plant with a role that may insert verdicts and nothing else. The service account of the same
// name speaks for the camera.
func (w *ways) openSQL() {
	dsn, err := plant.DatabaseURL(w.p.DataDir(), "mes")
	plant.OK(w.t, err)
	owner, err := pgx.Connect(w.t.Context(), dsn)
	plant.OK(w.t, err)
	defer owner.Close(context.Background())
	_, err = owner.Exec(w.t.Context(), "CREATE ROLE vision LOGIN PASSWORD 'of-the-line' IN ROLE mes_vision")
	plant.OK(w.t, err)
	u, err := url.Parse(dsn)
	plant.OK(w.t, err)
	u.User = url.UserPassword("vision", "of-the-line")
	w.sql, err = pgx.Connect(w.t.Context(), u.String())
	plant.OK(w.t, err)
	w.t.Cleanup(func() { w.sql.Close(context.Background()) })
}

// send sends a failed verdict under a key in one way.
func (w *ways) send(way mes.VisionWay, l mes.LotView, key string) {
	w.t.Helper()
	body := fmt.Sprintf(roboflowFail, key, key)
	picture, _ := base64.StdEncoding.DecodeString(picture(17))
	switch way {
	case mes.WayREST:
		w.ok(w.t, w.post(w.t, w.vision, "/vision/results", map[string]any{"key": key, "camera": "CAM-40", "lot": l.Lot, "step": "40-2", "verdict": "fail", "confidence": 0.94, "model": "seal-det/4",
			"image": base64.StdEncoding.EncodeToString(picture), "predictions": []map[string]any{{"class": "screw_missing", "confidence": 0.94, "x": 100, "y": 80, "width": 26, "height": 26}}}))
	case mes.WayRoboflow:
		q := url.Values{"camera": {"CAM-40"}, "lot": {l.Lot}, "step": {"40-2"}}
		r, err := w.vision.Send(w.t.Context(), plant.Request{Method: "POST", Path: "/api/v1/vision/roboflow?" + q.Encode(), Body: json.RawMessage(body)})
		plant.OK(w.t, err)
		w.ok(w.t, r)
	case mes.WayEvents:
		w.sendEvent(l, key, picture)
	case mes.WayMQTT:
		if p := w.broker.Publish(w.topic+l.Lot+"/40-2", 1, false, body); !p.WaitTimeout(10*time.Second) || p.Error() != nil {
			w.t.Fatalf("publish: %v", p.Error())
		}
	case mes.WayOPCUA:
		w.mv.Show(sim.Shown{Result: key, Part: l.Lot, Step: "40-2", Evaluation: 2, Confidence: 0.94, Model: "seal-det/4", Code: "screw_missing", Image: picture})
	case mes.WaySQL:
		_, err := w.sql.Exec(w.t.Context(), `INSERT INTO mes_in.vision_inbox (site, camera, lot, step, verdict, confidence, body, image) VALUES ('HAM', 'CAM-40', $1, '40-2', 'fail', 0.94, $2, $3)`, l.Lot, body, picture)
		plant.OK(w.t, err)
	}
}

// sendEvent posts what the vision-events block of an inference server posts.
func (w *ways) sendEvent(l mes.LotView, key string, picture []byte) {
	w.t.Helper()
	event, err := json.Marshal(map[string]any{"inference_timestamp": time.Now().UTC().Format(time.RFC3339Nano), "solution": "seal", "event_schema": "quality_check",
		"event_data": map[string]any{"result": "fail", "externalId": l.Lot}, "displayImagePosition": 0, "custom_metadata": map[string]any{"camera": "CAM-40", "step": "40-2", "key": key},
		"images": []any{map[string]any{"inputBase64Image": base64.StdEncoding.EncodeToString(picture), "base64Image": base64.StdEncoding.EncodeToString(picture), "label": "workflow",
			"objectDetections": []any{map[string]any{"class": "screw_missing", "x": 100, "y": 80, "width": 26, "height": 26, "confidence": 0.94}}}}})
	plant.OK(w.t, err)
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.p.Base+"/v2/events", bytes.NewReader(event))
	plant.OK(w.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-API-Key", w.token)
	res, err := http.DefaultClient.Do(req)
	plant.OK(w.t, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		w.t.Fatalf("/v2/events answers %s", res.Status)
	}
}

// oneDoorForEveryWay sends a verdict that nobody waits for in every way: under keys of their own each is a result with the
// same meaning, and under one key all of them are one.
func (s *suite) oneDoorForEveryWay(t *testing.T) {
	w := s.openWays(t)
	l := s.one(t, "10", "10-1")
	results := func() map[string]mes.VisionView {
		var list mes.Page[mes.VisionView]
		plant.OK(t, s.quality.Get(t.Context(), "/vision/results?lot="+url.QueryEscape(l.Lot), &list))
		out := map[string]mes.VisionView{}
		for _, v := range list.Items {
			out[v.Key] = v
		}
		if len(out) != len(list.Items) {
			t.Errorf("%d results with %d keys", len(list.Items), len(out))
		}
		return out
	}
	until := func(key string) (v mes.VisionView) {
		t.Helper()
		plant.Eventually(t, 20*time.Second, func() string {
			var there bool
			if v, there = results()[key]; !there {
				return "the result " + key
			}
			return ""
		})
		return v
	}
	for n, way := range mes.VisionWays {
		key := fmt.Sprintf("%s-%s", l.Lot, way)
		w.send(way, l, key)
		v := until(key)
		if v.Way != way || v.Match != mes.MatchLate || v.Verdict != mes.ResultFail && way != mes.WayRoboflow && way != mes.WayMQTT || v.Camera != "CAM-40" || v.Step != "40-2" || v.Station != "ST40" {
			t.Errorf("%s: %+v", way, v)
		}
		if way != mes.WayOPCUA && (len(v.Predictions) != 1 || v.Predictions[0].Class != "screw_missing") {
			t.Errorf("%s found %+v", way, v.Predictions)
		}
		if n == 0 {
			if now := s.readLot(t, l.Lot); len(now.Holds) == 0 {
				t.Error("a late fail does not hold the lot")
			}
		}
	}
	for _, way := range mes.VisionWays {
		w.send(way, l, l.Lot+"-same")
	}
	until(l.Lot + "-same")
	// What came after the duplicates proves that they went through.
	w.send(mes.WayOPCUA, l, l.Lot+"-end1")
	w.send(mes.WayMQTT, l, l.Lot+"-end2")
	w.send(mes.WaySQL, l, l.Lot+"-end3")
	for n := range 3 {
		until(fmt.Sprintf("%s-end%d", l.Lot, n+1))
	}
	if got, want := len(results()), len(mes.VisionWays)+4; got != want {
		t.Errorf("%d results, want %d", got, want)
	}
	n, err := s.rec.Count(t.Context(), `SELECT count(*) FROM vision_inbox_done WHERE match = 'duplicate' AND fault = ''`)
	plant.OK(t, err)
	if n != 1 {
		t.Errorf("%d rows of the inbox were duplicates", n)
	}
	// It runs at ST10 and is on hold: whoever comes next needs the place.
	s.ok(t, s.post(t, s.supervisor, "/lots/"+l.Lot+"/scrap", map[string]any{"quantity": "1", "reason": "judged bad six times"}))
}
