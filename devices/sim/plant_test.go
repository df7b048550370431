package sim_test

import (
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/opcua"
	"github.com/steelthread/steelthread/devices/sim"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // the OPC UA library prints what it does
	os.Exit(m.Run())
}

func TestMachinesRunCyclesOverOPCUA(t *testing.T) {
	p, err := sim.Start(t.Context(), sim.Options{Dir: t.TempDir(), Site: "HAM", Line: "L1", Seed: 1, Speed: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	h, err := devices.NewHub(map[string]devices.Factory{
		"opcua": opcua.Factory(opcua.Options{PKIDir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}),
		"zpl":   func(devices.Config) (devices.Device, error) { return nil, devices.ErrUnsupported },
	}, p.Info().Devices)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	for i, tt := range []struct {
		id      string
		program int
	}{{"TC-20", 7}, {"DP-30", 14}, {"LT-50", 6}, {"EOL-60", 11}, {"CR-82", 3}} {
		t.Run(tt.id, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			res, err := h.RunCycle(t.Context(), tt.id, devices.CycleRequest{Seq: uint32(i + 1), Lot: "L1", Program: tt.program})
			if err != nil {
				t.Fatal(err)
			}
			if !res.OK || len(res.Values) == 0 {
				t.Fatalf("%+v", res)
			}
			t.Log(time.Since(began), res.StartedAt, res.FinishedAt)
			for _, v := range res.Values {
				t.Log(v.Name, v.Value, v.Unit)
			}
		})
	}
}

// TestAMachineOutlivesABlackHole leaves clients in the hole that never got as far as their first word.
func TestAMachineOutlivesABlackHole(t *testing.T) {
	p, err := sim.Start(t.Context(), sim.Options{Dir: t.TempDir(), Site: "HAM", Line: "L1", Seed: 1, Speed: 100, Machines: []string{"LT-50"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	var c devices.Config
	for _, d := range p.Info().Devices {
		if d.ID == "LT-50" {
			c = d
		}
	}
	for range 3 {
		fault(t, p, sim.Fault{Target: "LT-50", Kind: sim.BlackHole})
		silent, err := net.Dial("tcp", strings.TrimPrefix(c.Address, "opc.tcp://"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := opcua.Factory(opcua.Options{PKIDir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})(c)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the hole noticed", func() bool { return d.Health().LastError != "" })
		p.ClearFaults("LT-50")
		eventually(t, "the machine connected again", func() bool { return d.Health().State == devices.Connected })
		d.Close()
		silent.Close()
	}
}
