package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// stepsPerRun is how many updates one workflow takes, and how many steps the benchmark's operation has.
const stepsPerRun = 8

const bareQueue = "bench"

// engine is the bare engine: the same Temporal server, a worker in this process, and nothing else.
type engine struct {
	client client.Client
	worker worker.Worker
	runs   int
}

func openEngine(address, namespace string) (*engine, error) {
	c, err := client.Dial(client.Options{HostPort: address, Namespace: namespace, Logger: quiet{}})
	if err != nil {
		return nil, err
	}
	w := worker.New(c, bareQueue, worker.Options{})
	w.RegisterWorkflow(bareRun)
	w.RegisterActivity(nothing)
	if err := w.Start(); err != nil {
		return nil, err
	}
	return &engine{client: c, worker: w}, nil
}

func (e *engine) close() {
	e.worker.Stop()
	e.client.Close()
}

// nothing is the trivial local activity.
func nothing(context.Context) error { return nil }

// bareRun takes as many updates as a lot has steps, each with one local activity, and ends.
func bareRun(ctx workflow.Context) error {
	taken := 0
	err := workflow.SetUpdateHandler(ctx, "step", func(ctx workflow.Context) error {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
		err := workflow.ExecuteLocalActivity(ctx, nothing).Get(ctx, nil)
		taken++
		return err
	})
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return taken == stepsPerRun })
}

// prepare starts the runs of one round; starting is not measured.
func (e *engine) prepare(ctx context.Context, n int) ([]string, error) {
	ids := make([]string, n)
	for i := range ids {
		e.runs++
		ids[i] = fmt.Sprintf("bench/%d/%d", time.Now().UnixNano(), e.runs)
		if _, err := e.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: ids[i], TaskQueue: bareQueue}, bareRun); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// step is one update, waited for.
func (e *engine) step(ctx context.Context, run string, n int) error {
	h, err := e.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: run, UpdateID: fmt.Sprint(n), UpdateName: "step", WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	return h.Get(ctx, nil)
}

// events counts the history events of a workflow's newest run.
func (e *engine) events(ctx context.Context, workflowID string) (int, error) {
	n := 0
	for it := e.client.GetWorkflowHistory(ctx, workflowID, "", false, 0); it.HasNext(); n++ {
		if _, err := it.Next(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// quiet is a logger for a client that has nothing to say.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
