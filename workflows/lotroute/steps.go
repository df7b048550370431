package lotroute

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
	"github.com/steelthread/steelthread/workflows/kit"
)

// open loads the plan. Commands wait meanwhile.
func (r *route) open(ctx workflow.Context) error {
	if err := r.catchUp(ctx); err != nil {
		return err
	}
	if r.plan.Progress == nil {
		return contract.Carry(mes.Refuse(mes.CodeConflict, r.in.Lot+" is not made here.", "Nothing was started.", ""))
	}
	return nil
}

// recoveryPause is how long the automatic work rests when the ledger could not be reached for a profile's whole time.
const recoveryPause = 30 * time.Second

// turn does the next piece of automatic work, or waits until there is some.
func (r *route) turn(ctx workflow.Context) error {
	err := r.work(ctx)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	workflow.GetLogger(ctx).Error("The lot's automatic work is interrupted", "lot", r.in.Lot, "error", err)
	return workflow.Sleep(ctx, recoveryPause)
}

func (r *route) work(ctx workflow.Context) error {
	if r.behind {
		return r.catchUp(ctx)
	}
	if len(r.verdicts) > 0 {
		return r.look(ctx)
	}
	if r.standsStill() {
		return r.acknowledge(ctx)
	}
	if r.at.Automatic() {
		return r.ask(ctx)
	}
	return workflow.Await(ctx, func() bool {
		return r.ended() || r.behind || len(r.verdicts) > 0 || r.at.Automatic() || r.standsStill() || kit.Full(ctx)
	})
}

// standsStill tells that a containment waits for the lot, and that no machine, camera or printer is at work on it: a safe
// point, since the ledger lets nobody go on from there.
func (r *route) standsStill() bool { return len(r.in.Held) > 0 && !r.at.Automatic() }

// acknowledge says so.
func (r *route) acknowledge(ctx workflow.Context) error {
	in := contract.StoppedLot{Site: r.in.Site, Containment: r.in.Held[0], Lot: r.in.Lot, At: r.at.Operation + "/" + r.at.Step}
	_, err := contract.LotStopped.RunLocal(ctx, in)
	if err != nil && !contract.Settled(err) {
		return err
	}
	r.in.Held = slices.DeleteFunc(r.in.Held, func(id string) bool { return id == in.Containment })
	return nil
}

// look applies the verdict that the lot waits for. Verdicts are sent only when the ledger waits for them; one that is not
// expected here means that this run is behind, or that the lot has moved on since. Then it is forgotten: late verdicts
// are dealt with where they are stored.
func (r *route) look(ctx workflow.Context) error {
	if v, ok := r.verdict(); ok {
		return r.seen(ctx, v)
	}
	err := r.catchUp(ctx)
	if _, ok := r.verdict(); !ok && err == nil {
		r.verdicts = nil
	}
	return err
}

func (r *route) catchUp(ctx workflow.Context) error {
	if err := r.writer.Lock(ctx); err != nil {
		return err
	}
	defer r.writer.Unlock()
	_, err := r.reload(ctx)
	return carried(err)
}

// verdict finds the verdict on the picture that the lot waits for.
func (r *route) verdict() (contract.VisionVerdict, bool) {
	i := slices.IndexFunc(r.verdicts, func(v contract.VisionVerdict) bool {
		return r.at.Expects(r.in.Lot, v.Operation, v.Step, v.Shot, v.Key)
	})
	if i < 0 {
		return contract.VisionVerdict{}, false
	}
	return r.verdicts[i], true
}

// seen applies a verdict. It is forgotten only when it was stored as a new entry: after a crash the ledger may answer
// for another one under the same key.
func (r *route) seen(ctx workflow.Context, v contract.VisionVerdict) error {
	asked := r.at
	stored, err := r.conclude(ctx, asked, func(p mes.Progress, now time.Time) (change, error) {
		after, done, err := p.Seen(r.routing(), r.in.Lot, v.Verdict, now)
		c := change{kind: mes.EntryVerdict, after: after, step: p.Built(r.routing(), done, mes.Actor{}, now), reason: after.Wait.Reason}
		if c.step != nil {
			c.step.VisionID = v.Verdict.ResultID
		}
		return c, err
	})
	if stored {
		r.verdicts = slices.DeleteFunc(r.verdicts, func(o contract.VisionVerdict) bool { return o == v })
	}
	return err
}

// conclude records what a machine or camera did, as long as the lot still waits for it. stored is true when it became a
// new entry.
func (r *route) conclude(ctx workflow.Context, asked mes.Progress, rule func(mes.Progress, time.Time) (change, error)) (stored bool, err error) {
	if err := r.writer.Lock(ctx); err != nil {
		return false, err
	}
	defer r.writer.Unlock()
	for asked.Same(r.at) {
		now := workflow.Now(ctx)
		c, err := rule(r.at, now)
		if err != nil {
			return false, err
		}
		c.by = mes.Actor{ID: asked.Wait.On, Station: r.at.Station}
		rec, err := r.storeResult(ctx, c, now)
		if err == nil || !r.stale(ctx, err) {
			return err == nil && !rec.Duplicate, carried(err)
		}
	}
	return false, nil
}

// recordAnswer concludes where nothing is left to forget.
func (r *route) recordAnswer(ctx workflow.Context, asked mes.Progress, rule func(mes.Progress, time.Time) (change, error)) error {
	_, err := r.conclude(ctx, asked, rule)
	return err
}

// storeResult stores what was done by itself. A hold can't undo it, but it does stop the next machine: where the lot
// would go straight on to one, the ledger is asked as for any movement, and if a hold forbids it the operator decides
// after the hold has been released.
func (r *route) storeResult(ctx workflow.Context, c change, now time.Time) (mes.Recorded, error) {
	if !c.after.Automatic() || c.kind == mes.EntrySilent {
		return r.store(ctx, r.autoKey(), c, now)
	}
	moving := c
	moving.kind = mes.EntryStep
	rec, err := r.store(ctx, r.autoKey(), moving, now)
	held := contract.Refusal(err)
	if held == nil || held.Code != mes.CodeHeld {
		return rec, err
	}
	c.after = c.after.Silent(held.What, now)
	return r.store(ctx, r.autoKey(), c, now)
}
