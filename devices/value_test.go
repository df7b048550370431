package devices_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
)

func TestSame(t *testing.T) {
	now := time.Now()
	tests := []struct {
		a, b any
		want bool
	}{
		{7, uint16(7), true}, {7, int32(8), false}, {uint64(math.MaxUint64), int64(-1), false},
		{2.5, float32(2.5), true}, {2.1, float32(2.1), true}, {2.1, 2.1000001, false}, {3, 3.0, true},
		{true, true, true}, {true, 1, false}, {"7", 7, false}, {"a", "a", true}, {nil, nil, false},
		{now, now.UTC(), true}, {now, "now", false}, {uint64(math.MaxUint64), uint64(math.MaxUint64), true},
	}
	for _, tt := range tests {
		if got := devices.Same(tt.a, tt.b); got != tt.want {
			t.Errorf("Same(%T %v, %T %v) = %v", tt.a, tt.a, tt.b, tt.b, got)
		}
	}
}

func TestBadQualityIsNeverAReading(t *testing.T) {
	for _, q := range []devices.Quality{devices.Bad, devices.Uncertain} {
		v := devices.Value{Tag: "torque", Value: 2.5, Quality: q}
		if _, err := v.Float(); v.Usable() || !errors.Is(err, devices.ErrBadQuality) {
			t.Errorf("%s: %v", q, err)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1)} {
		if _, err := (devices.Value{Value: f, Quality: devices.Good}).Float(); !errors.Is(err, devices.ErrBadQuality) {
			t.Error(f, err)
		}
	}
	if _, err := (devices.Value{Value: "2.5", Quality: devices.Good}).Float(); !errors.Is(err, devices.ErrWrongType) {
		t.Error(err)
	}
	var v devices.Value
	if err := json.Unmarshal([]byte(`{"tag":"a","value":1,"quality":"splendid"}`), &v); err != nil || v.Quality != devices.Bad {
		t.Error(v, err)
	}
}

func TestStale(t *testing.T) {
	now := time.Now()
	if !(devices.Value{}).Stale(now, time.Hour) {
		t.Error("a value that was never received is fresh")
	}
	v := devices.Value{ReceivedTime: now.Add(-2 * time.Second)}
	if !v.Stale(now, time.Second) || v.Stale(now, 3*time.Second) {
		t.Error("age is not what counts")
	}
}

func TestDecodeResultNeverInventsAPass(t *testing.T) {
	r, err := devices.DecodeResult([]byte(`{"camera":"CAM-30","shot":"s1","verdict":"OK!","extra":1,"image":"AQI="}`))
	if err != nil || r.Verdict != devices.Undecided || len(r.Image) != 2 || r.Key() != "CAM-30/s1" {
		t.Fatalf("%+v %v", r, err)
	}
	for _, bad := range []string{`{}`, `{"camera":"c"}`, `nonsense`, `{"shot":"s"}`} {
		if _, err := devices.DecodeResult([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}
