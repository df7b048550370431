// Package documentrevision is the timer of an approved document revision: it waits, for months if need be, and then
// brings the revision into force.
package documentrevision

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/workflows/contract"
)

// DocumentRevision sleeps until the revision's date. The ledger decides, by its own clock, whether the date has come;
// a withdrawn revision is left alone.
func DocumentRevision(ctx workflow.Context, in contract.DocumentRevisionInput) (struct{}, error) {
	for next := &in.EffectiveOn; next != nil; {
		if err := workflow.Sleep(ctx, max(next.Sub(workflow.Now(ctx)), 0)); err != nil {
			return struct{}{}, err
		}
		answer, err := contract.TakeEffect.Run(ctx, contract.QueueCore, in)
		if err != nil {
			return struct{}{}, err
		}
		if next = answer.Again; next != nil {
			next = after(*next, workflow.Now(ctx))
		}
	}
	return struct{}{}, nil
}

// after keeps a clock that runs ahead of the ledger's from asking it over and over.
func after(next, now time.Time) *time.Time {
	if earliest := now.Add(time.Second); next.Before(earliest) {
		return &earliest
	}
	return &next
}
