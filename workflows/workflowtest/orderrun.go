package workflowtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// OrderRun is one order's workflow under skipped time, commanded by a script. Its lots are moved by the script too.
type OrderRun struct {
	T      *testing.T
	Env    *testsuite.TestWorkflowEnvironment
	Ledger *Ledger
	// Fills and Waits count the activities that ran to their end.
	Fills, Waits int

	at    time.Duration
	calls int
}

// NewOrderRun makes an order in state created.
func NewOrderRun(t *testing.T, quantity int64, r mes.Routing) *OrderRun {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	run := &OrderRun{T: t, Env: suite.NewTestWorkflowEnvironment(), Ledger: New(Site)}
	run.Ledger.Now = run.Env.Now
	run.Ledger.AddOrder(Order, quantity, r)
	run.Ledger.Register(run.Env)
	contract.FillWindow.Register(run.Env, run.fill)
	contract.AwaitProgress.Register(run.Env, run.await)
	return run
}

func (r *OrderRun) fill(ctx context.Context, in contract.OrderRequest) (mes.Fill, error) {
	f, err := r.Ledger.Fill(ctx, mes.FillRequest{Site: in.Site, Order: in.Number})
	r.Fills++
	f.Open = nil
	return f, contract.Carry(err)
}

// await answers when the order has moved. It looks by the script's clock, so that time can be skipped while it waits.
func (r *OrderRun) await(ctx context.Context, in contract.OrderRequest) (mes.OrderProgress, error) {
	token := activity.GetInfo(ctx).TaskToken
	var look func()
	look = func() {
		p, err := r.Ledger.Progress(context.Background(), in.Site, in.Number)
		if err == nil && !p.HasRoom() && !p.Finished() || mes.CodeOf(err) == mes.CodeUnavailable {
			r.Env.RegisterDelayedCallback(look, lookEvery)
			return
		}
		r.Waits++
		if err := r.Env.CompleteActivity(token, p, contract.Carry(err)); err != nil {
			r.T.Log(err) // the workflow waits for it no more
		}
	}
	r.Env.RegisterDelayedCallback(look, time.Millisecond)
	return mes.OrderProgress{}, activity.ErrResultPending
}

const lookEvery = 500 * time.Millisecond

// Execute runs the workflow to its end and checks that the ledger adds up.
func (r *OrderRun) Execute(run any) contract.WorkOrderResult {
	r.T.Helper()
	r.Env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: contract.WorkOrderID(Site, Order), TaskQueue: contract.QueueCore})
	r.Env.SetTestTimeout(20 * time.Second)
	r.Env.ExecuteWorkflow(run, contract.WorkOrderInput{Site: Site, Number: Order, Line: "L1"})
	if !r.Env.IsWorkflowCompleted() {
		s, _ := r.Ledger.Status(context.Background(), Site, Order)
		r.T.Fatalf("the workflow waits: %+v", s)
	}
	if err := r.Ledger.Check(); err != nil {
		r.T.Error(err)
	}
	var out contract.WorkOrderResult
	_ = r.Env.GetWorkflowResult(&out) // a run that continues or fails has none; its test looks at the error
	return out
}

// Wait lets time pass before the script's next line.
func (r *OrderRun) Wait(d time.Duration) { r.at += d }

// Then does something at the script's next second.
func (r *OrderRun) Then(do func()) {
	r.at += time.Second
	r.Env.RegisterDelayedCallback(do, r.at)
}

// OrderTold is how a command on an order ended.
type OrderTold struct {
	Rejected, Failed error
	Done             bool
	Status           mes.OrderStatus
}

// Refusal is why the command was refused, by the validator or later; nil when it was carried out.
func (o *OrderTold) Refusal() *mes.Error {
	if e := contract.Refusal(o.Rejected); e != nil {
		return e
	}
	return contract.Refusal(o.Failed)
}

// TellOrder sends an update at the script's next second.
func TellOrder[In any](r *OrderRun, u kit.Update[In, contract.OrderAnswer], in In) *OrderTold {
	r.calls++
	return TellOrderAs(r, fmt.Sprintf("key-%d", r.calls), u, in)
}

// TellOrderAs is TellOrder under a given key.
func TellOrderAs[In any](r *OrderRun, key string, u kit.Update[In, contract.OrderAnswer], in In) *OrderTold {
	out := &OrderTold{}
	r.Then(func() {
		r.Env.UpdateWorkflow(u.Name, key, &testsuite.TestUpdateCallback{
			OnReject: func(err error) { out.Rejected = err },
			OnComplete: func(v any, err error) {
				out.Done, out.Failed = true, err
				if a, ok := v.(contract.OrderAnswer); ok {
					out.Status = a.Status
				}
			},
		}, in)
	})
	return out
}

// Command is a planner's command.
func Command(reason string) contract.OrderCommand {
	return contract.OrderCommand{Actor: mes.Actor{ID: "paula"}, Reason: reason}
}

// Release releases the order.
func (r *OrderRun) Release() *OrderTold { return TellOrder(r, contract.ReleaseOrder, Command("")) }

// Begin starts the first operation of the n oldest lots that are queued.
func (r *OrderRun) Begin(n int) {
	r.Then(func() { r.Ledger.move(r.T, n, mes.LotQueued, mes.LotRunning) })
}

// Pack finishes the n oldest lots that are queued or running.
func (r *OrderRun) Pack(n int) { r.Then(func() { r.Ledger.PackLots(r.T, n) }) }

// PackLots finishes the n oldest open lots.
func (l *Ledger) PackLots(t testing.TB, n int) {
	n -= l.move(t, n, mes.LotRunning, mes.LotPacked)
	l.move(t, n, mes.LotQueued, mes.LotPacked)
}

// move takes up to n of the oldest lots from one state to another.
func (l *Ledger) move(t testing.TB, n int, from, to mes.LotState) (moved int) {
	for _, lot := range l.Lots() {
		if moved == n || lot.Progress.State != from {
			continue
		}
		after := lot.Progress
		after.State = to
		key := fmt.Sprintf("move/%s/%d", lot.ID, after.Version)
		if _, err := l.Record(context.Background(), mes.Entry{Key: key, Lot: lot.ID, Kind: mes.EntryReviewed, Before: lot.Progress, After: after}); err != nil {
			t.Error(err)
		}
		moved++
	}
	return moved
}
