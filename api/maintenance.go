package api

import (
	"context"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) maintenanceRoutes() {
	get := func(path, id, short string, table bool) route {
		return route{Method: "GET", Path: "/maintenance" + path, ID: id, Group: "maintenance", Right: policies.MaintenanceRead, Table: table, Short: short}
	}
	list := get("/jobs", "listMaintenance", "Maintenance jobs", true)
	list.Long = "Sorts: id, title, severity, state, station, raised_at, due_at. By itself the list is by what is due first."
	handle(s, list, s.listMaintenance)
	handle(s, get("/jobs/{job}", "getMaintenance", "One, whole: locks, parts, time, tests, timers", false), s.getMaintenance)
	figures := get("/figures", "listMaintenanceFigures", "MTBF, MTTR, availability, share of corrective work and schedule compliance, per machine", true)
	figures.Long = "Each figure with its numerator and denominator; a zero denominator gives no value. The last row, without a station, is the ratio of sums over all. MTBF and MTTR are divided by the number of failures."
	handle(s, figures, s.listMaintenanceFigures)
	handle(s, route{Method: "POST", Path: "/maintenance/jobs", ID: "requestMaintenance", Group: "maintenance", Right: policies.MaintenanceRequest, Command: true, Noun: mes.NounMaintenance,
		Status: http.StatusCreated, Short: "Ask for maintenance", Long: "A request that says that the machine is down keeps anything from starting there until it is handed back, or the request is rejected."}, s.requestMaintenance)
	handle(s, route{Method: "POST", Path: "/maintenance/requests", ID: "takeMaintenanceRequest", Group: "maintenance", Right: policies.MaintenanceExchange, Command: true, Noun: mes.NounMaintenance,
		Status: http.StatusCreated, Short: "Take a work request of an outside CMMS", Long: "Its number names one job: the same number again answers with that job and changes nothing."}, s.takeMaintenanceRequest)
	s.maintenanceWorkRoutes()
	s.maintenancePlanRoutes()
}

// MaintenancePath names a job in an address.
type MaintenancePath struct {
	Job string `path:"job" maxLength:"32"`
}

// MaintenanceView is a job with what follows from it now.
type MaintenanceView struct {
	mes.MaintenanceJob
	// Bars says why nothing starts at its station now; empty when it bars nothing.
	Bars          mes.Barring            `json:"bars,omitempty"`
	Timers        []mes.MaintenanceTimer `json:"timers"`
	DowntimeS     int64                  `json:"downtime_s"`
	LabourMinutes int                    `json:"labour_minutes"`
}

func (s *Server) viewMaintenance(j mes.MaintenanceJob, err error) (*one[MaintenanceView], error) {
	if err != nil {
		return nil, err
	}
	now := s.Now()
	return &one[MaintenanceView]{Body: MaintenanceView{MaintenanceJob: j, Bars: j.Bars(now), Timers: j.Timers(now), DowntimeS: int64(j.Downtime(now).Seconds()), LabourMinutes: j.LabourMinutes()}}, nil
}

type maintenanceListInput struct {
	ListInput
	State    []mes.MaintenanceState `query:"state" doc:"Any of these states, separated by commas."`
	Open     bool                   `query:"open" doc:"Only those that have not ended."`
	Overdue  bool                   `query:"overdue"`
	Kind     mes.MaintenanceKind    `query:"kind"`
	Severity mes.Severity           `query:"severity"`
	Station  string                 `query:"station" maxLength:"64"`
	Gauge    string                 `query:"gauge" maxLength:"64"`
	Owner    string                 `query:"owner" maxLength:"100" doc:"me stands for who asks."`
	Plan     string                 `query:"plan" maxLength:"64"`
}

func (s *Server) listMaintenance(ctx context.Context, in *maintenanceListInput) (*one[mes.Page[mes.MaintenanceRow]], error) {
	f := mes.MaintenanceFilter{Paging: in.paging(), Site: requestOf(ctx).who.Site, States: in.State, Open: in.Open, Overdue: in.Overdue, Kind: in.Kind, Severity: in.Severity, Station: in.Station,
		Gauge: in.Gauge, Owner: orMe(ctx, in.Owner), Plan: in.Plan}
	return page(ctx, s, &f.Paging, func() (mes.Page[mes.MaintenanceRow], error) { return s.Maintenances.List(ctx, f) })
}

