package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Gauges keeps the register of gauges with their calibrations.
type Gauges struct{ db }

var (
	_ mes.Gauges      = (*Gauges)(nil)
	_ mes.GaugeLedger = (*Gauges)(nil)
)

func gaugeOf(g sqlcgen.Gauge) mes.Gauge {
	out := mes.Gauge{ID: g.ID, Site: g.Site, Name: g.Name, Kind: g.Kind, Unit: g.Unit, Lower: g.Lower, Upper: g.Upper, Resolution: g.Resolution, Owner: g.Owner,
		IntervalDays: g.IntervalDays, RemindDays: g.RemindDays, Blocked: g.Blocked, Retired: g.Retired, Version: g.Version, ChangedBy: g.ChangedBy, ChangedAt: g.ChangedAt}
	out.Station, out.Device = textOf(g.Station), textOf(g.Device)
	return out
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// orNull stores an empty reference as none.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func calibrationOf(c sqlcgen.GaugeCalibration) (mes.Calibration, error) {
	out := mes.Calibration{N: c.N, Gauge: c.Gauge, PerformedAt: c.PerformedAt, PerformedBy: c.PerformedBy, Certificate: c.Certificate, AsFound: mes.Conformity(c.AsFound),
		AsLeft: mes.Conformity(c.AsLeft), DueAt: c.DueAt, Evidence: textOf(c.Evidence), EvidenceName: c.EvidenceName, Note: c.Note, RecordedBy: c.RecordedBy, RecordedAt: c.RecordedAt}
	return out, json.Unmarshal(c.Points, &out.Points)
}

const gaugeColumns = `g.id, g.site, g.name, g.kind, g.unit, g.lower, g.upper, g.resolution, coalesce(g.station, ''), g.owner, coalesce(g.device, ''), g.interval_days, g.remind_days,
	g.blocked, g.retired, g.version, g.changed_by, g.changed_at, to_jsonb(c)`

const gaugeFrom = `gauge g LEFT JOIN LATERAL (SELECT gauge, n, performed_at, performed_by, certificate, as_found, as_left, due_at, coalesce(evidence, '') AS evidence, evidence_name,
	note, recorded_by, recorded_at FROM gauge_calibration WHERE gauge = g.id ORDER BY n DESC LIMIT 1) c ON true`

func gaugeFields(g *mes.Gauge) []any {
	return []any{&g.ID, &g.Site, &g.Name, &g.Kind, &g.Unit, &g.Lower, &g.Upper, &g.Resolution, &g.Station, &g.Owner, &g.Device, &g.IntervalDays, &g.RemindDays, &g.Blocked, &g.Retired,
		&g.Version, &g.ChangedBy, &g.ChangedAt, &g.Last}
}

var gaugeSorts = sorts{"": {{"g.id", "text", false}}, "id": nil, "kind": {{"g.kind", "text", false}}, "station": {{"coalesce(g.station, '')", "text", false}},
	"due_at": {{"coalesce(c.due_at, '-infinity')", "timestamptz", false}}}

// List reads a page of gauges, judged by the time of asking.
func (g *Gauges) List(ctx context.Context, f mes.GaugeFilter) (mes.Page[mes.Gauge], error) {
	l := newListing(gaugeFrom, f.Paging, gaugeSorts, column{"g.id", "text", false})
	l.where("g.site = ?", f.Site).where("g.kind = ?", f.Kind).where("g.station = ?", f.Station)
	l.when(!f.Retired, "NOT g.retired")
	if f.DueBefore != nil {
		l.where("(c.due_at IS NULL OR c.due_at < ?)", *f.DueBefore)
	}
	l.search(f.Text, "g.id", "g.name", "g.kind", "g.owner")
	out, err := page(ctx, g.db, l, gaugeColumns, gaugeFields)
	now := time.Now()
	for i, row := range out.Items {
		out.Items[i].State = row.Judge(now)
	}
	return out, err
}

// Get reads one gauge.
func (g *Gauges) Get(ctx context.Context, site, id string) (mes.Gauge, error) {
	row, err := g.q.GaugeByID(ctx, sqlcgen.GaugeByIDParams{Site: site, ID: id})
	if err != nil {
		return mes.Gauge{}, missing(err, "Gauge", id)
	}
	out, err := calibrated(ctx, g.q, row)
	out.State = out.Judge(time.Now())
	return out, translate(err)
}

// calibrated adds the newest calibration.
func calibrated(ctx context.Context, q *sqlcgen.Queries, row sqlcgen.Gauge) (mes.Gauge, error) {
	out := gaugeOf(row)
	last, err := q.LastCalibration(ctx, row.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	c, err := calibrationOf(last)
	out.Last = &c
	return out, err
}

// Put makes or changes a gauge.
func (g *Gauges) Put(ctx context.Context, key, site string, by mes.Actor, in mes.Gauge, reason string) (mes.Gauge, error) {
	in.Site = site
	if in.RemindDays == nil {
		in.RemindDays = mes.DefaultGaugeReminders
	}
	if err := in.Validate(); err != nil {
		return in, err
	}
	err := g.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, "gauge/"+key, &in.ID); err != nil || found {
			return err
		}
		if err := w.gaugePlaces(ctx, site, in); err != nil {
			return err
		}
		if err := w.putGauge(ctx, site, by, in, key, reason); err != nil {
			return err
		}
		return w.remember(ctx, "gauge/"+key, in.ID, in.ID)
	})
	if err != nil {
		return in, err
	}
	return g.Get(ctx, site, in.ID)
}

