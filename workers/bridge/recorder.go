package bridge

import (
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/steelthread/steelthread/devices"
	"github.com/steelthread/steelthread/mes"
)

const (
	// keepAlive is how often a value that does not change is recorded all the same, so that a chart can tell rest from silence.
	keepAlive = time.Minute
	// calm is how long trouble must be over before it counts as ended; tellAgain how often it is told of while it lasts.
	calm      = 10 * time.Second
	tellAgain = time.Minute
)

// recorder turns one device's changes into values. It keeps one state for each tag, so its memory does not grow with the
// changes.
type recorder struct {
	device string
	late   time.Duration
	limit  float64 // changes a second
	out    *recording

	mu     sync.Mutex
	tags   map[string]*recordedTag
	tokens float64
	filled time.Time
	flood  episode
	clock  episode
}

// recordedTag is what is known of one tag.
type recordedTag struct {
	mes.RecordedTag
	band float64
	// last is the newest recorded value, when there is one; at is when it was recorded, by the edge's clock.
	last *mes.TagValue
	at   time.Time
	// held is the newest value that came over the limit.
	held *mes.TagValue
}

func newRecorder(c devices.Config, out *recording, now time.Time) *recorder {
	r := &recorder{device: c.ID, late: c.HistoryLate.Std(), limit: float64(c.HistoryLimit), out: out, tags: map[string]*recordedTag{}, filled: now}
	if r.limit == 0 {
		r.limit = devices.DefaultHistoryLimit
	}
	r.tokens = r.limit
	r.flood, r.clock = episode{kind: mes.TagNoticeFlood}, episode{kind: mes.TagNoticeClock}
	for _, s := range c.Recorded() {
		r.tags[s.Tag] = &recordedTag{band: s.Deadband, RecordedTag: mes.RecordedTag{Device: c.ID, Name: s.Tag, Address: c.Tags[s.Tag], Unit: s.Unit, Kind: mes.TagNumber}}
	}
	return r
}

// take looks at one change.
func (r *recorder) take(in devices.Value) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tags[in.Tag]
	if t == nil {
		return
	}
	v := t.read(in)
	if t.last != nil && t.held == nil && v.Quality == t.last.Quality && v.Text == t.last.Text && !changed(v.Number, t.last.Number, t.band) {
		return
	}
	r.judgeClock(t, in, &v)
	allowed := r.allow(v.Received)
	if t.held != nil {
		r.flood.note(v.Received, 1) // the one before is left out for good
	} else if !allowed {
		r.flood.note(v.Received, 0)
	}
	if !allowed {
		t.held = &v
		return
	}
	r.record(t, v)
}

// changed compares two numbers; two that are not there are the same.
func changed(a, b *float64, band float64) bool {
	if a == nil && b == nil {
		return false
	}
	return mes.Beyond(a, b, band)
}

// judgeClock sets when the value was. The first value after a gap is one that the device has held since some time: that its
// time is old says nothing against the clock.
func (r *recorder) judgeClock(t *recordedTag, in devices.Value, v *mes.TagValue) {
	at, believed := mes.TagTime(in.SourceTime, v.Received, r.late)
	v.At = at
	if believed || in.SourceTime.IsZero() {
		return
	}
	v.Source = in.SourceTime
	first := t.last == nil || t.last.Quality == mes.QualityBad
	if !first || in.SourceTime.After(v.Received) {
		r.clock.note(v.Received, 1)
	}
}

// allow takes from what the device may record in a second; twice as much may come at once.
func (r *recorder) allow(now time.Time) bool {
	if d := now.Sub(r.filled).Seconds(); d > 0 {
		r.tokens, r.filled = math.Min(r.tokens+d*r.limit, 2*r.limit), now
	}
	if r.tokens < 1 {
		return false
	}
	r.tokens--
	return true
}

func (r *recorder) record(t *recordedTag, v mes.TagValue) {
	t.last, t.at, t.held = &v, v.Received, nil
	if !r.out.add(t, v) {
		r.flood.note(v.Received, 1)
	}
}

// tick records what was held back, repeats what has not changed for long while the device is there, and tells of trouble.
func (r *recorder) tick(now time.Time, connected bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.tags {
		switch {
		case t.held != nil && r.allow(now):
			r.record(t, *t.held)
		case t.held == nil && t.last != nil && connected && t.last.Quality != mes.QualityBad && now.Sub(t.at) >= keepAlive:
			again := *t.last
			again.At, again.Received, again.Source = now, now, time.Time{}
			r.record(t, again)
		}
	}
	for _, e := range []*episode{&r.flood, &r.clock} {
		if n, ok := e.tell(r.device, now); ok {
			r.out.tell(n)
		}
	}
}

// read gives a value in the recorded form. What is no number of its kind is kept as text.
func (t *recordedTag) read(in devices.Value) mes.TagValue {
	v := mes.TagValue{Received: in.ReceivedTime, Quality: mes.TagQuality(in.Quality)}
	if v.Received.IsZero() {
		v.Received = time.Now()
	}
	if in.Quality == devices.Bad || in.Value == nil {
		v.Quality, v.Text = mes.QualityBad, cut(in.Detail)
		return v
	}
	kind := mes.TagNumber
	switch x := in.Value.(type) {
	case bool:
		kind, v.Number = mes.TagBool, new(float64)
		if x {
			*v.Number = 1
		}
	case string:
		kind, v.Text = mes.TagText, cut(x)
	case time.Time:
		kind, v.Text = mes.TagText, x.UTC().Format(time.RFC3339Nano)
	default:
		f, err := devices.Value{Value: in.Value, Quality: devices.Good}.Float()
		switch {
		case err == nil:
			v.Number = &f
		case isNumber(in.Value): // infinite, or not a number: no measurement
			v.Quality, v.Text = mes.QualityBad, fmt.Sprint(in.Value)
		default:
			kind, v.Text = mes.TagText, cut(asText(in.Value))
		}
	}
	t.Kind = kind
	return v
}

func isNumber(v any) bool {
	switch v.(type) {
	case float32, float64:
		return true
	}
	return false
}

func asText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// cut keeps a text within its bound and fit for the database.
func cut(s string) string {
	if len(s) > mes.MaxTagText {
		s = s[:mes.MaxTagText-3]
		s = mes.CleanTagText(s)
		for len(s) > mes.MaxTagText-3 {
			s = s[:len(s)-1]
		}
		return mes.CleanTagText(s + "…")
	}
	return mes.CleanTagText(s)
}

// episode is a stretch of one kind of trouble.
type episode struct {
	kind  mes.TagNoticeKind
	from  time.Time
	last  time.Time
	told  time.Time
	count int64
}

func (e *episode) note(at time.Time, n int64) {
	if e.from.IsZero() {
		e.from = at
	}
	e.last = at
	e.count += n
}

// tell gives what is to be told now: that it began, that it goes on, or that it is over.
func (e *episode) tell(device string, now time.Time) (mes.TagNotice, bool) {
	if e.from.IsZero() {
		return mes.TagNotice{}, false
	}
	n := mes.TagNotice{Device: device, Kind: e.kind, From: e.from, Count: e.count}
	if now.Sub(e.last) >= calm {
		n.Until = e.last
		*e = episode{kind: e.kind}
		return n, true
	}
	if now.Sub(e.told) < tellAgain {
		return n, false
	}
	e.told = now
	return n, true
}
