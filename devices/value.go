package devices

import (
	"fmt"
	"math"
	"time"
)

// Quality says how far a device vouches for a value.
type Quality uint8

// Qualities as in OPC UA Part 8. The zero value is Bad, so that a value nobody filled in is never usable.
const (
	Bad Quality = iota
	Uncertain
	Good
)

// String gives the word that operators and logs see.
func (q Quality) String() string {
	switch q {
	case Good:
		return "good"
	case Uncertain:
		return "uncertain"
	default:
		return "bad"
	}
}

// MarshalText makes the quality a word in JSON.
func (q Quality) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads the word that MarshalText wrote. An unknown word is Bad, never an error: doubt is not an excuse.
func (q *Quality) UnmarshalText(b []byte) error {
	switch string(b) {
	case "good":
		*q = Good
	case "uncertain":
		*q = Uncertain
	default:
		*q = Bad
	}
	return nil
}

// Value is one reading of one tag.
type Value struct {
	// Tag is the logical name from the device's mapping.
	Tag string `json:"tag"`
	// Name and Unit come from the mapping's values and live lists; they are empty for a plain read.
	Name string `json:"name,omitempty"`
	Unit string `json:"unit,omitempty"`
	// Value is bool, string, time.Time, or one of Go's sized integers and floats. It is nil when the quality is bad.
	Value   any     `json:"value"`
	Quality Quality `json:"quality"`
	// Detail is the device's own word for a quality that is not good.
	Detail       string    `json:"detail,omitempty"`
	SourceTime   time.Time `json:"source_time"`
	ReceivedTime time.Time `json:"received_time"`
}

// Usable reports whether the value may count as a reading: its quality is good and it holds something.
func (v Value) Usable() bool { return v.Quality == Good && v.Value != nil }

// Stale reports whether the value was received longer than maxAge before now.
func (v Value) Stale(now time.Time, maxAge time.Duration) bool {
	return v.ReceivedTime.IsZero() || now.Sub(v.ReceivedTime) > maxAge
}

// Float gives a usable numeric value. It fails with ErrBadQuality or ErrWrongType. An infinite number or NaN is no
// measurement and counts as bad quality.
func (v Value) Float() (float64, error) {
	if !v.Usable() {
		return 0, v.bad()
	}
	f, ok := asFloat(v.Value)
	if !ok {
		return 0, fmt.Errorf("%s holds %T, a number is needed: %w", v.Tag, v.Value, ErrWrongType)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%s holds %v: %w", v.Tag, f, ErrBadQuality)
	}
	return f, nil
}

// Int gives a usable whole number. It fails with ErrBadQuality, or with ErrWrongType when the value is no whole number.
func (v Value) Int() (int64, error) {
	f, err := v.Float()
	if err != nil {
		return 0, err
	}
	if n, ok := asInt(v.Value); ok {
		return n, nil
	}
	if f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, fmt.Errorf("%s holds %v, a whole number is needed: %w", v.Tag, v.Value, ErrWrongType)
	}
	return int64(f), nil
}

// Bool gives a usable truth value. It fails with ErrBadQuality or ErrWrongType.
func (v Value) Bool() (bool, error) {
	if !v.Usable() {
		return false, v.bad()
	}
	b, ok := v.Value.(bool)
	if !ok {
		return false, fmt.Errorf("%s holds %T, true or false is needed: %w", v.Tag, v.Value, ErrWrongType)
	}
	return b, nil
}

// Text gives a usable text. It fails with ErrBadQuality or ErrWrongType.
func (v Value) Text() (string, error) {
	if !v.Usable() {
		return "", v.bad()
	}
	s, ok := v.Value.(string)
	if !ok {
		return "", fmt.Errorf("%s holds %T, a text is needed: %w", v.Tag, v.Value, ErrWrongType)
	}
	return s, nil
}

func (v Value) bad() error {
	if v.Detail == "" {
		return fmt.Errorf("%s is %s: %w", v.Tag, v.Quality, ErrBadQuality)
	}
	return fmt.Errorf("%s is %s (%s): %w", v.Tag, v.Quality, v.Detail, ErrBadQuality)
}
