package devicetest_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/devicetest"
	"github.com/steelthread/steelthread/devices/mqtt"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

// broker is a mosquitto of its own, with a password file and with persistence.
type broker struct {
	path, conf string
	port       int
	mu         sync.Mutex
	cmd        *exec.Cmd
}

func startBroker(t *testing.T) *broker {
	t.Helper()
	b := &broker{port: freePort(t)}
	for _, p := range []string{"/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"} {
		if _, err := os.Stat(p); err == nil {
			b.path = p
		}
	}
	passwd, err := exec.LookPath("mosquitto_passwd")
	if b.path == "" || err != nil {
		missing(t, "mosquitto is not installed")
	}
	dir := t.TempDir()
	users := filepath.Join(dir, "users")
	if out, err := exec.Command(passwd, "-b", "-c", users, "mes", "correct horse").CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v %s", err, out)
	}
	b.conf = filepath.Join(dir, "mosquitto.conf")
	user := ""
	if os.Geteuid() == 0 {
		user = "user root\n" // else mosquitto leaves root and cannot write into the test's folder
	}
	conf := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous false\npassword_file %s\n%s"+
		"max_inflight_messages 0\npersistence true\npersistence_location %s/\nautosave_interval 1\nautosave_on_changes true\n", b.port, users, user, dir)
	if err := os.WriteFile(b.conf, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	b.start(t)
	t.Cleanup(func() { b.kill(t) })
	return b
}

func (b *broker) start(t *testing.T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cmd = exec.Command(b.path, "-c", b.conf)
	b.cmd.Stderr = t.Output()
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

func (b *broker) kill(*testing.T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd != nil {
		_ = b.cmd.Process.Kill()
		_ = b.cmd.Wait()
		b.cmd = nil
	}
}

// lens plays the camera over a connection of its own, straight to the broker.
type lens struct {
	client paho.Client
	cfg    devices.Config
	mu     sync.Mutex
	shots  []devices.Shot
}

func newLens(t *testing.T, b *broker, cfg devices.Config) *lens {
	l := &lens{cfg: cfg}
	o := paho.NewClientOptions().AddBroker(fmt.Sprintf("tcp://127.0.0.1:%d", b.port)).SetClientID("lens").
		SetUsername("mes").SetPassword("correct horse").SetCleanSession(false).SetConnectRetry(true).
		SetConnectRetryInterval(100 * time.Millisecond).SetMaxReconnectInterval(200 * time.Millisecond).
		SetDefaultPublishHandler(l.hear)
	o.SetOnConnectHandler(func(c paho.Client) { c.Subscribe(cfg.Tags["trigger"], 1, nil) })
	l.client = paho.NewClient(o)
	if tok := l.client.Connect(); !tok.WaitTimeout(10*time.Second) || tok.Error() != nil {
		t.Fatal("the camera finds no broker", tok.Error())
	}
	t.Cleanup(func() { l.client.Disconnect(50) })
	return l
}

func (l *lens) hear(_ paho.Client, m paho.Message) {
	var s devices.Shot
	if json.Unmarshal(m.Payload(), &s) == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.shots = append(l.shots, s)
	}
}

func (l *lens) heard() []devices.Shot {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.shots)
}

func (l *lens) publish(t *testing.T, payload []byte) {
	t.Helper()
	if tok := l.client.Publish(l.cfg.Tags["result"], 1, false, payload); !tok.WaitTimeout(10*time.Second) || tok.Error() != nil {
		t.Fatal("publish", tok.Error())
	}
}

func TestMQTTAgainstMosquitto(t *testing.T) {
	t.Parallel()
	b := startBroker(t)
	r, err := relay.Listen("127.0.0.1:0", fmt.Sprintf("127.0.0.1:%d", b.port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cfg := devices.Config{ID: "CAM-30", Site: "HAM", Driver: "mqtt-camera", Address: "tcp://" + r.Addr(),
		Security: devices.Security{User: "mes", Password: "correct horse"},
		Tags:     map[string]string{"trigger": "steelthread/HAM/L1/CAM-30/trigger", "result": "steelthread/HAM/L1/CAM-30/result"}}
	l := newLens(t, b, cfg)
	devicetest.RunCamera(t, devicetest.CameraHarness{
		Config: cfg, Relay: r, Kill: b.kill, Restart: b.start, Publish: l.publish, Shots: l.heard,
		Open: mqtt.Factory(mqtt.Options{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}),
	})
}
