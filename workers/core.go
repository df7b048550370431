// Package workers runs the house's workflows and activities. A process takes one or both roles: core carries workflows
// and the activities that need only the database, edge carries the activities that touch devices.
package workers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/activities/call"
	"github.com/steelthread/steelthread/activities/capa"
	"github.com/steelthread/steelthread/activities/document"
	"github.com/steelthread/steelthread/activities/gauge"
	"github.com/steelthread/steelthread/activities/hold"
	"github.com/steelthread/steelthread/activities/lot"
	"github.com/steelthread/steelthread/activities/maintenance"
	"github.com/steelthread/steelthread/activities/order"
	"github.com/steelthread/steelthread/activities/qualification"
	"github.com/steelthread/steelthread/activities/signing"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/andon"
	capaflow "github.com/steelthread/steelthread/workflows/capa"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/documentrevision"
	"github.com/steelthread/steelthread/workflows/gaugewatch"
	"github.com/steelthread/steelthread/workflows/lothold"
	"github.com/steelthread/steelthread/workflows/lotroute"
	maintflow "github.com/steelthread/steelthread/workflows/maintenance"
	"github.com/steelthread/steelthread/workflows/maintenancewatch"
	"github.com/steelthread/steelthread/workflows/qualificationwatch"
	signingflow "github.com/steelthread/steelthread/workflows/signing"
	"github.com/steelthread/steelthread/workflows/workorder"
)

// Core is what the core role needs.
type Core struct {
	Client client.Client
	Lots   mes.LotLedger
	Orders mes.OrderLedger
	// Documents brings revisions into force at their dates.
	Documents mes.DocumentLedger
	Signed    mes.SigningLedger
	CAPAs     mes.CAPALedger
	// Calls are what calls for help need of the records.
	Calls mes.CallLedger
	// Maintenance is what jobs, plans and conditions need of the records.
	Maintenance mes.MaintenanceLedger
	// Holds is what containments need of the records.
	Holds mes.ContainmentLedger
	// Certificates are reminded of at Sites, which may be nil.
	Certificates mes.QualificationLedger
	Gauges       mes.GaugeLedger // reminded of at Sites, too
	Sites        mes.Plant
	Events       mes.Events
	// Machines draws conclusions from the work around machines, and watches for silence and stops without a reason; may be nil.
	Machines mes.MachineLedger
	// Figures of shifts are stated at Sites; nil states none.
	Figures mes.FigureLedger
	// Telemetry is rolled up and dropped when its Retention is over; nil leaves it alone.
	Telemetry mes.TelemetryLedger
	Retention mes.Retention
	// Open lists lots, so that workflows which were left behind by a lost process are told; nil tells nobody.
	Open    mes.Lots
	Log     *slog.Logger
	changes order.Changes

	// Dispatching.

	// Queues keeps the dispatch log of Sites; nil keeps none.
	Queues mes.DispatchLedger
}

// options of the core worker. Workflow tasks carry the local activities that write to the database, so their number
// bounds the connections that commands use. Sticky runs stay in memory: about 30 KB for a lot in process. A task that
// waits for a worker that was killed goes to another after a second, not after the SDK's five.
func (c *Core) options() worker.Options {
	return worker.Options{
		MaxConcurrentWorkflowTaskExecutionSize:  64,
		MaxConcurrentLocalActivityExecutionSize: 64,
		MaxConcurrentActivityExecutionSize:      5000, // each released order holds one, which sleeps
		MaxConcurrentWorkflowTaskPollers:        8,
		MaxConcurrentActivityTaskPollers:        2,
		StickyScheduleToStartTimeout:            time.Second,
		WorkerStopTimeout:                       5 * time.Second,
	}
}

// Start begins to work and returns how to stop. The listener for changes ends with ctx.
func (c *Core) Start(ctx context.Context) (stop func(), err error) {
	w := worker.New(c.Client, contract.QueueCore, c.options())
	c.register(w)
	ctx, cancel := context.WithCancel(ctx)
	go c.follow(ctx)
	if err := w.Start(); err != nil {
		cancel()
		return nil, err
	}
	if c.Open != nil {
		go Recovery{Client: c.Client, Open: c.Open, Ledger: c.Lots, Log: c.Log}.Run(ctx)
	}
	if c.Sites != nil {
		go c.remind(ctx)
	}
	if c.CAPAs != nil {
		go c.takeUp(ctx)
	}
	if c.Calls != nil {
		go c.watchCalls(ctx)
	}
	if c.Maintenance != nil {
		go c.takeUpMaintenance(ctx)
	}
	if c.Queues != nil && c.Sites != nil {
		go queueWatch{ledger: c.Queues, sites: c.Sites, events: c.Events, log: c.Log, gather: queueGather, every: queueEvery}.Run(ctx)
	}
	if c.Machines != nil {
		go c.watchMachines(ctx)
	}
	if c.Telemetry != nil {
		go c.tendTelemetry(ctx)
	}
	if c.Figures != nil && c.Sites != nil {
		go Stating{Ledger: c.Figures, Sites: c.Sites, Log: c.Log}.Run(ctx)
	}
	return func() { w.Stop(); cancel() }, nil
}

// follow listens for changes of orders, again after each failure: without it waits only take longer.
func (c *Core) follow(ctx context.Context) {
	for ctx.Err() == nil {
		if err := c.changes.Follow(ctx, c.Events); err != nil && ctx.Err() == nil {
			c.Log.Warn("listening for changes of orders failed; waits poll until it is back", "error", err)
			pause(ctx, time.Second)
		}
	}
}

