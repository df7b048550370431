package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// checkGauges refuses values that a person measured with a gauge that may not be used, and a command to a device that is
// such a gauge. What a device has measured already is recorded whatever its calibration.
func (r *recording) checkGauges(ctx context.Context) error {
	if s := r.e.Step; s != nil && s.Gauge != "" {
		if err := r.checkMeasured(ctx, s); err != nil {
			return err
		}
	}
	w := r.after.Wait
	if w.Kind != mes.WaitMachine || w.Seq != 0 || !r.e.Kind.Moves() {
		return nil
	}
	return r.checkGaugeDevice(ctx, w.On)
}

func (r *recording) checkMeasured(ctx context.Context, s *mes.StepRecord) error {
	o, err := r.operation(ctx, s.Operation)
	if err != nil {
		return err
	}
	_, step, _ := o.At(s.Step)
	values := make([]*mes.Decimal, len(s.Values))
	for i := range s.Values {
		values[i] = &s.Values[i].Value
	}
	now, err := r.Now(ctx)
	if err != nil {
		return err
	}
	return r.measureWith(ctx, r.e.Site, s.Gauge, step.Gauge, "gauge", now, values...)
}

// checkGaugeDevice stops a step before its machine is told anything. The refusal is a hold's: what leads there by itself
// waits for a person, who tries again after the calibration.
func (r *recording) checkGaugeDevice(ctx context.Context, device string) error {
	row, err := r.ShareGaugeOfDevice(ctx, sqlcgen.ShareGaugeOfDeviceParams{Site: r.e.Site, Device: device})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	g, err := calibrated(ctx, r.Queries, row)
	if err != nil {
		return err
	}
	zone, err := r.zone(ctx, r.e.Site)
	if err != nil {
		return err
	}
	now, err := r.Now(ctx)
	if err != nil {
		return err
	}
	if refused := g.Usable(now, zone); refused != nil {
		refused.Code, refused.Kept, refused.Do = mes.CodeHeld, "Nothing was started at "+device+".", "Have it calibrated, then try again."
		return refused
	}
	return nil
}
