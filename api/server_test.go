package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func TestHeaders(t *testing.T) {
	h := newHouse(t, func(d *Deps) { d.PublicURL = "https://mes.example" })
	for _, path := range []string{"/", "/orders/4711", "~/work-orders", "~/nothing", "/healthz", "/docs"} {
		r := h.get(mes.RoleAdmin, path)
		csp := r.header.Get("Content-Security-Policy")
		if r.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "script-src") || r.header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s is served under %q with %v", path, csp, r.header)
		}
		if r.header.Get(headerRequestID) == "" {
			t.Errorf("%s has no request ID", path)
		}
	}
	own := h.do(call{method: "GET", path: "/healthz", header: map[string]string{headerRequestID: "trace-1"}})
	forged := h.do(call{method: "GET", path: "/healthz", header: map[string]string{headerRequestID: "a b\nc"}})
	if own.header.Get(headerRequestID) != "trace-1" || strings.Contains(forged.header.Get(headerRequestID), "b") && len(forged.header.Get(headerRequestID)) < 20 {
		t.Errorf("request IDs %q and %q", own.header.Get(headerRequestID), forged.header.Get(headerRequestID))
	}
}

func TestAddressesThatLeadNowhere(t *testing.T) {
	h := newHouse(t)
	h.get(mes.RoleAdmin, "~/nothing").refused(404, mes.CodeNotFound)
	h.do(call{method: "DELETE", path: "~/work-orders", role: mes.RoleAdmin}).refused(405, codeMethod)
	h.do(call{method: "PUT", path: "/", role: mes.RoleAdmin}).refused(405, codeMethod)
	h.get(mes.RoleAdmin, "/temporal/namespaces").refused(404, mes.CodeNotFound)
	if r := h.get("", "/").wants(200); !strings.Contains(string(r.body), "screens") {
		t.Errorf("the screens are %s", r.body)
	}
}

func TestEngineIsForAdministrators(t *testing.T) {
	h := newHouse(t, func(d *Deps) {
		d.Engine = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("engine " + r.URL.Path)) })
	})
	for _, role := range mes.Roles {
		r := h.get(role, "/temporal/api/v1/namespaces")
		if role == mes.RoleAdmin {
			if r.wants(200); string(r.body) != "engine /temporal/api/v1/namespaces" {
				t.Errorf("answered %s", r.body)
			}
			continue
		}
		r.refused(403, mes.CodeForbidden)
	}
}

// TestPanicIsOneRequest lets a handler panic: the request fails, the next one works.
func TestPanicIsOneRequest(t *testing.T) {
	h := newHouse(t)
	h.orders.pages = [][]mes.Order{{{Number: "1"}}}
	h.Deps.Lots = nil // its handler now dereferences nothing
	h.get(mes.RoleOperator, "~/lots").refused(500, mes.CodeInternal)
	h.get(mes.RoleOperator, "~/work-orders").wants(200)
}

func TestReadiness(t *testing.T) {
	type ready struct {
		Ready   bool
		Missing []string
	}
	h := newHouse(t, func(d *Deps) {
		d.Probes = []Probe{{Name: "broker", Needed: true, Ask: func(ctx context.Context) Part { return Part{State: PartDown} }}}
	})
	h.clock.at = time.Now()
	var r ready
	h.get("", "/readyz").wants(503).into(&r)
	if r.Ready || len(r.Missing) != 1 || r.Missing[0] != "broker" {
		t.Errorf("missing %v", r.Missing)
	}
	h = newHouse(t)
	h.clock.at = time.Now()
	h.get("", "/readyz").wants(200).into(&r)
	h.plant.broken, h.temporal.unwell, h.temporal.noWorker = errors.New("away"), errors.New("away"), true
	h.get("", "/readyz").wants(503).into(&r)
	if len(r.Missing) != 3 || r.Missing[0] != "postgres" || r.Missing[1] != "temporal" {
		t.Errorf("missing %v", r.Missing)
	}
	h.get("", "/healthz").wants(200)
}

