package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestALotIsMadeFromFirstScanToLastStation(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	if len(ps) != 3 {
		t.Fatalf("got %d lots, want 3", len(ps))
	}
	p := ps[0]
	p.kitted("(01)04012345000023(21)BOARD-1")
	p.screwed()
	if s := f.status("WO-1"); s.State != mes.OrderRunning || !s.Ledger.InProcess.Equal(mes.Count(3)) || !s.Ledger.Balanced() {
		t.Errorf("order is %+v", s)
	}
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	if len(built.Operations) != 3 || len(built.Operations[0].Steps) != 2 || len(built.Operations[1].Steps) != 1 {
		t.Fatalf("as built: %+v", built)
	}
	board := built.Operations[0].Steps[0].Components
	if len(board) != 1 || board[0].Lot != "BOARD-1" || board[0].SupplierLot != "C-9" || !board[0].Quantity.Equal(mes.One) {
		t.Errorf("board: %+v", board)
	}
	v := built.Operations[1].Steps[0].Values
	if len(v) != 1 || !v[0].Value.Equal(mes.MustDecimal("2.0")) || v[0].Lower == nil || !v[0].Lower.Equal(mes.MustDecimal("1.8")) || v[0].Result != mes.ResultPass {
		t.Errorf("values: %+v", v)
	}
	if left := f.lot("SCREW-1"); !left.Remaining.Equal(mes.Count(996)) || left.State != mes.LotAvailable {
		t.Errorf("screws: %s left, %s", left.Remaining, left.State)
	}
	if b := f.lot("BOARD-1"); !b.Remaining.IsZero() || b.State != mes.LotConsumed {
		t.Errorf("board: %s left, %s", b.Remaining, b.State)
	}
}

func TestARepeatedKeyGetsTheFirstAnswerAndChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	next, done, err := p.at.Complete(p.plan.Routing, p.id, mes.CompleteStep{Actor: operator, Operation: "10", Step: "1", Scan: "BOARD-1"}, now())
	f.must(err)
	e := mes.Entry{Key: "once", Site: site, Lot: p.id, Kind: mes.EntryStep, Actor: operator, At: now(), Before: p.at, After: next}
	p.step(done)(&e)
	first, err := f.Lots.Record(f.ctx, e)
	f.must(err)
	again, err := f.Lots.Record(f.ctx, e)
	f.must(err)
	if first.Duplicate || !again.Duplicate || again.After.Version != first.After.Version || again.After.Step != first.After.Step {
		t.Errorf("first %+v, again %+v", first, again)
	}
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	if n := len(built.Operations[0].Steps); n != 1 {
		t.Errorf("%d step records, want 1", n)
	}
	stored, err := f.Lots.Stored(f.ctx, "once")
	f.must(err)
	if stored.After.Version != first.After.Version {
		t.Errorf("the ledger keeps %+v, answered was %+v", stored, first)
	}
	_, err = f.Lots.Stored(f.ctx, "never")
	f.refused(err, mes.CodeNotFound, "never")
	p.at = first.After
	tried := mes.Entry{Key: "tried", Site: site, Lot: p.id, Kind: mes.EntryAttempt, Actor: operator, At: now(), Before: p.at, After: p.at}
	_, err = f.Lots.Record(f.ctx, tried)
	f.must(err)
	_, err = f.Lots.Stored(f.ctx, "tried")
	f.refused(err, mes.CodeNotFound, "tried")
}

func TestAnEntryThatSkipsAVersionIsRefused(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	stale := *p
	f.must(p.start("ST10"))
	f.refused(stale.start("ST10"), mes.CodeConflict, "was changed meanwhile")
	_, err := f.Lots.Record(f.ctx, mes.Entry{Key: "x", Site: site, Lot: "NOBODY", Kind: mes.EntryPaused})
	f.refused(err, mes.CodeNotFound, "NOBODY")
	_, err = f.Lots.Record(f.ctx, mes.Entry{Key: "x", Site: site, Lot: "SCREW-1", Kind: mes.EntryPaused})
	f.refused(err, mes.CodeConflict, "was received")
}

