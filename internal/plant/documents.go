package plant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/steelthread/steelthread/mes"
)

// document is a file of the folder documents: an instruction, an inspection rule, a recipe or a rework routing, one revision of it.
// Routings have a folder of their own.
type document struct {
	Kind        mes.DocumentKind    `json:"kind"`
	ID          string              `json:"id"`
	Revision    string              `json:"revision"`
	Name        string              `json:"name"`
	Owner       string              `json:"owner,omitempty"`
	Instruction *mes.Instruction    `json:"instruction,omitempty"`
	Inspection  *mes.InspectionRule `json:"inspection_rule,omitempty"`
	Recipe      *mes.Recipe         `json:"recipe,omitempty"`
	Plan        *mes.InspectionPlan `json:"inspection_plan,omitempty"`
	Rework      *mes.ReworkRouting  `json:"rework,omitempty"`
}

type namedDocument struct {
	file string
	document
}

// content is the part of the file that belongs to its kind; nil when it is not there.
func (d document) content() any {
	switch {
	case d.Kind == mes.DocInstruction && d.Instruction != nil:
		return d.Instruction
	case d.Kind == mes.DocInspection && d.Inspection != nil:
		return d.Inspection
	case d.Kind == mes.DocRecipe && d.Recipe != nil:
		return d.Recipe
	case d.Kind == mes.DocPlan && d.Plan != nil:
		return d.Plan
	case d.Kind == mes.DocRework && d.Rework != nil:
		return d.Rework
	}
	return nil
}

func readDocuments(dir fs.FS, values Values, f *faults) []namedDocument {
	names, _ := fs.Glob(dir, "documents/*.yaml") // fails on a malformed pattern only
	var out []namedDocument
	for _, name := range names {
		d := namedDocument{file: name}
		readDocument(dir, name, &d.document, values, f, false)
		out = append(out, d)
	}
	return out
}

// contentHash is how a picture is named that is stored already: an exported revision holds no files.
var contentHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// hashOf is the hash of a picture that is named by its file, or by its hash.
func hashOf(pictures map[string]mes.Blob, name string) string {
	if b, ok := pictures[name]; ok {
		return b.Hash
	}
	return name
}

func (c checker) checkDocument(d namedDocument) {
	k := mes.RevisionKey{Kind: d.Kind, ID: d.ID, Revision: d.Revision}
	content := d.content()
	if content == nil {
		c.add(d.file, string(d.Kind), "is missing; it holds the content of the document")
		return
	}
	if d.Instruction != nil {
		for i, p := range d.Instruction.Pictures {
			c.checkPicture(d.file, fmt.Sprintf("instruction.pictures[%d].hash", i), p.Hash)
		}
	}
	if d.Rework != nil {
		c.checkRework(d)
	}
	raw, err := json.Marshal(content)
	if err == nil {
		_, _, err = mes.ReadContent(k, raw)
	}
	var e *mes.Error
	if err = errors.Join(err, k.Validate()); errors.As(err, &e) {
		for _, fe := range e.Fields {
			c.add(d.file, string(d.Kind)+"."+fe.Field, "%s", fe.Message)
		}
	}
}

func (c checker) checkPicture(file, at, name string) {
	_, known := c.Pictures[name]
	c.check(known || contentHash.MatchString(name), file, at, "%q is not in pictures", name)
}

// draft is the document as the plant's import takes it.
func (d document) draft(pictures map[string]mes.Blob) (mes.NewDraft, error) {
	if d.Instruction != nil {
		for i, p := range d.Instruction.Pictures {
			d.Instruction.Pictures[i].Hash = hashOf(pictures, p.Hash)
		}
	}
	if d.Rework != nil {
		d.Rework.Operations = withPictures(mes.Routing{Operations: d.Rework.Operations}, pictures).Operations
	}
	raw, err := json.Marshal(d.content())
	return mes.NewDraft{RevisionKey: mes.RevisionKey{Kind: d.Kind, ID: d.ID, Revision: d.Revision}, Name: d.Name, Owner: d.Owner, Content: raw}, err
}

// Files writes and reads revisions as the files of a plant's folder. Pictures are named by their hashes.
type Files struct{}

var _ mes.DocumentFiles = Files{}

// Write is the revision as a file that Load and Read take.
func (Files) Write(r mes.DocumentRevision, asJSON bool) ([]byte, error) {
	tree, err := fileOf(r)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(tree, "", "  ")
	if err != nil || asJSON {
		return append(text, '\n'), err
	}
	var node yaml.Node // JSON is YAML: read it as such to keep the order of the fields
	if err := yaml.Unmarshal(text, &node); err != nil {
		return nil, fmt.Errorf("write %s: %w", r.Title(), err)
	}
	plain(&node)
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	err = e.Encode(&node)
	return out.Bytes(), errors.Join(err, e.Close())
}

// plain takes the marks of JSON off, but for the quotes of texts that would be read as something else without them.
func plain(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		plain(c)
	}
}

func fileOf(r mes.DocumentRevision) (any, error) {
	d := document{Kind: r.Kind, ID: r.ID, Revision: r.Revision, Name: r.Name, Owner: r.Owner}
	var err error
	switch r.Kind {
	case mes.DocInstruction:
		err = json.Unmarshal(r.Content, &d.Instruction)
	case mes.DocInspection:
		err = json.Unmarshal(r.Content, &d.Inspection)
	case mes.DocRecipe:
		err = json.Unmarshal(r.Content, &d.Recipe)
	case mes.DocPlan:
		err = json.Unmarshal(r.Content, &d.Plan)
	case mes.DocRework:
		err = json.Unmarshal(r.Content, &d.Rework)
	default:
		var routing mes.Routing
		err = json.Unmarshal(r.Content, &routing)
		return routing, err
	}
	return d, err
}

// Read takes the content out of a file, whatever revision it names.
func (Files) Read(k mes.RevisionKey, file []byte) (json.RawMessage, error) {
	f := &faults{}
	if k.Kind == mes.DocRouting {
		var r mes.Routing
		decode("file", file, &r, nil, f)
		return marshalled(r, f)
	}
	var d document
	decode("file", file, &d, nil, f)
	if d.Kind != k.Kind {
		f.add("file", "kind", "is %q, the draft is a document of kind %q", d.Kind, k.Kind)
	} else if d.content() == nil {
		f.add("file", string(k.Kind), "is missing; it holds the content of the document")
	}
	return marshalled(d.content(), f)
}

func marshalled(v any, f *faults) (json.RawMessage, error) {
	if err := f.list.Err("The file cannot be taken."); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
