package opcua

import (
	"fmt"
	"math"
	"time"

	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

// valueType is the type that a node holds. OPC UA writes are strict: an Int64 into an Int32 is refused.
type valueType struct {
	id    ua.TypeID
	array bool
}

// toValue turns an answer into a value, and lets no bad status through as a reading.
func toValue(tag string, dv *ua.DataValue, now time.Time) devices.Value {
	v := devices.Value{Tag: tag, ReceivedTime: now}
	if dv == nil {
		v.Detail = "no answer for this node"
		return v
	}
	v.Quality = quality(dv.Status)
	if v.Quality != devices.Good {
		v.Detail = statusWord(dv.Status)
	}
	if dv.EncodingMask&ua.DataValueSourceTimestamp != 0 {
		v.SourceTime = dv.SourceTimestamp
	}
	if v.Quality == devices.Bad || dv.Value == nil {
		if dv.Value == nil && v.Quality != devices.Bad {
			v.Quality, v.Detail = devices.Bad, "no value"
		}
		return v
	}
	plain, ok := plain(dv.Value.Value())
	if !ok {
		v.Quality, v.Detail = devices.Bad, fmt.Sprintf("type %T is not supported", dv.Value.Value())
		return v
	}
	v.Value = plain
	return v
}

// quality reads the two severity bits of a status code (OPC UA Part 4, 7.39).
func quality(s ua.StatusCode) devices.Quality {
	switch uint32(s) >> 30 {
	case 0:
		return devices.Good
	case 1:
		return devices.Uncertain
	default:
		return devices.Bad
	}
}

// plain gives a value without any type of the library in it.
func plain(v any) (any, bool) {
	switch x := v.(type) {
	case bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float32, float64, string, time.Time, []byte,
		[]bool, []int16, []uint16, []int32, []uint32, []int64, []uint64, []float32, []float64, []string:
		return v, true
	case *ua.LocalizedText:
		return x.Text, true
	case *ua.NodeID:
		return x.String(), true
	}
	return nil, false
}

// toVariant converts a value to exactly the node's type. Nothing is rounded, cut or guessed: what does not fit is
// ErrWrongType. The one exception is a float32 node, which takes a float64 at its own precision.
func toVariant(t valueType, v any) (*ua.Variant, error) {
	if t.array {
		return nil, fmt.Errorf("the node holds a list: %w", devices.ErrWrongType)
	}
	var out any
	ok := false
	switch t.id {
	case ua.TypeIDBoolean:
		out, ok = v.(bool)
	case ua.TypeIDString:
		out, ok = v.(string)
	case ua.TypeIDDateTime:
		out, ok = v.(time.Time)
	case ua.TypeIDDouble:
		out, ok = number(v)
	case ua.TypeIDFloat:
		var f float64
		f, ok = number(v)
		ok = ok && (math.Abs(f) <= math.MaxFloat32 || math.IsInf(f, 0) || math.IsNaN(f))
		out = float32(f)
	default:
		out, ok = integer(t.id, v)
	}
	if !ok {
		return nil, fmt.Errorf("%T %v does not fit %s: %w", v, v, typeName(t.id), devices.ErrWrongType)
	}
	return ua.NewVariant(out)
}

func typeName(t ua.TypeID) string { return t.String()[len("TypeID"):] }

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case float32:
		return float64(x), true
	}
	n, ok := mes.WholeNumber(v)
	if ok && (n > 1<<53 || n < -(1<<53)) {
		return 0, false
	}
	return float64(n), ok
}

func integer(t ua.TypeID, v any) (any, bool) {
	if u, ok := v.(uint64); ok && t == ua.TypeIDUint64 {
		return u, true
	}
	n, ok := mes.WholeNumber(v)
	if !ok {
		return nil, false
	}
	in := func(lo, hi int64) bool { return n >= lo && n <= hi }
	switch t {
	case ua.TypeIDSByte:
		return int8(n), in(math.MinInt8, math.MaxInt8)
	case ua.TypeIDByte:
		return uint8(n), in(0, math.MaxUint8)
	case ua.TypeIDInt16:
		return int16(n), in(math.MinInt16, math.MaxInt16)
	case ua.TypeIDUint16:
		return uint16(n), in(0, math.MaxUint16)
	case ua.TypeIDInt32:
		return int32(n), in(math.MinInt32, math.MaxInt32)
	case ua.TypeIDUint32:
		return uint32(n), in(0, math.MaxUint32)
	case ua.TypeIDInt64:
		return n, true
	case ua.TypeIDUint64:
		return uint64(n), n >= 0
	}
	return nil, false
}
