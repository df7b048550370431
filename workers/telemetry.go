package workers

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
)

const (
	// rollUpEvery is the pause when nothing waits to be rolled up, lookAfter how often the partitions are looked after.
	rollUpEvery = 2 * time.Second
	lookAfter   = 10 * time.Minute
)

// tendTelemetry rolls recorded values up and looks after their partitions. It keeps nothing in the process: any number may do
// it side by side, and one that dies leaves everything to the others.
func (c *Core) tendTelemetry(ctx context.Context) {
	go c.keepTelemetry(ctx)
	failing := false
	for ctx.Err() == nil {
		n, err := c.Telemetry.RollUp(ctx)
		if (err != nil) != failing && ctx.Err() == nil {
			failing = err != nil
			if failing {
				c.Log.Warn("recorded values are not rolled up; series are made of what was rolled up before", "error", err)
			} else {
				c.Log.Info("recorded values are rolled up again")
			}
		}
		if n == 0 {
			pause(ctx, rollUpEvery)
		}
	}
}

func (c *Core) keepTelemetry(ctx context.Context) {
	for ctx.Err() == nil {
		r := c.Retention
		if r == (mes.Retention{}) {
			r = mes.DefaultRetention
		}
		kept, err := c.Telemetry.Keep(ctx, r)
		if len(kept.Dropped) > 0 {
			c.Log.Info("recorded values whose retention is over were dropped", "partitions", kept.Dropped)
		}
		wait := lookAfter
		if err != nil && ctx.Err() == nil {
			c.Log.Warn("the partitions of recorded values can't be looked after", "error", err)
			wait = time.Minute
		}
		pause(ctx, wait)
	}
}
