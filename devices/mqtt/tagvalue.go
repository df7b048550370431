package mqtt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/devices"
)

// spot is where a tag stands in a payload: the whole of it, or a field.
type spot struct {
	tag   string
	field []string
}

// spotsOf reads the mapping.
func spotsOf(c devices.Config) (map[string][]spot, error) {
	out := map[string][]spot{}
	var errs []error
	for tag, where := range c.Tags {
		topic, field, named := strings.Cut(where, "#")
		if topic == "" || strings.ContainsAny(topic, "+\x00") || named && field == "" {
			errs = append(errs, &devices.FieldError{Device: c.ID, Field: fmt.Sprintf("tags[%q]", tag), Problem: "is a topic without wildcards, or topic#field"})
			continue
		}
		s := spot{tag: tag}
		if named {
			s.field = strings.Split(field, ".")
		}
		out[topic] = append(out[topic], s)
	}
	return out, errors.Join(errs...)
}

// maxPayload bounds what is read of one message.
const maxPayload = 256 << 10

// read takes the tags out of a payload. A tag that is not there is told with bad quality: somebody has renamed it, or the
// machine sends another payload than it did.
func read(payload []byte, spots []spot, now time.Time) []devices.Value {
	var doc any
	var bad error
	if len(payload) > maxPayload {
		bad = fmt.Errorf("the payload has %d bytes", len(payload))
	} else if doc, bad = parse(payload); bad != nil && !objects(spots) {
		doc, bad = strings.TrimSpace(string(payload)), nil // plain text
	}
	at := timeIn(doc)
	out := make([]devices.Value, 0, len(spots))
	for _, s := range spots {
		v := devices.Value{Tag: s.tag, SourceTime: at, ReceivedTime: now}
		found, err := find(doc, s.field)
		switch {
		case bad != nil:
			v.Detail = "the payload can't be read: " + bad.Error()
		case err != nil:
			v.Detail = err.Error()
		case said(doc) != "" && said(doc) != "good":
			v.Detail = "the machine calls it " + said(doc)
		default:
			v.Value, v.Quality = found, devices.Good
		}
		out = append(out, v)
	}
	return out
}

// objects tells whether a spot needs a JSON object.
func objects(spots []spot) bool {
	for _, s := range spots {
		if s.field != nil {
			return true
		}
	}
	return false
}

func parse(payload []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the JSON value")
	}
	return doc, nil
}

// find takes a value out of a document. A whole payload that is an object gives its member value.
func find(doc any, field []string) (any, error) {
	if _, object := doc.(map[string]any); object && field == nil {
		field = []string{"value"}
	}
	at := doc
	for _, name := range field {
		object, ok := at.(map[string]any)
		next, there := object[name]
		if !ok || !there {
			return nil, fmt.Errorf("no such tag: the payload has no field %q", strings.Join(field, "."))
		}
		at = next
	}
	return plain(at)
}

// plain turns a JSON value into one that a tag may hold.
func plain(v any) (any, error) {
	switch x := v.(type) {
	case bool, string:
		return x, nil
	case json.Number:
		if n, err := strconv.ParseInt(x.String(), 10, 64); err == nil {
			return n, nil
		}
		f, err := x.Float64()
		if err != nil || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%s is no number that can be kept", x)
		}
		return f, nil
	case nil:
		return nil, errors.New("the value is null")
	}
	return nil, fmt.Errorf("the value is %T, one value is needed", v)
}

// timeIn is the machine's own time in a payload: at, time or timestamp, as RFC 3339 or in ms since 1970. Zero where there is none.
func timeIn(doc any) time.Time {
	object, _ := doc.(map[string]any)
	for _, name := range []string{"at", "time", "timestamp"} {
		switch x := object[name].(type) {
		case string:
			if t, err := time.Parse(time.RFC3339Nano, x); err == nil {
				return t
			}
		case json.Number:
			if ms, err := x.Int64(); err == nil && ms > 0 {
				return time.UnixMilli(ms)
			}
		}
	}
	return time.Time{}
}

// said is the machine's own word on the quality of a payload, empty where it says none.
func said(doc any) string {
	object, _ := doc.(map[string]any)
	q, _ := object["quality"].(string)
	return strings.ToLower(q)
}
