package mes

import (
	"context"
	"encoding/json"
	"time"
)

// AuditRow is one row of the audit trail: who did what to which thing, when, why, and what it was before and after.
type AuditRow struct {
	ID      int64           `json:"id"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Action  string          `json:"action"`
	Noun    string          `json:"noun"` // order, lot, account, session, plant, routing, outbox, run
	Subject string          `json:"subject"`
	Reason  string          `json:"reason,omitempty"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	Source  string          `json:"source,omitempty"` // station, address or workflow that it came from
	Key     string          `json:"key,omitempty"`    // of the command
	Hash    string          `json:"hash,omitempty"`   // hex, covers this row and the one before it in its strand
}

// AuditFilter narrows the audit trail, newest first. Zero fields do not narrow.
type AuditFilter struct {
	Paging
	Noun    string
	Subject string
	Actor   string
	Action  string
}

// AuditVerdict is the outcome of checking the chain.
type AuditVerdict struct {
	OK   bool  `json:"ok"`
	Rows int64 `json:"rows"`
	// Bad is the first row that does not fit, and Why says how.
	Bad int64  `json:"bad,omitempty"`
	Why string `json:"why,omitempty"`
	// Head is a hash over the newest row of every strand, in hex: write it down elsewhere, and the whole trail is pinned.
	Head string `json:"head"`
}

// Audits appends to the audit trail what has no transaction of its own (refusals, logins), and reads it.
type Audits interface {
	// Append stores a row; ID, Hash and, where zero, At are given by the database.
	Append(ctx context.Context, r AuditRow) error
	// List reads a page of the trail. Codes: unprocessable (cursor).
	List(ctx context.Context, f AuditFilter) (Page[AuditRow], error)
	// Verify checks every row.
	Verify(ctx context.Context) (AuditVerdict, error)
}
