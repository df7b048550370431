package lotroute

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// listen registers everything that the run can be told and asked.
func (r *route) listen(ctx workflow.Context) error {
	contract.Verdict.Listen(ctx, r.take)
	contract.LotVoided.Listen(ctx, func(mes.LotVoided) { r.behind = true })
	contract.LotBehind.Listen(ctx, r.told)
	contract.LotHeld.Listen(ctx, r.held)
	return errors.Join(
		contract.LotProgress.Handle(ctx, func() (mes.Progress, error) { return r.at, nil }),
		handle(ctx, r, contract.StartOperation, start),
		handle(ctx, r, contract.PauseOperation, pause),
		handle(ctx, r, contract.ResumeOperation, resume),
		handle(ctx, r, contract.CompleteOperation, finish),
		handle(ctx, r, contract.CompleteStep, complete),
		handle(ctx, r, contract.RetryStep, retry),
		handle(ctx, r, contract.ReportDefect, report),
		handle(ctx, r, contract.ReviewLot, review),
		handle(ctx, r, contract.ScrapLot, scrap),
	)
}

// take notes a verdict once; whether it still means anything is decided when it is applied.
func (r *route) take(v contract.VisionVerdict) {
	if r.in.Seen.Take(v.Event) {
		r.verdicts = append(r.verdicts, v)
	}
}

func (r *route) told(b contract.Behind) {
	r.behind = r.behind || b.Version == 0 || b.Version > r.at.Version
}

// drain takes the signals that wait. What they bring is in the ledger, so the next run finds it there.
func (r *route) drain(ctx workflow.Context) {
	contract.Verdict.Drain(ctx, r.take)
	contract.LotVoided.Drain(ctx, func(mes.LotVoided) {})
	contract.LotBehind.Drain(ctx, func(contract.Behind) {})
	contract.LotHeld.Drain(ctx, r.held)
}

// held notes a containment that waits for the lot to stand still. The guard is in the ledger already.
func (r *route) held(h mes.LotHeld) {
	if !slices.Contains(r.in.Held, h.Containment) {
		r.in.Held = append(r.in.Held, h.Containment)
	}
}

// command is the input of an update: it says who gives it.
type command interface{ By() mes.Actor }

// rule makes a change of a command, or refuses it. It neither blocks nor changes the route.
type rule[In command] func(r *route, in In, now time.Time) (change, error)

// handle registers one update. The validator asks the rule, and refuses without a trace in history. The handler asks
// it again when its turn has come, since others may have moved the lot meanwhile.
func handle[In command](ctx workflow.Context, r *route, u kit.Update[In, contract.LotAnswer], rule rule[In]) error {
	validate := func(ctx workflow.Context, in In) error {
		if r.unsure(in.By()) || r.in.Answered.Has(workflow.GetCurrentUpdateInfo(ctx).ID) {
			return nil
		}
		_, err := rule(r, in, workflow.Now(ctx))
		return contract.Carry(err)
	}
	return u.Handle(ctx, validate, func(ctx workflow.Context, in In) (contract.LotAnswer, error) {
		return r.carryOut(ctx, in.By(), func(now time.Time) (change, error) { return rule(r, in, now) })
	})
}

// unsure tells that the giver may know more of the lot than this run, so that nothing can be judged before a reload.
func (r *route) unsure(by mes.Actor) bool { return !r.loaded || r.behind || by.Seen > r.at.Version }

// carryOut is a command's turn: one writer at a time, the rule on the lot as it now stands, one transaction.
func (r *route) carryOut(ctx workflow.Context, by mes.Actor, rule func(time.Time) (change, error)) (contract.LotAnswer, error) {
	if err := r.writer.Lock(ctx); err != nil {
		return contract.LotAnswer{}, err
	}
	defer r.writer.Unlock()
	id := workflow.GetCurrentUpdateInfo(ctx).ID
	if r.in.Answered.Has(id) {
		return r.again(ctx, id)
	}
	if r.unsure(by) {
		if _, err := r.reload(ctx); err != nil {
			return contract.LotAnswer{}, contract.Carry(err)
		}
	}
	now := workflow.Now(ctx)
	c, err := rule(now)
	if err != nil {
		return contract.LotAnswer{}, contract.Carry(err)
	}
	rec, err := r.store(ctx, r.key(id), c, now)
	if err != nil && r.stale(ctx, err) {
		if c, err = rule(now); err == nil {
			rec, err = r.store(ctx, r.key(id), c, now)
		}
	}
	if err != nil {
		return contract.LotAnswer{}, carried(err)
	}
	r.in.Answered.Take(id)
	if c.refusal != nil {
		return contract.LotAnswer{}, contract.Carry(c.refusal)
	}
	return contract.LotAnswer{Progress: rec.After}, nil
}

