// Package hold does what a containment's workflow needs of the records.
package hold

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Find follows genealogy until nothing is left to follow, a chunk in each transaction. Safe to run twice, and to be killed
// between any two chunks: how far it came stands in the records.
type Find struct{ Ledger mes.ContainmentLedger }

const (
	// findFor bounds one attempt, well under the profile's.
	findFor = 30 * time.Second
	// atRest is how often it is asked whether the transactions that ran beside the placing have ended.
	atRest = 20 * time.Millisecond
)

// Execute finds.
func (f Find) Execute(ctx context.Context, in contract.LotHoldInput) (mes.Found, error) {
	all := mes.Found{}
	for began := time.Now(); ; {
		out, err := f.Ledger.Find(ctx, in.Site, in.Containment)
		if err != nil {
			return all, contract.Carry(err)
		}
		all.Took, all.More = all.Took+out.Took, out.More
		if !out.More || time.Since(began) > findFor {
			return all, nil
		}
		activity.RecordHeartbeat(ctx, all.Took)
		if out.Took == 0 && !out.Busy && !pause(ctx, atRest) {
			return all, ctx.Err()
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
