package store_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestComponentsAreCheckedWhereTheyAreTaken(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	f.must(ps[0].start("ST10"))
	f.must(ps[0].scan(board(1)))
	f.must(ps[1].start("ST10"))
	_, err := f.Lots.Hold(f.ctx, "h", site, board(3), planner, "bent pins")
	f.must(err)
	cases := []struct {
		name, code, says string
		want             mes.Code
	}{
		{"unknown", "NO-SUCH-THING", "NO-SUCH-THING is not known here", mes.CodeUnprocessable},
		{"wrong material", "SCREW-1", "SCREW-1 is SCREW, this step needs BOARD", mes.CodeUnprocessable},
		{"wrong GTIN", "(01)04012345000016(21)BOARD-2", "this step needs BOARD", mes.CodeUnprocessable},
		{"built in elsewhere", board(1), board(1) + " is already built into " + ps[0].id, mes.CodeConflict},
		{"held", board(3), "bent pins", mes.CodeHeld},
		{"itself", ps[1].id, "is UNIT, this step needs BOARD", mes.CodeUnprocessable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f.refused(ps[1].scan(c.code), c.want, c.says)
		})
	}
	if l := f.lot(ps[1].id); l.Step != "1" {
		t.Errorf("a refused scan moved the lot to step %s", l.Step)
	}
	f.must(ps[1].scan(board(2)))
}

func TestASupplierLotNumberFindsTheLotWithStock(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	f.must(p.scan(board(1)))
	f.must(p.scan("B-77"))
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	if c := built.Operations[0].Steps[1].Components; len(c) != 1 || c[0].Lot != "SCREW-1" || c[0].SupplierLot != "B-77" {
		t.Errorf("components %+v", c)
	}
}

func TestAStepMayShareItsNeedAmongLots(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Materials.Receive(f.ctx, "k", site, planner, []mes.Receipt{{Lot: "SCREW-2", Material: "SCREW", Quantity: mes.Count(3), Supplier: "Bolt AG", SupplierLot: "B-78"}})
	f.must(err)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	f.must(p.scan(board(1)))
	f.refused(p.scan("SCREW-2"), mes.CodeConflict, "SCREW-2 has 3 pcs left, 4 are needed")
	three, one := mes.Count(3), mes.One
	f.must(p.complete(mes.CompleteStep{Operation: "10", Step: "2", Components: []mes.ComponentUse{{Scan: "SCREW-2", Quantity: &three}, {Scan: "SCREW-1", Quantity: &one}}}))
	if l := f.lot("SCREW-2"); !l.Remaining.IsZero() || l.State != mes.LotConsumed {
		t.Errorf("SCREW-2: %s left, %s", l.Remaining, l.State)
	}
	if l := f.lot("SCREW-1"); !l.Remaining.Equal(mes.Count(999)) {
		t.Errorf("SCREW-1: %s left", l.Remaining)
	}
}

func TestTheSameLotScannedTwiceIsCheckedForTheSum(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Materials.Receive(f.ctx, "k", site, planner, []mes.Receipt{{Lot: "SCREW-2", Material: "SCREW", Quantity: mes.Count(3), Supplier: "Bolt AG", SupplierLot: "B-78"}})
	f.must(err)
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	f.must(p.scan(board(1)))
	two := mes.Count(2)
	err = p.complete(mes.CompleteStep{Operation: "10", Step: "2", Components: []mes.ComponentUse{{Scan: "SCREW-2", Quantity: &two}, {Scan: "SCREW-2", Quantity: &two}}})
	f.refused(err, mes.CodeConflict, "SCREW-2 has 1 pcs left, 2 are needed")
	if l := f.lot("SCREW-2"); !l.Remaining.Equal(mes.Count(3)) {
		t.Errorf("SCREW-2: %s left after a refusal", l.Remaining)
	}
}

func TestAnExpiredLotIsNotTaken(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.db.Tamper(t, "UPDATE lot SET expires_at = now() - interval '1 hour' WHERE id = 'SCREW-1'")
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.must(p.start("ST10"))
	f.must(p.scan(board(1)))
	f.refused(p.scan("SCREW-1"), mes.CodeConflict, "SCREW-1 expired on")
}

// A reworked lot comes to its scan steps again: the board in it counts, screws are taken anew.
func TestReworkTakesNoSecondBoard(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted(board(1))
	f.must(p.start("ST20"))
	f.must(p.measured("5.0"))
	f.must(p.measured("5.0")) // the repeat fails too: back to operation 10
	if p.at.Operation != "10" || p.at.Visit != 2 {
		t.Fatalf("the lot is at %s, visit %d", p.at.Operation, p.at.Visit)
	}
	f.must(p.start("ST10"))
	f.refused(p.scan("SCREW-1"), mes.CodeUnprocessable, "needs BOARD")
	f.must(p.scan(board(1)))
	f.must(p.scan("SCREW-1"))
	if l := f.lot("SCREW-1"); !l.Remaining.Equal(mes.Count(992)) {
		t.Errorf("screws: %s left, want 992", l.Remaining)
	}
	g, err := f.Genealogy.Trace(f.ctx, site, p.id, mes.TraceUp)
	f.must(err)
	for _, e := range g.Edges {
		if e.From == board(1) && !e.Quantity.Equal(mes.One) {
			t.Errorf("the board was consumed %s times", e.Quantity)
		}
	}
	built, err := f.Lots.AsBuilt(f.ctx, site, p.id)
	f.must(err)
	if len(built.Operations) != 3 || built.Operations[1].State != "reworked" || built.Operations[2].Visit != 2 {
		t.Errorf("visits %+v", built.Operations)
	}
}

