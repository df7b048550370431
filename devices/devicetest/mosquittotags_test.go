package devicetest_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/mqtt"
)

// newest keeps the last value of each tag.
type newest struct {
	mu   sync.Mutex
	last map[string]devices.Value
}

func (n *newest) take(v devices.Value) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last[v.Tag] = v
}

// await waits until a tag is as it should be.
func (n *newest) await(t *testing.T, tag, what string, is func(devices.Value) bool) devices.Value {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		n.mu.Lock()
		v, seen := n.last[tag]
		n.mu.Unlock()
		if seen && is(v) {
			return v
		}
		if time.Now().After(deadline) {
			t.Fatalf("tag %s is %+v, want %s", tag, v, what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func good(want any) func(devices.Value) bool {
	return func(v devices.Value) bool { return v.Usable() && devices.Same(v.Value, want) }
}

func bad(detail string) func(devices.Value) bool {
	return func(v devices.Value) bool {
		return v.Quality == devices.Bad && v.Value == nil && strings.Contains(v.Detail, detail)
	}
}

// TestTagsOverMosquitto watches a machine that publishes its tags: JSON with fields and a clock, plain payloads, what can't be read,
// a renamed field, and a broker that is killed and comes back.
func TestTagsOverMosquitto(t *testing.T) {
	t.Parallel()
	b := startBroker(t)
	cfg := devices.Config{ID: "CU-80", Site: "HAM", Station: "ST80", Driver: "mqtt", Address: fmt.Sprintf("tcp://127.0.0.1:%d", b.port),
		Security: devices.Security{User: "mes", Password: "correct horse"}, Tags: map[string]string{"state": "cu/status#now.state", "pieces": "cu/pieces", "door": "cu/door"}}
	d, err := mqtt.OpenTags(cfg, mqtt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	seen := &newest{last: map[string]devices.Value{}}
	if err := d.Subscribe(t.Context(), []string{"state", "pieces", "door"}, seen.take); err != nil {
		t.Fatal(err)
	}
	if err := d.Subscribe(t.Context(), []string{"speed"}, seen.take); !errors.Is(err, devices.ErrUnknownTag) {
		t.Errorf("a tag that is not mapped is watched: %v", err)
	}
	machine := newMachineOnMQTT(t, b)
	// Retained, so that it does not matter who is there first.
	machine.say(t, "cu/status", `{"now":{"state":"CUTTING"},"at":"2026-11-24T08:00:00.5Z"}`)
	v := seen.await(t, "state", "CUTTING", good("CUTTING"))
	if want := time.Date(2026, 11, 24, 8, 0, 0, 5e8, time.UTC); !v.SourceTime.Equal(want) {
		t.Errorf("the machine's clock says %s, want %s", v.SourceTime, want)
	}
	machine.say(t, "cu/pieces", "41")
	seen.await(t, "pieces", "41", good(int64(41)))
	machine.say(t, "cu/door", "open")
	seen.await(t, "door", "open", good("open"))
	machine.say(t, "cu/status", `{"now":{"zustand":"CUTTING"}}`)
	seen.await(t, "state", "no such tag", bad("no such tag"))
	machine.say(t, "cu/status", `{"now":`)
	seen.await(t, "state", "a payload that can't be read", bad("can't be read"))
	machine.say(t, "cu/status", `{"now":{"state":"READY"},"quality":"Bad"}`)
	seen.await(t, "state", "what the machine itself calls bad", bad("calls it bad"))
	machine.say(t, "cu/status", `{"now":{"state":"READY"}}`)
	seen.await(t, "state", "READY", good("READY"))

	b.kill(t)
	seen.await(t, "pieces", "the loss of the connection", bad("connection lost"))
	b.start(t)
	machine.say(t, "cu/pieces", "42")
	seen.await(t, "pieces", "42 after the broker is back", good(int64(42)))
	if h := d.Health(); h.State != devices.Connected {
		t.Errorf("after the broker is back its health is %+v", h)
	}
}

// machineOnMQTT publishes over a connection of its own.
type machineOnMQTT struct{ client paho.Client }

func newMachineOnMQTT(t *testing.T, b *broker) machineOnMQTT {
	t.Helper()
	o := paho.NewClientOptions().AddBroker(fmt.Sprintf("tcp://127.0.0.1:%d", b.port)).SetClientID("cutter").
		SetUsername("mes").SetPassword("correct horse").SetCleanSession(false).SetConnectRetry(true).
		SetConnectRetryInterval(100 * time.Millisecond).SetMaxReconnectInterval(200 * time.Millisecond)
	c := paho.NewClient(o)
	if tok := c.Connect(); !tok.WaitTimeout(30*time.Second) || tok.Error() != nil {
		t.Fatal("the machine finds no broker", tok.Error())
	}
	t.Cleanup(func() { c.Disconnect(50) })
	return machineOnMQTT{c}
}

func (m machineOnMQTT) say(t *testing.T, topic, payload string) {
	t.Helper()
	if tok := m.client.Publish(topic, 1, true, payload); !tok.WaitTimeout(30*time.Second) || tok.Error() != nil {
		t.Fatal("publish", tok.Error())
	}
}
