package bridge

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/workers/spool"
)

var eight = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// recorded is what a recorder has brought so far, and empties it.
func recorded(t *testing.T, out *recording) mes.TagRecord {
	t.Helper()
	out.mu.Lock()
	defer out.mu.Unlock()
	out.close()
	var all mes.TagRecord
	for _, b := range out.waiting {
		r, err := mes.ParseTagRecord(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Values {
			v.Tag += len(all.Tags)
			all.Values = append(all.Values, v)
		}
		all.Tags, all.Notices = append(all.Tags, r.Tags...), append(all.Notices, r.Notices...)
	}
	out.waiting, out.counts, out.values = nil, nil, 0
	return all
}

func device(change ...func(*devices.Config)) devices.Config {
	c := devices.Config{ID: "TC-20", Site: "HAM", Tags: map[string]string{"torque": "ns=1;s=Torque", "state": "ns=1;s=State"},
		History: devices.History{Tags: []devices.HistorySpec{{Tag: "torque", Unit: "Nm", Deadband: 0.1}, {Tag: "state"}}}}
	for _, f := range change {
		f(&c)
	}
	return c
}

func newRecording() *recording { return &recording{full: make(chan struct{}, 1)} }

func good(tag string, at time.Time, v any) devices.Value {
	return devices.Value{Tag: tag, Value: v, Quality: devices.Good, SourceTime: at.Add(-10 * time.Millisecond), ReceivedTime: at}
}

func TestARecorderLeavesOutWhatDoesNotChange(t *testing.T) {
	out := newRecording()
	r := newRecorder(device(), out, eight)
	r.take(good("torque", eight, 2.5))
	r.take(good("torque", eight.Add(time.Second), 2.55))   // within the dead band of 2.5
	r.take(good("torque", eight.Add(2*time.Second), 2.61)) // beyond it
	r.take(good("torque", eight.Add(3*time.Second), 2.61)) // the same again
	r.take(good("state", eight.Add(3*time.Second), "Execute"))
	r.take(good("nobody", eight.Add(3*time.Second), 1.0))
	r.take(devices.Value{Tag: "torque", Quality: devices.Bad, Detail: "connection lost", ReceivedTime: eight.Add(4 * time.Second)})
	r.take(good("torque", eight.Add(5*time.Second), math.NaN()))
	got := recorded(t, out)
	if len(got.Values) != 5 || *got.Values[0].Number != 2.5 || *got.Values[1].Number != 2.61 || got.Values[2].Text != "Execute" || got.Values[3].Quality != mes.QualityBad || got.Values[3].Text != "connection lost" ||
		got.Values[4].Number != nil || got.Values[4].Text != "NaN" {
		t.Errorf("recorded %+v", got.Values)
	}
	if got.Tags[0] != (mes.RecordedTag{Device: "TC-20", Name: "torque", Address: "ns=1;s=Torque", Unit: "Nm", Kind: mes.TagNumber}) || got.Tags[1].Kind != mes.TagText {
		t.Errorf("tags %+v", got.Tags)
	}
}

func TestAValueThatRestsIsRecordedOnceAMinuteWhileTheDeviceIsThere(t *testing.T) {
	out := newRecording()
	r := newRecorder(device(), out, eight)
	r.take(good("torque", eight, 2.5))
	for s := range 200 {
		r.tick(eight.Add(time.Duration(s)*time.Second), true)
	}
	r.tick(eight.Add(time.Hour), false)
	if got := recorded(t, out).Values; len(got) != 4 || !got[3].At.Equal(eight.Add(180*time.Second)) {
		t.Errorf("recorded %+v", got)
	}
	r.take(devices.Value{Tag: "torque", Quality: devices.Bad, ReceivedTime: eight.Add(2 * time.Hour)})
	r.tick(eight.Add(3*time.Hour), true)
	if got := recorded(t, out).Values; len(got) != 1 {
		t.Errorf("a gap is recorded once: %+v", got)
	}
}

// A device that floods is held to its limit; the newest value of each tag is kept, what is left out is counted, and memory
// does not grow with it.
func TestAFloodIsHeldToTheDevicesLimit(t *testing.T) {
	out := newRecording()
	flooding := newRecorder(device(func(c *devices.Config) { c.HistoryLimit = 100; c.History.Tags[0].Deadband = 0 }), out, eight)
	calmOne := newRecorder(device(func(c *devices.Config) { c.ID = "DP-30" }), out, eight)
	const rate, seconds = 10_000, 5
	for i := range rate * seconds {
		now := eight.Add(time.Duration(i) * time.Second / rate)
		flooding.take(good("torque", now, float64(i+1)))
		if i%(rate/2) == 0 {
			calmOne.take(good("torque", now, float64(i+1)))
			flooding.tick(now, true)
			calmOne.tick(now, true)
		}
	}
	end := eight.Add(seconds * time.Second)
	flooding.tick(end.Add(time.Second), true)
	if n := len(flooding.tags); n != 2 {
		t.Errorf("the recorder knows %d tags", n)
	}
	got := recorded(t, out)
	mine, others := 0, 0
	last := 0.0
	for _, v := range got.Values {
		if got.Tags[v.Tag].Device == "DP-30" {
			others++
			continue
		}
		mine++
		last = *v.Number
	}
	if mine < 100*seconds || mine > 100*(seconds+2)+5 {
		t.Errorf("%d values of the flood were recorded, the limit is 100 a second", mine)
	}
	if others != 2*seconds {
		t.Errorf("%d of the other device's %d values were recorded", others, 2*seconds)
	}
	if last != rate*seconds {
		t.Errorf("the newest value is %v, want %v", last, rate*seconds)
	}
	if len(got.Notices) != 1 || got.Notices[0].Kind != mes.TagNoticeFlood || !got.Notices[0].Until.IsZero() {
		t.Fatalf("while it lasts: %+v", got.Notices)
	}
	flooding.tick(end.Add(2*calm), true)
	over := recorded(t, out).Notices
	if len(over) != 1 || over[0].Until.IsZero() || !over[0].From.Equal(got.Notices[0].From) || over[0].Count+int64(mine) != rate*seconds {
		t.Errorf("after it: %+v; %d recorded of %d", over, mine, rate*seconds)
	}
}

// A disk that takes nothing costs a bounded number of values in memory.
func TestWaitingValuesAreBounded(t *testing.T) {
	out := newRecording()
	r := newRecorder(device(func(c *devices.Config) { c.HistoryLimit = 1_000_000; c.History.Tags[0].Deadband = 0 }), out, eight)
	for i := range maxWaiting + 1000 {
		r.take(good("torque", eight.Add(time.Duration(i)*time.Microsecond), float64(i)))
	}
	if out.values != maxWaiting || r.flood.count != 1000 {
		t.Errorf("%d values wait, %d were left out", out.values, r.flood.count)
	}
}

func TestAClockThatJumpsIsToldOfAndNotBelieved(t *testing.T) {
	out := newRecording()
	r := newRecorder(device(func(c *devices.Config) { c.History.Tags[0].Deadband = 0 }), out, eight)
	at := func(s int) time.Time { return eight.Add(time.Duration(s) * time.Second) }
	value := func(s int, v float64, source time.Time) devices.Value {
		return devices.Value{Tag: "torque", Value: v, Quality: devices.Good, SourceTime: source, ReceivedTime: at(s)}
	}
	r.take(value(0, 1, eight.AddDate(0, 0, -3))) // what the device has held for days: no word against its clock
	r.take(value(1, 2, at(1)))
	r.take(value(2, 3, at(2).Add(time.Hour)))  // ahead
	r.take(value(3, 4, at(3).Add(-time.Hour))) // back
	r.take(value(4, 5, at(4)))
	r.tick(at(5), true)
	r.tick(at(30), true)
	got := recorded(t, out)
	for i, v := range got.Values {
		if !v.At.Equal(at(i)) {
			t.Errorf("value %d stands at %s", i, v.At)
		}
		if kept := !v.Source.IsZero(); kept != (i == 0 || i == 2 || i == 3) {
			t.Errorf("value %d keeps the device's own time: %v", i, kept)
		}
	}
	if len(got.Notices) != 2 || got.Notices[0].Kind != mes.TagNoticeClock || got.Notices[1].Count != 2 || got.Notices[1].Until.IsZero() {
		t.Errorf("notices %+v", got.Notices)
	}
	late := newRecorder(device(func(c *devices.Config) {
		c.HistoryLate = devices.Duration(48 * time.Hour)
		c.History.Tags[0].Deadband = 0
	}), out, eight)
	late.take(value(0, 1, at(-10)))
	late.take(value(1, 2, at(-3600)))
	if got := recorded(t, out).Values; !got[1].At.Equal(at(-3600)) {
		t.Errorf("a device that keeps values of its own is believed: %+v", got[1])
	}
}

// fakeDevice tells its watcher what a test says.
type fakeDevice struct {
	devices.Machine
	cfg devices.Config
	fn  chan func(devices.Value)
}

func (d *fakeDevice) Config() devices.Config { return d.cfg }
func (d *fakeDevice) Health() devices.Health { return devices.Health{State: devices.Connected} }
func (d *fakeDevice) Close() error           { return nil }
func (d *fakeDevice) Subscribe(_ context.Context, _ []string, fn func(devices.Value)) error {
	d.fn <- fn
	return nil
}

// receiver is the API's end: it keeps batches as the store does, by number, and can be away, slow to answer, or full.
type receiver struct {
	mu     sync.Mutex
	last   map[string]int64
	values []float64
	lost   int64
	calls  int
	answer func(call int) (status int, store bool)
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	status, store := 200, true
	if r.answer != nil {
		status, store = r.answer(r.calls)
	}
	if err == nil && store {
		r.take(req.URL.Query().Get("node"), req.URL.Query().Get("first"), body)
	}
	if status == 0 {
		panic(http.ErrAbortHandler) // the answer is lost
	}
	w.WriteHeader(status)
}

func (r *receiver) take(node, from string, body []byte) {
	records, err := mes.SplitRecords(body)
	first, err2 := strconv.ParseInt(from, 10, 64)
	if errors.Join(err, err2) != nil {
		return
	}
	for i, b := range records {
		n := first + int64(i)
		if n <= r.last[node] {
			continue
		}
		r.lost += n - r.last[node] - 1
		r.last[node] = n
		got, err := mes.ParseTagRecord(b)
		if err != nil {
			continue
		}
		for _, v := range got.Values {
			r.values = append(r.values, *v.Number)
		}
	}
}

// bench is an edge that records one tag of a device in memory.
type bench struct {
	*testing.T
	dir    string
	device *fakeDevice
	api    *API
}

// run lets the edge record what feed gives and ends it when done says so; it may be run again on the same folder.
func (b *bench) run(feed func(fn func(devices.Value)), done func() bool) {
	b.Helper()
	hub, err := devices.NewHub(map[string]devices.Factory{"opcua": func(devices.Config) (devices.Device, error) { return b.device, nil }}, []devices.Config{b.device.cfg})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := &Telemetry{Hub: hub, API: b.api, Site: "HAM", Dir: b.dir, Log: slog.New(slog.DiscardHandler), Keep: spool.Options{Segment: 4096}}
	ended := make(chan struct{})
	go func() { defer close(ended); t.Run(ctx) }()
	feed(<-b.device.fn)
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Error("what was waited for did not come")
			break
		}
	}
	cancel()
	<-ended
}

