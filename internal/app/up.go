package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/steelthread/steelthread/internal/config"
	"github.com/steelthread/steelthread/internal/telemetry"
	"github.com/steelthread/steelthread/mes"
)

// Up is the command that runs everything in one process.
type Up struct {
	Data       string  `default:"data" help:"Data folder; made where it is missing. It holds everything that must survive."`
	Port       int     `default:"8080" help:"Port of API and screens; 0 takes a free one."`
	Host       string  `default:"127.0.0.1" help:"Address to listen on."`
	Demo       bool    `help:"Load the demo plant, run its simulated machines, make logins and tokens (in run.json)."`
	Autopilot  bool    `help:"Let the autopilot play the operators of the demo plant."`
	Sim        string  `placeholder:"DIR" help:"Use the simulated plant that runs on this folder (mes sim --dir DIR) and not one of our own."`
	Speed      float64 `default:"6" help:"How many times faster than real the simulated plant and the autopilot work."`
	Seed       uint64  `default:"1" help:"The same seed makes the same lots good and bad."`
	RejectRate float64 `default:"0.02" help:"Share of bad parts and pictures in the simulated plant."`
}

// Run starts everything and stops it in the reverse order when the context ends or a part fails for good.
func (u Up) Run(ctx context.Context, info Info) (err error) {
	c, log, traces, err := prepare(ctx, "all", info.Version)
	if err != nil {
		return err
	}
	f, err := openFolder(u.Data)
	if err != nil {
		return err
	}
	h := &house{Up: u, info: info, config: c, log: log, traces: traces, folder: f, failed: make(chan error, 1)}
	if r, found, err := pendingRestore(f); err != nil {
		return errors.Join(err, f.close())
	} else if found {
		h.restored = &r
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	began := time.Now()
	if err := h.start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it was up
		}
		return err
	}
	log.Info("ready", "took", time.Since(began).Round(time.Millisecond), "data", f.dir)
	h.greet(os.Stdout)
	select {
	case <-ctx.Done():
		log.Info("stopping")
		return nil
	case err := <-h.failed:
		return err
	}
}

// house is everything that runs in the process. Its parts start side by side where they can and stop one after the other.
type house struct {
	Up
	info   Info
	config config.Config
	log    *slog.Logger
	traces telemetry.Traces
	folder *folder
	// failed receives the error of a part that cannot go on.
	failed chan error

	parts
	infrastructure
	edge  edgeLogin
	front *front
	demo  *demonstrated
	// restored is set when the folder came out of a backup and has not been started since.
	restored *mes.Restore
}

// start brings up what others stand on first. The times of a first start on two cores: PostgreSQL 1.5 s, then side by
// side Temporal 3 to 5 s, and migrations with the demo plant 2 s, whose simulated machines have started meanwhile.
func (h *house) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	if err := h.listen(); err != nil {
		return err
	}
	if err := h.startBroker(); err != nil {
		return err
	}
	if h.Demo {
		if err := h.beginDemo(ctx); err != nil {
			return err
		}
	}
	if err := h.startPostgres(ctx); err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.startTemporal(gctx) })
	g.Go(func() error { return h.openRecords(gctx) })
	if err := g.Wait(); err != nil {
		return err
	}
	if err := h.startKeeper(ctx); err != nil {
		return err
	}
	if err := h.startWorkers(); err != nil {
		return err
	}
	if err := h.serve(); err != nil {
		return err
	}
	if err := h.startEdge(ctx); err != nil {
		return err
	}
	return h.startAutopilot()
}

// patience is how long a start may take. The first one after a restore replays the backup's log.
func (h *house) patience() time.Duration {
	if h.restored != nil {
		return time.Hour
	}
	return 3 * time.Minute
}

// simDir is the simulated plant's folder.
func (h *house) simDir() string {
	if h.Sim != "" {
		dir, err := filepath.Abs(h.Sim)
		if err != nil {
			return h.Sim
		}
		return dir
	}
	return h.folder.path("sim")
}

// fail ends the process with an error; the first one counts.
func (h *house) fail(err error) {
	select {
	case h.failed <- err:
	default:
	}
}

// stop ends the parts in the reverse order of their start. Each gets its own time; what is not up is left out.
func (h *house) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	err := h.parts.stop(ctx)
	err = errors.Join(err, h.traces.Close(ctx), h.folder.close())
	if err != nil {
		return fmt.Errorf("stopped, but not cleanly: %w", err)
	}
	return nil
}