// key scopes an update's ID, which is unique per lot only, to the whole ledger.
func (r *route) key(update string) string {
	return contract.LotEntryKey(r.in.Site, r.in.Lot, update)
}

// again answers an update that an earlier run carried out: the ledger knows its answer by its key.
func (r *route) again(ctx workflow.Context, update string) (contract.LotAnswer, error) {
	rec, err := r.store(ctx, r.key(update), change{kind: mes.EntryAttempt, by: mes.Actor{ID: mes.ActorSystem}, after: r.at}, workflow.Now(ctx))
	if err != nil {
		return contract.LotAnswer{}, carried(err)
	}
	return contract.LotAnswer{Progress: rec.After}, nil
}

// carried strips the engine's wrapping from a refusal, so that it travels once and whole.
func carried(err error) error {
	if e := contract.Refusal(err); e != nil {
		return contract.Carry(e)
	}
	return err
}

// The rules: each is what the command makes of the lot, by the rules of package mes.

func start(r *route, in mes.StartOperation, now time.Time) (change, error) {
	after, err := r.at.Start(r.routing(), r.in.Lot, in, now)
	return change{kind: mes.EntryStarted, by: in.Actor, after: after}, err
}

func pause(r *route, in contract.OperationCommand, _ time.Time) (change, error) {
	after, err := r.at.Pause(r.routing(), r.in.Lot, in.Actor, in.Operation)
	return change{kind: mes.EntryPaused, by: in.Actor, after: after, reason: in.Reason}, err
}

func resume(r *route, in contract.OperationCommand, _ time.Time) (change, error) {
	after, err := r.at.Resume(r.routing(), r.in.Lot, in.Actor, in.Operation)
	return change{kind: mes.EntryResumed, by: in.Actor, after: after, reason: in.Reason}, err
}

func finish(r *route, in contract.OperationCommand, now time.Time) (change, error) {
	after, err := r.at.Finish(r.routing(), r.in.Lot, in.Actor, in.Operation, now)
	_, o, _ := r.routing().At(in.Operation)
	return change{kind: mes.EntryCompleted, by: in.Actor, after: after, confirm: o.Confirm}, err
}

func complete(r *route, in mes.CompleteStep, now time.Time) (change, error) {
	after, done, err := r.at.Complete(r.routing(), r.in.Lot, in, now)
	kind := mes.EntryStep
	if done.Refusal != nil {
		kind = mes.EntryAttempt
	}
	return change{kind: kind, by: in.Actor, after: after, step: r.at.Built(r.routing(), done, in.Actor, now), take: done.Consume, refusal: done.Refusal}, err
}

func retry(r *route, in contract.StepCommand, now time.Time) (change, error) {
	after, err := r.at.Retry(r.routing(), r.in.Lot, in.Actor, in.Operation, in.Step, now)
	return change{kind: mes.EntryRetried, by: in.Actor, after: after}, err
}

func report(r *route, in mes.Defect, now time.Time) (change, error) {
	after, err := r.at.Report(r.routing(), r.in.Lot, in, now)
	return change{kind: mes.EntryDefect, by: in.Actor, after: after, reason: in.Reason(), code: in.Code}, err
}

func scrap(r *route, in contract.Scrap, now time.Time) (change, error) {
	after, err := r.at.Scrap(r.in.Lot, r.plan.Tracking, in.Quantity, in.Reason, now)
	return change{kind: mes.EntryScrapped, by: in.Actor, after: after, reason: in.Reason}, err
}

func review(r *route, in mes.Review, now time.Time) (change, error) {
	after, step, err := r.at.Reviewed(r.routing(), r.in.Lot, in, now)
	return change{kind: mes.EntryReviewed, by: in.Actor, after: after, step: step, reason: in.Reason}, err
}
