package devicetest_test

import (
	"testing"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/devicetest"
	"github.com/steelthread/steelthread/devices/sim"
	"github.com/steelthread/steelthread/devices/sim/relay"
	"github.com/steelthread/steelthread/devices/zpl"
)

func TestZPLAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	p, err := sim.Start(t.Context(), sim.Options{Dir: t.TempDir(), Site: "HAM", Line: "L1", Machines: []string{"none"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	r, err := relay.Listen("127.0.0.1:0", p.Info().Printer["PR-70"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	fault := func(kind sim.Kind) func(*testing.T, bool) {
		return func(t *testing.T, on bool) {
			p.ClearFaults("PR-70")
			if !on {
				return
			}
			if err := p.SetFault(sim.Fault{Target: "PR-70", Kind: kind}); err != nil {
				t.Fatal(err)
			}
		}
	}
	devicetest.RunPrinter(t, devicetest.PrinterHarness{
		Config: devices.Config{ID: "PR-70", Site: "HAM", Driver: "zpl", Address: r.Addr()}, Relay: r,
		Open: zpl.Factory(zpl.Options{}), PaperOut: fault(sim.PaperOut), Silence: fault(sim.Silence),
		Printed: func(job string) (n int) {
			labels, err := p.Labels("PR-70")
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range labels {
				if l.Job == job {
					n++
				}
			}
			return n
		},
	})
}
