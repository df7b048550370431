// Package qualificationwatch reminds of certificates that end, as one durable workflow for each site: it sleeps until the
// next reminder falls due, outlives restarts, and is woken when certificates change. What is due stands in the records.
package qualificationwatch

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

// QualificationWatch reminds for ever.
func QualificationWatch(ctx workflow.Context, in contract.QualificationWatchInput) (struct{}, error) {
	round := func(ctx workflow.Context) (time.Duration, error) {
		done, err := contract.RemindQualifications.RunLocal(ctx, in)
		if err != nil && ctx.Err() == nil {
			workflow.GetLogger(ctx).Error("The reminders of certificates are interrupted", "site", in.Site, "error", err)
			return recoveryPause, nil
		}
		return done.Rest(look), ctx.Err()
	}
	return struct{}{}, kit.Rounds(ctx, rounds, contract.QualificationsChanged, round, func(ctx workflow.Context) error {
		return contract.QualificationWatch.ContinueAsNew(ctx, in)
	})
}
