package lotroute

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// ask turns to whatever the current step waits for.
func (r *route) ask(ctx workflow.Context) error {
	s, ok := r.at.CurrentStep(r.routing())
	switch {
	case !ok:
		return fmt.Errorf("%s waits at step %q, which operation %s does not have", r.in.Lot, r.at.Step, r.at.Operation)
	case s.Kind == mes.StepDevice:
		return r.cycle(ctx, s)
	case s.Kind == mes.StepLabel:
		return r.label(ctx, s)
	default:
		return r.shoot(ctx, s)
	}
}

// cycle has the machine run once and judges what it answers.
func (r *route) cycle(ctx workflow.Context, s mes.Step) error {
	asked := r.at
	var out contract.CycleResult
	nobody, err := await(ctx, r, asked, contract.RunCycle, r.cycleRequest(s), &out)
	if err != nil || r.behind || !asked.Same(r.at) {
		return err
	}
	if reason := cmp.Or(nobody, out.Silent); reason != "" {
		return r.recordAnswer(ctx, asked, silent(s, reason, out.Lost || nobody != ""))
	}
	return r.recordAnswer(ctx, asked, func(p mes.Progress, now time.Time) (change, error) {
		after, done, err := p.Measured(r.routing(), r.in.Lot, out.Readings, out.Rejected, now)
		if err != nil { // an incomplete answer is no answer
			return silent(s, err.Error(), false)(p, now)
		}
		step := p.Built(r.routing(), done, mes.Actor{}, now)
		if out.Program != 0 {
			step.Program = out.Program
		}
		return change{kind: mes.EntryMachine, after: after, step: step, reason: after.Wait.Reason}, nil
	})
}

func (r *route) cycleRequest(s mes.Step) contract.CycleRequest {
	req := contract.CycleRequest{Site: r.in.Site, Device: s.Device, Lot: r.in.Lot, Operation: r.at.Operation, Step: s.ID,
		Program: s.Program, Seq: r.at.Wait.Seq, Asked: r.at.Wait.Asked, TimeoutS: s.TimeoutS}
	for _, c := range s.Characteristics {
		req.Characteristics = append(req.Characteristics, c.ID)
	}
	return req
}

// label prints the lot's label; the operator then scans it.
func (r *route) label(ctx workflow.Context, s mes.Step) error {
	asked := r.at
	if asksBeforePrint(ctx) {
		guarded, err := contract.GuardLot.RunLocal(ctx, contract.GuardRequest{Site: r.in.Site, Lot: r.in.Lot})
		if err != nil {
			return err
		}
		if guarded.Held != "" {
			return r.recordAnswer(ctx, asked, silent(s, guarded.Held, false))
		}
	}
	var out contract.Printed
	nobody, err := await(ctx, r, asked, contract.PrintLabel, r.printRequest(s), &out)
	if err != nil || r.behind || !asked.Same(r.at) {
		return err
	}
	if reason := cmp.Or(nobody, out.Silent); reason != "" {
		return r.recordAnswer(ctx, asked, silent(s, reason, false))
	}
	return r.recordAnswer(ctx, asked, func(p mes.Progress, now time.Time) (change, error) {
		return change{kind: mes.EntryPrinted, after: p.Printed(r.routing(), now)}, nil
	})
}

func (r *route) printRequest(s mes.Step) contract.PrintRequest {
	code := r.in.Lot
	switch {
	case r.plan.GTIN != "" && r.plan.Tracking == mes.TrackSerial:
		code = mes.SerialLabel(r.plan.GTIN, r.in.Lot)
	case r.plan.GTIN != "":
		code = mes.LotLabel(r.plan.GTIN, r.in.Lot)
	}
	job := fmt.Sprintf("%s/%s/%d/%s/%d", r.in.Lot, r.at.Operation, r.at.Visit, s.ID, r.at.Version)
	return contract.PrintRequest{Site: r.in.Site, Printer: s.Device, ID: job, Template: s.Label, Lot: r.in.Lot,
		Product: r.plan.Product, Order: r.plan.Order, Code: code, Quantity: r.at.Quantity}
}

// shoot has a picture taken and waits for its verdict, which comes by signal, or for its time to be up.
func (r *route) shoot(ctx workflow.Context, s mes.Step) error {
	asked := r.at
	var out contract.ShotTaken
	req := contract.ShotRequest{Site: r.in.Site, Camera: s.Device, ID: mes.ShotKey(r.in.Lot, asked), Shot: asked.Wait.Shot,
		Lot: r.in.Lot, Operation: asked.Operation, Step: s.ID}
	nobody, err := await(ctx, r, asked, contract.TakeShot, req, &out)
	if err != nil || r.answered(asked) {
		return err
	}
	unreached := cmp.Or(nobody, out.Silent)
	if unreached == "" {
		came, err := kit.AwaitFor(ctx, s.Timeout(), func() bool { return r.answered(asked) })
		if came || err != nil {
			return err
		}
	}
	return r.recordAnswer(ctx, asked, func(p mes.Progress, now time.Time) (change, error) {
		after, hold := p.Unseen(r.routing(), unreached, now)
		return change{kind: mes.EntrySilent, after: after, hold: hold, reason: after.Wait.Reason,
			step: p.Built(r.routing(), mes.StepDone{Result: mes.ResultSilent}, mes.Actor{}, now)}, nil
	})
}

// answered tells that the picture's verdict is here, or that the lot waits for it no more.
func (r *route) answered(asked mes.Progress) bool {
	_, verdict := r.verdict()
	return verdict || r.behind || !asked.Same(r.at)
}

// silent is the change that a machine's or printer's silence makes: the operator is asked. lost says that the machine may
// have run all the same.
func silent(s mes.Step, reason string, lost bool) func(mes.Progress, time.Time) (change, error) {
	return func(p mes.Progress, now time.Time) (change, error) {
		after := p.Silent(reason, now)
		if lost {
			after = p.Lost(reason, now)
		}
		return change{kind: mes.EntrySilent, after: after, reason: reason, step: silence(p, s, reason, now)}, nil
	}
}

func silence(p mes.Progress, s mes.Step, reason string, now time.Time) *mes.StepRecord {
	return &mes.StepRecord{Operation: p.Operation, Visit: p.Visit, Step: s.ID, Kind: s.Kind, Name: s.Name, Attempt: max(p.Attempt, 1),
		Station: p.Station, Operator: p.Operator, Device: s.Device, Program: s.Program, Result: mes.ResultSilent, Note: reason,
		StartedAt: p.Wait.Since, EndedAt: now}
}

// await runs an activity at the lot's site until it answers, or until the lot waits for it no more. When nobody at the
// site takes the work up in the profile's time, or it can't be done there, that is an answer too: nobody says so.
func await[In, Out any](ctx workflow.Context, r *route, asked mes.Progress, a kit.Activity[In, Out], in In, out *Out) (nobody string, err error) {
	work, cancel := workflow.WithCancel(ctx)
	defer cancel()
	f := a.Begin(work, contract.QueueDevice(r.in.Site), in)
	if err := workflow.Await(ctx, func() bool { return f.IsReady() || r.behind || !asked.Same(r.at) }); err != nil || !f.IsReady() {
		return "", err
	}
	if err := f.Get(ctx, out); err != nil {
		return unreached(asked.Wait.On, err), ctx.Err()
	}
	return "", nil
}

// unreached is why a device could not even be asked, in the operator's words.
func unreached(device string, err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return device + ": " + app.Message()
	}
	return device + " could not be asked: the site's device service did not answer"
}
