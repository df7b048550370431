package devicetest_test

import (
	"errors"
	"io"
	"log"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/devicetest"
	"github.com/steelthread/steelthread/devices/opcua"
	"github.com/steelthread/steelthread/devices/sim"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // the OPC UA server library prints what it does
	os.Exit(m.Run())
}

func openOPCUA(t *testing.T) func(devices.Config) (devices.Device, error) {
	return opcua.Factory(opcua.Options{PKIDir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
}

// startSim plays one machine. Speed is high, so that a cycle takes some 200 ms.
func startSim(t *testing.T) (*sim.Plant, devices.Config) {
	t.Helper()
	p, err := sim.Start(t.Context(), sim.Options{Dir: t.TempDir(), Site: "HAM", Line: "L1", Seed: 7, Speed: 20,
		AllowNone: true, Machines: []string{"CR-82"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	for _, c := range p.Info().Devices {
		if c.ID == "CR-82" {
			return p, c
		}
	}
	t.Fatal("no CR-82")
	return nil, devices.Config{}
}

// through gives a copy of a configuration that leads through a relay, without security.
func through(t *testing.T, c devices.Config) (devices.Config, *relay.Relay) {
	t.Helper()
	u, err := url.Parse(c.Address)
	if err != nil {
		t.Fatal(err)
	}
	r, err := relay.Listen("127.0.0.1:0", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	c.Address, c.Security = "opc.tcp://"+r.Addr(), devices.Security{}
	c.Tags = maps.Clone(c.Tags)
	return c, r
}

func TestOPCUAAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	p, secure := startSim(t)
	cfg, r := through(t, secure)
	cfg.Tags["value"] = cfg.Tags["crimp_diameter"]
	cfg.Tags["wrong"] = cfg.Tags["program_set"]
	cfg.Tags["missing"] = "ns=1;s=NoSuchNode"
	cfg.Values = []devices.ValueSpec{{Name: "diameter", Tag: "value", Unit: "mm"}}
	devicetest.Run(t, devicetest.Harness{
		Config: cfg, Relay: r, Open: openOPCUA(t),
		Kill: func(t *testing.T) {
			if err := p.StopMachine("CR-82"); err != nil {
				t.Error(err)
			}
		},
		Restart: func(t *testing.T) {
			if err := p.StartMachine("CR-82"); err != nil {
				t.Error(err)
			}
		},
		BadQuality: func(t *testing.T, on bool) {
			p.ClearFaults("CR-82")
			if !on {
				return
			}
			if err := p.SetFault(sim.Fault{Target: "CR-82", Kind: sim.BadQuality}); err != nil {
				t.Fatal(err)
			}
		},
		Pulses: func(*testing.T) int { return p.Pulses("CR-82") },
	})
	trust(t, secure)
}

// trust checks that a driver talks to the pinned machine and to no other.
func trust(t *testing.T, cfg devices.Config) {
	cfg.Profile.Timeout = devices.Duration(15 * time.Second)
	t.Run("reads from the pinned machine", func(t *testing.T) {
		d, err := openOPCUA(t)(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if vs, err := d.(devices.Machine).Read(t.Context(), "state"); err != nil || !vs[0].Usable() {
			t.Fatalf("%v %v", vs, err)
		}
	})
	t.Run("refuses a machine with another certificate and says so", func(t *testing.T) {
		other := cfg
		other.Security.Pin = strings.Repeat("ab", 32)
		d, err := openOPCUA(t)(other)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		_, err = d.(devices.Machine).Read(t.Context(), "state")
		if !errors.Is(err, devices.ErrUntrusted) || !strings.Contains(err.Error(), cfg.Security.Pin) {
			t.Fatalf("the error does not name the certificate shown: %v", err)
		}
		if h := d.Health(); h.State == devices.Connected || h.LastError == "" {
			t.Fatalf("%+v", h)
		}
	})
}
