package store_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// A measured value comes back as it was written, digit by digit.
func TestNumbersComeBackExactly(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	i := 0
	check := func(t interface{ Fatalf(string, ...any) }, text string) {
		i++
		lot := "N-" + mes.Count(int64(i)).String()
		_, err := f.Materials.Receive(f.ctx, lot, site, planner, []mes.Receipt{{Lot: lot, Material: "SCREW", Quantity: mes.MustDecimal(text), Supplier: "s", SupplierLot: "s"}})
		f.must(err)
		if got := f.lot(lot).Quantity; !got.Equal(mes.MustDecimal(text)) {
			t.Fatalf("%s came back as %s", text, got)
		}
	}
	for _, text := range []string{"1", "10", "1000000", "0.1", "0.0001", "123456789.123456789", "2.50", "1e-12", "99999999999999999999999999.5", "10000", "0.00010"} {
		check(t, text)
	}
	rapid.Check(t, func(rt *rapid.T) {
		check(rt, rapid.StringMatching(`[1-9][0-9]{0,20}(\.[0-9]{1,12})?`).Draw(rt, "number"))
	})
}