func TestAStationWorksOnNoMoreLotsThanItCan(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	for i, p := range ps {
		p.kitted(board(i + 1))
	}
	f.must(ps[0].start("ST20"))
	f.refused(ps[1].start("ST20"), mes.CodeConflict, "ST20 works on "+ps[0].id)
	paused, err := ps[0].at.Pause(ps[0].plan.Routing, ps[0].id, operator, "20")
	f.must(err)
	f.must(ps[0].record(mes.EntryPaused, paused))
	f.must(ps[2].start("ST20"))
	resumed, err := ps[0].at.Resume(ps[0].plan.Routing, ps[0].id, operator, "20")
	f.must(err)
	f.refused(ps[0].record(mes.EntryResumed, resumed), mes.CodeConflict, "ST20 works on "+ps[2].id)
}

func TestEachMachineCommandHasItsOwnNumber(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 2)
	ps[0].kitted(board(1))
	ps[1].kitted(board(2))
	f.must(ps[0].start("ST20"))
	first := ps[0].at.Wait.Seq
	f.must(ps[0].measured("3.0")) // out of limits: the cycle is repeated under a new number
	second := ps[0].at.Wait.Seq
	paused, err := ps[0].at.Pause(ps[0].plan.Routing, ps[0].id, operator, "20")
	f.must(err)
	f.must(ps[0].record(mes.EntryPaused, paused))
	if ps[0].at.Wait.Seq != second {
		t.Errorf("a pause changed the number from %d to %d", second, ps[0].at.Wait.Seq)
	}
	f.must(ps[1].start("ST20"))
	if third := ps[1].at.Wait.Seq; first == 0 || second != first+1 || third != second+1 {
		t.Errorf("numbers %d, %d, %d, want three in a row", first, second, third)
	}
}

func TestAHoldStopsTheLotWhereItIs(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	f.must(p.start("ST20"))
	h, err := f.Lots.Hold(f.ctx, "h1", site, p.id, planner, "scratch on the housing")
	f.must(err)
	again, err := f.Lots.Hold(f.ctx, "h1", site, p.id, planner, "scratch on the housing")
	f.must(err)
	if again.ID != h.ID {
		t.Errorf("the same key placed a second hold")
	}
	f.must(p.measured("2.0")) // what the machine has done is recorded
	f.refused(p.finish(), mes.CodeHeld, "scratch on the housing")
	if l := f.lot(p.id); len(l.Holds) != 1 || l.Holds[0].By != "paula" || l.Thread[1].State != "stopped" {
		t.Errorf("lot shows holds %+v, thread %+v", l.Holds, l.Thread)
	}
	ended, err := f.Lots.Release(f.ctx, "r1", site, p.id, planner, "polished")
	f.must(err)
	if len(ended) != 1 || ended[0].ID != h.ID {
		t.Errorf("released %+v", ended)
	}
	f.must(p.finish())
	_, err = f.Lots.Release(f.ctx, "r2", site, p.id, planner, "polished")
	f.refused(err, mes.CodeConflict, "not on hold")
	_, err = f.Lots.Hold(f.ctx, "h2", site, p.id, planner, "")
	f.refused(err, mes.CodeUnprocessable, "reason")
}

func TestAHeldOrderStopsItsLots(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 2)[0]
	s, err := f.Orders.Hold(f.ctx, "h", site, "WO-1", planner, "drawing in doubt")
	f.must(err)
	if !s.Held {
		t.Error("the order is not held")
	}
	f.refused(p.start("ST10"), mes.CodeHeld, "Order WO-1 is on hold: drawing in doubt")
	o, err := f.Orders.Get(f.ctx, site, "WO-1")
	f.must(err)
	if o.State != mes.OrderHeld || o.WaitsFor == nil || o.WaitsFor.Kind != "hold" || o.Hold.Reason != "drawing in doubt" {
		t.Errorf("order shows %s, waits for %+v", o.State, o.WaitsFor)
	}
	_, err = f.Orders.Hold(f.ctx, "h2", site, "WO-1", planner, "again")
	f.refused(err, mes.CodeConflict, "on hold already")
	_, err = f.Orders.Resume(f.ctx, "r", site, "WO-1", planner, "drawing checked")
	f.must(err)
	f.must(p.start("ST10"))
}

