package mes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/mes"
)

func TestReceipt(t *testing.T) {
	end, past := later(24*time.Hour), monday
	good := mes.Receipt{Lot: "TP-0007", Material: "TP", Quantity: dec("500"), Supplier: "Hansa Chemie", SupplierLot: "S-1", ExpiresAt: &end}
	paste := mes.Material{ID: "TP", Tracking: mes.TrackLot, Expires: true}
	board := mes.Material{ID: "CB", Tracking: mes.TrackSerial}
	for name, c := range map[string]struct {
		change func(r *mes.Receipt)
		m      mes.Material
		known  bool
		want   rule
	}{
		"good":                   {func(*mes.Receipt) {}, paste, true, rule{}},
		"no lot":                 {func(r *mes.Receipt) { r.Lot = " " }, paste, true, rule{mes.CodeUnprocessable, "again. lot: is missing"}},
		"a lot too long":         {func(r *mes.Receipt) { r.Lot = strings.Repeat("x", 65) }, paste, true, rule{mes.CodeUnprocessable, "lot: can't be scanned as it is; use 1 to 64 plain characters"}},
		"64 umlauts":             {func(r *mes.Receipt) { r.Lot = strings.Repeat("ü", 64) }, paste, true, rule{}},
		"a lot with a tab":       {func(r *mes.Receipt) { r.Lot = "TP\t7" }, paste, true, rule{mes.CodeUnprocessable, "lot: can't be scanned"}},
		"a lot like a label":     {func(r *mes.Receipt) { r.Lot = "(10)TP-7" }, paste, true, rule{mes.CodeUnprocessable, "lot: can't be scanned"}},
		"a lot with a space":     {func(r *mes.Receipt) { r.Lot = "TP-7 " }, paste, true, rule{mes.CodeUnprocessable, "lot: can't be scanned"}},
		"no material":            {func(r *mes.Receipt) { r.Material = "" }, mes.Material{}, false, rule{mes.CodeUnprocessable, "again. material: is missing"}},
		"unknown material":       {func(r *mes.Receipt) { r.Material = "XX" }, mes.Material{}, false, rule{mes.CodeUnprocessable, `material: "XX" is not a known material`}},
		"nothing":                {func(r *mes.Receipt) { r.Quantity = mes.Zero }, paste, true, rule{mes.CodeUnprocessable, "quantity: must be above 0"}},
		"two of one serial":      {func(r *mes.Receipt) { r.Material, r.Quantity = "CB", mes.Count(2) }, board, true, rule{mes.CodeUnprocessable, "quantity: must be 1, since CB carries serial numbers"}},
		"no supplier":            {func(r *mes.Receipt) { r.Supplier, r.SupplierLot = "", "" }, paste, true, rule{mes.CodeUnprocessable, "supplier: is missing; supplier_lot: is missing"}},
		"no expiry":              {func(r *mes.Receipt) { r.ExpiresAt = nil }, paste, true, rule{mes.CodeUnprocessable, "expires_at: is missing; TP expires"}},
		"no expiry, none needed": {func(r *mes.Receipt) { r.Quantity, r.ExpiresAt = mes.One, nil }, board, true, rule{}},
		"expired":                {func(r *mes.Receipt) { r.ExpiresAt = &past }, paste, true, rule{mes.CodeUnprocessable, "expires_at: is in the past"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := good
			c.change(&r)
			c.want.check(t, r.Validate(c.m, c.known, monday))
		})
	}
}

func TestShipment(t *testing.T) {
	for name, c := range map[string]struct {
		give mes.Shipment
		want rule
	}{
		"good":        {mes.Shipment{DeliveryNote: "DN-1", Customer: "Nord AG", Lots: []string{"A", "B"}}, rule{}},
		"empty":       {mes.Shipment{Customer: " "}, rule{mes.CodeUnprocessable, "delivery_note: is missing; customer: is missing; lots: name at least one packed lot"}},
		"a lot twice": {mes.Shipment{DeliveryNote: "DN-1", Customer: "Nord AG", Lots: []string{"A", "B", "A"}}, rule{mes.CodeUnprocessable, "lots[2]: A is named twice"}},
		"a blank lot": {mes.Shipment{DeliveryNote: "DN-1", Customer: "Nord AG", Lots: []string{"A", ""}}, rule{mes.CodeUnprocessable, "lots[1]: is missing"}},
		"too many":    {mes.Shipment{DeliveryNote: "DN-1", Customer: "Nord AG", Lots: make([]string, 1001)}, rule{mes.CodeUnprocessable, "lots: at most 1,000 in one shipment"}},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, c.give.Validate()) })
	}
}
