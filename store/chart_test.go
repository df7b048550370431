package store_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/mes/spc"
	"github.com/steelthread/steelthread/store/storetest"
)

var qe = mes.Actor{ID: "quinn", Source: "desk"}

// torqueChart watches single torque values of product UNIT.
func torqueChart(change func(*mes.Chart)) mes.Chart {
	c := mes.Chart{ID: "TORQUE", Site: site, Name: "Torque", Kind: spc.IMR, Product: "UNIT", Operation: "20", Step: "1", Characteristic: "T1", Grouping: mes.SubgroupRun, Size: 1,
		Rules: spc.WesternElectric, Active: true}
	if change != nil {
		change(&c)
	}
	return c
}

func (f *floor) chart(change func(*mes.Chart)) mes.Chart {
	f.Helper()
	c, err := f.Charts.Put(f.ctx, qe, torqueChart(change), "")
	f.must(err)
	return c
}

// observed tells one record with its values.
func (f *floor) observed(key string, values ...string) {
	f.Helper()
	f.must(f.Charts.Observe(f.ctx, torque(key, values...)))
}

func torque(key string, values ...string) mes.Observation {
	o := mes.Observation{Key: key, Site: site, Product: "UNIT", Operation: "20", Step: "1", Station: "ST20", Lot: "U-" + key, At: time.Now()}
	low, high := mes.MustDecimal("1.8"), mes.MustDecimal("2.2")
	for _, v := range values {
		o.Values = append(o.Values, mes.ObservedValue{Characteristic: "T1", Value: mes.MustDecimal(v), Unit: "Nm", Lower: &low, Upper: &high})
	}
	return o
}

func (f *floor) points(chart string) []mes.ChartPoint {
	f.Helper()
	p, err := f.Charts.Points(f.ctx, mes.PointFilter{Site: site, Chart: chart, Paging: mes.Paging{Limit: 500}})
	f.must(err)
	return p.Items
}

func (f *floor) alarms() []mes.ChartAlarm {
	f.Helper()
	p, err := f.Charts.Alarms(f.ctx, mes.AlarmFilter{Site: site})
	f.must(err)
	return p.Items
}

// phaseOne gives the chart 20 calm points and freezes limits of them: mean 2.0, sigma about 0.089.
func (f *floor) phaseOne() mes.ChartLimits {
	f.Helper()
	for i := range 20 {
		f.observed(fmt.Sprintf("I-%d", i), []string{"1.95", "2.05"}[i%2])
	}
	l, err := f.Charts.Propose(f.ctx, f.key(), qe, site, "TORQUE", mes.StudyWindow{}, "The line is calm.")
	f.must(err)
	l, err = f.Charts.Approve(f.ctx, qe, site, "TORQUE", l.Version, "Agreed with production.")
	f.must(err)
	return l
}

func TestPointsComeAsValuesDo(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(func(c *mes.Chart) { c.Kind, c.Size = spc.XbarR, 4 })
	f.observed("a", "2.0", "2.1", "1.9")
	if got := f.points("TORQUE"); len(got) != 0 {
		t.Fatalf("three of four values make no point: %+v", got)
	}
	if s, err := f.Charts.Get(f.ctx, site, "TORQUE"); err != nil || s.State != mes.ChartNoLimits || s.Pending != 3 {
		t.Fatalf("the chart is %+v, %v", s, err)
	}
	f.observed("b", "2.0", "2.2")
	got := f.points("TORQUE")
	if len(got) != 1 || got[0].N != 4 || got[0].Value != 2.0 || math.Abs(*got[0].Spread-0.2) > 1e-9 || got[0].Limits != 0 || got[0].Upper != nil || len(got[0].Values) != 4 ||
		!slices.Equal(got[0].Lots, []string{"U-a", "U-b"}) || got[0].Unit != "Nm" || got[0].SpecUpper == nil {
		t.Fatalf("the point is %+v", got)
	}
	if s, _ := f.Charts.Get(f.ctx, site, "TORQUE"); s.Pending != 1 || s.Points != 1 || *s.Last != 2.0 {
		t.Errorf("the fifth value waits for others: %+v", s)
	}
}

func TestAnObservationThatComesTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(nil)
	for range 3 {
		f.observed("same", "2.0")
	}
	if got := f.points("TORQUE"); len(got) != 1 {
		t.Errorf("one record makes one point: %+v", got)
	}
}

