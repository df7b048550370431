//go:build engine

// Package engine runs the workflows on a real Temporal server over an in-memory ledger: it counts what a step costs,
// runs the great order, and records the histories that the replay tests hold the code to.
package engine

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/server/temporaltest"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workers"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/workflowtest"
)

// record names the release whose histories are written; empty records nothing. Fixtures of a release are made from its
// own code, never from a branch that is under test.
var record = flag.String("record", "", "write replay fixtures for this release, for example v0.1.0")

// server is shared by all tests: it takes seconds to start, and namespaces of lots never meet.
var server *temporaltest.TestServer

func TestMain(m *testing.M) {
	flag.Parse()
	server = temporaltest.NewServer(temporaltest.WithBaseClientOptions(client.Options{
		Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	}))
	if err := addAttributes(); err != nil {
		slog.Error("search attributes", "error", err)
		os.Exit(1)
	}
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

func addAttributes() error {
	all := map[string]enums.IndexedValueType{}
	for _, name := range []string{"Site", "Line", "WorkOrder", "Lot", "Severity"} {
		all[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := server.GetDefaultClient().OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: server.GetDefaultNamespace(), SearchAttributes: all})
	return err
}

// plant is a site with its ledger, its devices, and workers that carry both roles.
type plant struct {
	t           *testing.T
	ctx         context.Context
	client      client.Client
	site        string
	order       string
	ledger      *workflowtest.Ledger
	devices     *workflowtest.Devices
	signed      *workflowtest.Signings
	held        *workflowtest.Certificates
	capas       *workflowtest.CAPAs
	holds       *workflowtest.Holds
	gauges      *workflowtest.Gauges
	maintenance *workflowtest.Maintenances
	calls       *workflowtest.Calls
	stop        func() // the core worker
}

// newPlant starts workers for a site of the test's own. Only one core worker may run at a time: they share the queue.
func newPlant(t *testing.T, site string) *plant {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := &plant{t: t, ctx: ctx, client: server.GetDefaultClient(), site: site, order: "WO-" + site,
		ledger: workflowtest.New(site), devices: &workflowtest.Devices{}, signed: workflowtest.NewSignings(), held: workflowtest.NewCertificates(), capas: workflowtest.NewCAPAs(),
		holds: workflowtest.NewHolds(mes.SeverityHigh, 0), gauges: workflowtest.NewGauges(), maintenance: workflowtest.NewMaintenances(), calls: workflowtest.NewCalls()}
	p.ledger.AddStock(mes.ComponentLot{ID: workflowtest.Part, Material: "PART", Unit: "pcs", Remaining: mes.Count(10000)})
	p.work()
	edge := worker.New(p.client, contract.QueueDevice(site), worker.Options{DisableWorkflowWorker: true})
	p.devices.Register(edge)
	if err := edge.Start(); err != nil {
		t.Fatal(err)
	}
	go p.dispatch()
	t.Cleanup(func() { edge.Stop(); p.stop(); cancel() })
	return p
}

// work starts the core worker, again after it was stopped.
func (p *plant) work() {
	p.t.Helper()
	core := workers.Core{Client: p.client, Lots: p.ledger, Orders: p.ledger, Signed: p.signed, CAPAs: p.capas, Certificates: p.held, Holds: p.holds, Gauges: p.gauges, Maintenance: p.maintenance, Calls: p.calls, Events: p.ledger,
		Log: slog.New(slog.DiscardHandler)}
	stop, err := core.Start(p.ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	p.stop = stop
}

// dispatch sends what the ledger queues for workflows.
func (p *plant) dispatch() {
	for p.ctx.Err() == nil {
		for _, m := range p.ledger.TakeMessages() {
			deliver(p, m)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
