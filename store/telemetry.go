package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Telemetry keeps the values that edge nodes record of devices' tags.
type Telemetry struct {
	db
	tags  *knownTags
	parts *madeParts
}

var (
	_ mes.Telemetry       = (*Telemetry)(nil)
	_ mes.TelemetryLedger = (*Telemetry)(nil)
)

func newTelemetry(d db) *Telemetry {
	return &Telemetry{db: d, tags: &knownTags{by: map[tagKey]knownTag{}}, parts: &madeParts{names: map[string]bool{}}}
}

// telemetryStream is the name of the edge nodes' stream of values.
const telemetryStream = "telemetry"

// arrival is a batch on its way into the tables.
type arrival struct {
	site    string
	batch   mes.TagBatch
	records []*mes.TagRecord // nil for one that can't be read
	torn    error
	notices []mes.TagNotice
}

// Take stores what is new of a batch. Its number is noted in the same transaction, so a batch that comes twice, or again
// after a lost answer, is stored once.
func (t *Telemetry) Take(ctx context.Context, site string, b mes.TagBatch) (mes.TagTaken, error) {
	if err := validBatch(b); err != nil {
		return mes.TagTaken{}, err
	}
	a := parseArrival(site, b, time.Now())
	var out mes.TagTaken
	for try := 0; ; try++ {
		if err := t.makeParts(ctx, a.days()); err != nil {
			return out, translate(err)
		}
		var learned map[tagKey]knownTag
		err := t.change(ctx, func(w *work) (err error) {
			out, learned, err = t.store(ctx, w, a)
			return err
		})
		if err == nil {
			t.tags.learn(learned)
			return out, nil
		}
		if !partitionGone(err) || try > 0 {
			return mes.TagTaken{}, err
		}
		t.parts.forget() // retention dropped it since we last looked
	}
}

func validBatch(b mes.TagBatch) error {
	var f mes.Faults
	if b.Node == "" || len(b.Node) > 64 {
		f.Add("node", "is 1 to 64 characters")
	}
	if b.First < 1 {
		f.Add("first", "is at least 1")
	}
	if len(b.Records) == 0 {
		f.Add("records", "are missing")
	}
	return f.Err("Nothing was stored.")
}

// parseArrival reads the records. One that can't be read would come again for ever if it were refused, so it is told of and
// left out. Times that can't be are replaced by the present.
func parseArrival(site string, b mes.TagBatch, now time.Time) *arrival {
	a := &arrival{site: site, batch: b, records: make([]*mes.TagRecord, len(b.Records))}
	wrong := mes.TagNotice{Kind: mes.TagNoticeClock, From: now, Until: now, Detail: "The edge node's own clock is wrong."}
	for i, body := range b.Records {
		r, err := mes.ParseTagRecord(body)
		if err != nil {
			a.torn = err
			continue
		}
		for k := range r.Values {
			v := &r.Values[k]
			when, believed := mes.ArrivalTime(v.At, now)
			if !believed {
				v.Source, v.At, v.Received = v.At, when, when
				wrong.Count++
			}
		}
		a.records[i] = &r
	}
	if wrong.Count > 0 {
		a.notices = append(a.notices, wrong)
	}
	return a
}

func (a *arrival) days() []time.Time {
	var days []time.Time
	var last time.Time
	for _, r := range a.records {
		if r == nil {
			continue
		}
		for i := range r.Values {
			if day := mes.DayUTC(r.Values[i].At); !day.Equal(last) {
				last = day
				if !slices.Contains(days, day) {
					days = append(days, day)
				}
			}
		}
	}
	return days
}

func (t *Telemetry) store(ctx context.Context, w *work, a *arrival) (mes.TagTaken, map[tagKey]knownTag, error) {
	n := len(a.batch.Records)
	out := mes.TagTaken{Through: a.batch.First + int64(n) - 1}
	fresh, lost, err := w.takeStream(ctx, a.site, a.batch.Node, telemetryStream, a.batch.First, n)
	if err != nil {
		return out, nil, err
	}
	out.Again, out.Lost = fresh, lost
	l := &tagLoad{site: a.site, dirty: map[dirtyMinute]bool{}}
	notices := slices.Clone(a.notices)
	learned := map[tagKey]knownTag{}
	for _, r := range a.records[fresh:] {
		if r == nil {
			out.Torn++
			continue
		}
		ids, err := t.resolve(ctx, w, a.site, r.Tags, learned)
		if err != nil {
			return out, nil, err
		}
		l.add(r, ids)
		notices = append(notices, r.Notices...)
	}
	out.Values = l.rows
	if err := l.copy(ctx, w); err != nil {
		return out, nil, err
	}
	notices = append(notices, lossNotices(out, a, time.Now())...)
	if err := w.notice(ctx, a.site, notices); err != nil {
		return out, nil, err
	}
	return out, learned, l.mark(ctx, w)
}

