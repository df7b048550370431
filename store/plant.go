package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Plant keeps equipment, devices, materials and routings.
type Plant struct{ db }

var _ mes.Plant = (*Plant)(nil)

// View reads a site with all that belongs to it.
func (p *Plant) View(ctx context.Context, site string) (mes.PlantView, error) {
	rows, err := p.q.EquipmentOfSite(ctx, site)
	if err != nil {
		return mes.PlantView{}, translate(err)
	}
	if len(rows) == 0 {
		return mes.PlantView{}, mes.NotFound("Site", site)
	}
	out := mes.PlantView{Areas: []mes.Equipment{}, Lines: []mes.Equipment{}}
	for _, r := range rows {
		e := mes.Equipment{ID: r.ID, Level: mes.EquipmentLevel(r.Level), Parent: r.Parent, Name: r.Name, TimeZone: r.TimeZone, Capacity: r.Capacity}
		switch e.Level {
		case mes.LevelSite:
			out.Site, out.TimeZone = e, e.TimeZone
		case mes.LevelArea:
			out.Areas = append(out.Areas, e)
		case mes.LevelLine:
			out.Lines = append(out.Lines, e)
		}
	}
	stations := Stations{p.db}
	if out.Stations, err = stations.List(ctx, site); err != nil {
		return out, err
	}
	out.Devices, err = p.deviceViews(ctx, site, "")
	return out, err
}

// Sites lists the site IDs.
func (p *Plant) Sites(ctx context.Context) ([]string, error) {
	ids, err := p.q.Sites(ctx)
	return ids, translate(err)
}

// Products lists every material with its routing revisions.
func (p *Plant) Products(ctx context.Context) ([]mes.Product, error) {
	rows, err := p.q.Materials(ctx)
	out := make([]mes.Product, len(rows))
	for i, r := range rows {
		out[i] = mes.Product{Revision: r.Revision, Revisions: r.Revisions,
			Material: mes.Material{ID: r.ID, Name: r.Name, Tracking: mes.Tracking(r.Tracking), Unit: r.Unit, GTIN: r.Gtin, Expires: r.Expires}}
	}
	return out, translate(err)
}

// Routing reads one revision, the approved one when none is named.
func (p *Plant) Routing(ctx context.Context, product, revision string) (mes.RoutingView, error) {
	var err error
	if revision == "" {
		if revision, err = p.q.ApprovedRevision(ctx, product); err != nil {
			return mes.RoutingView{}, missing(err, "Routing", product)
		}
	}
	row, err := p.q.RoutingRevision(ctx, sqlcgen.RoutingRevisionParams{Product: product, Revision: revision})
	if err != nil {
		return mes.RoutingView{}, missing(err, "Routing", product+" rev "+revision)
	}
	out := mes.RoutingView{State: mes.RoutingState(row.State), Hash: row.Hash, ApprovedBy: row.ApprovedBy, ApprovedAt: row.ApprovedAt}
	return out, json.Unmarshal(row.Definition, &out.Routing)
}

// Devices reads the configurations of a site's devices.
func (p *Plant) Devices(ctx context.Context, site string) ([]mes.Device, error) {
	rows, err := p.q.DevicesOfSite(ctx, sqlcgen.DevicesOfSiteParams{Site: site})
	out := make([]mes.Device, len(rows))
	for i, r := range rows {
		out[i] = mes.Device{ID: r.ID, Site: r.Site, Station: r.Station, Driver: r.Driver, Name: r.Name, Config: r.Config}
	}
	return out, translate(err)
}

// deviceViews reads the devices of a site, or of one station, as people see them.
func (d db) deviceViews(ctx context.Context, site, station string) ([]mes.DeviceView, error) {
	rows, err := d.q.DevicesOfSite(ctx, sqlcgen.DevicesOfSiteParams{Site: site, Station: station})
	out := make([]mes.DeviceView, len(rows))
	for i, r := range rows {
		v := mes.DeviceView{ID: r.ID, Station: r.Station, Driver: r.Driver, Name: r.Name, State: "unknown", Live: json.RawMessage("[]"), Since: r.Since, ReportedAt: r.ReportedAt}
		if r.State != nil {
			v.State, v.Error, v.Live = *r.State, *r.Error, r.Live
		}
		out[i] = v
	}
	return out, translate(err)
}

// Report stores what the edge says of its devices. Listeners hear of those that changed, and of their stations when the
// connection did.
func (p *Plant) Report(ctx context.Context, site string, rs []mes.DeviceReport) error {
	if len(rs) == 0 {
		return nil
	}
	reports, err := json.Marshal(rs)
	if err != nil {
		return err
	}
	return p.change(ctx, func(w *work) error {
		before, err := w.DeviceStatusBefore(ctx, idsOf(rs))
		if err != nil {
			return err
		}
		stored, err := w.PutDeviceStatus(ctx, sqlcgen.PutDeviceStatusParams{Site: site, Reports: reports})
		if err != nil {
			return err
		}
		for _, r := range rs {
			if slices.Contains(stored, r.Device) && changed(before, r) {
				w.tell(site, mes.EventDevice, r.Device)
			}
		}
		return nil
	})
}

func idsOf(rs []mes.DeviceReport) []string {
	ids := make([]string, len(rs))
	for i, r := range rs {
		ids[i] = r.Device
	}
	return ids
}

func changed(before []sqlcgen.DeviceStatusBeforeRow, r mes.DeviceReport) bool {
	for _, b := range before {
		if b.Device == r.Device {
			return b.State != r.State || b.Error != r.Error || !sameJSON(b.Live, r.Live)
		}
	}
	return true
}
