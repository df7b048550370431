package system

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/test/plant"
)

// ready checks what a script finds after the start.
func (s *suite) ready(t *testing.T) {
	info, err := s.p.Info()
	plant.OK(t, err)
	if info.URL == "" || info.MQTT == "" || len(info.OPCUA) < 3 || len(info.Logins) < 8 || info.Tokens["erp"] == "" || info.Tokens["vision"] == "" {
		t.Errorf("run.json lacks something: url %q, mqtt %q, %d logins, opcua %s", info.URL, info.MQTT, len(info.Logins), info.OPCUA)
	}
	mode, err := s.p.RunFileMode()
	plant.OK(t, err)
	if mode != 0o600 {
		t.Errorf("run.json has mode %o", mode)
	}
	doc, err := s.planner.Send(t.Context(), plant.Request{Method: "GET", Path: "/openapi.json"})
	plant.OK(t, err)
	var api struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	plant.OK(t, doc.Into(&api))
	if !strings.HasPrefix(api.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", api.OpenAPI)
	}
	for _, path := range []string{"/work-orders", "/work-orders/{number}/lots", "/work-orders/{number}/history", "/lots/{lot}/genealogy", "/stations/{station}/queue",
		"/lots/{lot}/operations/{operation}/steps/{step}/complete", "/vision/results", "/erp/outbox", "/events"} {
		if api.Paths["/api/v1"+path] == nil && api.Paths[path] == nil {
			t.Errorf("%s is not in the OpenAPI document", path)
		}
	}
}

// inverters is the main job: an ERP order of three inverters becomes three packed, traced, confirmed and shipped units.
func (s *suite) inverters(t *testing.T) {
	before, err := s.p.Sim.State(t.Context())
	plant.OK(t, err)
	n := s.order(t, "INV-200", 3)
	o := s.finish(t, n)
	if !o.Good.Equal(mes.Count(3)) || !o.Scrap.IsZero() {
		t.Fatalf("the order ended with %s good and %s scrap", o.Good, o.Scrap)
	}
	var lots mes.Page[mes.LotView]
	plant.OK(t, s.planner.Get(t.Context(), "/work-orders/"+n+"/lots?sort=lot", &lots))
	if len(lots.Items) != 3 {
		t.Fatalf("%d lots", len(lots.Items))
	}
	t.Run("AsBuilt", func(t *testing.T) { s.asBuilt(t, lots.Items[0].Lot) })
	t.Run("ConfirmedToTheERP", func(t *testing.T) { s.confirmed(t, o, 9) }) // three confirming operations of three units
	t.Run("MachinesRanOnce", func(t *testing.T) { s.machinesRanOnce(t, before, 3) })
	t.Run("Shipped", func(t *testing.T) { s.shipped(t, lots.Items) })
	t.Run("Traced", func(t *testing.T) { s.traced(t, lots.Items) })
	t.Run("History", func(t *testing.T) { s.history(t, n, lots.Items[0].Lot) })
}

// asBuilt checks one unit's record against its routing.
func (s *suite) asBuilt(t *testing.T, lot string) {
	var r mes.AsBuilt
	plant.OK(t, s.quality.Get(t.Context(), "/lots/"+lot+"/as-built", &r))
	routing, err := plant.Routing(t.Context(), s.quality, "INV-200", "B")
	plant.OK(t, err)
	if r.Revision != "B" || len(r.Operations) != len(routing.Operations) {
		t.Fatalf("revision %q, %d operations", r.Revision, len(r.Operations))
	}
	for i, o := range r.Operations {
		want := routing.Operations[i]
		if o.Operation != want.ID || o.Operator != "op-121" || o.Station != want.Stations[0] || o.StartedAt == nil || o.EndedAt == nil {
			t.Errorf("operation %s reads %+v", want.ID, o)
		}
		for _, st := range want.Steps {
			b := find(o.Steps, st.ID)
			switch {
			case b == nil:
				t.Errorf("step %s has no record", st.ID)
			case b.Result != mes.ResultPass || b.At.IsZero() || b.Device != st.Device || b.Program != st.Program:
				t.Errorf("step %s reads %+v", st.ID, b)
			case st.Component != nil && (len(b.Components) != 1 || b.Components[0].Material != st.Component.Material || !b.Components[0].Quantity.Equal(st.Component.Quantity) || b.Components[0].SupplierLot == ""):
				t.Errorf("step %s has components %+v", st.ID, b.Components)
			case len(b.Values) != len(st.Characteristics):
				t.Errorf("step %s has %d values of %d", st.ID, len(b.Values), len(st.Characteristics))
			case st.Kind == mes.StepVision && (b.Vision == nil || b.Vision.Model == "" || b.Vision.Image == "" || b.Vision.Verdict != mes.ResultPass):
				t.Errorf("step %s has the verdict %+v", st.ID, b.Vision)
			}
			s.limitsKept(t, st, b)
		}
	}
}

