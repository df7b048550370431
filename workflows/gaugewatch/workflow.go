// Package gaugewatch reminds of calibrations that end, as one durable workflow for each site: it sleeps until the next
// reminder falls due, outlives restarts, and is woken when gauges or calibrations change. What is due stands in the
// records, and so does what may be measured with: no reminder is needed for an overdue gauge to be refused.
package gaugewatch

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
	// rounds is after how many the run continues as new: half a year of daily looks.
	rounds = 200
)

// GaugeWatch reminds for ever.
func GaugeWatch(ctx workflow.Context, in contract.GaugeWatchInput) (struct{}, error) {
	round := func(ctx workflow.Context) (time.Duration, error) {
		done, err := contract.RemindGauges.RunLocal(ctx, in)
		if err != nil && ctx.Err() == nil {
			workflow.GetLogger(ctx).Error("The reminders of calibrations are interrupted", "site", in.Site, "error", err)
			return recoveryPause, nil
		}
		return done.Rest(look), ctx.Err()
	}
	return struct{}{}, kit.Rounds(ctx, rounds, contract.GaugesChanged, round, func(ctx workflow.Context) error {
		return contract.GaugeWatch.ContinueAsNew(ctx, in)
	})
}
