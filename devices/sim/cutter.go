package sim

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
)

// cutterModel describes a machine that cuts stock by itself and tells of it over MQTT, in words of its own.
type cutterModel struct{ id, station, name string }

var cutterModels = []cutterModel{{id: "CU-80", station: "ST80", name: "Hose cutter"}}

const (
	// cutting and ready are how long the cutter works, and how long it rests for the next reel. They do not follow the plant's
	// speed: a log of states in tenths of a second is of no use to anybody.
	cutting = 60 * time.Second
	ready   = 30 * time.Second
	// piece is the time of one cut at speed 1; beat is how often it tells its state even if nothing has changed.
	piece = 4 * time.Second
	beat  = 2 * time.Second
)

// cutter is one simulated cutter.
type cutter struct {
	model  cutterModel
	opts   Options
	faults *faults
	log    *slog.Logger
	upsets upsets

	mu            sync.Mutex
	state         string
	until         time.Time
	alarm, text   string
	pieces, scrap int64
	cut           time.Time
	sent          map[string]string
	beaten        time.Time
}

func newCutter(m cutterModel, o Options, f *faults) *cutter {
	return &cutter{model: m, opts: o, faults: f, log: o.Logger.With("machine", m.id), upsets: upsets{}, state: "READY", sent: map[string]string{}}
}

func (c *cutter) topic(what string) string {
	return strings.Join([]string{"steelthread", c.opts.Site, c.opts.Line, c.model.id, what}, "/")
}

// config is the device configuration with which the cutter is reached.
func (c *cutter) config() devices.Config {
	status := c.topic("status") + "#"
	return devices.Config{ID: c.model.id, Site: c.opts.Site, Station: c.model.station, Driver: "mqtt", Address: c.opts.MQTT.URL,
		Security: devices.Security{User: c.opts.MQTT.User, Password: c.opts.MQTT.Password},
		Tags:     map[string]string{"state": status + "state", "alarm": status + "alarm", "alarm_text": status + "alarm_text", "pieces": c.topic("pieces"), "scrap": c.topic("scrap")},
		Live:     []devices.LiveSpec{{Name: "state", Tag: "state", Label: "State"}, {Name: "pieces", Tag: "pieces", Label: "Pieces"}}}
}

// run keeps the cutter on the broker until ctx ends.
func (c *cutter) run(ctx context.Context) {
	o := mqtt.NewClientOptions().AddBroker(c.opts.MQTT.URL).SetClientID("sim-" + c.opts.Site + "-" + c.model.id).
		SetUsername(c.opts.MQTT.User).SetPassword(c.opts.MQTT.Password).SetCleanSession(true).
		SetConnectRetry(true).SetConnectRetryInterval(time.Second).SetAutoReconnect(true).SetMaxReconnectInterval(2 * time.Second).
		SetConnectTimeout(2 * time.Second).SetKeepAlive(5 * time.Second).SetPingTimeout(3 * time.Second).SetWriteTimeout(3 * time.Second)
	for ctx.Err() == nil {
		client := mqtt.NewClient(o)
		client.Connect()
		c.work(ctx, client)
		client.Disconnect(100)
		for ctx.Err() == nil && c.faults.on(c.model.id, Disconnect) {
			sleep(ctx, 100*time.Millisecond)
		}
	}
}

// work scans and publishes while it may be connected.
func (c *cutter) work(ctx context.Context, client mqtt.Client) {
	t := time.NewTicker(scanTime)
	defer t.Stop()
	for !c.faults.on(c.model.id, Disconnect) {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			messages := c.scan(now)
			if !client.IsConnected() || c.faults.on(c.model.id, Silence) {
				c.forget()
				continue
			}
			for _, m := range messages {
				client.Publish(m.topic, 0, false, m.payload)
			}
		}
	}
	c.forget()
}

// forget makes it tell everything again once it is heard.
func (c *cutter) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.sent)
}

type message struct{ topic, payload string }

// scan is one turn of the cutter. It gives what there is to tell.
func (c *cutter) scan(now time.Time) []message {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.model.id
	if code, on, changed := c.upsets.turned(c.faults, id, Stop); changed {
		c.state, c.alarm, c.text, c.until = "READY", "", "", now.Add(ready)
		if on {
			c.state, c.alarm, c.text = "FAULT", alarmCode(int(code)), alarms[int(code)]
		}
	}
	if _, on, changed := c.upsets.turned(c.faults, id, CounterReset); changed && on {
		c.pieces, c.scrap = 0, 0
	}
	if back, on, changed := c.upsets.turned(c.faults, id, CounterBack); changed && on {
		c.pieces -= min(int64(max(back, 1)), c.pieces)
	}
	c.turn(now)
	return c.news(now)
}

// turn works, and rests.
func (c *cutter) turn(now time.Time) {
	if c.state != "FAULT" && !now.Before(c.until) {
		if c.state == "READY" {
			c.state, c.until, c.cut = "CUTTING", now.Add(cutting), now
		} else {
			c.state, c.until = "READY", now.Add(ready)
		}
	}
	each := max(time.Duration(float64(piece)/c.opts.Speed), 200*time.Millisecond)
	if c.state != "CUTTING" || now.Sub(c.cut) < each {
		return
	}
	c.cut = now
	c.pieces++
	rate := c.opts.RejectRate
	if v, ok := c.faults.get(c.model.id, RejectRate); ok {
		rate = v
	}
	if dice(c.opts.Seed, c.model.id, strconv.FormatInt(c.pieces, 10)).Float64() < rate {
		c.scrap++
	}
}

// news is what has changed since it was told, and everything now and then.
func (c *cutter) news(now time.Time) []message {
	state, field := c.state, "state"
	if c.faults.on(c.model.id, Flicker) && flickersOn(now) {
		state = "FAULT"
	}
	if c.faults.on(c.model.id, Rename) {
		field = "machine_state"
	}
	if now.Sub(c.beaten) >= beat {
		c.beaten = now
		clear(c.sent)
	}
	at := now
	if off, on := c.faults.get(c.model.id, Clock); on {
		at = now.Add(time.Duration(off * float64(time.Second)))
	}
	var out []message
	tell := func(topic, key, payload string) {
		if c.sent[topic] != key {
			c.sent[topic] = key
			out = append(out, message{topic, payload})
		}
	}
	status := map[string]any{field: state, "alarm": c.alarm, "alarm_text": c.text}
	key, _ := json.Marshal(status) // words only
	status["at"] = at.UTC().Format(time.RFC3339Nano)
	body, _ := json.Marshal(status)
	tell(c.topic("status"), string(key), string(body))
	if n, on := c.faults.get(c.model.id, Flood); on {
		for range int(n * scanTime.Seconds()) {
			out = append(out, message{c.topic("status"), string(body)})
		}
	}
	tell(c.topic("pieces"), strconv.FormatInt(c.pieces, 10), strconv.FormatInt(c.pieces, 10))
	tell(c.topic("scrap"), strconv.FormatInt(c.scrap, 10), strconv.FormatInt(c.scrap, 10))
	return out
}

// look is the cutter as the fault board shows it.
func (c *cutter) look() MachineState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return MachineState{Running: true, Tags: map[string]any{"state": c.state, "alarm": c.alarm, "pieces": c.pieces, "scrap": c.scrap}}
}
