// Package maintenance is a maintenance job as a durable workflow: from its request until it is closed it reminds of what is due, escalates what is
// late, and tells that a machine is out for longer than planned. It decides nothing; the rules are in package mes, and what was decided stands in
// the records. No timer is needed for a machine in maintenance to be refused: that is judged at each start.
package maintenance

import (
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// Maintenance runs until the records say that the job is closed, rejected or cancelled.
func Maintenance(ctx workflow.Context, in contract.MaintenanceInput) (contract.MaintenanceResult, error) {
	j := &job{in: in, moved: true}
	contract.MaintenanceMoved.Listen(ctx, j.told)
	for n := 0; !j.ended() && n < turns && !kit.Full(ctx); n++ {
		if err := j.turn(ctx); err != nil {
			return contract.MaintenanceResult{}, err
		}
	}
	if err := kit.Settle(ctx, j.drain); err != nil {
		return contract.MaintenanceResult{}, err
	}
	if j.ended() {
		return contract.MaintenanceResult{State: j.at.State}, nil
	}
	return contract.MaintenanceResult{}, contract.Maintenance.ContinueAsNew(ctx, j.in)
}

// job is what one run knows. Nothing of it is carried on: the records have it.
type job struct {
	in contract.MaintenanceInput
	at mes.MaintenanceWait
	// moved asks for the records' word: at the beginning, after a signal, and once a day.
	moved bool
}

func (j *job) ended() bool { return j.at.State.Ended() }

func (j *job) told(mes.MaintenanceChanged) { j.moved = true }

// drain takes the signals that wait. What they tell of is in the records, which the next run reads first.
func (j *job) drain(ctx workflow.Context) {
	contract.MaintenanceMoved.Drain(ctx, func(mes.MaintenanceChanged) {})
}
