package mes

import (
	"fmt"
	"slices"
	"time"
)

// Tracking tells how a material is identified.
type Tracking string

// Serial material has one identity per piece; lot material shares one identity per lot.
const (
	TrackSerial Tracking = "serial"
	TrackLot    Tracking = "lot"
)

// Material is a material definition (ISA-95): a product, an intermediate or a component.
type Material struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Tracking Tracking `json:"tracking"`
	Unit     string   `json:"unit"` // UN/ECE or the plant's own: pcs, ml, m
	GTIN     string   `json:"gtin,omitempty"`
	// Expires tells that a lot of this material must carry an expiry date.
	Expires bool `json:"expires,omitempty"`
	// Cost is what one unit is reckoned with where it is scrapped, in the site's currency; nil is not known.
	Cost *Decimal `json:"standard_cost,omitempty"`
}

// Receipt is a material lot (or one serial) as it arrives from a supplier.
type Receipt struct {
	Lot         string     `json:"lot"`
	Material    string     `json:"material"`
	Quantity    Decimal    `json:"quantity"`
	Supplier    string     `json:"supplier"`
	SupplierLot string     `json:"supplier_lot"`
	ExpiresAt   *time.Time `json:"expires_at,omitempty"`
}

// Validate checks a receipt against its material definition; known is false when the material does not exist.
func (r Receipt) Validate(m Material, known bool, now time.Time) error {
	var f Faults
	f.Check(!blank(r.Lot), "lot", "is missing")
	if !blank(r.Lot) {
		scan, err := ParseScan(r.Lot)
		f.Check(err == nil && scan == (Scan{Raw: r.Lot}), "lot", "can't be scanned as it is; use 1 to %d plain characters", maxPlain)
	}
	f.Check(r.Material != "", "material", "is missing")
	f.Check(known || r.Material == "", "material", "%q is not a known material", r.Material)
	f.Check(r.Quantity.IsPositive(), "quantity", "must be above 0")
	f.Check(!blank(r.Supplier), "supplier", "is missing")
	f.Check(!blank(r.SupplierLot), "supplier_lot", "is missing")
	if known && m.Tracking == TrackSerial {
		f.Check(r.Quantity.Equal(One), "quantity", "must be 1, since %s carries serial numbers", m.ID)
	}
	if known && m.Expires {
		f.Check(r.ExpiresAt != nil, "expires_at", "is missing; %s expires", m.ID)
	}
	if r.ExpiresAt != nil {
		f.Check(r.ExpiresAt.After(now), "expires_at", "is in the past")
	}
	return f.Err("The material was not received.")
}

// Shipment sends packed lots to a customer.
type Shipment struct {
	DeliveryNote string   `json:"delivery_note"`
	Customer     string   `json:"customer"`
	Lots         []string `json:"lots"`
}

// Validate checks the fields; whether each lot may be shipped is decided under its row lock.
func (s Shipment) Validate() error {
	var f Faults
	f.Check(!blank(s.DeliveryNote), "delivery_note", "is missing")
	f.Check(!blank(s.Customer), "customer", "is missing")
	f.Check(len(s.Lots) > 0, "lots", "name at least one packed lot")
	f.Check(len(s.Lots) <= 1000, "lots", "at most 1,000 in one shipment")
	for i, lot := range s.Lots {
		f.Check(!blank(lot), fmt.Sprintf("lots[%d]", i), "is missing")
		f.Check(blank(lot) || !slices.Contains(s.Lots[:i], lot), fmt.Sprintf("lots[%d]", i), "%s is named twice", lot)
	}
	return f.Err("The lots were not shipped.")
}
