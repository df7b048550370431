package mes

import (
	"context"
	"time"
)

// OrderHeld is how a list shows an order with an open hold; storage keeps the state beneath it.
const OrderHeld OrderState = "held"

// Order is a work order as people and the ERP read it.
type Order struct {
	Number      string `json:"number"`
	Site        string `json:"site"`
	Product     string `json:"product"`
	ProductName string `json:"product_name"`
	Line        string `json:"line"`
	// State is held while a hold lies on an order that has not ended.
	State           OrderState `json:"state"`
	Revision        string     `json:"revision"` // empty until release
	Quantity        Decimal    `json:"quantity"`
	Good            Decimal    `json:"good"`
	Scrap           Decimal    `json:"scrap"`
	InProcess       Decimal    `json:"in_process"`
	NotStarted      Decimal    `json:"not_started"`
	Due             time.Time  `json:"due"`
	Priority        int        `json:"priority"`
	Expected        *time.Time `json:"expected,omitempty"` // from the pace so far; nil before the first piece
	WaitsFor        *WaitsFor  `json:"waits_for,omitempty"`
	CreatedBy       string     `json:"created_by"`
	CreatedAt       time.Time  `json:"created_at"`
	ReleasedAt      *time.Time `json:"released_at,omitempty"`
	StartedAt       *time.Time `json:"started_at,omitempty"`
	EndedAt         *time.Time `json:"ended_at,omitempty"`
	CancelRequested bool       `json:"cancel_requested"`
	Hold            *HoldNote  `json:"hold,omitempty"`
}

// WaitsFor is the one thing that a person must do for an order to go on; nil when nothing is needed.
type WaitsFor struct {
	// Kind is release, hold, review, answer or erp.
	Kind string `json:"kind"`
	Text string `json:"text"`
	// Subject is the order or lot to look at.
	Subject string `json:"subject"`
}

// HoldNote is a hold as it stands beside its subject.
type HoldNote struct {
	ID     string    `json:"id"`
	Scope  HoldScope `json:"scope"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// Containment is the ID of the containment that it belongs to, where there is one.
	Containment string `json:"containment,omitempty"`
}

// OrderFilter narrows a list of orders. Sorts: due, number, priority, created_at, state; the list's own order is
// priority first, then due date. Zero fields do not narrow.
type OrderFilter struct {
	Paging
	Site    string
	States  []OrderState // held included
	Product string
	Line    string
}

// Orders reads orders and takes new ones. Every other change of an order goes through OrderLedger.
type Orders interface {
	// Create stores an order with state created, and queues the start of its workflow. The same number with the same
	// content answers the stored order with created false. Codes: unprocessable (fields), conflict (other content).
	Create(ctx context.Context, key, site string, by Actor, r OrderRequest) (o Order, created bool, err error)
	// Get reads one order. Codes: not_found.
	Get(ctx context.Context, site, number string) (Order, error)
	// List reads a page of orders. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f OrderFilter) (Page[Order], error)
	// Timeline tells everything that the records know of an order and its lots, oldest first. Codes: not_found.
	Timeline(ctx context.Context, site, number string) ([]TimelineRow, error)
}

// TimelineRow is one line of an order's story: who, what, when, which device answered what, and each wait with its
// reason.
type TimelineRow struct {
	At time.Time `json:"at"`
	// Source is audit (commands on the order), lot (movements), step (as-built steps), vision or outbox (messages).
	Source    string `json:"source"`
	Kind      string `json:"kind"` // the audit action, EntryKind, StepKind, verdict or message kind
	Actor     string `json:"actor,omitempty"`
	Lot       string `json:"lot,omitempty"`
	Operation string `json:"operation,omitempty"`
	Visit     int    `json:"visit,omitempty"`
	Step      string `json:"step,omitempty"`
	Station   string `json:"station,omitempty"`
	Device    string `json:"device,omitempty"`
	Result    string `json:"result,omitempty"`
	// Text is what was answered or done, short: values with units, components, the message's state.
	Text string `json:"text,omitempty"`
	// WaitKind, WaitOn and Reason say what the lot waited for afterwards.
	WaitKind WaitKind `json:"wait_kind,omitempty"`
	WaitOn   string   `json:"wait_on,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	// Seconds is how long the step took, or how long the lot waited before this row.
	Seconds float64 `json:"seconds,omitempty"`
}
