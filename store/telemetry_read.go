package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Tags reads a page of tags with their newest values.
func (t *Telemetry) Tags(ctx context.Context, f mes.TagFilter) (mes.Page[mes.Tag], error) {
	l := newListing("tag t LEFT JOIN device d ON d.id = t.device", f.Paging, sorts{"": {{"t.device", "text", false}, {"t.name", "text", false}}, "device": {{"t.device", "text", false}, {"t.name", "text", false}},
		"name": {{"t.name", "text", false}}, "station": {{"coalesce(d.station, '')", "text", false}, {"t.name", "text", false}}}, column{"t.id", "int", false})
	l.where("t.site = ?", f.Site).where("t.device = ?", f.Device).where("d.station = ?", f.Station).where("t.kind = ?", string(f.Kind))
	if len(f.IDs) > 0 {
		l.conds = append(l.conds, "t.id = ANY ("+l.arg(f.IDs)+")")
	}
	l.search(f.Text, "t.device", "t.name", "d.name", "d.station", "t.address")
	out, err := page(ctx, t.db, l, "t.id, t.site, t.device, coalesce(d.station, ''), t.name, t.address, t.unit, t.kind, t.since", func(r *mes.Tag) []any {
		return []any{&r.ID, &r.Site, &r.Device, &r.Station, &r.Name, &r.Address, &r.Unit, &r.Kind, &r.Since}
	})
	if err != nil {
		return out, err
	}
	return out, translate(t.addLast(ctx, out.Items))
}

// addLast adds the newest values.
func (t *Telemetry) addLast(ctx context.Context, tags []mes.Tag) error {
	ids := make([]int, len(tags))
	for i := range tags {
		ids[i] = tags[i].ID
	}
	rows, err := t.q.LastValues(ctx, ids)
	now := time.Now()
	for _, r := range rows {
		i := slices.Index(ids, r.ID)
		tags[i].Last = &mes.LastTag{At: r.At, Value: r.Value, Text: r.Text, Quality: mes.TagQuality(r.Quality), AgeS: max(now.Sub(r.Received), 0).Round(time.Millisecond).Seconds()}
	}
	return err
}

// window gives the tags that are asked for, in that order, or names those that are not there.
func (t *Telemetry) window(ctx context.Context, w mes.TagWindow) ([]mes.Tag, error) {
	rows, err := t.q.TagsByID(ctx, sqlcgen.TagsByIDParams{Site: w.Site, Ids: w.Tags})
	if err != nil {
		return nil, translate(err)
	}
	out := make([]mes.Tag, len(w.Tags))
	for i, id := range w.Tags {
		at := slices.IndexFunc(rows, func(r sqlcgen.TagsByIDRow) bool { return r.ID == id })
		if at < 0 {
			return nil, mes.NotFound("Tag", strconv.Itoa(id))
		}
		r := rows[at]
		out[i] = mes.Tag{ID: r.ID, Site: r.Site, Device: r.Device, Station: r.Station, Name: r.Name, Address: r.Address, Unit: r.Unit, Kind: mes.TagKind(r.Kind), Since: r.Since}
	}
	return out, nil
}

// seriesSQL puts hours, minutes and raw values together, each for the time in which the coarser one is not there yet: hours
// before $4, minutes before $5, raw values after.
const seriesSQL = `WITH part AS (
	SELECT at, min, max, total, n, bad, NULL::text AS text FROM tag_hour WHERE tag = $1 AND at >= $2::timestamptz AND at < least($4::timestamptz, $3::timestamptz)
	UNION ALL SELECT at, min, max, total, n, bad, NULL FROM tag_minute WHERE tag = $1 AND at >= greatest($2::timestamptz, $4::timestamptz) AND at < least($5::timestamptz, $3::timestamptz)
	UNION ALL SELECT at, v, v, v, CASE WHEN quality = 2 THEN 1 ELSE 0 END, CASE WHEN quality = 2 THEN 0 ELSE 1 END, text
		FROM (SELECT at, quality, text, CASE WHEN quality = 2 THEN value END AS v FROM tag_value WHERE tag = $1 AND at >= greatest($2::timestamptz, $5::timestamptz) AND at < $3::timestamptz) raw)
SELECT $2::timestamptz + floor(extract(epoch FROM at - $2::timestamptz) / $6::float8) * make_interval(secs => $6::float8), min(min), max(max), sum(total) / nullif(sum(n) FILTER (WHERE total IS NOT NULL), 0), sum(n)::bigint, sum(bad)::bigint,
	coalesce((array_agg(text ORDER BY at DESC) FILTER (WHERE text IS NOT NULL))[1], '') FROM part GROUP BY 1 ORDER BY 1`

