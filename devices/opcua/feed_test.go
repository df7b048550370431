package opcua

import (
	"log/slog"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"github.com/steelthread/steelthread/devices"
)

// A controller whose clock is put back goes on being heard; only the notification that crossed the read after a gap is not.
func TestAClockThatIsPutBackSilencesNoTag(t *testing.T) {
	var heard []any
	w := &watch{tags: map[string]bool{"torque": true}, fn: func(v devices.Value) { heard = append(heard, v.Value) }, wake: make(chan struct{}, 1)}
	f := &feed{d: &Device{log: slog.New(slog.DiscardHandler), watches: map[*watch]struct{}{w: {}}}, byID: map[uint32]*item{}}
	it := &item{tag: "torque", handle: 1}
	f.byID[1] = it
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	value := func(v float64, source time.Time) *ua.DataValue {
		return &ua.DataValue{EncodingMask: ua.DataValueValue | ua.DataValueSourceTimestamp, Value: ua.MustVariant(v), SourceTimestamp: source}
	}
	f.tell(it, toValue("torque", value(2, at), at)) // read after the gap
	for _, dv := range []*ua.DataValue{value(1, at.Add(-time.Second)), value(3, at.Add(time.Second)), value(4, at.Add(-time.Hour)), value(4, at.Add(-time.Hour)), value(5, at.Add(-time.Hour+time.Second))} {
		if _, err := f.deliver(&ua.DataChangeNotification{MonitoredItems: []*ua.MonitoredItemNotification{{ClientHandle: 1, Value: dv}}}); err != nil {
			t.Fatal(err)
		}
	}
	w.drain(t.Context())
	if len(heard) != 4 || heard[0] != 2.0 || heard[1] != 3.0 || heard[2] != 4.0 || heard[3] != 5.0 {
		t.Errorf("heard %v, want 2 3 4 5", heard)
	}
}