func TestScrapLeavesTheLedgerBalanced(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 120) // lots of 50, 50 and 20
	if got := ps[2].at.Quantity; !got.Equal(mes.Count(20)) {
		t.Fatalf("the last lot has %s pieces, want 20", got)
	}
	f.must(ps[0].start("ST10"))
	f.must(ps[0].scrap(3))
	f.must(ps[1].scrap(50))
	f.ledger("WO-1", 120, 0, 53, 67, 0)
	if l := f.lot(ps[0].id); !l.Remaining.Equal(mes.Count(47)) || !l.Scrapped.Equal(mes.Count(3)) || l.State != mes.LotRunning {
		t.Errorf("lot after scrap: %+v", l)
	}
	if l := f.lot(ps[1].id); l.State != mes.LotScrapped || l.EndedAt == nil || l.Thread[0].State != "cut" {
		t.Errorf("scrapped lot: %+v", l)
	}
	f.messages(mes.ToArchive, mes.MessageArchiveRun, 1)
	ps[2].packed()
	f.ledger("WO-1", 120, 20, 53, 47, 0)
	bad := ps[0].at
	bad.Quantity = mes.Count(50) // pieces out of nothing
	if err := ps[0].record(mes.EntryPaused, bad); err == nil {
		t.Error("an entry that makes pieces out of nothing was stored")
	}
}

func TestACompletedOperationIsConfirmedOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	p.screwed()
	m := f.messages(mes.ToERP, mes.MessageOperationConfirmed, 1)[0]
	if m.Key != "WO-1/"+p.id+"/20/1" || m.Subject != "WO-1" {
		t.Errorf("message %+v", m)
	}
}

func TestAHoldMayComeWithTheEntry(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.record(mes.EntryDefect, p.at, func(e *mes.Entry) { e.PlaceHold, e.Reason, e.Code = true, "no verdict came", "V1" }))
	l := f.lot(p.id)
	if len(l.Holds) != 1 || l.Holds[0].Reason != "no verdict came" {
		t.Errorf("holds %+v", l.Holds)
	}
	kinds := map[mes.DeviationKind]bool{}
	for _, x := range l.Deviations {
		kinds[x.Kind] = true
	}
	if !kinds["hold"] || !kinds["defect"] {
		t.Errorf("deviations %+v", l.Deviations)
	}
}

func TestAnOpenedEntryIsTakenForALotWithoutProgress(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.db.Tamper(t, "UPDATE lot SET progress = NULL, version = 0, stations = '{}' WHERE id = '"+p.id+"'", "DELETE FROM lot_operation WHERE lot = '"+p.id+"'")
	plan, err := f.Lots.Plan(f.ctx, site, p.id)
	f.must(err)
	if plan.Progress != nil {
		t.Fatal("the plan has a progress")
	}
	p.at = mes.Progress{}
	f.must(p.record(mes.EntryOpened, mes.Enter(plan.Routing, plan.Quantity, now())))
	q, err := f.Stations.Queue(f.ctx, site, "ST10")
	f.must(err)
	if len(q.Next) != 1 || q.Next[0].OperationName != "Kit" || p.at.Version != 1 {
		t.Errorf("queue %+v, version %d", q, p.at.Version)
	}
}

func board(n int) string { return "BOARD-" + mes.Count(int64(n)).String() }

// ledger compares an order's accounts with what they should be.
func (f *floor) ledger(number string, ordered, good, scrap, inProcess, notStarted int64) {
	f.Helper()
	l := f.status(number).Ledger
	want := mes.Ledger{Ordered: mes.Count(ordered), Good: mes.Count(good), Scrap: mes.Count(scrap), InProcess: mes.Count(inProcess), NotStarted: mes.Count(notStarted)}
	if !l.Ordered.Equal(want.Ordered) || !l.Good.Equal(want.Good) || !l.Scrap.Equal(want.Scrap) || !l.InProcess.Equal(want.InProcess) || !l.NotStarted.Equal(want.NotStarted) {
		f.Errorf("ledger %+v, want %+v", l, want)
	}
}

// messages reads the outbox messages of one kind and checks how many there are.
func (f *floor) messages(to mes.Destination, kind string, want int) []mes.MessageView {
	f.Helper()
	page, err := f.Outbox.List(f.ctx, mes.MessageFilter{Destination: to})
	f.must(err)
	var out []mes.MessageView
	for _, m := range page.Items {
		if m.Kind == kind {
			out = append(out, m)
		}
	}
	if len(out) != want {
		f.Fatalf("%d messages %s/%s, want %d", len(out), to, kind, want)
	}
	return out
}

func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("%s did not happen in 10 s", what)
		case <-tick.C:
		}
	}
}
