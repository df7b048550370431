package workers

import (
	"context"
	"errors"

	"github.com/steelthread/steelthread/workflows/contract"
)

// takeUpMaintenance sees that every open job has its workflow, every plan of the calendar its schedule, and every site its watch over conditions,
// also after the engine was restored without them.
func (c *Core) takeUpMaintenance(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.maintain(ctx)
		if err == nil {
			return
		}
		c.Log.Debug("the workflows of maintenance wait", "error", err)
		pause(ctx, recoveryRetry)
	}
}

func (c *Core) maintain(ctx context.Context) error {
	open, err := c.Maintenance.OpenMaintenance(ctx)
	for _, o := range open {
		err = errors.Join(err, contract.StartMaintenance(ctx, c.Client, contract.MaintenanceInput(o)))
	}
	plans, failed := c.Maintenance.CalendarPlans(ctx)
	err = errors.Join(err, failed)
	for _, p := range plans {
		err = errors.Join(err, contract.PutMaintenanceSchedule(ctx, c.Client, p))
	}
	if c.Sites == nil {
		return err
	}
	sites, failed := c.Sites.Sites(ctx)
	err = errors.Join(err, failed)
	for _, site := range sites {
		err = errors.Join(err, contract.WakeMaintenanceWatch(ctx, c.Client, site))
	}
	return err
}
