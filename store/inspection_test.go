package store_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/sampling"
)

var inspector = mes.Actor{ID: "ines", Station: "ST10"}

func dec(s string) *mes.Decimal {
	d := mes.MustDecimal(s)
	return &d
}

// plan brings an inspection plan into force by import.
func (f *floor) planIn(id string, p mes.InspectionPlan) {
	f.Helper()
	content, err := json.Marshal(p)
	f.must(err)
	_, err = f.Plant.Import(f.ctx, planner, mes.PlantImport{ApprovedBy: "engineer", Documents: []mes.NewDraft{{RevisionKey: mes.RevisionKey{Kind: mes.DocPlan, ID: id, Revision: "A"}, Content: content}}})
	f.must(err)
}

// screwPlan inspects received screws: a length by caliper and the head by eye.
func screwPlan() mes.InspectionPlan {
	return mes.InspectionPlan{Title: "Screws, incoming", Point: mes.PlanIncoming, Material: "SCREW", Blocks: true,
		Sampling: mes.Sampling{Method: mes.SampleAQL, AQL: "1.0", Level: sampling.LevelII, Reduced: true},
		Characteristics: []mes.PlanCharacteristic{
			{ID: "head", Name: "Head", Kind: mes.Attribute, Code: "HEAD"},
			{ID: "length", Name: "Length", Kind: mes.Variable, Unit: "mm", Lower: dec("9.8"), Upper: dec("10.2"), Gauge: "caliper", Samples: 2, Code: "LENGTH"},
		}}
}

func (f *floor) receive(lot, supplier string, n int64) {
	f.Helper()
	_, err := f.Materials.Receive(f.ctx, f.key(), site, planner, []mes.Receipt{{Lot: lot, Material: "SCREW", Quantity: mes.Count(n), Supplier: supplier, SupplierLot: "S-" + lot}})
	f.must(err)
}

// caliper registers a gauge, calibrated so long ago that it is due at the time given.
func (f *floor) caliper(id string, due time.Time) {
	f.Helper()
	_, err := f.Gauges.Put(f.ctx, f.key(), site, planner, mes.Gauge{ID: id, Name: "Caliper", Kind: "caliper", Unit: "mm", Lower: dec("0"), Upper: dec("150"), IntervalDays: 365}, "")
	f.must(err)
	_, err = f.Gauges.Calibrate(f.ctx, f.key(), site, planner, id, mes.NewCalibration{PerformedAt: now().Add(-2000 * time.Hour), PerformedBy: "Lab", AsFound: mes.InTolerance, AsLeft: mes.InTolerance, DueAt: &due})
	f.must(err)
}

// due finds the lot's open inspection.
func (f *floor) due(lot string) mes.Inspection {
	f.Helper()
	list, err := f.Inspections.List(f.ctx, mes.InspectionFilter{Site: site, Lot: lot, States: []mes.InspectionState{mes.InspectionDue, mes.InspectionRunning}})
	f.must(err)
	if len(list.Items) != 1 {
		f.Fatalf("%d open inspections of %s", len(list.Items), lot)
	}
	return list.Items[0]
}

// inspect runs an inspection with so many bad heads, and decides it.
func (f *floor) inspect(id string, bad int) mes.InspectionView {
	f.Helper()
	v, err := f.Inspections.Start(f.ctx, f.key(), site, inspector, id)
	f.must(err)
	var es []mes.NewEntry
	for piece := 1; piece <= v.Sample.Size; piece++ {
		good := piece > bad
		es = append(es, mes.NewEntry{Piece: piece, Characteristic: "head", Good: &good})
		if piece <= 2 {
			es = append(es, mes.NewEntry{Piece: piece, Characteristic: "length", Value: dec("10.01"), Gauge: "CAL-1"})
		}
	}
	_, err = f.Inspections.Enter(f.ctx, f.key(), site, inspector, id, es)
	f.must(err)
	v, err = f.Inspections.Decide(f.ctx, f.key(), site, inspector, id, "")
	f.must(err)
	return v
}

