package plant

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/steelthread/steelthread/deploy/demo"
	"github.com/steelthread/steelthread/mes"
)

var day = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// simValues stands for what a running simulated plant says of itself.
func simValues(t *testing.T) Values {
	t.Helper()
	machines := map[string]any{}
	for _, id := range []string{"TC-20", "DP-30", "LT-50", "EOL-60", "CR-82"} {
		machines[id] = map[string]any{"endpoint": "opc.tcp://127.0.0.1:4840", "pin": strings.Repeat("0f", 32)}
	}
	return Values{"sim": map[string]any{"opcua": machines, "printer": map[string]any{"PR-70": "127.0.0.1:9100", "PR-84": "127.0.0.1:9101"}},
		"mqtt": map[string]any{"url": "mqtt://127.0.0.1:1883", "user": "edge", "password": "secret"}}
}

func loadDemo(t *testing.T, files fs.FS) (Definition, error) {
	t.Helper()
	return Load(files, Options{Values: simValues(t), Now: day, ApprovedBy: "import"})
}

func TestTheDemoPlantLoads(t *testing.T) {
	d, err := loadDemo(t, demo.Files)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Site(); got != "HAM" {
		t.Errorf("site is %q", got)
	}
	inv, signed := d.Plant.Routings[1], d.Plant.Routings[2]
	if inv.Product != "INV-200" || len(inv.Operations) != 7 || signed.Revision != "B" {
		t.Fatalf("routing is %s with %d operations; the third is rev %s", inv.Product, len(inv.Operations), signed.Revision)
	}
	_, test, _ := signed.At("60")
	if need := test.Steps[2].Sign; len(need) != 2 || need[0].Qualification == nil || need[0].Qualification.Level != 2 || need[1].Role != mes.RoleQuality {
		t.Errorf("the release for packing asks for %+v", need)
	}
	for _, r := range d.Plant.Routings {
		for _, o := range r.Operations {
			for _, s := range o.Steps {
				if len(s.Picture) != 64 || s.Instruction == "" {
					t.Errorf("%s step %s has picture %q and instruction %q", r.Product, s.ID, s.Picture, s.Instruction)
				}
			}
		}
	}
}

func TestNumbersStayAsTheyAreWritten(t *testing.T) {
	d, err := loadDemo(t, demo.Files)
	if err != nil {
		t.Fatal(err)
	}
	_, pack, _ := d.Plant.Routings[1].At("70")
	if got := pack.Steps[2].Characteristics[0].Lower; got.Exponent() != -2 || !got.Equal(mes.MustDecimal("6.30")) {
		t.Errorf("the lower limit of the weight is %s", got)
	}
}

