package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Calibrate records a calibration under the gauge's lock: values that are being stored with it wait, and are judged by it.
func (g *Gauges) Calibrate(ctx context.Context, key, site string, by mes.Actor, id string, c mes.NewCalibration) (mes.Gauge, error) {
	err := g.change(ctx, func(w *work) error {
		var done int64
		if found, err := w.answered(ctx, "calibrate/"+key, &done); err != nil || found {
			return err
		}
		row, err := w.LockGauge(ctx, sqlcgen.LockGaugeParams{Site: site, ID: id})
		if err != nil {
			return missing(err, "Gauge", id)
		}
		was, err := calibrated(ctx, w.Queries, row)
		if err != nil {
			return err
		}
		is, err := w.calibrate(ctx, key, site, by, was, c)
		if err != nil {
			return err
		}
		return w.remember(ctx, "calibrate/"+key, id, is.N)
	})
	if err != nil {
		return mes.Gauge{}, err
	}
	return g.Get(ctx, site, id)
}

func (w *work) calibrate(ctx context.Context, key, site string, by mes.Actor, was mes.Gauge, c mes.NewCalibration) (mes.Calibration, error) {
	now, err := w.Now(ctx)
	if err != nil {
		return mes.Calibration{}, err
	}
	zone, err := w.zone(ctx, site)
	if err != nil {
		return mes.Calibration{}, err
	}
	is, err := was.Calibrated(c, by, now, zone)
	if err != nil {
		return is, err
	}
	is.N = 1
	if was.Last != nil {
		is.N = was.Last.N + 1
	}
	if is.Points == nil {
		is.Points = []mes.CalibrationPoint{}
	}
	points, err := json.Marshal(is.Points)
	if err != nil {
		return is, err
	}
	p := sqlcgen.AddCalibrationParams{Gauge: was.ID, N: is.N, Key: key, PerformedAt: is.PerformedAt, PerformedBy: is.PerformedBy, Certificate: is.Certificate, AsFound: string(is.AsFound),
		AsLeft: string(is.AsLeft), Points: points, DueAt: is.DueAt, EvidenceName: is.EvidenceName, Note: is.Note, RecordedBy: by.ID, RecordedAt: now}
	if c.Evidence != nil {
		hash, err := putBlob(ctx, w.Queries, c.Evidence.ContentType, c.Evidence.Content)
		if err != nil {
			return is, err
		}
		p.Evidence, is.Evidence = &hash, hash
	}
	if err := w.AddCalibration(ctx, p); err != nil {
		return is, err
	}
	return is, w.calibrationStored(ctx, key, site, by, was, is)
}

// calibrationStored does what follows: reminders of the calibration before are over, and what is in doubt is told.
func (w *work) calibrationStored(ctx context.Context, key, site string, by mes.Actor, was mes.Gauge, is mes.Calibration) error {
	if err := w.settle(ctx, site, "gauge", was.ID, fmt.Sprintf("Calibrated by %s.", is.PerformedBy), mes.AlertGaugeDue, mes.AlertGaugeOverdue); err != nil {
		return err
	}
	if is.Doubtful() || is.AsLeft == mes.OutOfTolerance {
		if err := w.gaugeFailed(ctx, site, was, is); err != nil {
			return err
		}
	}
	var before any
	if was.Last != nil {
		before = was.Last
	}
	if err := w.audit(by, "calibrated", "gauge", was.ID, is.Note, key, before, is); err != nil {
		return err
	}
	if err := w.calibrationOfJob(ctx, key, site, by, is); err != nil {
		return err
	}
	return w.remindGaugesAnew(ctx, site, was.ID, key)
}

// gaugeFailed tells quality how much is in doubt.
func (w *work) gaugeFailed(ctx context.Context, site string, g mes.Gauge, is mes.Calibration) error {
	from, err := lastGood(ctx, w.Queries, g.ID, is.N)
	if err != nil {
		return err
	}
	since := time.Time{}
	if from != nil {
		since = *from
	}
	n, err := w.CountMeasured(ctx, sqlcgen.CountMeasuredParams{Gauge: g.ID, Device: g.Device, Since: since, Until: is.RecordedAt})
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Gauge %s was found out of tolerance: %d values since its last good calibration are in doubt.", g.ID, n)
	if !is.Doubtful() {
		text = fmt.Sprintf("Gauge %s was left out of tolerance. Nothing can be measured with it.", g.ID)
	}
	return w.alert(ctx, fmt.Sprintf("gauge/%s/%d/failed", g.ID, is.N), mes.Alert{Site: site, Kind: mes.AlertGaugeFailed, Severity: mes.SeverityHigh, Noun: "gauge", Subject: g.ID,
		Text: text, Role: mes.RoleQuality})
}

// lastGood is when the gauge was last left in tolerance before its n-th calibration, nil when it never was; n of 0 means
// the newest.
func lastGood(ctx context.Context, q *sqlcgen.Queries, gauge string, n int64) (*time.Time, error) {
	rows, err := q.CalibrationsOf(ctx, gauge)
	for _, c := range rows {
		if (n == 0 || c.N < n) && mes.Conformity(c.AsLeft) == mes.InTolerance {
			return &c.PerformedAt, err
		}
	}
	return nil, err
}

