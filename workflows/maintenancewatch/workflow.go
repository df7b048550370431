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
	// longest is after how long the plans are read again although nobody told of a change: a message can be lost.
	longest = 24 * time.Hour
	// rounds is after how many the run continues as new: about a day of looks every five minutes.
	rounds = 300
)

// MaintenanceWatch looks for ever. When to look again is the records' word.
func MaintenanceWatch(ctx workflow.Context, in contract.MaintenanceWatchInput) (struct{}, error) {
	look := func(ctx workflow.Context) (time.Duration, error) {
		done, err := contract.WatchMaintenance.Run(ctx, contract.QueueCore, in)
		return done.Rest(longest), err
	}
	return struct{}{}, kit.Watch(ctx, rounds, contract.MaintenancePlansChanged, "The watch over conditions of maintenance", look, func(ctx workflow.Context) error {
		return contract.MaintenanceWatch.ContinueAsNew(ctx, in)
	})
}
