package api

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// fakeGauges keeps what the API hands on.
type fakeGauges struct {
	mes.Gauges
	put     []mes.Gauge
	reasons []string
	cal     []mes.NewCalibration
	blob    mes.Blob
	filter  mes.GaugeFilter
	reach   int64
}

func (f *fakeGauges) List(_ context.Context, q mes.GaugeFilter) (mes.Page[mes.Gauge], error) {
	f.filter = q
	return mes.Page[mes.Gauge]{Items: []mes.Gauge{{ID: "CAL-1", Name: "Caliper", Kind: "caliper", State: mes.GaugeFit, Last: &mes.Calibration{N: 1, DueAt: monday}}}, Total: 1}, nil
}

func (f *fakeGauges) Get(_ context.Context, _, id string) (mes.Gauge, error) {
	if id != "CAL-1" {
		return mes.Gauge{}, mes.NotFound("Gauge", id)
	}
	return mes.Gauge{ID: id}, nil
}

func (f *fakeGauges) Put(_ context.Context, _, _ string, _ mes.Actor, g mes.Gauge, reason string) (mes.Gauge, error) {
	f.put, f.reasons = append(f.put, g), append(f.reasons, reason)
	return g, g.Validate()
}

func (f *fakeGauges) Calibrate(_ context.Context, _, _ string, by mes.Actor, id string, c mes.NewCalibration) (mes.Gauge, error) {
	g := mes.Gauge{ID: id, IntervalDays: 365}
	is, err := g.Calibrated(c, by, monday, time.UTC)
	f.cal = append(f.cal, c)
	g.Last = &is
	return g, err
}

func (f *fakeGauges) Calibrations(context.Context, string, string) ([]mes.Calibration, error) {
	return []mes.Calibration{{N: 1, Gauge: "CAL-1", AsFound: mes.InTolerance, AsLeft: mes.InTolerance}}, nil
}

func (f *fakeGauges) Evidence(context.Context, string, string, int64) (mes.Blob, error) {
	return f.blob, nil
}

func (f *fakeGauges) Reach(_ context.Context, _, id string, n int64, _ mes.Paging) (mes.ReachBack, error) {
	f.reach = n
	return mes.ReachBack{Gauge: id, Items: mes.Page[mes.Measured]{Items: []mes.Measured{{Noun: "inspection", Subject: "IN-1", Lot: "L"}}, Total: 1}}, nil
}

// fakeInspections keeps one inspection by the rules of package mes.
type fakeInspections struct {
	mes.Inspections
	view   mes.InspectionView
	filter mes.InspectionFilter
	word   mes.Switch
}

func (f *fakeInspections) List(_ context.Context, q mes.InspectionFilter) (mes.Page[mes.Inspection], error) {
	f.filter = q
	return mes.Page[mes.Inspection]{Items: []mes.Inspection{f.view.Inspection}, Total: 1}, nil
}

func (f *fakeInspections) Get(_ context.Context, _, id string) (mes.InspectionView, error) {
	if id != f.view.ID {
		return mes.InspectionView{}, mes.NotFound("Inspection", id)
	}
	return f.view.Tally(), nil
}

func (f *fakeInspections) Open(_ context.Context, _, _ string, _ mes.Actor, plan, lot string) (mes.InspectionView, error) {
	f.view.Inspection.Plan, f.view.Lot = plan, lot
	return f.view, nil
}

func (f *fakeInspections) Start(context.Context, string, string, mes.Actor, string) (mes.InspectionView, error) {
	f.view.State = mes.InspectionRunning
	return f.view, nil
}

func (f *fakeInspections) Enter(_ context.Context, _, _ string, by mes.Actor, _ string, es []mes.NewEntry) (mes.InspectionView, error) {
	judged, err := f.view.Judge(es)
	for i := range judged {
		judged[i].By = by.ID
	}
	f.view.Entries = append(f.view.Entries, judged...)
	return f.view.Tally(), err
}

func (f *fakeInspections) Decide(_ context.Context, _, _ string, _ mes.Actor, _, comment string) (mes.InspectionView, error) {
	to, err := f.view.Decide()
	if err == nil {
		f.view.State, f.view.Comment = to, comment
	}
	return f.view.Tally(), err
}

func (f *fakeInspections) Cancel(context.Context, string, string, mes.Actor, string, string) (mes.InspectionView, error) {
	return f.view, f.view.CanCancel()
}

func (f *fakeInspections) Schemes(context.Context, mes.SchemeFilter) (mes.Page[mes.SchemeView], error) {
	return mes.Page[mes.SchemeView]{Items: []mes.SchemeView{{Plan: "IP-1", Supplier: "Bolt AG"}}, Total: 1}, nil
}

func (f *fakeInspections) SchemeHistory(context.Context, string, string, string) ([]mes.SchemeEvent, error) {
	return []mes.SchemeEvent{{N: 1}}, nil
}

func (f *fakeInspections) Switch(_ context.Context, _, _ string, _ mes.Actor, s mes.Switch) (mes.SchemeView, error) {
	f.word = s
	return mes.SchemeView{Plan: s.Plan, Supplier: s.Supplier}, nil
}

// fakeStudies keeps one study by the rules of package mes.
type fakeStudies struct {
	mes.GaugeStudies
	view mes.GaugeStudyView
}

func (f *fakeStudies) List(context.Context, mes.GaugeStudyFilter) (mes.Page[mes.GaugeStudy], error) {
	return mes.Page[mes.GaugeStudy]{Items: []mes.GaugeStudy{f.view.GaugeStudy}, Total: 1}, nil
}

func (f *fakeStudies) Get(context.Context, string, string) (mes.GaugeStudyView, error) {
	return f.view.Evaluate(), nil
}

func (f *fakeStudies) Create(_ context.Context, _, _ string, _ mes.Actor, s mes.GaugeStudy) (mes.GaugeStudyView, error) {
	f.view = mes.GaugeStudyView{GaugeStudy: s}
	return f.view, s.Validate()
}

func (f *fakeStudies) Enter(_ context.Context, _, _ string, _ mes.Actor, _ string, rs []mes.GaugeReading) (mes.GaugeStudyView, error) {
	err := f.view.Accepts(rs)
	if err == nil {
		f.view.Readings = append(f.view.Readings, rs...)
	}
	return f.view.Evaluate(), err
}

func (f *fakeStudies) Close(_ context.Context, _, _ string, _ mes.Actor, _, conclusion string) (mes.GaugeStudyView, error) {
	f.view.Conclusion = conclusion
	return f.view, nil
}
