package mes

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// loose is a JSON object of a sender whose form is not ours: what is there and can be read is taken, all else is passed
// over. Numbers may come as text and text as numbers, since programs in the field send both.
type loose map[string]json.RawMessage

// asLoose reads an object; anything else gives nil, which answers every question with nothing.
func asLoose(raw json.RawMessage) loose {
	var l loose
	if json.Unmarshal(raw, &l) != nil {
		return nil
	}
	return l
}

// has tells whether one of the names is there and is not null.
func (l loose) has(names ...string) bool { return l.raw(names...) != nil }

// raw is the first of the names that is there and is not null.
func (l loose) raw(names ...string) json.RawMessage {
	for _, n := range names {
		if v, ok := l[n]; ok && string(v) != "null" {
			return v
		}
	}
	return nil
}

func (l loose) text(names ...string) string {
	for _, n := range names {
		if s := asText(l.raw(n)); s != "" {
			return s
		}
	}
	return ""
}

func asText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(s), "\x00", ""), "")
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// number reads a finite number; anything else is 0.
func (l loose) number(names ...string) float64 {
	f, err := strconv.ParseFloat(asText(l.raw(names...)), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

// whole reads a whole number; one that does not fit is 0.
func (l loose) whole(names ...string) int {
	f := l.number(names...)
	if math.Abs(f) > math.MaxInt32 {
		return 0
	}
	return int(f)
}

func (l loose) object(names ...string) loose { return asLoose(l.raw(names...)) }

func (l loose) list(names ...string) []json.RawMessage { return asList(l.raw(names...)) }

func asList(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// time reads RFC 3339, the same without a zone (taken as UTC, as Python writes it), or seconds since 1970.
func (l loose) time(names ...string) time.Time {
	s := l.text(names...)
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 1e9 && f < 1e11 {
		return time.UnixMicro(int64(f * 1e6)).UTC()
	}
	return time.Time{}
}