func TestSerialRunsAndRelativeDates(t *testing.T) {
	d, err := loadDemo(t, demo.Files)
	if err != nil {
		t.Fatal(err)
	}
	lots := map[string]mes.Receipt{}
	for _, r := range d.Lots {
		lots[r.Lot] = r
	}
	if r := lots["HSG-77120"]; r.Material != "HSG" || !r.Quantity.Equal(mes.One) || r.SupplierLot != "CAST-5519" {
		t.Errorf("HSG-77120 is %+v", r)
	}
	if r := lots["TP-2611-07"]; r.ExpiresAt == nil || !r.ExpiresAt.Equal(time.Date(2027, 2, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("TP-2611-07 expires at %v", r.ExpiresAt)
	}
	for _, a := range d.Accounts {
		if a.ID == "op-130" && !a.Qualifications[1].ExpiresAt.Before(day) {
			t.Errorf("the certificate of op-130 ends at %v", a.Qualifications[1].ExpiresAt)
		}
	}
}

// TestEveryFaultIsNamed breaks one thing in each file and expects all of them in one answer.
func TestEveryFaultIsNamed(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"shape", map[string]string{
			"plant.yaml":    "equipment:\n  - {id: X, level: site, name: X, time_zone: Europe/Berlin, colour: red}\n",
			"lots.yaml":     "lots:\n  - {material: A, lot: A-1, quantity: many, supplier: S, supplier_lot: L}\n",
			"accounts.yaml": "accounts:\n  - {id: a, name: A, roles: operator, site: 7, qualifications: [{id: Q, level: high}]}\n",
			"devices.yaml":  "devices:\n  - {id: D, address: \"${sim.nowhere}\"}\n",
		}, []string{"plant.yaml:2 equipment[0].colour", "lots.yaml:2 lots[0].quantity", "accounts.yaml:2 accounts[0].roles",
			"accounts.yaml:2 accounts[0].qualifications[0].level", "devices.yaml:2 devices[0].address"}},
		{"names", map[string]string{
			"plant.yaml":     "equipment:\n  - {id: X, level: site, name: X, time_zone: Mars}\n  - {id: L, level: line, parent: X, name: L}\n",
			"materials.yaml": "materials:\n  - {id: A, name: A, tracking: none, unit: pcs, gtin: \"04012345002004\"}\n",
			"accounts.yaml":  "accounts:\n  - {id: a, name: A, roles: [boss]}\n  - {id: a, name: B, roles: [operator]}\n",
			"lots.yaml":      "lots:\n  - {material: B, lot: B-1, quantity: 1, supplier: S, supplier_lot: L}\n",
			"devices.yaml":   "devices:\n  - {id: D, name: D, station: L, driver: opcua, address: \"opc.tcp://h:1\"}\n",
			"routings/r.yaml": "product: C\nrevision: A\nlot_size: 1\nlot_pattern: C\nwindow: 1\noperations:\n  - id: \"1\"\n    name: One\n    stations: [L]\n" +
				"    on_fail: {then: review}\n    steps:\n      - {id: s, kind: device, name: S, device: Z, picture: no.svg, characteristics: [{id: v, name: V}]}\n",
		}, []string{"plant.yaml equipment[0].time_zone", "plant.yaml equipment[1].parent", "materials.yaml materials[0].tracking", "materials.yaml materials[0].gtin",
			"accounts.yaml accounts[0].roles[0]", "accounts.yaml accounts[1].id", "lots.yaml lots[0].material", "devices.yaml devices[0].station",
			"routings/r.yaml product", "routings/r.yaml lot_pattern", "routings/r.yaml operations[0].stations[0]",
			"routings/r.yaml operations[0].steps[0].device", "routings/r.yaml operations[0].steps[0].picture"}},
		{"nothing", map[string]string{}, []string{"plant.yaml"}},
		{"not YAML", map[string]string{"plant.yaml": "equipment: [\n"}, []string{"plant.yaml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for name, text := range c.files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := Load(files, Options{Now: day})
			var e *mes.Error
			if !errors.As(err, &e) || e.Code != mes.CodeUnprocessable {
				t.Fatalf("the answer is %v", err)
			}
			named := map[string]bool{}
			for _, f := range e.Fields {
				named[f.Field] = true
			}
			for _, want := range c.want {
				if !named[want] {
					t.Errorf("%q is not named in:\n%s", want, strings.ReplaceAll(err.Error(), ". ", ".\n"))
				}
				delete(named, want)
			}
			if len(named) > 0 {
				t.Errorf("more is named than is wrong: %v", named)
			}
		})
	}
}

func TestSkillsAreOneVocabulary(t *testing.T) {
	_, err := Load(fstest.MapFS{
		"plant.yaml":    {Data: []byte("equipment:\n  - {id: S, level: site, name: S, time_zone: Europe/Berlin}\n")},
		"skills.yaml":   {Data: []byte("skills:\n  - {id: ESD, name: ESD, remind_days: [7, 30]}\n  - {id: ESD, name: again}\n")},
		"labour.yaml":   {Data: []byte("codes:\n  - {id: CLEAN}\n")},
		"accounts.yaml": {Data: []byte("accounts:\n  - {id: a, name: A, roles: [operator], qualifications: [{id: Torque, level: 1}]}\n")},
	}, Options{Now: time.Now()})
	if err == nil {
		t.Fatal("it was accepted")
	}
	var e *mes.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	said := fmt.Sprint(e.Fields)
	for _, want := range []string{"skills[0].remind_days[1]", "skills[1].id", "codes[0].name", "accounts[0].qualifications[0].id"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not named in %s", want, said)
		}
	}
}
