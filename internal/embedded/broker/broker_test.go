package broker

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

const wait = 5 * time.Second

var users = []User{
	{Name: "camera", Password: "c-pw", Publish: []string{"vision/HAM"}},
	{Name: "edge", Password: "e-pw", Subscribe: []string{"vision/HAM", "status"}, Publish: []string{"status"}},
}

func start(t *testing.T, maxInflight uint16) *Broker {
	t.Helper()
	b, err := Start(Options{Users: users, MaxInflight: maxInflight, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func dial(b *Broker, id, user, password string, clean bool) (paho.Client, error) {
	c := paho.NewClient(paho.NewClientOptions().AddBroker(b.URL()).SetClientID(id).SetUsername(user).SetPassword(password).
		SetCleanSession(clean).SetAutoReconnect(false).SetConnectRetry(false))
	token := c.Connect()
	if !token.WaitTimeout(wait) {
		return nil, fmt.Errorf("no answer within %v", wait)
	}
	return c, token.Error()
}

func connect(t *testing.T, b *Broker, user, password string, clean bool) paho.Client {
	t.Helper()
	c, err := dial(b, user+"-1", user, password, clean)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

// subscribe returns what the broker grants: a QoS, or 128 for a refusal.
func subscribe(t *testing.T, c paho.Client, filter string, got chan<- string) byte {
	t.Helper()
	token := c.Subscribe(filter, 1, func(_ paho.Client, m paho.Message) { got <- m.Topic() + " " + string(m.Payload()) })
	if !token.WaitTimeout(wait) {
		t.Fatalf("no answer to the subscription of %s", filter)
	}
	return token.(*paho.SubscribeToken).Result()[filter]
}

func publish(t *testing.T, c paho.Client, topic, text string) {
	t.Helper()
	if token := c.Publish(topic, 1, false, text); !token.WaitTimeout(wait) {
		t.Fatalf("no answer to the message on %s", topic)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(wait); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", wait, what)
		}
	}
}

func TestMessagesReachOnlyWhoMayReadThem(t *testing.T) {
	b := start(t, 0)
	camera, edge := connect(t, b, "camera", "c-pw", true), connect(t, b, "edge", "e-pw", true)
	got := make(chan string, 10)
	for filter, want := range map[string]byte{
		"vision/HAM/#": 1, "vision/HAM/+/result": 1, "status": 1, "#": 128, "vision/#": 128, "+/HAM/#": 128, "vision/HAMBURG": 128, "$SYS/#": 128,
	} {
		if granted := subscribe(t, edge, filter, got); granted != want {
			t.Errorf("the subscription of %s is answered with %d, want %d", filter, granted, want)
		}
	}
	if granted := subscribe(t, camera, "vision/HAM/#", got); granted != 128 {
		t.Errorf("a camera may read: %d", granted)
	}
	camera.Publish("status", 1, false, "not mine")
	eventually(t, "the camera is disconnected", func() bool { return !camera.IsConnected() })
	camera = connect(t, b, "camera", "c-pw", true)
	publish(t, camera, "vision/HAM/CAM-30/image", "pixels")
	select {
	case m := <-got:
		if m != "vision/HAM/CAM-30/image pixels" {
			t.Errorf("got %q", m)
		}
	case <-time.After(wait):
		t.Error("the image does not arrive")
	}
	// The library counts a message after it has handed it over, and a client after it has gone.
	eventually(t, "the counters tell of two clients and the image", func() bool {
		s := b.Stats()
		return s.Clients == 2 && s.Received >= 1 && s.Sent >= 1
	})
}

func TestLoginNeedsTheRightPassword(t *testing.T) {
	b := start(t, 0)
	for _, c := range [][2]string{{"camera", "guess"}, {"camera", ""}, {"nobody", "c-pw"}, {"", ""}} {
		if _, err := dial(b, "x", c[0], c[1], true); err == nil {
			t.Errorf("%q with %q is let in", c[0], c[1])
		}
	}
}

func TestDroppedMessagesAreCounted(t *testing.T) {
	b := start(t, 5)
	away := connect(t, b, "edge", "e-pw", false)
	subscribe(t, away, "vision/HAM/#", make(chan string, 10))
	away.Disconnect(100)
	camera := connect(t, b, "camera", "c-pw", true)
	if n := b.InflightDropped(); n != 0 {
		t.Fatalf("%d dropped before any message", n)
	}
	for i := range 20 {
		publish(t, camera, "vision/HAM/CAM-30", fmt.Sprint(i))
	}
	eventually(t, "15 of 20 messages are counted as dropped", func() bool { return b.InflightDropped() == 15 })
}

func TestStopFreesThePort(t *testing.T) {
	b := start(t, 0)
	client := connect(t, b, "edge", "e-pw", true)
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", b.Address())
	if err != nil {
		t.Fatalf("the port stays taken: %v", err)
	}
	defer func() { _ = l.Close() }()
	eventually(t, "the client is disconnected", func() bool { return !client.IsConnected() })
	if _, err := Start(Options{Port: l.Addr().(*net.TCPAddr).Port}); err == nil || !strings.Contains(err.Error(), "choose another one") {
		t.Errorf("on a taken port: %v", err)
	}
}

func TestStartRefusesUsersWithoutSecret(t *testing.T) {
	for name, list := range map[string][]User{
		"no password": {{Name: "a"}}, "no name": {{Password: "p"}}, "twice": {{Name: "a", Password: "p"}, {Name: "a", Password: "q"}},
	} {
		if b, err := Start(Options{Users: list}); err == nil {
			t.Errorf("%s: started on %s, %v", name, b.Address(), b.Stop())
		}
	}
}

func TestWarningsDropChatter(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newWarnings(slog.NewTextHandler(&out, nil))).With("a", 1)
	log.Info("chatter")
	log.Warn("", "error", "EOF")
	log.Warn("disk full", "pk", "a picture", "client", "c")
	for range 3 {
		log.Warn(quotaReached)
	}
	text := out.String()
	if strings.Count(text, "\n") != 2 || !strings.Contains(text, `msg="disk full" a=1 part=broker client=c`+"\n") {
		t.Errorf("the log reads %q", text)
	}
}