func TestAReceivedLotIsBlockedUntilItsInspectionAcceptsIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	f.planIn("IP-SCREW", screwPlan())
	f.receive("SCREW-2", "Bolt AG", 1000)
	in := f.due("SCREW-2")
	if in.Sample != (sampling.Plan{Letter: "J", Size: 80, Ac: 2, Re: 3}) || in.Needed != 82 || !in.Original || in.Mode != sampling.Normal {
		t.Errorf("opened %+v", in)
	}
	// Not usable: consumption finds the hold in its own transaction.
	p := f.lots("WO-1", "UNIT", 1)[0]
	err := p.takeScrews("SCREW-2")
	f.refused(err, mes.CodeHeld, in.ID)
	_, err = f.Lots.Release(f.ctx, f.key(), site, "SCREW-2", planner, "let it go")
	f.refused(err, mes.CodeConflict, "waits for inspection "+in.ID)
	if v := f.inspect(in.ID, 2); v.State != mes.InspectionAccepted || v.Nonconforming != 2 || v.Done != 82 {
		t.Errorf("2 of 80 bad, 2 may: %s, %d of %d, %d bad", v.State, v.Done, v.Needed, v.Nonconforming)
	}
	p = f.piece(p.id)
	f.must(p.takeScrews("SCREW-2"))
}

func TestALotThatIsNotAcceptedStaysOnHoldAndQualityIsTold(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	f.planIn("IP-SCREW", screwPlan())
	_, err := f.Reactions.Put(f.ctx, planner, mes.ReactionRule{ID: "R1", Site: site, Name: "Incoming", Active: true, Kind: mes.QualityInspection, Group: mes.GroupCode, Count: 1, WindowMin: 60,
		Severity: mes.SeverityHigh, Then: []mes.ReactionKind{mes.ReactAlert}}, "")
	f.must(err)
	f.receive("SCREW-2", "Bolt AG", 1000)
	v := f.inspect(f.due("SCREW-2").ID, 3)
	if v.State != mes.InspectionNotAccepted {
		t.Fatalf("3 of 80 bad, 2 may: %s", v.State)
	}
	p := f.lots("WO-1", "UNIT", 1)[0]
	f.refused(p.takeScrews("SCREW-2"), mes.CodeHeld, "was not accepted")
	ncs, err := f.Nonconformances.List(f.ctx, mes.NCFilter{Site: site})
	f.must(err)
	if len(ncs.Items) != 1 || ncs.Items[0].Source != mes.NCIncoming || ncs.Items[0].Subject != v.ID || ncs.Items[0].Code != "HEAD" {
		t.Errorf("nonconformances %+v", ncs.Items)
	}
	for _, kind := range []mes.AlertKind{mes.AlertInspectionNotAccepted, mes.AlertReaction} {
		list, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: kind, Open: true})
		f.must(err)
		if len(list.Items) != 1 {
			t.Errorf("%d alerts of kind %s", len(list.Items), kind)
		}
	}
	fired, err := f.Reactions.Firings(f.ctx, mes.FiringFilter{Site: site})
	f.must(err)
	if len(fired.Items) != 1 || fired.Items[0].Group != "HEAD" || fired.Items[0].Last().Subject != v.ID {
		t.Errorf("firings %+v", fired.Items)
	}
	// From here on it is an ordinary hold: quality may decide on it.
	_, err = f.Lots.Release(f.ctx, f.key(), site, "SCREW-2", planner, "sorted")
	f.must(err)
	f.must(f.piece(p.id).takeScrews("SCREW-2"))
	_, err = f.Inspections.Enter(f.ctx, f.key(), site, inspector, v.ID, []mes.NewEntry{{Piece: 1, Characteristic: "head", Good: new(bool)}})
	f.refused(err, mes.CodeConflict, "is not accepted")
}

// takeScrews consumes 4 screws into the piece at operation 10, as its second step would.
func (p *piece) takeScrews(lot string) error {
	if p.at.State == mes.LotQueued {
		p.f.must(p.start("ST10"))
		p.f.must(p.scan("BOARD-1"))
	}
	return p.scan(lot)
}

