package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

var _ mes.MachineLedger = (*Machines)(nil)

// Settle draws the conclusions for all machines around which something has changed, each in a transaction of its own. It may run
// in several processes at once. It tells how many machines it looked at.
func (s *Machines) Settle(ctx context.Context) (int, error) {
	rows, err := s.q.TouchedMachines(ctx)
	if err != nil {
		return 0, translate(err)
	}
	for _, r := range rows {
		if err := s.change(ctx, func(w *work) error { return w.settleMachine(ctx, r.Site, r.Station) }); err != nil {
			return 0, fmt.Errorf("the state of %s: %w", r.Station, err)
		}
	}
	return len(rows), nil
}

// settleMachine concludes for one. A machine of which nothing is heard stays unknown, whatever lots do around it.
func (w *work) settleMachine(ctx context.Context, site, station string) error {
	m, err := w.machine(ctx, site, station)
	if err != nil {
		return err
	}
	touched, err := w.TakeTouches(ctx, station)
	if err != nil || touched.Unix() == 0 {
		return err
	}
	open, err := w.OpenStretch(ctx, station)
	if err == nil && open.Absent {
		return nil
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if touched, err = w.notBefore(ctx, m, touched); err != nil {
		return err
	}
	return w.derive(ctx, m, touched, false)
}

// Watch writes down which machines are not heard of any more, and tells of stops that nobody explains. It may run in several
// processes at once, and again at any time.
func (s *Machines) Watch(ctx context.Context) error {
	silent, err := s.q.SilentMachines(ctx)
	if err != nil {
		return translate(err)
	}
	for _, r := range silent {
		if err := s.change(ctx, func(w *work) error { return w.losesMachine(ctx, r.Site, r.Station) }); err != nil {
			return fmt.Errorf("the silence of %s: %w", r.Station, err)
		}
	}
	stops, err := s.q.UnexplainedStops(ctx)
	if err != nil {
		return translate(err)
	}
	for _, r := range stops {
		if err := s.change(ctx, func(w *work) error { return w.chase(ctx, r) }); err != nil {
			return fmt.Errorf("the stop of %s: %w", r.Station, err)
		}
	}
	return nil
}

// losesMachine ends what was known of a machine at the time at which its edge node was heard last.
func (w *work) losesMachine(ctx context.Context, site, station string) error {
	m, err := w.machine(ctx, site, station)
	if err != nil {
		return err
	}
	now, err := w.Now(ctx)
	if err != nil {
		return err
	}
	open, err := w.OpenStretch(ctx, station)
	if err != nil {
		return err
	}
	heard := m.signal.HeardAt
	if heard == nil || now.Sub(*heard) < max(m.def.Stale(), minStale) || open.State == string(mes.MachineUnknown) || open.Source == string(mes.FromPerson) {
		return nil // meanwhile it was heard
	}
	at := *heard
	if !open.FromAt.Before(at) {
		at = open.FromAt.Add(time.Microsecond)
	}
	in := mes.StateStretch{Site: site, Station: station, From: at, Observed: mes.MachineUnknown, State: mes.MachineUnknown, Source: mes.FromSilence, Absent: true,
		Detail: "the edge node is silent since " + heard.UTC().Format(time.RFC3339)}
	return w.seeMachine(ctx, m, in, false)
}

// chase tells the supervisor of a stop that nobody has explained.
func (w *work) chase(ctx context.Context, r sqlcgen.UnexplainedStopsRow) error {
	if err := w.MarkChased(ctx, r.ID); err != nil {
		return err
	}
	text := fmt.Sprintf("%s: nobody has said why it stopped at %s UTC.", r.Station, r.FromAt.UTC().Format("15:04"))
	if r.UntilAt == nil {
		text = fmt.Sprintf("%s stands since %s UTC, and nobody has said why.", r.Station, r.FromAt.UTC().Format("15:04"))
	}
	if r.Alarm != "" {
		text += " Its alarm was " + strings.TrimSpace(r.Alarm) + "."
	}
	return w.alert(ctx, fmt.Sprintf("stop-unexplained/%d", r.ID), mes.Alert{Site: r.Site, Kind: mes.AlertStopUnexplained, Severity: mes.SeverityHigh, Noun: mes.NounStop, Subject: stopName(r.Station, r.ID),
		Text: text, Role: mes.RoleSupervisor})
}

// stopName names a stop in alerts.
func stopName(station string, id int64) string { return fmt.Sprintf("%s/%d", station, id) }
