package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/store/sqlcgen"
)

// unreleased refuses a shipment, where the site asks for it, of a lot whose record is not released or has changed since.
// The shipment holds the lots' locks, which every change of a lot takes.
func (w *work) unreleased(ctx context.Context, site string, rows []sqlcgen.LockLotsRow) error {
	rule, err := w.RuleOfRecords(ctx, site)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !rule.ReleaseBeforeShip {
		return nil
	}
	if err != nil {
		return err
	}
	var lots, orders, refused []string
	for _, r := range rows {
		if r.WorkOrder != "" {
			lots, orders = append(lots, r.ID), append(orders, r.WorkOrder)
		}
	}
	slices.Sort(orders)
	if rule.Lots {
		if refused, err = w.withoutRelease(ctx, mes.SignedLotRecord, lots); err != nil {
			return err
		}
		changed, err := w.changedSince(ctx, site, lots)
		if err != nil {
			return err
		}
		refused = append(refused, changed...)
	}
	if rule.Orders {
		more, err := w.withoutRelease(ctx, mes.SignedOrderRecord, slices.Compact(orders))
		if err != nil {
			return err
		}
		refused = append(refused, more...)
	}
	if len(refused) == 0 {
		return nil
	}
	return mes.Refuse(mes.CodeConflict, strings.Join(refused, ", ")+".", "Nothing was shipped.", "Have the records reviewed and released first.")
}

// withoutRelease names the records whose release does not stand.
func (w *work) withoutRelease(ctx context.Context, noun mes.SignedNoun, subjects []string) ([]string, error) {
	rows, err := w.NotReleased(ctx, sqlcgen.NotReleasedParams{Noun: string(noun), Subjects: subjects})
	out := make([]string, len(rows))
	for i, r := range rows {
		state := r.State
		if state == "" {
			state = "not asked for"
		}
		out[i] = fmt.Sprintf("the record of %s is %s", r.Subject, state)
	}
	if len(out) > 0 {
		out[0] = strings.ToUpper(out[0][:1]) + out[0][1:]
	}
	return out, err
}

// changedSince names the lots whose record is no longer what was released: nothing that was changed past the rules slips
// through.
func (w *work) changedSince(ctx context.Context, site string, lots []string) ([]string, error) {
	var out []string
	for part := range slices.Chunk(lots, recordBatch) {
		records, err := recordReader{w.Queries, w.db.routings, site}.lots(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			n := len(r.Beside.Releases)
			if n > 0 && r.Beside.Releases[n-1].State == mes.RecordReleased && r.Beside.Releases[n-1].Hash != r.Hash {
				out = append(out, fmt.Sprintf("the record of %s has changed since its release", r.Content.Lot))
			}
		}
	}
	return out, nil
}
