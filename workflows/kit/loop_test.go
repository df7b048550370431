package kit_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/workflows/kit"
)

func TestRecentTakesAnIDOnceAndForgetsTheOldest(t *testing.T) {
	var r kit.Recent
	if !r.Take("a") || r.Take("a") || !r.Take("") || !r.Take("") || !r.Has("a") {
		t.Errorf("%v", r)
	}
	for i := range 60 {
		r.Take(fmt.Sprint(i))
	}
	if len(r) != 50 || r.Has("a") || !r.Has("59") || !r.Has("10") || r.Has("9") {
		t.Errorf("%d IDs: %v", len(r), r)
	}
}

// told is a run that takes signals and an update, and says what it had when it ended.
func told(ctx workflow.Context) ([]string, error) {
	var got []string
	signal := kit.Signal[string]{Name: "tell"}
	signal.Listen(ctx, func(s string) { got = append(got, s) })
	slow := kit.Update[string, string]{Name: "slow"}
	err := slow.Handle(ctx, func(workflow.Context, string) error { return nil }, func(ctx workflow.Context, s string) (string, error) {
		defer func() { got = append(got, s) }()
		return s, workflow.Sleep(ctx, time.Minute)
	})
	if err != nil {
		return nil, err
	}
	if err := workflow.Sleep(ctx, time.Second); err != nil {
		return nil, err
	}
	return got, kit.Settle(ctx, func(ctx workflow.Context) { signal.Drain(ctx, func(s string) { got = append(got, s) }) })
}

func TestSettleWaitsForHandlersAndSignals(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterDelayedCallback(func() { env.SignalWorkflow("tell", "early") }, 100*time.Millisecond)
	answered := false
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow("slow", "1", &testsuite.TestUpdateCallback{OnComplete: func(any, error) { answered = true }}, "update")
	}, 500*time.Millisecond)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow("tell", "late") }, 30*time.Second)
	env.ExecuteWorkflow(told)
	if err := env.GetWorkflowError(); err != nil || !answered {
		t.Errorf("answered %v, %v", answered, err)
	}
}

func TestAwaitForLeavesNoTimerBehind(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	cancelled := 0
	env.SetOnTimerCanceledListener(func(string) { cancelled++ })
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		came := false
		workflow.Go(ctx, func(ctx workflow.Context) { came = workflow.Sleep(ctx, time.Second) == nil })
		if ok, err := kit.AwaitFor(ctx, time.Hour, func() bool { return came }); !ok || err != nil {
			return errors.Join(err, errors.New("it came, and was not seen"))
		}
		if ok, err := kit.AwaitFor(ctx, time.Hour, func() bool { return came }); !ok || err != nil {
			return errors.Join(err, errors.New("it was there, and was not seen"))
		}
		if ok, err := kit.AwaitFor(ctx, time.Minute, func() bool { return false }); ok || err != nil {
			return errors.Join(err, errors.New("it never came, and was seen"))
		}
		return nil
	})
	if err := env.GetWorkflowError(); err != nil || cancelled != 1 {
		t.Errorf("%v; %d timers cancelled, want 1", err, cancelled)
	}
}
