package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// HistoryRecords makes the whole record of a lot or an order out of the tables.
type HistoryRecords struct{ db }

var _ mes.Records = (*HistoryRecords)(nil)

// Lot reads a lot's record in one snapshot.
func (h *HistoryRecords) Lot(ctx context.Context, site, lot string) (mes.LotRecord, error) {
	var out mes.LotRecord
	err := h.unhurried(ctx, func(tx pgx.Tx) (err error) {
		out, err = recordReader{h.q.WithTx(tx), h.routings, site}.lot(ctx, lot)
		return err
	})
	return out, translate(err)
}

// Order reads an order's record in one snapshot.
func (h *HistoryRecords) Order(ctx context.Context, site, number string) (mes.OrderRecord, error) {
	var out mes.OrderRecord
	err := h.unhurried(ctx, func(tx pgx.Tx) (err error) {
		out, err = recordReader{h.q.WithTx(tx), h.routings, site}.order(ctx, number)
		return err
	})
	return out, translate(err)
}

// Bundle reads an order's record and then each of its lots', in one snapshot. The lots are read a second time for it, so
// that no more of them than a batch is held at once. The receiver may be slow: the database waits longer than it does
// for other transactions, but not for ever.
func (h *HistoryRecords) Bundle(ctx context.Context, site, number string, order func(mes.OrderRecord) error, lot func(mes.LotRecord) error) error {
	return translate(h.unhurried(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL idle_in_transaction_session_timeout = '2min'"); err != nil {
			return err
		}
		r := recordReader{h.q.WithTx(tx), h.routings, site}
		o, err := r.order(ctx, number)
		if err != nil {
			return err
		}
		if err := order(o); err != nil {
			return err
		}
		return r.eachLot(ctx, number, lot)
	}))
}

// recordReader reads records through one transaction. Its queries see one moment.
type recordReader struct {
	q        *sqlcgen.Queries
	routings *routings
	site     string
}

// recordBatch is how many lots are read at once. A lot's record is some 30 KB, pictures not counted.
const recordBatch = 50

func (r recordReader) lot(ctx context.Context, lot string) (mes.LotRecord, error) {
	found, err := r.lots(ctx, []string{lot})
	if err != nil {
		return mes.LotRecord{}, err
	}
	if len(found) == 0 {
		return mes.LotRecord{}, mes.NotFound("Record of a lot made here,", lot)
	}
	return found[0], nil
}

// eachLot reads the lots of an order, a batch at a time.
func (r recordReader) eachLot(ctx context.Context, number string, do func(mes.LotRecord) error) error {
	ids, err := r.q.RecordLotsOfOrder(ctx, &number)
	if err != nil {
		return err
	}
	for len(ids) > 0 {
		n := min(recordBatch, len(ids))
		records, err := r.lots(ctx, ids[:n])
		if err != nil {
			return err
		}
		for _, one := range records {
			if err := do(one); err != nil {
				return err
			}
		}
		ids = ids[n:]
	}
	return nil
}