func find(steps []mes.BuiltStep, id string) *mes.BuiltStep {
	for i := range steps {
		if steps[i].Step == id && steps[i].Result == mes.ResultPass {
			return &steps[i]
		}
	}
	return nil
}

// limitsKept checks that each value stands with the limits that it was judged by, and inside them.
func (s *suite) limitsKept(t *testing.T, st mes.Step, b *mes.BuiltStep) {
	if b == nil {
		return
	}
	for _, c := range st.Characteristics {
		for _, v := range b.Values {
			if v.Characteristic != c.ID {
				continue
			}
			same := func(a, b *mes.Decimal) bool { return a == nil && b == nil || a != nil && b != nil && a.Equal(*b) }
			if !same(v.Lower, c.Lower) || !same(v.Upper, c.Upper) || !c.Within(v.Value) || v.Unit != c.Unit {
				t.Errorf("%s of step %s reads %+v", c.ID, st.ID, v)
			}
		}
	}
}

// machinesRanOnce compares the simulator's own count of start pulses with the units made.
func (s *suite) machinesRanOnce(t *testing.T, before plant.SimState, units int64) {
	after, err := s.p.Sim.State(t.Context())
	plant.OK(t, err)
	for _, id := range []string{"DP-30", "EOL-60"} { // these may not repeat a cycle by themselves
		if n := after.Machines[id].Pulses - before.Machines[id].Pulses; n != units {
			t.Errorf("%s was started %d times for %d units", id, n, units)
		}
	}
}

// hoseKits makes two lots of fifty.
func (s *suite) hoseKits(t *testing.T) {
	n := s.order(t, "HK-20", 100)
	o := s.finish(t, n)
	if !o.Good.Equal(mes.Count(100)) {
		t.Fatalf("%s good", o.Good)
	}
	var lots mes.Page[mes.LotView]
	plant.OK(t, s.planner.Get(t.Context(), "/work-orders/"+n+"/lots", &lots))
	if len(lots.Items) != 2 {
		t.Fatalf("%d lots for 100 in lots of 50", len(lots.Items))
	}
	var r mes.AsBuilt
	plant.OK(t, s.quality.Get(t.Context(), "/lots/"+lots.Items[0].Lot+"/as-built", &r))
	for _, o := range r.Operations {
		if b := find(o.Steps, "82-3"); o.Operation == "82" && (b == nil || len(b.Values) != 5) {
			t.Errorf("the sample of five reads %+v", b)
		}
		if b := find(o.Steps, "80-1"); o.Operation == "80" && (b == nil || len(b.Components) != 1 || !b.Components[0].Quantity.Equal(mes.Count(60))) {
			t.Errorf("fifty hoses of 1.2 m took %+v", b)
		}
	}
	s.confirmed(t, o, 2)
}

// events listens to the stream while an order is made: it names what changed and nothing else.
func (s *suite) events(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	lines, err := s.planner.Stream(ctx, "/api/v1/events")
	plant.OK(t, err)
	n := s.number(t)
	s.ok(t, s.post(t, s.erp, "/work-orders", request(n, "HK-20", 50)))
	heartbeat, told := false, false
	for line := range lines {
		heartbeat = heartbeat || strings.HasPrefix(line, ":")
		told = told || strings.HasPrefix(line, "data:") && strings.Contains(line, n)
		if strings.HasPrefix(line, "data:") && strings.Contains(line, "quantity") {
			t.Errorf("an event carries more than IDs: %s", line)
		}
		if heartbeat && told {
			return
		}
	}
	t.Errorf("told of the order: %v, heartbeat: %v", told, heartbeat)
}
