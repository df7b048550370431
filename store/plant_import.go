package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

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
		for _, part := range []func(context.Context, mes.PlantImport, *mes.ImportReport) error{w.importEquipment, w.importMaterials, w.importDevices, w.importRoutings} {
			if err = part(ctx, in, &out); err != nil {
				return err
			}
		}
		for _, b := range in.Blobs {
			if _, err := putBlob(ctx, w.Queries, b.ContentType, b.Content); err != nil {
				return err
			}
			out.Blobs++
		}
		if err := w.auditPlant(ctx, by, in, before); err != nil {
			return err
		}
		return w.audit(by, "plant_imported", "plant", siteOf(in), in.Reason, "", nil, out)
	})
	return out, err
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

// importRoutings stores new revisions as approved. A revision that is known must be the same.
func (w *work) importRoutings(ctx context.Context, in mes.PlantImport, out *mes.ImportReport) error {
	for i, r := range in.Routings {
		if err := r.Validate(); err != nil {
			return err
		}
		doc, hash, err := canonical(r)
		if err != nil {
			return err
		}
		stored, err := w.RoutingRevision(ctx, sqlcgen.RoutingRevisionParams{Product: r.Product, Revision: r.Revision})
		if err == nil && stored.Hash == hash {
			continue
		}
		if err == nil {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Routing %s rev %s is stored with other content.", r.Product, r.Revision),
				"A revision never changes; nothing was stored.", "Give it a new revision.")
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err := w.routable(ctx, r, fmt.Sprintf("routings[%d]", i)); err != nil {
			return err
		}
		if err := w.approve(ctx, r, doc, hash, in.ApprovedBy, in.Reason); err != nil {
			return err
		}
		out.Routings++
	}
	return nil
}

func (w *work) approve(ctx context.Context, r mes.Routing, doc []byte, hash, by, reason string) error {
	var previous any
	if rev, err := w.ApprovedRevision(ctx, r.Product); err == nil {
		previous = map[string]any{"revision": rev}
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if err := w.SupersedeRoutings(ctx, r.Product); err != nil {
		return err
	}
	err := w.AddRouting(ctx, sqlcgen.AddRoutingParams{Product: r.Product, Revision: r.Revision, Definition: doc, Hash: hash, ApprovedBy: by})
	if err != nil {
		return err
	}
	return w.audit(mes.Actor{ID: by}, "approved", "routing", r.Product+" rev "+r.Revision, reason, "", previous, map[string]string{"revision": r.Revision, "hash": hash})
}

// canonical is the stored form of a routing, and its hash. Go writes a struct's fields in one order, always.
func canonical(r mes.Routing) (doc []byte, hash string, err error) {
	doc, err = json.Marshal(r)
	sum := sha256.Sum256(doc)
	return doc, hex.EncodeToString(sum[:]), err
}

// routable names what the routing refers to and the plant does not have.
func (w *work) routable(ctx context.Context, r mes.Routing, at string) error {
	materials, stations, devices := []string{r.Product}, []string{}, []string{}
	for _, o := range r.Operations {
		stations = append(stations, o.Stations...)
		for _, s := range o.Steps {
			if s.Component != nil {
				materials = append(materials, s.Component.Material)
			}
			if s.Device != "" {
				devices = append(devices, s.Device)
			}
		}
	}
	known := map[string]bool{}
	ms, err := w.KnownMaterials(ctx, materials)
	if err != nil {
		return err
	}
	for _, m := range ms {
		known["material "+m.ID] = true
	}
	es, err := w.KnownEquipment(ctx, stations)
	if err != nil {
		return err
	}
	for _, e := range es {
		if e.Level == string(mes.LevelStation) {
			known["station "+e.ID] = true
		}
	}
	ds, err := w.KnownDevices(ctx, devices)
	for _, d := range ds {
		known["device "+d] = true
	}
	var f mes.Faults
	for _, named := range []struct {
		noun string
		ids  []string
	}{{"material", materials}, {"station", stations}, {"device", devices}} {
		for _, id := range named.ids {
			f.Check(known[named.noun+" "+id], at, "%s %q is not known", named.noun, id)
		}
	}
	return errors.Join(err, f.Err(fmt.Sprintf("Routing %s rev %s was not stored.", r.Product, r.Revision)))
}
