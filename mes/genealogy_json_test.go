package mes

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// Every field, with what makes it hard: escapes, fractions, zeroes that are left out and zeroes that are not.
func TestAGraphWritesWhatPackageJSONWrites(t *testing.T) {
	at := time.Date(2026, 11, 22, 19, 50, 1, 120_000_000, time.UTC)
	full := Graph{Root: `INV "1"`, Truncated: true,
		Nodes: []GraphNode{
			{ID: "a\\b", Material: "HSG", Name: "Gehäuse <A>", Origin: "received", State: LotAvailable, Held: true, Supplier: "S\n1", SupplierLot: "1", Quantity: MustDecimal("0.020"), Unit: "pcs",
				ExpiresAt: &at, Order: "O", Customer: "C", DeliveryNote: "D", Depth: -2},
			{ID: "b", Quantity: MustDecimal("1e3")}, {ID: "b", Quantity: MustDecimal("0e3")}, {ID: "b", Quantity: MustDecimal("-12e17")}, {ID: "b", Quantity: MustDecimal("1e30")},
			{ID: "c", Quantity: MustDecimal("123456789012345678901234567890")},
		},
		Edges: []GraphEdge{{From: "a", To: "b", Quantity: Count(50), Operation: "10", At: at}, {From: "b", To: "c", Quantity: MustDecimal("-1.50"), At: at.Local()}},
	}
	for name, g := range map[string]Graph{"full": full, "empty": {Root: "x", Nodes: []GraphNode{}, Edges: []GraphEdge{}}} {
		want, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.AppendJSON(nil); !reflect.DeepEqual(document(t, got), document(t, want)) {
			t.Errorf("%s:\n%s\npackage json:\n%s", name, got, want)
		}
	}
}

// A field that is added to a node or an edge must be written here too.
func TestAGraphWritesEveryField(t *testing.T) {
	for kind, fields := range map[reflect.Type]int{reflect.TypeFor[Graph](): 4, reflect.TypeFor[GraphNode](): 15, reflect.TypeFor[GraphEdge](): 5} {
		if kind.NumField() != fields {
			t.Errorf("%s has %d fields, AppendJSON knows %d", kind, kind.NumField(), fields)
		}
	}
}

func document(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}
