package store_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// TestQuantitiesAlwaysBalance plays random orders: lots are filled, started, scrapped in part or whole, packed, held and
// released, orders changed and cancelled, keys repeated. After each move the equation holds, and it agrees with what the
// lots themselves say.
func TestQuantitiesAlwaysBalance(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	games := 0
	rapid.Check(t, func(rt *rapid.T) {
		games++
		g := &game{f: f, rt: rt, number: fmt.Sprintf("WO-%d", games), pieces: map[string]*piece{}}
		quantity := rapid.Int64Range(1, 400).Draw(rt, "quantity")
		f.order(g.number, "KIT", quantity)
		rt.Repeat(map[string]func(*rapid.T){
			"fill": g.fill, "start": g.start, "scrap": g.scrap, "pack": g.pack, "change": g.change, "cancel": g.cancel, "hold": g.hold, "resume": g.resume,
			"complete": g.complete, "": g.balanced,
		})
	})
}

// game is one random order.
type game struct {
	f      *floor
	rt     *rapid.T
	number string
	pieces map[string]*piece
}

func (g *game) fill(*rapid.T) {
	out, err := g.f.Orders.Fill(g.f.ctx, mes.FillRequest{Site: site, Order: g.number})
	g.f.must(err)
	for _, id := range out.Open {
		if g.pieces[id] == nil {
			g.pieces[id] = g.f.piece(id)
		}
	}
}

// any picks a lot of the order in one of the states.
func (g *game) any(rt *rapid.T, states ...mes.LotState) *piece {
	var fit []string
	for id, p := range g.pieces {
		for _, s := range states {
			if p.at.State == s {
				fit = append(fit, id)
			}
		}
	}
	if len(fit) == 0 {
		rt.Skip("no such lot")
	}
	return g.pieces[rapid.SampledFrom(sorted(fit)).Draw(rt, "lot")]
}

// tolerate accepts refusals; the game may ask for what the rules forbid. A lot that the cancel has voided is left.
func (g *game) tolerate(p *piece, err error) {
	if err == nil {
		return
	}
	if c := mes.CodeOf(err); c != mes.CodeConflict && c != mes.CodeHeld && c != mes.CodeUnprocessable {
		g.rt.Fatalf("unexpected: %v", err)
	}
	if p != nil {
		p.at = g.f.piece(p.id).at
	}
}

func (g *game) start(rt *rapid.T) {
	p := g.any(rt, mes.LotQueued)
	g.tolerate(p, p.start("ST10"))
}

func (g *game) scrap(rt *rapid.T) {
	p := g.any(rt, mes.LotQueued, mes.LotRunning)
	g.tolerate(p, p.scrap(rapid.Int64Range(1, 50).Draw(rt, "pieces")))
}

// pack does the lot's current step and finishes its operation, which packs it after the last one.
func (g *game) pack(rt *rapid.T) {
	p := g.any(rt, mes.LotRunning)
	c := mes.CompleteStep{Operation: p.at.Operation, Step: p.at.Step}
	if p.at.Operation == "10" {
		for n := 1; n <= 2; n++ {
			c.Values = append(c.Values, mes.Reading{Characteristic: "D", Value: mes.MustDecimal("10"), Sample: n})
		}
		if p.at.Quantity.Equal(mes.One) {
			c.Values = c.Values[:1]
		}
	}
	g.tolerate(p, p.complete(c))
	g.tolerate(p, p.finish())
}

func (g *game) change(rt *rapid.T) {
	q := mes.Count(rapid.Int64Range(1, 500).Draw(rt, "new quantity"))
	_, err := g.f.Orders.Change(g.f.ctx, g.f.key(), site, g.number, planner, mes.OrderChange{Quantity: &q, Reason: "demand"})
	g.tolerate(nil, err)
}

func (g *game) cancel(rt *rapid.T) {
	if rapid.IntRange(0, 9).Draw(rt, "dice") > 0 {
		rt.Skip("not this time")
	}
	_, err := g.f.Orders.Cancel(g.f.ctx, g.f.key(), site, g.number, planner, "stop")
	g.tolerate(nil, err)
	for _, p := range g.pieces {
		p.at = g.f.piece(p.id).at
	}
}

func (g *game) hold(*rapid.T) {
	_, err := g.f.Orders.Hold(g.f.ctx, g.f.key(), site, g.number, planner, "doubt")
	g.tolerate(nil, err)
}

func (g *game) resume(*rapid.T) {
	_, err := g.f.Orders.Resume(g.f.ctx, g.f.key(), site, g.number, planner, "no doubt")
	g.tolerate(nil, err)
}

func (g *game) complete(*rapid.T) {
	_, err := g.f.Orders.Complete(g.f.ctx, g.f.key(), site, g.number)
	g.tolerate(nil, err)
}

// balanced holds the order's accounts against the equation and against its lots.
func (g *game) balanced(rt *rapid.T) {
	l := g.f.status(g.number).Ledger
	if !l.Balanced() {
		rt.Fatalf("the ledger does not balance: %+v", l)
	}
	good, scrap, open := mes.Zero, mes.Zero, mes.Zero
	page, err := g.f.Lots.List(g.f.ctx, mes.LotFilter{Site: site, Order: g.number})
	g.f.must(err)
	for _, lot := range page.Items {
		scrap = scrap.Add(lot.Scrapped)
		switch {
		case lot.State == mes.LotPacked:
			good = good.Add(lot.Remaining)
		case !lot.State.Ended():
			open = open.Add(lot.Remaining)
		}
	}
	if !good.Equal(l.Good) || !scrap.Equal(l.Scrap) || !open.Equal(l.InProcess) {
		rt.Fatalf("the lots say good %s, scrap %s, in process %s; the ledger says %+v", good, scrap, open, l)
	}
}