// rawTail is how far back minutes may be computed from raw values where their roll-up waits.
const rawTail = 2 * time.Hour

// Series reads tags in buckets. Texts are never rolled up, so their series come from raw values.
func (t *Telemetry) Series(ctx context.Context, w mes.TagWindow, points int) ([]mes.TagSeries, error) {
	tags, err := t.window(ctx, w)
	if err != nil {
		return nil, err
	}
	out := make([]mes.TagSeries, len(tags))
	if err := t.addLast(ctx, tags); err != nil {
		return nil, translate(err)
	}
	b := &pgx.Batch{}
	for i, tag := range tags {
		width, level := mes.SeriesWidth(w.From, w.Until, points)
		if tag.Kind == mes.TagText {
			level = mes.LevelRaw
		}
		from := w.From.UTC()
		if level != mes.LevelRaw {
			from = from.Truncate(map[mes.TagLevel]time.Duration{mes.LevelMinute: time.Minute, mes.LevelHour: time.Hour}[level])
		}
		hours, minutes, err := t.boundaries(ctx, w.Site, tag.ID, level, from)
		if err != nil {
			return nil, translate(err)
		}
		s := &out[i]
		*s = mes.TagSeries{Tag: tag, Source: level, WidthS: width.Seconds(), Points: []mes.TagBucket{}}
		b.Queue(seriesSQL, tag.ID, from, w.Until, hours, minutes, width.Seconds()).Query(func(rows pgx.Rows) (err error) {
			s.Points, err = pgx.CollectRows(rows, bucketOf)
			return err
		})
	}
	return out, translate(t.pool.SendBatch(ctx, b).Close())
}

func bucketOf(row pgx.CollectableRow) (p mes.TagBucket, err error) {
	return p, row.Scan(&p.At, &p.Min, &p.Max, &p.Mean, &p.N, &p.Bad, &p.Text)
}

// boundaries tells up to when hours, and then minutes, are complete.
func (t *Telemetry) boundaries(ctx context.Context, site string, tag int, level mes.TagLevel, from time.Time) (hours, minutes time.Time, err error) {
	hours, minutes = from, from
	if level == mes.LevelRaw {
		return hours, minutes, nil
	}
	now := time.Now().UTC()
	pending := func(level mes.TagLevel, whole time.Duration, since time.Time) (time.Time, error) {
		return t.q.OldestDirty(ctx, sqlcgen.OldestDirtyParams{Pending: now.Truncate(whole), Level: string(level), Since: since, Site: site, Tags: []int{tag}})
	}
	if minutes, err = pending(mes.LevelMinute, time.Minute, now.Add(-rawTail).Truncate(time.Minute)); err != nil || level == mes.LevelMinute {
		return hours, minutes, err
	}
	hours, err = pending(mes.LevelHour, time.Hour, now.Add(-48*time.Hour).Truncate(time.Hour))
	return hours, minutes, err
}

// Export reads raw values as they come from the database, holding no more than a row of them.
func (t *Telemetry) Export(ctx context.Context, w mes.TagWindow, fn func(*mes.TagRow) error) error {
	tags, err := t.window(ctx, w)
	if err != nil {
		return err
	}
	tx, err := t.pool.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
	// The reader sets the pace, and the caller's context its end.
	if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
		return translate(err)
	}
	for _, tag := range tags {
		if err := exportTag(ctx, tx, tag, w, fn); err != nil {
			return fmt.Errorf("export %s of %s: %w", tag.Name, tag.Device, translate(err))
		}
	}
	return nil
}

func exportTag(ctx context.Context, tx pgx.Tx, tag mes.Tag, w mes.TagWindow, fn func(*mes.TagRow) error) error {
	rows, err := tx.Query(ctx, "SELECT at, value, coalesce(text, ''), quality, received, source FROM tag_value WHERE tag = $1 AND at >= $2 AND at < $3 ORDER BY at", tag.ID, w.From, w.Until)
	if err != nil {
		return err
	}
	defer rows.Close()
	r := mes.TagRow{Device: tag.Device, Tag: tag.Name, Unit: tag.Unit}
	for rows.Next() {
		var quality int16
		r.Value, r.Source = nil, nil
		if err := rows.Scan(&r.At, &r.Value, &r.Text, &quality, &r.Received, &r.Source); err != nil {
			return err
		}
		r.Quality = mes.TagQuality(quality)
		if err := fn(&r); err != nil {
			return err
		}
	}
	return rows.Err()
}
