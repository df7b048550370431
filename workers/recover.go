package workers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Recovery tells the workflows of lots how far the ledger is. A process that dies between the ledger's commit and the
// engine's note of it leaves a workflow one entry behind, and the command that would have brought it up to date may have
// died with its sender. A lot that waits for a machine would then wait for ever, for nobody asks the machine.
type Recovery struct {
	Client client.Client
	Open   mes.Lots
	Ledger mes.LotLedger
	Log    *slog.Logger
}

const (
	// recoverySpan is how long before the newest movement a queued lot may have moved to be looked at. Lots in work are
	// looked at in any case; there are never more of them than places at the stations.
	recoverySpan = time.Minute
	// recoveryPage is how many lots are read at a time.
	recoveryPage = 200
	// recoveryRetry is how long to wait when the database or the engine does not answer yet.
	recoveryRetry = 3 * time.Second
)

// inWork are the states of lots whose workflows may be in the middle of something.
var inWork = []mes.LotState{mes.LotRunning, mes.LotPaused, mes.LotReview}

// Run looks once, as soon as everything answers. Signals that tell nothing new change nothing.
func (r Recovery) Run(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := r.once(ctx)
		if err == nil {
			r.Log.Info("the workflows of lots in work know what the ledger knows", "lots", n)
			return
		}
		r.Log.Debug("recovery waits", "error", err)
		pause(ctx, recoveryRetry)
	}
}

func (r Recovery) once(ctx context.Context) (int, error) {
	lots, err := r.list(ctx, inWork)
	if err != nil {
		return 0, err
	}
	queued, err := r.list(ctx, []mes.LotState{mes.LotQueued})
	if err != nil {
		return 0, err
	}
	lots = append(lots, recent(queued, lots)...)
	for _, l := range lots {
		if err := r.tell(ctx, l); err != nil {
			return 0, err
		}
	}
	return len(lots), nil
}

func (r Recovery) list(ctx context.Context, states []mes.LotState) ([]mes.LotView, error) {
	f := mes.LotFilter{Origin: "produced", States: states, Paging: mes.Paging{Limit: recoveryPage}}
	var out []mes.LotView
	for {
		page, err := r.Open.List(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
		if page.Next == "" {
			return out, nil
		}
		f.Cursor = page.Next
	}
}

// recent picks the queued lots that moved shortly before the newest movement of all.
func recent(queued, others []mes.LotView) []mes.LotView {
	var newest time.Time
	for _, l := range append(append([]mes.LotView{}, queued...), others...) {
		if l.Wait != nil && l.Wait.Since.After(newest) {
			newest = l.Wait.Since
		}
	}
	var out []mes.LotView
	for _, l := range queued {
		if l.Wait != nil && newest.Sub(l.Wait.Since) <= recoverySpan {
			out = append(out, l)
		}
	}
	return out
}

func (r Recovery) tell(ctx context.Context, l mes.LotView) error {
	plan, err := r.Ledger.Plan(ctx, l.Site, l.Lot)
	if err != nil || plan.Progress == nil {
		return err
	}
	err = contract.LotBehind.Send(ctx, r.Client, contract.LotRouteID(l.Site, l.Lot), contract.Behind{Version: plan.Progress.Version, Reason: "restart"})
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil // no workflow yet, and none is behind
	}
	return err
}
