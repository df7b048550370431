package workers

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/activities/device"
	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/workers/bridge"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Edge is what the edge role of a site needs. It dials out to Temporal, the API and the devices; nothing dials in.
type Edge struct {
	Client client.Client
	Site   string
	Hub    *devices.Hub
	API    *bridge.API
	// Dir keeps what devices said while the API was away; each stream has a folder in it.
	Dir string
	Log *slog.Logger
}

// Start opens every device, begins to work, and returns how to stop.
func (e *Edge) Start(ctx context.Context) (stop func(), err error) {
	if err := e.Hub.OpenAll(); err != nil {
		e.Log.Warn("some devices could not be opened; their steps will ask the operator", "error", err)
	}
	w := worker.New(e.Client, contract.QueueDevice(e.Site), worker.Options{
		DisableWorkflowWorker:              true,
		MaxConcurrentActivityExecutionSize: 200,
		MaxConcurrentActivityTaskPollers:   4,
		WorkerStopTimeout:                  5 * time.Second,
	})
	e.register(w)
	ctx, cancel := context.WithCancel(ctx)
	go bridge.Results{Hub: e.Hub, API: e.API, Site: e.Site, Log: e.Log}.Run(ctx)
	go (&bridge.Reports{Hub: e.Hub, API: e.API, Log: e.Log}).Run(ctx)
	// These keep on disk what they were told last, so they end before the process does.
	var keeping sync.WaitGroup
	keeping.Go(func() {
		(&bridge.Machines{Hub: e.Hub, API: e.API, Site: e.Site, Dir: filepath.Join(e.Dir, "machines"), Log: e.Log}).Run(ctx)
	})
	keeping.Go(func() {
		(&bridge.Telemetry{Hub: e.Hub, API: e.API, Site: e.Site, Dir: filepath.Join(e.Dir, "telemetry"), Log: e.Log}).Run(ctx)
	})
	if err := w.Start(); err != nil {
		cancel()
		return nil, err
	}
	return func() { w.Stop(); cancel(); keeping.Wait() }, nil
}

// register is the table of all that the edge role carries.
func (e *Edge) register(w worker.ActivityRegistry) {
	for name, run := range map[string]any{
		contract.RunCycle.Name:   device.RunCycle{Machines: e.Hub}.Execute,
		contract.TakeShot.Name:   device.TakeShot{Cameras: e.Hub}.Execute,
		contract.PrintLabel.Name: device.PrintLabel{Printers: e.Hub}.Execute,
	} {
		w.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: name})
	}
}
