package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

var _ mes.VisionCameras = (*Visions)(nil)

// Cameras lists what is settled for each camera of a site.
func (v *Visions) Cameras(ctx context.Context, site string) ([]mes.VisionCamera, error) {
	rows, err := v.q.VisionCameras(ctx, site)
	out := make([]mes.VisionCamera, 0, len(rows))
	for _, r := range rows {
		out = append(out, mes.VisionCamera(r))
	}
	return out, translate(err)
}

// PutCamera settles what is kept of a camera's pictures, from the next one on.
func (v *Visions) PutCamera(ctx context.Context, by mes.Actor, site string, c mes.VisionCamera, reason string) (mes.VisionCamera, error) {
	var out mes.VisionCamera
	err := v.change(ctx, func(w *work) error {
		device, err := w.DeviceOwner(ctx, sqlcgen.DeviceOwnerParams{Site: site, Device: c.Camera})
		if err != nil {
			return missing(err, "Device", c.Camera)
		}
		var before any
		was, err := w.LockVisionCamera(ctx, sqlcgen.LockVisionCameraParams{Site: site, Camera: c.Camera})
		switch {
		case errors.Is(err, pgx.ErrNoRows):
		case err != nil:
			return err
		default:
			before = map[string]any{"keep_pictures": was.Keep, "safety": was.Safety}
		}
		n, err := w.PutVisionCamera(ctx, sqlcgen.PutVisionCameraParams{Site: site, Camera: c.Camera, Keep: c.Keep, Safety: c.Safety, Version: c.Version + 1, ChangedBy: by.ID})
		if err != nil {
			return err
		}
		if n == 0 || was.Version != c.Version {
			return mes.Refuse(mes.CodeConflict, "What is settled for "+c.Camera+" was changed by somebody else meanwhile.", "Your change was not stored.", "Read it again.")
		}
		out = c
		out.Station, out.Version, out.ChangedBy = device.Station, c.Version+1, by.ID
		if out.ChangedAt, err = w.Now(ctx); err != nil {
			return err
		}
		w.tell(site, mes.EventDevice, c.Camera)
		return w.audit(by, "pictures_settled", "device", c.Camera, reason, "", before, map[string]any{"keep_pictures": c.Keep, "safety": c.Safety})
	})
	return out, err
}
