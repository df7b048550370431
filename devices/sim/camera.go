package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

// cameraModel describes one camera: what it looks at and how its answer travels.
type cameraModel struct {
	id, station, model string
	draft              func(*rand.Rand, devices.Verdict) (scene, error)
	// overREST cameras are triggered over MQTT and answer over REST.
	overREST bool
}

var cameraModels = []cameraModel{
	{id: "CAM-30", station: "ST30", model: "bead-seg/7", draft: draftBeads},
	{id: "CAM-40", station: "ST40", model: "seal-det/4", draft: draftSeal, overREST: true},
}

// exposure is how long a shot takes at speed 1, from trigger to answer.
const exposure = 4 * time.Second

// camera is one simulated camera.
type camera struct {
	model  cameraModel
	opts   Options
	faults *faults
	log    *slog.Logger
	rest   *restSender
	client mqtt.Client
	seq    atomic.Uint64
	heard  atomic.Int64
	shots  atomic.Int64
	wg     sync.WaitGroup
}

func newCamera(m cameraModel, o Options, f *faults) *camera {
	c := &camera{model: m, opts: o, faults: f, log: o.Logger.With("camera", m.id)}
	c.seq.Store(uint64(time.Now().UnixMilli())) // grows over restarts, as a counter in a camera's flash does
	if m.overREST {
		c.rest = newRESTSender(o.Vision, c.log)
	}
	return c
}

// topic gives the camera's trigger or result topic.
func (c *camera) topic(what string) string {
	return strings.Join([]string{"steelthread", c.opts.Site, c.opts.Line, c.model.id, what}, "/")
}

// run keeps the camera on the broker until ctx ends. A real camera forgets triggers that it was not there to hear, so its
// session is clean.
func (c *camera) run(ctx context.Context) {
	o := mqtt.NewClientOptions().AddBroker(c.opts.MQTT.URL).SetClientID("sim-" + c.opts.Site + "-" + c.model.id).
		SetUsername(c.opts.MQTT.User).SetPassword(c.opts.MQTT.Password).
		SetCleanSession(true).SetConnectRetry(true).SetConnectRetryInterval(time.Second).
		SetAutoReconnect(true).SetMaxReconnectInterval(2 * time.Second).SetConnectTimeout(2 * time.Second).
		SetKeepAlive(5 * time.Second).SetPingTimeout(3 * time.Second).SetWriteTimeout(3 * time.Second)
	o.SetOnConnectHandler(func(client mqtt.Client) {
		client.Subscribe(c.topic("trigger"), 1, func(_ mqtt.Client, m mqtt.Message) { c.hear(ctx, m.Payload()) })
	})
	for ctx.Err() == nil {
		c.client = mqtt.NewClient(o)
		c.client.Connect()
		c.stay(ctx, func() bool { return !c.faults.on(c.model.id, Disconnect) })
		c.client.Disconnect(100)
		c.stay(ctx, func() bool { return c.faults.on(c.model.id, Disconnect) })
	}
	c.wg.Wait()
}

// stay waits while the condition holds.
func (c *camera) stay(ctx context.Context, while func() bool) {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for while() {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// hear takes a trigger. The work is done aside, because a camera that computes still listens.
func (c *camera) hear(ctx context.Context, payload []byte) {
	var s devices.Shot
	if err := json.Unmarshal(payload, &s); err != nil || s.ID == "" {
		c.log.Warn("a trigger without a shot is ignored", "error", err)
		return
	}
	c.heard.Add(1)
	if c.faults.on(c.model.id, Silence) {
		return
	}
	client := c.client
	c.wg.Go(func() {
		if err := c.shoot(ctx, client, s); err != nil && ctx.Err() == nil {
			c.log.Warn("the result is lost", "shot", s.ID, "error", err)
		}
	})
}

func (c *camera) shoot(ctx context.Context, client mqtt.Client, s devices.Shot) error {
	wait := time.Duration(float64(exposure)/c.opts.Speed) + c.faults.late(c.model.id)
	if !sleep(ctx, wait) {
		return ctx.Err()
	}
	r, err := c.judge(s)
	if err != nil {
		return err
	}
	c.shots.Add(1)
	copies := 1
	if v, ok := c.faults.get(c.model.id, Duplicate); ok {
		copies += int(v)
	}
	for range copies {
		if err := c.answer(ctx, client, r); err != nil {
			return err
		}
	}
	return nil
}

// judge takes the picture. The same shot gives the same picture and verdict again, whatever happened in between.
func (c *camera) judge(s devices.Shot) (devices.CameraResult, error) {
	dice := dice(c.opts.Seed, c.model.id, s.Lot, s.ID)
	reject, undecided := c.opts.RejectRate, 0.0
	if v, ok := c.faults.get(c.model.id, RejectRate); ok {
		reject = v
	}
	if v, ok := c.faults.get(c.model.id, UndecidedRate); ok {
		undecided = v
	}
	sc, err := c.model.draft(dice, outcome(dice, reject, undecided))
	if err != nil {
		return devices.CameraResult{}, fmt.Errorf("draw picture: %w", err)
	}
	return devices.CameraResult{
		Shot: s.ID, Seq: c.seq.Add(1), Camera: c.model.id, Lot: s.Lot, Operation: s.Operation, Step: s.Step,
		Verdict: sc.verdict, Confidence: sc.confidence, Model: c.model.model, Measurements: sc.measurements,
		Predictions: sc.predictions, CapturedAt: time.Now().UTC(), Image: sc.png,
	}, nil
}

func (c *camera) answer(ctx context.Context, client mqtt.Client, r devices.CameraResult) error {
	if c.rest != nil {
		return c.rest.send(ctx, r)
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	t := client.Publish(c.topic("result"), 1, false, b)
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// config gives the device configuration with which the camera is reached.
func (c *camera) config() devices.Config {
	out := devices.Config{ID: c.model.id, Site: c.opts.Site, Station: c.model.station, Driver: "mqtt-camera",
		Address: c.opts.MQTT.URL, Security: devices.Security{User: c.opts.MQTT.User, Password: c.opts.MQTT.Password},
		Profile: devices.Profile{Name: "mqtt-camera", Attempts: 3, Timeout: devices.Duration(3 * time.Second),
			CycleTimeout: devices.Duration(30 * time.Second)},
		Tags: map[string]string{"trigger": c.topic("trigger")}}
	if !c.model.overREST {
		out.Tags["result"] = c.topic("result")
	}
	return out
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
