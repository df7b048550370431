package system

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// material checks receiving: one by one, by file, and what is refused.
func (s *suite) material(t *testing.T) {
	lot := map[string]any{"lot": "PM-T-1", "material": "PM", "quantity": "30", "supplier": "S-133", "supplier_lot": "88-0999"}
	s.ok(t, s.post(t, s.supervisor, "/material-lots", lot))
	if l := s.readLot(t, "PM-T-1"); l.Origin != "received" || l.State != mes.LotAvailable || !l.Remaining.Equal(mes.Count(30)) || l.SupplierLot != "88-0999" {
		t.Errorf("the received lot reads %+v", l)
	}
	s.ok(t, s.post(t, s.supervisor, "/material-lots", lot)) // the same again
	lot["quantity"] = "31"
	s.refused(t, s.post(t, s.supervisor, "/material-lots", lot), http.StatusConflict, "PM-T-1")
	bad := map[string]any{"lot": "", "material": "NOPE", "quantity": 0, "supplier": "", "supplier_lot": ""}
	p := s.refused(t, s.post(t, s.supervisor, "/material-lots", bad), http.StatusUnprocessableEntity)
	for _, f := range []string{"lot", "material", "quantity", "supplier", "supplier_lot"} {
		if !strings.Contains(fields(p), f) {
			t.Errorf("%s is not named: %s", f, fields(p))
		}
	}
	p = s.refused(t, s.post(t, s.supervisor, "/material-lots", map[string]any{"lot": "TP-T-1", "material": "TP", "quantity": 10, "supplier": "S", "supplier_lot": "1"}), http.StatusUnprocessableEntity)
	if !strings.Contains(fields(p), "expires_at") {
		t.Errorf("paste without expiry: %s", fields(p))
	}
	p = s.refused(t, s.post(t, s.supervisor, "/material-lots", map[string]any{"lot": "HSG-T-1", "material": "HSG", "quantity": 2, "supplier": "S", "supplier_lot": "1"}), http.StatusUnprocessableEntity)
	if !strings.Contains(fields(p), "quantity") {
		t.Errorf("two pieces under one serial: %s", fields(p))
	}
	t.Run("ByFile", s.materialByFile)
}

func (s *suite) materialByFile(t *testing.T) {
	send := func(csv string) *plant.Reply {
		r, err := s.supervisor.Send(t.Context(), plant.Request{Method: "POST", Path: "/api/v1/material-lots/import", Body: csv, Key: s.key(), Headers: map[string]string{"Content-Type": "text/csv"}})
		plant.OK(t, err)
		return r
	}
	head := "lot,material,quantity,supplier,supplier_lot,expires_at\n"
	s.ok(t, send(head+"CSV-1,PM,12,S-133,90-1,\nCSV-2,TP,240.5,S-118,90-2,"+in(30)+"\n"))
	if l := s.readLot(t, "CSV-2"); !l.Quantity.Equal(mes.MustDecimal("240.5")) || l.ExpiresAt == nil {
		t.Errorf("the imported lot reads %+v", l)
	}
	s.refused(t, send(head+"CSV-3,PM,12,S-133,90-1,\nCSV-4,NOPE,1,S,1,\n"), http.StatusUnprocessableEntity, "material")
	r, err := s.supervisor.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/lots/CSV-3"})
	plant.OK(t, err)
	s.refused(t, r, http.StatusNotFound) // all or none
}

// shipped sends two units to a customer.
func (s *suite) shipped(t *testing.T, lots []mes.LotView) {
	body := map[string]any{"delivery_note": "DN-" + lots[0].Order, "customer": "C-77", "lots": []string{lots[0].Lot, lots[1].Lot}}
	s.ok(t, s.post(t, s.supervisor, "/shipments", body))
	if l := s.readLot(t, lots[0].Lot); l.State != mes.LotShipped || l.Customer != "C-77" || l.DeliveryNote != "DN-"+lots[0].Order {
		t.Errorf("the shipped unit reads %+v", l)
	}
	body["delivery_note"] = "DN-other"
	s.refused(t, s.post(t, s.supervisor, "/shipments", body), http.StatusConflict, lots[0].Lot)
	body["lots"] = []string{lots[2].Lot, "NO-SUCH-LOT"}
	r := s.post(t, s.supervisor, "/shipments", body)
	if r.Status != http.StatusNotFound && r.Status != http.StatusUnprocessableEntity {
		t.Errorf("shipping an unknown lot answers %d %s", r.Status, r.Body)
	}
	if l := s.readLot(t, lots[2].Lot); l.State != mes.LotPacked {
		t.Errorf("a refused shipment left its other lot %s", l.State)
	}
}