// Whatever happens to answers, to the API and to the edge, each value arrives once and in order.
func TestValuesArriveOnceAndInOrder(t *testing.T) {
	r := &receiver{last: map[string]int64{}}
	server := httptest.NewServer(r)
	defer server.Close()
	api := NewAPI(server.URL, "token")
	cfg := device(func(c *devices.Config) {
		c.Driver, c.Address = "opcua", "opc.tcp://x:1"
		c.History.Tags = []devices.HistorySpec{{Tag: "torque"}}
		c.HistoryLimit = 100_000
	})
	b := &bench{T: t, dir: t.TempDir(), device: &fakeDevice{cfg: cfg, fn: make(chan func(devices.Value), 1)}, api: api}
	next := 0
	feed := func(n int) func(func(devices.Value)) {
		return func(fn func(devices.Value)) {
			for range n {
				next++
				fn(good("torque", time.Now(), float64(next)))
			}
		}
	}
	arrived := func(n int) func() bool {
		return func() bool { r.mu.Lock(); defer r.mu.Unlock(); return len(r.values) >= n }
	}
	calls := func(n int) func() bool { return func() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.calls >= n } }
	set := func(f func(int) (int, bool)) { r.mu.Lock(); defer r.mu.Unlock(); r.answer, r.calls = f, 0 }

	b.run(feed(25_000), arrived(25_000))
	set(func(int) (int, bool) { return 503, false }) // the API is away: everything waits on disk, also over the edge's end
	b.run(feed(25_000), calls(2))
	set(func(int) (int, bool) { return 0, true }) // what is stored is not answered
	b.run(feed(10), calls(2))
	set(func(call int) (int, bool) { return 429, false }) // it asks for a pause
	b.run(feed(10), calls(2))
	set(nil)
	b.run(feed(10), arrived(50_030))
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, v := range r.values {
		if v != float64(i+1) {
			t.Fatalf("value %d is %v: something came twice, too late or not at all", i+1, v)
		}
	}
	if len(r.values) != next || r.lost != 0 {
		t.Errorf("%d of %d values arrived, %d records lost", len(r.values), next, r.lost)
	}
}

