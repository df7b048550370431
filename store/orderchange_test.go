package store_test

import (
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// added puts an operation between 20 and 30 of UNIT.
func added(r *mes.Routing) {
	n := mes.Operation{ID: "25", Name: "Check", Stations: []string{"ST21"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{{ID: "1", Kind: mes.StepConfirm, Name: "Check"}}}
	r.Operations = append(r.Operations[:2:2], append([]mes.Operation{n}, r.Operations[2:]...)...)
	r.Window = 4
}

func (f *floor) move(number, to string) mes.RevisionChange {
	f.Helper()
	c, err := f.Changes.Ask(f.ctx, f.key(), site, number, planner, to, "screws come loose")
	f.must(err)
	return c
}

func (f *floor) moved(number, lot string) mes.ChangedLot {
	f.Helper()
	cs, err := f.Changes.Of(f.ctx, site, number)
	f.must(err)
	for _, l := range cs[0].Lots {
		if l.Lot == lot {
			return l
		}
	}
	f.Fatalf("%s is not in the change %+v", lot, cs[0])
	return mes.ChangedLot{}
}

func (f *floor) revisionOf(lot string) string {
	f.Helper()
	v, err := f.Lots.Get(f.ctx, site, lot)
	f.must(err)
	return v.Revision
}

func TestARunningOrderMovesAtSafePointsByASignedChange(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	ps := f.lots("WO-1", "UNIT", 12) // the window of rev A takes 8
	waits, working, between, beyond := ps[0], ps[1], ps[2], ps[3]
	f.must(working.start("ST10"))
	between.kitted("BOARD-1")
	beyond.kitted("BOARD-2")
	beyond.screwed() // waits for 30: operation 25 comes just before it
	f.approved(f.submitted("B", mes.Submission{}, added))
	if got := f.revisionOf(waits.id); got != "A" {
		t.Fatalf("a revision in force moved a running order to %s", got)
	}

	p, err := f.Changes.Preview(f.ctx, site, "WO-1", "B")
	f.must(err)
	if !p.NotStarted.Equal(mes.Count(4)) || len(p.Lots) != 8 || len(p.Changes) != 2 || p.Lots[1].Fate != mes.FateWaits || p.Lots[3].Next != "25" {
		t.Errorf("preview %+v", p)
	}
	_, err = f.Changes.Ask(f.ctx, f.key(), site, "WO-1", planner, "B", " ")
	f.refused(err, mes.CodeUnprocessable, "reason: ")
	c := f.move("WO-1", "B")
	if f.status("WO-1").Revision != "A" || f.revisionOf(waits.id) != "A" {
		t.Error("a mere request moved something")
	}
	_, err = f.Changes.Ask(f.ctx, f.key(), site, "WO-1", planner, "B", "again")
	f.refused(err, mes.CodeConflict, "waits for its signature already")
	f.refused(f.signNext(c.Request, planner, mes.RoleQuality), mes.CodeForbidden, "")
	f.must(f.signNext(c.Request, quality, mes.RoleQuality))

	if s := f.status("WO-1"); s.Revision != "B" {
		t.Errorf("the order is on rev %s", s.Revision)
	}
	for _, l := range []*piece{waits, between, beyond} {
		if f.revisionOf(l.id) != "B" {
			t.Errorf("%s waited between operations and is on rev %s", l.id, f.revisionOf(l.id))
		}
	}
	if f.revisionOf(working.id) != "A" || f.moved("WO-1", working.id).Fate != mes.FateWaits {
		t.Errorf("%s was moved within its operation", working.id)
	}
	if next := f.piece(beyond.id); next.at.Operation != "25" || next.at.Station != "ST21" || next.plan.Routing.Revision != "B" {
		t.Errorf("beyond stands at %+v of rev %s", next.at, next.plan.Routing.Revision)
	}
	f.messages(mes.ToWorkflow, mes.MessageLotBehind, 7)

	// The stale view of a lot that was moved is refused, and nothing of it is stored.
	f.refused(between.start("ST20"), mes.CodeConflict, "was changed meanwhile")

	f.must(working.scan("BOARD-3"))
	f.must(working.scan("SCREW-1"))
	f.must(working.finish())
	if f.revisionOf(working.id) != "B" || working.at.Operation != "20" || !working.replanned {
		t.Errorf("after its operation %s is on rev %s at %+v, told %v", working.id, f.revisionOf(working.id), working.at, working.replanned)
	}
	if got := f.moved("WO-1", working.id); got.Fate != mes.FateMoved || got.Next != "20" || got.At == nil {
		t.Errorf("its change says %+v", got)
	}

	// As built: each step under the revision that it was done under.
	working = f.piece(working.id)
	working.screwed()
	working = f.piece(working.id)
	if working.at.Operation != "25" {
		t.Fatalf("after 20 it waits for %s", working.at.Operation)
	}
	built, err := f.Lots.AsBuilt(f.ctx, site, working.id)
	f.must(err)
	for _, o := range built.Operations {
		for _, s := range o.Steps {
			if want := map[string]string{"10": "A", "20": "B"}[o.Operation]; s.Revision != want {
				t.Errorf("step %s/%s was done under rev %s, want %s", o.Operation, s.Step, s.Revision, want)
			}
		}
	}
	rows, err := f.Audits.List(f.ctx, mes.AuditFilter{Noun: "lot", Subject: working.id, Action: "revision_changed"})
	f.must(err)
	if rows.Total != 1 || rows.Items[0].Reason != "screws come loose" || rows.Items[0].Actor != "quinn" {
		t.Errorf("audit %+v", rows.Items)
	}
	story, err := f.Orders.Timeline(f.ctx, site, "WO-1")
	f.must(err)
	told := 0
	for _, r := range story {
		if r.Kind == "revision_changed" && r.Lot != "" {
			told++
		}
	}
	if told != 8 {
		t.Errorf("the order's story tells of %d moved lots, want 8", told)
	}
	f.ledger("WO-1", 12, 0, 0, 8, 4)
}

func TestALotWhoseWayCannotBeMappedStays(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	ps := f.lots("WO-1", "UNIT", 2)
	ps[0].kitted("BOARD-1") // done 10, which rev B does not have
	f.approved(f.submitted("B", mes.Submission{}, func(r *mes.Routing) {
		r.Operations = r.Operations[1:]
		r.Operations[0].OnFail.ReworkTo = ""
	}))
	c := f.move("WO-1", "B")
	f.must(f.signNext(c.Request, quality, mes.RoleQuality))
	got := f.moved("WO-1", ps[0].id)
	if got.Fate != mes.FateStays || got.Why != "Operation 10 is done and is not in rev B." || f.revisionOf(ps[0].id) != "A" {
		t.Errorf("%+v on rev %s", got, f.revisionOf(ps[0].id))
	}
	if got := f.moved("WO-1", ps[1].id); got.Fate != mes.FateMoved || got.Next != "20" {
		t.Errorf("the other one: %+v", got)
	}
	ps[0].screwed() // and goes on by its own
	if f.revisionOf(ps[0].id) != "A" || ps[0].at.Operation != "30" {
		t.Errorf("it went on to %+v on rev %s", ps[0].at, f.revisionOf(ps[0].id))
	}
}

func TestAMoveIsRefusedWhereItMakesNoSense(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.people()
	_, _, err := f.Orders.Create(f.ctx, f.key(), site, planner, request("WO-0", "UNIT", 1))
	f.must(err)
	f.order("WO-1", "UNIT", 1)
	_, err = f.Changes.Preview(f.ctx, site, "WO-1", "A")
	f.refused(err, mes.CodeConflict, "by rev A already")
	_, err = f.Changes.Preview(f.ctx, site, "WO-1", "B")
	f.refused(err, mes.CodeConflict, "rev B is not in force")
	f.approved(f.submitted("B", mes.Submission{}, longer))
	_, err = f.Changes.Preview(f.ctx, site, "WO-0", "B")
	f.refused(err, mes.CodeConflict, "is not released")
	_, err = f.Changes.Ask(f.ctx, f.key(), site, "WO-9", planner, "B", "x")
	f.refused(err, mes.CodeNotFound, "")

	c := f.move("WO-1", "B")
	r, err := f.Signatures.Request(f.ctx, site, c.Request)
	f.must(err)
	_, err = f.Signatures.Reject(f.ctx, f.key(), site, c.Request, mes.Signing{Signer: mes.Signer{ID: "quinn", Name: "Q", Roles: []mes.Role{mes.RoleQuality}, Method: mes.SignedByPassword},
		Meaning: r.Needs[0].Meaning, Reason: "finish it first", Hash: r.Hash})
	f.must(err)
	cs, err := f.Changes.Of(f.ctx, site, "WO-1")
	f.must(err)
	if cs[0].State != mes.ChangeRejected || cs[0].EndReason != "finish it first" || f.status("WO-1").Revision != "A" {
		t.Errorf("after the rejection %+v", cs[0])
	}
	f.move("WO-1", "B") // and it can be asked for again
}
