// Package lothold is a containment as a durable workflow, from the moment in which it was placed until its last lot has its
// end. The guard stands in the database before the workflow begins. The workflow follows genealogy to its end, waits until
// every running lot has said that it stands still, looks again whenever something moved, calls when the time is up, and
// closes. What is held, and how far that is, stands in the records.
package lothold

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// rounds is after how many the run continues as new.
const rounds = 200

// LotHold sees one containment to its end.
func LotHold(ctx workflow.Context, in contract.LotHoldInput) (contract.LotHoldResult, error) {
	h := &hold{in: in}
	contract.ContainmentMoved.Listen(ctx, h.told)
	for n := 0; !h.closed() && n < rounds && !kit.Full(ctx); n++ {
		if err := h.round(ctx); err != nil {
			return contract.LotHoldResult{}, err
		}
	}
	if err := kit.Settle(ctx, h.drain); err != nil {
		return contract.LotHoldResult{}, err
	}
	if h.closed() {
		return contract.LotHoldResult{Found: h.at.Found, Joined: h.at.Joined}, nil
	}
	return contract.LotHoldResult{}, contract.LotHold.ContinueAsNew(ctx, h.in)
}

// hold is what one run knows. Nothing of it is carried on: the records have it.
type hold struct {
	in    contract.LotHoldInput
	at    mes.ContainmentStanding
	moved bool
}

func (h *hold) closed() bool { return h.at.State == mes.ContainmentClosed }

func (h *hold) told(mes.ContainmentMoved) { h.moved = true }

// drain takes the signals that wait; the next run looks at the records first.
func (h *hold) drain(ctx workflow.Context) {
	contract.ContainmentMoved.Drain(ctx, func(mes.ContainmentMoved) {})
}

const (
	// recoveryPause is how long the run rests when the records could not be reached for a profile's whole time.
	recoveryPause = time.Minute
	// urgent is after how long the records are read again while something still runs or is still to be found.
	urgent = 15 * time.Second
	// watchful is the same while new lots may join: they tell of themselves, and a message can be lost.
	watchful = time.Hour
	// calm is the same while people decide.
	calm = 24 * time.Hour
)

// round finds what is to be found, looks where the containment stands, and waits until that may have changed.
func (h *hold) round(ctx workflow.Context) error {
	h.moved = false
	found, err := contract.FindContained.Run(ctx, contract.QueueCore, h.in)
	if err == nil {
		h.at, err = contract.WatchContained.RunLocal(ctx, h.in)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case mes.CodeOf(refusal(err)) == mes.CodeNotFound:
		return contract.Carry(refusal(err)) // a restored database that never knew it: nothing is held by it
	case err != nil:
		workflow.GetLogger(ctx).Error("The containment is interrupted", "hold", h.in.Containment, "error", err)
		return workflow.Sleep(ctx, recoveryPause)
	case h.closed():
		return nil
	}
	_, err = kit.AwaitFor(ctx, h.pause(found), func() bool { return h.moved })
	return err
}

func (h *hold) pause(found mes.Found) time.Duration {
	pause := calm
	switch {
	case found.More || !h.at.Complete || h.at.Unacknowledged > 0:
		pause = urgent
	case h.at.Watching:
		pause = watchful
	}
	if h.at.Next != nil {
		// By the database's clock, which judged what is due; a second more, so that the timer does not come too early.
		pause = min(pause, max(h.at.Next.Sub(h.at.Now), 0)+time.Second)
	}
	return pause
}

// refusal is the refusal that an activity's error carries, or nil.
func refusal(err error) error {
	if e := contract.Refusal(err); e != nil {
		return e
	}
	return nil
}
