package opcua

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
)

func TestToVariantGivesExactlyTheNodesTypeOrNothing(t *testing.T) {
	now := time.Now()
	tests := []struct {
		id   ua.TypeID
		in   any
		want any // nil means ErrWrongType
	}{
		{ua.TypeIDInt32, 7, int32(7)}, {ua.TypeIDInt32, int64(1) << 31, nil}, {ua.TypeIDInt32, 7.0, int32(7)},
		{ua.TypeIDInt32, 7.5, nil}, {ua.TypeIDInt32, "7", nil}, {ua.TypeIDInt32, true, nil}, {ua.TypeIDInt32, nil, nil},
		{ua.TypeIDByte, 255, uint8(255)}, {ua.TypeIDByte, 256, nil}, {ua.TypeIDByte, -1, nil},
		{ua.TypeIDSByte, -128, int8(-128)}, {ua.TypeIDInt16, 40000, nil}, {ua.TypeIDUint16, 40000, uint16(40000)},
		{ua.TypeIDUint32, uint32(math.MaxUint32), uint32(math.MaxUint32)}, {ua.TypeIDUint32, -1, nil},
		{ua.TypeIDInt64, uint64(math.MaxUint64), nil}, {ua.TypeIDUint64, uint64(math.MaxUint64), uint64(math.MaxUint64)},
		{ua.TypeIDUint64, -1, nil}, {ua.TypeIDInt64, math.NaN(), nil}, {ua.TypeIDInt64, math.Inf(1), nil},
		{ua.TypeIDDouble, 7, 7.0}, {ua.TypeIDDouble, float32(0.5), 0.5}, {ua.TypeIDDouble, int64(math.MaxInt64), nil},
		{ua.TypeIDDouble, "2.5", nil}, {ua.TypeIDFloat, 2.1, float32(2.1)}, {ua.TypeIDFloat, 1e39, nil},
		{ua.TypeIDBoolean, true, true}, {ua.TypeIDBoolean, 1, nil}, {ua.TypeIDString, "a", "a"}, {ua.TypeIDString, 1, nil},
		{ua.TypeIDDateTime, now, now}, {ua.TypeIDDateTime, "now", nil}, {ua.TypeIDGUID, "x", nil},
	}
	for _, tt := range tests {
		v, err := toVariant(valueType{id: tt.id}, tt.in)
		if tt.want == nil {
			if !errors.Is(err, devices.ErrWrongType) {
				t.Errorf("%T %v into %s: %v, %v", tt.in, tt.in, tt.id, v, err)
			}
			continue
		}
		if err != nil || v.Value() != tt.want || v.Type() != tt.id {
			t.Errorf("%T %v into %s: %v, %v", tt.in, tt.in, tt.id, v, err)
		}
	}
	if _, err := toVariant(valueType{id: ua.TypeIDInt32, array: true}, 1); !errors.Is(err, devices.ErrWrongType) {
		t.Errorf("a number into a list: %v", err)
	}
}

func TestToValueLetsNoBadStatusThrough(t *testing.T) {
	now := time.Now()
	full := ua.MustVariant(2.5)
	tests := map[string]struct {
		dv      *ua.DataValue
		quality devices.Quality
		usable  bool
	}{
		"good":            {&ua.DataValue{Value: full}, devices.Good, true},
		"good, annotated": {&ua.DataValue{Value: full, Status: ua.StatusGoodClamped}, devices.Good, true},
		"uncertain":       {&ua.DataValue{Value: full, Status: ua.StatusUncertainLastUsableValue}, devices.Uncertain, false},
		"bad":             {&ua.DataValue{Value: full, Status: ua.StatusBadSensorFailure}, devices.Bad, false},
		"no value":        {&ua.DataValue{}, devices.Bad, false},
		"no answer":       {nil, devices.Bad, false},
		"strange type":    {&ua.DataValue{Value: ua.MustVariant(ua.NewExtensionObject(nil))}, devices.Bad, false},
	}
	for name, tt := range tests {
		v := toValue("t", tt.dv, now)
		if v.Quality != tt.quality || v.Usable() != tt.usable || (tt.quality == devices.Bad && v.Value != nil) ||
			(tt.quality != devices.Good && v.Detail == "") {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestWrittenSortsAnswers(t *testing.T) {
	for s, want := range map[ua.StatusCode]error{
		ua.StatusOK: nil, ua.StatusBadTypeMismatch: devices.ErrWrongType, ua.StatusBadNodeIDUnknown: devices.ErrUnknownTag,
		ua.StatusBadNotWritable: devices.ErrRefused, ua.StatusBadUserAccessDenied: devices.ErrRefused,
		ua.StatusBadNoCommunication: devices.ErrOutcomeUnknown,
	} {
		if err := written("t", s); !errors.Is(err, want) {
			t.Errorf("%v: %v", s, err)
		}
	}
}

func TestNodesAreFoundByNamespaceName(t *testing.T) {
	nodes, err := parseNodes(devices.Config{ID: "A", Tags: map[string]string{"a": "nsu=urn:vendor;s=Torque", "b": "ns=3;i=7"}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := nodes["a"].resolve([]string{"http://opcfoundation.org/UA/", "urn:x", "urn:vendor"})
	if err != nil || n.String() != "ns=2;s=Torque" {
		t.Errorf("%v %v", n, err)
	}
	if _, err := nodes["a"].resolve([]string{"urn:x"}); !errors.Is(err, devices.ErrUnknownTag) {
		t.Error(err)
	}
	if n, err := nodes["b"].resolve(nil); err != nil || n.String() != "ns=3;i=7" {
		t.Errorf("%v %v", n, err)
	}
	var field *devices.FieldError
	for _, bad := range []string{"Torque", "ns=x;s=Torque", "ns=1;q=Torque", "nsu=urn:vendor", "ns=1;i=seven"} {
		if _, err := parseNodes(devices.Config{Tags: map[string]string{"c": bad}}); !errors.As(err, &field) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestOwnCertificateStaysTheSame(t *testing.T) {
	o := Options{PKIDir: t.TempDir(), ApplicationURI: "urn:test:app"}
	first, _, err := newIdentity(o).load()
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := newIdentity(o).load()
	if err != nil || string(first) != string(second) {
		t.Errorf("another certificate after a restart, error %v", err)
	}
}
