package devicetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/devices/sim/relay"
)

// PrinterHarness is a label printer, with the handles by which the suite breaks it.
type PrinterHarness struct {
	// Config reaches the printer through Relay.
	Config devices.Config
	Relay  *relay.Relay
	Open   func(devices.Config) (devices.Device, error)
	// Printed counts the labels with a job ID that came out of the printer.
	Printed func(job string) int
	// PaperOut empties the printer, Silence makes it swallow everything without an answer.
	PaperOut, Silence func(t *testing.T, on bool)
}

const label = "^XA^FO40,40^A0N,40,40^FDINV-200^FS^FO40,100^BXN,6,200^FD010401234567890121A1^FS^XZ"

// RunPrinter puts a printer's driver through the suite.
func RunPrinter(t *testing.T, h PrinterHarness) {
	h.Config.Profile = devices.Profile{Timeout: devices.Duration(1500 * time.Millisecond)}
	d, err := h.Open(h.Config)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := d.(devices.Printer)
	if !ok {
		t.Fatalf("%T is no printer", d)
	}
	defer p.Close()
	t.Run("prints a job once, told twice", func(t *testing.T) {
		for range 2 {
			if err := p.Print(t.Context(), "job-1", label); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.Printed("job-1"); n != 1 {
			t.Errorf("%d labels", n)
		}
		if st := p.Health(); st.State != devices.Connected || st.LastData.IsZero() {
			t.Errorf("%+v", st)
		}
	})
	t.Run("refuses what is no single label", func(t *testing.T) {
		for i, bad := range []string{"", "hello", label + label, "^XA^FDx^FS~JA^XZ"} {
			if err := p.Print(t.Context(), fmt.Sprintf("bad-%d", i), bad); err == nil {
				t.Errorf("%q is printed", bad)
			}
		}
		if err := p.Print(t.Context(), "a job^FS", label); err == nil {
			t.Error("a job ID breaks out of its comment")
		}
	})
	t.Run("says why an empty printer does not print, and prints when it is filled", func(t *testing.T) {
		h.PaperOut(t, true)
		if err := p.Print(t.Context(), "job-2", label); !errors.Is(err, devices.ErrRefused) {
			t.Errorf("no paper: %v", err)
		}
		h.PaperOut(t, false)
		if err := p.Print(t.Context(), "job-2", label); err != nil || h.Printed("job-2") != 1 {
			t.Errorf("%v, %d labels", err, h.Printed("job-2"))
		}
	})
	for _, c := range []struct {
		name string
		hurt func(on bool)
	}{
		{"silent", func(on bool) { h.Silence(t, on) }},
		{"swallowed", func(on bool) { h.Relay.BlackHole(on) }},
		{"gone", func(on bool) {
			if on {
				h.Relay.Down()
			} else if err := h.Relay.Up(); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run("never counts silence as printed: "+c.name, func(t *testing.T) {
			c.hurt(true)
			began, job := time.Now(), "job-"+c.name
			if err := p.Print(t.Context(), job, label); !errors.Is(err, devices.ErrNoAnswer) {
				t.Errorf("error %v", err)
			}
			if d := time.Since(began); d > 3*time.Second {
				t.Errorf("giving up took %s", d)
			}
			if n := h.Printed(job); n != 0 {
				t.Errorf("%d labels came out", n)
			}
			c.hurt(false)
			if err := p.Print(t.Context(), job, label); err != nil || h.Printed(job) != 1 {
				t.Errorf("afterwards: %v, %d labels", err, h.Printed(job))
			}
		})
	}
}
