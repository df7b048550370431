package store

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// barredStations says of each station that maintenance keeps lots from what a start there would be refused with, by the strongest reason. It is for
// what people see before they try; the start itself asks again under the station's lock (refuseInMaintenance).
func barredStations(ctx context.Context, q *sqlcgen.Queries, site string) (map[string]mes.StationStop, error) {
	rows, err := q.MaintenanceOfSiteNow(ctx, site)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	now, err := q.Now(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := (&work{Queries: q}).zone(ctx, site)
	if err != nil {
		return nil, err
	}
	out, by := map[string]mes.StationStop{}, map[string]int{}
	for _, row := range rows {
		j, err := maintenanceOf(row)
		if err != nil {
			return nil, err
		}
		rank := j.Bars(now).Rank()
		if rank == 0 || by[j.Station] >= rank {
			continue
		}
		by[j.Station] = rank
		since := j.RaisedAt
		if at := j.OutSince(); at != nil {
			since = *at
		}
		out[j.Station] = mes.StationStop{ID: j.ID, Site: site, Station: j.Station, Reason: j.Refusal(j.Bars(now), nil, now, zone).What, Noun: mes.NounMaintenance, Subject: j.ID, PlacedBy: j.RaisedBy, PlacedAt: since}
	}
	return out, nil
}
