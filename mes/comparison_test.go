package mes_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

func said(ds []mes.Difference) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = fmt.Sprintf("%s %s %s→%s", d.What, strings.Join(d.Path, "."), d.Old, d.New)
		if d.What == mes.WasMoved {
			out[i] = fmt.Sprintf("%s %s after %q", d.What, strings.Join(d.Path, "."), d.After)
		}
	}
	return out
}

func TestDifferencesInWords(t *testing.T) {
	a := mes.Routing{Product: "INV", Revision: "A", Window: 8, Operations: []mes.Operation{
		{ID: "10", Stations: []string{"ST10"}, PlannedS: 60, Steps: []mes.Step{{ID: "1", Name: "Kit"}, {ID: "2", Name: "Scan"}, {ID: "3", Name: "Look"}}},
		{ID: "20", Stations: []string{"ST20"}, Steps: []mes.Step{{ID: "1", Characteristics: []mes.Characteristic{{ID: "T1", Upper: decp("2.2")}}}}},
	}}
	b := mes.Routing{Product: "INV", Revision: "B", Window: 8, Operations: []mes.Operation{
		{ID: "10", Stations: []string{"ST10", "ST11"}, PlannedS: 60, Steps: []mes.Step{{ID: "3", Name: "Look twice"}, {ID: "1", Name: "Kit"}, {ID: "4", Name: "Check"}}},
		{ID: "20", Stations: []string{"ST20"}, Qualification: &mes.QualificationNeed{ID: "Torque", Level: 2},
			Steps: []mes.Step{{ID: "1", Characteristics: []mes.Characteristic{{ID: "T1", Upper: decp("2.1")}, {ID: "A1"}}}}},
	}}
	got, err := mes.CompareRoutings(a, b)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`changed operations.10.stations ["ST10"]→["ST10","ST11"]`,
		`removed operations.10.steps.2 {"id":"2","kind":"","name":"Scan"}→`,
		`changed operations.10.steps.3.name "Look"→"Look twice"`,
		`moved operations.10.steps.1 after "3"`,
		`added operations.10.steps.4 →{"id":"4","kind":"","name":"Check"}`,
		`changed operations.20.qualification.id →"Torque"`,
		`changed operations.20.qualification.level →2`,
		`changed operations.20.steps.1.characteristics.T1.upper "2.2"→"2.1"`,
		`added operations.20.steps.1.characteristics.A1 →{"id":"A1","name":""}`,
	}
	if !reflect.DeepEqual(said(got), want) {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(said(got), "\n"), strings.Join(want, "\n"))
	}
}

// TestDifferencesLeadFromOneToTheOther: applied to the old content they give the new one, so none is missing; each place
// is named once, and none within another that is named whole.
func TestDifferencesLeadFromOneToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyRouting().Draw(t, "a"), anyRouting().Draw(t, "b")
		for _, r := range []*mes.Routing{&a, &b} {
			r.Operations = rapid.Permutation(r.Operations).Draw(t, "order")
			for i := range r.Operations {
				r.Operations[i].Steps = rapid.Permutation(r.Operations[i].Steps).Draw(t, "steps")
			}
		}
		if same, err := mes.CompareRoutings(a, a); err != nil || len(same) != 0 {
			t.Fatalf("differs from itself: %v %v", said(same), err)
		}
		ds, err := mes.CompareRoutings(a, b)
		if err != nil {
			t.Fatal(err)
		}
		a.Revision, b.Revision = "", ""
		got := generic(t, a)
		for _, d := range ds {
			got = apply(got, d.Path, d).(map[string]any)
		}
		if want := generic(t, b); !reflect.DeepEqual(got, want) {
			t.Fatalf("leads to\n%v\nnot to\n%v\nby %v", got, want, said(ds))
		}
		namedOnce(t, ds)
	})
}

func namedOnce(t *rapid.T, ds []mes.Difference) {
	for i, d := range ds {
		for j, e := range ds {
			whole := d.What == mes.WasAdded || d.What == mes.WasRemoved || d.What == mes.WasChanged
			within := len(e.Path) >= len(d.Path) && slices.Equal(d.Path, e.Path[:len(d.Path)])
			if i != j && whole && within && !(len(d.Path) == len(e.Path) && e.What == mes.WasMoved) {
				t.Fatalf("named twice: %v and %v", said(ds[i:i+1]), said(ds[j:j+1]))
			}
		}
		if d.What == mes.WasChanged && reflect.DeepEqual(d.Old, d.New) {
			t.Fatalf("no difference: %v", said(ds[i:i+1]))
		}
	}
}

func generic(t *rapid.T, v any) map[string]any {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func value(b json.RawMessage) (v any) {
	if b != nil {
		_ = json.Unmarshal(b, &v)
	}
	return v
}

// apply carries one difference out.
func apply(at any, path []string, d mes.Difference) any {
	if o, ok := at.(map[string]any); ok || at == nil && !isItem(d, path) {
		if o == nil {
			o = map[string]any{}
		}
		if v := step(o[path[0]], path, d); v != nil {
			o[path[0]] = v
		} else {
			delete(o, path[0])
		}
		if len(o) == 0 {
			return nil
		}
		return o
	}
	list, _ := at.([]any)
	i := slices.IndexFunc(list, func(v any) bool { return v.(map[string]any)["id"] == path[0] })
	if len(path) > 1 {
		list[i] = apply(list[i], path[1:], d)
		return list
	}
	item := value(d.New)
	if i >= 0 {
		if d.What == mes.WasMoved {
			item = list[i]
		}
		list = slices.Delete(slices.Clone(list), i, i+1)
	}
	if d.What == mes.WasRemoved {
		if len(list) == 0 {
			return nil
		}
		return list
	}
	after := slices.IndexFunc(list, func(v any) bool { return v.(map[string]any)["id"] == d.After })
	return slices.Insert(list, after+1, item)
}

func step(v any, path []string, d mes.Difference) any {
	if len(path) == 1 {
		return value(d.New)
	}
	return apply(v, path[1:], d)
}

// isItem tells that the rest of the path names an item of a list that is not there yet.
func isItem(d mes.Difference, path []string) bool { return len(path) == 1 && d.What == mes.WasAdded }