// gaugePlaces names a station or device that the plant does not have.
func (w *work) gaugePlaces(ctx context.Context, site string, in mes.Gauge) error {
	known, err := w.StationOrDeviceOf(ctx, sqlcgen.StationOrDeviceOfParams{Station: in.Station, Device: in.Device, Site: site})
	if err != nil {
		return err
	}
	var f mes.Faults
	f.Check(in.Station == "" || known.Station, "station", "%q is not known", in.Station)
	f.Check(in.Device == "" || known.Device, "device", "%q is not known", in.Device)
	return f.Err("The gauge was not stored.")
}

func (w *work) putGauge(ctx context.Context, site string, by mes.Actor, in mes.Gauge, key, reason string) error {
	if in.Version == 0 {
		n, err := w.AddGauge(ctx, sqlcgen.AddGaugeParams{ID: in.ID, Site: site, Name: in.Name, Kind: in.Kind, Unit: in.Unit, Lower: in.Lower, Upper: in.Upper, Resolution: in.Resolution,
			Station: orNull(in.Station), Owner: in.Owner, Device: orNull(in.Device), IntervalDays: in.IntervalDays, RemindDays: in.RemindDays, Blocked: in.Blocked, Retired: in.Retired, ChangedBy: by.ID})
		if err != nil {
			return gaugeDeviceTaken(err, in)
		}
		if n == 0 {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Gauge %s exists already.", in.ID), "Nothing was stored.", "Give the new one another ID.")
		}
		return w.gaugeStored(ctx, site, by, in, key, reason, nil)
	}
	row, err := w.LockGauge(ctx, sqlcgen.LockGaugeParams{Site: site, ID: in.ID})
	if err != nil {
		return missing(err, "Gauge", in.ID)
	}
	if row.Version != in.Version {
		return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s changed gauge %s meanwhile.", row.ChangedBy, in.ID), "Your change was not stored, it is still in the form.", "Compare and save again.")
	}
	var f mes.Faults
	f.Check(strings.TrimSpace(reason) != "", "reason", "is missing")
	if err := f.Err("The gauge was not changed."); err != nil {
		return err
	}
	err = w.ChangeGauge(ctx, sqlcgen.ChangeGaugeParams{ID: in.ID, Name: in.Name, Kind: in.Kind, Unit: in.Unit, Lower: in.Lower, Upper: in.Upper, Resolution: in.Resolution,
		Station: orNull(in.Station), Owner: in.Owner, Device: orNull(in.Device), IntervalDays: in.IntervalDays, RemindDays: in.RemindDays, Blocked: in.Blocked, Retired: in.Retired, ChangedBy: by.ID})
	if err != nil {
		return gaugeDeviceTaken(err, in)
	}
	return w.gaugeStored(ctx, site, by, in, key, reason, gaugeOf(row))
}

// gaugeDeviceTaken says that a device is one gauge only.
func gaugeDeviceTaken(err error, in mes.Gauge) error {
	if !violates(err, "gauge_device_key") {
		return err
	}
	var f mes.Faults
	f.Add("device", "%s is another gauge already", in.Device)
	return f.Err("The gauge was not stored.")
}

func (w *work) gaugeStored(ctx context.Context, site string, by mes.Actor, in mes.Gauge, key, reason string, before any) error {
	if in.Retired || in.Blocked {
		if err := w.settle(ctx, site, "gauge", in.ID, "It is not in use.", mes.AlertGaugeDue, mes.AlertGaugeOverdue); err != nil {
			return err
		}
	}
	if err := w.audit(by, "gauge_stored", "gauge", in.ID, reason, key, before, in); err != nil {
		return err
	}
	return w.remindGaugesAnew(ctx, site, in.ID, key)
}

// remindGaugesAnew wakes the site's reminders of calibrations.
func (w *work) remindGaugesAnew(ctx context.Context, site, gauge, key string) error {
	w.tell(site, mes.EventGauge, gauge)
	return w.send(ctx, mes.ToWorkflow, mes.MessageGaugesChanged, "gauges/"+gauge+"/"+key, site, mes.SiteChanged{Site: site})
}

// Calibrations lists a gauge's calibrations, newest first.
func (g *Gauges) Calibrations(ctx context.Context, site, id string) ([]mes.Calibration, error) {
	if _, err := g.q.GaugeByID(ctx, sqlcgen.GaugeByIDParams{Site: site, ID: id}); err != nil {
		return nil, missing(err, "Gauge", id)
	}
	rows, err := g.q.CalibrationsOf(ctx, id)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.Calibration, len(rows))
	for i, r := range rows {
		if out[i], err = calibrationOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Evidence reads a calibration's document.
func (g *Gauges) Evidence(ctx context.Context, site, id string, n int64) (mes.Blob, error) {
	row, err := g.q.CalibrationEvidence(ctx, sqlcgen.CalibrationEvidenceParams{Gauge: id, N: n, Site: site})
	return mes.Blob{Hash: row.Hash, ContentType: row.ContentType, Size: row.Size, Content: row.Content}, missing(err, "Evidence of calibration", fmt.Sprintf("%s/%d", id, n))
}
