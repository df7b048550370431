package kit

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"
)

// Full tells that the run's history, or its count of updates, has grown so far that the run should continue as new.
func Full(ctx workflow.Context) bool {
	return workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

// Settle makes a run ready to end or to continue as new: accepted updates finish, and no waiting signal is lost.
func Settle(ctx workflow.Context, drain func(workflow.Context)) error {
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	drain(ctx)
	return nil
}

// Recent remembers the newest IDs, so that a message that comes twice counts once. It is carried by continue-as-new.
type Recent []string

// recentLimit is far above what can be on its way to one workflow at the same time.
const recentLimit = 50

// Has tells whether the ID was taken before.
func (r Recent) Has(id string) bool { return slices.Contains(r, id) }

// Take notes the ID and tells whether it is new. An empty ID is always new, since nothing can be said of it.
func (r *Recent) Take(id string) bool {
	if id == "" {
		return true
	}
	if r.Has(id) {
		return false
	}
	*r = append(*r, id)
	if len(*r) > recentLimit {
		*r = slices.Clone((*r)[len(*r)-recentLimit:])
	}
	return true
}

// AwaitFor waits until ok, at most for d, and tells whether it became true. Its timer leaves nothing behind: one that is
// no longer needed is cancelled, since a timer that fires costs a workflow task.
func AwaitFor(ctx workflow.Context, d time.Duration, ok func() bool) (bool, error) {
	if ok() {
		return true, nil
	}
	timed, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimer(timed, d)
	if err := workflow.Await(ctx, func() bool { return ok() || timer.IsReady() }); err != nil {
		return false, err
	}
	return ok(), nil
}

// Rounds does one round after the other, for ever: round answers how long to rest, and a signal ends the rest early. After
// most rounds, or when the history is full, the run goes on by again, which continues as new.
func Rounds[T any](ctx workflow.Context, most int, wake Signal[T], round func(workflow.Context) (rest time.Duration, err error), again func(workflow.Context) error) error {
	told := false
	wake.Listen(ctx, func(T) { told = true })
	for n := 0; n < most && !Full(ctx); n++ {
		told = false
		rest, err := round(ctx)
		if err != nil {
			return err
		}
		if _, err := AwaitFor(ctx, rest, func() bool { return told }); err != nil {
			return err
		}
	}
	if err := Settle(ctx, func(ctx workflow.Context) { wake.Drain(ctx, func(T) {}) }); err != nil {
		return err
	}
	return again(ctx)
}

// recoveryPause is how long a watch rests when what it looks at could not be reached for a profile's whole time.
const recoveryPause = 5 * time.Minute

// Watch looks for ever, as Rounds does: look answers how long to rest. What fails is logged as what, and tried again later: a
// watch ends only when it is cancelled.
func Watch[T any](ctx workflow.Context, most int, wake Signal[T], what string, look func(workflow.Context) (time.Duration, error), again func(workflow.Context) error) error {
	return Rounds(ctx, most, wake, func(ctx workflow.Context) (time.Duration, error) {
		rest, err := look(ctx)
		if err != nil && ctx.Err() == nil {
			workflow.GetLogger(ctx).Error(what+" is interrupted", "error", err)
			return recoveryPause, nil
		}
		return rest, ctx.Err()
	}, again)
}
