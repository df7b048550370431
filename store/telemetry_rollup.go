package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

const (
	// rollUpAtOnce bounds what one transaction rolls up, in minutes or hours of a device.
	rollUpAtOnce = 100
	// settleTime is how long after its end a minute is left alone, so that it is usually rolled up once.
	settleTime = 5 * time.Second
)

// RollUp takes marks, computes their minutes from the raw values and their hours from the minutes, and commits all together.
// A process that dies on the way leaves the marks; computing twice gives the same rows.
func (t *Telemetry) RollUp(ctx context.Context) (int, error) {
	now := time.Now()
	done := 0
	for _, step := range []struct {
		level mes.TagLevel
		roll  func(context.Context, *work, []sqlcgen.TakeDirtyRow) error
		whole time.Duration
	}{{mes.LevelMinute, rollMinutes, time.Minute}, {mes.LevelHour, rollHours, time.Hour}} {
		var rows []sqlcgen.TakeDirtyRow
		err := t.change(ctx, func(w *work) (err error) {
			before := now.Add(-settleTime).Add(-step.whole) // what begins before has ended
			rows, err = w.TakeDirty(ctx, sqlcgen.TakeDirtyParams{Level: string(step.level), Before: before, Most: rollUpAtOnce})
			if err != nil || len(rows) == 0 {
				return err
			}
			return step.roll(ctx, w, rows)
		})
		if err != nil {
			return done, err
		}
		done += len(rows)
	}
	return done, nil
}

// rollMinutes computes minutes and marks their hours.
func rollMinutes(ctx context.Context, w *work, rows []sqlcgen.TakeDirtyRow) error {
	p := sqlcgen.RollUpMinutesParams{}
	hours := map[string]map[dirtyMinute]bool{}
	for _, r := range rows {
		p.Ats, p.Sites, p.Devices = append(p.Ats, r.At), append(p.Sites, r.Site), append(p.Devices, r.Device)
		if hours[r.Site] == nil {
			hours[r.Site] = map[dirtyMinute]bool{}
		}
		hours[r.Site][dirtyMinute{r.At.Unix() / 3600 * 3600, r.Device}] = true
	}
	if err := w.RollUpMinutes(ctx, p); err != nil {
		return err
	}
	for _, site := range slices.Sorted(maps.Keys(hours)) {
		m := sqlcgen.MarkDirtyParams{Level: string(mes.LevelHour), Site: site}
		for h := range hours[site] {
			m.Ats, m.Devices = append(m.Ats, time.Unix(h.at, 0)), append(m.Devices, h.device)
		}
		if err := w.later.MarkDirty(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func rollHours(ctx context.Context, w *work, rows []sqlcgen.TakeDirtyRow) error {
	p := sqlcgen.RollUpHoursParams{}
	for _, r := range rows {
		p.Ats, p.Sites, p.Devices = append(p.Ats, r.At), append(p.Sites, r.Site), append(p.Devices, r.Device)
	}
	return w.RollUpHours(ctx, p)
}
