package workers

import (
	"context"
	"errors"

	"github.com/steelthread/steelthread/workflows/contract"
)

// watchCalls sees that every open call has its workflow, also after the engine was restored without it.
func (c *Core) watchCalls(ctx context.Context) {
	for ctx.Err() == nil {
		open, err := c.Calls.OpenCalls(ctx)
		for _, o := range open {
			err = errors.Join(err, contract.StartAndon(ctx, c.Client, o))
		}
		if err == nil {
			return
		}
		c.Log.Debug("the workflows of calls wait", "error", err)
		pause(ctx, recoveryRetry)
	}
}
