package maintenance

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// scheduledAt is the time that a schedule meant, whenever the run begins: after an outage they are made up for. Two runs for one time make one job.
var scheduledAt = temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime")

// Due makes the job of one occurrence of a plan's calendar. It waits as long as the records are away; a plan that is not there ends the run.
func Due(ctx workflow.Context, in contract.MaintenanceDueInput) (contract.MaintenanceDueResult, error) {
	if in.At == nil {
		at, ok := workflow.GetTypedSearchAttributes(ctx).GetTime(scheduledAt)
		if !ok {
			at = workflow.GetInfo(ctx).WorkflowStartTime.Truncate(time.Minute)
		}
		at = at.UTC()
		in.At = &at
	}
	for {
		out, err := contract.OpenPlannedMaintenance.RunLocal(ctx, in)
		if err == nil || ctx.Err() != nil {
			return out, err
		}
		if refused := contract.Refusal(err); refused != nil && refused.Code == mes.CodeNotFound {
			return out, contract.Carry(refused)
		}
		workflow.GetLogger(ctx).Error("The job of a plan is not made yet", "plan", in.Plan, "at", in.At, "error", err)
		if err := workflow.Sleep(ctx, recoveryPause); err != nil {
			return out, err
		}
	}
}
