package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) gaugeRoutes() {
	get := func(path, id, short string, table bool) route {
		return route{Method: "GET", Path: "/gauges" + path, ID: id, Group: "gauges", Right: policies.GaugeRead, Table: table, Short: short}
	}
	handle(s, get("", "listGauges", "The register of gauges, with their states as they are now", true), s.listGauges)
	handle(s, get("/{gauge}", "getGauge", "One gauge with its newest calibration", false), s.getGauge)
	handle(s, get("/{gauge}/calibrations", "listCalibrations", "A gauge's calibrations, newest first", true), s.listCalibrations)
	measured := get("/{gauge}/measured", "listMeasured", "What was measured with a gauge since it was last known to be good", true)
	measured.Long = "With a calibration: what was measured before it, back to the last one that left the gauge in tolerance. That is what a failed calibration puts in doubt."
	handle(s, measured, s.listMeasured)
	evidence := get("/{gauge}/calibrations/{n}/evidence", "getCalibrationEvidence", "The document that proves a calibration", false)
	evidence.Answers = map[string]*huma.Response{"200": {Description: "The document", Content: map[string]*huma.MediaType{"application/pdf": binary(), "image/png": binary(), "image/jpeg": binary()}}}
	handle(s, evidence, s.getCalibrationEvidence)
	handle(s, route{Method: "POST", Path: "/gauges", ID: "putGauge", Group: "gauges", Right: policies.GaugeManage, Command: true, Noun: "gauge",
		Short: "Register a gauge, or change one that was read at a version"}, s.putGauge)
	handle(s, route{Method: "POST", Path: "/gauges/{gauge}/calibrations", ID: "calibrateGauge", Group: "gauges", Right: policies.GaugeCalibrate, Command: true, Noun: "gauge",
		Status: http.StatusCreated, Body: evidenceBody, Short: "Record a calibration, with its evidence"}, s.calibrateGauge)
}

// GaugePath names a gauge in an address.
type GaugePath struct {
	Gauge string `path:"gauge" maxLength:"64"`
}

type gaugeListInput struct {
	ListInput
	Kind    string `query:"kind" maxLength:"64"`
	Station string `query:"station" maxLength:"64"`
	Days    int    `query:"days" minimum:"1" maximum:"3650" doc:"Only those whose calibration ends within so many days, overdue ones included."`
	Retired bool   `query:"retired" doc:"Also those that are out of use."`
}

func (s *Server) listGauges(ctx context.Context, in *gaugeListInput) (*one[mes.Page[mes.Gauge]], error) {
	f := mes.GaugeFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Kind: in.Kind, Station: in.Station, Retired: in.Retired}
	if in.Days > 0 {
		until := s.Now().AddDate(0, 0, in.Days)
		f.DueBefore = &until
	}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.Gauge], error) { return s.Gauges.List(ctx, f) })
}

func (s *Server) getGauge(ctx context.Context, in *GaugePath) (*one[mes.Gauge], error) {
	return answer(s.Gauges.Get(ctx, requestOf(ctx).who.Site, in.Gauge))
}

func (s *Server) listCalibrations(ctx context.Context, in *struct {
	GaugePath
	TableInput
}) (*one[mes.Page[mes.Calibration]], error) {
	return whole(s.Gauges.Calibrations(ctx, requestOf(ctx).who.Site, in.Gauge))
}

type measuredInput struct {
	ListInput
	GaugePath
	Calibration int64 `query:"calibration" minimum:"0" doc:"The calibration's number; left out, everything up to now."`
}

func (s *Server) listMeasured(ctx context.Context, in *measuredInput) (*one[mes.Page[mes.Measured]], error) {
	p := in.paging()
	return page(ctx, s, &p, func() (mes.Page[mes.Measured], error) {
		r, err := s.Gauges.Reach(ctx, requestOf(ctx).who.Site, in.Gauge, in.Calibration, p)
		return r.Items, err
	})
}

// GaugeBody is a gauge as people write it.
type GaugeBody struct {
	ID           string  `json:"id" maxLength:"64"`
	Name         string  `json:"name" maxLength:"200"`
	Kind         string  `json:"kind" maxLength:"64" doc:"What plans and steps ask for, for example caliper."`
	Unit         string  `json:"unit,omitempty" maxLength:"20"`
	Lower        *Amount `json:"lower,omitempty" doc:"Lower end of the range."`
	Upper        *Amount `json:"upper,omitempty"`
	Resolution   *Amount `json:"resolution,omitempty"`
	Station      string  `json:"station,omitempty" maxLength:"64"`
	Owner        string  `json:"owner,omitempty" maxLength:"100"`
	Device       string  `json:"device,omitempty" maxLength:"64" doc:"The device that is this gauge."`
	IntervalDays int     `json:"interval_days" doc:"How long a calibration usually holds."`
	RemindDays   []int   `json:"remind_days,omitempty" maxItems:"10"`
	Blocked      bool    `json:"blocked,omitempty"`
	Retired      bool    `json:"retired,omitempty"`
	Version      int64   `json:"version,omitempty" minimum:"0" doc:"The version that was read; 0 for a new gauge."`
	Reason       string  `json:"reason,omitempty" maxLength:"500" doc:"Needed for a change."`
}

