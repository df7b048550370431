// Package device holds the activities that the edge role runs: they reach machines, cameras and printers through the
// ports of package devices, and answer silence with words for the operator.
package device

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Machines runs cycles; a devices.Hub is one.
type Machines interface {
	RunCycle(ctx context.Context, id string, req devices.CycleRequest) (devices.CycleResult, error)
}

// RunCycle has a machine run one cycle. Safe to run twice: the sequence number lets the machine run it once, and a
// second attempt only fetches the result.
type RunCycle struct{ Machines Machines }

// Execute runs the cycle with the profile's retries. A machine that does not answer is a result, with its reason.
func (a RunCycle) Execute(ctx context.Context, in contract.CycleRequest) (contract.CycleResult, error) {
	stop := beat(ctx)
	defer stop()
	res, err := a.Machines.RunCycle(ctx, in.Device, devices.CycleRequest{
		Seq: in.Seq, Lot: in.Lot, Program: in.Program, Timeout: time.Duration(in.TimeoutS) * time.Second, Looked: in.Asked > 0,
		Heartbeat: func(phase string) { activity.RecordHeartbeat(ctx, phase) },
	})
	if err == nil {
		return answer(in, res)
	}
	silent, again := silence(ctx, in.Device, contract.Cycle, err)
	return contract.CycleResult{Silent: silent, Lost: lost(err)}, again
}

// lost tells that the machine may have run, or may have its result still: asking once more under the same number is
// better than a second cycle.
func lost(err error) bool {
	return errors.Is(err, devices.ErrNoAnswer) || errors.Is(err, devices.ErrOutcomeUnknown) || errors.Is(err, devices.ErrBadQuality) ||
		errors.Is(err, devices.ErrLostCycle) // its number is fresh, and asking again says that a person has looked
}

// answer picks the values that the step judges. A value without a usable number is left out, and is then missed by name.
func answer(in contract.CycleRequest, res devices.CycleResult) (contract.CycleResult, error) {
	wanted := map[string]bool{}
	for _, c := range in.Characteristics {
		wanted[c] = true
	}
	out := contract.CycleResult{Program: res.Program, Rejected: !res.OK}
	for _, v := range res.Values {
		d, ok := decimal(v)
		if wanted[v.Name] && ok {
			out.Readings = append(out.Readings, mes.Reading{Characteristic: v.Name, Value: d, At: v.SourceTime})
		}
	}
	return out, nil
}

// decimal is the shortest decimal that reads back as the machine's own number, in the machine's own precision.
func decimal(v devices.Value) (mes.Decimal, bool) {
	f, err := v.Float()
	if err != nil {
		return mes.Zero, false
	}
	if f32, ok := v.Value.(float32); ok {
		return mes.FromFloat32(f32), true
	}
	if n, ok := v.Value.(int64); ok {
		return mes.Count(n), true
	}
	return mes.FromFloat(f), true
}

const beatEvery = 2 * time.Second

// beat keeps the engine sure that this worker lives while a request waits its turn.
func beat(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		t := time.NewTicker(beatEvery)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() { close(done) }
}
