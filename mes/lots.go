package mes

import (
	"context"
	"time"
)

// LotView is a lot as people read it, received or produced. Lists leave Thread and Deviations empty.
type LotView struct {
	Lot           string      `json:"lot"`
	Site          string      `json:"site"`
	Material      string      `json:"material"`
	ProductName   string      `json:"product_name"`
	Unit          string      `json:"unit"`
	Tracking      Tracking    `json:"tracking"`
	GTIN          string      `json:"gtin,omitempty"`
	Origin        string      `json:"origin"` // received or produced
	State         LotState    `json:"state"`
	Quantity      Decimal     `json:"quantity"`  // as received or started
	Good          Decimal     `json:"good"`      // produced: packed or shipped pieces
	Scrapped      Decimal     `json:"scrapped"`  //
	Remaining     Decimal     `json:"remaining"` // neither consumed nor scrapped
	Order         string      `json:"order,omitempty"`
	Number        int         `json:"number,omitempty"` // n-th lot of its order
	Revision      string      `json:"revision,omitempty"`
	Operation     string      `json:"operation,omitempty"`
	OperationName string      `json:"operation_name,omitempty"`
	Visit         int         `json:"visit,omitempty"`
	Step          string      `json:"step,omitempty"`
	Station       string      `json:"station,omitempty"`
	Operator      string      `json:"operator,omitempty"`
	Wait          *WaitView   `json:"wait,omitempty"`
	Holds         []HoldNote  `json:"holds"` // open ones, on the lot or its order
	Supplier      string      `json:"supplier,omitempty"`
	SupplierLot   string      `json:"supplier_lot,omitempty"`
	ExpiresAt     *time.Time  `json:"expires_at,omitempty"`
	Customer      string      `json:"customer,omitempty"`
	DeliveryNote  string      `json:"delivery_note,omitempty"`
	CreatedBy     string      `json:"created_by"`
	CreatedAt     time.Time   `json:"created_at"`
	StartedAt     *time.Time  `json:"started_at,omitempty"`
	EndedAt       *time.Time  `json:"ended_at,omitempty"`
	ShippedAt     *time.Time  `json:"shipped_at,omitempty"`
	Thread        []Bead      `json:"thread,omitempty"`
	Deviations    []Deviation `json:"deviations,omitempty"`
}

// WaitView is what a lot waits for, and since when.
type WaitView struct {
	Kind   WaitKind  `json:"kind"`
	On     string    `json:"on,omitempty"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason,omitempty"`
	Shot   int       `json:"shot,omitempty"`
}

// Bead is one operation on a lot's thread through its routing.
type Bead struct {
	Operation string `json:"operation"`
	Name      string `json:"name"`
	Station   string `json:"station"`
	// State is done, now, ahead, stopped (held or in review) or cut (scrapped or void here).
	State string `json:"state"`
	Visit int    `json:"visit,omitempty"` // how often the lot was there; more than 1 is rework
}

// LotFilter narrows a list of lots. Sorts: lot, state, created_at, ended_at, expires_at; the list's own order is newest
// first. Zero fields do not narrow.
type LotFilter struct {
	Paging
	Site     string
	Order    string
	Material string
	Origin   string // received or produced
	States   []LotState
	Station  string
	Held     bool // only lots with an open hold on themselves or their order
}

// Lots reads lots and lays holds on them. Every movement of a lot goes through LotLedger.
type Lots interface {
	// Get reads one lot with thread and deviations. Codes: not_found.
	Get(ctx context.Context, site, lot string) (LotView, error)
	// List reads a page of lots. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f LotFilter) (Page[LotView], error)
	// AsBuilt reads everything that was recorded of one lot. Codes: not_found.
	AsBuilt(ctx context.Context, site, lot string) (AsBuilt, error)
	// Hold forbids the lot to move or to be consumed, from the commit on. The same key answers the first hold.
	// Codes: not_found, conflict (shipped, scrapped), unprocessable (reason).
	Hold(ctx context.Context, key, site, lot string, by Actor, reason string) (Hold, error)
	// Release ends every open hold on the lot itself and answers them; an order's hold stays. The same key answers the
	// same holds. Codes: not_found, conflict (no hold), unprocessable (reason).
	Release(ctx context.Context, key, site, lot string, by Actor, reason string) ([]Hold, error)
	// Stored is the answer that the ledger kept under an entry's key. A refused attempt has none. Codes: not_found.
	Stored(ctx context.Context, key string) (Recorded, error)
	// Split takes pieces out of a lot into a new one. The same key answers the first split. Codes: not_found, held,
	// conflict (in work, serial, over), unprocessable (quantity, reason).
	Split(ctx context.Context, key, site string, by Actor, s LotSplit) (Divided, error)
	// Merge puts alike lots together into a new one. Codes as Split, conflict also when they differ.
	Merge(ctx context.Context, key, site string, by Actor, m LotMerge) (Divided, error)
	// AskReview keeps quality's decision on a lot in review until it has the signatures that the site's rule asks for;
	// nil where it asks for none, and the decision may be carried out at once. A newer decision voids one that waits.
	// Codes: not_found, conflict (not in review), unprocessable.
	AskReview(ctx context.Context, key, site, lot string, d Review) (*SignatureRequest, error)
	// AskRelease does the same for the end of the holds on a lot.
	AskRelease(ctx context.Context, key, site, lot string, by Actor, reason string) (*SignatureRequest, error)
}