func TestAFinishedUnitIsAComponentOfTheNext(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Plant.Import(f.ctx, planner, systemPlant())
	f.must(err)
	kit := f.lots("WO-1", "KIT", 50)[0]
	system := f.lots("WO-2", "SYSTEM", 1)[0]
	f.must(system.start("ST10"))
	f.refused(system.scan(kit.id), mes.CodeConflict, "not finished")
	kit.packed()
	f.must(system.scan(kit.id))
	if l := f.lot(kit.id); !l.Remaining.Equal(mes.Count(40)) || l.State != mes.LotPacked || !l.Good.Equal(mes.Count(50)) {
		t.Errorf("kit lot: %s left, %s good, %s", l.Remaining, l.Good, l.State)
	}
	_, err = f.Orders.Hold(f.ctx, "h", site, "WO-1", planner, "wrong hose")
	f.must(err)
	next := f.lots("WO-3", "SYSTEM", 1)[0]
	f.must(next.start("ST10"))
	f.refused(next.scan(kit.id), mes.CodeHeld, "wrong hose")
}

// systemPlant adds a product that takes ten pieces out of a KIT lot.
func systemPlant() mes.PlantImport {
	return mes.PlantImport{
		Materials: []mes.Material{{ID: "SYSTEM", Name: "System", Tracking: mes.TrackSerial, Unit: "pcs"}},
		Routings: []mes.Routing{{Product: "SYSTEM", Revision: "A", LotSize: mes.One, LotPattern: "S-{n}", LotDigits: 3, Window: 5, Operations: []mes.Operation{
			{ID: "10", Name: "Build", Stations: []string{"ST10"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
				{ID: "1", Kind: mes.StepScan, Name: "Hoses", Component: &mes.ComponentNeed{Material: "KIT", Quantity: mes.Count(10)}}}}}}},
		ApprovedBy: "engineer",
	}
}

func TestReceivingNamesEveryFieldAndIsSafeToRepeat(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	past := time.Now().Add(-time.Hour)
	_, err := f.Materials.Receive(f.ctx, "k", site, planner, []mes.Receipt{
		{Lot: "X-1", Material: "BOARD", Quantity: mes.Count(2), Supplier: "Chips Ltd", SupplierLot: "C-9"},
		{Lot: "X-2", Material: "PASTE", Quantity: mes.One, Supplier: "Glue SE", SupplierLot: "G", ExpiresAt: &past},
		{Lot: "X-2", Material: "NOTHING", Quantity: mes.Zero, Supplier: "", SupplierLot: "G"},
	})
	f.refused(err, mes.CodeUnprocessable, "lots[0].quantity")
	for _, part := range []string{"lots[1].expires_at", "lots[2].lot", "lots[2].material", "lots[2].quantity", "lots[2].supplier"} {
		f.refused(err, mes.CodeUnprocessable, part)
	}
	if _, err := f.Lots.Get(f.ctx, site, "X-1"); mes.CodeOf(err) != mes.CodeNotFound {
		t.Errorf("part of a refused delivery was stored: %v", err)
	}
	r := mes.Receipt{Lot: "X-1", Material: "SCREW", Quantity: mes.MustDecimal("100.25"), Supplier: "Bolt AG", SupplierLot: "B-1"}
	for range 2 {
		got, err := f.Materials.Receive(f.ctx, "k", site, planner, []mes.Receipt{r})
		f.must(err)
		if len(got) != 1 || !got[0].Remaining.Equal(r.Quantity) || got[0].Origin != "received" {
			t.Fatalf("received %+v", got)
		}
	}
	r.Quantity = mes.Count(7)
	_, err = f.Materials.Receive(f.ctx, "k2", site, planner, []mes.Receipt{r})
	f.refused(err, mes.CodeConflict, "X-1 exists with other content")
}

func TestPackedLotsAreShippedOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "KIT", 100)
	ps[0].packed()
	s := mes.Shipment{DeliveryNote: "DN-1", Customer: "Acme", Lots: []string{ps[0].id, ps[1].id}}
	_, err := f.Materials.Ship(f.ctx, "k", site, planner, s)
	f.refused(err, mes.CodeConflict, ps[1].id+" is queued")
	s.Lots = []string{ps[0].id}
	h, err := f.Lots.Hold(f.ctx, "h", site, ps[0].id, planner, "label missing")
	f.must(err)
	_, err = f.Materials.Ship(f.ctx, "k", site, planner, s)
	f.refused(err, mes.CodeHeld, h.Reason)
	_, err = f.Lots.Release(f.ctx, "r", site, ps[0].id, planner, "labelled")
	f.must(err)
	for range 2 {
		_, err = f.Materials.Ship(f.ctx, "k", site, planner, s)
		f.must(err)
	}
	if l := f.lot(ps[0].id); l.State != mes.LotShipped || l.Customer != "Acme" || l.DeliveryNote != "DN-1" || l.ShippedAt == nil {
		t.Errorf("shipped lot %+v", l)
	}
	page, err := f.Materials.Shipments(f.ctx, mes.ShipmentFilter{Site: site})
	f.must(err)
	if page.Total != 1 || page.Items[0].DeliveryNote != "DN-1" || len(page.Items[0].Lots) != 1 {
		t.Errorf("shipments %+v", page)
	}
	s.DeliveryNote = "DN-2"
	_, err = f.Materials.Ship(f.ctx, "k3", site, planner, s)
	f.refused(err, mes.CodeConflict, "is shipped")
}