func (s *Server) putGauge(ctx context.Context, in *struct{ Body GaugeBody }) (*one[mes.Gauge], error) {
	r, b := requestOf(ctx), in.Body
	r.subject = b.ID
	g := mes.Gauge{ID: b.ID, Name: strings.TrimSpace(b.Name), Kind: b.Kind, Unit: b.Unit, Lower: b.Lower.or(), Upper: b.Upper.or(), Resolution: b.Resolution.or(), Station: b.Station, Owner: b.Owner,
		Device: b.Device, IntervalDays: b.IntervalDays, RemindDays: b.RemindDays, Blocked: b.Blocked, Retired: b.Retired, Version: b.Version}
	return answer(s.Gauges.Put(ctx, r.scopedKey(), r.who.Site, r.actor(), g, b.Reason))
}

// CalibrationBody is a calibration as people write it.
type CalibrationBody struct {
	PerformedAt  *time.Time       `json:"performed_at,omitempty" doc:"Left out, it is now."`
	PerformedBy  string           `json:"performed_by" maxLength:"200" doc:"The laboratory or person."`
	Certificate  string           `json:"certificate,omitempty" maxLength:"100"`
	AsFound      mes.Conformity   `json:"as_found,omitempty" doc:"Left out, it follows from the points."`
	AsLeft       mes.Conformity   `json:"as_left,omitempty"`
	Points       []CalibratedHere `json:"points,omitempty" maxItems:"100"`
	DueAt        *time.Time       `json:"due_at,omitempty" doc:"Left out, it follows from the gauge's interval."`
	Note         string           `json:"note,omitempty" maxLength:"500"`
	Evidence     []byte           `json:"evidence,omitempty" doc:"PDF, PNG or JPEG in base64, at most 8 MiB."`
	EvidenceName string           `json:"evidence_name,omitempty" maxLength:"200"`
}

// CalibratedHere is one value of a standard with what the gauge read.
type CalibratedHere struct {
	Nominal   Amount  `json:"nominal"`
	Tolerance Amount  `json:"tolerance" doc:"Either way."`
	Found     Amount  `json:"found"`
	Left      *Amount `json:"left,omitempty" doc:"After adjustment."`
}

type calibrateInput struct {
	GaugePath
	Body CalibrationBody
}

func (s *Server) calibrateGauge(ctx context.Context, in *calibrateInput) (*one[mes.Gauge], error) {
	r, b := requestOf(ctx), in.Body
	c := mes.NewCalibration{PerformedAt: s.Now().UTC(), PerformedBy: strings.TrimSpace(b.PerformedBy), Certificate: b.Certificate, AsFound: b.AsFound, AsLeft: b.AsLeft, DueAt: b.DueAt, Note: b.Note}
	if b.PerformedAt != nil {
		c.PerformedAt = *b.PerformedAt
	}
	for _, p := range b.Points {
		c.Points = append(c.Points, mes.CalibrationPoint{Nominal: p.Nominal.Decimal, Tolerance: p.Tolerance.Decimal, Found: p.Found.Decimal, Left: p.Left.or()})
	}
	if len(b.Evidence) > 0 {
		kind, _, _ := strings.Cut(http.DetectContentType(b.Evidence), ";")
		c.Evidence = &mes.Evidence{Name: b.EvidenceName, ContentType: kind, Content: b.Evidence}
	}
	return answer(s.Gauges.Calibrate(ctx, r.scopedKey(), r.who.Site, r.actor(), in.Gauge, c))
}

type calibrationPath struct {
	GaugePath
	N int64 `path:"n" minimum:"1"`
}

func (s *Server) getCalibrationEvidence(ctx context.Context, in *calibrationPath) (*huma.StreamResponse, error) {
	b, err := s.Gauges.Evidence(ctx, requestOf(ctx).who.Site, in.Gauge, in.N)
	if err != nil {
		return nil, err
	}
	return evidenceFile(b, fmt.Sprintf("calibration-%s-%d", in.Gauge, in.N)), nil
}