const measuredFrom = `(SELECT 'inspection' AS noun, e.inspection AS subject, i.lot, e.characteristic AS what, e.value, coalesce((SELECT x ->> 'unit' FROM document_revision r,
           jsonb_array_elements(r.content -> 'characteristics') x WHERE r.kind = i.kind AND r.id = i.plan AND r.revision = i.revision AND x ->> 'id' = e.characteristic), '') AS unit,
           e.result, e.entered_by AS by, e.at, e.gauge, '' AS device, 'e/' || e.inspection || '/' || e.n AS row
      FROM inspection_entry e JOIN inspection i ON i.id = e.inspection WHERE e.gauge IS NOT NULL
     UNION ALL
    SELECT 'lot', s.lot, s.lot, s.operation || '/' || s.step || ' ' || v.name, v.value, v.unit, v.result, s.operator, s.ended_at, s.gauge, s.device, 's/' || s.id || '/' || v.n
      FROM step_record s JOIN step_value v ON v.record = s.id WHERE s.gauge <> '' OR s.device <> '') m`

// Reach lists what was measured with a gauge back to its last good calibration.
func (g *Gauges) Reach(ctx context.Context, site, id string, n int64, p mes.Paging) (mes.ReachBack, error) {
	out := mes.ReachBack{Gauge: id}
	row, err := g.q.GaugeByID(ctx, sqlcgen.GaugeByIDParams{Site: site, ID: id})
	if err != nil {
		return out, missing(err, "Gauge", id)
	}
	if n > 0 {
		all, err := g.Calibrations(ctx, site, id)
		if err != nil {
			return out, err
		}
		for _, c := range all {
			if c.N == n {
				out.Until = &c.RecordedAt
			}
		}
		if out.Until == nil {
			return out, mes.NotFound("Calibration", fmt.Sprintf("%s/%d", id, n))
		}
	}
	if out.From, err = lastGood(ctx, g.q, id, n); err != nil {
		return out, translate(err)
	}
	l := newListing(measuredFrom, p, sorts{"": {{"m.at", "timestamptz", true}}, "at": {{"m.at", "timestamptz", false}}}, column{"m.row", "text", true})
	if d := textOf(row.Device); d != "" {
		l.where("(m.gauge = ? OR m.device = "+l.arg(d)+")", id)
	} else {
		l.where("m.gauge = ?", id)
	}
	if out.From != nil {
		l.where("m.at > ?", *out.From)
	}
	if out.Until != nil {
		l.where("m.at <= ?", *out.Until)
	}
	out.Items, err = page(ctx, g.db, l, "m.noun, m.subject, m.lot, m.what, m.value, m.unit, m.result, m.by, m.at", func(m *mes.Measured) []any {
		return []any{&m.Noun, &m.Subject, &m.Lot, &m.What, &m.Value, &m.Unit, &m.Result, &m.By, &m.At}
	})
	return out, err
}

// RemindGauges raises every alert that is due, once each.
func (g *Gauges) RemindGauges(ctx context.Context, site string) (mes.Reminded, error) {
	var out mes.Reminded
	err := g.change(ctx, func(w *work) error {
		out = mes.Reminded{}
		rows, err := w.GaugesToRemind(ctx, site)
		if err != nil {
			return err
		}
		if out.Now, err = w.Now(ctx); err != nil {
			return err
		}
		zone, err := w.zone(ctx, site)
		if err != nil {
			return err
		}
		all := make([]mes.Gauge, len(rows))
		for i, r := range rows {
			all[i] = gaugeOf(r.Gauge)
			all[i].Last = &mes.Calibration{N: r.N, AsLeft: mes.Conformity(r.AsLeft), DueAt: r.DueAt}
		}
		due, next := mes.GaugeReminders(all, out.Now)
		out.Next = next
		for _, d := range due {
			if err := w.remindGauge(ctx, site, d, zone); err != nil {
				return err
			}
			if err := w.openCalibration(ctx, site, d.Gauge, zone); err != nil {
				return err
			}
			out.Raised++
		}
		return nil
	})
	return out, err
}

// remindGauge tells maintenance and quality. What has ended closes the words that it would end.
func (w *work) remindGauge(ctx context.Context, site string, d mes.GaugeReminder, zone *time.Location) error {
	g := d.Gauge
	end := g.Last.DueAt.In(zone).Format("2 Jan 2006, 15:04 MST")
	a := mes.Alert{Site: site, Kind: mes.AlertGaugeDue, Severity: mes.SeverityMedium, Noun: "gauge", Subject: g.ID, Text: fmt.Sprintf("Calibration of gauge %s (%s) is due on %s.", g.ID, g.Name, end)}
	if d.Days == 0 {
		a.Kind, a.Severity = mes.AlertGaugeOverdue, mes.SeverityHigh
		a.Text = fmt.Sprintf("Calibration of gauge %s (%s) was due on %s. Nothing can be measured with it.", g.ID, g.Name, end)
		if err := w.settle(ctx, site, a.Noun, a.Subject, "It is overdue.", mes.AlertGaugeDue); err != nil {
			return err
		}
	}
	for _, role := range []mes.Role{mes.RoleMaintenance, mes.RoleQuality} {
		a.Role = role
		if err := w.alert(ctx, d.Key()+"/"+string(role), a); err != nil {
			return err
		}
	}
	return nil
}

// measureWith locks a gauge that a value was measured with, so that no calibration comes between, and refuses one that
// may not be used now. field is what the caller calls the gauge. nil values skip the range.
func (w *work) measureWith(ctx context.Context, site, gauge, kind, field string, now time.Time, values ...*mes.Decimal) error {
	row, err := w.ShareGauge(ctx, sqlcgen.ShareGaugeParams{Site: site, ID: gauge})
	if err != nil {
		return missing(err, "Gauge", gauge)
	}
	g, err := calibrated(ctx, w.Queries, row)
	if err != nil {
		return err
	}
	zone, err := w.zone(ctx, site)
	if err != nil {
		return err
	}
	if refused := g.Usable(now, zone); refused != nil {
		return refused
	}
	for _, v := range append(values, nil) {
		if err := g.Fits(kind, field, v); err != nil {
			return err
		}
	}
	return nil
}
