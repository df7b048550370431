// Package kit gives names a type. A workflow, update, signal, query or activity is declared once as a handle with its
// input and result; callers and implementers then share a thing that the compiler checks, not a string and a hope.
package kit

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Workflow is a typed workflow name.
type Workflow[In, Out any] struct{ Name string }

// Register gives the workflow its implementation on a worker.
func (w Workflow[In, Out]) Register(r worker.WorkflowRegistry, run func(workflow.Context, In) (Out, error)) {
	r.RegisterWorkflowWithOptions(run, workflow.RegisterOptions{Name: w.Name})
}

// Start starts the workflow, or attaches to the one that already runs under the same ID.
func (w Workflow[In, Out]) Start(ctx context.Context, c client.Client, o client.StartWorkflowOptions, in In) (client.WorkflowRun, error) {
	return c.ExecuteWorkflow(ctx, o, w.Name, in)
}

// ContinueAsNew ends the run and begins the next one with in.
func (w Workflow[In, Out]) ContinueAsNew(ctx workflow.Context, in In) error {
	return workflow.NewContinueAsNewError(ctx, w.Name, in)
}

// Update is a typed update name.
type Update[In, Out any] struct{ Name string }

// Handle registers the handler and its validator. The validator must neither block nor change state.
func (u Update[In, Out]) Handle(ctx workflow.Context, validate func(workflow.Context, In) error, handle func(workflow.Context, In) (Out, error)) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, u.Name, handle, workflow.UpdateHandlerOptions{Validator: validate})
}

// notReadyPause is how long a failed workflow task gets to be tried again.
const notReadyPause = 50 * time.Millisecond

// Call sends the update with the given ID and waits for its result as long as ctx allows. A workflow task that fails
// takes the updates that it held with it, for example when a machine answers in the moment in which the run ends; the
// same ID is then sent again, so that the update is carried out once.
func (u Update[In, Out]) Call(ctx context.Context, c client.Client, workflowID, updateID string, in In) (Out, error) {
	for {
		out, err := u.once(ctx, c, workflowID, updateID, in)
		var lost *serviceerror.WorkflowNotReady
		if !errors.As(err, &lost) {
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, err
		case <-time.After(notReadyPause):
		}
	}
}

func (u Update[In, Out]) once(ctx context.Context, c client.Client, workflowID, updateID string, in In) (Out, error) {
	var out Out
	h, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		UpdateID: updateID, WorkflowID: workflowID, UpdateName: u.Name, Args: []any{in},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return out, err
	}
	return out, h.Get(ctx, &out)
}

// Signal is a typed signal name.
type Signal[T any] struct{ Name string }

// Send signals a workflow by ID.
func (s Signal[T]) Send(ctx context.Context, c client.Client, workflowID string, v T) error {
	return c.SignalWorkflow(ctx, workflowID, "", s.Name, v)
}

// Drain takes every signal that waits, without blocking.
func (s Signal[T]) Drain(ctx workflow.Context, take func(T)) {
	ch := workflow.GetSignalChannel(ctx, s.Name)
	for {
		var v T
		if !ch.ReceiveAsync(&v) {
			return
		}
		take(v)
	}
}

// Listen takes signals as they come, for the life of the run.
func (s Signal[T]) Listen(ctx workflow.Context, take func(T)) {
	ch := workflow.GetSignalChannel(ctx, s.Name)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var v T
			if !ch.Receive(ctx, &v) {
				return
			}
			take(v)
		}
	})
}

// Query is a typed query name.
type Query[Out any] struct{ Name string }

// Handle registers the query.
func (q Query[Out]) Handle(ctx workflow.Context, answer func() (Out, error)) error {
	return workflow.SetQueryHandler(ctx, q.Name, answer)
}

// Profile is a named set of time-outs and retries. Each activity handle has exactly one.
type Profile struct {
	Name string
	// Attempt bounds one attempt, Total bounds all of them; a line never waits behind an endless retry.
	Attempt, Total time.Duration
	Heartbeat      time.Duration
	Attempts       int32
	Initial, Max   time.Duration
}

func (p Profile) retry() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: p.Initial, BackoffCoefficient: 2, MaximumInterval: p.Max, MaximumAttempts: p.Attempts}
}

// Activity is a typed activity name with its profile.
type Activity[In, Out any] struct {
	Name    string
	Profile Profile
}

// Run executes the activity on a task queue and waits for it.
func (a Activity[In, Out]) Run(ctx workflow.Context, queue string, in In) (Out, error) {
	var out Out
	return out, a.Begin(ctx, queue, in).Get(ctx, &out)
}

// Begin starts the activity on a task queue. The future gives its Out.
func (a Activity[In, Out]) Begin(ctx workflow.Context, queue string, in In) workflow.Future {
	p := a.Profile
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: queue, StartToCloseTimeout: p.Attempt, ScheduleToCloseTimeout: p.Total,
		HeartbeatTimeout: p.Heartbeat, RetryPolicy: p.retry(), WaitForCancellation: true,
	})
	return workflow.ExecuteActivity(ctx, a.Name, in)
}

// Register gives the activity its implementation on a worker.
func (a Activity[In, Out]) Register(r worker.ActivityRegistry, execute func(context.Context, In) (Out, error)) {
	r.RegisterActivityWithOptions(execute, activity.RegisterOptions{Name: a.Name})
}

// RunLocal executes the activity inside the workflow task: only for database writes under a second.
func (a Activity[In, Out]) RunLocal(ctx workflow.Context, in In) (Out, error) {
	var out Out
	p := a.Profile
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: p.Attempt, ScheduleToCloseTimeout: p.Total, RetryPolicy: p.retry(),
	})
	return out, workflow.ExecuteLocalActivity(ctx, a.Name, in).Get(ctx, &out)
}