// One record that is refused for good does not stop the others.
func TestARecordThatIsRefusedForGoodIsLetGo(t *testing.T) {
	r := &receiver{last: map[string]int64{}}
	refused := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err == nil && strings.Contains(string(body), "poison") {
			refused++
			w.WriteHeader(422)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.take(req.URL.Query().Get("node"), req.URL.Query().Get("first"), body)
	}))
	defer server.Close()
	s, err := spool.Open(t.TempDir(), spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	one := func(v float64) []byte {
		return mes.AppendTagRecord(nil, mes.TagRecord{Tags: []mes.RecordedTag{{Device: "d", Name: "t", Kind: mes.TagNumber}}, Values: []mes.TagValue{{At: eight, Received: eight, Quality: mes.QualityGood, Number: &v}}})
	}
	if err := s.Append(one(1), []byte("poison"), one(2)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		(&Telemetry{API: NewAPI(server.URL, "token"), Log: slog.New(slog.DiscardHandler)}).send(ctx, s)
	}()
	for deadline := time.Now().Add(time.Minute); s.Stats().Records > 0 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	<-ended
	if r.mu.Lock(); len(r.values) != 2 || refused == 0 {
		t.Errorf("%v arrived, %d times refused", r.values, refused)
	}
	r.mu.Unlock()
}
