package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Releases keeps the release of history records.
type Releases struct{ db }

var _ mes.Releases = (*Releases)(nil)

// shown is a record as it stands now, in the words of its release.
type shown struct {
	site     string
	record   mes.SignedRecord
	outcome  string
	hash     string
	found    []mes.DeviationOf
	worst    mes.Severity
	ended    *time.Time
	document any // the content that the hash covers
}

// show reads a record within the transaction.
func (w *work) show(ctx context.Context, site string, r mes.SignedRecord) (shown, error) {
	if err := w.flush(ctx); err != nil {
		return shown{}, err
	}
	return show(ctx, recordReader{w.Queries, w.db.routings, site}, r)
}

func show(ctx context.Context, read recordReader, r mes.SignedRecord) (shown, error) {
	out := shown{site: read.site, record: r}
	switch r.Noun {
	case mes.SignedLotRecord:
		l, err := read.lot(ctx, r.ID)
		if err != nil {
			return out, err
		}
		out.outcome, out.hash, out.ended, out.document = string(l.Content.Outcome), l.Hash, l.Content.EndedAt, l.Content
		out.add("", l.Deviations)
	case mes.SignedOrderRecord:
		o, err := read.order(ctx, r.ID)
		if err != nil {
			return out, err
		}
		out.outcome, out.hash, out.ended, out.document = string(o.Content.Outcome), o.Hash, o.Content.EndedAt, o.Content
		out.add("", o.Deviations)
		for _, l := range o.Lots {
			out.add(l.Lot, l.Deviations)
		}
	default:
		return out, mes.NotFound("Kind of record", string(r.Noun))
	}
	return out, nil
}

func (s *shown) add(lot string, ds []mes.Deviation) {
	for _, d := range ds {
		s.found = append(s.found, mes.DeviationOf{Lot: lot, Kind: d.Kind, Severity: d.Severity, Ref: d.Ref})
		s.worst = mes.Worse(s.worst, d.Severity)
	}
}

// content is what a reviewer signs.
func (s shown) content() mes.ReleaseContent {
	return mes.ReleaseContent{Record: s.record, Hash: s.hash, Outcome: s.outcome, Deviations: orEmpty(s.found)}
}

// step adds a row to the record's release.
func (w *work) step(ctx context.Context, s shown, key string, state mes.RecordState, request, by, reason string, due *time.Time) error {
	w.tell(s.site, mes.EventRecord, s.record.ID)
	content, err := json.Marshal(s.content())
	if err != nil {
		return err
	}
	return w.later.AddRecordRelease(ctx, sqlcgen.AddRecordReleaseParams{Key: key, Site: s.site, Noun: string(s.record.Noun), Subject: s.record.ID, State: string(state),
		Hash: s.hash, Request: request, Actor: by, Reason: reason, Deviations: len(s.found), Worst: string(s.worst), Content: content, DueAt: due})
}

// last is the newest row of a record's release; its state is empty when there is none.
func (w *work) last(ctx context.Context, r mes.SignedRecord) (sqlcgen.LastReleaseRow, error) {
	row, err := w.LastRelease(ctx, sqlcgen.LastReleaseParams{Noun: string(r.Noun), Subject: r.ID})
	if errors.Is(err, pgx.ErrNoRows) {
		return sqlcgen.LastReleaseRow{}, nil
	}
	return row, err
}

// lockRecord puts changes of a lot or an order, and of its record's release, in one order.
func (w *work) lockRecord(ctx context.Context, site string, r mes.SignedRecord) error {
	if r.Noun == mes.SignedOrderRecord {
		_, err := w.LockOrder(ctx, sqlcgen.LockOrderParams{Site: site, Number: r.ID})
		return missing(err, "Order", r.ID)
	}
	_, err := w.LockLot(ctx, sqlcgen.LockLotParams{Site: site, Lot: r.ID})
	return missing(err, "Lot", r.ID)
}

// Ask opens the release of an ended lot's or order's record.
func (r *Releases) Ask(ctx context.Context, key, site string, record mes.SignedRecord, by mes.Actor, reason string) (mes.RecordRelease, error) {
	err := r.change(ctx, func(w *work) error {
		if err := w.lockRecord(ctx, site, record); err != nil {
			return err
		}
		last, err := w.last(ctx, record)
		if err != nil || last.State == string(mes.RecordOpen) {
			return err
		}
		s, err := w.show(ctx, site, record)
		if err != nil {
			return err
		}
		switch {
		case s.outcome == "":
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("%s has not ended.", record.ID), "Nothing was asked for.", "Its record is released when it is whole.")
		case last.State == string(mes.RecordReleased) && last.Hash == s.hash:
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("The record of %s is released, and has not changed since.", record.ID), "It stays released.", "")
		}
		return w.askRelease(ctx, s, "ask/"+string(record.Noun)+"/"+record.ID+"#"+key, by.ID, reason)
	})
	if err != nil {
		return mes.RecordRelease{}, err
	}
	row, err := r.q.LastRelease(ctx, sqlcgen.LastReleaseParams{Noun: string(record.Noun), Subject: record.ID})
	return releaseOf(sqlcgen.RecordReleasesRow(row)), translate(err)
}

