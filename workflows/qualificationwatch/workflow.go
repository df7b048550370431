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
	// longest is after how long the records are read again although nobody told of a change: a message can be lost.
	longest = 24 * time.Hour
	// rounds is after how many the run continues as new: half a year of daily looks.
	rounds = 200
)

// QualificationWatch reminds for ever.
func QualificationWatch(ctx workflow.Context, in contract.QualificationWatchInput) (struct{}, error) {
	look := func(ctx workflow.Context) (time.Duration, error) {
		done, err := contract.RemindQualifications.RunLocal(ctx, in)
		return done.Rest(longest), err
	}
	return struct{}{}, kit.Watch(ctx, rounds, contract.QualificationsChanged, "The reminding of certificates", look, func(ctx workflow.Context) error {
		return contract.QualificationWatch.ContinueAsNew(ctx, in)
	})
}
