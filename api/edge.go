package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) edgeRoutes() {
	handle(s, route{Method: "GET", Path: "/edge/devices", ID: "listEdgeDevices", Group: "edge", Right: policies.EdgeConfigure,
		Short: "The configurations of the site's devices, for its edge node"}, s.listEdgeDevices)
	handle(s, route{Method: "POST", Path: "/edge/reports", ID: "reportDevices", Group: "edge", Right: policies.EdgeReport, Judged: true, Status: http.StatusNoContent,
		Short: "Tell the state and live values of devices"}, s.reportDevices)
}

// EdgeDevice is a device with its driver's configuration.
type EdgeDevice struct {
	ID      string          `json:"id"`
	Site    string          `json:"site"`
	Station string          `json:"station"`
	Driver  string          `json:"driver"`
	Name    string          `json:"name"`
	Config  json.RawMessage `json:"config" doc:"The driver's own document."`
}

func (s *Server) listEdgeDevices(ctx context.Context, _ *struct{}) (*one[mes.Page[EdgeDevice]], error) {
	devices, err := s.Plant.Devices(ctx, requestOf(ctx).who.Site)
	list := make([]EdgeDevice, len(devices))
	for i, d := range devices {
		list[i] = EdgeDevice{ID: d.ID, Site: d.Site, Station: d.Station, Driver: d.Driver, Name: d.Name, Config: d.Config}
	}
	return whole(list, err)
}

// DeviceReports are an edge node's words on its devices.
type DeviceReports struct {
	Devices []EdgeReport `json:"devices" maxItems:"1000"`
}

// EdgeReport is the edge's word on one device.
type EdgeReport struct {
	Device string          `json:"device" minLength:"1" maxLength:"64"`
	State  string          `json:"state" enum:"connected,connecting,down"`
	Since  time.Time       `json:"since"`
	Error  string          `json:"error,omitempty" maxLength:"1000"`
	Live   json.RawMessage `json:"live,omitempty" doc:"A list of {name, value, unit, quality, at}."`
}

func (s *Server) reportDevices(ctx context.Context, in *struct{ Body DeviceReports }) (*nothing, error) {
	list := make([]mes.DeviceReport, len(in.Body.Devices))
	for i, d := range in.Body.Devices {
		list[i] = mes.DeviceReport(d)
	}
	if err := s.decide(ctx, mes.Case{}); err != nil {
		return nil, err
	}
	return &nothing{}, s.Plant.Report(ctx, requestOf(ctx).who.Site, list)
}