func TestBadQualityAndOthersValuesMakeNoPoint(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(func(c *mes.Chart) { c.Station = "ST20" })
	bad := torque("bad", "2.0")
	bad.Values[0].Bad = true
	other := torque("other", "2.0")
	other.Values[0].Characteristic = "T2"
	elsewhere := torque("elsewhere", "2.0")
	elsewhere.Station = "ST21"
	huge := torque("huge", "1e400")
	for _, o := range []mes.Observation{bad, other, elsewhere, huge} {
		f.must(f.Charts.Observe(f.ctx, o))
	}
	if got := f.points("TORQUE"); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	f.observed("good", "2.0")
	if got := f.points("TORQUE"); len(got) != 1 || got[0].Value != 2.0 {
		t.Errorf("what came before does no harm: %+v", got)
	}
}

func TestLimitsAreFrozenVersionedAndApproved(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(nil)
	if _, err := f.Charts.Study(f.ctx, site, "TORQUE", mes.StudyWindow{}); mes.CodeOf(err) != mes.CodeUnprocessable {
		t.Fatalf("limits without points: %v", err)
	}
	one := f.phaseOne()
	if one.Version != 1 || one.Baseline.Mean != 2.0 || one.Window.From != 1 || one.Window.To != 20 || len(one.Approvals) != 1 || one.Approvals[0].From != 21 || !one.InForce {
		t.Fatalf("version 1 is %+v", one)
	}
	for i := range 15 {
		f.observed(fmt.Sprintf("II-%d", i), "2.10") // phase II drifts
	}
	again, err := f.Charts.Limits(f.ctx, site, "TORQUE")
	f.must(err)
	if len(again) != 1 || again[0].Baseline != one.Baseline {
		t.Errorf("phase II data recomputed the limits: %+v", again)
	}
	for _, p := range f.points("TORQUE") {
		if p.Seq <= 20 && (p.Limits != 0 || p.Centre != nil) || p.Seq > 20 && (p.Limits != 1 || *p.Centre != 2.0) {
			t.Errorf("point %d was judged by version %d", p.Seq, p.Limits)
		}
	}
	f.refused(second(f.Charts.Approve(f.ctx, qe, site, "TORQUE", 1, "again")), mes.CodeConflict, "in force already")
	f.refused(second(f.Charts.Approve(f.ctx, qe, site, "TORQUE", 9, "none")), mes.CodeNotFound, "")
	f.refused(second(f.Charts.Propose(f.ctx, f.key(), qe, site, "TORQUE", mes.StudyWindow{Excluded: []mes.Exclusion{{Seq: 3}}}, "no cause named")), mes.CodeUnprocessable, "excluded[0].reason")

	key := f.key()
	two, err := f.Charts.Propose(f.ctx, key, qe, site, "TORQUE", mes.StudyWindow{From: 1, To: 30, Excluded: []mes.Exclusion{{Seq: 25, Reason: "wrong bit"}}}, "more data")
	f.must(err)
	repeated, err := f.Charts.Propose(f.ctx, key, qe, site, "TORQUE", mes.StudyWindow{}, "more data")
	f.must(err)
	if two.Version != 2 || two.InForce || repeated.Version != 2 || two.Baseline.Points != 29 {
		t.Errorf("version 2 is %+v, asked again %+v", two, repeated)
	}
	if s, _ := f.Charts.Get(f.ctx, site, "TORQUE"); s.Limits != 1 {
		t.Errorf("a proposal is not in force: %+v", s)
	}
	_, err = f.Charts.Approve(f.ctx, qe, site, "TORQUE", 2, "better")
	f.must(err)
	f.observed("III", "2.0")
	points := f.points("TORQUE")
	if last := points[len(points)-1]; last.Limits != 2 || points[24].Excluded != "wrong bit" || points[24].Limits != 1 {
		t.Errorf("the newest point goes by version 2, the old ones stay: %+v", last)
	}
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "limits_approved"})
	f.must(err)
	if len(trail.Items) != 2 || trail.Items[0].Reason != "better" || trail.Items[0].Before == nil || trail.Items[1].Actor != "quinn" {
		t.Errorf("the trail has %+v", trail.Items)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOneAlarmPerRun(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(nil)
	f.phaseOne()
	f.observed("x1", "2.4")
	f.observed("x2", "2.5") // the same run
	all := f.alarms()
	byRule := map[spc.Rule]mes.ChartAlarm{}
	for _, a := range all {
		if a.Plot == mes.PlotMain {
			byRule[a.Rule] = a
		}
	}
	one := byRule[spc.WE1]
	if one.First != 21 || one.Last != 22 || !slices.Equal(one.Points, []int64{21, 22}) || one.Limits != 1 || one.Side != spc.Above || one.Lot != "U-x1" ||
		!strings.Contains(one.Text, "beyond 3 sigma") {
		t.Errorf("rule 1: %+v", one)
	}
	if two := byRule[spc.WE2]; two.First != 22 || !slices.Equal(two.Points, []int64{21, 22}) {
		t.Errorf("rule 2 is completed by the second: %+v", two)
	}
	before := len(all)
	f.observed("calm", "2.0")
	f.observed("x3", "2.5") // 2 of 3 once more: the run of rule 2 goes on over the calm point, that of rule 1 does not
	counts := map[spc.Rule]int{}
	for _, a := range f.alarms() {
		if a.Plot == mes.PlotMain {
			counts[a.Rule]++
		}
	}
	if counts[spc.WE1] != 2 || counts[spc.WE2] != 1 {
		t.Errorf("alarms per rule: %v of %d, then %d", counts, before, len(f.alarms()))
	}
	if s, _ := f.Charts.Get(f.ctx, site, "TORQUE"); s.State != mes.ChartAlarmed || s.Alarms != int64(len(f.alarms())) {
		t.Errorf("the chart is %+v", s)
	}
}

func TestAnAlarmIsAcknowledgedOnceWithAReason(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(func(c *mes.Chart) { c.Rules = []spc.Rule{spc.N1} })
	f.phaseOne()
	f.observed("x", "2.4")
	a := f.alarms()
	alerts, err := f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertChart, Open: true})
	f.must(err)
	if len(a) != 2 || len(alerts.Items) != 2 { // the point, and its moving range
		t.Fatalf("alarms %+v, alerts %+v", a, alerts.Items)
	}
	for _, alarm := range a {
		got, err := f.Charts.Acknowledge(f.ctx, qe, site, alarm.ID, "A worn bit; replaced.")
		f.must(err)
		if got.AcknowledgedBy != "quinn" || got.Reason != "A worn bit; replaced." || got.AcknowledgedAt == nil {
			t.Errorf("acknowledged as %+v", got)
		}
		f.refused(second(f.Charts.Acknowledge(f.ctx, qe, site, alarm.ID, "again")), mes.CodeConflict, "by quinn")
	}
	f.refused(second(f.Charts.Acknowledge(f.ctx, qe, site, "none", "x")), mes.CodeNotFound, "")
	alerts, err = f.Alerts.List(f.ctx, mes.AlertFilter{Site: site, Kind: mes.AlertChart, Open: true})
	f.must(err)
	if len(alerts.Items) != 0 {
		t.Errorf("what was acknowledged alerts nobody: %+v", alerts.Items)
	}
	trail, err := f.Audits.List(f.ctx, mes.AuditFilter{Action: "alarm_acknowledged"})
	f.must(err)
	if len(trail.Items) != 2 || trail.Items[0].Before == nil || trail.Items[0].Reason == "" {
		t.Errorf("the trail has %+v", trail.Items)
	}
	if s, _ := f.Charts.Get(f.ctx, site, "TORQUE"); s.State != mes.ChartAlarmed {
		t.Errorf("its last point still breaks the rule: %s", s.State)
	}
	f.observed("calm", "2.05")
	f.observed("calm2", "2.05")
	for _, alarm := range f.alarms() {
		if alarm.AcknowledgedAt == nil {
			_, err := f.Charts.Acknowledge(f.ctx, qe, site, alarm.ID, "The step back.")
			f.must(err)
		}
	}
	if s, _ := f.Charts.Get(f.ctx, site, "TORQUE"); s.State != mes.ChartInControl {
		t.Errorf("the chart is %s", s.State)
	}
}

