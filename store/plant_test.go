package store_test

import (
	"context"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
	"github.com/steelthread/steelthread/store/storetest"
)

func TestAnImportIsSafeToRepeat(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	in := storetest.Plant()
	in.Blobs = []mes.Blob{{ContentType: "image/svg+xml", Content: []byte("<svg/>")}}
	report, err := f.Plant.Import(f.ctx, planner, in)
	f.must(err)
	if report.Routings != 0 || report.Equipment != 7 || report.Devices != 3 || report.Blobs != 1 {
		t.Errorf("the second import says %+v", report)
	}
	products, err := f.Plant.Products(f.ctx)
	f.must(err)
	for _, p := range products {
		if p.ID == "UNIT" && (p.Revision != "A" || len(p.Revisions) != 1 || p.Tracking != mes.TrackSerial) || p.ID == "SCREW" && p.Revision != "" {
			t.Errorf("product %+v", p)
		}
	}
	devices, err := f.Plant.Devices(f.ctx, site)
	f.must(err)
	if len(devices) != 3 || devices[0].ID != "TC" || string(devices[0].Config) != "{}" {
		t.Errorf("devices %+v", devices)
	}
	sites, err := f.Plant.Sites(f.ctx)
	f.must(err)
	if len(sites) != 1 || sites[0] != site {
		t.Errorf("sites %v", sites)
	}
}

func TestAnImportWithAHoleIsRefusedWhole(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	r := storetest.Unit()
	r.Revision = "X"
	r.Operations[0].Stations = []string{"ST99"}
	r.Operations[1].Steps[0].Device = "TC-99"
	_, err := f.Plant.Import(f.ctx, planner, mes.PlantImport{Materials: []mes.Material{{ID: "NEW", Name: "New", Tracking: mes.TrackLot, Unit: "pcs"}}, Routings: []mes.Routing{r}, ApprovedBy: "x"})
	f.refused(err, mes.CodeUnprocessable, `station "ST99" is not known`)
	f.refused(err, mes.CodeUnprocessable, `device "TC-99" is not known`)
	_, err = f.Plant.Import(f.ctx, planner, mes.PlantImport{Equipment: []mes.Equipment{{ID: "ST98", Level: mes.LevelStation, Parent: "L99", Name: "x"}}})
	f.refused(err, mes.CodeUnprocessable, "ST98 refers to something that is not known")
	products, err := f.Plant.Products(f.ctx)
	f.must(err)
	for _, p := range products {
		if p.ID == "NEW" {
			t.Error("part of a refused import was stored")
		}
	}
}

func TestProgramsThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	db := storetest.Database(t)
	db.Tamper(t, "DROP SCHEMA mes CASCADE", "DROP SCHEMA mes_in CASCADE")
	ctx := context.Background()
	for _, err := range together(4, func(int) error { return store.Migrate(ctx, db.Owner) }) {
		if err != nil {
			t.Error(err)
		}
	}
	s := storetest.Open(t, db)
	if err := s.Ping(ctx); err != nil {
		t.Error(err)
	}
}

func TestAnEmptyDatabaseIsNotOpened(t *testing.T) {
	t.Parallel()
	db := storetest.Database(t)
	db.Tamper(t, "DROP SCHEMA mes CASCADE", "DROP SCHEMA mes_in CASCADE")
	if _, err := store.Open(context.Background(), db.App); err == nil || !contains(err.Error(), "run mes migrate") {
		t.Errorf("opened an empty database: %v", err)
	}
	if _, err := store.Open(context.Background(), "postgres://nobody@127.0.0.1:1/x?connect_timeout=1"); err == nil {
		t.Error("opened a database that is not there")
	}
}
