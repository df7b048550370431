package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/storetest"
)

// BenchmarkWeekOfOneTag reads a week at one value a second in 600 buckets, beside a million values of a thousand other tags. The
// roll-up of it all is told as a figure of its own.
func BenchmarkWeekOfOneTag(b *testing.B) {
	h := newHistorian(b)
	until := time.Now().UTC().Truncate(time.Minute)
	from := until.AddDate(0, 0, -7)
	text := func(t time.Time) string { return t.Format(time.RFC3339) }
	h.db.Tamper(b,
		`INSERT INTO tag (site, device, name, kind) SELECT 'T1', 'OTHER', 'o' || n, 'number' FROM generate_series(1, 1000) n`,
		`INSERT INTO tag (site, device, name, kind) VALUES ('T1', 'WEEK', 'temperature', 'number')`,
		fmt.Sprintf(`SELECT telemetry_make(t, d::date) FROM unnest(ARRAY['tag_value', 'tag_minute', 'tag_hour']) t, generate_series('%s'::date, '%s'::date, interval '1 day') d`, from.Format(time.DateOnly), until.Format(time.DateOnly)),
		fmt.Sprintf(`INSERT INTO tag_value (at, received, value, tag, quality) SELECT s, s, 60 + 10 * sin(extract(epoch FROM s) / 5000), t.id, 2 FROM tag t, generate_series('%s'::timestamptz, '%s'::timestamptz - interval '1 second', interval '1 second') s WHERE t.device = 'WEEK'`, text(from), text(until)),
		fmt.Sprintf(`INSERT INTO tag_value (at, received, value, tag, quality) SELECT s, s, 1, t.id, 2 FROM generate_series('%s'::timestamptz, '%s'::timestamptz - interval '1 second', interval '1 second') s, tag t WHERE t.device = 'OTHER'`, text(until.Add(-1000*time.Second)), text(until)),
		`INSERT INTO tag_dirty SELECT DISTINCT 'minute', date_trunc('minute', v.at), t.site, t.device FROM tag_value v JOIN tag t ON t.id = v.tag`, `ANALYZE`)
	began := time.Now()
	h.rollAll()
	rolled := time.Since(began)
	tags, err := h.Telemetry.Tags(h.ctx, mes.TagFilter{Site: storetest.Site, Device: "WEEK"})
	h.must(err)
	w := mes.TagWindow{Site: storetest.Site, Tags: []int{tags.Items[0].ID}, From: from, Until: until}
	b.ResetTimer()
	b.ReportMetric(rolled.Seconds(), "s/roll-up")
	for range b.N {
		s, err := h.Telemetry.Series(h.ctx, w, 600)
		h.must(err)
		if len(s[0].Points) < 590 {
			b.Fatalf("%d points", len(s[0].Points))
		}
	}
}