func TestAnAlarmSetsRulesInMotion(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(func(c *mes.Chart) { c.Rules = []spc.Rule{spc.WE1} })
	f.phaseOne()
	r := mes.ReactionRule{ID: "SPC", Site: site, Name: "Torque left control", Active: true, Kind: mes.QualityAlarm, Code: "WE1", Product: "UNIT", Group: mes.GroupStation, Count: 2, WindowMin: 60,
		Severity: mes.SeverityHigh, Then: []mes.ReactionKind{mes.ReactAlert}}
	_, err := f.Reactions.Put(f.ctx, qe, r, "agreed")
	f.must(err)
	f.observed("x1", "2.5")
	f.observed("c1", "2.0")
	if got := f.firings(); len(got) != 0 {
		t.Fatalf("once is not enough: %+v", got)
	}
	f.observed("x2", "2.5")
	got := f.firings()
	if len(got) != 1 || got[0].Group != "ST20" || got[0].Last().Lot != "U-x2" || got[0].Last().Noun != "chart" || got[0].Last().Subject != "TORQUE" {
		t.Errorf("when it repeats, the rule acts: %+v", got)
	}
}

// The order of a chart's points is that of its lock: nothing is lost, nothing is counted twice, each subgroup has its size.
func TestTwoStationsWriteOneChart(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(func(c *mes.Chart) { c.Kind, c.Size = spc.XbarR, 2 })
	const each = 40
	var wg sync.WaitGroup
	for _, station := range []string{"ST20", "ST21"} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range each {
				o := torque(fmt.Sprintf("%s-%d", station, i), fmt.Sprintf("2.%02d", i))
				o.Station = station
				if err := f.Charts.Observe(f.ctx, o); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	points := f.points("TORQUE")
	if len(points) != each {
		t.Fatalf("%d values make %d points of two", 2*each, len(points))
	}
	lots := map[string]bool{}
	for i, p := range points {
		if p.Seq != int64(i+1) || p.N != 2 {
			t.Errorf("point %d is %+v", i+1, p)
		}
		for _, l := range p.Lots {
			lots[l] = true
		}
	}
	if len(lots) != 2*each {
		t.Errorf("%d lots of %d are on the chart", len(lots), 2*each)
	}
}

// A step's record reaches its chart in its own transaction, failed attempts included.
func TestARecordedStepIsAPoint(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(nil)
	f.chart(func(c *mes.Chart) {
		c.ID, c.Name, c.Kind, c.Characteristic, c.Size, c.Rules = "YIELD", "Screwing, first try", spc.P, "", 1, []spc.Rule{spc.N1}
	})
	p := f.lots("WO-1", "UNIT", 1)[0]
	p.kitted("BOARD-1")
	p.screwed()
	got, yield := f.points("TORQUE"), f.points("YIELD")
	if len(got) != 1 || got[0].Value != 2 || len(got[0].Lots) != 1 || got[0].Lots[0] != p.id {
		t.Errorf("torque %+v", got)
	}
	if len(yield) != 1 || yield[0].Value != 0 || yield[0].N != 1 {
		t.Errorf("yield %+v", yield)
	}
}

func TestCountsGatherADay(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(func(c *mes.Chart) {
		c.Kind, c.Grouping, c.Size, c.Rules = spc.P, mes.SubgroupDay, 0, []spc.Rule{spc.N1}
	})
	day := time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC) // 23:30 at the site
	for i, at := range []time.Time{day, day.Add(10 * time.Minute), day.Add(time.Hour), day.Add(20 * time.Minute), day.Add(49 * time.Hour)} {
		o := torque(fmt.Sprint("d", i), "2.0", "2.0")
		o.At, o.Values[1].Failed = at, i == 0
		f.must(f.Charts.Observe(f.ctx, o))
	}
	got := f.points("TORQUE")
	if len(got) != 2 || got[0].N != 4 || got[0].Value != 0.25 || got[1].N != 4 || got[1].Value != 0 {
		t.Fatalf("two days are complete: %+v", got)
	}
	if want := time.Date(2026, 11, 23, 22, 59, 59, 0, time.UTC); !got[0].At.Equal(want) {
		t.Errorf("the day's point stands at its end: %s", got[0].At)
	}
}

