package devices

import (
	"math"
	"math/big"
	"time"
)

// Same reports whether two values mean the same to a device, whatever Go type carries them: 7 as int equals 7 as uint16.
// A float32 on either side compares at float32 precision, because that is all the device can keep. Text, truth values
// and numbers never equal each other.
func Same(a, b any) bool {
	if x, ok := a.(time.Time); ok {
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	}
	if x, ok := asBig(a); ok {
		if y, ok := asBig(b); ok {
			return x.Cmp(y) == 0
		}
	}
	x, okA := asFloat(a)
	y, okB := asFloat(b)
	if okA && okB {
		if isFloat32(a) || isFloat32(b) {
			return float32(x) == float32(y)
		}
		return x == y
	}
	switch x := a.(type) {
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case string:
		y, ok := b.(string)
		return ok && x == y
	}
	return false
}

func isFloat32(v any) bool {
	_, ok := v.(float32)
	return ok
}

func asBig(v any) (*big.Int, bool) {
	if n, ok := asInt(v); ok {
		return big.NewInt(n), true
	}
	switch n := v.(type) {
	case uint64:
		return new(big.Int).SetUint64(n), true
	case uint:
		return new(big.Int).SetUint64(uint64(n)), true
	}
	return nil, false
}

// asInt gives the whole number in v. Values above the range of int64 report false.
func asInt(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int8:
		return int64(n), true
	case int16:
		return int64(n), true
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case uint8:
		return int64(n), true
	case uint16:
		return int64(n), true
	case uint32:
		return int64(n), true
	case uint:
		return int64(n), uint64(n) <= math.MaxInt64
	case uint64:
		return int64(n), n <= math.MaxInt64
	}
	return 0, false
}

func asFloat(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case float32:
		return float64(n), true
	case uint64:
		return float64(n), true
	case uint:
		return float64(n), true
	}
	n, ok := asInt(v)
	return float64(n), ok
}
