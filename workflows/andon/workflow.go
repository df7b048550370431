// Package andon is a call for help as a durable workflow: it raises a machine's call when its time has come, climbs the
// ladder of escalation while nobody comes and while the call is not resolved, and ends with the call. Whom each step tells
// stands in the plan that was frozen with the call; what was done stands in the records.
package andon

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// rounds is after how many the run continues as new.
const rounds = 200

// Andon sees one call to its end.
func Andon(ctx workflow.Context, in contract.AndonInput) (contract.AndonResult, error) {
	a := &andon{in: in}
	contract.CallMoved.Listen(ctx, a.told)
	for n := 0; !a.at.State.Ended() && n < rounds && !kit.Full(ctx); n++ {
		if err := a.round(ctx); err != nil {
			return contract.AndonResult{}, err
		}
	}
	if err := kit.Settle(ctx, a.drain); err != nil {
		return contract.AndonResult{}, err
	}
	if a.at.State.Ended() {
		return contract.AndonResult{State: a.at.State}, nil
	}
	return contract.AndonResult{}, contract.Andon.ContinueAsNew(ctx, a.in)
}

// andon is what one run knows. Nothing of it is carried on: the records have it.
type andon struct {
	in    contract.AndonInput
	at    mes.CallStanding
	moved bool
}

func (a *andon) told(mes.CallRef) { a.moved = true }

// drain takes the signals that wait; the next run looks at the records first.
func (a *andon) drain(ctx workflow.Context) {
	contract.CallMoved.Drain(ctx, func(mes.CallRef) {})
}

const (
	// recoveryPause is how long the run rests when the records could not be reached for a profile's whole time.
	recoveryPause = 10 * time.Second
	// look is after how long the records are read again although nothing is due: a message can be lost.
	look = 24 * time.Hour
)

// round does what is due and waits until something is, or until the call moved. Dates are judged by the database's clock; a
// moment more, so that the timer does not come too early.
func (a *andon) round(ctx workflow.Context) (err error) {
	a.moved = false
	a.at, err = contract.WatchCall.RunLocal(ctx, a.in)
	switch end := contract.Ends(ctx.Err(), err); {
	case end != nil:
		return end
	case err != nil:
		workflow.GetLogger(ctx).Error("A call's escalation is interrupted", "call", a.in.Call, "error", err)
		return workflow.Sleep(ctx, recoveryPause)
	case a.at.State.Ended():
		return nil
	}
	pause := look
	if a.at.Next != nil {
		pause = min(pause, max(a.at.Next.Sub(a.at.Now), 0)+100*time.Millisecond)
	}
	_, err = kit.AwaitFor(ctx, pause, func() bool { return a.moved })
	return err
}