// lossNotices tells of records that never came and of those that can't be read.
func lossNotices(out mes.TagTaken, a *arrival, now time.Time) (list []mes.TagNotice) {
	if out.Lost > 0 {
		list = append(list, mes.TagNotice{Kind: mes.TagNoticeLost, From: now, Until: now, Count: out.Lost, Detail: fmt.Sprintf("Node %s gave up records before number %d.", a.batch.Node, a.batch.First)})
	}
	if out.Torn > 0 {
		list = append(list, mes.TagNotice{Kind: mes.TagNoticeTorn, From: now, Until: now, Count: int64(out.Torn), Detail: fmt.Sprintf("Node %s, from number %d: %v", a.batch.Node, a.batch.First, a.torn)})
	}
	return list
}

// partitionGone tells that a row found no partition: PostgreSQL reports it as a breach of the partitioned table's bounds.
func partitionGone(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == "23514" && p.ConstraintName == ""
}

// notice stores what was noticed and alerts maintenance: once for a stretch that goes on, and the alert is settled with its end.
func (w *work) notice(ctx context.Context, site string, list []mes.TagNotice) error {
	for _, n := range list {
		p := sqlcgen.PutNoticeParams{Site: site, Device: n.Device, Kind: string(n.Kind), FromAt: n.From, N: n.Count, Detail: n.Detail}
		if !n.Until.IsZero() {
			p.UntilAt = &n.Until
		}
		if _, err := w.PutNotice(ctx, p); err != nil {
			return err
		}
		subject := n.Device
		if subject == "" {
			subject = "telemetry"
		}
		key := fmt.Sprintf("telemetry/%s/%s/%s/%s", site, n.Kind, subject, n.From.UTC().Format("20060102T15"))
		err := w.alert(ctx, key, mes.Alert{Site: site, Kind: alertOfNotice[n.Kind], Severity: mes.SeverityMedium, Noun: "telemetry", Subject: subject, Text: n.Text(), Role: mes.RoleMaintenance})
		if err == nil && !n.Until.IsZero() && (n.Kind == mes.TagNoticeFlood || n.Kind == mes.TagNoticeClock) && n.Device != "" {
			err = w.settle(ctx, site, "telemetry", subject, n.Text(), alertOfNotice[n.Kind])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var alertOfNotice = map[mes.TagNoticeKind]mes.AlertKind{mes.TagNoticeFlood: mes.AlertTagFlood, mes.TagNoticeClock: mes.AlertTagClock, mes.TagNoticeLost: mes.AlertTagLost, mes.TagNoticeTorn: mes.AlertTagLost}

// Notices reads a page of what was noticed, newest first.
func (t *Telemetry) Notices(ctx context.Context, site string, p mes.Paging) (mes.Page[mes.TagNotice], error) {
	l := newListing("tag_notice k", p, sorts{"": {{"k.from_at", "timestamptz", true}}}, column{"k.device || k.kind", "text", false})
	l.where("k.site = ?", site).search(p.Text, "k.device", "k.kind", "k.detail")
	type row struct {
		mes.TagNotice
		until *time.Time
	}
	got, err := page(ctx, t.db, l, "k.device, k.kind, k.from_at, k.until_at, k.n, k.detail", func(r *row) []any {
		return []any{&r.Device, &r.Kind, &r.From, &r.until, &r.Count, &r.Detail}
	})
	out := mes.Page[mes.TagNotice]{Items: make([]mes.TagNotice, len(got.Items)), Total: got.Total, Next: got.Next}
	for i, r := range got.Items {
		out.Items[i] = r.TagNotice
		if r.until != nil {
			out.Items[i].Until = *r.until
		}
	}
	return out, err
}