// traced follows a supplier's lot to the customer, and a unit back to its suppliers.
func (s *suite) traced(t *testing.T, lots []mes.LotView) {
	up := s.trace(t, lots[0].Lot, "up")
	materials := map[string]string{}
	for _, n := range up.Nodes {
		materials[n.Material] = n.ID
	}
	for _, m := range []string{"INV-200", "HSG", "CB", "PM", "CP", "SC", "TP", "LB"} {
		if materials[m] == "" {
			t.Errorf("no %s in where %s came from", m, lots[0].Lot)
		}
	}
	down := s.trace(t, materials["PM"], "down")
	byID := map[string]mes.GraphNode{}
	for _, n := range down.Nodes {
		byID[n.ID] = n
	}
	for i, l := range lots {
		n, found := byID[l.Lot]
		if !found || i < 2 && n.Customer != "C-77" || n.Depth != 1 {
			t.Errorf("the trace of %s down shows %s as %+v (found: %v)", materials["PM"], l.Lot, n, found)
		}
	}
	if root := byID[materials["PM"]]; root.Supplier == "" || root.SupplierLot == "" {
		t.Errorf("the supplier's lot reads %+v", root)
	}
	both := s.trace(t, lots[0].Lot, "both")
	if len(both.Nodes) < len(up.Nodes) || len(both.Edges) < len(up.Edges) {
		t.Errorf("both ways finds %d lots, up alone %d", len(both.Nodes), len(up.Nodes))
	}
	s.traceEdges(t, up)
	s.recalled(t, materials["PM"], lots)
	csv, err := s.quality.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/lots/" + lots[0].Lot + "/genealogy?direction=up&format=csv"})
	plant.OK(t, err)
	if !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") || strings.Count(string(csv.Body), "\n") < len(up.Edges) || !strings.Contains(string(csv.Body), materials["CB"]) {
		t.Errorf("the trace as CSV (%s) reads\n%s", csv.Header.Get("Content-Type"), csv.Body)
	}
	r, err := s.quality.Send(t.Context(), plant.Request{Method: "GET", Path: "/api/v1/lots/" + lots[0].Lot + "/genealogy?direction=sideways"})
	plant.OK(t, err)
	s.refused(t, r, http.StatusUnprocessableEntity)
}

// recalled runs a drill from the command line: it names the customer and every unit, and refuses a lot that it does not know.
func (s *suite) recalled(t *testing.T, component string, lots []mes.LotView) {
	t.Helper()
	sheet := filepath.Join(t.TempDir(), "recall.csv")
	out, err := s.p.Output(t.Context(), "recall", "--lot", component, "--reason", "drill of the year", "--csv", sheet)
	plant.OK(t, err)
	rows, err := os.ReadFile(sheet)
	plant.OK(t, err)
	if !strings.Contains(out, "drill") || !strings.Contains(out, "C-77") {
		t.Errorf("mes recall prints\n%s", out)
	}
	for _, l := range lots {
		if !strings.Contains(string(rows), l.Lot) {
			t.Errorf("%s is not in the sheet of the recall\n%s", l.Lot, rows)
		}
	}
	if out, err = s.p.Output(t.Context(), "recall", "--lot", "NO-SUCH-LOT"); err == nil || !strings.Contains(out, "NO-SUCH-LOT") {
		t.Errorf("mes recall of a lot that nobody knows prints %q, %v", out, err)
	}
}

// traceEdges checks that every edge joins two lots of the graph.
func (s *suite) traceEdges(t *testing.T, g mes.Graph) {
	known := map[string]bool{}
	for _, n := range g.Nodes {
		known[n.ID] = true
	}
	for _, e := range g.Edges {
		if !known[e.From] || !known[e.To] || !e.Quantity.IsPositive() {
			t.Errorf("edge %+v", e)
		}
	}
	if len(g.Edges) < 7 {
		t.Errorf("%d edges, seven components are built in", len(g.Edges))
	}
}

func (s *suite) trace(t *testing.T, lot, direction string) (g mes.Graph) {
	t.Helper()
	plant.OK(t, s.quality.Get(t.Context(), "/lots/"+url.PathEscape(lot)+"/genealogy?direction="+direction, &g))
	return g
}
