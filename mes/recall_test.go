package mes

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var lotStates = []LotState{LotAvailable, LotConsumed, LotQueued, LotRunning, LotPaused, LotReview, LotPacked, LotShipped, LotScrapped, LotMerged}

// TestEveryPieceHasAPlace balances lots of any state: what there was is what lies, moves, left, was used and was scrapped.
func TestEveryPieceHasAPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(what string) Decimal { return Count(rapid.Int64Range(0, 1000).Draw(t, what)) }
		b := LotBalance{Remaining: n("remaining"), Scrapped: n("scrapped"), SplitOff: n("split off"), Consumed: n("consumed"), Returned: n("returned")}
		b.Quantity = b.Remaining.Add(b.Scrapped).Add(b.SplitOff).Add(b.Consumed).Add(b.Returned)
		lost := n("lost")
		b.Quantity = b.Quantity.Add(lost)
		l := RecalledLot{State: rapid.SampledFrom(lotStates).Draw(t, "state")}.Balance(b)
		if !l.Missing.Equal(lost) {
			t.Fatalf("%s of %s are missing, want %s: %+v", l.Missing, l.Made, lost, l)
		}
		here := 0
		for _, q := range []Decimal{l.Stock, l.Work, l.Shipped} {
			if !q.IsZero() {
				here++
			}
		}
		if here > 1 {
			t.Fatalf("what is left is in %d places: %+v", here, l)
		}
	})
}

func TestTheSheetSumsByMaterialAndCustomer(t *testing.T) {
	day := func(d int) *time.Time { at := time.Date(2026, 11, d, 12, 0, 0, 0, time.UTC); return &at }
	shipped := func(lot, customer, note string, at *time.Time) RecalledLot {
		return RecalledLot{Lot: lot, Material: "INV-200", State: LotShipped, Depth: 1, Customer: customer, DeliveryNote: note, ShippedAt: at}.Balance(LotBalance{Quantity: One, Remaining: One})
	}
	f := RecallFound{Affected: []RecalledLot{
		shipped("U-3", "Beta", "D-9", day(4)), shipped("U-1", "Alpha", "D-7", day(3)), shipped("U-2", "Alpha", "D-8", day(1)),
		RecalledLot{Lot: "P-1", Material: "TP-7", State: LotAvailable}.Balance(LotBalance{Quantity: Count(10), Remaining: Count(6), Consumed: Count(3), Scrapped: One}),
		RecalledLot{Lot: "U-4", Material: "INV-200", State: LotRunning, Depth: 1}.Balance(LotBalance{Quantity: One, Remaining: One}),
	}}.Assemble()
	if f.Affected[0].Lot != "P-1" || f.Affected[1].Lot != "U-1" {
		t.Errorf("order %v", f.Affected)
	}
	if len(f.Sheet) != 2 || f.Sheet[0].Material != "TP-7" || !f.Sheet[0].Used.Equal(Count(3)) || f.Sheet[1].Lots != 4 || !f.Sheet[1].Shipped.Equal(Count(3)) || !f.Sheet[1].Work.Equal(One) {
		t.Errorf("sheet %+v", f.Sheet)
	}
	if len(f.Customers) != 2 || f.Customers[0].Customer != "Alpha" || len(f.Customers[0].DeliveryNotes) != 2 || !f.Customers[0].First.Equal(*day(1)) || !f.Customers[0].Last.Equal(*day(3)) {
		t.Errorf("customers %+v", f.Customers)
	}
	if !f.Balanced() {
		t.Error("not balanced")
	}
	f.Affected[0].Missing = One
	if f.Balanced() {
		t.Error("balanced with a missing piece")
	}
}
