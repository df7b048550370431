package mes_test

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestCheckComponent(t *testing.T) {
	soon, now := later(time.Second), monday
	box := mes.ComponentLot{ID: "SC-1", Material: "SC", Unit: "pcs", Origin: "received", State: mes.LotAvailable, Remaining: mes.Count(8), ExpiresAt: &soon}
	need := mes.ComponentTake{Material: "SC", Quantity: mes.Count(8), Into: lot1}
	for name, c := range map[string]struct {
		change func(c *mes.ComponentLot)
		want   rule
	}{
		"enough":                  {func(*mes.ComponentLot) {}, rule{}},
		"of no expiry":            {func(c *mes.ComponentLot) { c.ExpiresAt = nil }, rule{}},
		"another material":        {func(c *mes.ComponentLot) { c.Material = "PM" }, rule{mes.CodeUnprocessable, "SC-1 is PM, this step needs SC. Nothing was consumed. Scan the right component."}},
		"the lot itself":          {func(c *mes.ComponentLot) { c.ID = lot1 }, rule{mes.CodeConflict, "INV-000001 can't be built into itself."}},
		"on hold":                 {func(c *mes.ComponentLot) { c.Hold = &mes.Hold{Scope: mes.HoldLot, Subject: "SC-1", Reason: "Rust."} }, rule{mes.CodeHeld, "Lot SC-1 is on hold: Rust. Nothing was moved or consumed."}},
		"its order on hold":       {func(c *mes.ComponentLot) { c.Hold = &mes.Hold{Scope: mes.HoldOrder, Subject: "WO-9"} }, rule{mes.CodeHeld, "Order WO-9 is on hold: no reason is given."}},
		"expired at this moment":  {func(c *mes.ComponentLot) { c.ExpiresAt = &now }, rule{mes.CodeConflict, "SC-1 expired on 2 Mar 2026 08:00 UTC."}},
		"too little":              {func(c *mes.ComponentLot) { c.Remaining = mes.Count(7) }, rule{mes.CodeConflict, "SC-1 has 7 pcs left, 8 are needed. Nothing was consumed. Scan a second lot for the rest, or another one."}},
		"used up":                 {func(c *mes.ComponentLot) { c.State, c.Remaining = mes.LotConsumed, mes.Zero }, rule{mes.CodeConflict, "SC-1 is used up."}},
		"built in":                {func(c *mes.ComponentLot) { c.State, c.Remaining, c.BuiltInto = mes.LotConsumed, mes.Zero, "INV-7" }, rule{mes.CodeConflict, "SC-1 is already built into INV-7. Nothing was consumed. Scan another one."}},
		"produced and packed":     {func(c *mes.ComponentLot) { c.Origin, c.State = "produced", mes.LotPacked }, rule{}},
		"produced, still in work": {func(c *mes.ComponentLot) { c.Origin, c.State = "produced", mes.LotReview }, rule{mes.CodeConflict, "SC-1 is not finished, it waits for review."}},
		"produced and built in": {func(c *mes.ComponentLot) {
			c.Origin, c.State, c.Remaining, c.BuiltInto = "produced", mes.LotConsumed, mes.Zero, "INV-7"
		}, rule{mes.CodeConflict, "is already built into INV-7"}},
		"shipped":                  {func(c *mes.ComponentLot) { c.Origin, c.State = "produced", mes.LotShipped }, rule{mes.CodeConflict, "SC-1 is shipped. Nothing was consumed."}},
		"scrapped":                 {func(c *mes.ComponentLot) { c.Origin, c.State = "produced", mes.LotScrapped }, rule{mes.CodeConflict, "SC-1 is scrapped."}},
		"withdrawn with its order": {func(c *mes.ComponentLot) { c.Origin, c.State = "produced", mes.LotVoid }, rule{mes.CodeConflict, "SC-1 was withdrawn with its order."}},
	} {
		t.Run(name, func(t *testing.T) {
			b := box
			c.change(&b)
			c.want.check(t, mes.CheckComponent(b, need, monday))
		})
	}
}

func TestUnknownComponent(t *testing.T) {
	for text, want := range map[string]string{"SC-9": "SC-9 is not known here. Nothing was consumed.", "]d201040123456789012142": "42 is not known here."} {
		scan, err := mes.ParseScan(text)
		if err != nil {
			t.Fatal(err)
		}
		rule{mes.CodeUnprocessable, want}.check(t, mes.UnknownComponent(scan))
	}
}
