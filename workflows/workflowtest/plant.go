package workflowtest

import (
	"context"
	"sync"

	"go.temporal.io/sdk/worker"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// Devices answer as a test wants them to. A nil function answers well.
type Devices struct {
	Cycle func(contract.CycleRequest) (contract.CycleResult, error)
	Shot  func(contract.ShotRequest) (contract.ShotTaken, error)
	Print func(contract.PrintRequest) (contract.Printed, error)

	mu     sync.Mutex
	cycles []contract.CycleRequest
	shots  []contract.ShotRequest
	prints []contract.PrintRequest
}

// Cycles lists the cycles that were asked for.
func (d *Devices) Cycles() []contract.CycleRequest { return list(d, &d.cycles) }

// Shots lists the pictures that were asked for.
func (d *Devices) Shots() []contract.ShotRequest { return list(d, &d.shots) }

// Prints lists the labels that were asked for.
func (d *Devices) Prints() []contract.PrintRequest { return list(d, &d.prints) }

func list[T any](d *Devices, of *[]T) []T {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]T(nil), *of...)
}

func note[T any](d *Devices, of *[]T, v T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*of = append(*of, v)
}

// Good is a machine's answer with every value within Routing's limits.
func Good(in contract.CycleRequest) contract.CycleResult { return Reads(in, "1.5") }

// Reads is a machine's answer with one value for everything that it is asked.
func Reads(in contract.CycleRequest, value string) contract.CycleResult {
	out := contract.CycleResult{Program: in.Program}
	for _, c := range in.Characteristics {
		out.Readings = append(out.Readings, mes.Reading{Characteristic: c, Value: mes.MustDecimal(value)})
	}
	return out
}

// Register gives the device activities their implementation.
func (d *Devices) Register(r worker.ActivityRegistry) {
	contract.RunCycle.Register(r, func(_ context.Context, in contract.CycleRequest) (contract.CycleResult, error) {
		note(d, &d.cycles, in)
		if d.Cycle != nil {
			return d.Cycle(in)
		}
		return Good(in), nil
	})
	contract.TakeShot.Register(r, func(_ context.Context, in contract.ShotRequest) (contract.ShotTaken, error) {
		note(d, &d.shots, in)
		if d.Shot != nil {
			return d.Shot(in)
		}
		return contract.ShotTaken{}, nil
	})
	contract.PrintLabel.Register(r, func(_ context.Context, in contract.PrintRequest) (contract.Printed, error) {
		note(d, &d.prints, in)
		if d.Print != nil {
			return d.Print(in)
		}
		return contract.Printed{}, nil
	})
}

// Register gives the ledger's activities their implementation, as package activities does.
func (l *Ledger) Register(r worker.ActivityRegistry) {
	contract.LoadPlan.Register(r, func(ctx context.Context, in contract.LotRouteInput) (mes.Plan, error) {
		out, err := l.Plan(ctx, in.Site, in.Lot)
		return out, contract.Carry(err)
	})
	contract.RecordLot.Register(r, func(ctx context.Context, e mes.Entry) (mes.Recorded, error) {
		out, err := l.Record(ctx, e)
		return out, contract.Carry(err)
	})
	contract.GuardLot.Register(r, func(ctx context.Context, in contract.GuardRequest) (contract.Guarded, error) {
		h, err := l.Held(ctx, in.Site, in.Lot)
		if err != nil || h == nil {
			return contract.Guarded{}, contract.Carry(err)
		}
		return contract.Guarded{Held: h.Refusal().What}, nil
	})
	contract.LoadOrder.Register(r, func(ctx context.Context, in contract.OrderRequest) (mes.OrderStatus, error) {
		out, err := l.Status(ctx, in.Site, in.Number)
		return out, contract.Carry(err)
	})
	contract.ApplyOrder.Register(r, func(ctx context.Context, in contract.OrderRequest) (mes.OrderStatus, error) {
		out, err := l.apply(ctx, in)
		return out, contract.Carry(err)
	})
}

func (l *Ledger) apply(ctx context.Context, in contract.OrderRequest) (mes.OrderStatus, error) {
	switch in.Command {
	case contract.OrderRelease:
		return l.Release(ctx, in.Key, in.Site, in.Number, in.Actor)
	case contract.OrderHold:
		return l.Hold(ctx, in.Key, in.Site, in.Number, in.Actor, in.Reason)
	case contract.OrderResume:
		return l.Resume(ctx, in.Key, in.Site, in.Number, in.Actor, in.Reason)
	case contract.OrderCancel:
		return l.Cancel(ctx, in.Key, in.Site, in.Number, in.Actor, in.Reason)
	case contract.OrderChange:
		return l.Change(ctx, in.Key, in.Site, in.Number, in.Actor, *in.Change)
	default:
		return l.Complete(ctx, in.Key, in.Site, in.Number)
	}
}
