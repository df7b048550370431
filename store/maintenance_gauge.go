package store

import (
	"context"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// openCalibration asks for the calibration of a gauge that falls due, once for each calibration that ends and once while a job for the gauge is
// open. It is called with each reminder, so nothing more happens the second time.
func (w *work) openCalibration(ctx context.Context, site string, g mes.Gauge, zone *time.Location) error {
	open, err := w.OpenCalibrationJob(ctx, sqlcgen.OpenCalibrationJobParams{Site: site, Gauge: g.ID})
	if err != nil || len(open) > 0 {
		return err
	}
	due := g.Last.DueAt
	_, err = w.openMaintenance(ctx, mes.Actor{ID: mes.ActorSystem}, mes.MaintenanceRequest{Site: site, Key: fmt.Sprintf("gauge/%s/%s/%d", site, g.ID, g.Last.N), Kind: mes.MaintainCalibration,
		Gauge: g.ID, Station: g.Station, Severity: mes.SeverityMedium, Source: mes.MaintainByCalendar, Title: fmt.Sprintf("Calibrate gauge %s (%s)", g.ID, g.Name), DueAt: &due,
		Why: fmt.Sprintf("Its calibration ends on %s. After that nothing can be measured with it.", due.In(zone).Format("2 Jan 2006, 15:04 MST"))})
	return err
}

// calibrationOfJob takes a calibration as the work and the test of the gauge's open jobs.
func (w *work) calibrationOfJob(ctx context.Context, key, site string, by mes.Actor, c mes.Calibration) error {
	open, err := w.OpenCalibrationJob(ctx, sqlcgen.OpenCalibrationJobParams{Site: site, Gauge: c.Gauge})
	if err != nil {
		return err
	}
	for _, id := range open {
		before, now, err := w.lockMaintenance(ctx, site, id)
		if err != nil {
			return err
		}
		if before.State == mes.MaintenanceReturning {
			continue // it was tested and is being handed back; this is a further calibration
		}
		after, err := before.Calibrated(c, now)
		if err != nil {
			return err
		}
		if err := w.saveMaintenance(ctx, by, "calibrated", c.Note, "maint/"+id+"/"+key, before, after, now); err != nil {
			return err
		}
	}
	return nil
}
