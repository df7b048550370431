package faults

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/test/plant"
)

// TestBrokerGoneAndBack kills the plant's own broker, a mosquitto that remembers nothing, while a camera's picture is
// waited for, and brings it back on the same port.
func TestBrokerGoneAndBack(t *testing.T) {
	plant.Gate(t)
	b := plant.StartMosquitto(t)
	f := open(t, plant.Options{Broker: b.URL})
	before := f.state(t)
	order := f.order(t, "INV-200", 2)
	_, wait := f.work(t, order, 3*time.Minute)
	for _, camera := range []string{"CAM-30", "CAM-30"} {
		f.takeAway(t, order, outage{what: "the broker is killed", part: camera, away: b.Kill, back: b.Start})
		f.further(t, order, 3)
	}
	wait()
	f.audit(t, order, 2, before)
}
