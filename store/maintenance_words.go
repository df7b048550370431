package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Points reads the isolation points of a station.
func (s *Maintenances) Points(ctx context.Context, site, station string) (mes.MaintenanceSite, error) {
	if _, err := s.q.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: site, Station: station}); err != nil {
		return mes.MaintenanceSite{}, missing(err, "Station", station)
	}
	out, err := readPoints(ctx, s.q, site, station)
	return out, translate(err)
}

func readPoints(ctx context.Context, q *sqlcgen.Queries, site, station string) (mes.MaintenanceSite, error) {
	out := mes.MaintenanceSite{Station: station, Points: []mes.IsolationPoint{}}
	row, err := q.MaintenancePointsOf(ctx, sqlcgen.MaintenancePointsOfParams{Site: site, Station: station})
	if errors.Is(err, pgx.ErrNoRows) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Version = row.Version
	return out, json.Unmarshal(row.Points, &out.Points)
}

// PutPoints replaces the isolation points of a station, under the station's lock.
func (s *Maintenances) PutPoints(ctx context.Context, key, site string, by mes.Actor, in mes.MaintenanceSite, reason string) (mes.MaintenanceSite, error) {
	if err := mes.ValidatePoints(in.Points); err != nil {
		return in, err
	}
	key = "maint-points/" + site + "#" + by.ID + "#" + key
	err := s.change(ctx, func(w *work) error {
		var done string
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: site, Station: in.Station}); err != nil {
			return missing(err, "Station", in.Station)
		}
		if _, err := w.LockStation(ctx, in.Station); err != nil {
			return missing(err, "Station", in.Station)
		}
		was, err := readPoints(ctx, w.Queries, site, in.Station)
		if err != nil {
			return err
		}
		if was.Version != in.Version {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("The isolation points of %s were changed meanwhile.", in.Station), "Your change was not stored, it is still in the form.", "Compare and save again.")
		}
		if was.Version > 0 {
			if err := changeReason(reason, "The isolation points were not changed."); err != nil {
				return err
			}
		}
		points, err := json.Marshal(in.Points)
		if err != nil {
			return err
		}
		if err := w.PutMaintenancePoints(ctx, sqlcgen.PutMaintenancePointsParams{Station: in.Station, Site: site, Points: points, ChangedBy: by.ID}); err != nil {
			return err
		}
		w.tell(site, mes.EventMaintenancePlan, in.Station)
		if err := w.audit(by, "isolation_points_stored", "station", in.Station, reason, key, was.Points, in.Points); err != nil {
			return err
		}
		return w.remember(ctx, key, in.Station, in.Station)
	})
	if err != nil {
		return in, err
	}
	return s.Points(ctx, site, in.Station)
}

// Codes lists causes and remedies.
func (s *Maintenances) Codes(ctx context.Context, site string) ([]mes.MaintenanceCode, error) {
	rows, err := s.q.MaintenanceCodesOf(ctx, site)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.MaintenanceCode, len(rows))
	for i, r := range rows {
		out[i] = codeOf(r)
	}
	return out, nil
}

func codeOf(r sqlcgen.MaintenanceCode) mes.MaintenanceCode {
	return mes.MaintenanceCode{Tree: r.Tree, ID: r.ID, Parent: r.Parent, Name: r.Name, NameDE: r.NameDe, Ended: r.Ended}
}

// PutCode makes or changes a code. A parent must be there, and must not lie below it.
func (s *Maintenances) PutCode(ctx context.Context, key, site string, by mes.Actor, c mes.MaintenanceCode, reason string) (mes.MaintenanceCode, error) {
	if err := c.Validate(); err != nil {
		return c, err
	}
	key = "maint-code/" + site + "#" + by.ID + "#" + key
	return c, s.change(ctx, func(w *work) error {
		var done string
		if found, err := w.answered(ctx, key, &done); found || err != nil {
			return err
		}
		if err := w.LockMaintenanceKey(ctx, sqlcgen.LockMaintenanceKeyParams{Site: site, Key: "codes"}); err != nil {
			return err
		}
		rows, err := w.MaintenanceCodesOf(ctx, site)
		if err != nil {
			return err
		}
		if err := placeOfCode(rows, c); err != nil {
			return err
		}
		var before any
		for _, r := range rows {
			if r.Tree == c.Tree && r.ID == c.ID {
				before = codeOf(r)
			}
		}
		if before != nil {
			if err := changeReason(reason, "The code was not changed."); err != nil {
				return err
			}
		}
		if err := w.PutMaintenanceCode(ctx, sqlcgen.PutMaintenanceCodeParams{Site: site, Tree: c.Tree, ID: c.ID, Parent: c.Parent, Name: c.Name, NameDe: c.NameDE, Ended: c.Ended, ChangedBy: by.ID}); err != nil {
			return err
		}
		w.tell(site, mes.EventMaintenancePlan, c.ID)
		if err := w.audit(by, "code_stored", "maintenance_code", c.Tree+"/"+c.ID, reason, key, before, c); err != nil {
			return err
		}
		return w.remember(ctx, key, c.ID, c.ID)
	})
}

// placeOfCode walks from a code's parent to the root.
func placeOfCode(rows []sqlcgen.MaintenanceCode, c mes.MaintenanceCode) error {
	parents := map[string]string{}
	for _, r := range rows {
		if r.Tree == c.Tree {
			parents[r.ID] = r.Parent
		}
	}
	var f mes.Faults
	at := c.Parent
	for range len(rows) + 1 {
		if at == "" {
			return nil
		}
		next, known := parents[at]
		if !known || at == c.ID {
			break
		}
		at = next
	}
	f.Add("parent", "%q is no code that it can stand under", c.Parent)
	return f.Err("The code was not stored.")
}
