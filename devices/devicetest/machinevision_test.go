package devicetest_test

import (
	"errors"
	"testing"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/devicetest"
	"github.com/steelthread/steelthread/devices/sim"
)

func TestMachineVisionCamera(t *testing.T) {
	v, err := sim.StartVisionServer("MV-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	devicetest.RunResultNodes(t, devicetest.ResultNodesHarness{Config: v.Config("HAM", "ST30"), Relay: v.Relay(), Open: openOPCUA(t), Show: v.Show, Announce: v.Announce, BadQuality: v.Bad,
		Kill: func(*testing.T) { v.Kill() }, Asked: v.Asked,
		Restart: func(t *testing.T) {
			if err := v.Start(); err != nil {
				t.Fatal(err)
			}
		}})
}

func TestAMachineVisionCameraNeedsItsNodes(t *testing.T) {
	_, err := openOPCUA(t)(devices.Config{ID: "MV-1", Site: "HAM", Driver: "opcua-camera", Address: "opc.tcp://127.0.0.1:1", Tags: map[string]string{"verdict": "ns=1;s=Verdict"}})
	var field *devices.FieldError
	if !errors.As(err, &field) || field.Field != `tags["result_counter"]` {
		t.Errorf("%v", err)
	}
}
