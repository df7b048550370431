package faults

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/steelthread/steelthread/test/plant"
)

// TestBrokerGoneAndBack kills the plant's own broker, a mosquitto that remembers nothing, while a camera's picture is
// waited for, and brings it back on the same port.
func TestBrokerGoneAndBack(t *testing.T) {
	plant.Gate(t)
	b := startBroker(t)
	f := open(t, plant.Options{Broker: b.url})
	before := f.state(t)
	order := f.order(t, "INV-200", 2)
	_, wait := f.work(t, order, 3*time.Minute)
	for _, camera := range []string{"CAM-30", "CAM-30"} {
		f.takeAway(t, order, outage{what: "the broker is killed", part: camera, away: b.kill, back: b.start})
		f.further(t, order, 3)
	}
	wait()
	f.audit(t, order, 2, before)
}

// broker is a mosquitto under test.
type broker struct {
	program, folder, url string
	port                 int
	process              *plant.Process
}

func startBroker(t *testing.T) *broker {
	b := &broker{program: plant.Peer(t, "mosquitto"), folder: t.TempDir()}
	var err error
	b.port, err = plant.FreePort()
	plant.OK(t, err)
	b.url = fmt.Sprintf("mqtt://127.0.0.1:%d", b.port)
	config := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n", b.port)
	plant.OK(t, os.WriteFile(filepath.Join(b.folder, "mosquitto.conf"), []byte(config), 0o644))
	plant.OK(t, b.start(t.Context()))
	t.Cleanup(func() { _ = b.kill(context.Background()) })
	return b
}

func (b *broker) start(context.Context) (err error) {
	b.process, err = plant.Run("mosquitto", filepath.Join(b.folder, "mosquitto.log"), b.program, nil, "-c", filepath.Join(b.folder, "mosquitto.conf"))
	return err
}

func (b *broker) kill(context.Context) error {
	b.process.Kill()
	return nil
}