func TestWhatAChartWatchesStays(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	c := f.chart(nil)
	moved := c
	moved.Characteristic = "T2"
	f.refused(second(f.Charts.Put(f.ctx, qe, moved, "other")), mes.CodeConflict, "stays")
	f.refused(second(f.Charts.Put(f.ctx, qe, torqueChart(nil), "made twice")), mes.CodeConflict, "somebody else")
	off := c
	off.Active, off.Name = false, "Torque, old"
	off, err := f.Charts.Put(f.ctx, qe, off, "No longer needed.")
	f.must(err)
	f.observed("x", "2.0")
	if got := f.points("TORQUE"); len(got) != 0 || off.Version != 2 {
		t.Errorf("a chart that is off takes nothing: %+v", got)
	}
	if s, _ := f.Charts.Get(f.ctx, site, "TORQUE"); s.State != mes.ChartPaused || s.Name != "Torque, old" {
		t.Errorf("it is %+v", s)
	}
	bad := torqueChart(func(c *mes.Chart) { c.ID, c.Rules = "B", []spc.Rule{spc.WE1, spc.N2} })
	f.refused(second(f.Charts.Put(f.ctx, qe, bad, "")), mes.CodeUnprocessable, "one set")
}

// Another process learns of a new chart by its event.
func TestAnotherProcessLearnsOfAChart(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	other := storetest.Open(t, f.db) // another process on the same database
	if err := other.Charts.Observe(f.ctx, torque("before", "2.0")); err != nil {
		t.Fatal(err)
	}
	f.chart(nil)
	deadline := time.Now().Add(5 * time.Second)
	for n := 0; len(f.points("TORQUE")) == 0; n++ {
		if time.Now().After(deadline) {
			t.Fatal("the other process draws no point")
		}
		f.must(other.Charts.Observe(f.ctx, torque(fmt.Sprint("after", n), "2.0")))
	}
}