func (s *Server) getMaintenance(ctx context.Context, in *MaintenancePath) (*one[MaintenanceView], error) {
	return s.viewMaintenance(s.Maintenances.Get(ctx, requestOf(ctx).who.Site, in.Job))
}

type maintenanceFiguresInput struct {
	TableInput
	Station string    `query:"station" maxLength:"64"`
	From    time.Time `query:"from" doc:"Left out, it is 30 days before until."`
	Until   time.Time `query:"until" doc:"Left out, it is now."`
}

// maxFigures bounds a window, so that nobody sums ten years of a log by mistake.
const maxFigures = 3 * 366 * 24 * time.Hour

func (s *Server) listMaintenanceFigures(ctx context.Context, in *maintenanceFiguresInput) (*one[mes.Page[mes.MaintenanceFigures]], error) {
	until := in.Until
	if until.IsZero() {
		until = s.Now()
	}
	from := in.From
	if from.IsZero() {
		from = until.AddDate(0, 0, -30)
	}
	var f mes.Faults
	f.Check(from.Before(until) && until.Sub(from) <= maxFigures, "from", "must come before until, by at most 3 years")
	if err := f.Err("Nothing was computed."); err != nil {
		return nil, err
	}
	windows, err := s.Maintenances.Figures(ctx, requestOf(ctx).who.Site, in.Station, from, until)
	if err != nil || len(windows) == 0 {
		return whole([]mes.MaintenanceFigures{}, err)
	}
	out := make([]mes.MaintenanceFigures, 0, len(windows)+1)
	sum := mes.MaintenanceWindow{From: windows[0].From, Until: windows[0].Until, Logged: true}
	for _, w := range windows {
		out = append(out, w.Figures())
		sum = sum.Add(w)
	}
	if in.Station == "" {
		out = append(out, sum.Figures())
	}
	return whole(out, nil)
}

// NewMaintenance is a request as people write it.
type NewMaintenance struct {
	Kind     mes.MaintenanceKind `json:"kind"`
	Station  string              `json:"station,omitempty" maxLength:"64"`
	Gauge    string              `json:"gauge,omitempty" maxLength:"64" doc:"For a calibration, and only for it."`
	Severity mes.Severity        `json:"severity"`
	Title    string              `json:"title" maxLength:"200"`
	Why      string              `json:"why" maxLength:"2000" doc:"What was seen."`
	DueAt    *time.Time          `json:"due_at,omitempty" doc:"Left out, it follows from the severity."`
	Down     bool                `json:"down,omitempty" doc:"The machine does not work: nothing starts there from now on."`
	DownFrom *time.Time          `json:"down_from,omitempty" doc:"Since when; left out, now."`
}

func (b NewMaintenance) request(r *request) mes.MaintenanceRequest {
	return mes.MaintenanceRequest{Site: r.who.Site, Key: r.key, Kind: b.Kind, Station: b.Station, Gauge: b.Gauge, Severity: b.Severity, Source: mes.MaintainByPerson, Title: b.Title, Why: b.Why,
		DueAt: b.DueAt, Down: b.Down, DownFrom: b.DownFrom}
}

func (s *Server) requestMaintenance(ctx context.Context, in *struct{ Body NewMaintenance }) (*made[MaintenanceView], error) {
	return s.openMaintenance(ctx, in.Body.request(requestOf(ctx)))
}

// OutsideMaintenance is a work request of an outside CMMS.
type OutsideMaintenance struct {
	NewMaintenance
	Number string `json:"number" minLength:"1" maxLength:"100" doc:"The request's number there."`
}

func (s *Server) takeMaintenanceRequest(ctx context.Context, in *struct{ Body OutsideMaintenance }) (*made[MaintenanceView], error) {
	q := in.Body.request(requestOf(ctx))
	q.Source, q.Outside = mes.MaintainByCMMS, in.Body.Number
	return s.openMaintenance(ctx, q)
}

func (s *Server) openMaintenance(ctx context.Context, q mes.MaintenanceRequest) (*made[MaintenanceView], error) {
	r := requestOf(ctx)
	v, err := s.viewMaintenance(s.Maintenances.Request(ctx, r.actor(), q))
	if err != nil {
		return nil, err
	}
	r.subject = v.Body.ID
	return &made[MaintenanceView]{Status: http.StatusCreated, Body: v.Body}, nil
}
