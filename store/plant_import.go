package store

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Import stores a plant's definition in one transaction, all or nothing.
func (p *Plant) Import(ctx context.Context, by mes.Actor, in mes.PlantImport) (mes.ImportReport, error) {
	var out mes.ImportReport
	err := p.change(ctx, func(w *work) error {
		out = mes.ImportReport{}
		before, err := w.plantRecords(ctx, in)
		if err != nil {
			return err
		}
		for _, part := range []func(context.Context, mes.PlantImport, *mes.ImportReport) error{
			w.importEquipment, w.importMaterials, w.importDevices, w.importBlobs, w.importLabourCodes, w.importSkills(by), w.importDocuments, w.importRoutings, w.importDefects(by), w.importCosts(by), w.importCharts(by)} {
			if err = part(ctx, in, &out); err != nil {
				return err
			}
		}
		if err := w.auditPlant(ctx, by, in, before); err != nil {
			return err
		}
		return w.audit(by, "plant_imported", "plant", siteOf(in), in.Reason, "", nil, out)
	})
	return out, err
}

func (w *work) importBlobs(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for _, b := range in.Blobs {
		if _, err := putBlob(ctx, w.Queries, b.ContentType, b.Content); err != nil {
			return err
		}
		out.Blobs++
	}
	return nil
}

func siteOf(in mes.PlantImport) string {
	for _, e := range in.Equipment {
		if e.Level == mes.LevelSite {
			return e.ID
		}
	}
	return ""
}

// importEquipment stores parents before children, in whatever order they come.
func (w *work) importEquipment(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for _, level := range []mes.EquipmentLevel{mes.LevelSite, mes.LevelArea, mes.LevelLine, mes.LevelStation} {
		for i, e := range in.Equipment {
			if e.Level != level {
				continue
			}
			p := sqlcgen.PutEquipmentParams{ID: e.ID, Level: string(e.Level), Name: e.Name, TimeZone: e.TimeZone, Capacity: e.Capacity}
			if e.Parent != "" {
				p.Parent = &e.Parent
			}
			if err := w.PutEquipment(ctx, p); err != nil {
				return breach(err, fmt.Sprintf("equipment[%d]", i), e.ID)
			}
			out.Equipment++
		}
	}
	return nil
}

func (w *work) importMaterials(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for i, m := range in.Materials {
		err := w.PutMaterial(ctx, sqlcgen.PutMaterialParams{ID: m.ID, Name: m.Name, Tracking: string(m.Tracking), Unit: m.Unit, Gtin: m.GTIN, Expires: m.Expires})
		if err != nil {
			return breach(err, fmt.Sprintf("materials[%d]", i), m.ID)
		}
		out.Materials++
	}
	return nil
}

func (w *work) importDevices(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for i, d := range in.Devices {
		err := w.PutDevice(ctx, sqlcgen.PutDeviceParams{ID: d.ID, Site: d.Site, Station: d.Station, Driver: d.Driver, Name: d.Name, Config: d.Config})
		if err != nil {
			return breach(err, fmt.Sprintf("devices[%d]", i), d.ID)
		}
		out.Devices++
	}
	return nil
}

// importSkills stores what differs, each change with its audit row: what a certificate is worth hangs on its skill.
func (w *work) importSkills(by mes.Actor) func(context.Context, mes.PlantImport, *mes.ImportReport) error {
	return func(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
		for i, s := range in.Skills {
			changed, err := w.putSkill(ctx, by, "", s)
			if err != nil {
				return breach(err, fmt.Sprintf("skills[%d]", i), s.ID)
			}
			if changed {
				out.Skills++
			}
		}
		return nil
	}
}

func (w *work) importLabourCodes(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for i, c := range in.LabourCodes {
		if err := c.Validate(); err != nil {
			return err
		}
		if err := w.PutLabourCode(ctx, sqlcgen.PutLabourCodeParams{ID: c.ID, Name: c.Name}); err != nil {
			return breach(err, fmt.Sprintf("labour_codes[%d]", i), c.ID)
		}
		out.LabourCodes++
	}
	return nil
}
