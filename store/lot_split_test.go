package store_test

import (
	"sync"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// piecesOf sums what every lot of a material still holds or has lost: a division must not change it.
func (f *floor) balanced(lots ...string) {
	f.Helper()
	for _, lot := range lots {
		var off string
		err := f.asOwner("DO $$ BEGIN IF EXISTS (SELECT FROM lot l WHERE l.id = '" + lot + "' AND l.quantity <> l.remaining + l.scrapped + l.split_off + " +
			"coalesce((SELECT sum(c.quantity) FROM consumption c WHERE c.component = l.id AND c.kind = 'consumed'), 0)) THEN RAISE EXCEPTION 'out of balance'; END IF; END $$")
		if err != nil {
			f.Errorf("%s is out of balance: %v %s", lot, err, off)
		}
	}
}

func TestAQueuedLotIsSplitAndBothGoOn(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	whole := f.lots("WO-1", "KIT", 50)[0]
	d, err := f.Lots.Split(f.ctx, "s1", site, operator, mes.LotSplit{Lot: whole.id, Quantity: mes.Count(20), Reason: "Urgent part order."})
	f.must(err)
	again, err := f.Lots.Split(f.ctx, "s1", site, operator, mes.LotSplit{Lot: whole.id, Quantity: mes.Count(20), Reason: "Urgent part order."})
	f.must(err)
	if d.New == whole.id || d.New != again.New || len(d.Lots) != 1 || !d.Lots[0].Left.Equal(mes.Count(30)) {
		t.Fatalf("split %+v, again %+v", d, again)
	}
	f.messages(mes.ToWorkflow, mes.MessageLotMade, 1)
	f.messages(mes.ToWorkflow, mes.MessageLotBehind, 1)
	f.balanced(whole.id, d.New)
	f.ledger("WO-1", 50, 0, 0, 50, 0)

	rest, off := f.piece(whole.id), f.piece(d.New)
	rest.packed()
	off.packed()
	f.ledger("WO-1", 50, 50, 0, 0, 0)
	if l := f.lot(whole.id); !l.Good.Equal(mes.Count(30)) {
		t.Errorf("%s has %s good pieces", l.Lot, l.Good)
	}
	if l := f.lot(d.New); !l.Good.Equal(mes.Count(20)) || l.Order != "WO-1" {
		t.Errorf("the new lot is %+v", l)
	}
	g, err := f.Genealogy.Trace(f.ctx, site, d.New, mes.TraceUp)
	f.must(err)
	if len(g.Edges) != 1 || g.Edges[0].From != whole.id || !g.Edges[0].Quantity.Equal(mes.Count(20)) {
		t.Errorf("genealogy %+v", g.Edges)
	}
	for _, lot := range []string{whole.id, d.New} {
		for _, v := range f.record(lot).Deviate() {
			if v.Kind == mes.DeviatedQuantity || v.Kind == mes.DeviatedSkipped {
				t.Errorf("%s deviates: %+v", lot, v)
			}
		}
	}
}

func TestALotSplitInTheMiddleBeginsThere(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	whole := f.lots("WO-1", "KIT", 50)[0]
	f.must(whole.start("ST10"))
	if _, err := f.Lots.Split(f.ctx, "s0", site, operator, mes.LotSplit{Lot: whole.id, Quantity: mes.One, Reason: "r"}); mes.CodeOf(err) != mes.CodeConflict {
		t.Errorf("a lot in work is split: %v", err)
	}
	f.must(whole.complete(mes.CompleteStep{Operation: "10", Step: "1", Values: []mes.Reading{
		{Characteristic: "D", Value: mes.MustDecimal("10.0"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.1"), Sample: 2}}}))
	f.must(whole.finish())
	d, err := f.Lots.Split(f.ctx, "s1", site, operator, mes.LotSplit{Lot: whole.id, Quantity: mes.Count(5), Reason: "Sample."})
	f.must(err)
	off := f.piece(d.New)
	if off.at.Operation != "20" || off.at.State != mes.LotQueued {
		t.Fatalf("the new lot stands at %+v", off.at)
	}
	f.must(off.start("ST10"))
	f.must(off.complete(mes.CompleteStep{Operation: "20", Step: "1"}))
	f.must(off.finish())
	r := f.record(d.New)
	if len(r.Content.MadeFrom) != 1 || r.Content.MadeFrom[0] != whole.id {
		t.Errorf("made from %v", r.Content.MadeFrom)
	}
	for _, v := range r.Deviate() {
		t.Errorf("deviates: %+v", v)
	}
}

func TestStockIsSplitAndMergedAgain(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	d, err := f.Lots.Split(f.ctx, "s1", site, operator, mes.LotSplit{Lot: "SCREW-1", Quantity: mes.Count(300), Reason: "For line 2."})
	f.must(err)
	if d.New != "SCREW-1-S1" {
		t.Errorf("the new lot is called %s", d.New)
	}
	m, err := f.Lots.Merge(f.ctx, "m1", site, operator, mes.LotMerge{Lots: []string{d.New, "SCREW-1"}, Reason: "Line 2 is down."})
	f.must(err)
	f.balanced("SCREW-1", d.New, m.New)
	all := f.lot(m.New)
	if !all.Remaining.Equal(mes.Count(1000)) || f.lot("SCREW-1").State != mes.LotMerged || all.State != mes.LotAvailable {
		t.Errorf("merged %+v", all)
	}
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	f.must(p.scan(board(1)))
	f.refused(p.scan("SCREW-1"), mes.CodeConflict, "merged")
	f.must(p.scan(m.New))
	g, err := f.Genealogy.Trace(f.ctx, site, p.id, mes.TraceUp)
	f.must(err)
	found := map[string]bool{}
	for _, n := range g.Nodes {
		found[n.ID] = true
	}
	if !found["SCREW-1"] || !found[d.New] {
		t.Errorf("the genealogy of %s does not lead through the merge: %v", p.id, found)
	}
}

func TestQueuedLotsAreMerged(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	lots := f.lots("WO-1", "KIT", 90)
	m, err := f.Lots.Merge(f.ctx, "m1", site, operator, mes.LotMerge{Lots: []string{lots[1].id, lots[0].id}, Reason: "One box."})
	f.must(err)
	f.piece(m.New).packed()
	f.ledger("WO-1", 90, 90, 0, 0, 0)
	f.balanced(lots[0].id, lots[1].id, m.New)
	for _, l := range lots {
		if got := f.lot(l.id); got.State != mes.LotMerged || !got.Remaining.IsZero() {
			t.Errorf("%+v", got)
		}
	}
}

func TestHeldPiecesStayTogether(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	lots := f.lots("WO-1", "KIT", 100)
	_, err := f.Lots.Hold(f.ctx, "h", site, lots[0].id, planner, "cracks")
	f.must(err)
	_, err = f.Lots.Split(f.ctx, "s", site, operator, mes.LotSplit{Lot: lots[0].id, Quantity: mes.One, Reason: "r"})
	f.refused(err, mes.CodeHeld, "cracks")
	_, err = f.Lots.Merge(f.ctx, "m", site, operator, mes.LotMerge{Lots: []string{lots[1].id, lots[0].id}, Reason: "r"})
	f.refused(err, mes.CodeHeld, "cracks")
}

// TestTwoDivideALotAtOnce lets splits and consumption race for the last pieces: never is more taken than there was.
func TestTwoDivideALotAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.order("WO-1", "KIT", 10)
	lot := f.fill("WO-1")[0]
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := f.Lots.Split(f.ctx, f.key(), site, operator, mes.LotSplit{Lot: lot, Quantity: mes.Count(3), Reason: "r"})
			if err != nil && mes.CodeOf(err) != mes.CodeUnprocessable {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f.balanced(lot)
	if l := f.lot(lot); !l.Remaining.Equal(mes.One) {
		t.Errorf("%s has %s left, want 1 of 10 after three splits of 3", lot, l.Remaining)
	}
}
