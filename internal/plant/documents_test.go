package plant

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/steelthread/steelthread/mes"
)

// TestARevisionSurvivesItsFile writes every revision of the demo plant as a file, in both forms, and reads it again.
func TestARevisionSurvivesItsFile(t *testing.T) {
	d := demoPlant(t)
	revisions := d.Plant.Documents
	for _, r := range d.Plant.Routings {
		content, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		revisions = append(revisions, mes.NewDraft{RevisionKey: mes.RevisionKey{Kind: mes.DocRouting, ID: r.Product, Revision: r.Revision}, Content: content})
	}
	kinds := map[mes.DocumentKind]bool{}
	for _, n := range revisions {
		kinds[n.Kind] = true
		for _, asJSON := range []bool{false, true} {
			file, err := Files{}.Write(mes.DocumentRevision{RevisionKey: n.RevisionKey, Name: n.Name, Content: n.Content}, asJSON)
			if err != nil {
				t.Fatal(err)
			}
			content, err := Files{}.Read(n.RevisionKey, file)
			if err != nil {
				t.Fatalf("%s: %v\n%s", n, err, file)
			}
			if got, want := same(t, content), same(t, n.Content); got != want {
				t.Errorf("%s came back as\n%s\nnot\n%s", n, got, want)
			}
		}
	}
	if len(kinds) != len(mes.DocumentKinds) {
		t.Errorf("the demo plant has documents of %d kinds", len(kinds))
	}
}

func demoPlant(t *testing.T) Definition {
	t.Helper()
	d, err := Load(os.DirFS("../../deploy/demo"), Options{Values: simValues(t), Now: day, ApprovedBy: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(t *testing.T, content json.RawMessage) string {
	t.Helper()
	b, err := jcs.Transform(content)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAFileOfAnotherKindIsRefused(t *testing.T) {
	k := mes.RevisionKey{Kind: mes.DocRecipe, ID: "P7", Revision: "B"}
	for name, c := range map[string]struct{ file, why string }{
		"kind":    {"kind: instruction\nid: X\nrevision: A\nname: X\ninstruction: {title: T, text: x}\n", `is "instruction", the draft is a document of kind "recipe"`},
		"content": {"kind: recipe\nid: X\nrevision: A\nname: X\n", "is missing"},
		"field":   {"kind: recipe\nid: X\nrevision: A\nname: X\nrecipe: {titel: T}\n", "is not a known field"},
		"form":    {"kind: [recipe\n", "is not YAML"},
	} {
		_, err := Files{}.Read(k, []byte(c.file))
		if mes.CodeOf(err) != mes.CodeUnprocessable || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want %s", name, err, c.why)
		}
	}
}
