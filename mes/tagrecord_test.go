package mes

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestARecordReadsAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Map(rapid.Int64Range(-2_000_000_000_000_000, 9_000_000_000_000_000), func(n int64) time.Time { return time.UnixMicro(n).UTC() })
		text := rapid.StringMatching(`[a-zµ°0-9 ]{0,20}`)
		r := TagRecord{Tags: []RecordedTag{}, Values: []TagValue{}, Notices: []TagNotice{}}
		for range rapid.IntRange(1, 5).Draw(t, "tags") {
			r.Tags = append(r.Tags, RecordedTag{Device: text.Draw(t, "device"), Name: text.Draw(t, "name"), Address: text.Draw(t, "address"), Unit: text.Draw(t, "unit"), Kind: rapid.SampledFrom(tagKinds).Draw(t, "kind")})
		}
		for range rapid.IntRange(0, 30).Draw(t, "values") {
			v := TagValue{Tag: rapid.IntRange(0, len(r.Tags)-1).Draw(t, "tag"), At: moment.Draw(t, "at"), Received: moment.Draw(t, "received"), Quality: TagQuality(rapid.IntRange(0, 2).Draw(t, "quality")), Text: text.Draw(t, "text")}
			if rapid.Bool().Draw(t, "numeric") {
				v.Number = new(rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }).Draw(t, "number"))
			}
			if rapid.Bool().Draw(t, "sourced") {
				v.Source = moment.Draw(t, "source")
			}
			r.Values = append(r.Values, v)
		}
		if rapid.Bool().Draw(t, "noticed") {
			r.Notices = append(r.Notices, TagNotice{Device: text.Draw(t, "of"), Kind: rapid.SampledFrom(noticeKinds).Draw(t, "what"), From: moment.Draw(t, "from"), Count: rapid.Int64().Draw(t, "count"), Detail: text.Draw(t, "detail")})
		}
		got, err := ParseTagRecord(AppendTagRecord(nil, r))
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Fatalf("%v\n%+v\n%+v", err, got, r)
		}
	})
}

// Bytes that are cut off or changed are never taken for more than they are, and never end the program.
func TestTornRecordsAreToldOf(t *testing.T) {
	at := time.UnixMicro(1_800_000_000_000_000)
	whole := AppendTagRecord(nil, TagRecord{Tags: []RecordedTag{{Device: "d", Name: "n", Kind: TagNumber}}, Values: []TagValue{{At: at, Received: at, Number: new(2.5), Quality: QualityGood}, {At: at, Received: at, Text: "x"}}})
	for i := range whole {
		if _, err := ParseTagRecord(whole[:i]); !errors.Is(err, ErrTornRecord) {
			t.Errorf("cut after %d bytes: %v", i, err)
		}
	}
	if _, err := ParseTagRecord(append(whole, 0)); !errors.Is(err, ErrTornRecord) {
		t.Errorf("with a byte more: %v", err)
	}
	huge := append([]byte{tagRecordVersion}, 0xff, 0xff, 0xff, 0xff, 0x0f)
	if _, err := ParseTagRecord(huge); !errors.Is(err, ErrTornRecord) {
		t.Errorf("a count that asks for all memory: %v", err)
	}
}

func FuzzParseTagRecord(f *testing.F) {
	at := time.UnixMicro(1_800_000_000_000_000)
	f.Add(AppendTagRecord(nil, TagRecord{Tags: []RecordedTag{{Device: "d", Name: "n", Kind: TagText}}, Values: []TagValue{{At: at, Received: at, Text: "x", Source: at}}, Notices: []TagNotice{{Kind: TagNoticeFlood, From: at}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseTagRecord(b)
		if err != nil {
			return
		}
		again, err := ParseTagRecord(AppendTagRecord(nil, r))
		if err != nil || len(again.Values) != len(r.Values) {
			t.Fatalf("what was read can't be written: %v", err)
		}
	})
}

func TestTimesThatCanNotBeAreNotBelieved(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		source   time.Time
		late     time.Duration
		at       time.Time
		believed bool
	}{
		{now.Add(-time.Second), 0, now.Add(-time.Second), true}, {now.Add(-2 * time.Minute), 0, now, false}, {now.Add(-2 * time.Minute), time.Hour, now.Add(-2 * time.Minute), true},
		{now.Add(30 * time.Second), 0, now.Add(30 * time.Second), true}, {now.AddDate(1, 0, 0), time.Hour, now, false}, {time.Time{}, 0, now, false}, {time.Unix(0, 0), time.Hour, now, false},
	} {
		if at, believed := TagTime(c.source, now, c.late); !at.Equal(c.at) || believed != c.believed {
			t.Errorf("%s, late %s: %s, %v", c.source, c.late, at, believed)
		}
	}
}

func TestASeriesIsMadeOfTheCoarsestLevelThatIsFineEnough(t *testing.T) {
	from := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		window time.Duration
		points int
		width  time.Duration
		level  TagLevel
	}{
		{time.Hour, 600, 6 * time.Second, LevelRaw}, {10 * time.Hour, 600, time.Minute, LevelMinute}, {7 * 24 * time.Hour, 600, 17 * time.Minute, LevelMinute},
		{365 * 24 * time.Hour, 600, 15 * time.Hour, LevelHour}, {time.Second, 5000, time.Millisecond, LevelRaw}, {time.Minute, 0, time.Minute, LevelMinute},
	} {
		if w, l := SeriesWidth(from, from.Add(c.window), c.points); w != c.width || l != c.level {
			t.Errorf("%s in %d: %s of %s", c.window, c.points, w, l)
		}
	}
}
