package workflowtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// LotRun is one lot's workflow under skipped time, commanded by a script.
type LotRun struct {
	T       *testing.T
	Env     *testsuite.TestWorkflowEnvironment
	Ledger  *Ledger
	Devices *Devices
	// Holds hears when the lot says that it stands still.
	Holds *Holds
	Lot   string
	// Operator gives the commands; Station is the terminal's, empty for a desk.
	Operator string

	at    time.Duration
	calls int
}

// The names that a LotRun uses.
const (
	Site  = "HAM"
	Order = "WO-1"
	Part  = "part-1"
)

// NewLotRun makes a released order of one lot, of the routing's lot size, with enough stock.
func NewLotRun(t *testing.T, r mes.Routing) *LotRun {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	run := &LotRun{T: t, Env: suite.NewTestWorkflowEnvironment(), Ledger: New(Site), Devices: &Devices{}, Holds: NewHolds(mes.SeverityHigh, 0), Operator: "olga"}
	run.Ledger.Now = run.Env.Now
	run.Ledger.AddOrder(Order, r.LotSize.IntPart(), r)
	run.Ledger.AddStock(mes.ComponentLot{ID: Part, Material: "PART", Unit: "pcs", Remaining: mes.Count(100)})
	_, err := run.Ledger.Release(context.Background(), "k", Site, Order, mes.Actor{ID: "paula"})
	if err == nil {
		_, err = run.Ledger.Fill(context.Background(), mes.FillRequest{Site: Site, Order: Order})
	}
	if err != nil {
		t.Fatal(err)
	}
	run.Lot = run.Ledger.Lots()[0].ID
	run.Ledger.Register(run.Env)
	run.Devices.Register(run.Env)
	run.Holds.Register(run.Env)
	return run
}

// Execute runs the workflow to its end and checks that the ledger adds up.
func (r *LotRun) Execute(run any) contract.LotRouteResult {
	r.T.Helper()
	return r.ExecuteWith(run, contract.LotRouteInput{Site: Site, Lot: r.Lot})
}

// ExecuteWith is Execute with an input of the test's own.
func (r *LotRun) ExecuteWith(run any, in contract.LotRouteInput) contract.LotRouteResult {
	r.T.Helper()
	r.Env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.LotRouteID(Site, r.Lot), TaskQueue: contract.QueueCore})
	r.Env.SetTestTimeout(20 * time.Second)
	r.Env.ExecuteWorkflow(run, in)
	if !r.Env.IsWorkflowCompleted() {
		r.T.Fatalf("the workflow waits: %+v", r.Ledger.Lot(r.Lot).Progress)
	}
	if err := r.Ledger.Check(); err != nil {
		r.T.Error(err)
	}
	var out contract.LotRouteResult
	_ = r.Env.GetWorkflowResult(&out) // a run that continues or fails has none; its test looks at the error
	return out
}

// Told is how a command ended.
type Told struct {
	Rejected, Failed error
	Done             bool
	Progress         mes.Progress
}

// Refusal is why the command was refused, by the validator or later; nil when it was carried out.
func (o *Told) Refusal() *mes.Error {
	if e := contract.Refusal(o.Rejected); e != nil {
		return e
	}
	return contract.Refusal(o.Failed)
}

// Wait lets time pass before the script's next line.
func (r *LotRun) Wait(d time.Duration) { r.at += d }

// Then does something at the script's next second.
func (r *LotRun) Then(do func()) {
	r.at += time.Second
	r.Env.RegisterDelayedCallback(do, r.at)
}

// Tell sends an update at the script's next second.
func Tell[In any](r *LotRun, u kit.Update[In, contract.LotAnswer], in In) *Told {
	r.calls++
	return TellAs(r, fmt.Sprintf("key-%d", r.calls), u, in)
}

// TellAs is Tell under a given key.
func TellAs[In any](r *LotRun, key string, u kit.Update[In, contract.LotAnswer], in In) *Told {
	out := &Told{}
	r.Then(func() {
		r.Env.UpdateWorkflow(u.Name, key, &testsuite.TestUpdateCallback{
			OnReject: func(err error) { out.Rejected = err },
			OnComplete: func(v any, err error) {
				out.Done, out.Failed = true, err
				if a, ok := v.(contract.LotAnswer); ok {
					out.Progress = a.Progress
				}
			},
		}, in)
	})
	return out
}

func (r *LotRun) by() mes.Actor { return mes.Actor{ID: r.Operator} }

// Start starts an operation.
func (r *LotRun) Start(operation, station string) *Told {
	return Tell(r, contract.StartOperation, mes.StartOperation{Actor: r.by(), Operation: operation, Station: station})
}

// Complete completes a step with what it needs.
func (r *LotRun) Complete(operation, step string, with mes.CompleteStep) *Told {
	with.Actor, with.Operation, with.Step = r.by(), operation, step
	return Tell(r, contract.CompleteStep, with)
}

// Finish completes an operation.
func (r *LotRun) Finish(operation string) *Told {
	return Tell(r, contract.CompleteOperation, contract.OperationCommand{Actor: r.by(), Operation: operation})
}

// Retry asks a silent device once more.
func (r *LotRun) Retry(operation, step string) *Told {
	return Tell(r, contract.RetryStep, contract.StepCommand{Actor: r.by(), Operation: operation, Step: step})
}

// Prepare does operation 10 of Routing.
func (r *LotRun) Prepare() {
	r.Start("10", "S1")
	r.Complete("10", "scan", mes.CompleteStep{Scan: Part})
	r.Complete("10", "gap", Gap("1.5"))
	r.Finish("10")
}

// Pack does operation 30 of Routing.
func (r *LotRun) Pack() {
	r.Start("30", "S3")
	r.Complete("30", "label", mes.CompleteStep{Scan: mes.SerialLabel("04012345678901", r.Lot)})
	r.Complete("30", "close", mes.CompleteStep{})
	r.Finish("30")
}

// Gap is a measured gap.
func Gap(value string) mes.CompleteStep {
	return mes.CompleteStep{Values: []mes.Reading{{Characteristic: "gap", Value: mes.MustDecimal(value)}}}
}

// Sees sends a verdict on the picture that the lot waits for, as the ingestion would.
func (r *LotRun) Sees(event string, result mes.StepResult, confidence string) {
	r.Then(func() {
		p := r.Ledger.Lot(r.Lot).Progress
		r.Env.SignalWorkflow(contract.Verdict.Name, contract.VisionVerdict{Event: event, Operation: p.Operation, Step: p.Step, Shot: p.Wait.Shot,
			Key: mes.ShotKey(r.Lot, p), Verdict: mes.Verdict{Result: result, Confidence: mes.MustDecimal(confidence), ResultID: event}})
	})
}

// quiet drops the engine's chatter.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