func TestSwitchingFollowsTheLotsOfOneSupplier(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	f.planIn("IP-SCREW", screwPlan())
	n := 0
	lot := func(supplier string, bad int) mes.InspectionView {
		n++
		id := fmt.Sprintf("SCREW-%d", n+10)
		f.receive(id, supplier, 100)
		return f.inspect(f.due(id).ID, bad)
	}
	lot("Bolt AG", 2)
	lot("Bolt AG", 2)
	third := lot("Bolt AG", 0)
	if third.Mode != sampling.Tightened || third.Sample.Ac != 0 {
		t.Errorf("after two of two not accepted: %s %+v", third.Mode, third.Sample)
	}
	if other := lot("Nut SE", 0); other.Mode != sampling.Normal {
		t.Errorf("another supplier's lot is inspected %s", other.Mode)
	}
	for range 5 {
		lot("Bolt AG", 1)
	}
	f.receive("SCREW-99", "Bolt AG", 100)
	in := f.due("SCREW-99")
	if in.Mode != sampling.Discontinued || in.Sample.Size != 0 {
		t.Errorf("after five not accepted under tightened: %s %+v", in.Mode, in.Sample)
	}
	_, err := f.Inspections.Start(f.ctx, f.key(), site, inspector, in.ID)
	f.refused(err, mes.CodeConflict, "discontinued")
	_, err = f.Inspections.Switch(f.ctx, f.key(), site, planner, mes.Switch{Plan: "IP-SCREW", Supplier: "Bolt AG", Rule: sampling.RuleIrregular, Reason: "no"})
	f.refused(err, mes.CodeConflict, "is discontinued")
	_, err = f.Inspections.Switch(f.ctx, f.key(), site, planner, mes.Switch{Plan: "IP-SCREW", Supplier: "Bolt AG", Rule: sampling.RuleResume})
	f.refused(err, mes.CodeUnprocessable, "reason")
	s, err := f.Inspections.Switch(f.ctx, "resume", site, planner, mes.Switch{Plan: "IP-SCREW", Supplier: "Bolt AG", Rule: sampling.RuleResume, Reason: "tool was replaced"})
	f.must(err)
	if s.Mode != sampling.Tightened {
		t.Errorf("resumed as %s", s.Mode)
	}
	v, err := f.Inspections.Start(f.ctx, f.key(), site, inspector, in.ID)
	f.must(err)
	if v.Mode != sampling.Tightened || v.Sample.Size == 0 {
		t.Errorf("started %s %+v", v.Mode, v.Sample)
	}
	history, err := f.Inspections.SchemeHistory(f.ctx, site, "IP-SCREW", "Bolt AG")
	f.must(err)
	var rules []string
	for _, e := range history {
		if e.Rule != "" {
			rules = append(rules, string(e.Rule))
		}
	}
	if got := strings.Join(rules, " "); got != "supplier_resumed five_refused two_of_five" || len(history) != 9 {
		t.Errorf("history %q of %d", got, len(history))
	}
	list, err := f.Inspections.Schemes(f.ctx, mes.SchemeFilter{Site: site})
	f.must(err)
	if len(list.Items) != 2 || list.Items[0].Mode != sampling.Tightened || list.Items[1].Mode != sampling.Normal {
		t.Errorf("schemes %+v", list.Items)
	}
}

func TestAnEntryNeedsAGaugeThatMayMeasure(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(time.Hour))
	f.caliper("CAL-OLD", now().Add(-time.Hour))
	_, err := f.Gauges.Put(f.ctx, f.key(), site, planner, mes.Gauge{ID: "CAL-NEW", Name: "Caliper", Kind: "caliper", IntervalDays: 365}, "")
	f.must(err)
	_, err = f.Gauges.Put(f.ctx, f.key(), site, planner, mes.Gauge{ID: "PG-1", Name: "Pressure gauge", Kind: "pressure", IntervalDays: 365}, "")
	f.must(err)
	f.planIn("IP-SCREW", screwPlan())
	f.receive("SCREW-2", "Bolt AG", 1000)
	in := f.due("SCREW-2")
	enter := func(gauge, value string) error {
		_, err := f.Inspections.Enter(f.ctx, f.key(), site, inspector, in.ID, []mes.NewEntry{{Piece: 1, Characteristic: "length", Value: dec(value), Gauge: gauge}})
		return err
	}
	f.refused(enter("CAL-1", "10"), mes.CodeConflict, "is due")
	_, err = f.Inspections.Start(f.ctx, f.key(), site, inspector, in.ID)
	f.must(err)
	f.refused(enter("", "10"), mes.CodeUnprocessable, "gauge of kind caliper")
	f.refused(enter("CAL-OLD", "10"), mes.CodeConflict, "overdue for calibration since")
	f.refused(enter("CAL-NEW", "10"), mes.CodeConflict, "never calibrated")
	f.refused(enter("CAL-1", "151"), mes.CodeUnprocessable, "outside the range")
	f.refused(enter("CAL-7", "10"), mes.CodeNotFound, "CAL-7")
	_, err = f.Gauges.Calibrate(f.ctx, f.key(), site, planner, "PG-1", mes.NewCalibration{PerformedAt: now().Add(-time.Hour), PerformedBy: "Lab", AsFound: mes.InTolerance, AsLeft: mes.InTolerance})
	f.must(err)
	f.refused(enter("PG-1", "10"), mes.CodeUnprocessable, "kind pressure")
	v, err := f.Inspections.Get(f.ctx, site, in.ID)
	f.must(err)
	if len(v.Entries) != 0 {
		t.Fatalf("refused entries were stored: %+v", v.Entries)
	}
	f.must(enter("CAL-1", "10.3"))
	f.refused(enter("CAL-1", "10.1"), mes.CodeUnprocessable, "has Length already")
	_, err = f.Inspections.Enter(f.ctx, f.key(), site, inspector, in.ID, []mes.NewEntry{{Piece: 1, Characteristic: "length", Value: dec("10.1"), Gauge: "CAL-1", Reason: "misread"}})
	f.must(err)
	v, err = f.Inspections.Get(f.ctx, site, in.ID)
	f.must(err)
	if len(v.Entries) != 2 || v.Nonconforming != 0 || v.Entries[0].Code != "LENGTH" {
		t.Errorf("after a correction: %+v, %d bad", v.Entries, v.Nonconforming)
	}
	for _, table := range []string{"inspection_entry", "gauge_calibration"} {
		_, err := connect(t, f.db.App).Exec(f.ctx, "UPDATE "+table+" SET note = 'x'")
		if err == nil {
			t.Errorf("%s was changed", table)
		}
	}
}

