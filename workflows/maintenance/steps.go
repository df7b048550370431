package maintenance

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
	// turns is after how many the run continues as new.
	turns = 250
)

// turn does the next piece of work. A job that does not exist ends the run; anything else passes.
func (j *job) turn(ctx workflow.Context) error {
	err := j.work(ctx)
	if err == nil {
		return ctx.Err()
	}
	if end := contract.Ends(ctx.Err(), err); end != nil {
		return end
	}
	workflow.GetLogger(ctx).Error("A maintenance job is interrupted", "job", j.in.Job, "error", err)
	j.moved = true
	return workflow.Sleep(ctx, recoveryPause)
}

// work reads what is waited for, and else sleeps until something is due.
func (j *job) work(ctx workflow.Context) (err error) {
	if !j.moved {
		return j.sleep(ctx)
	}
	j.moved = false
	j.at, err = contract.RemindMaintenance.RunLocal(ctx, j.in)
	return err
}

// sleep waits until the next date, or until the records change, and then has them read again. All dates are judged by the database's clock; a
// second more, so that the timer does not come too early.
func (j *job) sleep(ctx workflow.Context) error {
	pause := look
	if j.at.Next != nil {
		pause = min(pause, max(j.at.Next.Sub(j.at.Now), 0)+time.Second)
	}
	_, err := kit.AwaitFor(ctx, pause, func() bool { return j.moved || kit.Full(ctx) })
	j.moved = true
	return err
}
