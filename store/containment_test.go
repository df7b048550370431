package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

var quinn = mes.Actor{ID: "quinn"}

// contain places a containment and answers its ID.
func (f *floor) contain(c mes.Criterion) string {
	f.Helper()
	out, err := f.Containments.Place(f.ctx, quinn, mes.ContainmentRequest{Site: site, Key: f.key(), Criterion: c, Reason: "voids in the paste", Severity: mes.SeverityHigh})
	f.must(err)
	return out.ID
}

// found plays the workflow until nothing is left to find.
func (f *floor) found(id string) mes.ContainmentStanding {
	f.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		found, err := f.Containments.Find(f.ctx, site, id)
		f.must(err)
		s, err := f.Containments.Watch(f.ctx, site, id)
		f.must(err)
		if !found.More && s.Complete {
			return s
		}
		if time.Now().After(deadline) {
			f.Fatalf("%s is not found whole: %+v", id, s)
		}
	}
}

// held lists what a containment holds, as "lot why via depth".
func (f *floor) held(id string) []string {
	f.Helper()
	page, err := f.Containments.Lots(f.ctx, mes.ContainedFilter{Site: site, Containment: id, Paging: mes.Paging{Limit: 500}})
	f.must(err)
	var out []string
	for _, l := range page.Items {
		out = append(out, fmt.Sprintf("%s %s %d %s", l.Lot, l.Why, l.Depth, l.Place))
	}
	return out
}

