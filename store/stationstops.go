package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// StationStops keeps the stops of stations.
type StationStops struct{ db }

var _ mes.StationStops = (*StationStops)(nil)

func init() { reactions[mes.ReactStop] = reactByStop }

// reactByStop stops the station that the rule's group names.
func reactByStop(ctx context.Context, w *work, f mes.Firing) (string, error) {
	last := f.Last()
	s, err := w.stop(ctx, mes.Actor{ID: mes.ActorSystem}, mes.StationStop{Site: f.Rule.Site, Station: f.Group, Reason: f.Why(), Noun: last.Noun, Subject: last.Subject}, "reaction/"+f.ID)
	if err != nil {
		return "", err
	}
	return s.ID, w.alert(ctx, "station-stop/"+s.ID, mes.Alert{Site: s.Site, Kind: mes.AlertStationStop, Severity: f.Rule.Severity, Noun: mes.NounStationStop, Subject: s.Station,
		Text: fmt.Sprintf("%s is stopped: %s", s.Station, s.Reason), Role: mes.RoleSupervisor})
}

// stop stops a station under its row's lock, which every start there takes: whatever starts later is refused. A station
// that is stopped already keeps its stop.
func (w *work) stop(ctx context.Context, by mes.Actor, s mes.StationStop, key string) (mes.StationStop, error) {
	s.PlacedBy = by.ID
	if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: s.Site, Station: s.Station}); err != nil {
		return s, missing(err, "Station", s.Station)
	}
	if _, err := w.LockStation(ctx, s.Station); err != nil {
		return s, missing(err, "Station", s.Station)
	}
	open, err := w.OpenStopOf(ctx, s.Station)
	if err == nil {
		return stopOf(open), nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return s, err
	}
	if s.PlacedAt, err = w.Now(ctx); err != nil {
		return s, err
	}
	s.ID = uuid.NewString()
	if err := w.AddStationStop(ctx, sqlcgen.AddStationStopParams{ID: s.ID, Site: s.Site, Station: s.Station, Reason: s.Reason, Noun: s.Noun, Subject: s.Subject,
		PlacedBy: s.PlacedBy, PlacedAt: s.PlacedAt}); err != nil {
		return s, err
	}
	w.tell(s.Site, mes.EventStation, s.Station)
	return s, w.audit(by, "station_stopped", "station", s.Station, s.Reason, key, nil, s)
}

func stopOf(r sqlcgen.StationStop) mes.StationStop {
	return mes.StationStop{ID: r.ID, Site: r.Site, Station: r.Station, Reason: r.Reason, Noun: r.Noun, Subject: r.Subject, PlacedBy: r.PlacedBy, PlacedAt: r.PlacedAt,
		LiftedBy: r.LiftedBy, LiftedAt: r.LiftedAt, LiftReason: r.LiftReason}
}

// refuseStopped refuses a start at a stopped station. The caller holds the station's row.
func (w *work) refuseStopped(ctx context.Context, station string) error {
	open, err := w.OpenStopOf(ctx, station)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return stopOf(open).Refusal()
}

// once runs one command on a station's stop, once per key.
func (s *StationStops) once(ctx context.Context, key, reason string, do func(*work) (mes.StationStop, error)) (mes.StationStop, error) {
	var out mes.StationStop
	if strings.TrimSpace(reason) == "" {
		var f mes.Faults
		f.Add("reason", "is missing")
		return out, f.Err("This needs a reason.")
	}
	err := s.change(ctx, func(w *work) error {
		if found, err := w.answered(ctx, key, &out); found || err != nil {
			return err
		}
		var err error
		if out, err = do(w); err != nil {
			return err
		}
		return w.remember(ctx, key, out.Station, out)
	})
	return out, err
}

// Stop places a person's stop.
func (s *StationStops) Stop(ctx context.Context, key, site, station string, by mes.Actor, reason string) (mes.StationStop, error) {
	key = "station-stop/" + key
	return s.once(ctx, key, reason, func(w *work) (mes.StationStop, error) {
		return w.stop(ctx, by, mes.StationStop{Site: site, Station: station, Reason: strings.TrimSpace(reason)}, key)
	})
}

// Lift ends a station's stop.
func (s *StationStops) Lift(ctx context.Context, key, site, station string, by mes.Actor, reason string) (mes.StationStop, error) {
	key = "station-lift/" + key
	return s.once(ctx, key, reason, func(w *work) (mes.StationStop, error) {
		if _, err := w.StationOfSite(ctx, sqlcgen.StationOfSiteParams{Site: site, Station: station}); err != nil {
			return mes.StationStop{}, missing(err, "Station", station)
		}
		if _, err := w.LockStation(ctx, station); err != nil {
			return mes.StationStop{}, missing(err, "Station", station)
		}
		row, err := w.OpenStopOf(ctx, station)
		if errors.Is(err, pgx.ErrNoRows) {
			return mes.StationStop{}, mes.Refuse(mes.CodeConflict, station+" is not stopped.", "Nothing was changed.", "")
		}
		if err != nil {
			return mes.StationStop{}, err
		}
		before := stopOf(row)
		now, err := w.Now(ctx)
		if err != nil {
			return before, err
		}
		after := before
		after.LiftedBy, after.LiftedAt, after.LiftReason = by.ID, &now, strings.TrimSpace(reason)
		if err := w.later.LiftStationStop(ctx, sqlcgen.LiftStationStopParams{ID: before.ID, LiftedBy: by.ID, LiftedAt: &now, LiftReason: after.LiftReason}); err != nil {
			return after, err
		}
		if err := w.settle(ctx, site, mes.NounStationStop, station, "lifted by "+by.ID, mes.AlertStationStop); err != nil {
			return after, err
		}
		w.tell(site, mes.EventStation, station)
		return after, w.audit(by, "station_stop_lifted", "station", station, after.LiftReason, key, before, after)
	})
}

// Stops reads a page, newest first.
func (s *StationStops) Stops(ctx context.Context, f mes.StopFilter) (mes.Page[mes.StationStop], error) {
	l := newListing("station_stop t", f.Paging, sorts{"": {{"t.placed_at", "timestamptz", true}}}, column{"t.id", "text", true})
	l.where("t.site = ?", f.Site).where("t.station = ?", f.Station).when(f.Open, "t.lifted_at IS NULL")
	l.search(f.Text, "t.station", "t.reason")
	return page(ctx, s.db, l, "t.id, t.site, t.station, t.reason, t.noun, t.subject, t.placed_by, t.placed_at, t.lifted_by, t.lifted_at, t.lift_reason", func(t *mes.StationStop) []any {
		return []any{&t.ID, &t.Site, &t.Station, &t.Reason, &t.Noun, &t.Subject, &t.PlacedBy, &t.PlacedAt, &t.LiftedBy, &t.LiftedAt, &t.LiftReason}
	})
}
