package api

import (
	"context"
	"errors"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) stationRoutes() {
	handle(s, route{Method: "GET", Path: "/stations", ID: "listStations", Group: "stations", Right: policies.StationRead, Table: true,
		Short: "All stations with what goes on there"}, s.listStations)
	handle(s, route{Method: "GET", Path: "/stations/{station}/queue", ID: "getQueue", Group: "stations", Right: policies.StationRead,
		Short: "What a station works on, and what comes next"},
		s.getQueue)
	handle(s, route{Method: "GET", Path: "/stations/{station}/job", ID: "getJob", Group: "stations", Right: policies.StationRead,
		Short: "Everything that a terminal shows of one lot", Long: "Without a lot it is the one in work, or the next one."}, s.getJob)
}

// StationPath names a station in an address.
type StationPath struct {
	Station string `path:"station" maxLength:"64"`
}

// TableInput asks for the table form of a list.
type TableInput struct {
	Format string `query:"format" enum:"json,csv" doc:"csv answers a table; Accept: text/csv does the same."`
}

func (s *Server) listStations(ctx context.Context, _ *TableInput) (*one[mes.Page[mes.StationView]], error) {
	return whole(s.Stations.List(ctx, requestOf(ctx).who.Site))
}

// getQueue also says of each waiting lot whether the one who asks lacks a certificate for it.
func (s *Server) getQueue(ctx context.Context, in *StationPath) (*one[mes.Queue], error) {
	r := requestOf(ctx)
	q, err := s.Stations.Queue(ctx, r.who.Site, in.Station)
	if err != nil || len(q.Next) == 0 || r.who.Service {
		return answer(q, err)
	}
	held, err := s.Accounts.Qualifications(ctx, r.who.ID)
	if err != nil {
		return nil, err
	}
	site, err := s.plants.site(ctx, r.who.Site)
	if err != nil {
		return nil, err
	}
	for i, c := range q.Next {
		needs := c.Needs
		if needs == nil {
			routing, err := s.lotRouting(ctx, c.Lot, c.Operation, false)
			if err != nil {
				return nil, err
			}
			needs = routing.Needs(c.Operation, "")
		}
		var missing *mes.Error
		if errors.As(mes.GateStart.Admit(held, s.Now(), site.zone, needs...), &missing) {
			q.Next[i].Barred = missing.What
		}
	}
	return answer(q, nil)
}

type jobInput struct {
	StationPath
	Lot string `query:"lot" maxLength:"64"`
}

// StationJob is a station's job; without one there is nothing to do.
type StationJob struct {
	Job *mes.Job `json:"job,omitempty" doc:"Absent when the station has nothing to do."`
}

func (s *Server) getJob(ctx context.Context, in *jobInput) (*one[StationJob], error) {
	j, found, err := s.Stations.Job(ctx, requestOf(ctx).who.Site, in.Station, in.Lot)
	if err != nil || !found {
		return answer(StationJob{}, err)
	}
	return answer(StationJob{Job: &j}, nil)
}
