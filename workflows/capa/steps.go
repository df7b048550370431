package capa

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

const (
	// recoveryPause is how long the run rests when the records could not be reached for a profile's whole time.
	recoveryPause = 5 * time.Minute
	// look is after how long the records are read again although nobody told of a change: a message can be lost.
	look = 24 * time.Hour
	// turns is after how many the run continues as new: more than half a year of daily looks.
	turns = 250
)

// turn does the next piece of work. A CAPA that does not exist ends the run; anything else passes.
func (c *capa) turn(ctx workflow.Context) error {
	err := c.work(ctx)
	if err == nil {
		return ctx.Err()
	}
	if end := contract.Ends(ctx.Err(), err); end != nil {
		return end
	}
	workflow.GetLogger(ctx).Error("A CAPA is interrupted", "capa", c.in.CAPA, "error", err)
	c.moved = true
	return workflow.Sleep(ctx, recoveryPause)
}

// work reads what is waited for, has the data read when their time has come, and else sleeps until something is due.
func (c *capa) work(ctx workflow.Context) (err error) {
	if c.moved {
		c.moved = false
		if c.at, err = contract.RemindCAPA.RunLocal(ctx, c.in); err != nil || c.ended() {
			return err
		}
	}
	if c.at.CheckAt != nil && !c.at.Now.Before(*c.at.CheckAt) {
		c.at, err = contract.CheckCAPA.Run(ctx, contract.QueueCore, c.in)
		return err
	}
	return c.sleep(ctx)
}

// sleep waits until the next date, or until the records change, and then has them read again. All dates are judged by the
// database's clock; a second more, so that the timer does not come too early.
func (c *capa) sleep(ctx workflow.Context) error {
	pause := look
	for _, at := range []*time.Time{c.at.Next, c.at.CheckAt} {
		if at != nil {
			pause = min(pause, max(at.Sub(c.at.Now), 0)+time.Second)
		}
	}
	_, err := kit.AwaitFor(ctx, pause, func() bool { return c.moved || kit.Full(ctx) })
	c.moved = true
	return err
}