// A calibration and an entry at the same moment: one of them is first, and the entry is judged by what stands then.
func TestAFailedCalibrationAndAnEntryAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	plan := screwPlan()
	plan.Characteristics[1].Samples = 80
	f.planIn("IP-SCREW", plan)
	f.receive("SCREW-2", "Bolt AG", 1000)
	in := f.due("SCREW-2")
	_, err := f.Inspections.Start(f.ctx, f.key(), site, inspector, in.ID)
	f.must(err)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_, err := f.Inspections.Enter(f.ctx, f.key(), site, inspector, in.ID, []mes.NewEntry{{Piece: i + 1, Characteristic: "length", Value: dec("10"), Gauge: "CAL-1"}})
			if err != nil && mes.CodeOf(err) != mes.CodeConflict {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		_, err := f.Gauges.Calibrate(f.ctx, f.key(), site, planner, "CAL-1", mes.NewCalibration{PerformedAt: now(), PerformedBy: "Lab", AsFound: mes.OutOfTolerance, AsLeft: mes.OutOfTolerance})
		if err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	v, err := f.Inspections.Get(f.ctx, site, in.ID)
	f.must(err)
	reach, err := f.Gauges.Reach(f.ctx, site, "CAL-1", 2, mes.Paging{})
	f.must(err)
	if len(reach.Items.Items) != len(v.Entries) {
		t.Errorf("%d entries were stored, %d are in doubt", len(v.Entries), len(reach.Items.Items))
	}
	_, err = f.Inspections.Enter(f.ctx, f.key(), site, inspector, in.ID, []mes.NewEntry{{Piece: 30, Characteristic: "length", Value: dec("10"), Gauge: "CAL-1"}})
	f.refused(err, mes.CodeConflict, "failed its calibration")
}

