package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// Recalls finds everything that a lot touched, and keeps what was found.
type Recalls struct{ db }

var _ mes.Recalls = (*Recalls)(nil)

// Start traces the lot both ways, as of one moment, and stores what was found. The trace runs before the transaction that
// stores it, so that a large one holds no lock.
func (r *Recalls) Start(ctx context.Context, key, site string, by mes.Actor, n mes.NewRecall) (mes.Recall, error) {
	var f mes.Faults
	f.Check(n.Lot != "", "lot", "is missing")
	f.Check(n.Reason != "", "reason", "is missing")
	if err := f.Err("The recall was not started."); err != nil {
		return mes.Recall{}, err
	}
	if first, err := r.first(ctx, site, key); first != nil || err != nil {
		return *cmp.Or(first, &mes.Recall{}), err
	}
	began := time.Now()
	found, err := r.find(ctx, site, n.Lot)
	if err != nil {
		return mes.Recall{}, err
	}
	content, hash, err := canonicalJSON(found)
	if err != nil {
		return mes.Recall{}, err
	}
	took := time.Since(began)
	var out mes.Recall
	err = r.change(ctx, func(w *work) error {
		if err := w.LockRecalls(ctx, site); err != nil {
			return err
		}
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		nth, err := w.NextRecall(ctx, site)
		if err != nil {
			return err
		}
		id := fmt.Sprintf("R-%d", nth)
		p := sqlcgen.AddRecallParams{ID: site + "/" + id, Site: site, N: nth, Key: key, Lot: n.Lot, Mock: n.Mock, Reason: n.Reason, StartedBy: by.ID, StartedAt: now.Add(-took), TracedAt: now,
			Found: content, Hash: hash, Balanced: found.Balanced()}
		out = mes.Recall{ID: id, Site: site, Lot: n.Lot, Mock: n.Mock, Reason: n.Reason, StartedBy: by.ID, StartedAt: p.StartedAt.UTC(), TracedAt: now.UTC(), TraceMS: took.Milliseconds(),
			Balanced: p.Balanced, Lots: len(found.Affected), Customers: len(found.Customers), Hash: hash}
		if err := w.later.AddRecall(ctx, p); err != nil {
			return err
		}
		w.tell(site, mes.EventRecall, id)
		return w.audit(by, "recall_started", "recall", id, n.Reason, key, nil, out)
	})
	if mes.CodeOf(err) == mes.CodeConflict {
		if first, err := r.first(ctx, site, key); first != nil || err != nil { // two with one key at once
			return *cmp.Or(first, &mes.Recall{}), err
		}
	}
	return out, err
}

// first is the recall that a key started; nil for a new key.
func (r *Recalls) first(ctx context.Context, site, key string) (*mes.Recall, error) {
	id, err := r.q.RecallByKey(ctx, sqlcgen.RecallByKeyParams{Site: site, Key: key})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, translate(err)
	}
	out, _, err := r.Get(ctx, site, strings.TrimPrefix(id, site+"/"))
	return &out, err
}

// found columns of a recall: what is read besides the row's own columns is counted from what was found.
const recallColumns = `substr(c.id, length(c.site) + 2), c.site, c.lot, c.mock, c.reason, c.started_by, c.started_at, c.traced_at,
	(extract(epoch FROM c.traced_at - c.started_at) * 1000)::bigint, c.balanced, coalesce(jsonb_array_length(c.found -> 'affected'), 0), coalesce(jsonb_array_length(c.found -> 'customers'), 0),
	c.hash, c.completed_by, c.completed_at, c.note`

func recallFields(r *mes.Recall) []any {
	return []any{&r.ID, &r.Site, &r.Lot, &r.Mock, &r.Reason, &r.StartedBy, &r.StartedAt, &r.TracedAt, &r.TraceMS, &r.Balanced, &r.Lots, &r.Customers, &r.Hash, &r.CompletedBy, &r.CompletedAt, &r.Note}
}

// List reads a page, newest first.
func (r *Recalls) List(ctx context.Context, f mes.RecallFilter) (mes.Page[mes.Recall], error) {
	l := newListing("recall c", f.Paging, sorts{"": {{"c.started_at", "timestamptz", true}}}, column{"c.id", "text", true})
	l.where("c.site = ?", f.Site)
	l.search(f.Text, "c.lot", "c.reason", "c.id")
	return page(ctx, r.db, l, recallColumns, recallFields)
}

// Get reads one. What was found is checked against its hash: a changed row is refused rather than shown.
func (r *Recalls) Get(ctx context.Context, site, id string) (mes.Recall, mes.RecallFound, error) {
	var out mes.Recall
	var raw json.RawMessage
	at := r.pool.QueryRow(ctx, "SELECT c.found, "+recallColumns+" FROM recall c WHERE c.site = $1 AND c.id = $2", site, site+"/"+id)
	if err := at.Scan(append([]any{&raw}, recallFields(&out)...)...); err != nil {
		return out, mes.RecallFound{}, missing(err, "Recall", id)
	}
	var found mes.RecallFound
	if err := json.Unmarshal(raw, &found); err != nil {
		return out, found, fmt.Errorf("what recall %s found: %w", id, err)
	}
	if _, hash, err := canonicalJSON(found); err != nil || hash != out.Hash {
		return out, found, errors.Join(err, mes.Refuse(mes.CodeInternal, fmt.Sprintf("What recall %s found does not fit its hash.", id), "It is shown to nobody.", "Have the database checked, and start the recall anew."))
	}
	return out, found, nil
}

// Complete says that every piece was reached.
func (r *Recalls) Complete(ctx context.Context, site, id string, by mes.Actor, note string) (mes.Recall, error) {
	var f mes.Faults
	f.Check(note != "", "note", "is missing: say how every piece was reached")
	if err := f.Err("The recall is still open."); err != nil {
		return mes.Recall{}, err
	}
	err := r.change(ctx, func(w *work) error {
		row, err := w.LockRecall(ctx, sqlcgen.LockRecallParams{Site: site, ID: site + "/" + id})
		if err != nil {
			return missing(err, "Recall", id)
		}
		if row.CompletedAt != nil {
			return mes.Refuse(mes.CodeConflict, fmt.Sprintf("Recall %s was completed by %s.", id, row.CompletedBy), "Nothing was changed.", "")
		}
		if err := w.later.CompleteRecall(ctx, sqlcgen.CompleteRecallParams{Site: site, ID: site + "/" + id, CompletedBy: by.ID, Note: note}); err != nil {
			return err
		}
		w.tell(site, mes.EventRecall, id)
		return w.audit(by, "recall_completed", "recall", id, note, "recall/"+site+"/"+id, nil, map[string]any{"completed_by": by.ID})
	})
	if err != nil {
		return mes.Recall{}, err
	}
	out, _, err := r.Get(ctx, site, id)
	return out, err
}
