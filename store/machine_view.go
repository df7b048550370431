package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// List reads all machines of a site.
func (s *Machines) List(ctx context.Context, site string) ([]mes.MachineView, error) {
	return s.views(ctx, site, "")
}

// Get reads one machine.
func (s *Machines) Get(ctx context.Context, site, station string) (mes.MachineView, error) {
	if station == "" {
		return mes.MachineView{}, mes.NotFound("Machine", station)
	}
	views, err := s.views(ctx, site, station)
	if err != nil || len(views) == 0 {
		return mes.MachineView{}, first(err, mes.NotFound("Machine", station))
	}
	return views[0], nil
}

func first(err error, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (s *Machines) views(ctx context.Context, site, station string) ([]mes.MachineView, error) {
	rows, err := s.q.MachineRows(ctx, sqlcgen.MachineRowsParams{Site: site, Station: station})
	if err != nil {
		return nil, translate(err)
	}
	now, err := s.q.Now(ctx)
	if err != nil {
		return nil, translate(err)
	}
	counts, err := s.q.MachineCounts(ctx, sqlcgen.MachineCountsParams{Site: site, Since: now.Add(-time.Hour)})
	if err != nil {
		return nil, translate(err)
	}
	made := map[string]sqlcgen.MachineCountsRow{}
	for _, c := range counts {
		made[c.Station] = c
	}
	out := make([]mes.MachineView, len(rows))
	for i, r := range rows {
		if out[i], err = machineView(r, now, made); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func machineView(r sqlcgen.MachineRowsRow, now time.Time, made map[string]sqlcgen.MachineCountsRow) (mes.MachineView, error) {
	var d mes.MachineDefinition
	if err := json.Unmarshal(r.Definition, &d); err != nil {
		return mes.MachineView{}, fmt.Errorf("definition of machine %s: %w", r.Station, err)
	}
	v := mes.MachineView{Station: r.Station, Name: r.Name, Line: r.Line, Source: d.Source, State: mes.MachineState(r.State), Since: r.FromAt, Detail: r.Detail, Alarm: r.Alarm, AlarmText: r.AlarmText,
		Reason: r.Reason, DeclaredBy: r.DeclaredBy, Unexplained: r.Unexplained, HeardAt: r.HeardAt, Working: r.Working, Queued: r.Queued}
	if r.ID != nil {
		v.Stretch, v.Version = *r.ID, *r.Version
	}
	v.Asks = v.State == mes.MachineUnplannedDown && v.Reason == "" && v.Since != nil && now.Sub(*v.Since) > d.MicroStop()
	if d.Tags == nil {
		return v, nil
	}
	v.Device = d.Tags.Device
	if d.Tags.Counters.Used() {
		c := made[r.Station]
		v.Produced, v.Rejected = &c.Produced, &c.Rejected
	}
	// What the log says last is shown only while somebody vouches for it.
	if silent := r.HeardAt == nil || now.Sub(*r.HeardAt) > max(d.Stale(), minStale); silent && v.DeclaredBy == "" && v.State != mes.MachineUnknown {
		v.State, v.Since, v.Detail, v.Asks = mes.MachineUnknown, r.HeardAt, "the edge node is silent", false
	}
	return v, nil
}

// minStale is how long an edge node may be silent at least: it tells that it lives every few seconds.
const minStale = 15 * time.Second

// Log reads a machine's log.
func (s *Machines) Log(ctx context.Context, site, station string, from, until time.Time) (mes.MachineLog, error) {
	out := mes.MachineLog{Station: station, Notices: []mes.MachineNoticeView{}}
	text, err := s.q.MachineDefinitionOf(ctx, sqlcgen.MachineDefinitionOfParams{Site: site, Station: station})
	if err != nil {
		return out, missing(err, "Machine", station)
	}
	var d mes.MachineDefinition
	if err := json.Unmarshal(text, &d); err != nil {
		return out, fmt.Errorf("definition of machine %s: %w", station, err)
	}
	out.MicroStopS = int(d.MicroStop() / time.Second)
	rows, err := s.q.MachineLog(ctx, sqlcgen.MachineLogParams{Site: site, Station: station, Since: &from, Until: until})
	if err != nil {
		return out, translate(err)
	}
	out.Stretches = stretchesOf(rows)
	notices, err := s.q.NoticesOfMachine(ctx, sqlcgen.NoticesOfMachineParams{Site: site, Station: station})
	for _, n := range notices {
		out.Notices = append(out.Notices, mes.MachineNoticeView{Kind: mes.MachineNotice(n.Kind), Text: n.Text, At: n.At})
	}
	return out, translate(err)
}
