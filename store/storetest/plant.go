package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store"
)

// Site and Line are where everything in Plant stands.
const (
	Site = "T1"
	Line = "T1-L1"
)

// Plant is a small plant that has one of everything: product UNIT (serial; scan, machine, camera, label) and product
// KIT (lots of 50; measured samples), with a station that a lot may choose and one that works on several lots.
func Plant() mes.PlantImport {
	return mes.PlantImport{
		Equipment: []mes.Equipment{
			{ID: Site, Level: mes.LevelSite, Name: "Test site", TimeZone: "Europe/Berlin"},
			{ID: "T1-A", Level: mes.LevelArea, Parent: Site, Name: "Assembly"},
			{ID: Line, Level: mes.LevelLine, Parent: "T1-A", Name: "Line 1"},
			{ID: "ST10", Level: mes.LevelStation, Parent: Line, Name: "Kitting", Capacity: 0},
			{ID: "ST20", Level: mes.LevelStation, Parent: Line, Name: "Screwing", Capacity: 1},
			{ID: "ST21", Level: mes.LevelStation, Parent: Line, Name: "Screwing, spare", Capacity: 1},
			{ID: "ST30", Level: mes.LevelStation, Parent: Line, Name: "Inspection", Capacity: 2},
		},
		Materials: []mes.Material{
			{ID: "UNIT", Name: "Drive unit", Tracking: mes.TrackSerial, Unit: "pcs", GTIN: "04012345000016"},
			{ID: "KIT", Name: "Hose kit", Tracking: mes.TrackLot, Unit: "pcs"},
			{ID: "BOARD", Name: "Control board", Tracking: mes.TrackSerial, Unit: "pcs", GTIN: "04012345000023"},
			{ID: "SCREW", Name: "Screw M4", Tracking: mes.TrackLot, Unit: "pcs"},
			{ID: "PASTE", Name: "Thermal paste", Tracking: mes.TrackLot, Unit: "ml", Expires: true},
		},
		Devices: []mes.Device{
			{ID: "TC", Site: Site, Station: "ST20", Driver: "opcua", Name: "Torque controller", Config: []byte(`{}`)},
			{ID: "CAM", Site: Site, Station: "ST30", Driver: "mqtt-camera", Name: "Camera", Config: []byte(`{}`)},
			{ID: "PR", Site: Site, Station: "ST30", Driver: "zpl", Name: "Label printer", Config: []byte(`{}`)},
		},
		Routings:   []mes.Routing{Unit(), Kit()},
		ApprovedBy: "engineer",
	}
}

// Unit is the routing of product UNIT.
func Unit() mes.Routing {
	lower, upper := mes.MustDecimal("1.8"), mes.MustDecimal("2.2")
	return mes.Routing{Product: "UNIT", Revision: "A", LotSize: mes.One, LotPattern: "U-{n}", LotDigits: 5, Window: 8, Operations: []mes.Operation{
		{ID: "10", Name: "Kit", Stations: []string{"ST10"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "1", Kind: mes.StepScan, Name: "Control board", Instruction: "Scan the board.", Component: &mes.ComponentNeed{Material: "BOARD", Quantity: mes.One}},
			{ID: "2", Kind: mes.StepScan, Name: "Screws", Component: &mes.ComponentNeed{Material: "SCREW", Quantity: mes.Count(4)}},
		}},
		{ID: "20", Name: "Screw down", Stations: []string{"ST20", "ST21"}, Confirm: true, OnFail: mes.FailRule{ReworkTo: "10", MaxReworks: 1, Then: mes.FailScrap}, Steps: []mes.Step{
			{ID: "1", Kind: mes.StepDevice, Name: "Tighten", Device: "TC", Program: 7, Repeats: 1, Characteristics: []mes.Characteristic{{ID: "T1", Name: "Torque", Unit: "Nm", Lower: &lower, Upper: &upper}}},
		}},
		{ID: "30", Name: "Inspect and label", Stations: []string{"ST30"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "1", Kind: mes.StepVision, Name: "Look", Device: "CAM", MinConfidence: mes.MustDecimal("0.8"), OnSilence: mes.SilenceAsk, TimeoutS: 5},
			{ID: "2", Kind: mes.StepLabel, Name: "Label", Device: "PR", Label: "unit"},
		}},
	}}
}

// Kit is the routing of product KIT.
func Kit() mes.Routing {
	lower, upper := mes.MustDecimal("9.5"), mes.MustDecimal("10.5")
	return mes.Routing{Product: "KIT", Revision: "A", LotSize: mes.Count(50), LotPattern: "K-{n}", LotDigits: 4, Window: 4, Operations: []mes.Operation{
		{ID: "10", Name: "Cut", Stations: []string{"ST10"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "1", Kind: mes.StepMeasure, Name: "Diameter", Sample: 2, Characteristics: []mes.Characteristic{{ID: "D", Name: "Diameter", Unit: "mm", Lower: &lower, Upper: &upper}}},
		}},
		{ID: "20", Name: "Pack", Stations: []string{"ST10"}, OnFail: mes.FailRule{Then: mes.FailReview}, Steps: []mes.Step{
			{ID: "1", Kind: mes.StepConfirm, Name: "Pack"},
		}},
	}}
}

// Seed stores the plant, some received material (BOARD-1 to BOARD-20, SCREW-1 with 1,000, PASTE-1) and a few accounts.
func Seed(t testing.TB, s *store.Store) {
	t.Helper()
	ctx, by := context.Background(), mes.Actor{ID: "setup"}
	if _, err := s.Plant.Import(ctx, by, Plant()); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(90 * 24 * time.Hour)
	rs := []mes.Receipt{
		{Lot: "SCREW-1", Material: "SCREW", Quantity: mes.Count(1000), Supplier: "Bolt AG", SupplierLot: "B-77"},
		{Lot: "PASTE-1", Material: "PASTE", Quantity: mes.MustDecimal("250.5"), Supplier: "Glue SE", SupplierLot: "G-1", ExpiresAt: &later},
	}
	for i := range 20 {
		id := "BOARD-" + mes.Count(int64(i+1)).String()
		rs = append(rs, mes.Receipt{Lot: id, Material: "BOARD", Quantity: mes.One, Supplier: "Chips Ltd", SupplierLot: "C-9"})
	}
	if _, err := s.Materials.Receive(ctx, "seed", Site, by, rs); err != nil {
		t.Fatal(err)
	}
	for _, a := range []mes.Account{
		{ID: "olga", Name: "Olga Operator", Kind: mes.AccountPerson, Site: Site, Roles: []mes.Role{mes.RoleOperator}, Badge: "B-OLGA", Active: true},
		{ID: "erp", Name: "ERP", Kind: mes.AccountService, Site: Site, Roles: []mes.Role{mes.RoleERP}, Active: true},
	} {
		if err := s.Accounts.Upsert(ctx, by, a); err != nil {
			t.Fatal(err)
		}
	}
}