func TestHealth(t *testing.T) {
	h := newHouse(t)
	h.clock.at = time.Now()
	since := h.clock.at.Add(-time.Hour)
	h.plant.view.Devices = []mes.DeviceView{{ID: "TC-20", State: "connected"}, {ID: "CAM-30", State: "down", Since: &since}}
	var out Health
	h.get(mes.RoleMaintenance, "~/health/system").wants(200).into(&out)
	parts := map[string]Part{}
	for _, p := range out.Parts {
		parts[p.Part] = p
	}
	if out.State != PartWarn || parts["postgres"].State != PartOK || parts["temporal"].State != PartOK || parts["devices"].Detail != "CAM-30 down" || parts["devices"].Since == nil || parts["outbox"].State != PartWarn || out.Version != "test" {
		t.Errorf("health is %+v", out)
	}
}

func TestMetrics(t *testing.T) {
	h := newHouse(t)
	h.plant.view.Devices = []mes.DeviceView{{ID: "TC-20", State: "connected"}}
	h.get(mes.RoleOperator, "~/work-orders").wants(200)
	h.get(mes.RoleOperator, "~/work-orders/4711").wants(404)
	r := h.get(mes.RoleMaintenance, "/metrics").wants(200)
	for _, want := range []string{
		`mes_http_request_seconds_count{method="GET",route="/api/v1/work-orders",status="2xx"} 1`,
		`mes_http_request_seconds_count{method="GET",route="/api/v1/work-orders/:number",status="4xx"} 1`,
		`mes_outbox_messages{destination="erp",state="dead"} 1`, `mes_device_connected{device="TC-20",site="HAM"} 1`, "mes_event_clients 0"} {
		if !strings.Contains(string(r.body), want) {
			t.Errorf("%s is not in the metrics", want)
		}
	}
}

// TestNoSecretIsLogged signs in and looks for the secrets in the log.
func TestNoSecretIsLogged(t *testing.T) {
	var log bytes.Buffer
	h := newHouse(t, func(d *Deps) {
		d.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}).withPasswords(mes.RolePlanner)
	c := h.login("planner", "password-planner").cookieOf()
	h.do(call{method: "GET", path: "~/work-orders?q=secret-search", cookie: c})
	h.get(mes.RoleERP, "~/me")
	for _, secret := range []string{"password-planner", c.Value, tokenOf(mes.RoleERP), "secret-search"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log:\n%s", secret, log.String())
		}
	}
	var line map[string]any
	if err := json.Unmarshal(bytes.SplitN(log.Bytes(), []byte("\n"), 2)[0], &line); err != nil || line["route"] != "/api/v1/login" || line["account"] != "planner" || line["request_id"] == "" {
		t.Errorf("the first line is %v (%v)", line, err)
	}
}

