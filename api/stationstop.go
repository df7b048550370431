package api

import (
	"context"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) stationStopRoutes() {
	handle(s, route{Method: "GET", Path: "/station-stops", ID: "listStationStops", Group: "stations", Right: policies.StationRead, Table: true,
		Short: "Stops of stations, newest first"}, s.listStationStops)
	handle(s, route{Method: "POST", Path: "/stations/{station}/stop", ID: "stopStation", Group: "stations", Right: policies.StationStop, Command: true, Noun: "station",
		Short: "Stop a station: from the answer on nothing starts there", Long: "What runs is finished and recorded. A station that is stopped already keeps its stop."},
		func(ctx context.Context, in *stopInput) (*one[mes.StationStop], error) {
			r := requestOf(ctx)
			return answer(s.StationStops.Stop(ctx, r.scopedKey(), r.who.Site, in.Station, r.actor(), in.Body.Reason))
		})
	handle(s, route{Method: "POST", Path: "/stations/{station}/lift", ID: "liftStationStop", Group: "stations", Right: policies.StationLift, Command: true, Noun: "station",
		Short: "Lift a station's stop"},
		func(ctx context.Context, in *stopInput) (*one[mes.StationStop], error) {
			r := requestOf(ctx)
			return answer(s.StationStops.Lift(ctx, r.scopedKey(), r.who.Site, in.Station, r.actor(), in.Body.Reason))
		})
}

type stopInput struct {
	StationPath
	Body HoldReason
}

type stopListInput struct {
	ListInput
	Station string `query:"station" maxLength:"64"`
	Open    bool   `query:"open" doc:"Only those that are not lifted."`
}

func (s *Server) listStationStops(ctx context.Context, in *stopListInput) (*one[mes.Page[mes.StationStop]], error) {
	f := mes.StopFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, Station: in.Station, Open: in.Open}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.StationStop], error) { return s.StationStops.Stops(ctx, f) })
}
