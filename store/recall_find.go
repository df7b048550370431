package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
)

// balances reads, of many lots at once, what there was and where it went.
const balances = `SELECT l.id, l.station, l.shipped_at, l.quantity, l.remaining, l.scrapped, l.split_off,
		coalesce((SELECT sum(c.quantity) FROM consumption c WHERE c.component = l.id AND c.kind = 'consumed'), 0),
		coalesce((SELECT sum(d.quantity) FROM disposal d WHERE d.lot = l.id AND d.kind = 'return'), 0)
	FROM lot l WHERE l.id = ANY ($1::text[])`

// balance is what the ledger says of one lot besides what the genealogy knows.
type balance struct {
	mes.LotBalance
	station string
	shipped *time.Time
}

// find traces a lot both ways at one moment, with the balance of every lot.
func (r *Recalls) find(ctx context.Context, site, lot string) (mes.RecallFound, error) {
	var out mes.RecallFound
	err := pgx.BeginTxFunc(ctx, r.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var found bool
		if err := tx.QueryRow(ctx, known, site, lot).Scan(&found); err != nil {
			return err
		}
		if !found {
			return mes.NotFound("Lot", lot)
		}
		down, up := newTrace(lot), newTrace(lot)
		if err := down.follow(ctx, tx, edgesDown, 1); err != nil {
			return err
		}
		if err := down.describe(ctx, tx); err != nil {
			return err
		}
		if err := up.follow(ctx, tx, edgesUp, -1); err != nil {
			return err
		}
		if err := up.describe(ctx, tx); err != nil {
			return err
		}
		var err error
		if out.Affected, err = recalled(ctx, tx, down); err != nil {
			return err
		}
		if out.Sources, err = recalled(ctx, tx, up); err != nil {
			return err
		}
		out.Edges, out.Truncated = append(up.graph().Edges, down.graph().Edges...), down.full || up.full
		return nil
	})
	if err != nil {
		return out, translate(err)
	}
	out.Sources = withoutRoot(out.Sources)
	return out.Assemble(), nil
}

// withoutRoot leaves the recalled lot on the side of what is affected only.
func withoutRoot(lots []mes.RecalledLot) []mes.RecalledLot {
	out := []mes.RecalledLot{}
	for _, l := range lots {
		if l.Depth != 0 {
			out = append(out, l)
		}
	}
	return out
}

func recalled(ctx context.Context, tx pgx.Tx, t *trace) ([]mes.RecalledLot, error) {
	at, err := readBalances(ctx, tx, t.lots)
	if err != nil {
		return nil, err
	}
	out := make([]mes.RecalledLot, 0, len(t.nodes))
	for _, n := range t.nodes {
		b := at[n.ID]
		l := mes.RecalledLot{Lot: n.ID, Material: n.Material, Name: n.Name, Unit: n.Unit, Origin: n.Origin, State: n.State, Depth: n.Depth, Held: n.Held, Supplier: n.Supplier,
			SupplierLot: n.SupplierLot, Order: n.Order, Customer: n.Customer, DeliveryNote: n.DeliveryNote, ShippedAt: b.shipped}
		if l = l.Balance(b.LotBalance); l.Place == mes.RecallWork {
			l.Station = b.station
		}
		out = append(out, l)
	}
	return out, nil
}

func readBalances(ctx context.Context, tx pgx.Tx, lots []string) (map[string]balance, error) {
	rows, err := tx.Query(ctx, balances, lots)
	if err != nil {
		return nil, err
	}
	out := make(map[string]balance, len(lots))
	var id string
	var b balance
	_, err = pgx.ForEachRow(rows, []any{&id, &b.station, &b.shipped, &b.Quantity, &b.Remaining, &b.Scrapped, &b.SplitOff, &b.Consumed, &b.Returned}, func() error {
		if b.shipped != nil {
			utc := b.shipped.UTC()
			b.shipped = &utc
		}
		out[id] = b
		b = balance{}
		return nil
	})
	return out, err
}
