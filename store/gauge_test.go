package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/msa"
)

func TestAGaugeIsChangedUnderItsVersion(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	g := mes.Gauge{ID: "PG-1", Name: "Pressure gauge", Kind: "pressure", Unit: "bar", Station: "ST10", IntervalDays: 180}
	first, err := f.Gauges.Put(f.ctx, "g1", site, planner, g, "")
	f.must(err)
	again, err := f.Gauges.Put(f.ctx, "g1", site, planner, g, "")
	f.must(err)
	if first.Version != 1 || again.Version != 1 || first.State != mes.GaugeUncalibrated || len(first.RemindDays) != 2 {
		t.Errorf("registered %+v, again %+v", first, again)
	}
	_, err = f.Gauges.Put(f.ctx, "g2", site, planner, g, "")
	f.refused(err, mes.CodeConflict, "exists already")
	g.Version, g.Blocked = 1, true
	_, err = f.Gauges.Put(f.ctx, "g3", site, planner, g, " ")
	f.refused(err, mes.CodeUnprocessable, "reason")
	is, err := f.Gauges.Put(f.ctx, "g4", site, planner, g, "fell down")
	f.must(err)
	if is.State != mes.GaugeBlocked || is.Version != 2 {
		t.Errorf("blocked: %+v", is)
	}
	_, err = f.Gauges.Put(f.ctx, "g5", site, planner, g, "fell down")
	f.refused(err, mes.CodeConflict, "meanwhile")
	_, err = f.Gauges.Put(f.ctx, "g6", site, planner, mes.Gauge{ID: "PG-2", Name: "x", Kind: "pressure", Station: "ST77", Device: "NONE", IntervalDays: 1}, "")
	f.refused(err, mes.CodeUnprocessable, `station: "ST77" is not known; device: "NONE"`)
	_, err = f.Gauges.Put(f.ctx, "g7", site, planner, mes.Gauge{ID: "TC-G", Name: "Torque", Kind: "torque", Device: "TC", IntervalDays: 1}, "")
	f.must(err)
	_, err = f.Gauges.Put(f.ctx, "g8", site, planner, mes.Gauge{ID: "TC-H", Name: "Torque", Kind: "torque", Device: "TC", IntervalDays: 1}, "")
	f.refused(err, mes.CodeUnprocessable, "another gauge already")
	_, err = f.Gauges.Get(f.ctx, "elsewhere", "PG-1")
	f.refused(err, mes.CodeNotFound, "")
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "gauge_stored", Subject: "PG-1"})
	f.must(err)
	if len(trail.Items) != 2 || trail.Items[0].Reason != "fell down" || len(trail.Items[0].Before) == 0 {
		t.Errorf("audit trail %+v", trail.Items)
	}
}

func TestAFailedCalibrationSaysWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	f.planIn("IP-SCREW", screwPlan())
	f.receive("SCREW-2", "Bolt AG", 1000)
	f.inspect(f.due("SCREW-2").ID, 0)
	reach, err := f.Gauges.Reach(f.ctx, site, "CAL-1", 0, mes.Paging{})
	f.must(err)
	if n := len(reach.Items.Items); n != 2 || reach.From == nil || reach.Until != nil || reach.Items.Items[0].Unit != "mm" {
		t.Errorf("since the last calibration: %+v", reach)
	}
	c := mes.NewCalibration{PerformedAt: now(), PerformedBy: "Lab", Certificate: "K-77", Points: []mes.CalibrationPoint{
		{Nominal: mes.Count(10), Tolerance: mes.MustDecimal("0.02"), Found: mes.MustDecimal("10.05"), Left: dec("10.01")}},
		Evidence: &mes.Evidence{Name: "k77.pdf", ContentType: "application/pdf", Content: []byte("%PDF-1.7 proof")}}
	g, err := f.Gauges.Calibrate(f.ctx, "c1", site, planner, "CAL-1", c)
	f.must(err)
	again, err := f.Gauges.Calibrate(f.ctx, "c1", site, planner, "CAL-1", c)
	f.must(err)
	if g.State != mes.GaugeFit || g.Last.N != 2 || again.Last.N != 2 || g.Last.AsFound != mes.OutOfTolerance || g.Last.AsLeft != mes.InTolerance {
		t.Errorf("adjusted: %+v, again %+v", g.Last, again.Last)
	}
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertGaugeFailed})
	f.must(err)
	if len(alerts.Items) != 1 || !contains(alerts.Items[0].Text, "2 values") {
		t.Errorf("alerts %+v", alerts.Items)
	}
	reach, err = f.Gauges.Reach(f.ctx, site, "CAL-1", 2, mes.Paging{})
	f.must(err)
	if len(reach.Items.Items) != 2 || reach.Until == nil {
		t.Errorf("in doubt by calibration 2: %+v", reach)
	}
	since, err := f.Gauges.Reach(f.ctx, site, "CAL-1", 0, mes.Paging{})
	f.must(err)
	if len(since.Items.Items) != 0 {
		t.Errorf("after the adjustment: %+v", since.Items.Items)
	}
	b, err := f.Gauges.Evidence(f.ctx, site, "CAL-1", 2)
	f.must(err)
	if string(b.Content) != "%PDF-1.7 proof" {
		t.Errorf("evidence %q", b.Content)
	}
	_, err = f.Gauges.Evidence(f.ctx, "elsewhere", "CAL-1", 2)
	f.refused(err, mes.CodeNotFound, "")
	c.PerformedAt = now().Add(-3000 * time.Hour)
	_, err = f.Gauges.Calibrate(f.ctx, "c2", site, planner, "CAL-1", c)
	f.refused(err, mes.CodeUnprocessable, "after the calibration before")
	list, err := f.Gauges.Calibrations(f.ctx, site, "CAL-1")
	f.must(err)
	if len(list) != 2 || list[0].Certificate != "K-77" || len(list[0].Points) != 1 {
		t.Errorf("history %+v", list)
	}
}

