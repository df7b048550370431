package mes

import (
	"context"
	"time"
)

// Shipped is a delivery as people read it.
type Shipped struct {
	DeliveryNote string    `json:"delivery_note"`
	Customer     string    `json:"customer"`
	Lots         []string  `json:"lots"`
	ShippedAt    time.Time `json:"shipped_at"`
}

// ShipmentFilter narrows a list of shipments, newest first; Text searches note and customer.
type ShipmentFilter struct {
	Paging
	Site     string
	Customer string
}

// Materials receives and ships material. Received lots are listed through Lots with origin received.
type Materials interface {
	// Receive stores the receipts, all or none. Several receipts name their fields as lots[i].field. A lot that was
	// received before with the same content is answered again; with other content it is a conflict.
	// Codes: unprocessable, conflict.
	Receive(ctx context.Context, key, site string, by Actor, rs []Receipt) ([]LotView, error)
	// Ship sends packed lots, all or none. Codes: unprocessable, not_found, conflict (state), held.
	Ship(ctx context.Context, key, site string, by Actor, s Shipment) (Shipped, error)
	// Shipments reads a page of deliveries. Codes: unprocessable (cursor).
	Shipments(ctx context.Context, f ShipmentFilter) (Page[Shipped], error)
}