func TestAnInspectionStandsBeforeAnOperationAndBeforeShipping(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	look := []mes.PlanCharacteristic{{ID: "look", Name: "Look", Kind: mes.Attribute, Code: "SCRATCH"}}
	f.planIn("IP-CUT", mes.InspectionPlan{Title: "Cut", Point: mes.PlanOperation, Operation: "20", Material: "KIT", Blocks: true, Sampling: mes.Sampling{Method: mes.SampleFixed, Size: 3}, Characteristics: look})
	f.planIn("IP-FIRST", mes.InspectionPlan{Title: "Before cutting", Point: mes.PlanOperation, Operation: "10", Material: "KIT", Sampling: mes.Sampling{Method: mes.SamplePercent, Percent: dec("5")}, Characteristics: look})
	f.planIn("IP-FINAL", mes.InspectionPlan{Title: "Final", Point: mes.PlanFinal, Material: "KIT", Blocks: true, Sampling: mes.Sampling{Method: mes.SampleFixed, Size: 2}, Characteristics: look})
	p := f.lots("WO-1", "KIT", 50)[0]
	if in := f.due(p.id); in.Plan != "IP-FIRST" || in.Sample.Size != 3 || in.Blocks {
		t.Errorf("before the first operation: %+v", in)
	}
	f.accept(p.id, "IP-FIRST")
	f.must(p.start("ST10"))
	f.must(p.complete(mes.CompleteStep{Operation: "10", Step: "1", Values: []mes.Reading{{Characteristic: "D", Value: mes.MustDecimal("10.0"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.1"), Sample: 2}}}))
	f.must(p.finish())
	f.refused(p.start("ST10"), mes.CodeHeld, "not decided yet")
	f.accept(p.id, "IP-CUT")
	p = f.piece(p.id)
	f.must(p.start("ST10"))
	f.must(p.complete(mes.CompleteStep{Operation: "20", Step: "1"}))
	f.must(p.finish())
	if p.at.State != mes.LotPacked {
		t.Fatalf("the lot is %s", p.at.State)
	}
	_, err := f.Materials.Ship(f.ctx, f.key(), site, planner, mes.Shipment{DeliveryNote: "DN-1", Customer: "C", Lots: []string{p.id}})
	f.refused(err, mes.CodeHeld, "Final")
	f.accept(p.id, "IP-FINAL")
	_, err = f.Materials.Ship(f.ctx, f.key(), site, planner, mes.Shipment{DeliveryNote: "DN-1", Customer: "C", Lots: []string{p.id}})
	f.must(err)
}

// accept inspects the lot's open inspection by a plan of one attribute.
func (f *floor) accept(lot, plan string) {
	f.Helper()
	in := f.due(lot)
	if in.Plan != plan {
		f.Fatalf("%s is inspected by %s, want %s", lot, in.Plan, plan)
	}
	v, err := f.Inspections.Start(f.ctx, f.key(), site, inspector, in.ID)
	f.must(err)
	good := true
	for piece := 1; piece <= v.Sample.Size; piece++ {
		_, err := f.Inspections.Enter(f.ctx, f.key(), site, inspector, in.ID, []mes.NewEntry{{Piece: piece, Characteristic: "look", Good: &good}})
		f.must(err)
	}
	v, err = f.Inspections.Decide(f.ctx, f.key(), site, inspector, in.ID, "")
	f.must(err)
	if v.State != mes.InspectionAccepted {
		f.Fatalf("%s is %s", in.ID, v.State)
	}
}

func TestAnInspectionByHand(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	f.planIn("IP-SCREW", screwPlan())
	open := func(key, lot string) (mes.InspectionView, error) {
		return f.Inspections.Open(f.ctx, key, site, inspector, "IP-SCREW", lot)
	}
	v, err := open("k1", "SCREW-1")
	f.must(err)
	again, err := open("k1", "SCREW-1")
	f.must(err)
	if again.ID != v.ID || v.Asked {
		t.Errorf("opened %s, again %s, asked %t", v.ID, again.ID, v.Asked)
	}
	_, err = open("k2", "SCREW-1")
	f.refused(err, mes.CodeConflict, "already")
	_, err = open("k3", "BOARD-1")
	f.refused(err, mes.CodeUnprocessable, "the plan is for SCREW")
	_, err = f.Inspections.Open(f.ctx, "k4", site, inspector, "IP-NONE", "SCREW-1")
	f.refused(err, mes.CodeNotFound, "")
	_, err = f.Inspections.Cancel(f.ctx, "c0", site, inspector, v.ID, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	_, err = f.Inspections.Decide(f.ctx, "d0", site, inspector, v.ID, "")
	f.refused(err, mes.CodeConflict, "Start it")
	c, err := f.Inspections.Cancel(f.ctx, "c1", site, inspector, v.ID, "wrong lot")
	f.must(err)
	if c.State != mes.InspectionCancelled {
		t.Errorf("cancelled: %s", c.State)
	}
	_, err = f.Lots.Release(f.ctx, f.key(), site, "SCREW-1", planner, "x")
	f.refused(err, mes.CodeConflict, "not on hold") // its hold ended with it
	f.receive("SCREW-2", "Bolt AG", 10)
	in := f.due("SCREW-2")
	_, err = f.Inspections.Cancel(f.ctx, "c2", site, inspector, in.ID, "no time")
	f.refused(err, mes.CodeConflict, "asks for")
	f.inspect(in.ID, 1)
	re, err := open("k5", "SCREW-2")
	f.must(err)
	if re.Original {
		t.Error("a lot that is submitted again counts as original")
	}
	f.inspect(re.ID, 0)
	history, err := f.Inspections.SchemeHistory(f.ctx, site, "IP-SCREW", "Bolt AG")
	f.must(err)
	if len(history) != 1 {
		t.Errorf("%d lots counted for switching, want the original one", len(history))
	}
	// The hold of the first, not accepted inspection stays quality's to end.
	f.refused(f.lots("WO-1", "UNIT", 1)[0].takeScrews("SCREW-2"), mes.CodeHeld, in.ID+" was not accepted")
}
