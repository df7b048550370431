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
	// longest is after how long the records are read again although nobody told of a change: a message can be lost.
	longest = 24 * time.Hour
	// rounds is after how many the run continues as new: half a year of daily looks.
	rounds = 200
)

// GaugeWatch reminds for ever.
func GaugeWatch(ctx workflow.Context, in contract.GaugeWatchInput) (struct{}, error) {
	look := func(ctx workflow.Context) (time.Duration, error) {
		done, err := contract.RemindGauges.RunLocal(ctx, in)
		return done.Rest(longest), err
	}
	return struct{}{}, kit.Watch(ctx, rounds, contract.GaugesChanged, "The reminding of calibrations", look, func(ctx workflow.Context) error {
		return contract.GaugeWatch.ContinueAsNew(ctx, in)
	})
}
