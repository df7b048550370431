package autopilot

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/steelthread/steelthread/mes"
)

// delivery is what a supplier brings when a material runs low.
type delivery struct {
	material, supplier, prefix string
	low                        int64 // less than this is low
	lots, quantity             int64 // so many lots of so much
	days                       int   // until it expires; 0 means never
}

var deliveries = []delivery{
	{material: "HSG", supplier: "S-104", prefix: "CAST", low: 60, lots: 100, quantity: 1},
	{material: "CB", supplier: "S-121", prefix: "PCB", low: 60, lots: 100, quantity: 1},
	{material: "PM", supplier: "S-134", prefix: "41", low: 200, lots: 1, quantity: 600},
	{material: "CP", supplier: "S-104", prefix: "KP", low: 60, lots: 1, quantity: 200},
	{material: "SC", supplier: "S-140", prefix: "55", low: 500, lots: 1, quantity: 4000},
	{material: "TP", supplier: "S-118", prefix: "W", low: 720, lots: 1, quantity: 2400, days: 90},
	{material: "LB", supplier: "S-150", prefix: "R", low: 200, lots: 1, quantity: 2000},
	{material: "HO", supplier: "S-160", prefix: "T", low: 240, lots: 1, quantity: 1200},
	{material: "FT", supplier: "S-161", prefix: "F", low: 400, lots: 1, quantity: 2000},
}

// replenish receives what runs low, as the store does it: one CSV file a delivery.
func (p *pilot) replenish(ctx context.Context) (bool, error) {
	for _, d := range deliveries {
		lots, err := listStock(ctx, p.store, d.material)
		if err != nil {
			return false, err
		}
		left := mes.Zero
		for _, l := range lots {
			if p.stock.usable(l) || inspected(l) {
				left = left.Add(l.Remaining)
			}
		}
		if left.GreaterThanOrEqual(mes.Count(d.low)) {
			continue
		}
		file, err := d.file(time.Now())
		if err != nil {
			return false, err
		}
		if err := p.store.insist(ctx, "/material-lots/import", "text/csv", file, nil); err != nil {
			return false, fmt.Errorf("receive %s: %w", d.material, err)
		}
		p.Log.Info("autopilot received material", "material", d.material, "lots", d.lots, "left", left)
	}
	return false, nil
}

// inspected tells that a lot only waits for its inspection: it will be there soon, so no more is ordered.
func inspected(l mes.LotView) bool {
	return len(l.Holds) > 0 && !slices.ContainsFunc(l.Holds, func(h mes.HoldNote) bool { return h.By != mes.ActorSystem })
}

// file is the delivery's CSV. The lots' numbers come from the time, so that no two deliveries share one.
func (d delivery) file(now time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	stamp := now.UTC().Format("060102-150405")
	expires := ""
	if d.days > 0 {
		expires = now.AddDate(0, 0, d.days).Format(time.DateOnly)
	}
	if err := w.Write([]string{"lot", "material", "quantity", "supplier", "supplier_lot", "expires_at"}); err != nil {
		return nil, err
	}
	for n := int64(1); n <= d.lots; n++ {
		lot := fmt.Sprintf("%s-%s", d.material, stamp)
		if d.lots > 1 {
			lot = fmt.Sprintf("%s-%03d", lot, n)
		}
		if err := w.Write([]string{lot, d.material, fmt.Sprint(d.quantity), d.supplier, d.prefix + "-" + stamp, expires}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

var customers = []string{"Nordlicht Mobility", "Hafen Elektrik", "Alster Fahrzeugbau"}

// ship sends the oldest packed units away in fours, and leaves some in the store.
func (p *pilot) ship(ctx context.Context) (bool, error) {
	var page mes.Page[mes.LotView]
	if err := p.store.get(ctx, "/lots?state=packed&sort=ended_at&limit=100", &page); err != nil {
		return false, err
	}
	byMaterial := map[string][]string{}
	for _, l := range page.Items {
		if len(l.Holds) == 0 && l.Origin == "produced" {
			byMaterial[l.Material] = append(byMaterial[l.Material], l.Lot)
		}
	}
	const box, keep = 4, 4
	for material, lots := range byMaterial {
		if len(lots) < box+keep {
			continue
		}
		slices.Sort(lots)
		body := map[string]any{"delivery_note": "DN-" + time.Now().UTC().Format("060102-150405"), "customer": customers[rand.IntN(len(customers))], "lots": lots[:box]}
		if err := p.store.command(ctx, "/shipments", body, nil); err != nil {
			return false, fmt.Errorf("ship %s: %w", material, err)
		}
	}
	return false, nil
}