// Ended opens the releases that the site's rule asks for. It may be told of the same end several times.
func (r *Releases) Ended(ctx context.Context, site string, record mes.SignedRecord) error {
	rule, err := r.Rule(ctx, site)
	if err != nil || record.Noun == mes.SignedLotRecord && !rule.Lots || record.Noun == mes.SignedOrderRecord && !rule.Orders {
		return err
	}
	return r.change(ctx, func(w *work) error {
		if err := w.lockRecord(ctx, site, record); err != nil {
			return err
		}
		last, err := w.last(ctx, record)
		if err != nil || last.State != "" {
			return err
		}
		s, err := w.show(ctx, site, record)
		if err != nil || s.outcome == "" || s.outcome == string(mes.LotVoid) || s.outcome == string(mes.LotMerged) {
			return err // a lot that never began has nothing to release
		}
		return w.askRelease(ctx, s, "ended/"+string(record.Noun)+"/"+record.ID, mes.ActorSystem, "")
	})
}

// recordChanged voids the release of a record that has changed, and asks for it again, in the transaction that changed
// it. A record that waits for its release is asked for anew, since nobody may sign what was shown before the change. One
// that was rejected stays so.
func (w *work) recordChanged(ctx context.Context, site string, record mes.SignedRecord, by, why string) error {
	last, err := w.last(ctx, record)
	if err != nil || last.State != string(mes.RecordReleased) && last.State != string(mes.RecordOpen) {
		return err
	}
	s, err := w.show(ctx, site, record)
	if err != nil || s.hash == last.Hash {
		return err
	}
	if err := w.step(ctx, s, fmt.Sprintf("voided/%d", last.ID), mes.RecordVoided, last.Request, by, why, nil); err != nil {
		return err
	}
	if err := w.audit(mes.Actor{ID: by}, "record_voided", string(record.Noun), record.ID, why, "", map[string]string{"hash": last.Hash, "state": last.State}, s.content()); err != nil {
		return err
	}
	return w.askRelease(ctx, s, fmt.Sprintf("again/%d", last.ID), mes.ActorSystem, "It changed: "+why)
}

// lotChanged is recordChanged for a lot and the order that it belongs to.
func (w *work) lotChanged(ctx context.Context, site, lot, order, by, why string) error {
	if err := w.recordChanged(ctx, site, mes.SignedRecord{Noun: mes.SignedLotRecord, ID: lot}, by, why); err != nil || order == "" {
		return err
	}
	return w.recordChanged(ctx, site, mes.SignedRecord{Noun: mes.SignedOrderRecord, ID: order}, by, why)
}

// Rule reads a site's rule.
func (r *Releases) Rule(ctx context.Context, site string) (mes.RecordRule, error) {
	row, err := r.q.RuleOfRecords(ctx, site)
	if errors.Is(err, pgx.ErrNoRows) {
		return mes.DefaultRecordRule, nil
	}
	return mes.RecordRule(row), translate(err)
}

// SetRule changes it; records that wait already go on waiting.
func (r *Releases) SetRule(ctx context.Context, key, site string, by mes.Actor, rule mes.RecordRule, reason string) (mes.RecordRule, error) {
	if err := rule.Validate(); err != nil {
		return rule, err
	}
	was, err := r.Rule(ctx, site)
	if err != nil {
		return rule, err
	}
	return rule, r.change(ctx, func(w *work) error {
		err := w.later.PutRuleOfRecords(ctx, sqlcgen.PutRuleOfRecordsParams{Site: site, Lots: rule.Lots, Orders: rule.Orders, ReleaseBeforeShip: rule.ReleaseBeforeShip, DueHours: rule.DueHours})
		if err != nil {
			return err
		}
		return w.audit(by, "record_rule_changed", "record_rule", site, reason, key, was, rule)
	})
}

var reviewSorts = sorts{
	"":           {{"coalesce(r.due_at, 'infinity')", "timestamptz", false}},
	"due":        {{"coalesce(r.due_at, 'infinity')", "timestamptz", false}},
	"asked_at":   {{"r.at", "timestamptz", false}},
	"deviations": {{"r.deviations", "int", false}},
	"record":     nil,
}

// List reads a page of the records that were asked to be released, each as it stands now.
func (r *Releases) List(ctx context.Context, f mes.ReviewFilter) (mes.Page[mes.RecordReview], error) {
	const from = `(SELECT DISTINCT ON (noun, subject) * FROM record_release ORDER BY noun, subject, id DESC) r
		LEFT JOIN lot l ON r.noun = 'lot_record' AND l.id = r.subject
		LEFT JOIN work_order o ON o.number = coalesce(l.work_order, r.subject)`
	l := newListing(from, f.Paging, reviewSorts, column{"r.noun || '/' || r.subject", "text", false})
	l.where("r.site = ?", f.Site).where("r.noun = ?", string(f.Noun)).where("r.state = ANY (?)", texts(f.States)).search(f.Text, "r.subject", "o.product", "o.number")
	const columns = `r.id, r.site, r.noun, r.subject, r.state, r.hash, r.request, r.actor, r.reason, r.deviations, r.worst, r.at, r.due_at,
		coalesce(o.product, ''), coalesce(o.number, '')`
	return page(ctx, r.db, l, columns, func(v *mes.RecordReview) []any {
		return []any{&v.ID, &v.Site, &v.Record.Noun, &v.Record.ID, &v.State, &v.Hash, &v.Request, &v.By, &v.Reason, &v.Deviations, &v.Worst, &v.At, &v.DueAt, &v.Product, &v.Order}
	})
}
