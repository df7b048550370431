// Package qualificationwatch reminds of certificates that end, as one durable workflow for each site: it sleeps until the
// next reminder falls due, outlives restarts, and is woken when certificates change. What is due stands in the records.
package qualificationwatch

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

const (
	// recoveryPause is how long the run rests when the records could not be reached for a profile's whole time.
	recoveryPause = 5 * time.Minute
	// look is after how long the records are read again although nobody told of a change: a message can be lost.
	look = 24 * time.Hour
	// rounds is after how many the run continues as new: half a year of daily looks.
	rounds = 200
)

// QualificationWatch reminds for ever.
func QualificationWatch(ctx workflow.Context, in contract.QualificationWatchInput) (struct{}, error) {
	w := &watch{in: in}
	contract.QualificationsChanged.Listen(ctx, w.told)
	for n := 0; n < rounds && !kit.Full(ctx); n++ {
		if err := w.round(ctx); err != nil {
			return struct{}{}, err
		}
	}
	if err := kit.Settle(ctx, w.drain); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, contract.QualificationWatch.ContinueAsNew(ctx, in)
}

// watch is what one run knows. Nothing of it is carried on: the records have it.
type watch struct {
	in      contract.QualificationWatchInput
	changed bool
}

func (w *watch) told(mes.SiteChanged) { w.changed = true }

// drain takes the signals that wait; the next run reads the records first.
func (w *watch) drain(ctx workflow.Context) {
	contract.QualificationsChanged.Drain(ctx, func(mes.SiteChanged) {})
}

// round raises what is due and sleeps until more is, or until something changed.
func (w *watch) round(ctx workflow.Context) error {
	w.changed = false
	done, err := contract.RemindQualifications.RunLocal(ctx, w.in)
	pause := look
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		workflow.GetLogger(ctx).Error("The reminders of certificates are interrupted", "site", w.in.Site, "error", err)
		pause = recoveryPause
	case done.Next != nil:
		// By the database's clock, which judged what is due; a second more, so that the timer does not come too early.
		pause = min(look, max(done.Next.Sub(done.Now), 0)+time.Second)
	}
	_, err = kit.AwaitFor(ctx, pause, func() bool { return w.changed })
	return err
}
