package mes

import "math"

// WholeNumber gives the whole number in a device's value. A float counts when it has no fraction, because JSON knows no other
// number. ok is false for anything else, and for what does not fit.
func WholeNumber(v any) (n int64, ok bool) {
	switch x := v.(type) {
	case int:
		return int64(x), true
	case int8:
		return int64(x), true
	case int16:
		return int64(x), true
	case int32:
		return int64(x), true
	case int64:
		return x, true
	case uint8:
		return int64(x), true
	case uint16:
		return int64(x), true
	case uint32:
		return int64(x), true
	case uint:
		return WholeNumber(uint64(x))
	case uint64:
		return int64(x & math.MaxInt64), x <= math.MaxInt64
	case float32:
		return WholeNumber(float64(x))
	case float64:
		return int64(x), x == math.Trunc(x) && math.Abs(x) < 1<<53
	}
	return 0, false
}
