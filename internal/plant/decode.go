package plant

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decode reads a YAML document into out by its JSON field names. Unlike the library's own decoder it keeps numbers as
// they are written, so that a limit never passes through a binary float, and it goes on after an error: every unknown
// field and every value of the wrong kind is named with its line.
func decode(name string, content []byte, out any, values Values, faults *faults) {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(content))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			faults.add(name, "", "is empty")
			return
		}
		faults.add(name, "", "is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	w := walker{file: name, faults: faults, values: values}
	before := len(faults.list)
	tree := w.value(doc.Content[0], reflect.TypeOf(out).Elem(), "")
	if len(faults.list) > before {
		return
	}
	text, err := json.Marshal(tree)
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		faults.add(name, "", "cannot be read: %s", err)
	}
}

type walker struct {
	file   string
	faults *faults
	values Values
}

func (w walker) fault(n *yaml.Node, path, format string, args ...any) any {
	w.faults.add(fmt.Sprintf("%s:%d", w.file, n.Line), path, format, args...)
	return nil
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
)

// value turns a node into what json.Marshal takes, and names what does not fit t.
func (w walker) value(n *yaml.Node, t reflect.Type, path string) any {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.ScalarNode {
		filled, missing := w.values.fill(n.Value)
		if missing != "" {
			return w.fault(n, path, "${%s} has no value; give a file that has it with --values", missing)
		}
		n = &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: filled, Line: n.Line}
	}
	if t.Kind() == reflect.Pointer {
		if n.Tag == "!!null" {
			return nil
		}
		return w.value(n, t.Elem(), path)
	}
	if t.Kind() == reflect.Struct && n.Kind != yaml.ScalarNode && reflect.PointerTo(t).Implements(jsonUnmarshaler) && !reflect.PointerTo(t).Implements(textUnmarshaler) {
		return w.ownForm(n, t, path)
	}
	if reflect.PointerTo(t).Implements(textUnmarshaler) || reflect.PointerTo(t).Implements(jsonUnmarshaler) && t.Kind() == reflect.Struct {
		return w.text(n, t, path)
	}
	switch t.Kind() {
	case reflect.Struct:
		return w.object(n, t, path)
	case reflect.Slice:
		return w.list(n, t, path)
	case reflect.Map:
		return w.dictionary(n, t, path)
	case reflect.Interface:
		return w.free(n)
	}
	return w.scalar(n, t, path)
}

// ownForm reads lists and fields of what has its own way of reading them, such as one that may be a word or a list.
func (w walker) ownForm(n *yaml.Node, t reflect.Type, path string) any {
	v := w.free(n)
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, reflect.New(t).Interface())
	}
	if err != nil {
		return w.fault(n, path, "%s", err)
	}
	return v
}

// text reads what has its own way of reading text: decimals, times, durations.
func (w walker) text(n *yaml.Node, t reflect.Type, path string) any {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return w.fault(n, path, "must be one value")
	}
	v := n.Value
	if n.Tag == "!!timestamp" && len(v) == len("2006-01-02") {
		v += "T00:00:00Z" // a date is the day's begin, UTC
	}
	quoted, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(quoted, reflect.New(t).Interface())
	}
	if err != nil {
		return w.fault(n, path, "%q is not a %s", n.Value, strings.ToLower(t.Name()))
	}
	return v
}

func (w walker) scalar(n *yaml.Node, t reflect.Type, path string) any {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return w.fault(n, path, "must be one value")
	}
	switch t.Kind() {
	case reflect.String:
		return n.Value
	case reflect.Bool:
		if n.Tag != "!!bool" {
			return w.fault(n, path, "%q must be true or false", n.Value)
		}
		return n.Value == "true"
	default:
		v := reflect.New(t)
		if err := json.Unmarshal([]byte(n.Value), v.Interface()); err != nil {
			return w.fault(n, path, "%q is not a whole number", n.Value)
		}
		return v.Elem().Interface()
	}
}

func (w walker) object(n *yaml.Node, t reflect.Type, path string) any {
	if n.Kind != yaml.MappingNode {
		return w.fault(n, path, "must have named fields")
	}
	fields := fieldsOf(t)
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		f, known := fields[key.Value]
		_, twice := out[key.Value]
		switch at := join(path, key.Value); {
		case !known:
			w.fault(key, at, "is not a known field; known are %s", strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		case twice:
			w.fault(key, at, "is given twice")
		default:
			out[key.Value] = w.value(val, f, at)
		}
	}
	return out
}

func (w walker) list(n *yaml.Node, t reflect.Type, path string) any {
	if n.Kind != yaml.SequenceNode {
		return w.fault(n, path, "must be a list")
	}
	out := make([]any, 0, len(n.Content))
	for i, c := range n.Content {
		out = append(out, w.value(c, t.Elem(), fmt.Sprintf("%s[%d]", path, i)))
	}
	return out
}

func (w walker) dictionary(n *yaml.Node, t reflect.Type, path string) any {
	if n.Kind != yaml.MappingNode {
		return w.fault(n, path, "must have named fields")
	}
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		out[n.Content[i].Value] = w.value(n.Content[i+1], t.Elem(), join(path, n.Content[i].Value))
	}
	return out
}

// free takes whatever stands there.
func (w walker) free(n *yaml.Node) any {
	var v any
	if err := n.Decode(&v); err != nil {
		return w.fault(n, "", "cannot be read: %s", err)
	}
	return v
}

// fieldsOf maps a struct's JSON names to their types, embedded structs included.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" && f.IsExported() {
			out[name] = f.Type
		}
	}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