func TestDocs(t *testing.T) {
	h := newHouse(t)
	page := h.get(mes.RoleOperator, "/docs").wants(200)
	for _, part := range []string{string(page.body), string(h.get(mes.RoleOperator, "/docs/docs.js").wants(200).body), string(h.get(mes.RoleOperator, "/docs/docs.css").wants(200).body)} {
		if strings.Contains(part, "http://") || strings.Contains(part, "https://") || strings.Contains(part, "//unpkg") {
			t.Errorf("the documentation loads from elsewhere:\n%s", part)
		}
	}
	if strings.Contains(string(page.body), "<script>") || strings.Contains(string(page.body), "<style") {
		t.Error("the page has an inline script or style, which its policy forbids")
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]any
	}
	h.get(mes.RoleOperator, "/openapi.json").wants(200).into(&doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Paths[Base+"/work-orders"] == nil {
		t.Errorf("the description is %s with %d paths", doc.OpenAPI, len(doc.Paths))
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	h := newHouse(t)
	d := h.Deps
	d.Metrics = nil
	d.Genealogy = nil
	if _, err := New(d); err == nil || !strings.Contains(err.Error(), "Genealogy") {
		t.Errorf("New without genealogy: %v", err)
	}
}

// TestRouteWithoutARight makes sure that a forgotten right stops the start.
func TestRouteWithoutARight(t *testing.T) {
	h := newHouse(t)
	h.raw(route{Method: "GET", Path: "/forgotten"}, nil)
	if h.wrong == nil {
		t.Error("a route with neither a right nor the word public was taken")
	}
	h = newHouse(t)
	h.raw(route{Method: "GET", Path: "/both", Public: true, Right: policies.OrderRead}, nil)
	if h.wrong == nil {
		t.Error("a route with both was taken")
	}
	h = newHouse(t)
	h.raw(route{Method: "POST", Path: "/unjudged", Right: policies.OperationRun}, nil)
	if h.wrong == nil {
		t.Error("a route whose right has conditions, and that does not judge them, was taken")
	}
	h = newHouse(t)
	h.echo.POST("/behind", func(c echo.Context) error { return c.String(200, "open") })
	if h.everyRouteKnown() == nil {
		t.Error("a route beside the table was taken")
	}
	h.do(call{method: "POST", path: "/behind", role: mes.RoleAdmin}).refused(403, mes.CodeForbidden) // even if it were
}

func TestGenealogy(t *testing.T) {
	h := newHouse(t)
	h.trace.graph = mes.Graph{Root: "L1", Nodes: []mes.GraphNode{{ID: "L1", Name: "=HYPERLINK(1)"}, {ID: "PM-1", Depth: -1, Supplier: "S", Quantity: mes.MustDecimal("12.50")}},
		Edges: []mes.GraphEdge{{From: "PM-1", To: "L1", Quantity: mes.Count(3)}}}
	var g mes.Graph
	h.get(mes.RoleQuality, "~/lots/L1/genealogy?direction=up").wants(200).into(&g)
	if len(g.Nodes) != 2 || len(g.Edges) != 1 {
		t.Errorf("the graph is %+v", g)
	}
	lots := string(h.get(mes.RoleQuality, "~/lots/L1/genealogy?format=csv").wants(200).body)
	if strings.Count(lots, "\n") != 3 || !strings.Contains(lots, "12.5") || !strings.Contains(lots, "'=HYPERLINK") {
		t.Errorf("the table of lots is\n%s", lots)
	}
	edges := string(h.get(mes.RoleQuality, "~/lots/L1/genealogy?format=csv&rows=edges").wants(200).body)
	if !strings.HasPrefix(edges, "from,to,quantity") || strings.Count(edges, "\n") != 2 {
		t.Errorf("the table of edges is\n%s", edges)
	}
	h.get(mes.RoleQuality, "~/lots/L1/genealogy?direction=sideways").refused(422, mes.CodeUnprocessable, "query.direction")
	h.get(mes.RoleQuality, "~/lots/none/genealogy").refused(404, mes.CodeNotFound)
	if r := h.do(call{method: "GET", path: "~/lots/L1/as-built", role: mes.RoleQuality, header: map[string]string{"Accept": "text/csv"}}); strings.Contains(r.header.Get("Content-Type"), "csv") {
		t.Error("a route without a table form was asked for one and said yes")
	}
}

func TestEdge(t *testing.T) {
	h := newHouse(t)
	var p mes.Page[EdgeDevice]
	h.get(mes.RoleEdge, "~/edge/devices").wants(200).into(&p)
	if len(p.Items) != 1 || !strings.Contains(string(p.Items[0].Config), "opc.tcp") {
		t.Errorf("devices %+v", p)
	}
	report := map[string]any{"devices": []map[string]any{{"device": "TC-20", "state": "connected", "since": monday, "live": []any{map[string]any{"name": "torque", "value": 4.5}}}}}
	h.post(mes.RoleEdge, "~/edge/reports", report).wants(204)
	if len(h.plant.reports) != 1 || !strings.Contains(string(h.plant.reports[0].Live), "torque") {
		t.Errorf("reported %+v", h.plant.reports)
	}
	h.post(mes.RoleEdge, "~/edge/reports", map[string]any{"devices": []map[string]any{{"device": "TC-20", "state": "melted", "since": monday}}}).
		refused(422, mes.CodeUnprocessable, "body.devices[0].state")
	h.get(mes.RoleOperator, "~/edge/devices").refused(403, mes.CodeForbidden)
}

func TestJob(t *testing.T) {
	h := newHouse(t)
	if r := h.get(mes.RoleOperator, "~/stations/ST10/job").wants(200); strings.TrimSpace(string(r.body)) != "{}" {
		t.Errorf("nothing to do is %s", r.body)
	}
	if r := h.get(mes.RoleOperator, "~/stations/ST10/job?lot=L1").wants(200); !strings.Contains(string(r.body), `"lot":"L1"`) {
		t.Errorf("the job is %s", r.body)
	}
}
