package plant

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/steelthread/steelthread/mes"
)

// maintenanceFile is maintenance.yaml: isolation points by station, plans, causes and remedies.
type maintenanceFile struct {
	Points map[string][]mes.IsolationPoint `json:"points"`
	Plans  []mes.MaintenancePlan           `json:"plans"`
	Codes  []mes.MaintenanceCode           `json:"codes"`
}

const maintenanceYAML = "maintenance.yaml"

func (c checker) checkMaintenance() {
	for _, station := range slices.Sorted(maps.Keys(c.Maintenance.Points)) {
		at := "points." + station
		c.check(c.isStation(station), maintenanceYAML, at, "%q is not a station", station)
		c.fields(maintenanceYAML, at, mes.ValidatePoints(c.Maintenance.Points[station]))
	}
	seen := map[string]bool{}
	for i, p := range c.Maintenance.Plans {
		at := fmt.Sprintf("plans[%d]", i)
		c.check(!seen[p.ID], maintenanceYAML, at+".id", "%q is given twice", p.ID)
		seen[p.ID] = true
		c.check(p.Station == "" || c.isStation(p.Station), maintenanceYAML, at+".station", "%q is not a station", p.Station)
		c.fields(maintenanceYAML, at, p.Validate())
	}
	known := map[string]bool{}
	for i, x := range c.Maintenance.Codes {
		at := fmt.Sprintf("codes[%d]", i)
		c.check(!known[x.Tree+"/"+x.ID], maintenanceYAML, at+".id", "%q is given twice", x.ID)
		c.check(x.Parent == "" || known[x.Tree+"/"+x.Parent], maintenanceYAML, at+".parent", "%q must stand before it", x.Parent)
		known[x.Tree+"/"+x.ID] = true
		c.fields(maintenanceYAML, at, x.Validate())
	}
}

// storeMaintenance writes what is not there: later people look after points, plans and codes.
func (d Definition) storeMaintenance(ctx context.Context, p Ports, by mes.Actor) error {
	site, m := d.Site(), d.Maintenance
	for _, station := range slices.Sorted(maps.Keys(m.Points)) {
		have, err := p.Maintenances.Points(ctx, site, station)
		if err != nil {
			return err
		}
		if have.Version > 0 {
			continue
		}
		if _, err := p.Maintenances.PutPoints(ctx, "import/"+station, site, by, mes.MaintenanceSite{Station: station, Points: m.Points[station]}, byFiles); err != nil {
			return err
		}
	}
	codes, err := p.Maintenances.Codes(ctx, site)
	if err != nil {
		return err
	}
	for _, c := range m.Codes {
		if slices.ContainsFunc(codes, func(h mes.MaintenanceCode) bool { return h.Tree == c.Tree && h.ID == c.ID }) {
			continue
		}
		if _, err := p.Maintenances.PutCode(ctx, "import/"+c.Tree+"/"+c.ID, site, by, c, byFiles); err != nil {
			return err
		}
	}
	plans, err := p.Maintenances.Plans(ctx, site)
	if err != nil {
		return err
	}
	for _, plan := range m.Plans {
		if slices.ContainsFunc(plans, func(h mes.MaintenancePlan) bool { return h.ID == plan.ID }) {
			continue
		}
		if _, err := p.Maintenances.PutPlan(ctx, "import/"+plan.ID, site, by, plan, byFiles); err != nil {
			return err
		}
	}
	return nil
}
