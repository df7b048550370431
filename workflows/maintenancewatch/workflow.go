// Package maintenancewatch looks at the conditions of maintenance plans (run hours, pieces, days since the last time, values beyond limits), as one
// durable workflow for each site: it outlives restarts, sleeps for long where no plan has a condition, and is woken when plans change.
package maintenancewatch

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

const (
	// recoveryPause is how long the run rests when the records could not be reached for a profile's whole time.
	recoveryPause = 5 * time.Minute
	// look is after how long the plans are read again although nobody told of a change: a message can be lost.
	look = 24 * time.Hour
	// rounds is after how many the run continues as new: about a day of looks every five minutes.
	rounds = 300
)

// MaintenanceWatch looks for ever. When to look again is the records' word.
func MaintenanceWatch(ctx workflow.Context, in contract.MaintenanceWatchInput) (struct{}, error) {
	round := func(ctx workflow.Context) (time.Duration, error) {
		done, err := contract.WatchMaintenance.Run(ctx, contract.QueueCore, in)
		if err != nil && ctx.Err() == nil {
			workflow.GetLogger(ctx).Error("The watch over conditions of maintenance is interrupted", "site", in.Site, "error", err)
			return recoveryPause, nil
		}
		return done.Rest(look), ctx.Err()
	}
	return struct{}{}, kit.Rounds(ctx, rounds, contract.MaintenancePlansChanged, round, func(ctx workflow.Context) error {
		return contract.MaintenanceWatch.ContinueAsNew(ctx, in)
	})
}
