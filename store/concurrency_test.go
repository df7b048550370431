package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

// together runs n calls at the same moment and returns their errors.
func together(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	done.Add(n)
	for i := range n {
		go func() {
			defer done.Done()
			ready.Done()
			ready.Wait()
			errs[i] = call(i)
		}()
	}
	done.Wait()
	return errs
}

func count(errs []error, code mes.Code) (n int) {
	for _, err := range errs {
		if mes.CodeOf(err) == code {
			n++
		}
	}
	return n
}

func TestTwoStationsTakeTheLastComponentAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 8)
	for _, p := range ps {
		f.must(p.start("ST10"))
	}
	errs := together(len(ps), func(i int) error { return ps[i].scan(board(1)) })
	if ok, refused := count(errs, ""), count(errs, mes.CodeConflict); ok != 1 || refused != 7 {
		t.Fatalf("%d took the board, %d were refused: %v", ok, refused, errors.Join(errs...))
	}
	g, err := f.Genealogy.Trace(f.ctx, site, board(1), mes.TraceDown)
	f.must(err)
	if len(g.Edges) != 1 {
		t.Errorf("the board is in %d lots", len(g.Edges))
	}
}

func TestALotNeverGivesMoreThanItHas(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Materials.Receive(f.ctx, "k", site, planner, []mes.Receipt{{Lot: "SCREW-2", Material: "SCREW", Quantity: mes.Count(22), Supplier: "Bolt AG", SupplierLot: "B-78"}})
	f.must(err)
	ps := f.lots("WO-1", "UNIT", 8)
	for i, p := range ps {
		f.must(p.start("ST10"))
		f.must(p.scan(board(i + 1)))
	}
	errs := together(len(ps), func(i int) error { return ps[i].scan("SCREW-2") }) // 8 times 4 out of 22
	if ok, refused := count(errs, ""), count(errs, mes.CodeConflict); ok != 5 || refused != 3 {
		t.Fatalf("%d took screws, %d were refused: %v", ok, refused, errors.Join(errs...))
	}
	if l := f.lot("SCREW-2"); !l.Remaining.Equal(mes.Count(2)) {
		t.Errorf("%s screws are left, want 2", l.Remaining)
	}
}

// Components are locked in one order whatever order they are scanned in, and a deadlock that a mix-up of lot and
// component brings about is resolved by running one of the two again.
func TestOppositeScansDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Materials.Receive(f.ctx, "k", site, planner, []mes.Receipt{{Lot: "SCREW-2", Material: "SCREW", Quantity: mes.Count(100), Supplier: "Bolt AG", SupplierLot: "B-78"}})
	f.must(err)
	ps := f.lots("WO-1", "UNIT", 8)
	for i, p := range ps {
		f.must(p.start("ST10"))
		f.must(p.scan(board(i + 1)))
	}
	two := mes.Count(2)
	errs := together(len(ps), func(i int) error {
		uses := []mes.ComponentUse{{Scan: "SCREW-1", Quantity: &two}, {Scan: "SCREW-2", Quantity: &two}}
		if i%2 == 1 {
			uses[0], uses[1] = uses[1], uses[0]
		}
		return ps[i].complete(mes.CompleteStep{Operation: "10", Step: "2", Components: uses})
	})
	f.must(errors.Join(errs...))
	if a, b := f.lot("SCREW-1").Remaining, f.lot("SCREW-2").Remaining; !a.Equal(mes.Count(984)) || !b.Equal(mes.Count(84)) {
		t.Errorf("left %s and %s", a, b)
	}
}

func TestTheSameCommandTenTimesAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	next, done, err := p.at.Complete(p.plan.Routing, p.id, mes.CompleteStep{Actor: operator, Operation: "10", Step: "1", Scan: board(1)}, now())
	f.must(err)
	e := mes.Entry{Key: "once", Site: site, Lot: p.id, Kind: mes.EntryStep, Actor: operator, At: now(), Before: p.at, After: next}
	p.step(done)(&e)
	var mu sync.Mutex
	firsts := 0
	errs := together(10, func(int) error {
		r, err := f.Lots.Record(f.ctx, e)
		mu.Lock()
		defer mu.Unlock()
		if err == nil && !r.Duplicate {
			firsts++
		}
		if err == nil && r.After.Version != p.at.Version+1 {
			return fmt.Errorf("version %d", r.After.Version)
		}
		return err
	})
	f.must(errors.Join(errs...))
	if firsts != 1 {
		t.Errorf("%d calls were the first one", firsts)
	}
	events, err := f.Orders.Timeline(f.ctx, site, "WO-1")
	f.must(err)
	scans := 0
	for _, r := range events {
		if r.Source == "step" {
			scans++
		}
	}
	if scans != 1 {
		t.Errorf("%d steps are recorded", scans)
	}
}

func TestManyFillsMakeNoMoreLots(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.order("WO-1", "UNIT", 30)
	errs := together(8, func(int) error {
		_, err := f.Orders.Fill(f.ctx, mes.FillRequest{Site: site, Order: "WO-1"})
		return err
	})
	f.must(errors.Join(errs...))
	f.ledger("WO-1", 30, 0, 0, 8, 22)
}

// Round after round, all lots that wait are started at once; the one that gets the station leaves it before the next.
func TestOneOfManyStartsGetsTheStation(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 8)
	for i, p := range ps {
		p.kitted(board(i + 1))
	}
	for len(ps) > 1 {
		errs := together(len(ps), func(i int) error { return ps[i].start("ST20") })
		if ok, refused := count(errs, ""), count(errs, mes.CodeConflict); ok != 1 || refused != len(ps)-1 {
			t.Fatalf("%d of %d started, %d were refused: %v", ok, len(ps), refused, errors.Join(errs...))
		}
		first := slices.Index(errs, nil)
		f.must(ps[first].measured("2.0"))
		f.must(ps[first].finish())
		ps = slices.Delete(ps, first, first+1)
	}
}

// A cancel meets starts and fills of the same order: whatever comes first, the ledger balances and no voided lot runs.
func TestCancelMeetsStartsAndFills(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 1000)
	errs := together(len(ps)+2, func(i int) error {
		switch {
		case i < len(ps):
			return ps[i].start("ST10")
		case i == len(ps):
			_, err := f.Orders.Cancel(f.ctx, "x", site, "WO-1", planner, "stop")
			return err
		}
		_, err := f.Orders.Fill(f.ctx, mes.FillRequest{Site: site, Order: "WO-1"})
		return err
	})
	for _, err := range errs {
		if err != nil && mes.CodeOf(err) != mes.CodeConflict {
			t.Errorf("unexpected: %v", err)
		}
	}
	s := f.status("WO-1")
	running := int64(0)
	for _, p := range ps {
		if f.lot(p.id).State == mes.LotRunning {
			running++
		}
	}
	if !s.Ledger.Balanced() || !s.Ledger.InProcess.Equal(mes.Count(50*running)) {
		t.Errorf("%d lots run, ledger %+v", running, s.Ledger)
	}
}

func TestTheSameOrderTenTimesAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	var mu sync.Mutex
	made := 0
	errs := together(10, func(i int) error {
		_, created, err := f.Orders.Create(f.ctx, fmt.Sprint(i), site, planner, request("WO-1", "UNIT", 5))
		mu.Lock()
		defer mu.Unlock()
		if created {
			made++
		}
		return err
	})
	f.must(errors.Join(errs...))
	if made != 1 {
		t.Errorf("%d calls created the order", made)
	}
	f.messages(mes.ToWorkflow, mes.MessageStartOrder, 1)
}