func TestCapabilityOfAWindow(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(nil)
	f.phaseOne()
	r, err := f.Charts.Capability(f.ctx, site, "TORQUE", 0, 0)
	f.must(err)
	if r.N != 20 || r.Cp == nil || r.Cpk == nil || r.Pp == nil || r.Unit != "Nm" || r.SpecUpper.String() != "2.2" || r.From != 1 || r.To != 20 || r.SpecChanged || r.Unstable {
		t.Errorf("capability %+v", r)
	}
	if r.Cp.Value == r.Pp.Value {
		t.Errorf("Cp is of sigma within, Pp of sigma overall: %+v", r)
	}
	f.refused(second(f.Charts.Capability(f.ctx, site, "TORQUE", 5, 5)), mes.CodeUnprocessable, "")
}

// What was judged stays as it was judged, for the application and for whoever else has its role.
func TestPointsAndLimitsCannotBeChanged(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.chart(func(c *mes.Chart) { c.Rules = []spc.Rule{spc.WE1} })
	f.phaseOne()
	f.observed("x", "2.5")
	for _, sql := range []string{"UPDATE chart_point SET plot = 0", "DELETE FROM chart_point", "UPDATE chart_limits SET model = '{}'", "DELETE FROM chart_approval",
		"UPDATE chart_reading SET value = 0", "UPDATE chart_alarm SET rule = 'N1'", "DELETE FROM chart_alarm", "TRUNCATE chart_point CASCADE"} {
		for who, url := range map[string]string{"the app": f.db.App, "the owner": f.db.Owner} {
			if who == "the owner" && strings.HasPrefix(sql, "DELETE FROM chart_alarm") {
				continue // only the app is kept from it
			}
			if _, err := connect(t, url).Exec(f.ctx, sql); err == nil {
				t.Errorf("%s, as %s, was done", sql, who)
			}
		}
	}
}

// An import makes charts, leaves them alone when it comes again, and needs a reason for a change.
func TestChartsAreImported(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	in := mes.PlantImport{Charts: []mes.Chart{torqueChart(nil)}}
	for _, want := range []int{1, 0} {
		r, err := f.Plant.Import(f.ctx, qe, in)
		f.must(err)
		if r.Charts != want {
			t.Errorf("%d charts are new or changed, want %d", r.Charts, want)
		}
	}
	in.Charts[0].Name = "Torque of screw 1"
	f.refused(second(f.Plant.Import(f.ctx, qe, in)), mes.CodeUnprocessable, "charts[0]")
	in.Reason = "clearer name"
	r, err := f.Plant.Import(f.ctx, qe, in)
	f.must(err)
	if s, _ := f.Charts.Get(f.ctx, site, "TORQUE"); r.Charts != 1 || s.Name != "Torque of screw 1" || s.Version != 2 {
		t.Errorf("the chart is %+v", s)
	}
}
