package api

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
)

func withMaterials(t *testing.T) *house {
	h := newHouse(t)
	h.plant.products = []mes.Product{
		{Material: mes.Material{ID: "PM", Tracking: mes.TrackLot}}, {Material: mes.Material{ID: "TP", Tracking: mes.TrackLot, Expires: true}},
		{Material: mes.Material{ID: "HSG", Tracking: mes.TrackSerial}}}
	return h
}

func (h *house) importCSV(file string) *reply {
	h.t.Helper()
	return h.do(call{method: "POST", path: "~/material-lots/import", role: mes.RolePlanner, body: file, header: map[string]string{"Content-Type": "text/csv"}})
}

func TestImport(t *testing.T) {
	for name, file := range map[string]string{
		"commas":     "lot,material,quantity,supplier,supplier_lot,expires_at\nA1,PM,12.5,S,9,\nA2,TP,1,S,9,2026-12-31\n",
		"semicolons": "lot;material;quantity;supplier;supplier_lot;expires_at\r\nA1;PM;12.5;S;9;\r\nA2;TP;1;S;9;2026-12-31\r\n",
		"other order, a mark at the start, quotes": "\xef\xbb\xbfsupplier,Lot,quantity,material,supplier_lot,expires_at\n\"S\",A1, 12.5,PM,9,\nS,A2,1,TP,9,2027-01-01T00:00:00Z\n",
	} {
		t.Run(name, func(t *testing.T) {
			h := withMaterials(t)
			var out Imported
			h.importCSV(file).wants(201).into(&out)
			if out.Received != 2 || len(h.material.received) != 2 {
				t.Fatalf("received %+v", h.material.received)
			}
			a, b := h.material.received[0], h.material.received[1]
			if a.Lot != "A1" || a.Quantity.String() != "12.5" || a.Supplier != "S" || a.ExpiresAt != nil {
				t.Errorf("the first row became %+v", a)
			}
			if b.ExpiresAt == nil || b.ExpiresAt.Format("2006-01-02T15:04") != "2027-01-01T00:00" {
				t.Errorf("the second row expires at %v; a day ends at midnight", b.ExpiresAt)
			}
		})
	}
}

// TestImportNamesEveryFault refuses a whole file, with the faults of form and of content together.
func TestImportNamesEveryFault(t *testing.T) {
	h := withMaterials(t)
	file := strings.Join([]string{
		"lot,material,quantity,supplier,supplier_lot,expires_at",
		"A1,PM,12,S,9,",
		"A2,NOPE,many,,9,",
		"A1,PM,1,S,9,tomorrow",
		",HSG,2,S,9,",
		"A5,TP,1,S,9,2020-01-01",
		"A6,TP,1,S,9,",
		"A7,PM,1,S,9,,surplus",
	}, "\n")
	h.importCSV(file).refused(422, mes.CodeUnprocessable,
		"row 3.material", "row 3.quantity", "row 3.supplier", "row 4.lot", "row 4.expires_at", "row 5.lot", "row 5.quantity",
		"row 6.expires_at", "row 7.expires_at", "row 8")
	if len(h.material.received) != 0 {
		t.Errorf("half a file was stored: %+v", h.material.received)
	}
}

func TestFilesThatCannotBeImported(t *testing.T) {
	for name, c := range map[string]struct{ file, field string }{
		"empty":          {" ", "row 1.lot"},
		"no rows":        {"lot,material,quantity,supplier,supplier_lot\n", "row 1"},
		"missing column": {"lot,material,quantity,supplier\nA,PM,1,S\n", "row 1.supplier_lot"},
		"unknown column": {"lot,material,quantity,supplier,supplier_lot,colour\nA,PM,1,S,1,red\n", "row 1.colour"},
		"column twice":   {"lot,lot,material,quantity,supplier,supplier_lot\nA,A,PM,1,S,1\n", "row 1.lot"},
		"broken quotes":  {"lot,material,quantity,supplier,supplier_lot\nA,\"PM,1,S,1\n", "row 1"},
		"not text":       {"lot,material,quantity,supplier,supplier_lot\nA\xff,PM,1,S,1\n", "row 1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := withMaterials(t)
			h.importCSV(c.file).refused(422, mes.CodeUnprocessable, c.field)
			if len(h.material.received) != 0 {
				t.Error("something was stored")
			}
		})
	}
}

// TestImportNamesTheStoresFaults turns the positions that the ledger speaks of into the file's rows.
func TestImportNamesTheStoresFaults(t *testing.T) {
	h := withMaterials(t)
	h.material.refusal = &mes.Error{Code: mes.CodeConflict, What: "A2 was received before with other content.", Fields: []mes.FieldError{{Field: "lots[1].quantity", Message: "is 5 there"}}}
	h.importCSV("lot,material,quantity,supplier,supplier_lot\nA1,PM,1,S,1\n\nA2,PM,1,S,1\n").refused(409, mes.CodeConflict, "row 4.quantity")
}

func TestReceive(t *testing.T) {
	h := withMaterials(t)
	var l mes.LotView
	h.post(mes.RoleSupervisor, "~/material-lots", map[string]any{"lot": "A1", "material": "PM", "quantity": 3.5, "supplier": "S", "supplier_lot": "9"}).wants(201).into(&l)
	if l.Lot != "A1" || l.Quantity.String() != "3.5" {
		t.Errorf("received %+v", l)
	}
	h.post(mes.RoleSupervisor, "~/material-lots", map[string]any{"lot": "A1"}).refused(422, mes.CodeUnprocessable, "body.material", "body.quantity", "body.supplier", "body.supplier_lot")
	h.post(mes.RolePlanner, "~/shipments", map[string]any{"delivery_note": "", "customer": "", "lots": []string{}}).
		refused(422, mes.CodeUnprocessable, "body.delivery_note", "body.customer", "body.lots")
}
