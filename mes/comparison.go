package mes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// ChangeKind says how two revisions differ at one place.
type ChangeKind string

// The kinds of difference.
const (
	WasAdded   ChangeKind = "added"
	WasRemoved ChangeKind = "removed"
	WasMoved   ChangeKind = "moved"
	WasChanged ChangeKind = "changed"
)

// Difference is one difference between two revisions. Path leads to it by names and IDs, not by positions, so that it
// can be said in words: operations, 20, steps, 3, characteristics, T1, upper.
type Difference struct {
	What ChangeKind      `json:"what"`
	Path []string        `json:"path"`
	Old  json.RawMessage `json:"old,omitempty"`
	New  json.RawMessage `json:"new,omitempty"`
	// After is the ID of the item that an added or moved one follows, empty for the first.
	After string `json:"after,omitempty"`
}

// Compare says how two contents of the same kind differ: items of lists that have IDs as added, removed or moved, each
// field below them as changed. Every difference is named exactly once; equal contents have none.
func Compare(from, to json.RawMessage) ([]Difference, error) {
	a, err := tree(from)
	if err != nil {
		return nil, err
	}
	b, err := tree(to)
	if err != nil {
		return nil, err
	}
	out := []Difference{}
	compare(nil, a, b, &out)
	return out, nil
}

// CompareRoutings is Compare of two routings.
func CompareRoutings(from, to Routing) ([]Difference, error) {
	from.Revision, to.Revision = "", "" // that they are two is no difference of theirs
	a, err := json.Marshal(from)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(to)
	if err != nil {
		return nil, err
	}
	return Compare(a, b)
}

// tree decodes with numbers as they are written.
func tree(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return map[string]any{}, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("content of a document: %w", err)
	}
	return v, nil
}

func compare(path []string, a, b any, out *[]Difference) {
	switch {
	case reflect.DeepEqual(a, b):
	case isObject(a) && isObject(b):
		x, y := object(a), object(b)
		for _, name := range slices.Sorted(maps.Keys(merged(x, y))) {
			compare(below(path, name), x[name], y[name], out)
		}
	case isItems(a) && isItems(b):
		compareItems(path, items(a), items(b), out)
	default:
		*out = append(*out, Difference{What: WasChanged, Path: path, Old: written(a), New: written(b)})
	}
}

// compareItems names what left the list, then walks the new one: what came, what moved, what changed inside.
func compareItems(path []string, a, b []item, out *[]Difference) {
	for _, x := range a {
		if _, stays := at(b, x.id); !stays {
			*out = append(*out, Difference{What: WasRemoved, Path: below(path, x.id), Old: written(x.value)})
		}
	}
	still, after := unmoved(a, b), ""
	for _, y := range b {
		x, was := at(a, y.id)
		switch {
		case !was:
			*out = append(*out, Difference{What: WasAdded, Path: below(path, y.id), New: written(y.value), After: after})
		case !still[y.id]:
			*out = append(*out, Difference{What: WasMoved, Path: below(path, y.id), After: after})
		}
		if was {
			compare(below(path, y.id), x, y.value, out)
		}
		after = y.id
	}
}

// unmoved finds the longest run of items that kept their order, so that as few as possible are said to have moved.
func unmoved(a, b []item) map[string]bool {
	place := map[string]int{}
	for i, x := range a {
		place[x.id] = i
	}
	var ids []string
	for _, y := range b {
		if _, was := place[y.id]; was {
			ids = append(ids, y.id)
		}
	}
	length, before, last := make([]int, len(ids)), make([]int, len(ids)), -1
	for i := range ids {
		length[i], before[i] = 1, -1
		for j := range i {
			if place[ids[j]] < place[ids[i]] && length[j]+1 > length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	out := map[string]bool{}
	for ; last >= 0; last = before[last] {
		out[ids[last]] = true
	}
	return out
}

// item is a list's element with the ID that it is known by.
type item struct {
	id    string
	value any
}

func at(list []item, id string) (any, bool) {
	i := slices.IndexFunc(list, func(x item) bool { return x.id == id })
	if i < 0 {
		return nil, false
	}
	return list[i].value, true
}

// items reads a list whose elements all have IDs of their own; nil for any other.
func items(v any) []item {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	out := make([]item, 0, len(list))
	for _, e := range list {
		o, _ := e.(map[string]any)
		id, named := o["id"].(string)
		if _, twice := at(out, id); !named || twice {
			return nil
		}
		out = append(out, item{id, e})
	}
	return out
}

// isItems takes a missing or empty list for one of items: a step's first characteristic is added to nothing.
func isItems(v any) bool {
	list, ok := v.([]any)
	return v == nil || ok && len(items(list)) == len(list)
}

func isObject(v any) bool {
	_, ok := v.(map[string]any)
	return ok || v == nil
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

func merged(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]any{}
	}
	maps.Copy(out, b)
	return out
}

func below(path []string, name string) []string { return append(slices.Clone(path), name) }

func written(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	b, _ := json.Marshal(v) // came from JSON, so it marshals
	return b
}
