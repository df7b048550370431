package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/steelthread/steelthread/mes"
)

// Preview finds what a containment would hold, in a transaction that writes nothing and locks nothing. What it says may have
// changed by the time that the hold is placed.
func (c *Containments) Preview(ctx context.Context, r mes.ContainmentRequest) (mes.Preview, error) {
	if err := r.Validate(); err != nil {
		return mes.Preview{}, err
	}
	p := preview{c: r.Criterion, at: map[string]int{}}
	err := pgx.BeginTxFunc(ctx, c.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		p.tx = tx
		if err := p.named(ctx, r.Site); err != nil {
			return err
		}
		if err := p.follow(ctx); err != nil {
			return err
		}
		return p.describe(ctx)
	})
	p.out.Title, p.out.Watching, p.out.Lots = r.Criterion.Title(), r.Criterion.Watched(time.Now()), len(p.found)
	return p.out, translate(err)
}

// preview is a finding that stores nothing: lots in the order in which they are met.
type preview struct {
	tx    pgx.Tx
	c     mes.Criterion
	found []previewed
	at    map[string]int // a lot's place in found
	out   mes.Preview
}

type previewed struct {
	lot, via, why string
	depth         int
	up, down      bool
	done          bool
}

func (p *preview) named(ctx context.Context, site string) error {
	criterion, err := json.Marshal(p.c)
	if err != nil {
		return err
	}
	rows, err := p.tx.Query(ctx, "SELECT m FROM containment_matches($1, $2, $3::jsonb) m ORDER BY m", site, string(p.c.Kind), criterion)
	if err != nil {
		return err
	}
	lots, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, l := range p.c.Lots {
		if !slices.Contains(lots, l) {
			return mes.NotFound("Lot", l)
		}
	}
	for _, l := range lots {
		p.meet(previewed{lot: l, why: "named", up: p.c.Follow.Up(), down: p.c.Follow.Down()})
	}
	return nil
}

// meet notes a lot, or adds a way to one that was met before.
func (p *preview) meet(n previewed) {
	i, known := p.at[n.lot]
	if !known {
		if p.out.Truncated = p.out.Truncated || len(p.found) >= mes.MaxGraph; p.out.Truncated {
			return
		}
		p.at[n.lot] = len(p.found)
		p.found = append(p.found, n)
		return
	}
	f := &p.found[i]
	if n.up && !f.up || n.down && !f.down {
		f.up, f.down, f.done = f.up || n.up, f.down || n.down, false
	}
}

// follow goes level by level until nothing is left to follow.
func (p *preview) follow(ctx context.Context) error {
	for !p.out.Truncated {
		var up, down []string
		for i := range p.found {
			f := &p.found[i]
			if f.done {
				continue
			}
			f.done = true
			if f.up && p.near(f.depth-1) {
				up = append(up, f.lot)
			}
			if f.down && p.near(f.depth+1) {
				down = append(down, f.lot)
			}
		}
		if len(up)+len(down) == 0 {
			return nil
		}
		if err := p.step(ctx, edgesDown, down, false); err != nil {
			return err
		}
		if err := p.step(ctx, edgesUp, up, true); err != nil {
			return err
		}
	}
	return nil
}

func (p *preview) near(depth int) bool { return p.c.Depth == 0 || max(depth, -depth) <= p.c.Depth }

func (p *preview) step(ctx context.Context, edges string, lots []string, up bool) error {
	if len(lots) == 0 {
		return nil
	}
	rows, err := p.tx.Query(ctx, "SELECT DISTINCT e.component, e.lot FROM ("+edges+") e ORDER BY 1, 2", lots)
	if err != nil {
		return err
	}
	var component, lot string
	_, err = pgx.ForEachRow(rows, []any{&component, &lot}, func() error {
		n := previewed{lot: lot, via: component, why: "product", down: true}
		if up {
			n = previewed{lot: component, via: lot, why: "source", up: true, down: p.c.Follow == mes.FollowAround}
		}
		n.depth = p.found[p.at[n.via]].depth + 1
		if up {
			n.depth -= 2
		}
		p.meet(n)
		return nil
	})
	return err
}

// describe counts what was found by its places, and shows the first lots.
func (p *preview) describe(ctx context.Context) error {
	const first = 50
	lots := make([]string, len(p.found))
	for i, f := range p.found {
		lots[i] = f.lot
	}
	rows, err := p.tx.Query(ctx, `SELECT containment_place(l.state), CASE WHEN l.state = 'shipped' THEN l.customer ELSE l.station END,
		CASE WHEN l.state = 'shipped' THEN l.delivery_note ELSE l.operation END, l.material, m.unit, count(*)::int, sum(l.remaining)
		FROM lot l JOIN material m ON m.id = l.material WHERE l.id = ANY ($1::text[]) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4`, lots)
	if err != nil {
		return err
	}
	p.out.Places = []mes.PlaceCount{}
	var n mes.PlaceCount
	_, err = pgx.ForEachRow(rows, []any{&n.Place, &n.At, &n.Note, &n.Material, &n.Unit, &n.Lots, &n.Quantity}, func() error {
		p.out.Places = append(p.out.Places, n)
		return nil
	})
	if err != nil {
		return err
	}
	rows, err = p.tx.Query(ctx, `SELECT l.id, l.material, m.unit, containment_place(l.state), l.station, l.operation, coalesce(l.work_order, ''), l.remaining, l.customer, l.delivery_note
		FROM lot l JOIN material m ON m.id = l.material WHERE l.id = ANY ($1::text[]) ORDER BY l.id`, lots[:min(first, len(lots))])
	if err != nil {
		return err
	}
	p.out.First = []mes.ContainedLot{}
	var v mes.ContainedLot
	_, err = pgx.ForEachRow(rows, []any{&v.Lot, &v.Material, &v.Unit, &v.Place, &v.At, &v.Operation, &v.Order, &v.Quantity, &v.Customer, &v.DeliveryNote}, func() error {
		f := p.found[p.at[v.Lot]]
		v.Why, v.Via, v.Depth = f.why, f.via, f.depth
		p.out.First = append(p.out.First, v)
		return nil
	})
	slices.SortStableFunc(p.out.First, func(a, b mes.ContainedLot) int { return max(a.Depth, -a.Depth) - max(b.Depth, -b.Depth) })
	return err
}
