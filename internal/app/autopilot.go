package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/steelthread/steelthread/internal/autopilot"
	"github.com/steelthread/steelthread/internal/runfile"
)

// Autopilot is the command that plays the operators of a running demo plant.
type Autopilot struct {
	RunFile string   `name:"run" default:"data/run.json" help:"The run.json of the system to play in."`
	Speed   float64  `default:"0" help:"How many times faster than people; 0 takes the simulated plant's speed."`
	Orders  bool     `default:"true" negatable:"" help:"Also play the ERP that asks for more."`
	Pause   []string `help:"Rest at these stations from now on, so that a person can take them over, and end."`
	Resume  []string `help:"Work at these stations again, and end."`
}

// Run plays until the context ends, or only sets pauses.
func (a Autopilot) Run(ctx context.Context) error {
	dir := filepath.Dir(a.RunFile)
	if len(a.Pause)+len(a.Resume) > 0 {
		at, err := autopilot.Pause(dir, a.Pause, a.Resume)
		if err != nil {
			return err
		}
		_, err = fmt.Printf("The autopilot rests at: %s\n", dash(strings.Join(at, ", ")))
		return err
	}
	run, err := runfile.ReadFile(a.RunFile)
	if err != nil {
		return fmt.Errorf("no running system is found: %w", err)
	}
	_, log, _, err := prepare(ctx, "autopilot", "")
	if err != nil {
		return err
	}
	if a.Speed == 0 && run.Sim != nil {
		a.Speed = run.Sim.Speed
	}
	err = autopilot.Run(ctx, autopilot.Options{Run: run, Dir: dir, Speed: a.Speed, Orders: a.Orders, Log: log})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// startAutopilot plays inside this process, through the same public door as from outside.
func (h *house) startAutopilot() error {
	if !h.Up.Autopilot {
		return nil
	}
	if h.demo == nil {
		return fmt.Errorf("--autopilot plays the demo plant; it needs --demo")
	}
	o := autopilot.Options{Run: h.runFile(), Dir: h.folder.dir, Speed: h.Speed, Orders: true, Log: h.log}
	h.background("autopilot", func(ctx context.Context) error { return autopilot.Run(ctx, o) }, func(err error) {
		h.log.Error("the autopilot has ended; the system goes on without it", "err", err)
	})
	return nil
}
