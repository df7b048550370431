package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/steelthread/steelthread/devices/sim"
	"github.com/steelthread/steelthread/internal/telemetry"
)

// Sim is the command that plays the simulated plant, in a process of its own.
type Sim struct {
	Dir        string  `default:"data/sim" help:"Folder of the plant: memories of machines, certificates, printed labels, the ERP's inbox, sim.json."`
	Site       string  `default:"HAM" help:"Site that the plant plays."`
	Line       string  `default:"L1" help:"Line that the plant plays."`
	Seed       uint64  `default:"1" help:"The same seed makes the same lots good and bad."`
	Speed      float64 `default:"6" help:"How many times faster than real machines."`
	RejectRate float64 `default:"0" help:"Share of bad parts and pictures, 0 to 1."`
	// WithParent ends the plant when its standard input closes, which the kernel does when the process that started it
	// ends in whatever way.
	WithParent bool `hidden:""`
}

// Run plays until the context ends.
func (s Sim) Run(ctx context.Context) error {
	log, err := telemetry.NewLog(os.Stderr, "info", "text")
	if err != nil {
		return err
	}
	slog.SetDefault(log)
	p, err := agree(s.Dir)
	if err != nil {
		return fmt.Errorf("settle the broker's address: %w", err)
	}
	if s.WithParent {
		var stop context.CancelFunc
		ctx, stop = context.WithCancel(ctx)
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // ends with the parent, or by an error that means the same
			stop()
		}()
	}
	return sim.Run(ctx, sim.Options{
		Dir: s.Dir, Site: s.Site, Line: s.Line, Seed: s.Seed, Speed: s.Speed, RejectRate: s.RejectRate,
		MQTT:   sim.MQTT{URL: p.MQTT.URL, User: p.MQTT.User, Password: p.MQTT.Password},
		Vision: sim.Vision{Locate: locate(s.Dir), Token: token(s.Dir)},
		Logger: log,
	})
}
