package mes

import (
	"context"
	"time"
)

// Direction says which way a trace goes.
type Direction string

// The directions. Both is a lot's whole family: everything it came from and everything it went into.
const (
	TraceUp   Direction = "up"   // where it came from
	TraceDown Direction = "down" // where it went
	TraceBoth Direction = "both"
)

// GraphNode is one lot of a genealogy.
type GraphNode struct {
	ID           string     `json:"id"`
	Material     string     `json:"material"`
	Name         string     `json:"name"`
	Origin       string     `json:"origin"`
	State        LotState   `json:"state"`
	Held         bool       `json:"held"`
	Supplier     string     `json:"supplier,omitempty"`
	SupplierLot  string     `json:"supplier_lot,omitempty"`
	Quantity     Decimal    `json:"quantity"`
	Unit         string     `json:"unit,omitempty"`
	ExpiresAt    *time.Time `json:"expires_at,omitempty"`
	Order        string     `json:"order,omitempty"`
	Customer     string     `json:"customer,omitempty"`
	DeliveryNote string     `json:"delivery_note,omitempty"`
	// Depth is the shortest distance from the root: negative where it came from, positive where it went.
	Depth int `json:"depth"`
}

// GraphEdge says that From was consumed into To.
type GraphEdge struct {
	From      string    `json:"from"`
	To        string    `json:"to"`
	Quantity  Decimal   `json:"quantity"`
	Operation string    `json:"operation"`
	At        time.Time `json:"at"`
}

// Graph is a traced genealogy.
type Graph struct {
	Root  string      `json:"root"`
	Nodes []GraphNode `json:"nodes"`
	Edges []GraphEdge `json:"edges"`
	// Truncated is true when more than MaxGraph lots were found; the nearest are kept.
	Truncated bool `json:"truncated,omitempty"`
}

// MaxGraph bounds one answer; a recall of more lots than this is exported order by order.
const MaxGraph = 100_000

// Genealogy traces lots over any number of levels.
type Genealogy interface {
	// Trace follows consumption from the lot. Codes: not_found, unprocessable (direction).
	Trace(ctx context.Context, site, lot string, d Direction) (Graph, error)
}
