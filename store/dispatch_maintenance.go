package store

import (
	"context"
	"slices"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

func init() { stationBars = append(stationBars, barsOfMaintenance) }

// barsOfMaintenance says in the queues what a start would be refused with.
func barsOfMaintenance(ctx context.Context, q *sqlcgen.Queries, site string, stations []string) ([]mes.StationBar, error) {
	barred, err := barredStations(ctx, q, site)
	if err != nil {
		return nil, err
	}
	var out []mes.StationBar
	for id, b := range barred {
		if slices.Contains(stations, id) {
			since := b.PlacedAt
			out = append(out, mes.StationBar{Station: id, Code: mes.ReasonMaintenance, Text: b.Reason, Noun: b.Noun, Subject: b.Subject, Since: &since})
		}
	}
	return out, nil
}
