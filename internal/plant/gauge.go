package plant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// gauge is a gauges.yaml entry.
type gauge struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	Kind         string       `json:"kind"`
	Unit         string       `json:"unit"`
	Lower        *mes.Decimal `json:"lower"`
	Upper        *mes.Decimal `json:"upper"`
	Resolution   *mes.Decimal `json:"resolution"`
	Station      string       `json:"station"`
	Owner        string       `json:"owner"`
	Device       string       `json:"device"`
	IntervalDays int          `json:"interval_days"`
	RemindDays   []int        `json:"remind_days"`
	// Calibrated is its last calibration; without it nothing can be measured with the gauge.
	Calibrated *calibrated `json:"calibrated"`
}

// calibrated is a calibration that left the gauge in tolerance. Days count from the import and are meant for demonstrations.
type calibrated struct {
	By          string     `json:"by"`
	Certificate string     `json:"certificate"`
	At          *time.Time `json:"at"`
	DaysAgo     *int       `json:"days_ago"`
	DueAt       *time.Time `json:"due_at"`
	DueInDays   *int       `json:"due_in_days"`
}

// Gauge is a gauge with its last calibration, ready to be stored.
type Gauge struct {
	mes.Gauge
	Calibrated *mes.NewCalibration
}

func (g gauge) complete(now time.Time) Gauge {
	out := Gauge{Gauge: mes.Gauge{ID: g.ID, Name: g.Name, Kind: g.Kind, Unit: g.Unit, Lower: g.Lower, Upper: g.Upper, Resolution: g.Resolution, Station: g.Station, Owner: g.Owner, Device: g.Device,
		IntervalDays: g.IntervalDays, RemindDays: g.RemindDays}}
	if c := g.Calibrated; c != nil {
		at := now
		if c.DaysAgo != nil {
			at = now.AddDate(0, 0, -*c.DaysAgo)
		} else if c.At != nil {
			at = *c.At
		}
		out.Calibrated = &mes.NewCalibration{PerformedAt: at, PerformedBy: c.By, Certificate: c.Certificate, AsFound: mes.InTolerance, AsLeft: mes.InTolerance, DueAt: expiry(c.DueAt, c.DueInDays, now)}
	}
	return out
}

func (c checker) checkGauges(now time.Time) {
	seen := map[string]bool{}
	for i, g := range c.Gauges {
		at := fmt.Sprintf("gauges[%d]", i)
		c.check(!seen[g.ID], "gauges.yaml", at+".id", "%q is given twice", g.ID)
		seen[g.ID] = true
		c.check(g.Station == "" || c.equipment[g.Station].Level == mes.LevelStation, "gauges.yaml", at+".station", "%q is not a station", g.Station)
		_, known := c.devices[g.Device]
		c.check(g.Device == "" || known, "gauges.yaml", at+".device", "%q is not in devices.yaml", g.Device)
		full := g.complete(now)
		c.fields("gauges.yaml", at, full.Validate())
		if full.Calibrated != nil {
			_, err := full.Gauge.Calibrated(*full.Calibrated, mes.Actor{}, now, time.UTC)
			c.fields("gauges.yaml", at+".calibrated", err)
		}
	}
}

// storeGauges registers gauges that are not there. One that is there is left alone: from then on people look after it.
func (d Definition) storeGauges(ctx context.Context, p Ports, by mes.Actor) (int, error) {
	site, n := d.Site(), 0
	for _, g := range d.Gauges {
		_, err := p.Gauges.Get(ctx, site, g.ID)
		if err == nil {
			continue
		}
		if mes.CodeOf(err) != mes.CodeNotFound {
			return n, err
		}
		if _, err := p.Gauges.Put(ctx, "import/"+site+"/"+g.ID, site, by, g.Gauge, ""); err != nil {
			return n, err
		}
		if g.Calibrated != nil {
			if _, err := p.Gauges.Calibrate(ctx, "import/"+site+"/"+g.ID, site, by, g.ID, *g.Calibrated); err != nil {
				return n, err
			}
		}
		n++
	}
	return n, nil
}

// fields names what a rule of the domain refuses, by where it stands in the file.
func (c checker) fields(file, at string, err error) {
	var e *mes.Error
	if !errors.As(err, &e) {
		return
	}
	for _, fe := range e.Fields {
		c.add(file, at+"."+fe.Field, "%s", fe.Message)
	}
}
