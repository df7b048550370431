package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// target is the workflow that a command goes to.
type target struct {
	id   string // workflow ID
	what string // "Order 4711", for people
	link string // where its state is seen
	// revive is called when no workflow answers. It says why the command can't be carried out, or starts the workflow.
	revive func(ctx context.Context) error
	// stored asks the ledger for the answer to a command by the update's ID; nil where the ledger keeps none. Codes: not_found.
	stored func(ctx context.Context, update string, out any) error
}

// kept is the answer that the ledger has to an update whose run can't tell it any more: the run carried it out and then
// closed before it could answer, or an earlier run did.
func (t target) kept(ctx context.Context, update string, out any) bool {
	return t.stored != nil && t.stored(ctx, update, out) == nil
}

// command sends an update and waits for its result. pending means that the time ran out: the command may still be
// carried out, and the same key asks again. The update's ID is the command's key within its account, so a repetition
// gets the first result even when the API crashed in between.
func command[In, Out any](ctx context.Context, s *Server, t target, u kit.Update[In, Out], in In) (out Out, pending bool, err error) {
	id := requestOf(ctx).scopedKey()
	started := time.Now()
	wait, cancel := context.WithTimeout(ctx, s.Limits.Wait)
	defer cancel()
	out, err = u.Call(wait, s.Temporal, t.id, id, in)
	if noWorkflow(err) {
		if e := earlier(wait, s.Temporal, t.id, id, &out); e == nil {
			s.meters.updates.WithLabelValues(u.Name, "earlier").Inc()
			return out, false, nil
		}
		if t.kept(ctx, id, &out) {
			s.meters.updates.WithLabelValues(u.Name, "earlier").Inc()
			return out, false, nil
		}
		if err := t.revive(ctx); err != nil {
			s.meters.updates.WithLabelValues(u.Name, "refused").Inc()
			return out, false, err
		}
		out, err = u.Call(wait, s.Temporal, t.id, id, in)
		if noWorkflow(err) && t.kept(ctx, id, &out) {
			err = nil
		}
	}
	pending = timedOut(ctx, err)
	s.meters.updated(u.Name, err, pending, time.Since(started))
	if pending {
		return out, true, nil
	}
	return out, false, engineError(t, err)
}

// noWorkflow tells that no open run took the update: it was never started, or it closed before or while it arrived.
func noWorkflow(err error) bool {
	var gone *serviceerror.NotFound
	var app *temporal.ApplicationError
	return errors.As(err, &gone) || errors.As(err, &app) && app.Type() == "AcceptedUpdateCompletedWorkflow"
}

// earlier asks a closed run for its answer to this very update.
func earlier[Out any](ctx context.Context, c client.Client, workflowID, updateID string, out *Out) error {
	return c.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: workflowID, UpdateID: updateID}).Get(ctx, out)
}

// timedOut tells that our patience ended, not the caller's.
func timedOut(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil || contract.Refusal(err) != nil {
		return false
	}
	var t *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var d *serviceerror.DeadlineExceeded
	var away *serviceerror.Unavailable
	if errors.As(err, &away) {
		return false // it was never reached: nothing is under way
	}
	return errors.As(err, &t) || errors.As(err, &d) || errors.Is(err, context.DeadlineExceeded)
}

// engineError turns what the workflow engine says into what a person can act on.
func engineError(t target, err error) error {
	if err == nil {
		return nil
	}
	if e := contract.Refusal(err); e != nil {
		return e
	}
	var busy *serviceerror.ResourceExhausted
	var away *serviceerror.Unavailable
	switch {
	case errors.As(err, &busy):
		return mes.Refuse(mes.CodeTooMany, t.what+" has too many commands at once.", "This one was not carried out.", "Send it again in a moment.")
	case errors.As(err, &away):
		return mes.Refuse(mes.CodeUnavailable, "The workflow engine does not answer.", "Nothing of what was confirmed is lost.", "Send it again in a moment, with the same key.")
	case errors.Is(err, context.Canceled):
		return mes.Refuse(mes.CodeUnavailable, "The connection was closed before the answer.", "The command may have been carried out.", "Send it again with the same key to get its answer.")
	}
	return fmt.Errorf("command to %s: %w", t.id, err)
}

// stillOpen tells people that a command is not confirmed.
const (
	pendingWhat = "The command was sent and is not confirmed yet."
	pendingDo   = "Send it again with the same Idempotency-Key to get its answer."
)

// Pending is the body of 202.
type Pending struct {
	What string `json:"what"`
	Do   string `json:"do"`
	Link string `json:"link" doc:"Where to see how it went."`
}
