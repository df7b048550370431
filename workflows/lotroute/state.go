package lotroute

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workflows/contract"
)

// route is what one run knows of its lot. It is made anew by each run, and at is never ahead of the ledger.
type route struct {
	in   contract.LotRouteInput
	id   string
	plan mes.Plan
	at   mes.Progress
	// loaded is set once plan and at are the ledger's. Until then nothing can be judged.
	loaded bool
	// behind asks for the ledger's word before the next move.
	behind bool
	// writer lets one handler at a time change at: each of them waits for the ledger in between.
	writer workflow.Mutex
	// verdicts came by signal and were not applied yet.
	verdicts []contract.VisionVerdict
}

func newRoute(ctx workflow.Context, in contract.LotRouteInput) *route {
	return &route{in: in, id: contract.LotRouteID(in.Site, in.Lot), writer: workflow.NewMutex(ctx)}
}

func (r *route) ended() bool { return r.at.State.Ended() }

func (r *route) routing() mes.Routing { return r.plan.Routing }

// next is the input of the run that continues this one. Where the lot stands is the ledger's to say.
func (r *route) next() contract.LotRouteInput { return r.in }

func (r *route) result() contract.LotRouteResult {
	good := mes.Zero
	if r.at.State == mes.LotPacked || r.at.State == mes.LotShipped {
		good = r.at.Quantity
	}
	return contract.LotRouteResult{State: r.at.State, Good: good, Scrapped: r.at.Scrapped}
}

// autoKey is the key of the next entry that nobody commanded. It is the same when a run repeats it after a crash.
func (r *route) autoKey() string { return fmt.Sprintf("%s@%d", r.id, r.at.Version+1) }

// change is what a rule makes of the lot: where it stands next, and what the ledger must store of it.
type change struct {
	kind  mes.EntryKind
	by    mes.Actor
	after mes.Progress
	step  *mes.StepRecord
	take  []mes.Consumption
	// reason and code say why, where a person or a camera gave a reason.
	reason, code string
	hold         bool
	confirm      bool
	// refusal is told to whoever gave the command, although the attempt is recorded.
	refusal *mes.Error
}

// store records the change in one transaction and moves to what was stored. A change that is stored already, because a
// worker was lost after its commit, answers as it did the first time.
func (r *route) store(ctx workflow.Context, key string, c change, now time.Time) (mes.Recorded, error) {
	rec, err := contract.RecordLot.RunLocal(ctx, mes.Entry{
		Key: key, Site: r.in.Site, Lot: r.in.Lot, Kind: c.kind, Actor: c.by, At: now, Before: r.at, After: c.after,
		Step: c.step, Consume: c.take, Reason: c.reason, PlaceHold: c.hold, Confirm: c.confirm, Code: c.code,
	})
	if err == nil && rec.After.Version > r.at.Version {
		r.at = rec.After
		r.behind = r.behind || rec.Replanned // its order moved on: the plan is another one from here
	}
	if err != nil && !contract.Settled(err) {
		r.behind = true // the ledger may have stored it all the same
	}
	return rec, err
}

// reload asks the ledger where the lot stands, and tells whether it knew more than this run.
func (r *route) reload(ctx workflow.Context) (moved bool, err error) {
	plan, err := contract.LoadPlan.RunLocal(ctx, r.in)
	if err != nil {
		return false, err
	}
	r.plan, r.behind = plan, false
	if p := plan.Progress; p != nil && (!r.loaded || p.Version > r.at.Version) {
		r.at, moved = *p, true
	}
	r.loaded = true
	return moved, nil
}

// stale tells that the ledger refused because it knows more than this run, and catches up with it.
func (r *route) stale(ctx workflow.Context, refused error) bool {
	if mes.CodeOf(asRefusal(refused)) != mes.CodeConflict {
		return false
	}
	moved, err := r.reload(ctx)
	return err == nil && moved
}

// asRefusal is the refusal that an activity's error carries, or nil.
func asRefusal(err error) error {
	if e := contract.Refusal(err); e != nil {
		return e
	}
	return nil
}