// remind sees that every site has its reminders of certificates. A site that is imported later gets them with its first
// certificate.
func (c *Core) remind(ctx context.Context) {
	for ctx.Err() == nil {
		sites, err := c.Sites.Sites(ctx)
		for _, site := range sites {
			err = errors.Join(err, contract.WakeQualificationWatch(ctx, c.Client, site), contract.WakeGaugeWatch(ctx, c.Client, site))
		}
		if err == nil {
			return
		}
		c.Log.Debug("the reminders of certificates wait", "error", err)
		pause(ctx, recoveryRetry)
	}
}

// takeUp sees that every open CAPA has its workflow, also after the engine was restored without it.
func (c *Core) takeUp(ctx context.Context) {
	for ctx.Err() == nil {
		open, err := c.CAPAs.OpenCAPAs(ctx)
		for _, o := range open {
			err = errors.Join(err, contract.StartCAPA(ctx, c.Client, contract.CAPAInput(o)))
		}
		if err == nil {
			return
		}
		c.Log.Debug("the workflows of CAPAs wait", "error", err)
		pause(ctx, recoveryRetry)
	}
}

// register is the table of all that the core role carries.
func (c *Core) register(w worker.Registry) {
	for name, run := range map[string]any{
		contract.WorkOrder.Name:          workorder.WorkOrder,
		contract.LotRoute.Name:           lotroute.LotRoute,
		contract.Signing.Name:            signingflow.Signing,
		contract.QualificationWatch.Name: qualificationwatch.QualificationWatch,
		contract.DocumentRevision.Name:   documentrevision.DocumentRevision,

		// Reactions.

		// Verdicts, models.

		// Inspection review.

		// Containment.
		contract.LotHold.Name: lothold.LotHold,

		// Statistical process control.

		// Inspection plans, gauges.
		contract.GaugeWatch.Name: gaugewatch.GaugeWatch,

		// Nonconformances.

		// Corrective and preventive action.
		contract.CAPA.Name: capaflow.CAPA,

		// Recall, split, merge.

		// Machines.

		// Shift calendar, OEE.

		// Telemetry.

		// Maintenance.
		contract.Maintenance.Name:      maintflow.Maintenance,
		contract.MaintenanceDue.Name:   maintflow.Due,
		contract.MaintenanceWatch.Name: maintenancewatch.MaintenanceWatch,

		// Andon, line board.
		contract.Andon.Name: andon.Andon,

		// Dispatching.
	} {
		w.RegisterWorkflowWithOptions(run, workflow.RegisterOptions{Name: name})
	}
	start := func(ctx context.Context, in contract.LotRouteInput, number, line string) error {
		return contract.StartLotRoute(ctx, c.Client, in, number, line)
	}
	for name, run := range map[string]any{
		contract.LoadPlan.Name:             lot.LoadPlan{Ledger: c.Lots}.Execute,
		contract.RecordLot.Name:            lot.Record{Ledger: c.Lots}.Execute,
		contract.LoadOrder.Name:            order.Load{Ledger: c.Orders}.Execute,
		contract.ApplyOrder.Name:           order.Apply{Ledger: c.Orders}.Execute,
		contract.FillWindow.Name:           order.Fill{Ledger: c.Orders, Start: start}.Execute,
		contract.TakeEffect.Name:           document.TakeEffect{Ledger: c.Documents}.Execute,
		contract.AwaitProgress.Name:        order.Await{Ledger: c.Orders, Changes: &c.changes}.Execute,
		contract.LoadSigning.Name:          signing.Load{Ledger: c.Signed}.Execute,
		contract.RemindSigning.Name:        signing.Remind{Ledger: c.Signed}.Execute,
		contract.RemindQualifications.Name: qualification.Remind{Ledger: c.Certificates}.Execute,

		// Reactions.

		// Verdicts, models.

		// Inspection review.

		// Containment.
		contract.FindContained.Name:  hold.Find{Ledger: c.Holds}.Execute,
		contract.WatchContained.Name: hold.Watch{Ledger: c.Holds}.Execute,
		contract.LotStopped.Name:     hold.Stopped{Ledger: c.Holds}.Execute,
		contract.GuardLot.Name:       lot.Guard{Ledger: c.Lots}.Execute,

		// Statistical process control.

		// Inspection plans, gauges.
		contract.RemindGauges.Name: gauge.Remind{Ledger: c.Gauges}.Execute,

		// Nonconformances.

		// Corrective and preventive action.
		contract.RemindCAPA.Name: capa.Remind{Ledger: c.CAPAs}.Execute,
		contract.CheckCAPA.Name:  capa.Check{Ledger: c.CAPAs}.Execute,

		// Recall, split, merge.

		// Machines.

		// Shift calendar, OEE.

		// Telemetry.

		// Maintenance.
		contract.RemindMaintenance.Name:      maintenance.Remind{Ledger: c.Maintenance}.Execute,
		contract.OpenPlannedMaintenance.Name: maintenance.OpenPlanned{Ledger: c.Maintenance}.Execute,
		contract.WatchMaintenance.Name:       maintenance.Watch{Ledger: c.Maintenance}.Execute,

		// Andon, line board.
		contract.WatchCall.Name: call.Watch{Ledger: c.Calls}.Execute,

		// Dispatching.
	} {
		w.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: name})
	}
}

// pause waits, or ends early with ctx.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