func (f *floor) wantHeld(id string, want ...string) {
	f.Helper()
	if got := f.held(id); !slices.Equal(got, want) {
		f.Errorf("%s holds\n%s\nwant\n%s", id, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func component(lots ...string) mes.Criterion { return mes.Criterion{Kind: mes.ByComponent, Lots: lots} }

func TestAContainmentHoldsWhatTheLotWentIntoTheShippedToo(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Plant.Import(f.ctx, planner, systemPlant())
	f.must(err)
	kit := f.lots("WO-1", "KIT", 50)[0]
	kit.packed()
	systems := f.lots("WO-2", "SYSTEM", 2)
	for _, s := range systems {
		f.must(s.start("ST10"))
		f.must(s.scan(kit.id))
	}
	f.must(systems[0].finish())
	_, err = f.Materials.Ship(f.ctx, "s", site, planner, mes.Shipment{DeliveryNote: "DN-7", Customer: "Acme", Lots: []string{systems[0].id}})
	f.must(err)
	id := f.contain(component(kit.id))
	if id != "H-0001" {
		t.Errorf("the first containment is %s", id)
	}
	if got := f.held(id); len(got) == 0 || got[0] != kit.id+" named 0 finished" {
		t.Errorf("what is named is not held at once: %v", got)
	}
	s := f.found(id)
	f.wantHeld(id, kit.id+" named 0 finished", systems[0].id+" product 1 shipped", systems[1].id+" product 1 process")
	if s.State != mes.ContainmentFinding || s.Unacknowledged != 1 || s.Unnotified != 1 {
		t.Errorf("a running lot was not asked to stop: %+v", s)
	}
	f.messages(mes.ToWorkflow, mes.MessageLotHeld, 1)
	f.must(f.Containments.Stopped(f.ctx, site, id, systems[1].id, "10/1"))
	if s = f.found(id); s.State != mes.ContainmentContained {
		t.Errorf("after the last stop: %+v", s)
	}
	v, err := f.Containments.Get(f.ctx, site, id)
	f.must(err)
	if v.ContainedAt == nil || v.FoundAt == nil || v.ContainedAt.Before(*v.FoundAt) || v.FoundAt.Before(v.GuardedAt) || v.GuardedAt.Before(v.RequestedAt) {
		t.Errorf("times: %+v", v.Containment)
	}
	g, err := f.Containments.Graph(f.ctx, site, id)
	f.must(err)
	if len(g.Nodes) != 3 || len(g.Edges) != 2 {
		t.Errorf("graph: %+v", g)
	}
	f.refused(systems[1].finish(), mes.CodeHeld, "on hold by H-0001: voids in the paste")
}

func TestAContainmentFollowsUpAndAround(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 2)
	for i, p := range ps {
		f.must(p.start("ST10"))
		f.must(p.scan(board(i + 1)))
		f.must(p.scan("SCREW-1"))
	}
	up := f.contain(mes.Criterion{Kind: mes.ByGenealogy, Lots: []string{ps[0].id}, Follow: mes.FollowUp})
	f.found(up)
	f.wantHeld(up, ps[0].id+" named 0 process", "BOARD-1 source -1 consumed", "SCREW-1 source -1 stock")
	around := f.contain(mes.Criterion{Kind: mes.ByLot, Lots: []string{ps[0].id}, Follow: mes.FollowAround})
	f.found(around)
	f.wantHeld(around, ps[0].id+" named 0 process", ps[1].id+" product 0 process", "BOARD-1 source -1 consumed", "SCREW-1 source -1 stock")
	near := f.contain(mes.Criterion{Kind: mes.ByComponent, Lots: []string{"SCREW-1"}, Follow: mes.FollowNone})
	f.found(near)
	f.wantHeld(near, "SCREW-1 named 0 stock")
}

// TestEveryPathIsGuarded holds a lot by containment and tries all that moves it.
func TestEveryPathIsGuarded(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 5)
	fresh, running, done, consumer := ps[0], ps[1], ps[2], ps[3]
	f.must(running.start("ST10"))
	f.must(done.start("ST10"))
	f.must(done.scan(board(3)))
	f.must(done.scan("SCREW-1"))
	f.must(consumer.start("ST10"))
	kits := f.lots("WO-3", "KIT", 100)
	kit := kits[0]
	kit.packed()
	kits[1].packed()
	id := f.contain(mes.Criterion{Kind: mes.ByLot, Lots: []string{fresh.id, running.id, done.id, kit.id, "BOARD-9"}})
	for name, try := range map[string]func() error{
		"start":            func() error { return fresh.start("ST10") },
		"step":             func() error { return running.scan(board(2)) },
		"finish operation": func() error { return done.finish() },
		"consumption":      func() error { return consumer.scan("BOARD-9") },
		"ship": func() error {
			_, err := f.Materials.Ship(f.ctx, f.key(), site, planner, mes.Shipment{DeliveryNote: "DN-1", Customer: "Acme", Lots: []string{kit.id}})
			return err
		},
		"split": func() error {
			_, err := f.Lots.Split(f.ctx, f.key(), site, planner, mes.LotSplit{Lot: kit.id, Quantity: mes.Count(10), Reason: "half"})
			return err
		},
		"merge": func() error {
			_, err := f.Lots.Merge(f.ctx, f.key(), site, planner, mes.LotMerge{Lots: []string{kit.id, kits[1].id}, Reason: "one box"})
			return err
		},
		"retry":  func() error { return running.record(mes.EntryRetried, running.at) },
		"resume": func() error { return running.record(mes.EntryResumed, running.at) },
	} {
		err := try()
		if mes.CodeOf(err) != mes.CodeHeld || !strings.Contains(err.Error(), id) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := f.Lots.Release(f.ctx, f.key(), site, kit.id, quinn, "looks fine")
	f.refused(err, mes.CodeConflict, id)
	f.must(running.scrap(1)) // how held material ends
}

func TestWhatComesToMeetTheCriterionJoinsInItsOwnTransaction(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	receive := func(lot, supplierLot string) {
		_, err := f.Materials.Receive(f.ctx, f.key(), site, planner, []mes.Receipt{{Lot: lot, Material: "SCREW", Quantity: mes.Count(9), Supplier: "Bolt AG", SupplierLot: supplierLot}})
		f.must(err)
	}
	hour := now().Add(-time.Hour)
	supplier := f.contain(mes.Criterion{Kind: mes.BySupplierLot, SupplierLot: "B-99", Supplier: "Bolt AG"})
	routing := f.contain(mes.Criterion{Kind: mes.ByRouting, Product: "KIT", Revision: "A"})
	station := f.contain(mes.Criterion{Kind: mes.ByMachine, Station: "ST10", Since: &hour})
	model := f.contain(mes.Criterion{Kind: mes.ByModel, Model: "bead/7"})
	serials := f.contain(mes.Criterion{Kind: mes.BySerials, From: "U-00002", To: "U-00003"})
	for _, id := range []string{supplier, routing, station, model, serials} {
		f.found(id)
		f.wantHeld(id)
	}
	receive("SCREW-99", "B-99")
	receive("SCREW-98", "B-98")
	f.wantHeld(supplier, "SCREW-99 named 0 stock")
	ps := f.lots("WO-1", "UNIT", 4)
	f.wantHeld(serials, "U-00002 named 0 process", "U-00003 named 0 process")
	kit := f.lots("WO-2", "KIT", 50)[0]
	f.wantHeld(routing, kit.id+" named 0 process")
	f.must(ps[0].start("ST10"))
	f.wantHeld(station, ps[0].id+" named 0 process")
	f.refused(ps[0].scan(board(1)), mes.CodeHeld, station)
	_, err := f.Visions.Ingest(f.ctx, mes.VisionResult{Site: site, Camera: "CAM", Lot: ps[3].id, Step: "1", Verdict: mes.ResultPass, Model: "bead/7", Key: "v"})
	f.must(err)
	f.wantHeld(model, ps[3].id+" named 0 process")
	if s := f.found(supplier); s.Joined != 1 {
		t.Errorf("the lot that came later is not counted so: %+v", s)
	}
	_, err = f.Containments.EndWatch(f.ctx, f.key(), site, supplier, quinn, "the supplier says it was all")
	f.must(err)
	receive("SCREW-97", "B-99")
	f.wantHeld(supplier, "SCREW-99 named 0 stock")
}

// TestWhatIsMadeOfHeldMaterialJoins writes an edge past the guard, as no path of this house does.
func TestWhatIsMadeOfHeldMaterialJoins(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	p := f.lots("WO-1", "UNIT", 1)[0]
	id := f.contain(component("SCREW-1"))
	f.db.Tamper(t, fmt.Sprintf(`INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
		VALUES ('past', 0, 'SCREW-1', '%s', 'SCREW', 4, '10', '2', 'ST10', 'x', '', now())`, p.id))
	f.wantHeld(id, "SCREW-1 named 0 stock", p.id+" product 1 process")
	f.refused(p.start("ST10"), mes.CodeHeld, id)
}

func TestAContainmentIsPlacedOncePerKeyAndNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := mes.ContainmentRequest{Site: site, Key: "k", Criterion: component("SCREW-1"), Reason: "r", Severity: mes.SeverityLow}
	errs := together(6, func(int) error { _, err := f.Containments.Place(f.ctx, quinn, r); return err })
	for _, err := range errs {
		f.must(err)
	}
	page, err := f.Containments.List(f.ctx, mes.ContainmentFilter{Site: site})
	f.must(err)
	if page.Total != 1 {
		t.Errorf("%d containments of one key", page.Total)
	}
	r.Criterion, r.Key = component("NOTHING"), "k2"
	_, err = f.Containments.Place(f.ctx, quinn, r)
	f.refused(err, mes.CodeNotFound, "NOTHING")
	_, err = f.Containments.Preview(f.ctx, r)
	f.refused(err, mes.CodeNotFound, "NOTHING")
	_, err = f.Containments.Place(f.ctx, quinn, mes.ContainmentRequest{Site: site})
	f.refused(err, mes.CodeUnprocessable, "")
}

func TestAPreviewSaysWhatWouldBeHeldAndStoresNothing(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	ps := f.lots("WO-1", "UNIT", 3)
	for i, p := range ps {
		f.must(p.start("ST10"))
		f.must(p.scan(board(i + 1)))
		f.must(p.scan("SCREW-1"))
	}
	r := mes.ContainmentRequest{Site: site, Criterion: component("SCREW-1"), Reason: "r", Severity: mes.SeverityLow}
	p, err := f.Containments.Preview(f.ctx, r)
	f.must(err)
	if p.Lots != 4 || len(p.Places) != 2 || p.Places[0].Place != mes.PlaceProcess || p.Places[0].Lots != 3 || p.Places[1].Quantity.String() != "988" {
		t.Errorf("%+v", p)
	}
	page, err := f.Containments.List(f.ctx, mes.ContainmentFilter{Site: site})
	f.must(err)
	if held := f.lot("SCREW-1").Holds; page.Total != 0 || len(held) != 0 {
		t.Errorf("the preview stored %d containments and %d holds", page.Total, len(held))
	}
	id := f.contain(r.Criterion)
	f.found(id)
	if got := len(f.held(id)); got != p.Lots {
		t.Errorf("the preview said %d lots, %d are held", p.Lots, got)
	}
}

// TestALargeContainmentGoesChunkByChunk: a component in more lots than one transaction takes. Whoever dies in between leaves a
// containment that anybody can go on with.
func TestALargeContainmentGoesChunkByChunk(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.db.Tamper(t, fmt.Sprintf(`INSERT INTO lot (id, site, material, origin, state, quantity, remaining, created_by, created_at)
		SELECT 'BIG-' || i, '%s', 'SCREW', 'received', 'available', 10, 5, 'x', now() FROM generate_series(1, 2500) i`, site),
		`INSERT INTO consumption (key, n, component, lot, material, quantity, operation, step, station, operator, scan, at)
		SELECT 'big' || i, 0, 'SCREW-1', 'BIG-' || i, 'SCREW', 1, '10', '1', 'ST10', 'x', '', now() FROM generate_series(1, 2500) i`)
	id := f.contain(component("SCREW-1"))
	f.must(func() error { _, err := f.Containments.Find(f.ctx, site, id); return err }())
	if s := f.found(id); s.Found != 2501 || s.Held != 2501 || s.State != mes.ContainmentContained {
		t.Errorf("%+v", s)
	}
	began := time.Now()
	f.signers()
	var lots []string
	for i := range 2500 {
		lots = append(lots, fmt.Sprintf("BIG-%d", i+1))
	}
	f.signBoth(f.dispose(id, mes.HoldFree, lots...))
	if s := f.found(id); s.Open != 1 || s.Held != 1 {
		t.Errorf("after the release of 2,500: %+v", s)
	}
	t.Logf("2,500 released in %s", time.Since(began))
}
