package mes

import (
	"context"
	"time"

	"github.com/steelthread/steelthread/mes/sampling"
)

// InspectionFilter narrows the list of inspections. Sorts: opened_at, plan, lot, state; the list's own order is newest
// first. Zero fields do not narrow.
type InspectionFilter struct {
	Paging
	Site     string
	States   []InspectionState
	Plan     string
	Lot      string
	Material string
	Supplier string
}

// SchemeFilter narrows the list of switching schemes: by plan and supplier.
type SchemeFilter struct {
	Paging
	Site string
	Plan string
	Mode sampling.Mode
}

// SchemeView is where the inspection of one supplier's lots by one plan stands.
type SchemeView struct {
	Plan     string `json:"plan"`
	Supplier string `json:"supplier"` // empty for lots that are made here
	sampling.Scheme
	ChangedAt time.Time `json:"changed_at"`
}

// SchemeEvent is one step of a scheme: a lot that was decided, or a person's word.
type SchemeEvent struct {
	N          int             `json:"n"`
	Inspection string          `json:"inspection,omitempty"`
	Lot        string          `json:"lot,omitempty"`
	Accepted   *bool           `json:"accepted,omitempty"`
	Before     sampling.Mode   `json:"before"`
	After      sampling.Scheme `json:"after"`
	Rule       sampling.Rule   `json:"rule,omitempty"`
	By         string          `json:"by"`
	Reason     string          `json:"reason,omitempty"`
	At         time.Time       `json:"at"`
}

// Switch is a person's word on a scheme: production is irregular, or inspection is resumed.
type Switch struct {
	Plan     string
	Supplier string
	Rule     sampling.Rule // irregular or supplier_resumed
	Reason   string
}

// Inspections keeps inspections and what they found. A lot that its plan blocks is held from the moment at which the
// inspection falls due until it is accepted.
type Inspections interface {
	// List reads a page. Codes: unprocessable (cursor, sort).
	List(ctx context.Context, f InspectionFilter) (Page[Inspection], error)
	// Get reads one whole. Codes: not_found.
	Get(ctx context.Context, site, id string) (InspectionView, error)
	// Open asks for an inspection by hand, by the plan in force. Codes: not_found, conflict (one is open), unprocessable.
	Open(ctx context.Context, key, site string, by Actor, plan, lot string) (InspectionView, error)
	// Start says that the sample was drawn: its size is fixed by how inspection stands now. Codes: not_found, conflict.
	Start(ctx context.Context, key, site string, by Actor, id string) (InspectionView, error)
	// Enter stores entries, all or none. A gauge must be known, of the right kind and calibrated at this moment.
	// Codes: not_found, conflict (not running, gauge), unprocessable.
	Enter(ctx context.Context, key, site string, by Actor, id string, es []NewEntry) (InspectionView, error)
	// Decide computes the decision, and does what follows: the hold ends or is put on a new reason, switching moves on,
	// quality is told. Codes: not_found, conflict.
	Decide(ctx context.Context, key, site string, by Actor, id, comment string) (InspectionView, error)
	// Cancel gives up one that was opened by hand. Codes: not_found, conflict, unprocessable (reason).
	Cancel(ctx context.Context, key, site string, by Actor, id, reason string) (InspectionView, error)
	// Schemes reads a page of switching schemes.
	Schemes(ctx context.Context, f SchemeFilter) (Page[SchemeView], error)
	// SchemeHistory reads what moved a scheme, newest first. Codes: not_found.
	SchemeHistory(ctx context.Context, site, plan, supplier string) ([]SchemeEvent, error)
	// Switch takes a person's word. Codes: not_found, conflict, unprocessable (rule, reason).
	Switch(ctx context.Context, key, site string, by Actor, s Switch) (SchemeView, error)
}