func TestADeviceThatIsAGaugeDoesNotStartWhileOverdue(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	_, err := f.Gauges.Put(f.ctx, f.key(), site, planner, mes.Gauge{ID: "TC-G", Name: "Torque", Kind: "torque", Device: "TC", IntervalDays: 30}, "")
	f.must(err)
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted("BOARD-1")
	f.refused(p.start("ST20"), mes.CodeHeld, "Nothing was started at TC")
	if got := f.lot(p.id); got.State != mes.LotQueued {
		t.Fatalf("the lot is %s", got.State)
	}
	_, err = f.Gauges.Calibrate(f.ctx, f.key(), site, planner, "TC-G", mes.NewCalibration{PerformedAt: now(), PerformedBy: "Lab", AsFound: mes.InTolerance, AsLeft: mes.InTolerance})
	f.must(err)
	f.must(p.start("ST20"))
	// What it measures is recorded, whatever becomes of the gauge meanwhile; and it is found from the gauge.
	_, err = f.Gauges.Calibrate(f.ctx, f.key(), site, planner, "TC-G", mes.NewCalibration{PerformedAt: now(), PerformedBy: "Lab", AsFound: mes.InTolerance, AsLeft: mes.InTolerance})
	f.must(err)
	f.must(p.measured("2.0"))
	reach, err := f.Gauges.Reach(f.ctx, site, "TC-G", 0, mes.Paging{})
	f.must(err)
	if len(reach.Items.Items) != 1 || reach.Items.Items[0].Lot != p.id || reach.Items.Items[0].Unit != "Nm" {
		t.Errorf("measured by the device: %+v", reach.Items.Items)
	}
}

func TestAMeasuringStepNamesItsGauge(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	f.caliper("CAL-OLD", now().Add(-time.Hour))
	r, err := f.Plant.Routing(f.ctx, "KIT", "A")
	f.must(err)
	r.Routing.Revision, r.Routing.Operations[0].Steps[0].Gauge = "B", "caliper"
	_, err = f.Plant.Import(f.ctx, planner, mes.PlantImport{ApprovedBy: "engineer", Routings: []mes.Routing{r.Routing}})
	f.must(err)
	p := f.lots("WO-1", "KIT", 50)[0]
	f.must(p.start("ST10"))
	measure := func(gauge string) error {
		return p.complete(mes.CompleteStep{Actor: operator, Operation: "10", Step: "1", Gauge: gauge, Values: []mes.Reading{
			{Characteristic: "D", Value: mes.MustDecimal("10.0"), Sample: 1}, {Characteristic: "D", Value: mes.MustDecimal("10.1"), Sample: 2}}})
	}
	f.refused(measure(""), mes.CodeUnprocessable, "gauge of kind caliper")
	f.refused(measure("CAL-OLD"), mes.CodeConflict, "overdue")
	f.refused(measure("CAL-9"), mes.CodeNotFound, "")
	f.must(measure("CAL-1"))
	reach, err := f.Gauges.Reach(f.ctx, site, "CAL-1", 0, mes.Paging{})
	f.must(err)
	if len(reach.Items.Items) != 2 || reach.Items.Items[0].Lot != p.id {
		t.Errorf("measured at a step: %+v", reach.Items.Items)
	}
}

func TestRemindersOfCalibrationsGoOutOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-FAR", now().Add(9000*time.Hour))
	f.caliper("CAL-SOON", now().Add(100*time.Hour))
	f.caliper("CAL-OLD", now().Add(-time.Hour))
	first, err := f.Gauges.RemindGauges(f.ctx, site)
	f.must(err)
	if first.Raised != 2 || first.Next == nil || first.Next.Sub(first.Now) > 101*time.Hour {
		t.Errorf("first round %+v", first)
	}
	_, err = f.Gauges.RemindGauges(f.ctx, site)
	f.must(err)
	count := func(kind mes.AlertKind) int {
		list, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: kind, Open: true})
		f.must(err)
		return len(list.Items)
	}
	if count(mes.AlertGaugeDue) != 2 || count(mes.AlertGaugeOverdue) != 2 { // maintenance and quality each
		t.Errorf("%d due, %d overdue", count(mes.AlertGaugeDue), count(mes.AlertGaugeOverdue))
	}
	_, err = f.Gauges.Calibrate(f.ctx, f.key(), site, planner, "CAL-OLD", mes.NewCalibration{PerformedAt: now(), PerformedBy: "Lab", AsFound: mes.InTolerance, AsLeft: mes.InTolerance})
	f.must(err)
	if count(mes.AlertGaugeOverdue) != 0 {
		t.Error("a calibration leaves the alert open")
	}
	list, err := f.Gauges.List(f.ctx, mes.GaugeFilter{Site: site, DueBefore: new(now().AddDate(0, 0, 30)), Paging: mes.Paging{Sort: "due_at"}})
	f.must(err)
	if len(list.Items) != 1 || list.Items[0].ID != "CAL-SOON" || list.Items[0].State != mes.GaugeDueSoon || list.Items[0].Last.DueAt.IsZero() {
		t.Errorf("due within 30 days: %+v", list.Items)
	}
}

func TestAStudyIsMeasuredAndConcluded(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.caliper("CAL-1", now().Add(9000*time.Hour))
	f.caliper("CAL-OLD", now().Add(-time.Hour))
	s := mes.GaugeStudy{Gauge: "CAL-OLD", Characteristic: "Length", Unit: "mm", Lower: dec("0"), Upper: dec("8"), Operators: []string{"olga", "otto"}, Parts: []string{"1", "2", "3"}, Trials: 2}
	_, err := f.Studies.Create(f.ctx, f.key(), site, planner, s)
	f.refused(err, mes.CodeConflict, "overdue")
	s.Gauge = "CAL-1"
	v, err := f.Studies.Create(f.ctx, f.key(), site, planner, s)
	f.must(err)
	if v.Needed != 12 || v.Range != nil {
		t.Errorf("begun %+v", v)
	}
	var rs []mes.GaugeReading
	for o := range 2 {
		for p := range 3 {
			for n := range 2 {
				rs = append(rs, mes.GaugeReading{Operator: o, Part: p, Trial: n + 1, Value: mes.MustDecimal(fmt.Sprintf("%d.%d%d", p+1, o, n))})
			}
		}
	}
	_, err = f.Studies.Close(f.ctx, f.key(), site, planner, v.ID, "fine")
	f.refused(err, mes.CodeConflict, "0 of 12")
	_, err = f.Studies.Enter(f.ctx, f.key(), site, planner, v.ID, append(rs[:1:1], mes.GaugeReading{Operator: 5, Trial: 9}))
	f.refused(err, mes.CodeUnprocessable, "readings[1].operator")
	v, err = f.Studies.Enter(f.ctx, f.key(), site, planner, v.ID, rs)
	f.must(err)
	_, err = f.Studies.Enter(f.ctx, f.key(), site, planner, v.ID, rs[:1])
	f.refused(err, mes.CodeUnprocessable, "reason")
	fix := rs[0]
	fix.Reason = "misread"
	v, err = f.Studies.Enter(f.ctx, f.key(), site, planner, v.ID, []mes.GaugeReading{fix})
	f.must(err)
	if v.Done != 12 || v.Range == nil || v.ANOVA == nil || v.RangeVerdict != msa.Fit || v.ANOVA.NDC < 5 {
		t.Errorf("measured: %d done, %+v, %s", v.Done, v.ANOVA, v.RangeVerdict)
	}
	v, err = f.Studies.Close(f.ctx, f.key(), site, planner, v.ID, "Fit for the length.")
	f.must(err)
	if v.ClosedBy != planner.ID {
		t.Errorf("concluded %+v", v.GaugeStudy)
	}
	_, err = f.Studies.Enter(f.ctx, f.key(), site, planner, v.ID, rs[:1])
	f.refused(err, mes.CodeConflict, "concluded")
	list, err := f.Studies.List(f.ctx, mes.GaugeStudyFilter{Site: site})
	f.must(err)
	if len(list.Items) != 1 || list.Items[0].Done != 12 || list.Items[0].Needed != 12 {
		t.Errorf("list %+v", list.Items)
	}
}
